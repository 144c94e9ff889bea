"""The white-box audit: teacher and suspect read all models' answers, and the routing of their own experts is compared.

The verdict rests on readings (ours): the teacher's experts over the suspect's answers, beside its experts over its own
and over the controls'; and the suspect's likewise. Nothing is trained, and one router is only ever compared with
itself, so nothing depends on how the other numbers its experts or how many it has. Beside it stand the distances of
the authors' choice: every model's own routing over its own answers. A signature says how an expert's tokens are spread
over domains, so tokenizers need not be equal; but they must cut text into pieces of the same order and lose none of
it, or the experts of one model count letters where another's count words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.audit.answers import prompt_tokens, prompting_of
from components.audit.sources import Source
from components.errors import InputError
from components.signatures.hooks import RoutedText, find_routers
from components.signatures.measurement import Measurement
from components.signatures.profile import Profile
from components.signatures.reading import Reading, read
from components.signatures.recording import Recording, Subject
from components.trajectories.digests import json_digest
from components.verdicts.evidence import Cast, Evidence, OnProgress
from components.verdicts.probes import Probe, ProbeSet

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
    for name, model_prompting in prompting.items():
        ids = [
            token
            for probe in probes
            for token in model_prompting.tokenizer(probe.prompt, add_special_tokens=False)["input_ids"]
        ]
        unknown = model_prompting.tokenizer.unk_token_id
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRouting:
    """The instrument for mixtures-of-experts that can be opened (`Instrument`): their own experts, as they are.

    Attributes:
        work: where finished readings stay.
    """

    sources: Sequence[Source]
    work: Path

    def measure(
        self,
        cast: Cast,
        *,
        probes: ProbeSet,
        responses: Mapping[str, Sequence[str]],
        on_progress: OnProgress | None = None,
    ) -> Evidence:
        """As `Instrument.measure`; progress is in models that have read."""
        own_readings: dict[str, Reading] = {}
        heard: dict[str, dict[str, Profile]] = {}
        readers = [source for source in self.sources if source.name in responses]
        for number, source in enumerate(readers):
            reader = _Reader(source, probes, work=self.work)
            own_readings[source.name] = reader.reading(responses[source.name])
            if source.name in (*cast.teachers, cast.suspect):
                heard[source.name] = {name: reader.reading(texts).profile for name, texts in responses.items()}
            if on_progress is not None:
                on_progress(number + 1, len(readers))
        evidence = Evidence(cast, probes=probes)
        evidence.add_recordings(_recordings(own_readings, cast))
        for teacher in cast.teachers:
            for name in (teacher, cast.suspect):
                # Nothing here has noise of its own: the teacher, read a second time, is itself.
                second = {teacher: heard[name][teacher]}
                evidence.add_profiles(Measurement(first=heard[name], second=second), teachers=[teacher])
        return evidence


def _recordings(readings: Mapping[str, Reading], cast: Cast) -> Measurement[Recording]:
    """Everybody's over its own answers; a teacher's second is the same model on other probes."""
    first = {name: reading.recording for name, reading in readings.items()}
    return Measurement(first=first, second={teacher: first[teacher].elsewhere() for teacher in cast.teachers})


class _Reader:
    """A model with its tokenizer over the probes and somebody's answers; loaded when something is not there yet."""

    def __init__(self, source: Source, probes: ProbeSet, *, work: Path) -> None:
        if source.folder is None:
            raise ValueError(f"{source.name} has no folder")
        self.source, self.folder, self.probes, self.work = source, source.folder, probes, work
        self.prompting = prompting_of(source)
        self.subject = Subject(
            name=source.name,
            model_digest=source.digest,
            tokenizer_digest=tokenizer_digest(self.prompting.tokenizer),
            probe_digest=probes.digest,
        )

    @cached_property
    def model(self) -> Any:
        from components.models.weights import load_model

        return load_model(self.folder)

    def reading(self, texts: Sequence[str]) -> Reading:
        """The model's routing over prompts and texts; its profile is of the texts alone."""
        replicates = max(self.probes.replicates) + 1
        content = [self.source.digest, self.probes.digest, list(texts), replicates, self.source.answer_tokens]
        path = self.work / f"reading-{json_digest(content)[:32]}.safetensors"
        if not path.exists():
            read(
                self.model,
                self._rows(texts),
                subject=self.subject,
                domains=self.probes.domains,
                replicates=replicates,
                batch=BATCH,
            ).save(path)
        return Reading.load(path)

    def _rows(self, texts: Sequence[str]) -> Iterator[RoutedText]:
        places = zip(self.probes, texts, self.probes.domain_of, self.probes.replicates, strict=True)
        for probe, text, domain, replicate in places:
            prompt = prompt_tokens(self.prompting, probe, answer_tokens=self.source.answer_tokens)
            ids = [*prompt, *self.prompting.encode_completion(text)]
            yield RoutedText(ids=ids, domain=domain, replicate=replicate, answer=(len(prompt) - 1, len(ids)))


def tokenizer_digest(tokenizer: Any) -> str:
    """SHA-256 over what decides how text is cut."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return json_digest(backend.to_str() if backend is not None else sorted(tokenizer.get_vocab().items()))
