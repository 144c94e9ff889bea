"""The configuration of a site: how it is started or where it runs, how it is reset, how one logs in to it."""

from __future__ import annotations

import os
import string
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from components.errors import InputError


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class User(_Form):
    """A user who logs in. Only a site that is started here and thrown away may have its passwords in the file."""

    password: str = Field(
        "", description="password; only for a site that is started here, with made-up users", repr=False
    )
    password_env: str = Field("", description="environment variable that holds the password")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.password) == bool(self.password_env):
            raise ValueError("name either password_env, or password where the site is started here")
        return self

    def secret(self, name: str) -> str:
        """The password, without the line break that files bring along.

        Raises:
            InputError: the environment does not hold it.
        """
        if self.password:
            return self.password
        if self.password_env not in os.environ:
            where, fix = f"environment variable {self.password_env}", f"export {self.password_env}=..."
            raise InputError(f"the password of user {name} is not set", where=where, fix=fix)
        return os.environ[self.password_env].rstrip("\r\n")


class Login(_Form):
    """How to log in: a form that is filled in, or a page that is requested with a header. Braces hold {user} and
    {password}.
    """

    path: str = Field(description="path of the page with the log-in form, or that takes the header")
    fields: dict[str, str] = Field(default_factory=dict, description="values of the form's fields, by field name")
    header: dict[str, str] = Field(default_factory=dict, description="request headers that log in, instead of a form")
    check: str = Field("/", description="path of a page that shows whether one is logged in")
    shows: str = Field("{user}", description="text on that page that only appears when logged in")
    users: dict[str, User] = Field(min_length=1, description="users, by name")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.fields) == bool(self.header):
            raise ValueError("name either the fields of a form or a header")
        for text in (*self.fields.values(), *self.header.values(), self.shows):
            named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            if not named <= {"user", "password"} or (text == self.shows and "password" in named):
                raise ValueError(f"{text!r}: braces hold {{user}} and {{password}} alone, and in `shows` {{user}}")
        return self


class Reset(_Form):
    """How a site is put back into its first state; one of these.

    Copying is done before every episode; the slower ways only after an episode that wrote something (sent a request
    other than GET).
    """

    copy_data: bool = Field(
        False, alias="copy", description="copy the prepared files back while the site runs; it has to read them again"
    )
    restart: bool = Field(False, description="copy the prepared files back and restart the site")
    post: str = Field(
        "", description="path for a POST request, such as /reset, which is answered once the reset is done"
    )
    command: tuple[str, ...] = Field(
        (), description="command to run, with {address} in it, such as one that deletes a pod"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.copy_data, self.restart, self.post, self.command))) != 1:
            raise ValueError("name one way: copy: true, restart: true, post: PATH or command: [...]")
        return self


class Limit(_Form):
    """A site's rate limit, such as a forum's of three posts an hour."""

    requests: int = Field(ge=1, description="maximum number of requests other than GET ...")
    per: float = Field(gt=0, description="... within so many seconds")
    path: str = Field("/*", description="path of the requests that count; * at the end matches any rest")


class Site(_Form):
    """One site. In commands (lists of words) stand {python}, {folder} (of the file), {data}, {host} and {port}."""

    start: tuple[str, ...] = Field((), description="command that serves {data} on {host}:{port} until it is stopped")
    prepare: tuple[str, ...] = Field(
        (), description="command that fills {data}; run once, then copied for each replica"
    )
    environment: tuple[str, ...] = Field(
        (), description="names of environment variables that are passed to its commands"
    )
    at: tuple[str, ...] = Field((), description="addresses of replicas that already run, instead of `start`")
    replicas: int = Field(4, ge=1, le=64, description="maximum number of replicas, started as episodes need them")
    ready: str = Field("/", description="path that answers with a status below 500 once the site is up")
    seconds: float = Field(
        180, gt=0, description="time limit in seconds for preparing, starting, resetting and any one answer"
    )
    database: str = Field("", description="SQLite file in {data} that SQL checks and cases read")
    reset: Reset | None = Field(
        None, description="how the site is put back into its first state; unset: nothing there changes"
    )
    limit: Limit | None = Field(None, description="rate limit of the site; episodes wait for it")
    login: Login | None = Field(None, description="how to log in")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if bool(self.start) == bool(self.at):
            raise ValueError("name either start, a command, or at, the addresses where it runs")
        if self.at and (self.prepare or self.database):
            raise ValueError("prepare and database are for a site that is started here; check by http instead of sql")
        if self.at and self.reset and (self.reset.copy_data or self.reset.restart):
            raise ValueError("reset: copy and restart are for a site that is started here; use post or command")
        if self.limit and self.start:
            raise ValueError("limit is for a site under at; one that is started here is begun without any")
        if self.at and self.login and any(user.password for user in self.login.users.values()):
            raise ValueError("a password of a site that others use does not belong in a file: use password_env")
        return self
