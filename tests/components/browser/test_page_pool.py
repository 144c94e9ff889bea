"""The pool: fresh contexts, many at once, leases that end, and a browser that comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.browser.find import find_browser
from components.browser.page import Page, PageLost
from components.browser.pool import ARGUMENTS, BrowserPool
from components.browser.settings import BrowserSettings
from components.errors import InfraError, InputError
from tests.authority import issue


def run(scenario: Any, **settings: Any) -> None:
    async def play() -> None:
        given = {"hang_seconds": 30, "navigation_seconds": 40, "pages": 2, **settings}
        async with BrowserPool(settings=BrowserSettings(**given)) as pool:
            await scenario(pool)

    asyncio.run(asyncio.wait_for(play(), 120))


def test_pages_are_strangers_to_each_other_and_no_more_than_allowed_are_open(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"
    open_now, most = 0, 0
    both = asyncio.Barrier(2)

    async def visit(pool: BrowserPool, number: int) -> None:
        nonlocal open_now, most
        async with pool.page() as page:
            open_now += 1
            most = max(most, open_now)
            await both.wait()  # nobody goes on alone, so two pages must be lent at once
            await page.goto(site.origin + "/")
            assert await page.evaluate("() => localStorage.mine ?? null") is None
            await page.evaluate("n => localStorage.mine = n", number)
            assert "hello" in (await page.observe()).text
            open_now -= 1

    async def scenario(pool: BrowserPool) -> None:
        await asyncio.gather(*(visit(pool, number) for number in range(6)))
        assert most == 2
        assert not pool.leases

    run(scenario)


def test_an_owner_that_does_not_use_its_page_loses_it_and_others_go_on(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"

    async def sleeper(pool: BrowserPool) -> str:
        async with pool.page(owner="sleeper", seconds=0.5) as page:
            await page.goto(site.origin + "/")
            with pytest.raises(PageLost) as caught:
                await page.evaluate("() => new Promise(() => {})")
            return caught.value.event.detail

    async def scenario(pool: BrowserPool) -> None:
        waiting = asyncio.create_task(sleeper(pool))
        await asyncio.sleep(0.3)
        async with pool.page() as page:
            await page.goto(site.origin + "/")
        assert "sleeper has not used it" in await waiting

    run(scenario, pages=1, hang_seconds=30)


def test_the_page_of_a_dead_owner_comes_back() -> None:
    held: list[Any] = []

    async def dies(pool: BrowserPool) -> None:
        lent = pool.page(owner="dead")
        held.append(lent)  # nobody will ever leave this context
        await lent.__aenter__()

    async def scenario(pool: BrowserPool) -> None:
        await asyncio.create_task(dies(pool))
        async with asyncio.timeout(60), pool.page() as page:
            await page.goto("about:blank")
        assert not pool.leases

    run(scenario, pages=1)


def test_a_killed_browser_ends_its_pages_as_crashed_and_starts_again(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"
    others = set(_descendants())  # servers of other tests

    async def scenario(pool: BrowserPool) -> None:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            killed = _kill(set(_descendants()) - others)
            assert killed
            with pytest.raises(PageLost) as caught:
                await _watch(page)
            assert caught.value.event.kind == "crash"
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            assert "hello" in (await page.observe()).text
        assert pool.launches == 2

    run(scenario)


def test_a_killed_driver_ends_its_pages_and_starts_again_with_another_browser(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"
    others = set(_descendants())

    async def scenario(pool: BrowserPool) -> None:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            assert _kill(set(_descendants()) - others, drivers=True)
            with pytest.raises(PageLost):
                await _watch(page)
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            assert "hello" in (await page.observe()).text
        assert pool.launches == 2

    run(scenario)


def test_no_key_of_ours_is_in_the_environment_of_a_browser_or_its_driver(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/"] = "<p>hello</p>"
    for name in ("AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_PASSWORD", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "top-secret-value")

    others = set(_descendants())  # servers of other tests

    async def scenario(pool: BrowserPool) -> None:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            family = set(_descendants()) - others
            assert len(family) > 2
            for pid in family:
                with contextlib.suppress(OSError):
                    held = Path(f"/proc/{pid}/environ").read_bytes()
                    assert b"top-secret-value" not in held
                    assert f"HOME={Path.home()}\0".encode() not in held

    async def at_once() -> None:
        settings = BrowserSettings(pages=1)
        async with BrowserPool(settings=settings) as first, BrowserPool(settings=settings) as second:
            await asyncio.gather(scenario(first), scenario(second))

    given = os.environ.get("PLAYWRIGHT_NODEJS_PATH")
    asyncio.run(asyncio.wait_for(at_once(), 120))
    assert os.environ.get("PLAYWRIGHT_NODEJS_PATH") == given


def test_a_screen_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        find_browser(headed=True)
    except InputError:
        pytest.skip("no browser is installed that can show a window")
    monkeypatch.setenv("DISPLAY", ":7777")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    async def start() -> None:
        async with BrowserPool(headed=True):
            pass

    with pytest.raises(InputError, match="no screen to show a window on") as raised:
        asyncio.run(start())
    assert ":7777" in raised.value.where
    assert "xvfb-run" in raised.value.fix


NOEXEC = """
import asyncio, os, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec,size=8m", "none", sys.argv[1]], check=True)
os.environ["TMPDIR"] = sys.argv[1]
from components.browser.pool import BrowserPool
from components.errors import InputError

async def play():
    async with BrowserPool():
        pass

try:
    asyncio.run(play())
except InputError as error:
    print(error)
"""


def test_temporary_files_that_may_not_be_run_are_named_with_their_mount(tmp_path: Path) -> None:
    inside = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*inside, "mount", "-t", "tmpfs", "none", tmp_path], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    said = subprocess.run([*inside, sys.executable, "-c", NOEXEC, tmp_path], check=True, capture_output=True, text=True)
    assert f"{tmp_path} is mounted so that nothing there may be run" in said.stdout
    assert f"fix: mount it with exec (Docker: --tmpfs {tmp_path}:exec), or" in said.stdout


def test_a_browser_that_the_machine_gives_no_sandbox_starts_without_one(site: Any) -> None:
    site.pages["/"] = "<p>hello</p>"

    async def play() -> None:
        pool = BrowserPool(settings=BrowserSettings(pages=1))
        pool._sandbox = True  # which root is refused
        async with pool, pool.page() as page:
            await page.goto(site.origin + "/")
            assert "hello" in (await page.observe()).text
        assert os.geteuid() != 0 or not pool._sandbox

    asyncio.run(asyncio.wait_for(play(), 120))


def test_a_page_of_the_net_asks_nothing_of_the_machine_that_shows_it_or_its_network(
    site: Any, neighbour: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = neighbour.origin
    html = f"""<p>far</p><img src={near}/img><script src={near}/script></script><link rel=stylesheet href={near}/css>
    <iframe src={near}/frame></iframe><iframe name=in></iframe><form target=in method=post action={near}/form></form>
    <script>fetch('{near}/fetch', {{mode: 'no-cors'}})
    fetch('{near}/post', {{mode: 'no-cors', method: 'POST', body: 'x'}})
    navigator.sendBeacon('{near}/beacon', 'x')
    document.forms[0].submit()</script>"""
    site.pages["/"] = html

    async def scenario(pool: BrowserPool) -> None:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            await asyncio.sleep(1)

    run(scenario)
    ways = {"/img", "/script", "/css", "/frame", "/form", "/fetch", "/post", "/beacon"}
    assert {path for _, path, _ in neighbour.asked} == ways, "a page of this machine is free to"
    neighbour.asked.clear()
    far, here = (each.origin.removeprefix("http://") for each in (site, neighbour))
    for spaces in (f"{far}=public", f"{far}=public,{here}=local"):
        of_the_net = [*ARGUMENTS, f"--ip-address-space-overrides={spaces}"]
        monkeypatch.setattr("components.browser.pool.ARGUMENTS", of_the_net)
        try:
            run(scenario)
        except PageLost:  # Chromium's page crashed once with these arguments on a busy machine
            run(scenario)
    assert not neighbour.asked


def test_a_browser_that_does_not_start_for_another_reason_keeps_its_sandbox(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libnss3.so' >&2\nexit 127\n")
    broken.chmod(0o755)

    pool = BrowserPool(settings=BrowserSettings(executable=str(broken)))
    pool._sandbox = True
    with pytest.raises(InfraError, match="does not start"):
        asyncio.run(pool.__aenter__())
    assert pool._sandbox


BOXED = """
import asyncio
from pathlib import Path

from components.browser.pool import BrowserPool


def family(pid):
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield child
            yield from family(child)


async def play():
    async with BrowserPool() as pool, pool.page() as page:
        await page.goto("data:text/html,<p>hello")
        for pid in family("self"):
            command = Path(f"/proc/{pid}/cmdline").read_text()
            if "--type=renderer" in command:
                filtered = "Seccomp:\\t2" in Path(f"/proc/{pid}/status").read_text()
                print(f"filtered {filtered}, no-sandbox {'--no-sandbox' in command}")


asyncio.run(play())
"""
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
MAY_READ = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # what lies in root's home


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root has no way to be somebody else")
def test_who_is_not_root_sees_pages_in_a_sandbox(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    someone = (*NOBODY, *MAY_READ) if os.geteuid() == 0 else ()
    if subprocess.run([*someone, "unshare", "--user", "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no user a namespace, of which a sandbox is made")
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [*someone, sys.executable, "-c", BOXED], env={**os.environ, **home}, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "filtered True, no-sandbox False\n"), done.stderr


async def _watch(page: Page) -> None:
    for _ in range(100):
        await page.observe()
        await asyncio.sleep(0.02)


def _descendants() -> list[int]:
    """The browser's processes and its driver's: the children of this process, and theirs."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    family: list[int] = []
    found = {os.getpid()}
    while found:
        found = {pid for pid, parent in parents.items() if parent in found}
        family += found
    return family


def _kill(family: set[int], *, drivers: bool = False) -> list[int]:
    """Kills the browser among these processes, or its Playwright driver."""
    killed = []
    for pid in family:
        with contextlib.suppress(OSError):  # it has ended by itself
            if (b"run-driver" in Path(f"/proc/{pid}/cmdline").read_bytes()) is drivers:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
    return killed


def test_a_page_lost_to_a_hang_does_not_delay_its_return(site: Any) -> None:
    site.pages["/"] = "<button>x</button>"

    async def hang(page: Page) -> None:
        await page.goto(site.origin + "/")
        with pytest.raises(PageLost):
            await page.evaluate("() => { while (true); }")

    async def scenario(pool: BrowserPool) -> None:
        began = time.monotonic()
        async with pool.page() as page:
            await hang(page)
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            assert "button" in (await page.observe()).text
        assert time.monotonic() - began < 60

    run(scenario, pages=1, hang_seconds=4)


def test_finding_the_browser_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as caught:
        find_browser(str(tmp_path / "nothing"))
    assert "nothing" in str(caught.value)
    found = find_browser()
    assert os.access(found, os.X_OK)
    assert find_browser(str(found)) == found
    printed = subprocess.run(
        [sys.executable, "-m", "components.browser.find"], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == str(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        find_browser()
    assert "apt-get install" in caught.value.fix
    shell = tmp_path / "chromium_headless_shell-1234" / "chrome-linux" / "headless_shell"
    shell.parent.mkdir(parents=True)
    shell.write_text("#!/bin/sh\n")
    shell.chmod(0o755)
    assert find_browser() == shell


def test_a_wrong_key_in_the_settings_names_itself() -> None:
    with pytest.raises(ValidationError, match="page_count"):
        BrowserSettings(page_count=3)  # type: ignore[call-arg]


@pytest.mark.parametrize(("enough", "files"), [(0, False), (2**62, True)], ids=["room in memory", "too little"])
def test_the_browser_shares_in_memory_where_there_is_room_and_in_files_elsewhere(
    site: Any, monkeypatch: pytest.MonkeyPatch, enough: int, files: bool
) -> None:
    """A pod without a section for it has 64 MB of /dev/shm, on which pages crash."""
    site.pages["/"] = "<canvas width=3000 height=3000></canvas><p>hello</p>"
    monkeypatch.setattr("components.browser.pool.ENOUGH_SHARED", enough)

    async def scenario(pool: BrowserPool) -> None:
        async with pool.page() as page:
            await page.goto(site.origin + "/")
            assert "hello" in (await page.observe()).text
            assert pool._browser is not None
            session = await pool._browser.new_browser_cdp_session()
            command = (await session.send("SystemInfo.getInfo"))["commandLine"]
            assert ("--disable-dev-shm-usage" in command) is files

    run(scenario)


@pytest.mark.skipif(not shutil.which("certutil"), reason="asks libnss3-tools, which the explorer's image has")
@pytest.mark.parametrize("trusted", [True, False])
def test_the_authorities_of_the_environment_are_the_browsers_too(
    trusted: bool, site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, pair = issue(tmp_path, "localhost")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(pair)
    site.pages["/"] = "<p>hello</p>"
    site.server.socket = secure.wrap_socket(site.server.socket, server_side=True)

    async def scenario(pool: BrowserPool) -> None:
        refused = pytest.raises(InfraError, match="ERR_CERT_AUTHORITY_INVALID")
        async with pool.page() as page:
            with contextlib.nullcontext() if trusted else refused:
                await page.goto(f"https://localhost:{site.server.server_port}/")
                assert "hello" in (await page.observe()).text

    run(scenario)
