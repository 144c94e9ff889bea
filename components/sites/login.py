"""Logging in to a site without a browser, and noticing that a log-in no longer holds."""

from __future__ import annotations

import re

from components.browser.settings import Cookie
from components.sites.config import Login
from components.sites.trouble import SiteError
from components.sites.web import Web, hidden_fields

LEAVES = re.compile(r"\b(?:log|sign)[\s_-]?(?:out|off)\b|\blogout\b", re.IGNORECASE)


def leaves(*words: str) -> bool:
    """Whether names and addresses say that this ends a log-in."""
    return any(LEAVES.search(word) for word in words)


def sign_in(login: Login, user: str, *, address: str, seconds: float) -> tuple[Cookie, ...]:
    """The cookies of somebody logged in.

    Raises:
        InputError: the environment does not hold the password.
        SiteError: the site does not answer, or does not let the user in.
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
    """Whether the site shows this visitor what it shows the user."""
    return login.shows.format(user=user) in web.get(login.check).text
