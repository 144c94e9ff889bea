"""`symbiont rescore`: verdicts that flip, what follows from them, and nothing changed unless it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from components.benchmarks.webarena.evaluator import judge
from components.errors import InputError
from components.evaluate.summary import COLUMNS, evaluation_row
from components.promote.config import PromoteConfig
from components.results.place import read
from components.results.promote import PromoteResult
from components.trajectories.episodes import load_episode, put_blob, save_episode
from components.trajectories.manifest import keep_manifest
from components.trajectories.phases import Role, evaluate_phase
from components.trajectories.rounds import Round
from components.trajectories.rows import to_table
from components.trajectories.schema import AgentInfo, Episode, Outcome
from components.trajectories.store_folder import FolderStore
from components.trajectories.tables import write_table
from pipelines.rescore import Rescored, rescore_command
from tests.components.benchmarks.webarena_traces import ADDRESSES, entry, har
from tests.components.results.made import evaluate_result, promote_result, split_result
from tests.components.results.made import store as keep
from tests.pipelines.manifests import manifest

pytestmark = [
    pytest.mark.xdist_group("webarena"),
    pytest.mark.filterwarnings("ignore:Transitional processing is deprecated"),
]
RIGHT, WRONG = 'RETRIEVE: ["Quest Lumaflex™ Band"]', "RETRIEVE: something else"
"""Of task 0."""


@dataclass(frozen=True)
class Stored:
    out: Path
    store: FolderStore

    @property
    def round(self) -> Round:
        return Round(run="r", number=1, seed=0, store=self.store, work=self.out)

    def add(
        self, phase: str, seed: int, outcome: Outcome, *, answer: str = RIGHT, benchmark: str = "webarena-verified"
    ) -> Episode:
        """An episode of task 0, whose stored verdict may be another than today's."""
        path = har(self.out / "n.har", entry(f"{ADDRESSES['shopping_admin']}/"))
        verdict = judge("0", answer=answer, network=path, addresses=ADDRESSES)
        episode = Episode(
            run="r",
            round=1,
            phase=phase,
            benchmark=benchmark,
            evaluator_checksum="of another evaluator",
            task_id="0",
            family="template-279",
            template="t",
            seed=seed,
            intent="i",
            start_url="http://x/",
            agent=AgentInfo(name="a", kind="k", digest="d"),
            steps=(),
            outcome=outcome,
            answer=answer,
            network=put_blob(self.store, path.read_bytes(), "har"),
            started_at="2026-01-01T00:00:00+00:00",
            seconds=1.0,
            extra={"judged": dict(verdict.judged)},
        )
        assert save_episode(self.store, episode)
        return episode

    def judged(self, role: Role, episodes: list[Episode]) -> None:
        """The evaluation of an agent that these episodes are."""
        rows = [evaluation_row(each, split="heldout_tasks") for each in episodes]
        key = f"{self.round.prefix}/tables/evaluate-{role}.parquet"
        info = write_table(self.store, key, to_table(rows, columns=COLUMNS), sources={})
        result = evaluate_result(
            role=role,
            splits={"heldout_tasks": split_result(split="heldout_tasks")},
            table=info.key,
            table_digest=info.digest,
        )
        keep(self.round, result, of=role)

    def rescored(self, *, run: str = "", write: bool = False) -> Rescored:
        return rescore_command(run=run, place="laptop", out=self.out, write=write)


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    return Stored(tmp_path, FolderStore(tmp_path / "store"))


def test_a_verdict_that_flips_is_listed_and_written_only_where_that_is_asked_for(stored: Stored) -> None:
    wrong = stored.add("explore-teacher", 1, Outcome.FAILED)
    stored.add("explore-teacher", 2, Outcome.SOLVED)
    stored.add("explore-teacher", 3, Outcome.SOLVED, answer=WRONG)
    stored.add("explore-teacher", 4, Outcome.FAILED, answer=WRONG, benchmark="miniwob")
    found = stored.rescored()
    assert (found.judged, dict(found.silent), found.written) == (3, {"miniwob": 1}, 0)
    assert [line.split(" (")[0].rpartition("/")[2] for line in found.flips] == [
        "1.json.zst: failed -> solved",
        "3.json.zst: solved -> failed",
    ]
    assert found.follows == ("r, round 1: 1 explored episodes are solved now, and were not learnt from as such",)
    assert load_episode(stored.store, wrong.key) == wrong
    assert stored.rescored(run="r", write=True).written == 2
    now = load_episode(stored.store, wrong.key)
    assert (now.outcome, now.benchmark_version, now.reward) == (Outcome.SOLVED, "1.2.3", 1.0)
    assert now.evaluator_checksum != "of another evaluator"
    (before,) = now.extra["judged_before"]
    assert (before["outcome"], before["evaluator_checksum"]) == ("failed", "of another evaluator")
    assert stored.rescored().flips == ()
    with pytest.raises(InputError, match="no episode of run other"):
        stored.rescored(run="other")


def test_what_a_judge_broke_on_is_judged_again_and_takes_its_place(stored: Stored) -> None:
    episode = stored.add("explore-teacher", 1, Outcome.JUDGE_ERROR)
    broken, sound = episode.key.replace("/episodes/", "/errors/"), episode.key
    stored.store.put(broken, stored.store.get(sound))
    stored.store.delete(sound)
    assert [line.split(" (")[0] for line in stored.rescored().flips] == [f"{broken}: judge_error -> solved"]
    assert stored.rescored(write=True).written == 1
    assert load_episode(stored.store, sound).outcome is Outcome.SOLVED
    assert not stored.store.exists(broken)


def test_records_that_a_judge_breaks_on_and_that_are_gone_keep_no_others_from_being_judged(stored: Stored) -> None:
    sound = stored.add("explore-teacher", 1, Outcome.FAILED)
    for seed, network in ((2, put_blob(stored.store, b"[]", "har")), (3, "0" * 64)):
        save_episode(stored.store, sound.model_copy(update={"seed": seed, "network": network}))
    found = stored.rescored(write=True)
    assert (found.judged, dict(found.silent), found.written) == (2, {"webarena-verified": 1}, 1)
    assert [line.split(" (")[0].rpartition("/")[2] for line in found.flips] == [
        "1.json.zst: failed -> solved",
        "2.json.zst: failed -> judge_error",
    ]


def test_rates_examples_and_promotions_that_a_flip_changes_are_named(stored: Stored) -> None:
    """Twelve episodes in which the student beat the champion, as it then seemed."""
    student = evaluate_phase("student", "heldout_tasks")
    champion = evaluate_phase("champion", "heldout_tasks")
    learnt = stored.add("explore-teacher", 9, Outcome.SOLVED, answer=WRONG)
    stored.judged("student", [stored.add(student, seed, Outcome.SOLVED, answer=WRONG) for seed in range(12)])
    stored.judged("champion", [stored.add(champion, seed, Outcome.FAILED, answer=WRONG) for seed in range(12)])
    rows = [{"episode_key": learnt.key}, {"episode_key": learnt.key}, {"episode_key": "another"}]
    write_table(stored.store, f"{stored.round.prefix}/tables/examples.parquet", rows, sources={})
    config = PromoteConfig(required_verdict="any").model_dump(mode="json")
    told = manifest(run="r", round=1, settings={"promote": config})
    keep_manifest(stored.round, told)
    decided = promote_result(decision="promote", challenger="new", champion="old", verdict="")
    keep(stored.round, decided)
    found = stored.rescored()
    assert len(found.flips) == 13
    assert found.follows[:2] == (
        "r, round 1: student solves 0 of 12 of heldout_tasks, not 12 of 12",
        "r, round 1: 2 training examples are of episodes that are no longer solved",
    )
    assert found.follows[2].startswith("r, round 1: the promotion would be ")
    assert read(stored.round, PromoteResult) == decided
