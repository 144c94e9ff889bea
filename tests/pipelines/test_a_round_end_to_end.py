"""`symbiont run` as a user types it: one real round in a real browser, killed with -9 on the way, then done again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.place import open_knowledge
from components.preflight.config import Recipe
from components.results.control import control_of
from components.results.distill import DistillResult
from components.results.place import read
from components.results.preflight import PreflightResult
from components.results.synergy import synergy_of
from components.trajectories.episodes import iter_episodes
from components.trajectories.manifest import read_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from pipelines.commands import store_of
from pipelines.summary import Summary
from tests.pipelines.processes import eventually

pytestmark = pytest.mark.xdist_group("round")
SECONDS = 600
ROOT = Path(__file__).resolve().parents[2]

RECIPE = {
    "name": "tiny",
    "rounds": 1,
    "tasks": {"train": ["click-test-2", "click-button", "focus-text-2", "enter-text"], "heldout": ["click-link"]},
    "explore": {"teacher_seeds": 3, "speculative_seeds": 1, "student_seeds": 1},
    "distill": {"steps": 12, "batch": 8, "validate_every": 6, "checkpoint_every": 6, "validation_share": 0.2},
    "evaluate": {"seeds": 3, "task_seeds": 2},
    "detect": {
        "probes": 20,
        "probes_per_replicate": 4,
        "shadow": {"common_steps": 4, "steps": 2, "hidden": 16, "layers": 1, "experts": 4},
        "test": {"replicates": 5},
    },
    "report": {"episodes": 2},
}
ALONE = ("--place", "alone.yaml")


def write_forms(folder: Path) -> None:
    """The recipe, and a place where one process trains and students think in the stages' own: a round there starts
    fewer processes than at the laptop's place, which has a round of its own above."""
    (folder / "tiny.yaml").write_text(yaml.safe_dump(RECIPE))
    (folder / "alone.yaml").write_text(yaml.safe_dump({"name": "alone", "browser": {"pages": 8}}))


def start(folder: Path, *options: str, does: str = "run", code: Path | None = None) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        does,
        "--recipe",
        "tiny.yaml",
        "--out",
        "out",
        "--json",
        *options,
    ]
    env = {**os.environ, "PYTHONPATH": str(code)} if code else None
    return subprocess.Popen(command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(out: Path, what: str, process: subprocess.Popen[str], *, round: int = 1) -> None:
    """Until a stage has said this."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        log = out / f"logs/round-{round:03d}.log"
        if log.exists() and what in log.read_text(errors="replace"):
            return
        time.sleep(0.2)
    raise AssertionError(f"{what!r} was never said; status {process.poll()}: {process.communicate()[1][-3000:]}")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], set[str]]:
    """A finished run that was killed once while the teacher explored; with the episodes there were at the kill."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(RECIPE))
    first = start(folder)
    wait_for(folder / "out", "[stage] explore-speculative begins", first)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert eventually(lambda: not left_running(folder))
    kept = set(open_store(folder / "out/store").list("runs/"))
    second = start(folder)
    output, said = second.communicate(timeout=SECONDS)
    assert second.returncode == 0, said[-4000:]
    return folder, json.loads(output), kept


def test_the_summary_says_what_the_round_came_to(done: tuple[Path, dict[str, Any], set[str]]) -> None:
    folder, printed, _ = done
    written = json.loads((folder / "out/summary.json").read_text())
    assert written == printed
    summary = Summary.model_validate(written)
    round = summary.rounds[0]
    for agent in (round.student, round.teacher, round.teacher_without_knowledge, round.random, round.stop):
        assert agent.heldout_seeds is not None
        assert agent.heldout_tasks is not None
        assert agent.heldout_seeds.episodes == 12
        assert agent.heldout_tasks.episodes == 2
        low, high = agent.heldout_seeds.interval
        assert 0 <= low <= agent.heldout_seeds.success_rate <= high <= 1
    assert round.teacher.heldout_seeds is not None
    assert round.teacher.heldout_seeds.success_rate > 0.5, "the scripted teacher knows these tasks"
    assert sum(round.outcomes.values()) >= 12 + 4 + 4 + 5 * 14
    assert round.audit is not None
    assert round.audit.verdict in ("distilled", "independent", "inconclusive")
    assert round.promotion is not None
    assert round.promotion.decision in ("promote", "hold", "inconclusive")
    assert {"preflight", "explore-teacher", "synthesize", "distill", "evaluate-student", "detect", "report"} <= set(
        round.seconds
    )
    assert summary.start["student"].heldout_seeds is not None
    assert (folder / "out" / summary.report).is_file()


def test_the_report_says_what_was_run_and_shows_its_pages(done: tuple[Path, dict[str, Any], set[str]]) -> None:
    folder, printed, _ = done
    round = Round(run=printed["run"], number=1, seed=0, store=stored(folder), work=folder)
    notes = read(round, PreflightResult)
    assert notes is not None
    assert Recipe.model_validate(yaml.safe_load(notes.recipe)) == Recipe.model_validate(RECIPE)
    assert notes.machine
    page = (folder / "out/reports/report.html").read_text()
    for words in ("Better than at the start:", "What was run", "MiniWoB++", "tiny, seed 0, round 1", notes.machine):
        assert words in page
    assert "data:image/png;base64," in page, "the episodes shown were played again for pictures"


def stored(folder: Path) -> Store:
    return open_store(folder / "out/store")


def test_a_kill_loses_and_doubles_nothing(done: tuple[Path, dict[str, Any], set[str]]) -> None:
    folder, _, kept = done
    store = stored(folder)
    assert kept <= set(store.list("runs/")) | {key for key in kept if "/errors/" in key or "/leases/" in key}
    episodes = [each for key in run_prefixes(store) for each in iter_episodes(store, f"{key}/episodes/explore-")]
    assert len(episodes) == 12 + 4 + 4
    assert len({(each.phase, each.task_id, each.seed) for each in episodes}) == len(episodes)


def run_prefixes(store: Any) -> set[str]:
    return {"/".join(key.split("/")[:3]) for key in store.list("runs/") if "/episodes/" in key}


def test_nothing_is_left_running_and_no_secret_is_told(done: tuple[Path, dict[str, Any], set[str]]) -> None:
    folder, _, _ = done
    path = folder / "out/credentials.json"
    assert path.stat().st_mode & 0o077 == 0
    secrets = json.loads(path.read_text())
    assert secrets.pop("mlflow_user") == "symbiont"
    for log in (folder / "out/logs").iterdir():
        text = log.read_text(errors="replace")
        assert not any(secret in text for secret in secrets.values()), f"{log.name} tells a secret"
    assert not left_running(folder)


def left_running(folder: Path) -> list[str]:
    """Command lines of processes that name the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_bytes().decode(errors="replace"))
    return [command for command in found if str(folder) in command]


def test_the_same_command_again_does_nothing_and_says_the_same(
    done: tuple[Path, dict[str, Any], set[str]],
) -> None:
    folder, printed, _ = done
    again = start(folder)
    output, said = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, said
    assert json.loads(output) == printed
    assert "already done" in said


def test_the_commands_that_look_closer(done: tuple[Path, dict[str, Any], set[str]]) -> None:
    folder, _, _ = done

    def symbiont(*arguments: str) -> str:
        command = [sys.executable, "-m", "pipelines.cli", *arguments]
        return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=True, timeout=300).stdout

    rows = [json.loads(line) for line in symbiont("trajectories", "--phase", "explore-teacher", "--json").splitlines()]
    assert len(rows) == 12
    shown = symbiont("trajectories", "--key", rows[0]["episode_key"])
    assert "action:" in shown
    short = "{round}/{phase}/{task_id}/{seed}".format(**rows[0])
    assert symbiont("trajectories", "--key", short) == shown
    page = Path(symbiont("trajectories", "--key", short, "--open").strip())
    assert "Step 1" in page.read_text()
    assert json.loads(symbiont("audit", "round", "--json"))["verdict"]
    (line,) = json.loads(symbiont("runs", "--json"))
    assert (line["recipe"], line["rounds_done"]) == ("tiny", 1)
    symbiont("report", "--recipe", "tiny.yaml", "--to", "again.html")
    assert (folder / "again.html").read_bytes() == (folder / "out/reports/report.html").read_bytes()


SMALL = (
    "explore={teacher_seeds: 1, speculative_seeds: 0, student_seeds: 0}",
    "evaluate={seeds: 1, task_seeds: 0}",
    "distill.steps=2",
    "report.episodes=1",
)


def test_a_run_goes_on_over_other_code_and_another_recipe(
    done: tuple[Path, dict[str, Any], set[str]], tmp_path: Path
) -> None:
    """Round 1 is the one above; 2 is done by other code and another recipe, at another place."""
    folder, printed, _ = done
    write_forms(tmp_path)
    shutil.copytree(folder / "out", tmp_path / "out", ignore=shutil.ignore_patterns("work"))
    for package in ("components", "pipelines"):
        shutil.copytree(ROOT / package, tmp_path / "code" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "code/components/text.py").open("a") as file:
        file.write("# a later release\n")
    small = [*ALONE, *(word for change in SMALL for word in ("--set", change))]

    unchanged = start(tmp_path, *small)
    _, said = unchanged.communicate(timeout=SECONDS)
    assert unchanged.returncode == 2
    assert "distill.steps: 12 then, 2 now" in said
    assert "--rounds 2 goes on with this one" in said

    second = start(tmp_path, *small, "--rounds", "2", code=tmp_path / "code")
    output, said = second.communicate(timeout=SECONDS)
    assert second.returncode == 0, said[-4000:]
    assert [each["round"] for each in json.loads(output)["rounds"]] == [1, 2]
    page = (tmp_path / "out/reports/report.html").read_text()
    assert "changed since the round before" in page
    assert "distill.steps" in page

    rounds = [
        Round(run=printed["run"], number=number, seed=0, store=stored(tmp_path), work=tmp_path) for number in (1, 2)
    ]
    first, later = map(read_manifest, rounds)
    assert {each.key for each in later.changed} >= {"code", "distill.steps", "explore.teacher_seeds"}
    assert first.code != later.code
    made, again = (read(each, DistillResult) for each in rounds)
    assert made is not None
    assert again is not None
    assert later.student == made.model_digest
    assert set(again.sources) == {f"{each.prefix}/tables/examples.parquet" for each in rounds}
    pieces = open_knowledge(rounds[1]).entries()
    assert any(entry.round == 1 for entry in pieces)
    explored = [
        {
            (each.task_id, each.seed)
            for each in iter_episodes(stored(tmp_path), f"{one.prefix}/episodes/explore-teacher/")
        }
        for one in rounds
    ]
    assert not explored[0] & explored[1], "other pages than the first recipe's"


def test_an_ablation_runs_what_is_missing_and_goes_on_after_a_kill(
    done: tuple[Path, dict[str, Any], set[str]], tmp_path: Path
) -> None:
    """The run above is the variant that changes nothing; its control is run here, and killed on the way."""
    folder, printed, _ = done
    write_forms(tmp_path)
    shutil.copytree(folder / "out/store", tmp_path / "out/store")
    shutil.copytree(
        folder / "out", tmp_path / "out/student-exploration-0", ignore=shutil.ignore_patterns("store", "work")
    )
    wanted = ("--variants", "random-exploration,student-exploration", "--seeds", "1", *ALONE)
    first = start(tmp_path, *wanted, does="ablate")
    wait_for(tmp_path / "out/random-exploration-0", "[stage] synthesize begins", first)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    again = start(tmp_path, *wanted, does="ablate")
    output, said = again.communicate(timeout=SECONDS)
    assert again.returncode == 0, said[-4000:]
    assert "student-exploration, seed 0 (2 of 2): already done" in said
    rows = json.loads(output)
    assert rows == json.loads((tmp_path / "out/ablation.json").read_text())
    assert [(row["variant"], row["split"], row["episodes"]) for row in rows] == [
        (variant, split, episodes)
        for variant in ("random-exploration", "student-exploration")
        for split, episodes in (("heldout_seeds", 12), ("heldout_tasks", 2))
    ]
    assert all(row["seconds"] > 0 for row in rows)
    assert rows[2]["success_rate"] == printed["rounds"][0]["student"]["heldout_seeds"]["success_rate"]
    table = (tmp_path / "out/ablation.md").read_text()
    assert "| its finds beside a random explorer's, for the teacher | held-out seeds |" in table
    store = stored(tmp_path)
    student = Round(run=printed["run"], number=1, seed=0, store=store, work=tmp_path)
    control = control_of(student)
    assert control is not None
    explorers = {each.agent.kind for each in iter_episodes(store, f"{control.prefix}/episodes/explore-student/")}
    assert explorers == {"random"}
    beside = synergy_of(student)["heldout_seeds"].beside_control
    assert beside is not None
    assert beside.pairs == 12
    assert not left_running(tmp_path)


@pytest.fixture(scope="module")
def on_s3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same round in the place laptop-s3 as far as its student, then killed."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(RECIPE))
    process = start(folder, "--place", "laptop-s3")
    wait_for(folder / "out", "[stage] distill ends", process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert eventually(lambda: not left_running(folder))
    return folder


def test_a_real_s3_server_keeps_a_round_and_no_folder_does(on_s3: Path) -> None:
    assert not (on_s3 / "out/store").exists()
    assert (on_s3 / "out/s3").stat().st_mode & 0o077 == 0
    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "trajectories",
        "--place",
        "laptop-s3",
        "--phase",
        "explore-teacher",
    ]
    shown = subprocess.run([*command, "--json"], cwd=on_s3, text=True, capture_output=True, check=True, timeout=300)
    assert len(shown.stdout.splitlines()) == 12, "the server is started to be read"
    assert not left_running(on_s3)


def test_a_student_is_the_same_to_the_last_bit_from_a_folder_and_from_an_s3_server(
    done: tuple[Path, dict[str, Any], set[str]], on_s3: Path
) -> None:
    """Killed while its teacher explored, or not."""
    folder, printed, _ = done
    with store_of("laptop-s3", out=on_s3 / "out") as (_, store):
        there = read(Round(run=printed["run"], number=1, seed=0, store=store, work=on_s3), DistillResult)
    here = read(Round(run=printed["run"], number=1, seed=0, store=stored(folder), work=folder), DistillResult)
    assert here is not None
    assert there is not None
    assert here.model_digest == there.model_digest
    assert here.sources == there.sources
