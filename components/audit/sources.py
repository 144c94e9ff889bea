"""Opens what an audit's references name: a model's folder, an endpoint's client, or a file of answers.

Opening checks everything that can be checked before a question is asked: that the model is there and whole, that the
endpoint takes our key and our request, that every probe has one stored answer. Weights are not loaded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from components.agents.config import ChatConfig
from components.audit.probe_files import read_lines
from components.audit.references import Named
from components.audit.request import AuditRequest, Role, same_model
from components.errors import InputError
from components.models.files import folder_digest, resolve_model
from components.trajectories.digests import json_digest
from components.verdicts.probes import Probe

if TYPE_CHECKING:
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One model of an audit, opened.

    Attributes:
        digest: of the weights and files; of what is asked (address, model, sampling) for an endpoint, whose weights
            nobody can see; of the answers for a file.
        folder, chat, given: what it is: one of them is set. `given` are answers by probe id.
        answer_tokens: longest answer asked for.
    """

    role: Role
    named: Named
    digest: str
    answer_tokens: int
    folder: Path | None = None
    chat: ChatConfig | None = None
    given: dict[str, str] | None = None

    @property
    def name(self) -> str:
        return self.named.name


class AnswerRow(BaseModel):
    """A line of a file of stored answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    probe_id: str
    answer: str


def open_sources(request: AuditRequest, probes: Sequence[Probe], *, store: Store, work: Path) -> list[Source]:
    """All models of the audit, teachers first.

    Raises:
        InputError: a reference names nothing, answers are missing, a key is not set, a control is the teacher itself
            or, for a white-box audit, a model is no mixture-of-experts that can be read.
    """
    sources = [
        _open(role, named, request=request, probes=probes, store=store, work=work) for role, named in request.members()
    ]
    by_digest: dict[str, Source] = {}
    for source in sources:
        first = by_digest.setdefault(source.digest, source)
        if first is not source:
            raise same_model((first.role, first.named), (source.role, source.named), why="what is in it is the same")
    return sources


def _open(
    role: Role, model: Named, *, request: AuditRequest, probes: Sequence[Probe], store: Store, work: Path
) -> Source:
    tokens = request.settings.answer_tokens
    if model.kind == "endpoint":
        chat = request.settings.chat(model)
        settings = chat.model_dump(include={"model", "base_url", "temperature", "max_tokens"})
        return Source(role=role, named=model, digest=json_digest(settings), answer_tokens=tokens, chat=chat)
    if model.kind == "answers":
        answers = read_answers(Path(model.reference), probes)
        return Source(role=role, named=model, digest=json_digest(answers), answer_tokens=tokens, given=answers)
    folder = resolve_model(model.reference, work=work, store=store)
    return Source(role=role, named=model, digest=folder_digest(folder), answer_tokens=tokens, folder=folder)


def read_answers(path: Path, probes: Sequence[Probe]) -> dict[str, str]:
    """The answers of a file, by probe id, those to the audit's probes alone.

    Raises:
        InputError: a line is no answer, a probe is answered twice or not at all.
    """
    answers: dict[str, str] = {}
    for where, line in read_lines(path, content="answers"):
        try:
            row = AnswerRow.model_validate(line)
        except ValidationError as error:
            raise InputError(
                f"not an answer: {error.errors()[0]['msg']}",
                where=where,
                fix='every line is {"probe_id": "...", "answer": "..."}',
            ) from error
        if row.probe_id in answers:
            raise InputError(f"the probe {row.probe_id!r} is answered twice", where=where, fix="keep one")
        answers[row.probe_id] = row.answer
    missing = [probe.id for probe in probes if probe.id not in answers]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(probes)} probes have no answer here, first {missing[0]!r}",
            where=str(path),
            fix="ask the model the same probes: give their file with --probes, or add what is missing",
        )
    return {probe.id: answers[probe.id] for probe in probes}
