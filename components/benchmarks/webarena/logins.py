"""How one logs in to WebArena's sites, in the images that WebArena-Verified documents; a place may say otherwise.

Passwords are in the environment; docs/webarena.md says where they are published. We have not run these images.
"""

from __future__ import annotations

from collections.abc import Mapping

from components.sites.config import Login, Site, User


def _header(name: str, *, user: str, check: str, shows: str, variable: str) -> Login:
    return Login(
        path="/",
        header={name: "{user}:{password}"},
        check=check,
        shows=shows,
        users={user: User(password_env=variable)},
    )


LOGINS: Mapping[str, Login] = {
    "shopping": _header(
        "X-M2-Customer-Auto-Login",
        user="emma.lopez@gmail.com",
        check="/customer/account/",
        shows="{user}",
        variable="WEBARENA_SHOPPING_PASSWORD",
    ),
    "shopping_admin": _header(
        "X-M2-Admin-Auto-Login",
        user="admin",
        check="/admin/admin/dashboard/",
        shows="Dashboard / Magento Admin",
        variable="WEBARENA_SHOPPING_ADMIN_PASSWORD",
    ),
    "reddit": _header(
        "X-Postmill-Auto-Login",
        user="MarvelsGrantMan136",
        check="/",
        shows="{user}",
        variable="WEBARENA_REDDIT_PASSWORD",
    ),
    "gitlab": Login(
        path="/users/sign_in",
        fields={"user[login]": "{user}", "user[password]": "{password}"},
        check="/",
        shows="{user}",
        users={"byteblaze": User(password_env="WEBARENA_GITLAB_PASSWORD")},
    ),
}


def completed(name: str, site: Site) -> Site:
    """The site with WebArena's log-in where it names none; the shop's back office lies below /admin."""
    admin = name == "shopping_admin"
    at = tuple(address.rstrip("/") + "/admin" * (admin and "/admin" not in address) for address in site.at)
    login = site.login or (LOGINS.get(name) if site.at else None)
    return site.model_copy(update={"at": at, "login": login})
