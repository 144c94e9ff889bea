"""Probe sets of an audit of models from elsewhere: from a JSONL file or built in, and checked first.

A probe is {"id": ..., "domain": ..., "prompt": ...}. Every model is asked the same ones.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.errors import InputError
from components.verdicts.probes import MIN_DOMAINS, Probe, ProbeSet


class ProbeRow(BaseModel):
    """A probe as it stands in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    domain: str = Field(min_length=1, max_length=80)
    prompt: str = Field(min_length=1)

    def probe(self) -> Probe:
        return Probe(id=self.id, domain=self.domain, prompt=self.prompt)


def read_probes(path: Path) -> tuple[ProbeRow, ...]:
    """The probes of a JSONL file.

    Raises:
        InputError: the file cannot be read, or a line is no probe; names the line.
    """
    rows = []
    for where, value in read_lines(path, content="probes"):
        try:
            rows.append(ProbeRow.model_validate(value))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the line"
            raise InputError(
                f"not a probe: {field}: {first['msg']}",
                where=where,
                fix='every line is {"id": "...", "domain": "...", "prompt": "..."}',
            ) from error
    return tuple(rows)


def read_lines(path: Path, *, content: str) -> Iterator[tuple[str, Any]]:
    """(file and line number, value) of every line of a JSONL file that is not empty."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the file of {content} cannot be read: {error}", where=str(path), fix="give a JSONL file in UTF-8"
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            yield where, json.loads(line)
        except ValueError as error:
            raise InputError(f"not JSON: {error}", where=where, fix="give one JSON object on every line") from error


def checked_probes(rows: Sequence[ProbeRow], *, domains: Sequence[str], replicates: int, need: int) -> ProbeSet:
    """The probes of the wanted domains, once they are fit for a verdict.

    Args:
        domains: only these; all when empty.
        need: fewest probes a verdict can be given on.

    Raises:
        InputError: an id stands twice, a wanted domain is unknown, or too few probes or domains are left.
    """
    if twice := [name for name, count in Counter(row.id for row in rows).items() if count > 1]:
        raise InputError(
            f"{len(twice)} probe ids occur more than once, first {twice[0]!r}",
            where="probes",
            fix="give every probe an id of its own",
        )
    names = sorted({row.domain for row in rows})
    for domain in domains:
        if domain not in names:
            close = difflib.get_close_matches(domain, names, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise InputError(
                f"no probe is of the domain {domain!r}",
                where="--domain",
                fix=f"{hint}the probes' domains are {', '.join(names)}",
            )
    probes = ProbeSet.of([row.probe() for row in rows if not domains or row.domain in domains], replicates=replicates)
    remaining = probes.domains
    if len(remaining) < MIN_DOMAINS:
        raise InputError(
            f"the probes are of {len(remaining)} domain{'' if len(remaining) == 1 else 's'}, and specialization needs "
            f"at least {MIN_DOMAINS} to compare",
            where=", ".join(remaining) or "probes",
            fix="give probes of more domains",
        )
    if len(probes) < need:
        raise InputError(
            f"{len(probes)} probes are too few for a verdict, {need} are needed",
            where="probes",
            fix="give more probes, or lower test.replicates or probes_per_replicate in the settings",
        )
    return probes
