"""Commands that read find the runs in a folder, whatever they would be called today, and say which there are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from components.errors import InputError
from components.trajectories.episodes import put_blob, save_episode
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Outcome
from components.trajectories.store import Store
from pipelines.cli import app
from pipelines.stored_runs import choose_round, run_line, stored_runs
from tests.pipelines.manifests import manifest

OLD, NEW = "laptop-7-0123456789ab", "mine-own-0-ba9876543210"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with two runs: three rounds begun, two of them finished; and one begun later."""
    store = store_in(tmp_path)
    for run, number, day in ((OLD, 1, 1), (OLD, 2, 2), (OLD, 3, 3), (NEW, 1, 4)):
        begun = manifest(run=run, round=number, seed=7, created_at=f"2026-01-0{day}T10:00:00+00:00")
        store.put(f"runs/{run}/round-{number:03d}/manifest.json", begun.model_dump_json().encode())
    for number, rate, decision in ((1, 0.25, "promote"), (2, 0.5, "hold")):
        prefix = f"runs/{OLD}/round-{number:03d}"
        store.put(f"{prefix}/done.json", b'{"wall_seconds": 1}')
        splits = {"heldout_seeds": {"success_rate": rate, "interval": [rate - 0.1, rate + 0.1]}}
        store.put(f"{prefix}/results/evaluate-student.json", json.dumps({"splits": splits}).encode())
        store.put(f"{prefix}/results/promote.json", json.dumps({"decision": decision}).encode())
    return tmp_path


def store_in(out: Path) -> Store:
    return open_store(out / "store")


def symbiont(*arguments: str, out: Path) -> Result:
    return CliRunner().invoke(app, [*arguments, "--out", str(out)])


def test_runs_are_listed_with_what_they_came_to(out: Path) -> None:
    store = store_in(out)
    assert [run.name for run in stored_runs(store)] == [OLD, NEW]
    old, new = (run_line(store, run) for run in stored_runs(store))
    assert (old.recipe, old.seed, old.rounds_done, old.success_rate, old.champion) == ("laptop", 7, 2, 0.5, 1)
    assert (new.recipe, new.rounds_done, new.success_rate, new.champion) == ("mine-own", 0, None, None)
    assert (old.split, new.split) == ("heldout_seeds", None)
    shown = symbiont("runs", out=out)
    assert shown.stdout.index(NEW) < shown.stdout.index(OLD), "the newest first"
    assert "50% (40% to 60%)" in shown.stdout
    assert json.loads(symbiont("runs", "--json", out=out).stdout)[1]["run"] == OLD


def test_of_a_benchmark_without_seeds_the_success_on_held_out_tasks_is_told(out: Path) -> None:
    splits = {
        name: {"success_rate": rate, "interval": [0, 1]}
        for name, rate in (("transductive", 1), ("heldout_tasks", 0.25))
    }
    key = f"runs/{OLD}/round-002/results/evaluate-student.json"
    store_in(out).put(key, json.dumps({"splits": splits}).encode())
    shown = json.loads(symbiont("runs", "--json", out=out).stdout)[1]
    assert (shown["split"], shown["success_rate"]) == ("heldout_tasks", 0.25)
    assert "of held-out tasks" in " ".join(symbiont("runs", out=out).stdout.split())


@pytest.mark.parametrize(
    ("run", "round", "chosen"),
    [("", None, (NEW, 1)), (OLD, None, (OLD, 2)), ("laptop", None, (OLD, 2)), (OLD, 3, (OLD, 3)), (OLD, 1, (OLD, 1))],
)
def test_the_newest_finished_round_of_the_newest_run_is_meant(
    out: Path, run: str, round: int | None, chosen: tuple[str, int]
) -> None:
    found, number = choose_round(store_in(out), run=run, round=round)
    assert (found.name, number) == chosen


@pytest.mark.parametrize(
    ("run", "round", "said", "fix"),
    [
        ("laptop-8-0123456789ab", None, "there is no run", f"did you mean '{OLD}'"),
        ("other", None, "there is no run", f"the runs here are {OLD}, {NEW}"),
        (OLD, 4, "has no round 4", "take one of its rounds (1, 2, 3)"),
        ("", 2, f"run {NEW} has no round 2", f"take one of its rounds (1), or --run {OLD}"),
    ],
)
def test_what_is_not_there_names_what_is(out: Path, run: str, round: int | None, said: str, fix: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        choose_round(store_in(out), run=run, round=round)
    assert fix in raised.value.fix


def test_an_empty_store_says_how_a_run_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run is stored here") as raised:
        choose_round(store_in(tmp_path))
    assert "symbiont run" in raised.value.fix


def test_a_result_that_is_missing_or_torn_is_named(out: Path) -> None:
    missing = symbiont("audit", "round", "--run", OLD, out=out)
    assert isinstance(missing.exception, InputError)
    assert f"round 2 of {OLD} has no detect" in missing.exception.what
    store_in(out).put(f"runs/{OLD}/round-002/results/detect.json", b'{"verdict"')
    torn = symbiont("audit", "round", "--run", OLD, out=out)
    assert isinstance(torn.exception, InputError)
    assert "results/detect.json" in torn.exception.where
    assert torn.exception.fix


def test_a_policy_that_is_not_there_is_told_before_the_verdict(out: Path) -> None:
    store_in(out).put(f"runs/{OLD}/round-002/results/detect.json", b'{"verdict": "distilled"}')
    answered = symbiont("audit", "round", "--run", OLD, "--policy", str(out / "missing.yaml"), out=out)
    assert isinstance(answered.exception, InputError)
    assert "missing.yaml" in answered.exception.where
    assert answered.stdout == ""


def test_a_torn_manifest_hides_no_other_run(out: Path) -> None:
    store_in(out).put(f"runs/{NEW}/round-001/manifest.json", b'{"run"')
    shown = symbiont("runs", out=out)
    assert "its manifest is torn" in shown.stdout
    assert "50% (40% to 60%)" in shown.stdout
    assert choose_round(store_in(out))[0].name == OLD


@pytest.fixture
def played(out: Path, make_episode: Callable[..., Episode], make_step: Callable[..., object]) -> Path:
    store = store_in(out)
    for seed in range(60):
        outcome = Outcome.SOLVED if seed % 3 else Outcome.FAILED
        save_episode(store, make_episode(seed=seed, outcome=outcome).model_copy(update={"run": OLD}))
    shot = put_blob(store, b"\x89PNG picture", "png")
    step = make_step("click [1]", page="<script>alert(1)</script>").model_copy(update={"screenshot": shot})  # type: ignore[attr-defined]
    said = {"messages": [{"role": "user", "content": "GOAL: press it"}], "answer": "ACTION: click [1]"}
    asked = step.model_copy(update={"exchange": put_blob(store, json.dumps(said).encode(), "json")})
    seen = make_episode(task_id="enter-text", seed=1, round=2, phase="explore-student", steps=[asked])
    save_episode(store, seen.model_copy(update={"run": OLD}))
    return out


def test_episodes_are_listed_as_a_table_that_says_how_many_more_there_are(played: Path) -> None:
    shown = symbiont("trajectories", out=played)
    assert shown.stdout.splitlines()[0].split() == [
        "round",
        "phase",
        "task",
        "seed",
        "agent",
        "outcome",
        "steps",
        "seconds",
    ]
    assert len(shown.stdout.splitlines()) == 51
    assert "50 of 61, --limit 0 for all" in shown.stderr
    assert len(symbiont("trajectories", "--limit", "0", out=played).stdout.splitlines()) == 62
    few = symbiont("trajectories", "--outcome", "failed", "--round", "1", "--run", OLD, "--json", out=played)
    assert [json.loads(line)["outcome"] for line in few.stdout.splitlines()] == ["failed"] * 20
    assert "20 episodes" in few.stderr
    assert "No episode fits." in symbiont("trajectories", "--seed", "999", out=played).stderr


def test_what_a_chat_model_was_asked_and_answered_is_shown_on_request(played: Path) -> None:
    key = ("--run", "laptop", "--key", "2/explore-student/enter-text/1")
    shown = symbiont("trajectories", *key, "--prompts", out=played).stdout
    assert "[user]\nGOAL: press it\n\n[answer]\nACTION: click [1]" in shown
    assert "GOAL: press it" not in symbiont("trajectories", *key, out=played).stdout


def test_help_names_every_outcome() -> None:
    told = " ".join(CliRunner().invoke(app, ["trajectories", "--help"]).stdout.split())
    assert all(re.search(rf"\b{outcome.value}\b", told) for outcome in Outcome)


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (["--outcome", "solvd"], "did you mean 'solved'?"),
        (["--task", "enter-txt"], "did you mean 'enter-text'?"),
        (["--phase", "student"], "explore-student"),
        (["--key", "3/explore-student"], "write ROUND/PHASE/TASK/SEED"),
        (["--run", OLD, "--key", "1/explore-teacher/click-test/999"], "`symbiont trajectories` lists"),
    ],
)
def test_a_mistyped_name_is_answered(played: Path, arguments: list[str], fix: str) -> None:
    answered = symbiont("trajectories", *arguments, out=played)
    assert isinstance(answered.exception, InputError)
    assert fix in answered.exception.fix


def test_an_episode_is_shown_by_its_short_key_and_opened_as_a_page(
    played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    key = ("--run", "laptop", "--key", "2/explore-student/enter-text/1")
    shown = symbiont("trajectories", *key, out=played).stdout
    assert "action: click [1]" in shown
    whole = f"runs/{OLD}/round-002/episodes/explore-student/enter-text/1.json.zst"
    assert symbiont("trajectories", "--key", whole, out=played).stdout == shown
    path = Path(symbiont("trajectories", *key, "--open", out=played).stdout.strip())
    page = path.read_text()
    assert opened == [path.as_uri()]
    assert "<script>" not in page, "what a page says cannot run"
    assert "&lt;script&gt;" in page
    assert "data:image/png;base64," in page
