"""The checks before a round, each a function that passes silently or raises InputError with a fix."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import deque
from pathlib import Path

from components.agents.config import AgentConfig, HybridConfig
from components.benchmarks.split import Split
from components.errors import InputError
from components.models.devices import NVIDIA, Devices
from components.models.memory import BYTES, USED, Shape
from components.pods import Pod
from components.preflight.numbering import rounds_of
from components.serving.config import Deployment, Given, Here, ServingConfig
from components.trajectories.episodes import list_episodes, load_episodes
from components.trajectories.manifest import ANOTHER_RUN, read_manifest
from components.trajectories.rounds import Round
from components.trajectories.store import Store
from components.trajectories.tables import read_table

MOST_READ = 2000


def check_disk(folder: Path, *, free_gb: float) -> None:
    """Whether the scratch folder can be written and has room for a round; one that is missing is not made."""
    try:
        existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
        probe = existing / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"symbiont")
        finally:
            probe.unlink(missing_ok=True)
        free = shutil.disk_usage(existing).free / 1e9
    except OSError as error:
        fix = "free some space, or choose another folder with --out"
        raise InputError(f"the work folder cannot be written: {error.strerror}", where=str(folder), fix=fix) from error
    if free < free_gb:
        raise InputError(
            f"the disk has {free:.1f} GB left, a round needs {free_gb:g} GB",
            where=str(folder),
            fix="free some space, choose another folder with --out, or lower free_gb in the place",
        )


def check_served_at_home(teacher: AgentConfig, serving: ServingConfig) -> None:
    """Whether a student beside a hybrid teacher is served at home: it is asked in tokens, which no detector reads."""
    if (
        isinstance(teacher, HybridConfig)
        and isinstance(serving, Given)
        and not teacher.privacy.is_home(serving.base_url)
    ):
        raise InputError(
            f"requests to the student are tokens, which no detector reads, and {serving.base_url} is not at home",
            where="serving.base_url",
            fix="name its host in teacher.privacy.home if it is yours, or serve the student at home",
        )
    if isinstance(teacher, HybridConfig) and isinstance(serving, Deployment):
        raise InputError(
            "requests to the student are tokens, which no detector reads, and its server, another host in each round, "
            "cannot be named in teacher.privacy.home",
            where="serving.kind",
            fix="serve the student in the stages' pods, or at an address that is given and at home",
        )


def check_room_to_think(shape: Shape, serving: ServingConfig) -> None:
    """Whether this machine has room for the weights of a student that thinks on it.

    Raises:
        InputError: it has not; names the precision that would fit, if one does.
    """
    if isinstance(serving, Given | Deployment):
        return
    by_vllm = isinstance(serving, Here) and NVIDIA.is_dir()
    precision = serving.precision or ("bf16" if by_vllm else "fp32")
    size = Devices().bytes_each
    if (needed := BYTES[precision] * shape.parameters) <= USED * size:
        return
    half = precision == "fp32" and needed / 2 <= USED * size
    raise InputError(
        f"a student of {shape.parameters / 1e9:.2g} billion parameters takes {needed / 1e9:.1f} GB in {precision} to "
        f"think; this machine has {size / 1e9:.1f} GB, of which {USED:.0%} may be used",
        where="place: serving",
        fix="set serving.precision to bf16"
        if half
        else "serve it elsewhere (serving.kind: given), or take a smaller one",
    )


def check_shadows_gpu(pod: Pod) -> None:
    """Whether there is a GPU where the audit's shadows live: here, or in the pod of detect."""
    if not pod.accelerators and not NVIDIA.is_dir():
        raise InputError(
            "the audit's shadows are to live on a GPU; this machine has none, and detect's pod asks for none",
            where="detect.shadow.device",
            fix="set it to cpu, or pods.detect.accelerators in the place of a cluster to 1",
        )


def check_context(folder: Path, *, context: int) -> None:
    """Whether the student reads as many tokens as the recipe trains with; reads its configuration alone."""
    path = folder / "config.json"
    try:
        longest = json.loads(path.read_text()).get("max_position_embeddings")
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            f"the student's configuration cannot be read: {error}", where=str(path), fix="save the model again"
        ) from error
    if longest is not None and context > longest:
        raise InputError(
            f"the recipe trains with {context} tokens, the student reads at most {longest}",
            where="distill.context",
            fix="lower context, or choose a student that reads more",
        )


def check_tokenizer(folder: Path) -> None:
    """Whether the student's tokenizer and embedding fit each other; loads no weights."""
    from components.models.prompting import load_prompting

    load_prompting(folder).check_vocabulary()


def check_never_taught(round: Round, split: Split) -> None:
    """Whether nothing that is held out now was explored in an earlier round of the run, which had another split.

    Raises:
        InputError: names the tasks.
    """
    reasons: dict[str, str] = {}
    for number in range(1, round.number):
        earlier = round.at(number)
        if read_manifest(earlier).split == split.digest():
            continue
        try:
            table = read_table(
                round.store, f"{earlier.prefix}/tables/episodes.parquet", columns=["task_id", "template"]
            )
        except KeyError:
            continue  # nothing was learnt of that round
        for task_id, template in {(row["task_id"], row["template"]) for row in table.to_pylist()}:
            if why := split.why_heldout(task_id=task_id, template=template, intent="", seed=None):
                reasons.setdefault(task_id, f"{task_id} in round {number}: {why}")
    if reasons:
        raise InputError(
            "what is held out now was learnt from earlier in this run:\n" + "\n".join(sorted(reasons.values())),
            where="tasks",
            fix=f"keep these tasks among those of training, or {ANOTHER_RUN}",
        )


def check_stored(store: Store, *, run: str) -> None:
    """Whether this program can read what an interrupted run left: its unfinished round's manifest and episodes; of more
    than `MOST_READ` of them, so many from all over.

    Raises:
        InputError: an object is broken or of a schema this program does not read; names its key.
    """
    line = rounds_of(store, run)
    if number := line.unfinished:
        round = Round(run=run, number=number, seed=0, store=store, work=Path())
        read_manifest(round)
        keys = list(list_episodes(store, f"{round.prefix}/episodes/"))
        deque(load_episodes(store, keys[:: math.ceil(len(keys) / MOST_READ) or 1]), maxlen=0)
