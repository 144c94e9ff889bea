"""One replica of a site: started where it is our own process, reset, logged in to, and stopped when it is broken."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from components.browser.origins import origin_of
from components.browser.settings import Cookie
from components.errors import InputError
from components.files import is_full
from components.guard import comes_up, end_guarded, has_ended, start_guarded
from components.loopback import HOST, free_ports
from components.sites.config import Site
from components.sites.login import is_signed_in, sign_in
from components.sites.trouble import SiteError
from components.sites.web import Web, fits

if TYPE_CHECKING:
    from components.browser.sent import Sent

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
"""The variables of our environment that a site's commands get, beside those it names: none may leak a key to a page."""
LOG_END = 1500
"""Last characters of a command's output in an error."""
QUERY_PART = 10_000
"""Instructions of SQLite's machine after which it is asked whether a query's time is up."""


@dataclass(kw_only=True)
class Replica:
    """A replica. Its methods block; only its holder may use it.

    Attributes:
        folder: the folder of the file that describes the site.
        prepared: folder of the files that a reset restores; None for a site without any.
        data: folder of the replica's own copy of them.
        address: its origin, such as http://127.0.0.1:8000.
        used: it was held since its last reset.
        wrote: a holder may have written something since.
        posted: times of rate-limited requests, in Unix seconds.
    """

    name: str
    site: Site
    folder: Path
    prepared: Path | None = None
    data: Path | None = None
    host: str = HOST
    address: str = ""
    used: bool = False
    wrote: bool = False
    posted: list[float] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None
    _signed_in: dict[str, tuple[Cookie, ...]] = field(default_factory=dict)

    def start(self) -> None:
        """Starts it, unless it runs already or is not ours to start.

        Raises:
            SiteError: it does not answer in time, or has ended; with the end of its output.
        """
        if self.site.start and (self._process is None or has_ended(self._process)):
            self.stop()
            self._copy()
            [port] = free_ports(1, host=self.host)
            self.address = f"http://{self.host}:{port}"
            self._process = self._run(self.site.start, port=str(port))
            self._wait()
            self.used = self.wrote = False

    def _run(self, command: tuple[str, ...], *, port: str) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            try:
                return start_guarded(
                    words_of(command, folder=self.folder, data=self.data, host=self.host, port=port),
                    environment=bare_environment(*self.site.environment),
                    bare=True,
                    output=log,
                    folder=self.folder,
                )
            except OSError as error:
                raise SiteError(f"site {self.name} could not be started: {error}") from None

    @property
    def _log(self) -> Path:
        assert self.data is not None
        return self.data.with_suffix(".log")

    def _wait(self) -> None:
        reason = "it did not answer"

        def ready() -> bool:
            nonlocal reason
            try:
                status = Web(self.address, seconds=self.site.seconds).get(self.site.ready).status
            except SiteError as error:
                reason = str(error)
                return False
            reason = f"{self.site.ready} was answered with {status}"
            return status < 500

        if comes_up(self._process, ready, seconds=self.site.seconds):
            return
        if self._process is not None and has_ended(self._process):
            log_end = self._log.read_text(errors="replace")[-LOG_END:].strip()
            raise SiteError(f"site {self.name} ended when it was started" + (f": {log_end}" if log_end else ""))
        raise SiteError(f"site {self.name} was not up within {self.site.seconds:g} s: {reason}")

    def reset(self) -> None:
        """Starts it unless it runs, and restores its initial state if that may have changed.

        Raises:
            SiteError: it cannot be reset, or does not come up; the next reset starts it again.
        """
        try:
            self.start()
            self._reset()
        except SiteError:
            self.stop()
            raise

    def _reset(self) -> None:
        reset = self.site.reset
        if reset is None or not self.used or not (self.wrote or reset.copy_data):
            return
        if reset.copy_data:
            self._copy()
        elif reset.restart:
            self.stop()
            self.start()
        elif reset.post:
            answer = Web(self.address, seconds=self.site.seconds).post(reset.post, {})
            if answer.status >= 300:  # a redirect that was not followed leads to another site, as to a log-in
                raise SiteError(f"site {self.name} answered POST {reset.post} with {answer.status}")
        else:
            self._command(reset.command)
            self._wait()
        self.used = self.wrote = False

    def note(self, sent: Sent) -> None:
        """Records of a page's requests whether any wrote, and the times of rate-limited ones."""
        self.wrote |= sent.wrote
        if limit := self.site.limit:
            ours = (
                request
                for request in sent.requests
                if request.writes and origin_of(request.url) == origin_of(self.address)
            )
            self.posted += [request.at for request in ours if fits(limit.path, urlsplit(request.url).path)]

    def _command(self, command: tuple[str, ...]) -> None:
        words = [word.replace("{address}", self.address) for word in command]
        if trouble := _trouble_with(words, site=self.site, folder=self.folder):
            raise SiteError(f"site {self.name} could not be reset: {trouble}")

    def _copy(self) -> None:
        """Restores the prepared files and folders.

        Raises:
            SiteError: it cannot, as where the site removes a folder meanwhile; one that does not run can be restored.
        """
        if self.prepared is None or self.data is None:
            return
        try:
            _mirror(self.prepared, self.data)
        except OSError as error:
            if is_full(error):
                raise
            raise SiteError(f"site {self.name}'s files could not be restored: {error}") from None

    def signed_in(self, user: str) -> tuple[Cookie, ...]:
        """The cookies of a valid session of a user: the last one if it is still valid, else a new one.

        Raises:
            InputError: the environment does not hold the password.
            SiteError: the site does not answer, or does not accept the log-in.
        """
        login = self.site.login
        assert login is not None
        cookies = self._signed_in.get(user, ())
        if not cookies or not self.lets_in(user, cookies=cookies):
            cookies = self._signed_in[user] = sign_in(login, user, address=self.address, seconds=self.site.seconds)
        return cookies

    def lets_in(self, user: str, *, cookies: Sequence[Cookie]) -> bool:
        """Whether the session of these cookies is still valid.

        Raises:
            SiteError: the site does not answer.
        """
        login = self.site.login
        assert login is not None
        return is_signed_in(login, user, web=Web(self.address, seconds=self.site.seconds, cookies=cookies))

    def query(self, sql: str, words: Mapping[str, str]) -> list[dict[str, str]]:
        """Runs a read-only query on the site's SQLite database.

        Args:
            sql: one statement; `:name` in it is replaced by the parameter of that name.
            words: the parameters.

        Returns:
            The rows, each value as text by the name of its column.

        Raises:
            SiteError: the database cannot be read, refuses the query, or does not answer it in time.
        """
        assert self.data is not None
        path, end = self.data / self.site.database, time.monotonic() + self.site.seconds
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=self.site.seconds)) as connection:
                connection.set_progress_handler(lambda: time.monotonic() > end, QUERY_PART)
                cursor = connection.execute(sql, words)
                names = [column[0] for column in cursor.description or ()]
                return [dict(zip(names, map(str, row), strict=True)) for row in cursor]
        except sqlite3.Error as error:
            raise SiteError(f"{path.name} cannot run {sql.strip()!r}: {error}") from None

    def stop(self) -> None:
        if self._process is not None:
            end_guarded(self._process, grace=1.0)
            self._process = None
        self._signed_in.clear()


def prepare(name: str, site: Site, *, folder: Path, data: Path) -> None:
    """Fills a folder with the files that replicas begin with.

    Raises:
        InputError: the command is missing, fails or takes too long; with the end of its output.
    """
    data.mkdir(parents=True)
    if not site.prepare:
        return
    words = words_of(site.prepare, folder=folder, data=data)
    if trouble := _trouble_with(words, site=site, folder=folder):
        problem, where = f"site {name} could not be prepared: {trouble}", f"sites.{name}.prepare"
        raise InputError(problem, where=where, fix=f"correct the command: {' '.join(words)}")


def _trouble_with(words: list[str], *, site: Site, folder: Path) -> str:
    """Runs a command in the reduced environment of a site. Returns why it failed, or an empty string."""
    with tempfile.TemporaryFile() as output:  # of a pipe, what the command leaves running would hold the other end
        try:
            process = subprocess.run(
                words,
                cwd=folder,
                env=bare_environment(*site.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=site.seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        output.seek(max(output.seek(0, os.SEEK_END) - LOG_END, 0))
        end = output.read().decode(errors="replace").strip()
    return f"{words[0]} ended with {process.returncode}: {end}" if process.returncode else ""


def bare_environment(*named: str) -> dict[str, str]:
    """The variables of our environment that a site's command gets: `INHERITED` and those that are named."""
    return {name: os.environ[name] for name in (*INHERITED, *named) if name in os.environ}


def words_of(command: tuple[str, ...], *, folder: Path, **values: object) -> list[str]:
    """A command with its braces filled in."""
    all_values = {
        "python": sys.executable,
        "folder": str(folder),
        **{name: str(value) for name, value in values.items()},
    }
    words = []
    for word in command:
        for name, value in all_values.items():
            word = word.replace(f"{{{name}}}", value)
        words.append(word)
    return words


def _mirror(source: Path, target: Path) -> None:
    """Makes a folder's files those of another, with all of its folders. Further folders stay: a site that runs may need
    them. Each file is replaced atomically, so that a site never reads half of one."""
    folders = {path.relative_to(source): path.is_dir() for path in source.rglob("*")}
    for path in [*target.rglob("*")]:
        is_file = folders.get(path.relative_to(target)) is False
        if path.is_symlink() or path.is_file():
            if not is_file:
                path.unlink(missing_ok=True)
        elif is_file and path.is_dir():
            shutil.rmtree(path)
    for name, is_folder in sorted(folders.items()):
        original, copy = source / name, target / name
        if is_folder:
            copy.mkdir(exist_ok=True)
        elif not copy.exists() or _stamp(original) != _stamp(copy):
            fresh = copy.with_name(f".{copy.name}.new")
            shutil.copy2(original, fresh)
            fresh.replace(copy)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
