"""The white-box audit: records every model's own routing over its own answers, and judges by it.

Only for mixtures-of-experts whose routers can be read, all of them: a distance between a router and a shadow would mean
nothing. Each model reads the probes and its own answers with its own tokenizer (the authors' choice). A signature says
how an expert's tokens are spread over domains, so tokenizers need not be equal; but they must cut text into pieces of
the same order and lose none of it, or the experts of one model count letters where another's count words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.detect.answers import Answer, prompt_tokens, prompting_of
from components.detect.config import TestConfig
from components.detect.examine import Cast, Measured
from components.detect.probes import Probe, domains_of, probe_digest, replicates_of
from components.detect.record import RoutedText, find_routers, record
from components.detect.recording import Recording, Subject
from components.detect.result import Judged
from components.detect.shadow import AGAIN
from components.detect.signatures import signature
from components.detect.sources import Source
from components.detect.white_box import audit_recordings, by_group
from components.errors import InputError
from components.trajectories.digests import json_digest

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


def record_sources(
    sources: Sequence[Source],
    probes: Sequence[Probe],
    answers: Mapping[str, Sequence[Answer]],
    *,
    groups: int,
    work: Path,
) -> dict[str, Recording]:
    """Everybody's routing over their own answers; a recording that is in `work` is not made again."""
    recordings = {}
    for source in sources:
        said = [answer.text for answer in answers[source.name]]
        key = json_digest([source.digest, probe_digest(probes), said, groups, source.answer_tokens])
        path = work / f"{key[:32]}.safetensors"
        if not path.exists():
            _record(source, probes, said, groups=groups).save(path)
        recordings[source.name] = Recording.load(path)
    return recordings


def _record(source: Source, probes: Sequence[Probe], said: Sequence[str], *, groups: int) -> Recording:
    from components.models.weights import load_model

    if source.folder is None:
        raise ValueError(f"{source.name} has no folder")
    prompting, names = prompting_of(source), domains_of(probes)
    texts = (
        RoutedText(
            ids=[
                *prompt_tokens(prompting, probe, answer_tokens=source.answer_tokens),
                *prompting.encode_completion(text),
            ],
            domain=names.index(probe.domain),
            group=group,
        )
        for probe, text, group in zip(probes, said, replicates_of(probes, count=groups), strict=True)
    )
    subject = Subject(
        name=source.name,
        model_digest=source.digest,
        tokenizer_digest=tokenizer_digest(prompting.tokenizer),
        probe_digest=probe_digest(probes),
    )
    return record(load_model(source.folder), texts, subject=subject, domains=names, groups=groups, batch=BATCH)


def tokenizer_digest(tokenizer: Any) -> str:
    """SHA-256 over what decides how text is cut."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return json_digest(backend.to_str() if backend is not None else sorted(tokenizer.get_vocab().items()))


def measure_routing(cast: Cast, recordings: Mapping[str, Recording]) -> Measured:
    """Distances group by group; a teacher's noise floor is itself on other probes."""
    measured = Measured(cast)
    groups = {name: by_group(recording) for name, recording in recordings.items()}
    count = len(groups[cast.suspect])
    measured.first = {name: signature(recording, evidence="mass") for name, recording in recordings.items()}
    for number in range(count):
        signatures = {name: own[number] for name, own in groups.items()}
        again = {teacher + AGAIN: groups[teacher][(number + 1) % count] for teacher in cast.teachers}
        measured.add({**signatures, **again})
    return measured


def judge_routing(
    recordings: Mapping[str, Recording], teacher: str, *, suspect: str, controls: Sequence[str], test: TestConfig
) -> Judged:
    """The test of one suspect against one teacher on recordings."""
    judged = audit_recordings(
        recordings[teacher], recordings[suspect], {name: recordings[name] for name in controls}, config=test
    )
    return judged.model_copy(update={"suspect": suspect})
