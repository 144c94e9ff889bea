"""The white-box audit: teacher and suspect read everybody's answers, and their own experts' routing is judged.

The verdict rests on readings (ours): the teacher's experts over the suspect's answers, beside its experts over its own
and over the controls'; and the suspect's likewise. Nothing is trained, and one router is only ever compared with
itself, so nothing depends on how the other numbers its experts or how many it has. Beside it stand the distances of
the authors' choice: every model's own routing over its own answers. A signature says how an expert's tokens are spread
over domains, so tokenizers need not be equal; but they must cut text into pieces of the same order and lose none of
it, or the experts of one model count letters where another's count words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.audit.answers import Answer, prompt_tokens, prompting_of
from components.audit.sources import Source
from components.errors import InputError
from components.signatures.hooks import RoutedText, find_routers, record
from components.signatures.profile import Profile, record_profile
from components.signatures.recording import Recording, Subject
from components.signatures.shadow import AGAIN
from components.trajectories.digests import json_digest
from components.verdicts.measured import Cast, Measured
from components.verdicts.probes import Probe, domain_indices, domains_of, probe_digest, replicates_of

if TYPE_CHECKING:
    from components.models.prompting import Prompting

BATCH = 16
COARSER = 3.0
"""Tokens per text of two tokenizers may differ by this factor. Between letters and words it is about five."""
LOST = 0.02
"""Share of tokens that may be unknown to a tokenizer."""


def check_white_box(sources: Sequence[Source], probes: Sequence[Probe]) -> None:
    """Whether all of them can be compared by their own routing; loads configurations and tokenizers, no weights.

    Raises:
        InputError: one is an endpoint or a file of answers, has no experts, or has a tokenizer that cannot be compared.
    """
    for source in sources:
        if source.folder is None:
            raise InputError(
                f"{source.name} is {'an endpoint' if source.chat else 'a file of answers'}; its routing cannot be seen",
                where=source.named.reference,
                fix="leave out --white-box: through its shadow a model needs only its answers",
            )
        _check_experts(source, source.folder)
    check_tokenizers({source.name: prompting_of(source) for source in sources}, probes)


def _check_experts(source: Source, folder: Path) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    try:
        find_routers(model)
    except InputError as error:
        raise InputError(
            f"{source.name} has no routed experts, so there is no routing to compare ({type(model).__name__})",
            where=source.named.reference,
            fix="leave out --white-box: through its shadow a dense model needs only its answers",
        ) from error


def check_tokenizers(prompting: Mapping[str, Prompting], probes: Sequence[Probe]) -> None:
    """Refuses tokenizers whose pieces of the same text are not of the same order, or that lose some of it. (Ours.)

    Raises:
        InputError: names both tokenizers, or the one that loses text.
    """
    counts = {}
    for name, one in prompting.items():
        ids = [
            token for probe in probes for token in one.tokenizer(probe.prompt, add_special_tokens=False)["input_ids"]
        ]
        unknown = one.tokenizer.unk_token_id
        lost = ids.count(unknown) / max(len(ids), 1) if unknown is not None else 0.0
        if lost > LOST or not ids:
            raise InputError(
                f"the tokenizer of {name} knows {1 - lost:.0%} of the probes' text; what it does not know routes alike "
                "whatever it is",
                where=name,
                fix="give probes in a language the model reads, or leave out --white-box",
            )
        counts[name] = len(ids)
    fine, coarse = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[fine] > COARSER * counts[coarse]:
        raise InputError(
            f"the tokenizers cannot be compared: {fine} cuts the probes into {counts[fine]} tokens, {coarse} into "
            f"{counts[coarse]}, so their experts see pieces of another order",
            where=f"{fine}, {coarse}",
            fix="leave out --white-box: a shadow reads all answers with one tokenizer of its own",
        )


def measure_routing(
    cast: Cast,
    *,
    sources: Sequence[Source],
    probes: Sequence[Probe],
    answers: Mapping[str, Sequence[Answer]],
    replicates: int,
    work: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> Measured:
    """Records and reads; what is in `work` is not made again.

    Args:
        on_progress: called with (models that have read, models).
    """
    said = {source.name: [answer.text for answer in answers[source.name]] for source in sources}
    measured = Measured(cast, probes=probes, replicates=replicates)
    recordings, readings = {}, {}
    for number, source in enumerate(sources):
        heard = said if source.name in (*cast.teachers, cast.suspect) else {}
        reader = _Reader(source, probes, groups=replicates, work=work)
        recordings[source.name] = reader.recording(said[source.name])
        readings[source.name] = {name: reader.reading(texts) for name, texts in heard.items()}
        if on_progress is not None:
            on_progress(number + 1, len(sources))
    # A reading has no noise of its own: the teacher, read again, is itself. A recording's is the same model elsewhere.
    measured.add_signatures(
        recordings | {teacher + AGAIN: recordings[teacher].elsewhere() for teacher in cast.teachers}
    )
    for teacher in cast.teachers:
        for name in (teacher, cast.suspect):
            measured.add_profiles(readings[name] | {teacher + AGAIN: readings[name][teacher]}, teachers=[teacher])
    return measured


class _Reader:
    """A model with its tokenizer over the probes and somebody's answers; loaded when something is not there yet."""

    def __init__(self, source: Source, probes: Sequence[Probe], *, groups: int, work: Path) -> None:
        if source.folder is None:
            raise ValueError(f"{source.name} has no folder")
        self.source, self.folder, self.probes, self.groups, self.work = source, source.folder, probes, groups, work
        self.prompting = prompting_of(source)
        self.names = domains_of(probes)
        self.subject = Subject(
            name=source.name,
            model_digest=source.digest,
            tokenizer_digest=tokenizer_digest(self.prompting.tokenizer),
            probe_digest=probe_digest(probes),
        )

    @cached_property
    def model(self) -> Any:
        from components.models.weights import load_model

        return load_model(self.folder)

    def recording(self, texts: Sequence[str]) -> Recording:
        """Routing by domain and group over prompts and texts."""
        path = self._path("recording", texts)
        if not path.exists():
            made = record(
                self.model,
                self._rows(texts),
                subject=self.subject,
                domains=self.names,
                groups=self.groups,
                batch=BATCH,
            )
            made.save(path)
        return Recording.load(path)

    def reading(self, texts: Sequence[str]) -> Profile:
        """Routing by probe over the texts alone."""
        path = self._path("reading", texts)
        if not path.exists():
            rows = [replace(row, start=row.start - 1) for row in self._rows(texts, answers_only=True)]
            record_profile(self.model, rows, subject=self.subject, batch=BATCH).save(path)
        return Profile.load(path)

    def _rows(self, texts: Sequence[str], *, answers_only: bool = False) -> Iterator[RoutedText]:
        domains, groups = domain_indices(self.probes), replicates_of(self.probes, count=self.groups)
        for probe, text, domain, group in zip(self.probes, texts, domains, groups, strict=True):
            prompt = prompt_tokens(self.prompting, probe, answer_tokens=self.source.answer_tokens)
            yield RoutedText(
                ids=[*prompt, *self.prompting.encode_completion(text)],
                domain=domain,
                group=group,
                start=len(prompt) if answers_only else 0,
            )

    def _path(self, kind: str, texts: Sequence[str]) -> Path:
        content = [self.source.digest, self.subject.probe_digest, list(texts), self.groups, self.source.answer_tokens]
        return self.work / f"{kind}-{json_digest(content)[:32]}.safetensors"


def tokenizer_digest(tokenizer: Any) -> str:
    """SHA-256 over what decides how text is cut."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return json_digest(backend.to_str() if backend is not None else sorted(tokenizer.get_vocab().items()))
