"""A file of schedules and a Kubeflow: made alike, left alone when alike, brought to an end from anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from components.errors import InputError
from pipelines.cli import app
from pipelines.compile import COMPILED
from tests.pipelines.cluster.kubeflow_server import Failure, Json, KubeflowServer

NIGHTLY = {"cron": "0 0 2 * * *", "run": "main"}
FOREIGN = ("by hand", "theirs-nightly")


@pytest.fixture
def sync(place_file: str, tmp_path: Path) -> Callable[..., Result]:
    """`symbiont schedules WORD` with a file of these schedules."""

    def call(word: str = "apply", *, compiled: Path = COMPILED, owner: str = "symbiont", **schedules: Any) -> Result:
        path = tmp_path / "schedules.yaml"
        path.write_text(yaml.safe_dump({"owner": owner, "schedules": schedules}))
        more = [] if word == "remove" else ["--compiled", str(compiled)]
        return CliRunner().invoke(app, ["schedules", word, str(path), "--place", place_file, "--json", *more])

    return call


@pytest.fixture
def foreign(server: KubeflowServer) -> list[Json]:
    """Recurring runs of other people: made by hand, and copied from one of ours in the UI."""
    marked = "symbiont schedule symbiont/nightly 0123456789abcdef pipeline 0.1.0"
    others = {
        "by hand": "every night",
        "Clone of symbiont-nightly": marked,
        "theirs-nightly": marked.replace("symbiont/", "theirs/"),
    }
    made = [
        server.keep("recurring_runs", {"display_name": name, "description": text}, status="ENABLED")
        for name, text in others.items()
    ]
    return [dict(each) for each in made]


def told(done: Result) -> dict[str, str]:
    assert done.exit_code == 0, done.output
    return {each["name"]: each["change"] for each in json.loads(done.stdout)}


def ours(server: KubeflowServer) -> dict[str, Json]:
    found = server.kept["recurring_runs"].values()
    return {each["display_name"]: each for each in found if each["display_name"].startswith("symbiont-")}


def test_a_schedule_becomes_a_recurring_run_that_runs_alone_and_catches_nothing_up(
    sync: Callable[..., Result], server: KubeflowServer
) -> None:
    done = sync(nightly=NIGHTLY | {"overrides": {"distill": {"steps": 9}}})
    assert told(done) == {"nightly": "create"}
    assert "UTC" in done.stderr
    assert "02:00:00" in done.stderr
    (made,) = ours(server).values()
    assert (made["status"], made["max_concurrency"], made["no_catchup"]) == ("ENABLED", "1", True)
    assert made["trigger"] == {"cron_schedule": {"cron": "0 0 2 * * *"}}
    assert made["runtime_config"]["parameters"] == {
        **{"recipe": "laptop", "place": "cluster", "run": "main", "round": 0, "seed": 0},
        "overrides": "distill:\n  steps: 9\n",
    }


def test_the_same_file_again_changes_nothing(
    sync: Callable[..., Result], server: KubeflowServer, foreign: list[Json]
) -> None:
    schedules = {"nightly": NIGHTLY, "weekly": {"cron": "0 0 4 * * SUN", "run": "other", "enabled": False}}
    assert set(told(sync(**schedules)).values()) == {"create"}
    assert ours(server)["symbiont-weekly"]["status"] == "DISABLED"
    before = len(server.changes())
    assert set(told(sync(**schedules)).values()) == {"keep"}
    assert server.changes()[before:] == []
    assert [server.kept["recurring_runs"][each["recurring_run_id"]] for each in foreign] == foreign


def test_diff_says_what_apply_does_and_does_nothing(sync: Callable[..., Result], server: KubeflowServer) -> None:
    told(sync(nightly=NIGHTLY, old=NIGHTLY | {"run": "old"}))
    before = len(server.changes())
    changed = {"nightly": NIGHTLY | {"cron": "0 30 2 * * *"}, "new": NIGHTLY | {"run": "new"}}
    done = sync("diff", **changed)
    assert told(done) == {"nightly": "replace", "new": "create", "old": "remove"}
    assert "cron: '0 0 2 * * *' -> '0 30 2 * * *'" in done.stderr
    assert server.changes()[before:] == []
    assert told(sync(**changed)) == told(done)
    assert set(ours(server)) == {"symbiont-nightly", "symbiont-new"}


def test_a_round_that_a_schedule_began_outlives_it(sync: Callable[..., Result], server: KubeflowServer) -> None:
    told(sync(nightly=NIGHTLY, weekly=NIGHTLY | {"run": "other"}))
    for each in ours(server).values():
        server.keep("runs", {"recurring_run_id": each["recurring_run_id"]}, state="RUNNING")
    assert told(sync(nightly=NIGHTLY | {"cron": "0 0 3 * * *"})) == {"nightly": "replace", "weekly": "remove"}
    assert server.lost == set()


def test_a_new_release_replaces_and_the_old_never_fires_beside_the_new(
    sync: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    told(sync(nightly=NIGHTLY))
    newer = tmp_path / "newer.yaml"
    newer.write_text(COMPILED.read_text().replace("The student learns", "The student now learns"))
    (old,) = ours(server).values()
    before = len(server.changes())
    done = sync(nightly=NIGHTLY, compiled=newer)
    assert told(done) == {"nightly": "replace"}
    assert "pipeline: '" in done.stderr
    assert [each.rpartition("service_")[2] for each in server.changes()[before:]] == [
        "upload_pipeline_version",
        "create_recurring_run",
        "disable_recurring_run",
        "enable_recurring_run",
        "delete_recurring_run",
    ]
    (new,) = ours(server).values()
    assert (new["recurring_run_id"] != old["recurring_run_id"], new["status"]) == (True, "ENABLED")


def test_switching_on_and_off_keeps_the_recurring_run(sync: Callable[..., Result], server: KubeflowServer) -> None:
    told(sync(nightly=NIGHTLY))
    (made,) = ours(server).values()
    for enabled, status in ((False, "DISABLED"), (True, "ENABLED")):
        assert told(sync(nightly=NIGHTLY | {"enabled": enabled})) == {"nightly": "change"}
        assert ours(server) == {"symbiont-nightly": made}
        assert made["status"] == status


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("stops_at", range(4))
def test_a_sync_that_is_killed_is_brought_to_its_end_by_the_next(
    stops_at: int, done: bool, sync: Callable[..., Result], server: KubeflowServer, foreign: list[Json]
) -> None:
    """Stopped at each of the requests that change something, before it was done and after; two never fire together."""
    told(sync(nightly=NIGHTLY))
    operation = [f"recurring_run_service_{word}_recurring_run" for word in ("create", "disable", "enable", "delete")][
        stops_at
    ]
    server.failures = [Failure(operation=operation, status=400, done=done)]
    changed = NIGHTLY | {"seed": 1}
    assert sync(nightly=changed).exit_code == 1
    assert len([each for each in ours(server).values() if each["status"] == "ENABLED"]) <= 1
    sync(nightly=changed)
    (left,) = ours(server).values()
    assert (left["status"], left["runtime_config"]["parameters"]["seed"]) == ("ENABLED", 1)
    assert told(sync(nightly=changed)) == {"nightly": "keep"}
    assert len(server.kept["recurring_runs"]) == 1 + len(foreign)


def test_remove_takes_away_what_is_the_owners_alone(
    sync: Callable[..., Result], server: KubeflowServer, foreign: list[Json]
) -> None:
    told(sync(nightly=NIGHTLY, weekly=NIGHTLY | {"run": "weekly"}))
    assert told(sync("remove")) == {"nightly": "remove", "weekly": "remove"}
    assert list(server.kept["recurring_runs"].values()) == foreign
    assert told(sync("remove")) == {}


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"cron": "0 2 * * *"}, "did you mean"),
        ({"cron": "0 0 2 * * *", "recipe": "mine.yaml"}, "no file"),
        ({"cron": "0 0 2 * * *", "overrides": {"distil": {}}}, "did you mean 'distill'"),
        ({"cron": "0 0 2 * * *", "rnu": "main"}, "did you mean 'run'"),
        ({"cron": "0 0 2 * * *", "run": "Main"}, "cannot be the name of a run"),
        ({}, "cron is missing"),
    ],
)
def test_a_mistake_in_the_file_is_said_before_anything_is_asked(
    schedule: Json, said: str, sync: Callable[..., Result], server: KubeflowServer
) -> None:
    done = sync(nightly=schedule)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert not server.asked


def test_two_schedules_of_one_line_would_meet(sync: Callable[..., Result]) -> None:
    assert "would meet" in str(sync(nightly=NIGHTLY, hourly=NIGHTLY | {"cron": "0 0 * * * *"}).exception)


def test_recipes_and_places_beside_the_file_are_sent_as_text(
    sync: Callable[..., Result], server: KubeflowServer, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    told(sync(nightly=NIGHTLY | {"recipe": "mine.yaml"}))
    (made,) = ours(server).values()
    assert made["runtime_config"]["parameters"]["recipe"] == "name: mine\n"
