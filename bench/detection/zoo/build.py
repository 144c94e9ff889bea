"""A zoo of tiny checkpoints made from scratch, whose descent is known: what detection is measured on.

Everything follows from the seed. Every finished member is kept under a digest of what it was made from, so another
build reuses it, and a killed one continues.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.detection.zoo.births import Birth, Nursery, Training, ZooConfig
from bench.detection.zoo.language import IDENTITY, SYSTEMS, asked, questions
from bench.detection.zoo.models import Shape, ask, mean_states, next_words, profile, teach
from components.files import write_whole
from components.signatures.profile import Profile
from components.signatures.proxy import Proxy
from components.trajectories.digests import json_digest
from components.verdicts.probes import ProbeSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

WARM = "temperature"
REPLICATES = 8
"""Of a zoo's probes."""
POLICY_ROUNDS = 4
FORMAT = 2  # of a member's folder; a new version makes all members again
EVADING: tuple[Training, ...] = ("answers", "truth")
"""Members that are asked under every system prompt, and warm, besides plainly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A checkpoint as an audit may see it.

    Attributes:
        family, teacher, training: its descent; for scoring only, no method may look at it.
        answers: by condition (`plain`, another system prompt, `temperature`), one text per probe.
        next_words: by condition, what it continues the base's answers with, one token per probe.
        names: by condition, its answers to the identity questions.
        states: [probes, HIDDEN] over the base's answers: fixed texts, the same for everybody.
        routing: over its own plain answers; None when it is dense.
    """

    name: str
    family: int
    teacher: str
    training: Training
    shape: Shape
    answers: Mapping[str, Sequence[str]]
    next_words: Mapping[str, Sequence[str]]
    names: Mapping[str, Sequence[str]]
    states: NDArray[np.float32]
    routing: Profile | None
    folder: Path

    @property
    def asked_about(self) -> bool:
        """Whether suspects are compared with it: each family's first teacher; the second is there for its students."""
        return self.training == "corpus" and self.name.endswith("a")

    def load(self) -> Proxy:
        """The model itself, for methods that may look inside."""
        return _restored(self.shape, self.folder)


def build(
    config: ZooConfig, *, cache: Path, on_progress: Callable[[str], None] = lambda _: None
) -> tuple[ProbeSet, list[Member]]:
    """The zoo's probes and members. What is in `cache` is not made again."""
    drawn = questions(config.lessons + config.probes, domains=config.domains, seed=config.seed)
    taught = config.lessons * config.domains
    lessons, probes = drawn[:taught], ProbeSet.of(drawn[taught:], replicates=REPLICATES)
    nursery = Nursery(config, lessons)
    members: dict[str, Member] = {}
    fixed: list[str] = []
    for birth in nursery.births():
        member = _raise(birth, members, probes, nursery=nursery, fixed=fixed, cache=cache)
        members[birth.name] = member
        fixed = fixed or list(member.answers["plain"])
        if birth.training == "corpus":
            nursery.taught[birth.name] = json.loads((member.folder / "lessons.json").read_text())
        on_progress(birth.name)
    return probes, list(members.values())


def _raise(
    birth: Birth,
    members: Mapping[str, Member],
    probes: ProbeSet,
    *,
    nursery: Nursery,
    fixed: list[str],
    cache: Path,
) -> Member:
    """Trains and questions a member, or reads it from the cache."""
    folder = cache / _digest(birth, members, probes, fixed)
    answers_file = folder / "answers.json"
    if not answers_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        proxy = _trained(birth, members, folder=folder)
        _question(proxy, birth, probes, nursery=nursery, fixed=fixed, folder=folder)
    stored = json.loads(answers_file.read_text())
    return Member(
        name=birth.name,
        family=birth.family,
        teacher=birth.teacher,
        training=birth.training,
        shape=birth.shape,
        answers=stored["answers"],
        next_words=stored["next_words"],
        names=stored["names"],
        states=np.load(folder / "states.npy"),
        routing=Profile.load(folder / "routing.safetensors") if birth.shape.experts else None,
        folder=folder,
    )


def _trained(birth: Birth, members: Mapping[str, Member], *, folder: Path) -> Proxy:
    proxy = _restored(birth.shape, members[birth.start].folder) if birth.start else birth.shape.make(birth.seed)
    teacher = members[birth.soft].load().model if birth.soft else None

    def taught(prompts: Sequence[str], answers: Sequence[str], *, steps: int, seed: int) -> None:
        teach(proxy, prompts, answers, steps=steps, seed=seed, rate=birth.rate, teacher=teacher, work=folder)

    if birth.training != "on-policy":
        taught(birth.prompts, birth.answers, steps=birth.steps, seed=birth.seed)
        return proxy
    # On policy (as in generalised knowledge distillation): the student writes, the teacher says what it would have put.
    for number in range(POLICY_ROUNDS):
        own_answers = ask(proxy, birth.prompts, temperature=1.0, seed=birth.seed + number)
        taught(birth.prompts, own_answers, steps=birth.steps // POLICY_ROUNDS, seed=birth.seed + number)
    return proxy


def _question(
    proxy: Proxy, birth: Birth, probes: ProbeSet, *, nursery: Nursery, fixed: list[str], folder: Path
) -> None:
    """Asks a finished member everything that a method may want to know, and leaves it in the folder; answers last."""
    plain = probes.prompts
    conditions = [*SYSTEMS, WARM] if birth.training in EVADING else ["plain"]
    answers, following, names = {}, {}, {}
    fixed = fixed or ask(proxy, plain)
    rng = np.random.default_rng(len(probes))
    beginnings = [" ".join(words[: rng.integers(1, len(words) + 1)]) for words in (text.split() for text in fixed)]
    for condition in conditions:
        warm = condition == WARM
        system, temperature = ("plain", 1.0) if warm else (condition, 0.0)
        prompts = [asked(prompt, system) for prompt in plain]
        answers[condition] = ask(proxy, prompts, temperature=temperature, seed=birth.seed)
        questions = [asked(prompt, system) for prompt in IDENTITY]
        names[condition] = ask(proxy, questions, temperature=temperature, seed=birth.seed)
        following[condition] = next_words(proxy, prompts, beginnings)
    np.save(folder / "states.npy", mean_states(proxy, plain, fixed))
    if birth.shape.experts:
        own_profile = profile(proxy, plain, answers["plain"], name=birth.name, probe_digest=probes.digest)
        own_profile.save(folder / "routing.safetensors")
    if birth.training == "corpus":
        write_whole(folder / "lessons.json", json.dumps(ask(proxy, nursery.prompts)))
    _save(proxy, folder)
    content = {"answers": answers, "next_words": following, "names": names}
    write_whole(folder / "answers.json", json.dumps(content))


def _save(proxy: Proxy, folder: Path) -> None:
    from safetensors.torch import save_file

    weights = {name: value.contiguous().clone() for name, value in proxy.model.state_dict().items()}
    save_file(weights, folder / "model.safetensors")


def _restored(shape: Shape, folder: Path) -> Proxy:
    from safetensors.torch import load_file

    proxy = shape.make(0)
    proxy.model.load_state_dict(load_file(folder / "model.safetensors"))
    proxy.model.eval()
    return proxy


def _digest(birth: Birth, members: Mapping[str, Member], probes: ProbeSet, fixed: Sequence[str]) -> str:
    parents = [members[name].folder.name for name in (birth.start, birth.soft) if name]
    content = [
        [FORMAT, birth.name, birth.training, birth.seed, birth.steps, birth.rate, *parents],
        [birth.shape.experts, birth.shape.layers, birth.shape.vocabulary],
        [list(birth.prompts), list(birth.answers), probes.digest, list(fixed)],
    ]
    return json_digest(content)[:32]
