"""Replicas of a real small web application: started, reset, logged in to, shared, broken; and never left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.benchmarks.sites.form import read_sites
from components.errors import InputError
from components.loopback import answers
from components.sites.config import Login, Site
from components.sites.fleet import Fleet, open_fleets
from components.sites.login import sign_in
from components.sites.replica import Replica, prepare
from components.sites.trouble import SiteError
from components.sites.web import Web
from components.trajectories.open_store import open_store
from tests.components.sites.test_web import saying

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/own-sites"
DESK = read_sites(EXAMPLE).sites["desk"]


def desk_with(**changes: Any) -> Site:
    return Site.model_validate(DESK.model_dump(by_alias=True) | changes)


def shared_at(*addresses: str, **more: Any) -> Site:
    return Site.model_validate({"at": addresses, **more})


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    prepare("desk", DESK, folder=EXAMPLE, data=tmp_path / "prepared")
    (tmp_path / "data").mkdir()
    made = Replica(name="desk", site=DESK, folder=EXAMPLE, prepared=tmp_path / "prepared", data=tmp_path / "data")
    made.start()
    yield made
    made.stop()


def lend(replica: Replica, tool: str) -> None:
    web = Web(replica.address, seconds=20, cookies=replica.signed_in("ann"))
    assert web.post("/lend", {"tool": tool}).status == 200
    replica.used = replica.wrote = True


def holders(replica: Replica) -> set[str]:
    return {row["holder"] for row in replica.query("select holder from tool", {})}


def test_copying_brings_back_what_an_episode_changed_while_the_site_runs(replica: Replica) -> None:
    lend(replica, "drill")
    assert holders(replica) == {"", "ann"}
    address = replica.address
    replica.reset()
    assert holders(replica) == {""}
    assert replica.address == address, "it went on running"
    assert "Hello ann" in Web(address, seconds=20, cookies=replica.signed_in("ann")).get("/").text


def test_folders_are_brought_back_too_and_what_stands_where_a_file_belongs_is_removed(replica: Replica) -> None:
    assert replica.prepared is not None
    assert replica.data is not None
    (replica.prepared / "uploads" / "new").mkdir(parents=True)
    (replica.prepared / "note.txt").write_text("Read me.")
    (replica.data / "note.txt" / "deep").mkdir(parents=True)
    (replica.data / "link").symlink_to(replica.prepared)
    (replica.data / "cache").mkdir()
    (replica.data / "cache" / "page").touch()
    replica.used = True
    replica.reset()
    assert (replica.data / "uploads" / "new").is_dir()
    assert (replica.data / "note.txt").read_text() == "Read me."
    assert not (replica.data / "link").exists()
    assert [*(replica.data / "cache").iterdir()] == []


def vanished(*_: Path) -> None:
    raise FileNotFoundError("it vanished")


def test_files_that_cannot_be_restored_are_the_sites_trouble_and_it_begins_anew(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend(replica, "drill")
    with monkeypatch.context() as patch:
        patch.setattr("components.sites.replica._mirror", vanished)
        with pytest.raises(SiteError, match="site desk's files could not be restored: it vanished"):
            replica.reset()
    assert replica._process is None
    replica.reset()
    assert holders(replica) == {""}


def test_a_query_without_end_is_ended(replica: Replica) -> None:
    replica.site = desk_with(seconds=0.2)
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n"
    with pytest.raises(SiteError, match="interrupted"):
        replica.query(endless, {})


def test_a_site_that_died_is_started_again_as_new(replica: Replica) -> None:
    lend(replica, "saw")
    assert replica._process is not None
    replica._process.send_signal(signal.SIGKILL)
    replica._process.wait()
    while answers(replica.address):  # what the guard had started ends a moment after it
        time.sleep(0.05)
    with pytest.raises(SiteError, match="not answered"):
        Web(replica.address, seconds=5).get("/")
    replica.reset()
    assert Web(replica.address, seconds=20).get("/").status == 200
    assert holders(replica) == {""}


@pytest.mark.parametrize("wrote", [True, False])
def test_what_costs_more_than_copying_is_reset_only_after_something_was_written(replica: Replica, wrote: bool) -> None:
    lend(replica, "drill")
    mark = replica.data
    assert mark is not None
    command = [sys.executable, "-c", f"open({str(mark / 'commanded')!r}, 'w').write('{{address}}')"]
    for way in ({"post": "/reset"}, {"command": command}):
        other = Replica(name="desk", site=shared_at(replica.address, reset=way), folder=EXAMPLE)
        other.address, other.used, other.wrote = replica.address, True, wrote
        other.reset()
    assert holders(replica) == ({""} if wrote else {"", "ann"})
    assert (mark / "commanded").exists() is wrote
    if wrote:
        assert (mark / "commanded").read_text() == replica.address


@pytest.mark.parametrize(
    ("reset", "words"),
    [
        ({"post": "/nowhere"}, "answered POST /nowhere with 403"),
        ({"command": [sys.executable, "-c", "raise SystemExit('no pod')"]}, "no pod"),
        ({"command": ["no-such-program"]}, "could not be reset"),
    ],
)
def test_a_reset_that_fails_says_why(replica: Replica, reset: dict[str, Any], words: str) -> None:
    other = Replica(name="desk", site=shared_at(replica.address, reset=reset), folder=EXAMPLE)
    other.address, other.used, other.wrote = replica.address, True, True
    with pytest.raises(SiteError, match=words):
        other.reset()


def test_a_reset_may_leave_the_site_that_it_started_running(tmp_path: Path) -> None:
    command = ["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid"]
    with saying(b"HTTP/1.0 200 OK\r\n\r\n") as address:
        site = Replica(name="desk", site=shared_at(address, reset={"command": command}, seconds=30), folder=EXAMPLE)
        site.address, site.used, site.wrote = address, True, True
        try:
            site.reset()
        finally:
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert not site.wrote


def test_a_reset_that_leads_to_another_site_is_none(tmp_path: Path) -> None:
    there = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/login\r\nContent-Length: 0\r\n\r\n"
    with saying(there) as address:
        other = Replica(name="desk", site=shared_at(address, reset={"post": "/reset"}), folder=tmp_path)
        other.address, other.used, other.wrote = address, True, True
        with pytest.raises(SiteError, match="answered POST /reset with 302"):
            other.reset()
    assert other.wrote


def test_a_reset_command_finds_no_keys(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "secret")
    reset = {"command": ["sh", "-c", 'test -z "$VENDOR_KEY" && test -n "$PATH"']}
    other = Replica(name="desk", site=shared_at(replica.address, reset=reset), folder=EXAMPLE)
    other.address, other.used, other.wrote = replica.address, True, True
    other.reset()
    assert not other.used


def test_a_log_in_is_kept_until_it_no_longer_holds(replica: Replica) -> None:
    first = replica.signed_in("ann")
    assert replica.signed_in("ann") == first
    with closing(sqlite3.connect(replica.data / DESK.database)) as desk, desk:  # type: ignore[operator]
        desk.execute("delete from session")
    second = replica.signed_in("ann")
    assert second != first
    assert replica.lets_in("ann", cookies=second)
    assert not replica.lets_in("ann", cookies=first)


def test_a_wrong_password_is_told_and_one_that_is_nowhere_is_the_users_to_give(
    replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"path": "/login", "fields": {"name": "{user}", "password": "{password}"}, "shows": "Hello {user}"}
    wrong = Login.model_validate(form | {"users": {"ann": {"password_env": "DESK_PASSWORD"}}})
    with pytest.raises(InputError, match="DESK_PASSWORD"):
        sign_in(wrong, "ann", address=replica.address, seconds=20)
    monkeypatch.setenv("DESK_PASSWORD", "guess")
    with pytest.raises(SiteError, match="did not let ann in") as caught:
        sign_in(wrong, "ann", address=replica.address, seconds=20)
    assert "guess" not in str(caught.value)
    right = DESK.login.users["ann"].password  # type: ignore[union-attr]
    monkeypatch.setenv("DESK_PASSWORD", f"{right}\n")
    assert sign_in(wrong, "ann", address=replica.address, seconds=20), "the line break is the file's"


def test_a_password_that_no_header_can_hold_is_not_told(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    users = {"ann": {"password_env": "DESK_PASSWORD"}}
    login = Login.model_validate({"path": "/login", "header": {"X-Log-In": "{user}:{password}"}, "users": users})
    for password in ("gue\nss", "gue\u4f60ss"):
        monkeypatch.setenv("DESK_PASSWORD", password)
        with pytest.raises(SiteError, match="characters that HTTP does not allow") as caught:
            sign_in(login, "ann", address=replica.address, seconds=20)
        assert "gue" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": {"name": "{name}"}},
        {"fields": {"name": "{}"}},
        {"fields": {"name": "{user"}},
        {"header": {"X-Log-In": "{user.name}"}},
        {"fields": {"name": "{user}"}, "shows": "Hello {password}"},
    ],
)
def test_braces_that_nothing_fills_are_refused_when_the_file_is_read(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"brace|'}'"):
        Login.model_validate({"path": "/login", "users": {"ann": {"password": "x"}}, **changes})


def test_nobody_but_the_site_is_asked_or_told_its_cookies(replica: Replica) -> None:
    heard: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Cookie", "") + self.headers.get("X-Log-In", ""))
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/?to="))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        web = Web(replica.address, seconds=20, cookies=replica.signed_in("ann"))
        for path in (there, f"{there}/x", there.removeprefix("http:"), "ftp://x/", "http://[", "//\ud83d"):
            with pytest.raises(SiteError, match="is no address of"):
                web.get(path)
        away = Web(there, seconds=20, cookies=replica.signed_in("ann"))
        assert away.get(f"/?to={replica.address}/", headers={"X-Log-In": "secret"}).status == 302
        assert heard == [f"desk={replica.signed_in('ann')[0].value}secret"], "asked once, and by whom it was asked"
        server.shutdown()


def test_a_site_that_does_not_come_up_says_what_it_printed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    broken = desk_with(start=[sys.executable, "-c", "print('no licence'); raise SystemExit(3)"], prepare=[])
    ended = Replica(name="desk", site=broken, folder=EXAMPLE, data=tmp_path / "data")
    with pytest.raises(SiteError, match="no licence"):
        ended.reset()
    mute = desk_with(start=[sys.executable, "-c", "import time; time.sleep(600)"], prepare=[], seconds=1)
    silent = Replica(name="desk", site=mute, folder=EXAMPLE, data=tmp_path / "data")
    with pytest.raises(SiteError, match="not up within 1 s"):
        silent.reset()
    assert silent._process is None, "it was ended"


LINGERS = """
import http.server, os, sys, time
from pathlib import Path

data, host, port, over = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
number = 0
while number < 400:  # so many take a while to remove
    number += 1
    (data / str(number)).touch()
if os.fork() == 0:
    os.setsid()
    while not over.exists():
        number += 1
        try:
            (data / str(number)).touch()
        except OSError:
            pass
        time.sleep(0.0002)
    os._exit(0)
http.server.HTTPServer((host, port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def test_a_site_that_still_writes_when_it_has_ended_ends_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.py").write_text(LINGERS)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    over = tmp_path / "over"
    site = Site.model_validate({"start": ["{python}", "site.py", "{data}", "{host}", "{port}", str(over)]})

    async def run() -> bool:
        async with open_fleets({"it": site}, folder=tmp_path) as fleets, fleets["it"].hold(store=None) as held:
            return answers(held.replica.address)

    try:
        assert asyncio.run(run())
    finally:
        over.touch()


def test_what_cannot_be_prepared_is_the_users_to_mend(tmp_path: Path) -> None:
    wrong = desk_with(prepare=[sys.executable, "-c", "raise SystemExit('no table')"])
    with pytest.raises(InputError, match="no table"):
        prepare("desk", wrong, folder=EXAMPLE, data=tmp_path / "data")


def test_nobody_shares_a_replica_and_no_more_are_started_than_are_allowed(tmp_path: Path) -> None:
    async def run() -> tuple[int, set[str]]:
        fleet = Fleet("desk", DESK, folder=EXAMPLE, work=tmp_path)
        held, all_held = set[str](), asyncio.Barrier(DESK.replicas)
        most, seen = 0, set[str]()

        async def episode() -> None:
            nonlocal most
            async with fleet.hold(store=None) as one:
                assert one.replica.address not in held
                held.add(one.replica.address)
                seen.add(one.replica.address)
                most = max(most, len(held))
                async with asyncio.timeout(60):
                    await all_held.wait()
                held.remove(one.replica.address)

        await fleet.open()
        try:
            await asyncio.gather(*(episode() for _ in range(6)))
        finally:
            await fleet.close()
        return most, seen

    most, seen = asyncio.run(run())
    assert most == len(seen) == DESK.replicas == 2


def test_two_runs_that_share_a_site_have_it_one_after_the_other(replica: Replica, tmp_path: Path) -> None:
    site, store = shared_at(replica.address), open_store(tmp_path / "store")

    async def run() -> int:
        fleets = [Fleet("desk", site, folder=EXAMPLE, work=tmp_path) for _ in range(2)]
        holding = most = 0

        async def episode(fleet: Fleet) -> None:
            nonlocal holding, most
            async with fleet.hold(store=store) as held:
                assert held.lease is not None
                holding += 1
                most = max(most, holding)
                await asyncio.sleep(0.1)
                holding -= 1

        await asyncio.gather(*(episode(fleet) for fleet in fleets))
        return most

    assert asyncio.run(run()) == 1


def test_a_shared_site_wants_a_store_to_agree_in(tmp_path: Path) -> None:
    async def run() -> None:
        async with Fleet("desk", shared_at("http://127.0.0.1:9"), folder=EXAMPLE, work=tmp_path).hold(store=None):
            pass

    with pytest.raises(InputError, match="no store"):
        asyncio.run(run())


OWNER = """
import asyncio, sys
from pathlib import Path
from components.benchmarks.sites.form import read_sites
from components.sites.fleet import Fleet

async def main():
    folder, work = Path(sys.argv[1]), Path(sys.argv[2])
    fleet = Fleet("desk", read_sites(folder).sites["desk"], folder=folder, work=work)
    await fleet.open()
    async with fleet.hold(store=None) as held:
        print(held.replica.address, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_killed_owner_leaves_no_site_behind(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLE, folder)
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    port = int(owner.stdout.readline().rsplit(":", 1)[1])
    assert listens(port)
    owner.kill()
    owner.wait()
    end = time.monotonic() + 60
    while listens(port) and time.monotonic() < end:
        time.sleep(0.05)
    assert not listens(port)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
