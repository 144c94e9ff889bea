"""Shadow-MoE: a proxy mixture-of-experts distilled from a model's responses, so that a dense or remote model gets a
signature too.

Known from the paper: the idea, and that one proxy serves both sides. The authors' older code fine-tunes an existing
mixture-of-experts by plain cross-entropy on each side's responses. Ours: both sides' shadows have the same
architecture, initial weights, prompts, order and budget and differ in the responses alone; before they part, if they
do, the proxy is trained for a while on all sources' responses together; a proxy may be made from scratch.

Every finished shadow leaves its recording in the work folder, and one in training leaves a checkpoint, so a killed
audit continues where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.signatures.config import ShadowConfig
from components.signatures.hooks import RoutedText, record
from components.signatures.profile import Profile, record_profile
from components.signatures.proxy import Proxy, make_proxy
from components.signatures.recording import Recording, Subject
from components.signatures.training import Example, train

RECORDED_AT_ONCE = 128
AGAIN = " again"
"""Suffix of a teacher's second shadow: trained in another order, or, where none is trained, on other probes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One training of everybody's shadow: the probes, and what every source answered to them.

    Attributes:
        domains: index of each probe's domain; `names` are all domains of the audit.
        groups: of each probe, from 0: the parts that recordings keep apart.
        responses: by source, one text per probe.
        teachers: the sources whose shadows are trained a second time.
    """

    seed: int
    prompts: Sequence[str]
    domains: Sequence[int]
    names: Sequence[str]
    groups: Sequence[int]
    responses: Mapping[str, Sequence[str]]
    teachers: tuple[str, ...]

    def digest(self, config: ShadowConfig) -> str:
        """SHA-256 over everything the block's shadows depend on."""
        content = [
            self.seed,
            list(self.prompts),
            list(self.domains),
            list(self.names),
            list(self.groups),
            sorted((name, list(texts)) for name, texts in self.responses.items()),
            list(self.teachers),
            config.model_dump(mode="json", exclude={"checkpoint_seconds", "trainings"}),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What a finished shadow leaves: its routing over its source's answers, by domain and by probe."""

    recording: Recording
    profile: Profile


def shadow_block(
    block: Block, *, config: ShadowConfig, work: Path, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, Shadow]:
    """Trains and records one shadow per source, and one more of each teacher; what is in `work` is not made again.

    Returns:
        By source; each teacher's second under its name + `AGAIN`.
    """
    digest = block.digest(config)
    folder = work / digest[:32]
    again = [name + AGAIN for name in block.teachers] if config.steps else []
    names = [*sorted(block.responses), *again]
    paths = {name: folder / f"{_file(name)}.safetensors" for name in names}
    missing = [name for name in names if not paths[name].exists()]
    if missing:
        ready = len(names) - len(missing)
        for number, _ in enumerate(_make(block, missing, digest=digest, config=config, folder=folder, paths=paths)):
            if on_progress is not None:
                on_progress(ready + number + 1, len(names))
    made = {
        name: Shadow(recording=Recording.load(path), profile=Profile.load(_profile_path(path)))
        for name, path in paths.items()
    }
    if not config.steps:
        for name in block.teachers:
            made[name + AGAIN] = replace(made[name], recording=made[name].recording.elsewhere())
    return made


def _make(
    block: Block, names: Sequence[str], *, digest: str, config: ShadowConfig, folder: Path, paths: Mapping[str, Path]
) -> Iterator[str]:
    """Makes the missing ones; gives each name when its files are there, the recording last."""
    texts = [text for name in sorted(block.responses) for text in block.responses[name]]
    proxy = make_proxy(config, seed=block.seed, texts=[*block.prompts, *texts])
    common = _common_stage(block, proxy, config=config, folder=folder)
    for name in names:
        source = name.removesuffix(AGAIN)
        examples = _examples(proxy, block.prompts, block.responses[source], config=config)
        proxy.restore(common)
        train(
            proxy.model,
            examples,
            steps=config.steps,
            rate=config.rate,
            batch=config.batch,
            seed=block.seed + (1 if name.endswith(AGAIN) else 0),
            checkpoint=folder / f"{_file(name)}.training",
            every=config.checkpoint_seconds,
        )
        # The authors' choice: routing is recorded over the model's own answers, prompt included. (Profiles leave the
        # prompt out: it is the same for everybody.)
        routed = [
            RoutedText(ids=example.ids, domain=domain, group=group)
            for example, domain, group in zip(examples, block.domains, block.groups, strict=True)
        ]
        answered = [RoutedText(ids=one.ids[:-1], domain=0, group=0, start=one.start - 1) for one in examples]
        subject = Subject(
            name=name, model_digest=proxy.digest(), tokenizer_digest=proxy.tokenizer_digest, probe_digest=digest
        )
        profile = record_profile(proxy.model, answered, subject=subject, batch=RECORDED_AT_ONCE)
        profile.save(_profile_path(paths[name]))
        recording = record(
            proxy.model,
            routed,
            subject=subject,
            domains=block.names,
            groups=max(block.groups) + 1,
            batch=RECORDED_AT_ONCE,
        )
        recording.save(paths[name])
        yield name


def _common_stage(block: Block, proxy: Proxy, *, config: ShadowConfig, folder: Path) -> dict[str, Any]:
    """The weights all of a block's shadows start from."""
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
    return proxy.weights()


def _examples(proxy: Proxy, prompts: Sequence[str], responses: Sequence[str], *, config: ShadowConfig) -> list[Example]:
    """Prompt, separator, response, end; the loss is on the response and the end."""
    examples = []
    for prompt, response in zip(prompts, responses, strict=True):
        head = [*proxy.encode(prompt)[: config.prompt_tokens], proxy.separator]
        tail = [*proxy.encode(response)[: config.response_tokens], proxy.end]
        examples.append(Example(ids=[*head, *tail], start=len(head)))
    return examples


def _profile_path(recording: Path) -> Path:
    return recording.with_suffix(".profile.safetensors")


def _file(name: str) -> str:
    """A file name for any source's name."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]
