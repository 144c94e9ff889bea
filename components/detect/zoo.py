"""A zoo of tiny checkpoints made from scratch, whose descent is known: what detection is measured on.

Teachers are trained on answers in their family's style, students on what a teacher wrote, and ground-truth students on
a third style. A *sibling* teacher has its family's style and another seed, so its students are the hard negatives:
only the idiosyncrasies of one training run tell them from the teacher's own. Everything follows from the seed, and
every finished checkpoint's answers and routing are kept under a digest of what they were made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from components.detect.config import ShadowConfig
from components.detect.probes import Probe, domains_of, probe_digest, replicates_of
from components.detect.proxy import Proxy, make_proxy
from components.detect.record import RoutedText, record
from components.detect.recording import Recording, Subject
from components.detect.training import Example, train
from components.detect.zoo_language import DOMAINS, FACTS, QUALITIES, SLOTS, THINGS, Style, answers, questions

Kind = Literal["teacher", "student", "ground_truth"]
LONGEST_ANSWER = 40


class ZooConfig(BaseModel):
    """How large a zoo is, and which one: another seed, other domains or experts make another zoo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, description="everything in the zoo follows from it")
    families: int = Field(2, ge=2, le=8, description="families of teachers, each with two siblings")
    students: int = Field(2, ge=1, description="students of every teacher")
    independents: int = Field(4, ge=3, description="students of nobody: trained on ground truth in another style")
    domains: int = Field(6, ge=2, le=len(DOMAINS), description="domains of the questions")
    experts: int = Field(8, ge=2, description="experts of the first family's models; each further family has two more")
    lessons: int = Field(240, ge=32, description="questions a model is trained on")
    probes: int = Field(96, ge=32, description="questions every model is asked; none of them is a lesson")
    steps: int = Field(150, ge=1, description="training steps of every model")
    replicates: int = Field(6, ge=5, description="groups of probes")
    shuffled: bool = Field(False, description="let every student learn from a random teacher: nothing can be found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A checkpoint as an audit sees it: its answers to the probes and its routing over them.

    Attributes:
        teacher: name of the teacher it was distilled from; empty for teachers and ground truth. For scoring only.
    """

    name: str
    kind: Kind
    family: int
    teacher: str
    answers: tuple[str, ...]
    routing: Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class _Birth:
    """What one checkpoint is made of."""

    name: str
    kind: Kind
    family: int
    teacher: str
    seed: int
    experts: int
    taught: Sequence[str]


def build(config: ZooConfig, *, cache: Path) -> tuple[list[Probe], list[Member]]:
    """The zoo's probes and members. What is in `cache` is not made again; a killed build continues."""
    asked = questions(config.lessons + config.probes, domains=config.domains, seed=config.seed)
    lessons, probes = asked[: config.lessons], asked[config.lessons :]
    members: dict[str, Member] = {}
    taught: dict[str, list[str]] = {}
    for birth in _births(config, lessons, taught):
        members[birth.name], taught[birth.name] = _raise(birth, config, lessons, probes, cache=cache)
    return probes, list(members.values())


def _births(config: ZooConfig, lessons: Sequence[Probe], taught: dict[str, list[str]]) -> Iterator[_Birth]:
    """Teachers first; `taught` fills with what they answer to the lessons while this is consumed."""
    base = 1000 * config.seed
    teachers = [f"teacher {family}{mark}" for family in range(config.families) for mark in "ab"]
    for number, name in enumerate(teachers):
        family = number // 2
        style = Style.drawn(base + family, domains=config.domains)
        yield _Birth(
            name=name,
            kind="teacher",
            family=family,
            teacher="",
            seed=base + 10 + number,
            experts=config.experts + 2 * family,
            taught=answers(lessons, style, seed=base + 100 + number),
        )
    for number, teacher in enumerate(teachers):
        for student in range(config.students):
            seed = base + 200 + number * config.students + student
            source = teachers[seed * 7919 % len(teachers)] if config.shuffled else teacher
            yield _Birth(
                name=f"student {student} of {teacher}",
                kind="student",
                family=number // 2,
                teacher=teacher,
                seed=seed,
                experts=config.experts,
                taught=taught[source],
            )
    for number in range(config.independents):
        yield _Birth(
            name=f"independent {number}",
            kind="ground_truth",
            family=-1,
            teacher="",
            seed=base + 500 + number,
            experts=config.experts,
            taught=answers(lessons, Style.drawn(base + 50 + number, domains=config.domains), seed=base + 600 + number),
        )


def _raise(
    birth: _Birth, config: ZooConfig, lessons: Sequence[Probe], probes: Sequence[Probe], *, cache: Path
) -> tuple[Member, list[str]]:
    """Trains a checkpoint, or takes what it left; gives it and its answers to the lessons."""
    folder = cache / _digest(birth, config, lessons, probes)
    said, routed = folder / "answers.json", folder / "routing.safetensors"
    if not said.exists():
        proxy = _train(birth, config, lessons, folder=folder)
        written = {
            "lessons": generate(proxy, [one.prompt for one in lessons]) if birth.kind == "teacher" else [],
            "probes": generate(proxy, [one.prompt for one in probes]),
        }
        _record(proxy, probes, written["probes"], config=config, name=birth.name).save(routed)
        partial = said.with_suffix(".partial")
        partial.write_text(json.dumps(written))
        partial.replace(said)
    stored = json.loads(said.read_text())
    member = Member(
        name=birth.name,
        kind=birth.kind,
        family=birth.family,
        teacher=birth.teacher,
        answers=tuple(stored["probes"]),
        routing=Recording.load(routed),
    )
    return member, stored["lessons"]


def _train(birth: _Birth, config: ZooConfig, lessons: Sequence[Probe], *, folder: Path) -> Proxy:
    words = [" ".join(group) for group in (DOMAINS, THINGS, QUALITIES, FACTS, *SLOTS)]
    shape = ShadowConfig(vocabulary=400, experts=birth.experts, prompt_tokens=20, response_tokens=LONGEST_ANSWER)
    proxy = make_proxy(
        shape, seed=birth.seed, texts=[*words, *(f" {word}" for text in words for word in text.split())] * 2
    )
    examples = [
        Example(ids=[*head, *proxy.encode(answer), proxy.end], start=len(head))
        for head, answer in (
            (_head(proxy, one.prompt), answer) for one, answer in zip(lessons, birth.taught, strict=True)
        )
    ]
    train(
        proxy.model,
        examples,
        steps=config.steps,
        rate=3e-3,
        batch=16,
        seed=birth.seed,
        checkpoint=folder / "training",
        every=30.0,
    )
    return proxy


def generate(proxy: Proxy, prompts: Sequence[str]) -> list[str]:
    """Greedy answers. Prompts of equal length run together, so there is no padding before an answer."""
    import torch

    by_length: dict[int, list[int]] = {}
    heads = [_head(proxy, prompt) for prompt in prompts]
    for index, head in enumerate(heads):
        by_length.setdefault(len(head), []).append(index)
    written = [""] * len(prompts)
    with torch.inference_mode():
        for rows in by_length.values():
            ids = torch.tensor([heads[row] for row in rows])
            cache: Any = None
            step, found = ids, []
            for _ in range(LONGEST_ANSWER):
                out = proxy.model(input_ids=step, past_key_values=cache, use_cache=True)
                cache, step = out.past_key_values, out.logits[:, -1].argmax(-1, keepdim=True)
                found.append(step)
                if bool((torch.cat(found, 1) == proxy.end).any(1).all()):
                    break
            for row, tokens in zip(rows, torch.cat(found, 1).tolist(), strict=True):
                written[row] = proxy.decode(tokens[: tokens.index(proxy.end)] if proxy.end in tokens else tokens)
    return written


def _head(proxy: Proxy, prompt: str) -> list[int]:
    return [*proxy.encode(prompt), proxy.separator]


def _record(proxy: Proxy, probes: Sequence[Probe], said: Sequence[str], *, config: ZooConfig, name: str) -> Recording:
    names = domains_of(probes)
    groups = replicates_of(probes, count=config.replicates)
    texts = (
        RoutedText(ids=[*_head(proxy, one.prompt), *proxy.encode(text)], domain=names.index(one.domain), group=group)
        for one, text, group in zip(probes, said, groups, strict=True)
    )
    subject = Subject(
        name=name,
        model_digest=proxy.digest(),
        tokenizer_digest=proxy.tokenizer_digest,
        probe_digest=probe_digest(probes),
    )
    return record(proxy.model, texts, subject=subject, domains=names, groups=config.replicates, batch=32)


def _digest(birth: _Birth, config: ZooConfig, lessons: Sequence[Probe], probes: Sequence[Probe]) -> str:
    content = [
        [birth.name, birth.kind, birth.teacher, birth.seed, birth.experts, list(birth.taught)],
        [config.steps, config.replicates, probe_digest(lessons), probe_digest(probes)],
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]
