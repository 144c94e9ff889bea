"""MiniWoB++ (Farama, MIT): small seeded pages with their own reward, served by us from the `miniwob` wheel.

An episode is a seed: `Math.seedrandom(seed)` and MiniWoB's own restart, in the page when the task is already open. We
differ from MiniWoB in four ways. The episode's clock never ends it (steps do), so the raw reward counts and not the
one that shrinks with time; BrowserGym does the same. Solved is what earns the whole reward: the wrong card, or most of
the right check boxes, earn a part of it. Animations are off, so that the page is quiet sooner. The query area and
MiniWoB's own instruments (reward, click canvas, start cover, the terminal's blinking cursor) keep their place but are
not visible: the intent is given apart.

The verdict is a variable of the page, and every page of MiniWoB has one. It counts only in the very document in which
we started this episode (documents are identified by the browser). So an agent gains nothing by opening and solving
another task's page, or this page anew with another problem.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag
from weakref import WeakKeyDictionary

from typing_extensions import override

from components.benchmarks.base import FREE, Evaluation, Start, Task, Visit
from components.benchmarks.miniwob.skills import HELDOUT, TRAIN
from components.benchmarks.miniwob.tasks import EXCLUDED, TASKS
from components.benchmarks.served import ServedBenchmark
from components.benchmarks.static_server import StaticServer, folder_checksum
from components.errors import InfraError, InputError
from components.trajectories.schema import Outcome

if TYPE_CHECKING:
    from components.browser.page import Page

_INSTALL = "pip install --no-deps 'miniwob==1.1.0', or give `folder`: the html folder that holds core/ and miniwob/"
_SERVED = ("core", "common", "miniwob")

WHOLE = 1 - 1e-6
"""Pages sum their reward up from thirds and tenths."""

# Chromium's longest timer, 24.8 days: a longer one would fire at once.
_RESTART = """seed => {
  if (typeof core === 'undefined' || !core.cover_div || typeof genProblem === 'undefined') return null;
  core.EPISODE_MAX_TIME = 2147483647;
  core.countdownTimer = () => {};
  if (window.jQuery) jQuery.fx.off = true;
  Math.seedrandom(seed);
  const begin = core.begin ??= core.startEpisodeReal;
  core.startEpisodeReal = () => {};
  begin();
  if (!document.getElementById('symbiont-hidden')) {
    const style = document.head.appendChild(document.createElement('style'));
    style.id = 'symbiont-hidden';
    const ids = ['#query', '#reward-display', '#click-canvas', '#sync-task-cover', '#input-flicker'];
    style.textContent = `${ids.join(', ')} { visibility: hidden }`;
  }
  const query = document.getElementById('query').cloneNode(true);
  for (const icon of query.querySelectorAll('.ui-icon'))
    icon.textContent = [...icon.classList].filter(c => c.startsWith('ui-icon-')).map(c => c.slice(8)).join(' ');
  return query.textContent.replace(/\\s+/g, ' ').trim();
}"""

# An image takes its room only once it is loaded: until then the page's layout moves under the mouse. Images that style
# sheets put in the place of an element (also when it is hovered) count too.
_LOAD_IMAGES = """async () => {
  const urls = new Set([...document.images].map(image => image.src).filter(Boolean));
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      for (const found of (rule.style ? rule.style.content : '').matchAll(/url\\("?([^")]+)"?\\)/g))
        urls.add(new URL(found[1], sheet.href || location.href).href);
  window.symbiontImages = await Promise.all([...urls].map(async url => {
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => {});
    return image;
  }));
}"""

_STATE = """() => typeof WOB_DONE_GLOBAL === 'undefined' ? null
  : [WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL, WOB_REWARD_REASON]"""


class MiniWob(ServedBenchmark):
    """The playable tasks of MiniWoB++.

    Args:
        folder: the html folder of a MiniWoB++ copy; the installed wheel's when left out.

    Raises:
        InputError: the folder, or the wheel, is not there or is not MiniWoB++; names what is missing.
    """

    name = "miniwob"
    title = "MiniWoB++"
    licence = "MIT"
    restarts_in_page = True
    default_split = (TRAIN, HELDOUT)

    def __init__(self, *, folder: str | Path | None = None) -> None:
        self.folder = _check_folder(Path(folder)) if folder else _installed_folder()
        self.version = "folder" if folder else importlib.metadata.version("miniwob")
        self.checksum = folder_checksum(self.folder, parts=_SERVED)
        self._server = StaticServer(self.folder)
        self._documents: WeakKeyDictionary[Page, tuple[str, str]] = WeakKeyDictionary()

    @property
    def tasks(self) -> Mapping[str, Task]:
        return MappingProxyType(TASKS)

    @property
    def excluded(self) -> Mapping[str, str]:
        return MappingProxyType(EXCLUDED)

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        origin = self._server.origin
        url = f"{origin}/miniwob/{task.task_id}.html"
        page.allow((origin,))
        if await page.evaluate("() => location.href") != url:
            await page.goto(url)
        else:
            await page.forget_references()
        intent = await page.evaluate(_RESTART, seed)
        if not isinstance(intent, str):
            raise InfraError(f"{url} did not load MiniWoB's scripts")
        await page.evaluate(_LOAD_IMAGES)
        await page.settle()
        self._documents[page] = (page.document, url)
        return Start(intent=intent, url=url)

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        state = await self._state(page)
        return _evaluation(state) if state and state[0] else None

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        """MiniWoB judges the page alone: what the page did not end by itself is not solved, whatever the answer."""
        state = await self._state(page)
        if state and state[0]:
            return _evaluation(state)
        suffix = "" if state else "; the agent had left the task's page"
        return Evaluation(outcome=Outcome.FAILED, reward=0.0, message=f"the page had not ended the episode{suffix}")

    async def _state(self, page: Page) -> list[Any] | None:
        """[done, reward, reason] of the page; None where it is not the document in which the episode began."""
        state: list[Any] | None = await page.evaluate(_STATE)
        return state if self._documents.get(page) == (page.document, urldefrag(page.url)[0]) else None


def _evaluation(state: list[Any]) -> Evaluation:
    _, reward, reason = state
    solved = isinstance(reward, int | float) and reward > WHOLE
    return Evaluation(
        outcome=Outcome.SOLVED if solved else Outcome.FAILED,
        reward=float(reward or 0.0),
        message=reason if isinstance(reason, str) else "" if reason is None else json.dumps(reason),
    )


def _installed_folder() -> Path:
    """The wheel's html folder, found without importing the package (its import needs gymnasium and selenium)."""
    spec = importlib.util.find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("the MiniWoB++ pages are not installed", where="benchmark miniwob", fix=_INSTALL)
    return _check_folder(Path(next(iter(spec.submodule_search_locations))) / "html")


def _check_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError("the MiniWoB++ folder does not exist", where=str(folder), fix=_INSTALL)
    needed = ("core/core.js", "core/core.css", "common/ui_utils.js", *(f"miniwob/{task}.html" for task in TASKS))
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        names = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise InputError(f"this is not a MiniWoB++ html folder: it lacks {names}", where=str(folder), fix=_INSTALL)
    return folder
