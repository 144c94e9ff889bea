"""WebArena-Infinity: a checkout's tasks, each episode with a state of its own, which only the application writes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from components.agents.build import build_agent
from components.agents.config import RandomConfig, StopConfig
from components.benchmarks.config import TasksConfig
from components.benchmarks.infinity import benchmark, control, host
from components.benchmarks.infinity.benchmark import WebArenaInfinity
from components.benchmarks.infinity.checkout import VARIABLE
from components.benchmarks.infinity.control import SOLVED
from components.benchmarks.infinity.host import Tenant, open_tenant
from components.benchmarks.infinity.verifying import Verdict, verify
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.benchmarks.static_server import folder_checksum
from components.browser.actions import parse_action
from components.browser.find import VARIABLE as BROWSER
from components.browser.page import Page
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.errors import InputError
from components.evaluate.config import EvaluateConfig
from components.evaluate.run import phases_of
from components.evaluate.run import run as evaluate
from components.explore.config import ExploreConfig
from components.explore.run import run as explore
from components.place import Place
from components.preflight.config import Recipe
from components.preflight.run import check_tasks
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome
from components.trajectories.store_folder import FolderStore
from pipelines.evaluations import tasks_of
from tests.components.benchmarks.test_own_sites import moving
from tests.components.episodes.parts import play_visit

CHECKOUT = Path(__file__).parent / "infinity_checkout"
MILK, TEA = "notes-e1", "notes-h1"
FINISH_MILK = ("click [Finish 1]",)
ADD_TEA = ("click [Suggest]", "click [Add]", "click [Finish 3]")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the control found is kept in the user's folder: here in one of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(control, "FOLDER", tmp_path_factory.mktemp("known"))
        yield


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout to change."""
    return Path(shutil.copytree(CHECKOUT, tmp_path / "checkout"))


def played(plan: list[tuple[str, tuple[str, ...]]], *, pages: int = 1) -> list[Episode]:
    """An episode of each task with these moves, so many at once."""

    async def run() -> list[Episode]:
        async with (
            WebArenaInfinity(folder=CHECKOUT, subset="all") as benchmark,
            BrowserPool(settings=BrowserSettings(pages=pages)) as pool,
        ):
            games = (
                play_visit(benchmark, pool, name, seed=0, agent=lambda _, moves=moves: moving(*moves))  # type: ignore[misc]
                for name, moves in plan
            )
            return await asyncio.gather(*games)

    return asyncio.run(run())


def test_an_episode_is_judged_by_the_state_that_its_application_told() -> None:
    right, wrong, nothing, added, dropped = played(
        [
            (MILK, FINISH_MILK),
            (MILK, ("click [Finish 2]",)),
            (MILK, ('stop "Milk is done"',)),
            (TEA, ADD_TEA),
            ("notes-function-1", ("click [Drop 2]",)),
        ]
    )
    outcomes = [each.outcome for each in (right, wrong, nothing, added, dropped)]
    solved, failed = Outcome.SOLVED, Outcome.FAILED
    assert outcomes == [solved, failed, failed, solved, solved]
    assert right.intent == "Finish the note Milk."
    assert "is Milk done" not in wrong.message, "what was expected is nowhere an agent learns from"


def test_sixteen_episodes_at_once_do_not_disturb_each_other() -> None:
    plan = [(MILK, FINISH_MILK), (MILK, ("click [Drop 1]",)), (TEA, ADD_TEA), (TEA, ("click [Finish 1]",))] * 4
    episodes = played(plan, pages=len(plan))
    assert [each.outcome is Outcome.SOLVED for each in episodes] == [True, False, True, False] * 4
    assert len({each.steps[0].url for each in episodes}) == len(plan), "each has an origin of its own"


async def at_notes(attack: Callable[[Page, Tenant, Tenant], Awaitable[None]]) -> tuple[Tenant, Tenant]:
    """Two episodes of the application; `attack` is on the first one's page. What both told in the end."""
    async with (
        WebArenaInfinity(folder=CHECKOUT) as benchmark,
        BrowserPool(settings=BrowserSettings(pages=2)) as pool,
        benchmark.visit(benchmark.tasks[MILK], store=None) as mine,
        benchmark.visit(benchmark.tasks[MILK], store=None) as other,
        pool.page() as page,
        pool.page() as others,
    ):
        await open_tenant(page, mine.tenant)
        await open_tenant(others, other.tenant)
        await attack(page, mine.tenant, other.tenant)
        return mine.tenant, other.tenant


def notes(tenant: Tenant) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(tenant.state or b"")["notes"]
    return found


KEPT_BACK = (
    "/api/state",
    "/real-tasks.json",
    "/function-tasks.json",
    "/real-tasks/task_e1.py",
    "/%72eal-tasks/task_e1.py",
    "/js/..%2freal-tasks/task_e1.py",
    "/js/data.js",
    "/js/app.js",
    "/css/styles.css",
    "/api/events",
    "/api/reset",
)


def test_no_address_shows_tasks_verifiers_state_or_data() -> None:
    shown = dict[str, str]()

    async def attack(page: Page, mine: Tenant, other: Tenant) -> None:
        for path in KEPT_BACK:
            await page.act(parse_action(f'goto "{mine.origin}{path}"'))
            shown[path] = (await page.evaluate("() => document.documentElement.innerText")).strip()
        for address in (f"{other.origin}/", f"{mine.state_address}/api/state", f"view-source:{mine.origin}/js/data.js"):
            await page.act(parse_action(f'goto "{address}"'))
            assert page.url == f"{mine.origin}{KEPT_BACK[-1]}", "it leads nowhere"
        await page.act(parse_action(f'goto "{mine.origin}/"'))
        assert "Milk" in (await page.observe()).text

    asyncio.run(at_notes(attack))
    assert shown == dict.fromkeys(KEPT_BACK, "not found")


def test_no_script_reads_what_is_kept_back_even_if_one_ran() -> None:
    """The browser's own word says what a script of the page asked for a file as."""

    async def attack(page: Page, mine: Tenant, other: Tenant) -> None:
        ask = "async where => (await fetch(where)).status"
        assert {await page.evaluate(ask, path) for path in KEPT_BACK if path != "/api/events"} == {404}
        change = "where => fetch(where, {method: 'PUT', body: '{}'}).then(answer => answer.status, () => 0)"
        assert await page.evaluate(change, f"{other.origin}/api/state") == 0, "another episode's state"
        assert await page.evaluate(change, f"{mine.state_address}/api/state") == 0, "where verifiers ask"

    mine, other = asyncio.run(at_notes(attack))
    assert notes(mine) == notes(other)


FORGED = "fetch('/api/state', {method: 'PUT', body: JSON.stringify({notes: [{title: 'Milk', done: true}]})})"
WRITTEN = {
    "a handler": f'<img src=x onerror="{FORGED}">',
    "a handler of another kind": f'<svg onload="{FORGED}"></svg>',
    "a frame": f"<iframe srcdoc='<script>{FORGED.replace(chr(39), chr(34))}</script>'></iframe>",
    "an address": f'<a href="javascript:{FORGED}" aria-label="Go">go</a>',
    "a form": '<form action="/api/reset" method="post"><button aria-label="Go">go</button></form>',
    "an address of data": f'<a href="data:text/html,<script>{FORGED}</script>" aria-label="Go">go</a>',
}


def test_nothing_that_is_typed_in_runs_as_a_script() -> None:
    async def attack(page: Page, *_: Tenant) -> None:
        for markup in WRITTEN.values():
            refs = {each.name: ref for ref, each in (await page.observe()).elements.items()}
            await page.act(parse_action(f"type [{refs['New note']}] {json.dumps(markup)}"))
            await page.act(parse_action(f"click [{refs['Add']}]"))
            if go := [ref for ref, each in (await page.observe()).elements.items() if each.name == "Go"]:
                await page.act(parse_action(f"click [{go[-1]}]"))

    mine, _ = asyncio.run(at_notes(attack))
    assert [note["title"] for note in notes(mine)] == ["Milk", "Eggs", *WRITTEN.values()], "the application alone wrote"
    assert not any(note["done"] for note in notes(mine))


def test_a_state_that_comes_late_is_not_the_newest() -> None:
    tenant = Tenant(app="notes", origin="", state_address="")
    tenant.keep(b"first", number=3)
    tenant.keep(b"third", number=9)
    tenant.keep(b"second", number=5)
    assert tenant.state == b"third"


def test_tasks_that_are_true_from_the_start_are_found_once_and_left_out(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = WebArenaInfinity(folder=checkout, subset="all")
    assert found.excluded == {"notes-e2": SOLVED}
    assert list(found.tasks) == [MILK, TEA, "notes-function-1"]
    assert list(WebArenaInfinity(folder=checkout, subset="hard").tasks) == [TEA]
    monkeypatch.setenv(BROWSER, "/nowhere")  # what is known needs no browser
    assert WebArenaInfinity(folder=checkout).excluded == {"notes-e2": SOLVED}
    data = checkout / "apps/notes/js/data.js"
    data.write_text(data.read_text().replace('"Eggs"', '"Salt"'))
    folder_checksum.cache_clear()  # as in another process
    assert WebArenaInfinity(folder=checkout).excluded == {}, (
        "nothing is known of other files, and nothing can be played"
    )
    monkeypatch.delenv(BROWSER)
    assert WebArenaInfinity(folder=checkout, subset="function").excluded == {"notes-function-1": SOLVED}


def test_a_verifier_without_a_verdict_is_left_out_and_asked_again(checkout: Path) -> None:
    verifier = checkout / "apps/notes/real-tasks/task_e1.py"
    verifier.write_text("def verify(server_url):\n    return 1\n")
    found = WebArenaInfinity(folder=checkout)
    assert found.excluded == {MILK: "the verifier gave no verdict", "notes-e2": SOLVED}
    assert not list(control.FOLDER.glob(f"*{found.checkout.apps['notes'].digest[:24]}*"))


def test_what_is_known_to_be_wrong_is_known_of_that_very_verifier(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = CHECKOUT / "apps/notes/real-tasks/task_e1.py"
    known = {MILK: (hashlib.sha256(verifier.read_bytes()).hexdigest(), "it is odd"), "mail-e1": ("", "not there")}
    monkeypatch.setattr(benchmark, "DOUBTFUL", known)
    assert WebArenaInfinity(folder=checkout).doubtful == {MILK: "it is odd"}
    (checkout / "apps/notes/real-tasks/task_e1.py").write_text(verifier.read_text() + "# mended\n")
    assert WebArenaInfinity(folder=checkout).doubtful == {}


def with_apps(checkout: Path, *names: str) -> Path:
    """The application again under these names, with wordings of their own."""
    for name in names:
        app = Path(shutil.copytree(CHECKOUT / "apps/notes", checkout / "apps" / name))
        file = app / "real-tasks.json"
        file.write_text(file.read_text().replace("the note ", f"the {name} note ").replace("a note", f"a {name} note"))
    return checkout


def test_applications_are_learnt_from_or_judged_and_those_of_a_product_stay_together(checkout: Path) -> None:
    with_apps(checkout, "notes-of-others", "shop", "mail", "mail-settings", "wiki")
    benchmark = WebArenaInfinity(folder=checkout)
    split = make_split(benchmark)
    sides = [{task.site for task in side.values()} for side in (split.train, split.heldout)]
    assert sides[0] | sides[1] == set(benchmark.checkout.apps)
    products = [{app.partition("-")[0] for app in side} for side in sides]
    assert len(products[0]) == 3
    assert len(products[1]) == 1
    assert not products[0] & products[1]
    named = make_split(WebArenaInfinity(folder=checkout, heldout=["mail"]))
    assert {task.site for task in named.heldout.values()} == {"mail"}
    assert {task.site for task in WebArenaInfinity(folder=checkout, apps=["shop"]).tasks.values()} == {"shop"}


def test_a_round_explores_and_judges_it_by_its_recipe(checkout: Path, tmp_path: Path) -> None:
    with_apps(checkout, "shop")
    tasks = TasksConfig(benchmark="webarena-infinity", options={"folder": str(checkout), "heldout": ["shop"]})
    here = Round(run="r", number=1, seed=0, store=FolderStore(tmp_path / "store"), work=tmp_path)
    settings = {"tasks": tasks, "play": PlaySettings(max_steps=2), "browser": BrowserSettings(pages=2), "round": here}
    found = explore(config=ExploreConfig(teacher_seeds=1), mode="teacher", teacher=RandomConfig(), **settings)
    assert sum(found.outcomes.values()) == 2, "each training task once"
    config, agent = EvaluateConfig(seeds=1, task_seeds=1), build_agent(StopConfig(), store=None, work=tmp_path)
    judged = evaluate(
        phases_of(config=config, role="stop", agent=agent, **settings),  # type: ignore[arg-type]
        config=config,
        role="stop",
    )
    assert {name: (each.solved, each.episodes) for name, each in judged.splits.items()} == {
        "transductive": (0, 2),
        "heldout_tasks": (0, 2),
    }


def test_a_place_says_where_the_checkout_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    recipe = tasks_of(Recipe(name="one"), benchmark="webarena-infinity", subset="easy")
    assert (recipe.tasks.heldout, recipe.evaluate.task_seeds) == ("all", 1)
    with pytest.raises(InputError, match="none is named"):
        check_tasks(recipe, Place(name="here"))
    monkeypatch.setenv(VARIABLE, "")
    check_tasks(recipe, Place(name="here", infinity=str(CHECKOUT)))


def change(path: str, text: str | None) -> Callable[[Path], object]:
    return lambda folder: (folder / path).unlink() if text is None else (folder / path).write_text(text)


NOTES = "apps/notes/"
WRONG = {
    "no tasks": (change(f"{NOTES}real-tasks.json", None), {}, "no checkout of WebArena-Infinity"),
    "no JSON": (change(f"{NOTES}real-tasks.json", "["), {}, "another form"),
    "no instruction": (change(f"{NOTES}real-tasks.json", '[{"id": "task_e1"}]'), {}, "instruction"),
    "no verifier": (change(f"{NOTES}real-tasks/task_e1.py", None), {}, "real-tasks/task_e1.py"),
    "no page": (change(f"{NOTES}index.html", None), {}, "index.html"),
    "a silent application": (change(f"{NOTES}js/app.js", "1"), {}, "did not tell its state"),
    "no such application": (lambda _: None, {"apps": ["mail"]}, "no application mail"),
    "no such subset": (lambda _: None, {"subset": "hardest"}, "hardest"),
    "nothing to hold out": (lambda _: None, {"heldout": ["mail"]}, "no application mail"),
}


@pytest.mark.parametrize(("change", "options", "said"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_with_a_checkout_is_said(
    change: Callable[[Path], object],
    options: dict[str, object],
    said: str,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host, "TOLD_SECONDS", 0.5)
    change(checkout)
    with pytest.raises(InputError, match=said):
        open_benchmark("webarena-infinity", folder=checkout, **options)


def test_no_checkout_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match=f"none is named(.|\\n)*{VARIABLE}"):
        open_benchmark("webarena-infinity")
    with pytest.raises(InputError, match="no such folder"):
        open_benchmark("webarena-infinity", folder=tmp_path / "none")
    monkeypatch.setenv(VARIABLE, str(CHECKOUT))
    assert open_benchmark("webarena-infinity").tasks


VERIFIERS = {
    "says yes": ("return True, 'yes'", Verdict(done=True, message="yes")),
    "says no, loudly": ("print('[true]')\n    return False, 'no'", Verdict(done=False, message="no")),
    "breaks on the state": ("return {}['x'], ''", Verdict(done=False, message="KeyError: 'x'")),
    "hangs": ("while True: pass", Verdict(done=False, trouble="the verifier took longer than 2 s")),
    "catches everything": (
        "while True:\n        try: import time; time.sleep(9)\n        except Exception: pass",
        Verdict(done=False, trouble="the verifier took longer than 2 s"),
    ),
    "gives no verdict": ("return 1", Verdict(done=False, trouble="the verifier gave no verdict")),
    "looks for keys": ("import os\n    return 'SECRET_KEY' in os.environ, ''", Verdict(done=False)),
    "looks for us": (
        "import importlib.util\n    return importlib.util.find_spec('worker') is not None, ''",
        Verdict(done=False),
    ),
    "asks nobody": (
        "import requests\n    return requests.get(server_url).ok, ''",
        Verdict(done=False, trouble="the verifier cannot be run: ConnectionError"),
    ),
    "ends the process": ("import os\n    os._exit(0)", Verdict(done=False, trouble="the verifier's process ended")),
    "is none": ("pass\ndel verify", Verdict(done=False, trouble="the verifier cannot be run: KeyError: 'verify'")),
    "comes after it": ("return True, ''", Verdict(done=True)),
}


def test_each_verifier_has_a_verdict_or_a_trouble_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    files = [tmp_path / f"{number}.py" for number in range(len(VERIFIERS))]
    for file, (body, _) in zip(files, VERIFIERS.values(), strict=True):
        file.write_text(f"def verify(server_url):\n    {body}\n")
    found = asyncio.run(verify(files, address="http://127.0.0.1:9", seconds=2))
    for (name, (_, wanted)), verdict in zip(VERIFIERS.items(), found, strict=True):
        assert (verdict.done, verdict.message) == (wanted.done, wanted.message), name
        assert verdict.trouble.startswith(wanted.trouble), name
        assert bool(verdict.trouble) is bool(wanted.trouble), name
