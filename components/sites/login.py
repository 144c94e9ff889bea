"""Logging in to a site without a browser, and checking whether a session is still valid."""

from __future__ import annotations

import re

from components.browser.settings import Cookie
from components.sites.config import Login
from components.sites.trouble import SiteError
from components.sites.web import Web, hidden_fields

LOG_OUT = re.compile(r"\b(?:log|sign)[\s_-]?(?:out|off)\b|\blogout\b", re.IGNORECASE)


def logs_out(*words: str) -> bool:
    """Whether a name or an address says that following it logs out."""
    return any(LOG_OUT.search(word) for word in words)


def sign_in(login: Login, user: str, *, address: str, seconds: float) -> tuple[Cookie, ...]:
    """Logs a user in.

    Args:
        address: origin of the site.
        seconds: time limit of each request.

    Returns:
        The cookies of the session.

    Raises:
        InputError: the environment does not hold the password.
        SiteError: the site does not answer, or does not accept the log-in.
    """
    web = Web(address, seconds=seconds)
    words = {"user": user, "password": login.users[user].secret(user)}
    if login.header:
        web.get(login.path, headers={name: value.format(**words) for name, value in login.header.items()})
    else:
        fields = {name: value.format(**words) for name, value in login.fields.items()}
        web.post(login.path, {**hidden_fields(web.get(login.path).text), **fields})
    if not is_signed_in(login, user, web=web):
        shows = login.shows.format(user=user)
        raise SiteError(f"{address} did not let {user} in: {login.check} does not show {shows!r}")
    return web.cookies


def is_signed_in(login: Login, user: str, *, web: Web) -> bool:
    """Whether the page `login.check` shows what only this user sees."""
    return login.shows.format(user=user) in web.get(login.check).text
