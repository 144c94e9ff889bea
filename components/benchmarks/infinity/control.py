"""The negative control: which verifiers say that the task is done before anybody did anything.

Each application is opened once, in a browser, on the host that episodes are played on; its verifiers then look at the
state it begins with. What was found is kept by the digest of the application's files, so that only the first time takes
seconds; where a verifier had no verdict, it is asked again the next time.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from components.benchmarks.infinity.checkout import App, Checkout
from components.benchmarks.infinity.host import Host, opened
from components.benchmarks.infinity.verifying import Verdict, verify
from components.browser.find import find_browser
from components.errors import InputError
from components.files import write_whole
from components.sites.trouble import SiteError

FORM = 1
"""Of the control itself: another one is made anew."""
FOLDER = Path("~/.cache/symbiont/webarena-infinity")
SOLVED = "it is solved before it begins: its verifier says so of the state that its application begins with"
_log = logging.getLogger(__name__)


def unsound(checkout: Checkout) -> Mapping[str, str]:
    """Tasks that cannot be judged, by name, with the reason.

    Where there is no browser, and so nothing to play with, only what is known from before is told.

    Raises:
        InputError: an application cannot be opened, or verifiers cannot be run.
    """
    known = {name: _kept(app) for name, app in checkout.apps.items()}
    missing = [app for name, app in checkout.apps.items() if known[name] is None]
    if missing and _can_play():
        with ThreadPoolExecutor(1) as apart:  # an event loop of its own, whoever asks
            known |= apart.submit(asyncio.run, _controlled(missing)).result()
    return {task: why for found in known.values() for task, why in (found or {}).items()}


def _can_play() -> bool:
    try:
        import playwright  # noqa: F401

        find_browser()
    except (ImportError, InputError):
        _log.warning("no browser: verifiers of WebArena-Infinity that are true from the start are not looked for")
        return False
    return True


def _place(app: App) -> Path:
    return FOLDER.expanduser() / f"{app.name}-{app.digest[:24]}-{FORM}.json"


def _kept(app: App) -> dict[str, str] | None:
    try:
        return dict(json.loads(_place(app).read_bytes()))
    except (OSError, ValueError):
        return None


async def _controlled(apps: Sequence[App]) -> dict[str, dict[str, str]]:
    from components.browser.pool import BrowserPool

    async with Host({app.name: app.folder for app in apps}) as host, BrowserPool() as pool:
        found = dict[str, dict[str, str]]()
        for app in apps:
            with host.tenant(app.name) as tenant:
                async with pool.page() as page:
                    try:
                        await opened(page, tenant)
                    except SiteError as error:
                        raise InputError(str(error), where=str(app.folder), fix="leave it out: `apps`") from None
                verdicts = await verify([task.verifier for task in app.tasks], address=tenant.told)
            why = {task.name: _why(each) for task, each in zip(app.tasks, verdicts, strict=True)}
            found[app.name] = {name: reason for name, reason in why.items() if reason}
            if not any(each.trouble for each in verdicts):
                _keep(app, found[app.name])
    return found


def _keep(app: App, found: dict[str, str]) -> None:
    with suppress(OSError, InputError):  # nobody's home: it is looked for again
        _place(app).parent.mkdir(parents=True, exist_ok=True)
        write_whole(_place(app), json.dumps(found, indent=2))


def _why(verdict: Verdict) -> str:
    return SOLVED if verdict.done else verdict.trouble
