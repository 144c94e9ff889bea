"""A source that is taken down is gone from the store and from the next training, and nothing else is touched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from components.benchmarks.config import TasksConfig
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.distill.config import DistillConfig
from components.distill.run import run as distill
from components.errors import InputError
from components.exchange.imports import import_file
from components.exchange.takedown import lineage, take_down
from components.place import open_knowledge
from components.results.distill import DistillResult
from components.synthesize.config import KnowledgeConfig, SynthesizeConfig
from components.synthesize.run import run as synthesize
from components.trajectories.episodes import EXCHANGE, put_blob, read_exchanges, save_episode
from components.trajectories.imports import takedown_key
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Origin, Step
from components.trajectories.store import Store
from components.trajectories.tables import read_table
from tests.components.exchange.published import a3_row, done, tree, write

PLACES = ("Lisbon", "Quito", "Hanoi", "Accra", "Turin", "Osaka", "Perth", "Sofia")
LEARN = SynthesizeConfig(imports=("a-set", "b-set"), knowledge=KnowledgeConfig(imports=("a-set", "b-set")))


@pytest.fixture
def round(tmp_path: Path, make_episode: Callable[..., Episode]) -> Round:
    """A round with episodes of its own and two sources imported, one of which has a goal of the evaluation's."""
    store = open_store(tmp_path / "store")
    task = make_split(open_benchmark("miniwob")).train["click-test"]
    for seed in range(4):
        save_episode(store, make_episode(seed=seed, template=task.template, intent=f"A goal {seed}"))
    held_out = next(iter(make_split(open_benchmark("miniwob")).heldout.values()))
    for source, places in (("a-set", PLACES[:5]), ("b-set", PLACES[5:])):
        rows = [
            a3_row(f"Show the hotels of {place}", done("click('a41')"), page=tree("Help", place, "Login"))
            for place in places
        ]
        rows.append(a3_row(held_out.template.split(" | ")[0].replace("{", "").replace("}", ""), done("click('a40')")))
        path = write(tmp_path / f"{source}.jsonl", rows)
        import_file(store, path, form="a3", origin=Origin(source=source, licence=f"licence of {source}"))
    return Round(run="run", number=1, seed=3, store=store, work=tmp_path / "work")


def students(round: Round, tiny_model: Path, base: str = "") -> DistillResult:
    config = DistillConfig(
        student=str(tiny_model), context=256, steps=12, batch=8, warmup=2, threads=1, variants=0, validation_share=0.0
    )
    return distill(config=config, round=round, base=base)


def holding(store: Store, word: str) -> list[str]:
    """Keys of objects that name a source or say a word of its: episodes and tables are looked into."""
    found = []
    for key in store.list():
        if key.endswith(".parquet"):
            text = str(read_table(store, key).to_pylist())
        else:
            text = store.get(key).decode(errors="replace")
        if word in key or word in text:
            found.append(key)
    return found


def test_an_import_trains_a_student_and_a_takedown_leaves_no_row_of_it(round: Round, tiny_model: Path) -> None:
    store = round.store
    made = synthesize(config=LEARN, tasks=TasksConfig(), round=round)
    assert made.dropped["imported: of an evaluation task"] == 2
    rows = read_table(store, made.tables["examples-from-a-set"].key).to_pylist()
    assert {(row["origin"], row["licence"], row["source"]) for row in rows} == {
        ("a-set", "licence of a-set", "imported")
    }
    assert len(rows) == 10  # the action, and the reason with it
    own = read_table(store, made.tables["examples"].key).to_pylist()
    assert {(row["origin"], row["licence"]) for row in own} == {("", "")}
    student = students(round, tiny_model)
    assert student.examples["action"] == 4 + 5 + 3
    synthesize(config=SynthesizeConfig(imports=("b-set",)), tasks=TasksConfig(), round=round.at(2))
    heir = students(round.at(2), tiny_model, base=student.model_digest)  # learns from what every round so far made
    models = lineage(store, "a-set")
    assert [(each.round, each.model, each.through) for each in models] == [
        (1, student.model_digest, ""),
        (2, heir.model_digest, ""),
    ]

    assert made.knowledge_added == {"imported": 8, "teacher": 4}
    assert {entry.origin for entry in open_knowledge(round).entries()} == {"", "a-set", "b-set"}
    before = {key: store.get(key) for key in store.list() if not key.startswith("knowledge/")}
    assert take_down(store, "a-set") > 6
    after = {key: store.get(key) for key in store.list() if not key.startswith("knowledge/")}
    gone = before.keys() - after.keys()
    assert {key.split("/")[1] for key in gone} == {"@a-set"}
    assert after.keys() - before.keys() == {takedown_key("a-set")}
    assert all(after[key] == before[key] for key in before.keys() & after.keys())
    assert holding(store, "Quito") == []
    assert holding(store, "Osaka") != []
    left = open_knowledge(round).entries()  # and it is as that round's synthesis left it
    assert Counter(entry.origin for entry in left) == {"": 4, "b-set": 3}
    assert lineage(store, "a-set") == models
    assert students(round.at(3), tiny_model).examples["action"] == 4 + 3
    with pytest.raises(InputError, match="a-set was taken down at"):
        synthesize(config=LEARN, tasks=TasksConfig(), round=round.at(4))


def test_models_that_go_on_from_one_that_learnt_are_named(round: Round) -> None:
    results = {
        ("run", 1): {"model_digest": "m1", "base_digest": "base", "sources": {"runs/@a-set/tables/x.parquet": "d"}},
        ("run", 2): {"model_digest": "m2", "base_digest": "m1", "sources": {"runs/run/x.parquet": "d"}},
        ("other", 1): {"model_digest": "m3", "base_digest": "m2", "sources": {}},
        ("other", 2): {"model_digest": "m4", "base_digest": "base", "sources": {"runs/@a-set-2/x.parquet": "d"}},
    }
    for (run, number), result in results.items():
        prefix = f"runs/{run}/round-{number:03d}/results"
        round.store.put_new(f"{prefix}/distill.json", json.dumps(result).encode())
    round.store.put_new("runs/run/round-002/results/promote.json", b'{"decision": "promote"}')
    found = [(each.model, each.through, each.promoted) for each in lineage(round.store, "a-set")]
    assert found == [("m3", "m2", False), ("m1", "", False), ("m2", "m1", True)]


def test_a_killed_takedown_is_finished_by_the_next(round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted = list[str]()
    delete = type(round.store).delete

    def stops(store: Store, key: str) -> None:
        if len(deleted) == 2:
            raise KeyboardInterrupt
        deleted.append(key)
        delete(store, key)

    monkeypatch.setattr(type(round.store), "delete", stops)
    with pytest.raises(KeyboardInterrupt):
        take_down(round.store, "a-set")
    with pytest.raises(InputError, match="a-set was taken down"):
        synthesize(config=LEARN, tasks=TasksConfig(), round=round)
    monkeypatch.setattr(type(round.store), "delete", delete)
    assert take_down(round.store, "a-set") > 0
    assert not list(round.store.list("runs/@a-set/"))
    assert take_down(round.store, "a-set") == 0
    assert list(round.store.list("runs/@b-set/"))


def test_prompts_and_words_of_a_sources_pieces_go_with_it(
    round: Round, make_episode: Callable[..., Episode], make_step: Callable[..., Step]
) -> None:
    store = round.store
    synthesize(config=LEARN, tasks=TasksConfig(), round=round)
    knowledge = open_knowledge(round)
    [theirs, *_], [other, *_] = knowledge.ids(origin="a-set"), knowledge.ids(origin="b-set")
    asked = {name: put_blob(store, f'{{"messages": [], "answer": "{name}"}}'.encode(), EXCHANGE) for name in ("a", "b")}
    steps = [
        make_step("click [1]", index=0).model_copy(update={"exchange": asked["a"], "retrieved": (other, theirs)}),
        make_step("click [1]", index=1).model_copy(update={"exchange": asked["b"], "retrieved": (other,)}),
    ]
    episode = make_episode(steps=steps, round=2)
    save_episode(store, episode)
    words = {name: f"{round.prefix}/wordings/w/{name}.json" for name in (theirs, other)}
    for key in words.values():
        store.put_new(key, b"{}")
    take_down(store, "a-set")
    assert read_exchanges(store, episode) == {1: '{"messages": [], "answer": "b"}'}
    assert [store.exists(key) for key in words.values()] == [False, True]


def test_what_was_taken_down_is_not_imported_again(round: Round, tmp_path: Path) -> None:
    take_down(round.store, "a-set")
    with pytest.raises(InputError, match="was taken down"):
        import_file(
            round.store, tmp_path / "a-set.jsonl", form="a3", origin=Origin(source="a-set", licence="licence of a-set")
        )
    with pytest.raises(InputError, match="no source nobody"):
        take_down(round.store, "nobody")
