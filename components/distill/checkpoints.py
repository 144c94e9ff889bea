"""Checkpoints from which a killed training goes on, bit for bit.

A checkpoint is a safetensors file, or one for each process that a student is divided among. It has the trained weights,
the optimizers' moments, torch's random state as a tensor, and the rest as JSON in the file's metadata, with a digest
over everything. Of sharded tensors a file has the rows of its process, in the order of the processes, so that any other
number of processes can go on too. A file appears whole or not at all. A checkpoint counts when all its files are there;
only the newest few are kept. A damaged one is set aside, and training goes on from the one before. So is one with files
of two trainings, which on a GPU differ in their numbers: every file names the set it was written with. Never pickle.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.distill.group import ALONE, Group, own_rows
from components.files import whole
from components.tensor_files import write_tensors

if TYPE_CHECKING:
    from components.trajectories.store import Store

MOMENTS = ("exp_avg", "exp_avg_sq", "momentum_buffer")  # two of AdamW, one of Muon
RANDOM = "random.torch"
NAME = re.compile(r"step-(\d+)(?:\.(\d+)-of-(\d+))?\.safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """What was restored: the number of finished steps, and what the loop noted so far."""

    step: int
    notes: dict[str, Any]


def checkpoint_name(step: int, group: Group = ALONE) -> str:
    share = f".{group.rank}-of-{group.shares}" if group.shares > 1 else ""
    return f"step-{step:08d}{share}.safetensors"


def checkpoints(names: Iterable[str]) -> list[tuple[str, ...]]:
    """The names of each checkpoint of which every file is there, oldest first."""
    files_of: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for name in names:
        if parts := NAME.fullmatch(name):
            files_of.setdefault((int(parts[1]), int(parts[3] or 1)), []).append((int(parts[2] or 0), name))
    sets = ((key, sorted(files)) for key, files in sorted(files_of.items()))
    return [tuple(name for _, name in files) for (_, size), files in sets if len(files) == size]


def save_checkpoint(
    folder: Path,
    *,
    learnt: Mapping[str, Any],
    optimizers: Sequence[Any],
    step: int,
    notes: dict[str, Any],
    keep: int,
    group: Group = ALONE,
) -> Path:
    """Writes this process's part of the state after `step` steps, and removes its files but the newest `keep`: of many
    parts at least two, since the others may not have written theirs of the newest. Checkpoints of another number of
    parts, from before a change of the place, go once there is a whole one of this number."""
    import torch

    names = {id(parameter): name for name, parameter in learnt.items()}
    tensors = {f"model.{name}": own_rows(parameter.detach()).contiguous() for name, parameter in learnt.items()}
    for optimizer in optimizers:
        for parameter, state in optimizer.state.items():
            for moment in state.keys() & set(MOMENTS):
                tensors[f"{moment}.{names[id(parameter)]}"] = own_rows(state[moment]).contiguous()
    tensors[RANDOM] = torch.get_rng_state()
    fields = {"step": str(step), "notes": json.dumps(notes)}
    path = folder / checkpoint_name(step, group)
    digest = _digest(sorted(tensors.items()), fields)
    fields |= {"digest": digest, "set": _set_name(group.gather(digest) if group.shares > 1 else [digest])}
    write_tensors(path, tensors, metadata=fields)
    files = sorted(folder.glob("step-*.safetensors"))
    own_files = [file for file in files if share_of(file.name) == share_of(path.name)]
    for old in own_files[: -max(keep, min(2, group.shares))]:
        old.unlink(missing_ok=True)
    if group.leads and (group.shares == 1 or len(own_files) > 1):  # every process has written the one before
        for other in [file for file in files if _size(file.name) != group.shares]:
            other.unlink(missing_ok=True)
    return path


def restore_checkpoint(
    folder: Path, *, learnt: Mapping[str, Any], optimizers: Sequence[Any], group: Group = ALONE
) -> Progressed | None:
    """Puts the newest checkpoint that is whole on every machine into what is learnt, optimizers and torch's random
    state; None where none is."""
    import torch
    from safetensors import safe_open

    paths = _newest_of_all(folder, group=group)
    if not paths:
        return None
    files: list[Any] = [safe_open(path, framework="pt") for path in paths]
    fields = files[0].metadata()
    step = int(fields["step"])
    keys = set(files[0].keys())
    owners = {
        id(parameter): optimizer
        for optimizer in optimizers
        for settings in optimizer.param_groups
        for parameter in settings["params"]
    }
    with torch.no_grad():
        for name, parameter in learnt.items():
            own_rows(parameter).copy_(_rows(files, f"model.{name}", group=group, like=parameter))
            owner = owners[id(parameter)]
            counted_on = parameter.device if owner.defaults.get("fused") else "cpu"
            state = owner.state[parameter] = {"step": torch.tensor(float(step), device=counted_on)}
            for moment in (moment_name for moment_name in MOMENTS if f"{moment_name}.{name}" in keys):
                state[moment] = torch.zeros_like(parameter)
                own_rows(state[moment]).copy_(_rows(files, f"{moment}.{name}", group=group, like=parameter))
    torch.set_rng_state(files[group.rank % len(files)].get_tensor(RANDOM))
    return Progressed(step=step, notes=json.loads(fields["notes"]))


def fetch_checkpoint(prefix: str, *, store: Store, folder: Path) -> None:
    """Brings the store's newest whole checkpoint here, unless it is here: another machine may have gone on, and one of
    several that train together may have a newer one, which the others lack."""
    in_store = checkpoints(key.removeprefix(prefix) for key in store.list(prefix))
    in_folder = checkpoints(path.name for path in folder.glob("step-*"))
    folder.mkdir(parents=True, exist_ok=True)
    for names in reversed(in_store):
        if names in in_folder:
            return
        with suppress(KeyError):  # a process that still runs has removed it
            for name in names:
                with whole(folder / name) as part:
                    store.get_file(f"{prefix}{name}", part)
            if _set_of([_metadata(folder / name) for name in names]):
                return


def _rows(files: Sequence[Any], key: str, *, group: Group, like: Any) -> Any:
    """This process's rows of a tensor whose rows lie in these files one after the other."""
    import torch

    if len(files) == 1 and group.shares == 1:
        return files[0].get_tensor(key)
    begin, end = group.rows_of(like.shape[0]) if like.ndim else (0, 1)
    parts, at = [], 0
    for file in files:
        part = file.get_slice(key)
        size = part.get_shape()[0]
        low, high = max(begin, at), min(end, at + size)
        if low < high:
            parts.append(part[low - at : high - at])
        at += size
    return torch.cat(parts) if parts else own_rows(like)


def _newest_of_all(folder: Path, *, group: Group) -> list[Path]:
    """The files of the newest checkpoint that one training wrote and every machine has. What is torn is set aside, and
    what is newer removed: all go on from the same step, and make it again."""
    if group.leads:
        for part in folder.glob(".step-*"):  # what a killed writer left
            part.unlink(missing_ok=True)
    first, *others = group.gather(checkpoints(path.name for path in folder.glob("step-*")))
    for names in reversed(first):
        if all(names in theirs for theirs in others) and _is_one(group.gather(_set_here(folder, names, group))):
            _remove_newer(folder, step=_step_of(names[0]), group=group)
            return [folder / name for name in names]
    _remove_newer(folder, step=-1, group=group)
    return []


def _set_here(folder: Path, names: Iterable[str], group: Group) -> str | None:
    """The set that these files form on this machine, as found by its first process, which sets torn ones aside; empty
    if they form none. None in the other processes.
    """
    if not group.leads:
        return None
    metadata = {path: _metadata(path) for path in (folder / name for name in names)}
    for path, fields in metadata.items():
        if fields is None:
            path.replace(path.with_suffix(".torn"))
            print(f"distill: {path} is torn: set aside as {path.stem}.torn, going on from before it", flush=True)
    return _set_of([*metadata.values()])


def _is_one(sets: Iterable[str | None]) -> bool:
    """Whether all machines have the same set."""
    names = {name for name in sets if name is not None}
    return len(names) == 1 and "" not in names


def _remove_newer(folder: Path, *, step: int, group: Group) -> None:
    for path in folder.glob("step-*.safetensors") if group.leads else ():
        if _step_of(path.name) > step:
            path.unlink()


def _step_of(name: str) -> int:
    parts = NAME.fullmatch(name)
    return int(parts[1]) if parts else -1


def share_of(name: str) -> str:
    """Whose part of a checkpoint a file is."""
    return name.partition(".")[2]


def _size(name: str) -> int:
    """How many files its checkpoint has."""
    parts = NAME.fullmatch(name)
    return int(parts[3] or 1) if parts else 0


def _metadata(path: Path) -> dict[str, str] | None:
    """A file's metadata; None where the file is damaged. One tensor at a time is in memory."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            fields = {name: text for name, text in metadata.items() if name not in ("digest", "set")}
            tensors = ((name, file.get_tensor(name)) for name in sorted(file.keys()))
            return metadata if _digest(tensors, fields) == metadata.get("digest") else None
    except (SafetensorError, OSError, ValueError):
        return None


def _set_of(metadata: Sequence[Mapping[str, str] | None]) -> str:
    """The name of the set that files form; empty where one is damaged or was written with others.

    Args:
        metadata: of each file, from `_metadata`, in the order of the processes.
    """
    whole_files = [fields for fields in metadata if fields is not None]
    name = _set_name(fields["digest"] for fields in whole_files)
    is_set = len(whole_files) == len(metadata) and all(fields.get("set") == name for fields in whole_files)
    return name if is_set else ""


def _set_name(digests: Iterable[str]) -> str:
    """A set's name, by the digests of its files in the order of the processes."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _digest(tensors: Iterable[tuple[str, Any]], fields: Mapping[str, str]) -> str:
    """SHA-256 over the metadata and over every tensor's name, type, shape and bytes; tensors are in order of name."""
    import torch

    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode())
    for name, tensor in tensors:
        digest.update(f"{name}\0{tensor.dtype}\0{list(tensor.shape)}\n".encode())
        digest.update(tensor.cpu().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
