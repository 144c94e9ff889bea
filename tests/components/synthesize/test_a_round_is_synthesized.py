"""A round's episodes become tables and knowledge; killed at any moment and run again, the same ones."""

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.benchmarks.config import TasksConfig
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import HELDOUT_SEEDS, make_split
from components.errors import InputError
from components.place import open_knowledge
from components.synthesize.config import KnowledgeConfig, SynthesizeConfig
from components.synthesize.run import run
from components.trajectories.budget import BudgetError
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.episodes import save_episode
from components.trajectories.knowledge import KnowledgeBase, knowledge_url
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Candidate, Episode, Outcome, Speculation, Step
from components.trajectories.store import Store
from components.trajectories.tables import read_table, read_table_manifest
from tests.conftest import OpenAIServer

MakeEpisode = Callable[..., Episode]
MakeStep = Callable[..., Step]


def round_of(store: Store, work: Path, number: int = 1) -> Round:
    return Round(run="run", number=number, seed=7, store=store, work=work)


@pytest.fixture
def explored(make_episode: MakeEpisode, make_step: MakeStep) -> Callable[[Path], Store]:
    """Fills a store with what explorers would have left: the same episodes each time."""
    split = make_split(open_benchmark("miniwob"))
    tasks = [split.train[name] for name in ("click-test", "enter-text", "click-checkboxes-soft")]

    def fill(folder: Path) -> Store:
        store = open_store(folder)
        for task in tasks:
            shared = {"task_id": task.task_id, "template": task.template, "intent": f"A goal of {task.task_id}"}
            for seed in range(6):
                able = task.task_id != "click-checkboxes-soft"  # for this one the teacher has no rule
                outcome = Outcome.SOLVED if able and seed else Outcome.FAILED
                save_episode(store, make_episode('type [2] "a"', "click [1]", seed=seed, outcome=outcome, **shared))
                proposal = Speculation(
                    proposed=Candidate(action="click [1]"),
                    candidates=(Candidate(action="click [1]"),),
                    accepted=seed > 2,
                )
                step = make_step("click [1]", page=f"{task.task_id} {seed}", speculation=proposal)
                spec = make_episode(steps=[step], seed=seed, phase="explore-speculative", outcome=outcome, **shared)
                save_episode(store, spec)
            student = make_episode("scroll down", "click [1]", seed=0, phase="explore-student", **shared)
            save_episode(store, student)
        return store

    return fill


def contents(store: Store) -> dict[str, bytes]:
    """Every object but the knowledge base's files, whose names are drawn at random."""
    return {key: store.get(key) for key in store.list("runs/")}


def test_a_round_gives_tables_knowledge_and_a_result(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store = explored(tmp_path / "store")
    result = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    examples = read_table(store, "runs/run/round-001/tables/examples.parquet").to_pylist()
    assert {row["source"] for row in examples} == {"teacher", "speculative"}
    assert {row["task_id"] for row in examples} == {"click-test", "enter-text"}
    assert {row["kind"] for row in examples} == {"action", "reason_action"}
    assert result.examples["action"]["teacher"] == 2 * 5 * 2
    assert result.tables["steps"].rows == 3 * (6 * 2 + 6 + 2)
    assert set(read_table_manifest(store, "runs/run/round-001/tables/examples.parquet").sources) == {
        key for key in store.list("runs/run/round-001/episodes/")
    }
    assert (result.proposed, result.accepted, result.acceptance_rate) == (18, 9, 0.5)
    assert result.episodes["click-checkboxes-soft"] == {
        "teacher": {"failed": 6},
        "speculative": {"failed": 6},
        "student": {"solved": 1},
    }
    assert [(each.kind, each.task_id, each.seed) for each in result.student_only_solutions] == [
        ("task", "click-checkboxes-soft", 0),
        ("seed", "click-test", 0),
        ("seed", "enter-text", 0),
    ]
    knowledge = KnowledgeBase.open(knowledge_url(store, "run"))
    [found] = knowledge.search(
        intent="A goal of click-checkboxes-soft", observation='heading "click-checkboxes-soft 0 0"', k=1
    )
    assert (found.found_by, found.task_id, found.solved) == ("student", "click-checkboxes-soft", True)
    assert result.knowledge_entries == len(knowledge) == sum(result.knowledge_added.values())
    assert result.knowledge_from_student == result.knowledge_added["student"] == 9
    assert json.loads(store.get("runs/run/round-001/results/synthesize.json"))["acceptance_rate"] == 0.5


def test_doing_it_again_changes_nothing(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store = explored(tmp_path / "store")
    first = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    before = contents(store)
    assert run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path)) == first
    assert contents(store) == before
    with pytest.raises(InputError, match="begun with another configuration"):
        run(config=SynthesizeConfig(per_task=3), tasks=TasksConfig(), round=round_of(store, tmp_path))


def test_vectors_are_asked_for_and_paid_as_the_recipe_now_says(
    tmp_path: Path, explored: Callable[[Path], Store], openai_server: OpenAIServer
) -> None:
    store = explored(tmp_path / "store")
    round = round_of(store, tmp_path)
    there = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag", budget_tokens=5)
    config = SynthesizeConfig(knowledge=KnowledgeConfig(embedding=there))
    run(config=config, tasks=TasksConfig(), round=round)
    wanted = {"intent": "A goal of enter-text", "observation": "", "k": 1}
    openai_server.tokens = 5
    with closing(open_knowledge(round, vectors=there)) as knowledge:
        knowledge.spend_for(round)
        assert knowledge.search(**wanted)
        with pytest.raises(BudgetError, match="used by 'bag'"):
            knowledge.search(**wanted)
    gone = there.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    moved = SynthesizeConfig(knowledge=KnowledgeConfig(embedding=gone))
    run(config=moved, tasks=TasksConfig(), round=round)  # nothing is asked again, and it is no other synthesis
    larger = there.model_copy(update={"budget_tokens": 500})
    with closing(open_knowledge(round, vectors=larger)) as knowledge:
        knowledge.spend_for(round)
        assert knowledge.search(**wanted)


def test_what_was_torn_is_made_whole_by_doing_it_again(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store = explored(tmp_path / "store")
    round = round_of(store, tmp_path)
    result = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round)
    assert open_knowledge(round).entries()
    examples = result.tables["examples"]
    good = store.get(examples.key)
    shutil.rmtree(knowledge_url(store, "run"))
    store.put(examples.key, good[:-3])
    with pytest.raises(InputError, match=f"0 of {result.knowledge_entries} pieces are there"):
        open_knowledge(round)
    assert run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round) == result
    assert store.get(examples.key) == good
    assert len(open_knowledge(round)) == result.knowledge_entries


def test_the_students_own_are_learnt_from_on_demand(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store = explored(tmp_path / "store")
    config = SynthesizeConfig(train_on=("teacher", "student"), per_task=2)
    result = run(config=config, tasks=TasksConfig(), round=round_of(store, tmp_path))
    assert result.learnt_from == {
        "click-test": {"student": 1, "teacher": 1},
        "enter-text": {"student": 1, "teacher": 1},
        "click-checkboxes-soft": {"student": 1},
    }


def test_where_the_student_got_lost_the_teachers_word_is_learnt(
    tmp_path: Path, explored: Callable[[Path], Store], make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    store = explored(tmp_path / "store")
    split = make_split(open_benchmark("miniwob"))
    told = Speculation(
        proposed=Candidate(action="click [2]"),
        candidates=(Candidate(action="click [1]", reason="it is asked for"),),
        accepted=False,
    )
    nothing = told.model_copy(update={"candidates": ()})
    for name, outcome in (
        ("enter-text", Outcome.FAILED),
        ("click-test", Outcome.SOLVED),
        ("click-checkboxes-soft", Outcome.FAILED),
    ):
        steps = [
            make_step("click [2]", index=at, page=f"astray {at}", speculation=each)
            for at, each in enumerate((told, nothing, told))
        ]
        shared = {"task_id": name, "template": split.train[name].template, "intent": f"A goal of {name}"}
        save_episode(store, make_episode(steps=steps, seed=5, phase="explore-student", outcome=outcome, **shared))
    result = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    rows = read_table(store, "runs/run/round-001/tables/examples.parquet").to_pylist()
    learnt = sorted(
        (row["kind"], row["step"], row["action"], row["reason"]) for row in rows if row["source"] == "labels"
    )
    assert learnt == [
        ("action", 0, "click [1]", ""),
        ("action", 2, "click [1]", ""),
        ("reason_action", 0, "click [1]", "it is asked for"),
        ("reason_action", 2, "click [1]", "it is asked for"),
    ]
    assert {row["task_id"] for row in rows if row["source"] == "labels"} == {"enter-text"}, (
        "the other was solved, or is one that the teacher cannot do"
    )
    assert {row["history"] for row in rows if row["source"] == "labels" and row["step"]} == {'click [2] textbox "Name"'}
    assert (result.proposed, result.accepted) == (18, 9), "what both played"
    assert result.examples["action"]["labels"] == 2


def test_a_second_round_adds_to_the_knowledge_of_the_first(
    tmp_path: Path, explored: Callable[[Path], Store], make_episode: MakeEpisode
) -> None:
    store = explored(tmp_path / "store")
    first = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    task = make_split(open_benchmark("miniwob")).train["click-checkboxes-soft"]
    shared = {
        "task_id": "click-checkboxes-soft",
        "template": task.template,
        "intent": "A goal of click-checkboxes-soft",
        "round": 2,
    }
    save_episode(store, make_episode("click [2]", seed=30, phase="explore-student", **shared))
    save_episode(store, make_episode("scroll down", "click [1]", seed=0, phase="explore-student", **shared))
    second = run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path, 2))
    assert second.knowledge_added == {"student": 1}  # what was found again is there already
    assert second.knowledge_entries == first.knowledge_entries + 1
    assert [each.seed for each in second.student_only_solutions] == [0, 30]  # the teacher's failures of round 1 count
    assert second.acceptance_rate is None


@pytest.mark.parametrize("where", [{"task_id": "click-link"}, {"task_id": "click-test", "seed": HELDOUT_SEEDS}])
def test_an_episode_of_the_evaluation_stops_the_build(
    tmp_path: Path, explored: Callable[[Path], Store], make_episode: MakeEpisode, where: dict[str, Any]
) -> None:
    store = explored(tmp_path / "store")
    bad = make_episode(**where)
    save_episode(store, bad)
    before = contents(store)
    with pytest.raises(InputError, match="evaluation tasks are in the data") as error:
        run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    assert bad.key in str(error.value)
    assert contents(store) == before
    store.delete(bad.key)
    assert run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path)).knowledge_entries > 0


def test_a_broken_episode_or_none_is_named_before_anything_is_written(
    tmp_path: Path, explored: Callable[[Path], Store]
) -> None:
    with pytest.raises(InputError, match="no episodes"):
        run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(open_store(tmp_path / "empty"), tmp_path))
    store = explored(tmp_path / "store")
    key = "runs/run/round-001/episodes/explore-teacher/click-test/77.json.zst"
    store.put_new(key, b"broken")
    before = contents(store)
    with pytest.raises(InputError, match="broken episode object") as error:
        run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    assert error.value.where == f"{store.url}/{key}"
    assert contents(store) == before


def test_a_model_words_the_pieces(tmp_path: Path, explored: Callable[[Path], Store], openai_server: Any) -> None:
    openai_server.answer = lambda _text, _seed: "INSTRUCTION: Pull the zebra lever.\nSUMMARY: It was pulled."
    writer = {"kind": "chat", "model": "m", "base_url": openai_server.base_url}
    config = SynthesizeConfig(knowledge=KnowledgeConfig.model_validate({"writer": writer, "per_task": 1}))
    store = explored(tmp_path / "store")
    result = run(config=config, tasks=TasksConfig(), round=round_of(store, tmp_path))
    assert len(openai_server.requests) == result.knowledge_entries
    [found] = KnowledgeBase.open(knowledge_url(store, "run")).search(intent="zebra", observation="", k=1)
    assert (found.instruction, found.summary) == ("Pull the zebra lever.", "It was pulled.")


SYNTHESIZE = """
import os, sys
from pathlib import Path
from components.benchmarks.config import TasksConfig
from components.synthesize.config import SynthesizeConfig
from components.synthesize.run import run
from components.trajectories import store_folder
from components.trajectories.knowledge import KnowledgeBase
from components.trajectories.rounds import Round
from components.trajectories.open_store import open_store

folder, die_at = sys.argv[1:]
new, add = store_folder.FolderStore._new, KnowledgeBase.add

def dying_new(self, key, write):
    if key.endswith(die_at):
        os.kill(os.getpid(), 9)
    return new(self, key, write)

def dying_add(self, entries, **options):
    added = add(self, list(entries)[: 3 if die_at == "knowledge" else None], **options)
    if die_at == "knowledge":
        os.kill(os.getpid(), 9)
    return added

store_folder.FolderStore._new, KnowledgeBase.add = dying_new, dying_add
print("begins", flush=True)
here = Round(run="run", number=1, seed=7, store=open_store(folder), work=Path(folder).parent)
run(config=SynthesizeConfig(), tasks=TasksConfig(), round=here)
"""
MOMENTS = ("inputs/synthesize.json", "examples.parquet", "examples.parquet.manifest.json", "knowledge")


def same_as_undisturbed(tmp_path: Path, explored: Callable[[Path], Store], store: Store) -> None:
    whole = explored(tmp_path / "whole")
    run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(whole, tmp_path))
    assert contents(store) == contents(whole)
    entries = [KnowledgeBase.open(knowledge_url(each, "run")).entries() for each in (store, whole)]
    assert entries[0] == entries[1]


def test_killed_before_every_write_it_ends_the_same(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store = explored(tmp_path / "store")
    for moment in MOMENTS:
        killed = subprocess.run([sys.executable, "-c", SYNTHESIZE, store.url, moment], check=False, capture_output=True)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stderr)
        assert not store.exists("runs/run/round-001/results/synthesize.json")
    run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    same_as_undisturbed(tmp_path, explored, store)


def test_killed_at_random_moments_it_ends_the_same(tmp_path: Path, explored: Callable[[Path], Store]) -> None:
    store, moments = explored(tmp_path / "store"), random.Random(5)
    for _ in range(3):
        command = [sys.executable, "-c", SYNTHESIZE, store.url, "never"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(moments.uniform(0.0, 1.5))
            except subprocess.TimeoutExpired:
                process.kill()
    run(config=SynthesizeConfig(), tasks=TasksConfig(), round=round_of(store, tmp_path))
    same_as_undisturbed(tmp_path, explored, store)
