"""Shadow-MoE: a proxy mixture-of-experts distilled from a model's responses, so that a dense or remote model gets a
signature too.

Known from the paper: the idea, and that one proxy serves both sides. The authors' older code fine-tunes an existing
mixture-of-experts by plain cross-entropy on each side's responses. Ours: both sides' shadows have the same
architecture, initial weights, prompts, order and budget and differ in the responses alone; before they part, if they
do, the proxy is trained for a while on all sources' responses together; a proxy may be made from scratch.

Every finished shadow leaves its reading in the work folder, and one in training leaves a checkpoint, so a killed
audit continues where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from components.signatures.config import ShadowConfig
from components.signatures.hooks import RoutedText
from components.signatures.measurement import Measurement
from components.signatures.proxy import Proxy, make_proxy
from components.signatures.reading import Reading, read
from components.signatures.recording import Subject
from components.signatures.training import Example, train
from components.signatures.weights import read_model, write_model

READ_AT_ONCE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One training of everybody's shadow: the probes, and what every source answered to them.

    Attributes:
        domains: index of each probe's domain; `names` are all domains of the audit.
        replicates: of each probe, from 0: what recordings keep apart.
        responses: by source, one text per probe.
        teachers: the sources whose shadows are trained a second time.
    """

    seed: int
    prompts: Sequence[str]
    domains: Sequence[int]
    names: Sequence[str]
    replicates: Sequence[int]
    responses: Mapping[str, Sequence[str]]
    teachers: tuple[str, ...]

    def digest(self, config: ShadowConfig) -> str:
        """SHA-256 over everything the block's shadows depend on."""
        content = [
            self.seed,
            list(self.prompts),
            list(self.domains),
            list(self.names),
            list(self.replicates),
            sorted((name, list(texts)) for name, texts in self.responses.items()),
            list(self.teachers),
            config.model_dump(mode="json", exclude={"checkpoint_seconds", "trainings"}),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shadow:
    """One shadow of a block: a source's first, or a teacher's second, which is trained in another order."""

    source: str
    second: bool = False

    def path(self, folder: Path, *, suffix: str = ".safetensors") -> Path:
        """Its file, whatever the source is called."""
        name = hashlib.sha256(self.source.encode()).hexdigest()[:16]
        return folder / f"{name}{'.second' if self.second else ''}{suffix}"


def shadow_block(
    block: Block, *, config: ShadowConfig, work: Path, on_progress: Callable[[int, int], None] | None = None
) -> Measurement[Reading]:
    """Lets one shadow for each source read its responses, and one more for each teacher; what is in `work` is not made
    again.

    Where no shadow has a training of its own, a second one would be the first: the teacher's second is then the same
    reading with its recording on other probes (`Recording.elsewhere`).
    """
    digest = block.digest(config)
    folder = work / digest[:32]
    firsts = [_Shadow(source=source) for source in sorted(block.responses)]
    seconds = [_Shadow(source=teacher, second=True) for teacher in block.teachers if config.steps]
    everyone = [*firsts, *seconds]
    missing = [shadow for shadow in everyone if not shadow.path(folder).exists()]
    if missing:
        ready = len(everyone) - len(missing)
        for number, _ in enumerate(_make(block, missing, digest=digest, config=config, folder=folder)):
            if on_progress is not None:
                on_progress(ready + number + 1, len(everyone))
    first, second = (
        {shadow.source: Reading.load(shadow.path(folder)) for shadow in shadows} for shadows in (firsts, seconds)
    )
    if not config.steps:
        second = {name: replace(first[name], recording=first[name].recording.elsewhere()) for name in block.teachers}
    return Measurement(first=first, second=second)


def _make(
    block: Block, missing: Sequence[_Shadow], *, digest: str, config: ShadowConfig, folder: Path
) -> Iterator[_Shadow]:
    """Makes the missing ones; gives each when its files are there."""
    texts = [text for name in sorted(block.responses) for text in block.responses[name]]
    proxy = make_proxy(config, seed=block.seed, texts=[*block.prompts, *texts])
    _common_stage(block, proxy, config=config, folder=folder)
    start, shared = folder / "start.safetensors", "" if config.steps else proxy.digest()
    if config.steps:
        write_model(proxy.model, start)
    for shadow in missing:
        examples = _examples(proxy, block.prompts, block.responses[shadow.source], config=config)
        if config.steps:
            read_model(proxy.model, start)
            train(
                proxy.model,
                examples,
                steps=config.steps,
                rate=config.rate,
                batch=config.batch,
                seed=block.seed + shadow.second,
                checkpoint=shadow.path(folder, suffix=".training"),
                every=config.checkpoint_seconds,
            )
        subject = Subject(
            name=shadow.source,
            model_digest=shared or proxy.digest(),
            tokenizer_digest=proxy.tokenizer_digest,
            probe_digest=digest,
        )
        reading = read(
            proxy.model,
            _texts(examples, block),
            subject=subject,
            domains=block.names,
            replicates=max(block.replicates) + 1,
            batch=READ_AT_ONCE,
        )
        reading.save(shadow.path(folder))
        yield shadow
    start.unlink(missing_ok=True)


def _texts(examples: Sequence[Example], block: Block) -> Iterator[RoutedText]:
    """What a shadow reads. The authors' choice: routing is recorded over the model's own answers, prompt included.
    (Profiles leave the prompt out: it is the same for everybody.)"""
    for example, domain, replicate in zip(examples, block.domains, block.replicates, strict=True):
        yield RoutedText(
            ids=example.ids,
            domain=domain,
            replicate=replicate,
            answer=(example.start - 1, len(example.ids) - 1),
        )


def _common_stage(block: Block, proxy: Proxy, *, config: ShadowConfig, folder: Path) -> None:
    """Trains the proxy to what all of a block's shadows start from."""
    if config.common_steps:
        pooled = [
            example
            for name in sorted(block.responses)
            for example in _examples(proxy, block.prompts, block.responses[name], config=config)
        ]
        train(
            proxy.model,
            pooled,
            steps=config.common_steps,
            rate=config.common_rate,
            batch=config.batch,
            seed=block.seed,
            checkpoint=folder / "common.training",
            every=config.checkpoint_seconds,
            keep=True,
        )


def _examples(proxy: Proxy, prompts: Sequence[str], responses: Sequence[str], *, config: ShadowConfig) -> list[Example]:
    """Prompt, separator, response, end; the loss is on the response and the end."""
    examples = []
    for prompt, response in zip(prompts, responses, strict=True):
        head = [*proxy.encode(prompt)[: config.prompt_tokens], proxy.separator]
        tail = [*proxy.encode(response)[: config.response_tokens], proxy.end]
        examples.append(Example(ids=[*head, *tail], start=len(head)))
    return examples
