"""Mistakes of users, through the real command line: each ends at once, with status 2, a message that says what is wrong
and how to fix it, and without a new file.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard

from components.endpoints.gate import GATE
from components.loopback import free_ports
from components.models.files import BASE_FOLDER
from components.trajectories.episodes import encode_episode, save_episode
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode
from pipelines import cli
from pipelines.local.credentials import load_credentials
from pipelines.local.s3_server import BUCKET, start_s3
from tests.pipelines.manifests import manifest

NOWHERE = "http://127.0.0.1:9/v1"
STORE = "store"


@dataclass(kw_only=True)
class Typed:
    """A command in `folder`, and what its message must say."""

    arguments: list[str]
    said: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Desk:
    """Where a mistake is prepared."""

    folder: Path
    request: pytest.FixtureRequest

    def recipe(self, *said: str, out: str = "out", **changes: Any) -> Typed:
        (self.folder / "mine.yaml").write_text(yaml.safe_dump({"name": "mine", **changes}))
        return Typed(arguments=["run", "--recipe", "mine.yaml", "--out", out], said=said)

    def place(self, *said: str, **changes: Any) -> Typed:
        (self.folder / "place.yaml").write_text(yaml.safe_dump({"name": "here", **changes}))
        return Typed(arguments=["run", "--place", "place.yaml", "--out", "out"], said=said)

    def interrupted(self, *said: str) -> tuple[Typed, Episode]:
        """A run that was stopped while it explored: its manifest and one episode are stored."""
        typed = self.recipe(*said)
        root = self.folder / "out"
        run = "mine-0"
        made: Episode = self.request.getfixturevalue("make_episode")("click [1]")
        episode = made.model_copy(update={"run": run, "round": 1, "phase": "explore-teacher"})
        store = open_store(root / STORE)
        save_episode(store, episode)
        store.put(f"runs/{run}/round-001/manifest.json", manifest(run=run).model_dump_json().encode())
        return typed, episode


def wrong_key(desk: Desk) -> Typed:
    return desk.recipe("unknown key 'roundz': did you mean 'rounds'?", "mine.yaml", roundz=3)


def unknown_task(desk: Desk) -> Typed:
    return desk.recipe("click-buton", "did you mean click-button", tasks={"train": ["click-buton"]})


def unreachable_teacher(desk: Desk) -> Typed:
    teacher = {"kind": "chat", "model": "m", "base_url": NOWHERE}
    return desk.recipe("teacher cannot be reached", NOWHERE, "start its server", teacher=teacher)


def unreachable_other(desk: Desk) -> Typed:
    vendor = {"kind": "chat", "model": "m", "base_url": NOWHERE}
    return desk.recipe("detect.others.vendor cannot be reached", NOWHERE, detect={"others": {"vendor": vendor}})


def unreachable_judge(desk: Desk) -> Typed:
    model = {"kind": "chat", "model": "m", "base_url": NOWHERE}
    judge = {"judge": {"kind": "model", "model": model}}
    return desk.recipe("synthesize.judge.model cannot be reached", NOWHERE, synthesize=judge)


def wrong_credentials(desk: Desk) -> Typed:
    address: str = desk.request.getfixturevalue("s3_address")
    typed = desk.place(
        f"{address} refuses the credentials", "set AWS_ACCESS_KEY_ID", store=f"s3://{BUCKET}/main", s3_endpoint=address
    )
    typed.environment = {"AWS_ACCESS_KEY_ID": "SYMTEST", "AWS_SECRET_ACCESS_KEY": "not-the-key"}
    return typed


def no_credentials(_: Desk) -> Typed:
    said = ("no S3 credentials", "set AWS_ACCESS_KEY_ID")
    return Typed(arguments=["run", "--place", "cluster", "--out", "out"], said=said)


def full_disk(desk: Desk) -> Typed:
    small: Path = desk.request.getfixturevalue("small_disk")
    return desk.recipe("the disk has 0.0 GB left", "free some space", str(small), out=str(small / "out"))


def tokenizer_that_does_not_fit(desk: Desk) -> Typed:
    """The student's folder holds the tokenizer of a larger model."""
    student = shutil.copytree(BASE_FOLDER, desk.folder / "student")
    tokenizer = json.loads((student / "tokenizer.json").read_text())
    rows = json.loads((student / "config.json").read_text())["vocab_size"]
    for number in range(rows, rows + 3):
        word = {"id": number, "content": f"<word {number}>", "single_word": False, "lstrip": False, "rstrip": False}
        tokenizer["added_tokens"].append({**word, "normalized": False, "special": False})
    (student / "tokenizer.json").write_text(json.dumps(tokenizer))
    return desk.recipe(
        f"the tokenizer has {rows + 3} tokens, the model's embedding {rows} rows",
        "use the tokenizer that was made for this model",
        distill={"student": "student"},
    )


def student_that_is_not_there(desk: Desk) -> Typed:
    return desk.recipe("no model called 'studnet'", "use base, a folder", distill={"student": "studnet"})


def agent_that_is_not_there(_: Desk) -> Typed:
    return Typed(arguments=["evaluate", "champoin"], said=("no model called 'champoin'", "models:/name@alias"))


def context_too_long(desk: Desk) -> Typed:
    return desk.recipe("the student reads at most", "lower context", distill={"context": 1_000_000})


def benchmark_folder_that_is_not_one(desk: Desk) -> Typed:
    return desk.recipe("/etc", tasks={"options": {"folder": "/etc"}})


def unknown_benchmark(desk: Desk) -> Typed:
    return desk.recipe("webarena", "miniwob", tasks={"benchmark": "webarena"})


def broken_episode(desk: Desk) -> Typed:
    """Half of it is there, as after a disk's fault."""
    typed, episode = desk.interrupted("a broken episode object", "delete the object and run the same command again")
    path = desk.folder / "out" / STORE / episode.key
    path.write_bytes(path.read_bytes()[:60])
    typed.said += (episode.key,)
    return typed


def broken_episode_in_a_list(desk: Desk) -> Typed:
    typed = broken_episode(desk)
    return Typed(arguments=["trajectories", "--out", "out"], said=typed.said)


def port_in_use(desk: Desk) -> Typed:
    port: int = desk.request.getfixturevalue("taken_port")
    return desk.place(f"port {port} cannot be used", "mlflow_port", "choose another port", mlflow_port=port)


def s3_port_in_use(desk: Desk) -> Typed:
    port: int = desk.request.getfixturevalue("taken_port")
    said = (f"port {port} cannot be used", "s3_port", "choose another port")
    return desk.place(*said, s3_server=True, s3_port=port)


def two_stores(desk: Desk) -> Typed:
    return desk.place("s3_server starts a store of its own", store="s3://bucket/main", s3_server=True)


def torn_passwords(desk: Desk) -> Typed:
    return _torn(desk, "credentials.json", '{"mlflow_password": "abc', "passwords cannot be read", "remove it")


def no_passwords(desk: Desk) -> Typed:
    return _torn(desk, "credentials.json", "{}", "passwords cannot be read", "new passwords are made")


def torn_registry(desk: Desk) -> Typed:
    return _torn(desk, "mlflow/mlflow.db", "SQLite format 3\0" + "x" * 5000, "a database of MLflow is torn", ".torn)")


def empty_registry(desk: Desk) -> Typed:
    return _torn(desk, "mlflow/mlflow.db", "", "a database of MLflow is torn: it is empty", "move it away")


def torn_log_ins(desk: Desk) -> Typed:
    return _torn(desk, "mlflow/users.db", "no database " * 900, "a database of MLflow is torn", "remove it")


def _torn(desk: Desk, name: str, content: str, *said: str) -> Typed:
    path = desk.folder / "out" / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    made_before(desk.folder / "out")
    return desk.recipe(*said, str(path))


def folder_in_the_place_of_the_summary(desk: Desk) -> Typed:
    (desk.folder / "out/summary.json").mkdir(parents=True)
    return desk.recipe("a folder stands where the file summary.json belongs", "move it away")


def file_in_the_place_of_the_reports(desk: Desk) -> Typed:
    (desk.folder / "out").mkdir()
    (desk.folder / "out/reports").write_text("mine")
    return desk.recipe("a file stands where the folder reports belongs", "move it away")


def served_folder_without_a_run(_: Desk) -> Typed:
    return Typed(arguments=["serve", "--out", "elsewhere"], said=("no run has been made here", "elsewhere"))


def variables_of_a_folder_nobody_serves(_: Desk) -> Typed:
    return Typed(arguments=["env", "--out", "out"], said=("no servers are up over this folder", "symbiont serve"))


def episode_of_an_old_schema(desk: Desk) -> Typed:
    return _of_version(desk, 0, "which this program no longer reads", "use another store")


def episode_of_a_newer_schema(desk: Desk) -> Typed:
    return _of_version(desk, 999, "newer than this program's", "update symbiont")


def _of_version(desk: Desk, version: int, *said: str) -> Typed:
    typed, episode = desk.interrupted(f"schema_version {version}", *said)
    record = json.loads(zstandard.decompress(encode_episode(episode))) | {"schema_version": version}
    path = desk.folder / "out" / STORE / episode.key
    path.write_bytes(zstandard.compress(json.dumps(record).encode()))
    typed.said += (episode.key,)
    return typed


def manifest_of_an_old_schema(desk: Desk) -> Typed:
    typed, _ = desk.interrupted("the manifest's version is 0", "start another run")
    (path,) = (desk.folder / "out" / STORE).rglob("manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"manifest_version": 0}))
    return typed


def no_name_of_a_run(_: Desk) -> Typed:
    return Typed(arguments=["run", "--run", "My Run"], said=("'My Run' cannot be the name of a run", "small letters"))


def round_far_off(_: Desk) -> Typed:
    said = ("round 5 of run laptop-0 cannot begin: it has no rounds", "which is round 1")
    return Typed(arguments=["run", "--round", "5"], said=said)


MISTAKES: tuple[Callable[[Desk], Typed], ...] = (
    wrong_key,
    unknown_task,
    unreachable_teacher,
    unreachable_other,
    unreachable_judge,
    wrong_credentials,
    no_credentials,
    full_disk,
    tokenizer_that_does_not_fit,
    student_that_is_not_there,
    agent_that_is_not_there,
    context_too_long,
    benchmark_folder_that_is_not_one,
    unknown_benchmark,
    broken_episode,
    broken_episode_in_a_list,
    port_in_use,
    s3_port_in_use,
    two_stores,
    torn_passwords,
    no_passwords,
    torn_registry,
    empty_registry,
    torn_log_ins,
    folder_in_the_place_of_the_summary,
    file_in_the_place_of_the_reports,
    served_folder_without_a_run,
    variables_of_a_folder_nobody_serves,
    episode_of_an_old_schema,
    episode_of_a_newer_schema,
    manifest_of_an_old_schema,
    no_name_of_a_run,
    round_far_off,
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_wrong_input_ends_at_once_and_leaves_nothing(
    mistake: Callable[[Desk], Typed],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = mistake(Desk(folder=tmp_path, request=request))
    before = files(tmp_path)
    for name in [name for name in os.environ if name.startswith(("AWS_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    for name, value in typed.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(GATE, "_guard", None)
    monkeypatch.setattr(sys, "argv", ["symbiont", *typed.arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    assert ended.value.code == 2, shown.out + shown.err
    for words in (*typed.said, "in:", "fix:"):
        assert words in shown.err
    for line in shown.err.splitlines():
        if line.startswith("  in: ") and "/" in line and "://" not in line:
            assert str(tmp_path) in line or "in: /" in line, "a path that means something only here"
    assert "Traceback" not in shown.err
    assert files(tmp_path) == before, "something was begun"


def made_before(out: Path) -> None:
    """What an earlier command had left there, so that a refused one can be seen to add nothing."""
    if not (out / "credentials.json").exists():
        load_credentials(out)
    (out / "mlflow").mkdir(exist_ok=True)


def files(folder: Path) -> dict[str, bytes]:
    """Every file and its content, and every folder; the lock and its folder are of the command, not of the run."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
        if path.name not in (".lock", "out")
    }


@pytest.fixture
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, [port] = tmp_path_factory.mktemp("s3"), free_ports(1)
    server = start_s3(folder / "s3", port=port, credentials=load_credentials(folder), log=folder / "log")
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]
