"""A folder of one's own pages as a benchmark: the shipped example, solved, failed, tricked and misspelt."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from components.agents.base import Turn
from components.benchmarks.pages import OwnPages
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import HELDOUT_SEEDS, case_of, make_split
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Attempt
from components.errors import InputError
from components.trajectories.schema import Episode, Outcome
from tests.components.episodes.parts import IDENTITY, RuleAgent

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/own-pages"
SITE = "SITE"


def moving(*moves: str) -> RuleAgent:
    """Makes these moves, one after another. `[name]` in them is that element, SITE the folder's address."""

    def rule(turn: Turn) -> str:
        if len(turn.history) == len(moves):
            return 'stop ""'
        refs = {element.name: ref for ref, element in turn.observation.elements.items()}
        site = turn.observation.url.rsplit("/", 1)[0]
        return re.sub(r"\[(\w+)\]", lambda name: f"[{refs[name[1]]}]", moves[len(turn.history)].replace(SITE, site))

    return RuleAgent(rule)


def played(plan: list[tuple[str, int, tuple[str, ...]]], *, folder: Path = EXAMPLE) -> list[Episode]:
    """One episode of each task and seed, by an agent that makes these moves; one browser for all."""

    async def run() -> list[Episode]:
        async with OwnPages(folder=folder) as benchmark, BrowserPool(settings=BrowserSettings(pages=1)) as pool:
            return [episode async for episode in episodes(benchmark, pool)]

    async def episodes(benchmark: OwnPages, pool: BrowserPool) -> AsyncIterator[Episode]:
        for task, seed, moves in plan:
            async with pool.page() as page:
                attempt = Attempt(
                    page=page,
                    benchmark=benchmark,
                    task=benchmark.tasks[task],
                    seed=seed,
                    agent=moving(*moves),
                    identity=IDENTITY,
                    settings=PlaySettings(),
                )
                yield await attempt.play()

    return asyncio.run(run())


BOOK = ('select [Room] "attic"', 'select [Day] "Monday"', "click [Book]")
WRONG = ('select [Room] "cellar"', 'select [Day] "Monday"', "click [Book]")
SAYS = "The attic is booked for Monday"
FORGED = f'goto "{SITE}/booked.html?room=attic&day=Monday"'


def test_the_example_is_solved_by_doing_what_it_asks_and_not_otherwise() -> None:
    episodes = played(
        [
            ("find-extension", 0, ('stop " 204. "',)),
            ("find-extension", 5, ('stop "317"',)),
            ("find-extension", 1, ('stop "204"',)),
            ("find-extension", HELDOUT_SEEDS, ('stop "118"',)),
            ("open-rooms", 0, ("click [Rooms]",)),
            ("open-rooms", 0, ()),
            ("book-room", 0, BOOK),
            ("book-room", 0, (f'goto "{SITE}/staff.html"', "click [Rooms]", *BOOK)),
            ("book-room", 0, WRONG),
        ]
    )
    solved = [episode.outcome is Outcome.SOLVED for episode in episodes]
    assert solved == [True, True, False, True, True, False, True, True, False], [
        episode.message for episode in episodes
    ]
    assert [episode.intent for episode in (episodes[0], *episodes[2:4])] == [
        "What is the extension of Ann Lee?",
        "What is the extension of Ben Okoye?",
        "What is the extension of Cleo Marsh?",
    ], "no training seed asks what a held-out one asks"
    assert "does not say" in episodes[-1].message
    assert len(episodes[6].steps) == 3, "what is done ends the episode"


@pytest.mark.parametrize(
    "moves",
    [
        (FORGED,),
        (FORGED, "click [Up]"),
        (FORGED, "click [Rooms]", "go_back"),
        (f'goto "{SITE}/booked.html?room=attic&day=Monday#said"',),
        (*WRONG, f'type [Comment] "{SAYS}"'),
        (f'type [Note] "{SAYS}"', *WRONG),
        (f'goto "{SITE}/booked.html#{SAYS.replace(" ", "%20")}"',),
    ],
)
def test_what_the_agent_writes_is_not_what_the_page_says(moves: tuple[str, ...]) -> None:
    (episode,) = played([("book-room", 0, moves)])
    assert episode.outcome is Outcome.FAILED, [step.feedback for step in episode.steps]
    assert len(episode.steps) == len(moves) + 1


def test_words_in_an_editor_and_hidden_words_are_not_what_the_page_says(tmp_path: Path) -> None:
    editor = '<div contenteditable role="textbox" aria-label="Notes">nothing</div><p hidden>It is done.</p>'
    (tmp_path / "a.html").write_text(
        f"{editor}<button onclick='this.after(document.title)'>Tell</button><title>Done</title>"
    )
    (tmp_path / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [GOOD]}))
    typed = 'type [Notes] "It is done."'
    written, told = played([("a", 0, (typed,)), ("a", 0, ("click [Tell]",))], folder=tmp_path)
    assert (written.outcome, written.steps[0].feedback) == (Outcome.FAILED, "")
    assert told.outcome is Outcome.SOLVED


def test_every_task_is_of_the_folder_and_families_are_held_out() -> None:
    benchmark = open_benchmark("pages", folder=str(EXAMPLE))
    split = make_split(benchmark, train=["find-extension", "open-rooms"])
    assert split.heldout_tasks in ((), ("book-room",))
    assert benchmark.tasks["find-extension"].template == "What is the extension of {person}?"


def test_another_page_is_another_benchmark(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "copy"))
    assert OwnPages(folder=folder).checksum == OwnPages(folder=EXAMPLE).checksum
    other = Path(shutil.copytree(EXAMPLE, tmp_path / "other"))
    (other / "staff.html").write_text("<h1>Nobody</h1>")
    assert OwnPages(folder=other).checksum != OwnPages(folder=EXAMPLE).checksum


GOOD = {"id": "a", "family": "f", "intent": "Do it.", "start": "a.html", "check": {"text": "done"}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"check": {}}, "it checks nothing"),
        ({"chek": {}}, "chek"),
        ({"start": "b.html"}, "no page b.html"),
        ({"start": "../a.html"}, "no page ../a.html"),
        ({"check": {"page": "b.html"}}, "no page b.html"),
        ({"intent": "Call {person}."}, "case 0 lacks person"),
        ({"check": {"answer": "{person}"}, "cases": [{"person": "x"}, {}]}, "case 1 lacks person"),
        ({"intent": "Do {it."}, "a brace that is no variable"),
        ({"id": "A b"}, "id"),
        ({"cases": []}, "cases"),
    ],
)
def test_a_wrong_task_is_named(tmp_path: Path, change: dict[str, object], said: str) -> None:
    (tmp_path / "a.html").write_text("<p>a</p>")
    (tmp_path / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [{**GOOD, **change}]}))
    with pytest.raises(InputError, match=re.escape(said)) as raised:
        OwnPages(folder=tmp_path)
    assert str(tmp_path) in raised.value.where


def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>a</p>")
    path = tmp_path / "tasks.yaml"
    path.write_text("tasks:\n- id: a\n  intnt: Go\n")
    with pytest.raises(InputError, match=r"line 3: unknown key 'tasks\.0\.intnt': did you mean 'intent'"):
        OwnPages(folder=tmp_path)
    path.write_text("tasks:\n- id: a\n  intent: Go\n  intent: Stay\n")
    with pytest.raises(InputError, match=r"tasks\.0\.intent stands twice, lines 3 and 4"):
        OwnPages(folder=tmp_path)


def test_a_folder_without_tasks_two_of_one_name_and_a_missing_option_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        OwnPages(folder=tmp_path)
    (tmp_path / "a.html").write_text("<p>a</p>")
    (tmp_path / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [GOOD, GOOD]}))
    with pytest.raises(InputError, match="task a stands twice"):
        OwnPages(folder=tmp_path)
    with pytest.raises(InputError, match="needs folder"):
        open_benchmark("pages")


@pytest.mark.parametrize("cases", [[{}], [{"word": "is"}, {"word": "done"}]])
def test_a_task_that_is_solved_before_it_begins_is_refused(tmp_path: Path, cases: list[dict[str, str]]) -> None:
    (tmp_path / "a.html").write_text("<p>It is done.</p>")
    told = {"cases": cases, "check": {"text": "{word}"}} if cases[0] else {}
    (tmp_path / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [{**GOOD, **told}]}))
    with pytest.raises(InputError, match="solved before it begins"):
        played([("a", 0, ())], folder=tmp_path)


def test_one_case_that_is_solved_before_it_begins_ends_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Snow</p><button onclick='document.body.append(`Rain`)'>Go</button>")
    cases = [{"word": "Rain"}, {"word": "Snow"}]
    task = {**GOOD, "intent": "Make it say {word}.", "cases": cases, "check": {"text": "{word}"}}
    (tmp_path / "tasks.yaml").write_text(yaml.safe_dump({"tasks": [task]}))
    seeds = sorted(range(2), key=lambda seed: case_of(cases, seed)["word"], reverse=True)
    snow, rain = played([("a", seed, ("click [Go]",)) for seed in seeds], folder=tmp_path)
    assert (rain.outcome, snow.outcome) == (Outcome.SOLVED, Outcome.ENV_ERROR)
    assert "solved before it begins" in snow.message
