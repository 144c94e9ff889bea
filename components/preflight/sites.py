"""Questions to the running sites of a recipe's tasks: whether they answer, and whether the users' passwords are set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from components.errors import InputError
from components.preflight.questions import Question
from components.sites.config import Site, User
from components.sites.trouble import SiteError
from components.sites.web import Web

PATIENCE = 30.0
"""Seconds for one answer: a site that is slower than that is not up."""

Reach = Callable[[str, str, str], None]
"""Called before something is asked, with the key that names it, the variable of its secret and its address (both may be
empty). Raises NotAsked if it cannot be asked from here.
"""


def reach_anything(_where: str, _variable: str, _address: str) -> None:
    """Everything can be asked from here."""


def site_questions(sites: Mapping[str, Site], *, reach: Reach = reach_anything) -> Iterator[Question]:
    for name, site in sites.items():
        for address in site.at:
            ask = partial(_check_up, address, name=name, site=site, reach=reach)
            yield Question(about=f"site {name}: {address}", ask=ask)
        for user, account in site.login.users.items() if site.login else ():
            if account.password_env:
                ask = partial(_check_password, account, name=name, user=user, reach=reach)
                yield Question(about=f"site {name}: password of {user}", ask=ask)


def _check_up(address: str, *, name: str, site: Site, reach: Reach) -> str:
    reach(f"sites.{name}", "", address)
    fix = f"start it, or correct sites.{name} (at, ready); `curl -i {address}` should answer"
    try:
        status = Web(address, seconds=min(PATIENCE, site.seconds)).get(site.ready).status
    except SiteError as error:
        raise InputError(f"site {name} does not answer: {error}", where=address, fix=fix) from error
    if status >= 500:
        raise InputError(f"site {name} answers GET {site.ready} with {status}", where=address, fix=fix)
    return f"{site.ready} is answered with {status}"


def _check_password(account: User, *, name: str, user: str, reach: Reach) -> str:
    reach(f"sites.{name}", account.password_env, "")
    account.secret(user)
    return account.password_env
