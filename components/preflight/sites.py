"""The sites that run already on which a recipe's tasks are played: whether they answer, and who logs in there."""

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

Asked = Callable[[str, str, str], None]
"""Hears of what is about to be asked: who names it, the variable of its secret, its address; the last two may be empty.
Raises NotAsked where that cannot be asked from here."""


def anywhere(_where: str, _variable: str, _address: str) -> None:
    """Everything can be asked from here."""


def site_questions(sites: Mapping[str, Site], *, asked: Asked = anywhere) -> Iterator[Question]:
    for name, site in sites.items():
        for address in site.at:
            ask = partial(_check_up, address, name=name, site=site, asked=asked)
            yield Question(about=f"site {name}: {address}", ask=ask)
        for user, known in site.login.users.items() if site.login else ():
            if known.password_env:
                ask = partial(_check_password, known, name=name, user=user, asked=asked)
                yield Question(about=f"site {name}: password of {user}", ask=ask)


def _check_up(address: str, *, name: str, site: Site, asked: Asked) -> str:
    asked(f"sites.{name}", "", address)
    fix = f"start it, or correct sites.{name} (at, ready); `curl -i {address}` should answer"
    try:
        status = Web(address, seconds=min(PATIENCE, site.seconds)).get(site.ready).status
    except SiteError as error:
        raise InputError(f"site {name} does not answer: {error}", where=address, fix=fix) from error
    if status >= 500:
        raise InputError(f"site {name} answers GET {site.ready} with {status}", where=address, fix=fix)
    return f"{site.ready} is answered with {status}"


def _check_password(known: User, *, name: str, user: str, asked: Asked) -> str:
    asked(f"sites.{name}", known.password_env, "")
    known.secret(user)
    return known.password_env
