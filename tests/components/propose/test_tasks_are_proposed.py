"""A whole proposing on a real small board: what is played and what is not, kills, budgets, reviews, later rounds."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from components.agents.base import Decision, Turn
from components.agents.config import ChatConfig
from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.config import TasksConfig
from components.benchmarks.sites.form import SiteTask
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.phase import Phase, play_phases
from components.errors import InputError
from components.proposals.proposal import find_proposal
from components.proposals.reviews import Review, keep_review
from components.propose.config import ProposeConfig
from components.propose.run import run
from components.results.propose import ProposedTask, ProposeResult
from components.trajectories.episodes import iter_episodes
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.phases import explore_phase
from components.trajectories.rounds import Round
from components.trajectories.schema import Outcome
from pipelines.cli import app
from tests.conftest import OpenAIServer
from tests.pipelines.manifests import manifest

BOARD = Path(__file__).parent / "board"
TASKS = TasksConfig(benchmark="sites", options={"folder": str(BOARD)}, train=())
TEMPLATES = ProposeConfig(by=("templates",), pages=12)


class Teacher(ScriptedTeacher):
    """Counts its episodes, and is killed before one of them."""

    def __init__(self, *, killed_after: int = 1000) -> None:
        super().__init__()
        self.begun: Counter[str] = Counter()
        self.killed_after = killed_after

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.begun.update(turn.episode for turn in turns if not turn.history)
        if self.begun.total() > self.killed_after:
            raise KeyboardInterrupt
        return await super().decide(turns)


def proposed(
    folder: Path, *, config: ProposeConfig = TEMPLATES, teacher: ScriptedTeacher | None = None, number: int = 1
) -> ProposeResult:
    here = Round(run="r", number=number, seed=0, store=open_store(folder / "store"), work=folder)
    browser = BrowserSettings(pages=1)
    agent = teacher or ScriptedTeacher()
    return run(config=config, tasks=TASKS, play=PlaySettings(), browser=browser, round=here, agent=agent)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ProposeResult]:
    folder = tmp_path_factory.mktemp("board")
    return folder, proposed(folder)


def by_intent(found: ProposeResult) -> dict[str, ProposedTask]:
    return {each.intent: each for each in found.proposals}


def test_what_can_be_done_there_is_proposed_tried_and_played(board: tuple[Path, ProposeResult]) -> None:
    folder, found = board
    tasks = by_intent(found)
    put = 'Put "Notes from Tuesday" into "Your reply", then press "Answer".'
    for intent in ('Open "All about boots".', 'Open "Help".', put, 'Press "Delete note".'):
        assert (tasks[intent].status, tasks[intent].solved) == ("played", 1), tasks[intent]
    assert tasks['Open "All about boots".'].cases == 6
    benchmark, split = TASKS.model_copy(update={"proposed": found.tasks}).open(open_store(folder / "store"))
    assert set(split.train) == {each.id for each in found.played}
    assert set(split.heldout) == {"set-colour"}
    assert benchmark.checksum != TASKS.open()[0].checksum


def test_what_the_evaluation_is_about_is_refused(board: tuple[Path, ProposeResult]) -> None:
    reasons = {each.intent: each.reason for each in board[1].proposals if "Colour" in each.intent}
    assert reasons
    assert all("held-out task set-colour" in reason for reason in reasons.values())


def test_what_a_proposal_destroys_is_there_again_for_the_next(board: tuple[Path, ProposeResult]) -> None:
    """Each attempt at deleting a note deleted one, and whoever came later found all of them."""
    store = open_store(board[0] / "store")
    episodes = list(iter_episodes(store, "runs/r/round-001/episodes/propose/"))
    assert any("Delete" in each.intent and each.outcome is Outcome.SOLVED for each in episodes)
    first = {
        each.steps[0].observation for each in episodes if each.start_url.endswith("/") and "note" not in each.start_url
    }
    boards = [page for page in first if 'heading "Board"' in page]
    assert len(boards) == 1
    assert boards[0].count("All about") == 6


def test_the_map_is_kept_with_the_result(board: tuple[Path, ProposeResult]) -> None:
    [map] = board[1].maps
    sections = {each.section: each for each in map.sections}
    assert sections["/note/*/*/"].pages == 6
    assert "to send: Answer" in sections["/note/*/*/"].summary
    assert sections["/logout/"].looked == 0
    assert map.known[-1] == sum(each.pages for each in map.sections)


def test_a_person_lists_reads_approves_rejects_and_takes_them_away(board: tuple[Path, ProposeResult]) -> None:
    folder, found = board
    here = Round(run="r", number=1, seed=0, store=open_store(folder / "store"), work=folder)
    keep_manifest(here, manifest(round=1))

    def said(*words: str) -> str:
        answered = CliRunner().invoke(app, ["tasks", *words, "--out", str(folder)])
        assert answered.exit_code == 0, answered.output
        return answered.stdout

    played = [json.loads(line) for line in said("list", "--status", "played", "--json").splitlines()]
    assert {each["id"] for each in played} == {each.id for each in found.played}
    first, second = (each["id"] for each in played[:2])
    said("approve", first)
    said("reject", first, second)
    reviews = {each["id"]: each["review"] for each in map(json.loads, said("list", "--json").splitlines())}
    assert (reviews[first], reviews[second]) == ("rejected", "rejected")
    shown = yaml.safe_load(said("show", first))
    assert (shown["review"], shown["task"]["id"]) == ("rejected", first)
    kept = yaml.safe_load(said("export", first, second))["tasks"]
    assert [SiteTask.model_validate(each).id for each in kept] == [first, second]
    for name in (first, second):
        here.store.delete(f"runs/r/reviews/{name}.json")


def test_a_proposing_that_was_killed_goes_on_and_ends_the_same(
    board: tuple[Path, ProposeResult], tmp_path: Path
) -> None:
    killed, after = Teacher(killed_after=2), Teacher()
    with pytest.raises(KeyboardInterrupt):
        proposed(tmp_path, teacher=killed)
    done = [
        each.task_id for each in iter_episodes(open_store(tmp_path / "store"), "runs/r/round-001/episodes/propose/")
    ]
    found = proposed(tmp_path, teacher=after)
    assert len(done) == 2
    assert not {name.rpartition("/")[0] for name in after.begun} & set(done)
    assert after.begun.total() + 2 == sum(each.attempts for each in found.proposals)
    assert found.model_copy(update={"seconds": 0}) == board[1].model_copy(update={"seconds": 0})
    assert proposed(tmp_path, teacher=(third := Teacher())) == found
    assert not third.begun


def test_a_persons_word_stands_in_the_next_round(tmp_path: Path) -> None:
    config = TEMPLATES.model_copy(update={"per_region": 1, "most": 1})
    first = proposed(tmp_path, config=config)
    [kept] = first.played
    other = next(each for each in first.proposals if "already" in each.reason)
    store = open_store(tmp_path / "store")
    keep_review(store, run="r", review=Review(task=kept.id, decision="rejected"))
    keep_review(store, run="r", review=Review(task=other.id, decision="approved"))
    second = {each.id: each for each in proposed(tmp_path, config=config, number=2).proposals}
    assert (second[kept.id].status, second[kept.id].reason) == ("refused", "a person rejected it")
    assert second[other.id].status == "played"


class Wanderer(ScriptedTeacher):
    """Goes back to the board and to the help, whatever it is asked."""

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        return await super().decide([replace(turn, intent='Open "Board" and there "Help".') for turn in turns])


def test_what_an_episode_got_to_is_proposed_in_the_next_round(
    board: tuple[Path, ProposeResult], tmp_path: Path
) -> None:
    shutil.copytree(board[0] / "store", tmp_path / "store")
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    tasks = TASKS.model_copy(update={"proposed": board[1].tasks})
    benchmark, split = tasks.open(here.store)
    reply = next(task for task in split.train.values() if "Your reply" in task.template)
    phase = Phase(
        name=explore_phase("teacher"),
        round=here,
        plan=[(reply, seed) for seed in range(3)],
        benchmark=benchmark,
        agent=Wanderer(),
        decided_by="teacher",
        play=PlaySettings(),
        browser=BrowserSettings(pages=1),
    )
    play_phases([phase])
    assert {each.outcome for each in phase.episodes()} == {Outcome.FAILED}
    found = proposed(tmp_path, config=TEMPLATES.model_copy(update={"by": ("hindsight",)}), number=2)
    [again] = [each for each in found.proposals if each.by == "hindsight"]
    assert (again.intent, again.region) == ('Open "Board" and there "Help".', "/note/*/*/")
    assert (again.status, again.attempts, again.solved) == ("played", 1, 1)
    origin = find_proposal(here.at(2), again.id)
    assert origin is not None
    assert set(origin.sources) <= {each.key for each in phase.episodes()}


IDEA = {"intent": "Tell the others {that} tents leak.", "start": "/note/1/tents/", "hint": "the reply is on the page"}
ANSWER = [
    {**IDEA, "sends": {"path": "/note/1/reply", "form": {"text": "Tents leak."}}},
    {**IDEA, "intent": "Log out.", "ends_on": "/logout/"},
    {**IDEA, "intent": "Be on the page already.", "shows": "All about tents"},
    {**IDEA, "intent": "Begin nowhere.", "start": "/nowhere/", "ends_on": "/"},
    {**IDEA, "intent": "Check nothing."},
    {**IDEA, "intent": "Choose what colour it is set to.", "sends": {"path": "/settings/", "form": {"colour": "red"}}},
    "nonsense",
]


def test_a_model_proposes_is_paid_once_and_what_it_says_is_checked(
    openai_server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    asked: list[str] = []
    openai_server.answer = lambda text, _: (asked.append(text), f"Here you are:\n{json.dumps(ANSWER)}")[1]
    (tmp_path / "manual.html").write_text("<h1>Manual</h1><p>Notes can be answered.</p><script>no()</script>")
    model = ChatConfig(model="m", base_url=openai_server.base_url, budget_tokens=40, max_tokens=10, concurrency=1)
    documents = (str(tmp_path / "manual.html"),)
    config = ProposeConfig(by=("model",), model=model, pages=12, documents=documents)
    with pytest.raises(InputError, match="budget"):
        proposed(tmp_path, config=config)
    paid = len(asked)
    rich = config.model_copy(update={"model": model.model_copy(update={"budget_tokens": None})})
    with pytest.raises(InputError, match="nothing that was proposed can be played"):
        proposed(tmp_path, config=rich)
    assert 0 < paid < len(asked) == len(set(asked))
    assert any("A PART OF THE MANUAL" in text and "Notes can be answered." in text for text in asked)
    assert not any("no()" in text for text in asked)
    store = open_store(tmp_path / "store")
    assert not list(iter_episodes(store, "runs/r/round-001/errors/propose/"))
    tried = {each.intent for each in iter_episodes(store, "runs/r/round-001/episodes/propose/")}
    assert tried == {"Tell the others {that} tents leak."}


def test_a_proposal_is_found_with_its_origin(board: tuple[Path, ProposeResult]) -> None:
    here = Round(run="r", number=2, seed=0, store=open_store(board[0] / "store"), work=board[0])
    line = by_intent(board[1])['Press "Delete note".']
    found = find_proposal(here, line.id)
    assert found is not None
    assert (found.by, found.region) == ("templates", "/note/*/*/")
    assert found.sources[0].startswith("/note/")


def test_a_fixed_list_of_tasks_takes_no_proposals(tmp_path: Path) -> None:
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path), work=tmp_path)
    with pytest.raises(InputError, match="nothing can be proposed for miniwob"):
        run(
            config=TEMPLATES,
            tasks=TasksConfig(),
            play=PlaySettings(),
            browser=BrowserSettings(),
            round=here,
            agent=ScriptedTeacher(),
        )
