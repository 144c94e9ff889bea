"""A full disk, in rooms that write much or often: what happened is named, nothing is torn, and the same goes on."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError

from components.errors import InfraError, InputError
from components.files import disk_errors, is_full
from tests.components.exchange.published import adp_row, api, finish, web, write
from tests.conftest import OpenAIServer

ROOMS = """
import json, sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
import numpy as np
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.distill.samples import Sample
from components.distill.sample_files import TRAIN, VALIDATION, SampleWriter, read_samples
from components.errors import InputError
from components.exchange.imports import import_file
from components.files import disk_errors
from components.maps.kept import KeptMap
from components.maps.look import Look
from components.privacy.log import Log, read_chains
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, KnowledgeStep
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Origin

disk, rows, endpoint = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
store = open_store(disk / "store")
log = Log(store, run="r")
pages = KeptMap(Look, Round(run="r", number=1, seed=0, store=store, work=disk), site="s", user="")
vectors = EmbeddingEndpoint(base_url=endpoint, model="m", api_key_env="SYMBIONT_NO_SUCH_KEY")
knowledge = KnowledgeBase.open(str(disk / "knowledge"), embedding=vectors)
split = make_split(open_benchmark("miniwob"))
step = KnowledgeStep(observation="[1] button" * 900, action="click [1]", described="click button", reason="why")
entries = [
    KnowledgeEntry(id=f"{n:032d}", task_id="click-test", template="Click the button.", seed=1, intent=f"Press {n}",
        instruction="", summary="", steps=(step,), end="", found_by="teacher", solved=True, round=1,
        episode_key=f"key {n}", start=0)
    for n in range(40)
]
sample = Sample(example_id="a", kind="action", tokens=np.arange(200_000, dtype=np.int32), start=1, weight=1.0)

def look(n):
    return Look(asked=f"/{n}", address=f"/{n}", title="page", heading="", structure="x", text="words " * 400)

def logged(n):
    body = {"n": n, "text": "word " * 900}
    log.write(endpoint="http://e/v1", body=body, stopped=Counter(), refused=False, detectors=())

def samples_kept():
    with SampleWriter(disk / "samples" / TRAIN) as train, SampleWriter(disk / "samples" / VALIDATION) as validation:
        train.finish([train.add(sample)])
        validation.finish([])

def imported():
    return import_file(store, rows, form="adp", origin=Origin(source="s", licence="MIT")).episodes

WORK = {
    "import": imported,
    "map": lambda: pages.keep(look(sum(1 for _ in pages.met()))),
    "log": lambda: logged(1),
    "knowledge": lambda: knowledge.add(entries, guard=split),
    "samples": samples_kept,
}

def tried(name):
    try:
        with disk_errors():
            return str(WORK[name]())
    except InputError as error:
        return f"{error.what} {error.fix}"

filler = disk / "filler"
with suppress(OSError), filler.open("wb", buffering=0) as file:
    while True:
        file.write(b"x" * 4096)
said = {name: [tried(name)] for name in WORK}
filler.unlink()
for name in WORK:
    said[name].append(tried(name))
[chain] = read_chains(store, "r")
tokens = read_samples(disk / "samples").train[0].tokens
said["after"] = [len(list(pages.met())), len(chain.entries), chain.broken, len(knowledge), len(tokens)]
print(json.dumps(said))
"""


def test_each_room_names_a_full_disk_and_goes_on_when_it_is_mended(tmp_path: Path, openai_server: OpenAIServer) -> None:
    rows = write(
        tmp_path / "rows.jsonl", [adp_row(f"Buy {n}", web(), api("click", bid="a40"), finish("done")) for n in range(3)]
    )
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = f'mount -t tmpfs -o size=8m none "{disk}" && "$0" -c "$1" "{disk}" "{rows}" "{openai_server.base_url}"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, sys.executable, ROOMS]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount:" in out.stderr or "unshare:" in out.stderr:
        pytest.skip(f"no small file system can be mounted here: {out.stderr.strip()}")
    assert out.returncode == 0, out.stderr
    said = json.loads(out.stdout.splitlines()[-1])
    assert said.pop("after") == [1, 1, "", 40, 200_000]
    for room, (full, mended) in said.items():
        assert "no space left" in full.lower(), f"{room}: {full}"
        assert "free some space" in full, f"{room}: {full}"
        assert mended in ("3", "40", "None"), f"{room}: {mended}"


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device", "/tmp/x"),
        OSError(122, "Disk quota exceeded"),
        OSError("200000 requested and 4064 written"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("lance error: LanceError(IO): Generic LocalFileSystem error: File too large (os error 27)"),
    ],
)
def test_whatever_library_finds_a_disk_full_the_user_is_told_the_same(error: Exception) -> None:
    with pytest.raises(InputError, match="no space left on the disk") as raised, disk_errors():
        raise error
    assert raised.value.where
    assert "free some space" in raised.value.fix


@pytest.mark.parametrize(
    "error", [OSError(13, "Permission denied"), ValueError("a full moon"), InfraError("disk is full?")]
)
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, disk_errors():
        raise error
    assert raised.value is error


def test_numpy_says_it_in_words_alone() -> None:
    with pytest.raises(OSError, match="requested") as raised, Path("/dev/full").open("wb", buffering=0) as full:
        np.arange(100_000).tofile(full)
    assert is_full(raised.value)
