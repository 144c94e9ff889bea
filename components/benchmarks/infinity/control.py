"""The negative control: which verifiers say that the task is done before anything was done.

Each application is opened once in a browser, on the same host as for episodes, and its verifiers judge its first state.
The result is cached under the digest of the application's files, so that only the first time takes seconds. If a
verifier gave no verdict, nothing is cached and it is asked again the next time.
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
from components.benchmarks.infinity.host import Host, open_tenant
from components.benchmarks.infinity.verifying import Verdict, verify
from components.browser.find import find_browser
from components.errors import InputError
from components.files import write_whole
from components.sites.trouble import SiteError

FORM = 1
"""Version of the cache's form; files of another version are not read."""
FOLDER = Path("~/.cache/symbiont/webarena-infinity")
SOLVED = "it is solved before it begins: its verifier says so of the state that its application begins with"
_log = logging.getLogger(__name__)


def unsound(checkout: Checkout) -> Mapping[str, str]:
    """Tasks that cannot be judged, by name, with the reason.

    Without a browser, only cached results are used.

    Raises:
        InputError: an application cannot be opened, or verifiers cannot be run.
    """
    reasons_by_app = {name: _read_cached(app) for name, app in checkout.apps.items()}
    missing = [app for name, app in checkout.apps.items() if reasons_by_app[name] is None]
    if missing and _can_play():
        with ThreadPoolExecutor(1) as apart:  # an event loop of its own, whoever asks
            reasons_by_app |= apart.submit(asyncio.run, _control(missing)).result()
    return {task: reason for reasons in reasons_by_app.values() for task, reason in (reasons or {}).items()}


def _can_play() -> bool:
    try:
        import playwright  # noqa: F401

        find_browser()
    except (ImportError, InputError):
        _log.warning("no browser: verifiers of WebArena-Infinity that are true from the start are not looked for")
        return False
    return True


def _cache_file(app: App) -> Path:
    return FOLDER.expanduser() / f"{app.name}-{app.digest[:24]}-{FORM}.json"


def _read_cached(app: App) -> dict[str, str] | None:
    try:
        return dict(json.loads(_cache_file(app).read_bytes()))
    except (OSError, ValueError):
        return None


async def _control(apps: Sequence[App]) -> dict[str, dict[str, str]]:
    from components.browser.pool import BrowserPool

    async with Host({app.name: app.folder for app in apps}) as host, BrowserPool() as pool:
        reasons_by_app = dict[str, dict[str, str]]()
        for app in apps:
            with host.tenant(app.name) as tenant:
                async with pool.page() as page:
                    try:
                        await open_tenant(page, tenant)
                    except SiteError as error:
                        raise InputError(str(error), where=str(app.folder), fix="leave it out: `apps`") from None
                verdicts = await verify([task.verifier for task in app.tasks], address=tenant.state_address)
            reasons = {task.name: _reason(verdict) for task, verdict in zip(app.tasks, verdicts, strict=True)}
            reasons_by_app[app.name] = {name: reason for name, reason in reasons.items() if reason}
            if not any(verdict.trouble for verdict in verdicts):
                _write_cache(app, reasons_by_app[app.name])
    return reasons_by_app


def _write_cache(app: App, reasons: dict[str, str]) -> None:
    with suppress(OSError, InputError):  # no home folder: not cached
        _cache_file(app).parent.mkdir(parents=True, exist_ok=True)
        write_whole(_cache_file(app), json.dumps(reasons, indent=2))


def _reason(verdict: Verdict) -> str:
    return SOLVED if verdict.done else verdict.trouble
