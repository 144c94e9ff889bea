"""The methods of the table. Each says how alike two voices are; none is told who was made from whom.

A voice is a member asked under a condition. Likenesses are arrays [replicates], or [1] where a method has none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bench.detection.scenarios import PLAIN
from bench.detection.zoo.build import REPLICATES, Member
from bench.detection.zoo.models import profile, teach
from components.signatures.arrays import Floats
from components.signatures.distances import compare, specialization_distance
from components.signatures.likeness import Likeness
from components.signatures.measurement import Measurement
from components.signatures.profile import Profile
from components.signatures.reading import Reading as ShadowReading
from components.signatures.signature import Signature, signature
from components.trajectories.digests import json_digest
from components.verdicts.config import TestConfig
from components.verdicts.probes import ProbeSet
from components.verdicts.verdict import Likenesses

if TYPE_CHECKING:
    from pathlib import Path

READING_RATE = 1e-3
Voice = tuple[str, str]
"""A member's name and the condition it is asked under."""


@dataclass(frozen=True, kw_only=True)
class Zoo:
    """What methods may see of a zoo, and which members serve as controls."""

    probes: ProbeSet
    members: Mapping[str, Member]

    @property
    def controls(self) -> list[str]:
        """Members known to come from no teacher. (A method is told these, as an auditor would be.)"""
        return [name for name, member in self.members.items() if member.training == "truth"]

    @property
    def teachers(self) -> list[str]:
        return [name for name, member in self.members.items() if member.asked_about]

    def likeness(self, profiles: Measurement[Profile], *, controls: Sequence[str] = ()) -> Likeness:
        """Of profiles that one instrument made."""
        return Likeness(profiles, domains=self.probes.domain_of, replicates=self.probes.replicates, controls=controls)

    def said(self, voice: Voice) -> Sequence[str]:
        name, condition = voice
        return self.members[name].answers[condition]


class Method(ABC):
    """A way to tell how alike voices are."""

    name: str
    inside: tuple[str, ...] = ("none", "teacher", "suspect", "both")
    """The kinds of scenario it can be used in (`Scenario.inside`). By default all with answers."""
    repeats = False
    """Whether it also measures every teacher a second time (`alike_to_second`), which shows its own noise."""
    test = TestConfig()
    """What its verdicts need, where it repeats."""

    def __init__(self, zoo: Zoo) -> None:
        self.zoo = zoo

    def controls(self, suspect: str) -> list[str]:
        """Members that come from nobody and can serve in a verdict on the suspect."""
        return [name for name in self.zoo.controls if name != suspect]

    def likenesses(self, teacher: str, suspect: Voice) -> Likenesses:
        """Everything that a verdict on one suspect needs. Controls speak plainly."""
        pair = (teacher, suspect[0])
        controls = [(name, PLAIN) for name in self.controls(suspect[0])]
        rows, columns = [(teacher, PLAIN), *controls], [suspect, *controls]
        return Likenesses(
            pairs={(a[0], b[0]): self.alike(a, b, pair=pair) for a in rows for b in columns if a != b},
            second={a[0]: self.alike_to_second(a, pair=pair) for a in rows} if self.repeats else {},
        )

    @abstractmethod
    def alike(self, a: Voice, b: Voice, *, pair: tuple[str, str]) -> Floats:
        """How alike two voices are in a verdict on a pair of teacher and suspect; more is more alike."""

    def alike_to_second(self, a: Voice, *, pair: tuple[str, str]) -> Floats:
        """How alike a voice is to the pair's teacher, measured a second time."""
        raise NotImplementedError(f"{self.name} measures nobody twice")

    def by_replicate(self, values: Sequence[float]) -> Floats:
        replicates = np.array(self.zoo.probes.replicates)
        return np.array([np.asarray(values)[replicates == replicate].mean() for replicate in range(REPLICATES)])


class Pairwise(Method):
    """A method whose likeness of two voices does not depend on the pair that is judged."""

    def __init__(self, zoo: Zoo) -> None:
        super().__init__(zoo)
        self._known: dict[tuple[Voice, Voice], Floats] = {}

    @abstractmethod
    def _alike(self, a: Voice, b: Voice) -> Floats: ...

    def alike(self, a: Voice, b: Voice, *, pair: tuple[str, str]) -> Floats:  # noqa: ARG002 - it makes none
        if (a, b) not in self._known:
            self._known[a, b] = self._alike(a, b)
        return self._known[a, b]


class Shadows(Pairwise):
    """Ours: how alike the routing profiles of two voices' shadows are, in the mean of several trainings."""

    repeats = True

    def __init__(self, zoo: Zoo, shadows: Sequence[Measurement[ShadowReading]], *, name: str) -> None:
        """`shadows` holds, for each training seed, every voice's by `label`."""
        super().__init__(zoo)
        self.name = name
        self._instruments = [
            zoo.likeness(trained.each(lambda reading: reading.profile), controls=zoo.controls) for trained in shadows
        ]
        self._second: dict[tuple[Voice, str], Floats] = {}

    def _alike(self, a: Voice, b: Voice) -> Floats:
        values = [instrument.of(label(a), label(b), without=(a[0], b[0])) for instrument in self._instruments]
        return np.asarray(np.mean(values, axis=0))

    def alike_to_second(self, a: Voice, *, pair: tuple[str, str]) -> Floats:
        teacher = pair[0]
        if (a, teacher) not in self._second:
            values = [instrument.to_second(label(a), teacher, without=(a[0],)) for instrument in self._instruments]
            self._second[a, teacher] = np.asarray(np.mean(values, axis=0))
        return self._second[a, teacher]


class ShadowDistances(Pairwise):
    """The paper's signatures over domains, on the same shadows: by one of the distances of `distances.compare`."""

    def __init__(self, zoo: Zoo, shadows: Sequence[Measurement[ShadowReading]], *, kind: str) -> None:
        super().__init__(zoo)
        self.shadows = shadows
        self.kind = kind
        self.name = f"own shadow {kind.replace('_', ' ')}"

    @cached_property
    def _signatures(self) -> list[dict[str, Signature]]:
        return [
            {name: signature(reading.recording) for name, reading in shadow.first.items()} for shadow in self.shadows
        ]

    def _alike(self, a: Voice, b: Voice) -> Floats:
        values = [DISTANCES[self.kind](signatures[label(a)], signatures[label(b)]) for signatures in self._signatures]
        return np.array([-np.mean(values)])


class OwnRouting(Pairwise):
    """The models' own routing over their own answers: nothing is trained. Profiles, as in `Shadows`."""

    name = "own routing profiles"
    inside = ("both",)

    def controls(self, suspect: str) -> list[str]:
        return [name for name in super().controls(suspect) if self.zoo.members[name].routing is not None]

    def _alike(self, a: Voice, b: Voice) -> Floats:
        return self._likeness.of(a[0], b[0])

    @cached_property
    def _likeness(self) -> Likeness:
        """Every model is an instrument of its own, so there is no mean of controls that could be explained away."""
        routings = {name: member.routing for name, member in self.zoo.members.items() if member.routing is not None}
        return self.zoo.likeness(Measurement(first=routings, second={}))


class Reading(Method):
    """Ours: a mixture of the pair reads everybody's answers, and its own experts are compared between readings.

    The mixture is the shadow's architecture and start at once. With `steps`, it is also trained a little on what it
    reads, as a shadow is: one shadow serves where one side of the pair is a mixture. Where both are, both read.
    """

    inside = ("both", "teacher", "suspect")
    repeats = True
    test = TestConfig().of_routing()

    def __init__(self, zoo: Zoo, *, steps: int, work: Path) -> None:
        super().__init__(zoo)
        self.steps = steps
        self.work = work
        self.name = "shadows of the mixture" if steps else "the mixture reads"
        self._instruments: dict[str, tuple[dict[str, Profile], Likeness]] = {}
        self._known: dict[tuple[str, Voice, Voice], Floats] = {}

    def alike(self, a: Voice, b: Voice, *, pair: tuple[str, str]) -> Floats:
        readers = [name for name in pair if self.zoo.members[name].shape.experts]
        return np.asarray(np.mean([self._read_alike(reader, *sorted((a, b))) for reader in readers], axis=0))

    def alike_to_second(self, a: Voice, *, pair: tuple[str, str]) -> Floats:
        """A second reading is the first once more, so the scale's zero is the teacher's own words."""
        return self.alike(a, (pair[0], PLAIN), pair=pair)

    def _read_alike(self, reader: str, a: Voice, b: Voice) -> Floats:
        key = (reader, a, b)
        if key not in self._known:
            if reader not in self._instruments:
                self._instruments[reader] = self._instrument(reader)
            heard, instrument = self._instruments[reader]
            for voice in (a, b):
                if label(voice) not in heard:
                    heard[label(voice)] = self._reading(reader, voice)
            self._known[key] = instrument.of(label(a), label(b), without=(a[0], b[0]))
        return self._known[key]

    def _instrument(self, reader: str) -> tuple[dict[str, Profile], Likeness]:
        """What a reader has read, the controls first, and its likenesses."""
        heard = {name: self._reading(reader, (name, PLAIN)) for name in self.zoo.controls}
        return heard, self.zoo.likeness(Measurement(first=heard, second={}), controls=self.zoo.controls)

    def _reading(self, reader: str, voice: Voice) -> Profile:
        """The reader's routing over what the voice says; kept in a file."""
        member = self.zoo.members[reader]
        prompts, answers = self.zoo.probes.prompts, self.zoo.said(voice)
        digest = json_digest([member.folder.name, self.steps, REPLICATES, list(answers)])
        path = self.work / f"{digest[:32]}.safetensors"
        if not path.exists():
            proxy = member.load()
            if self.steps:
                teach(proxy, prompts, answers, steps=self.steps, seed=0, work=self.work, rate=READING_RATE)
            profile(proxy, prompts, answers, name=reader, probe_digest=self.zoo.probes.digest).save(path)
        return Profile.load(path)


def label(voice: Voice) -> str:
    """A voice's name among the sources of a shadow block; a plain voice's is its member's own."""
    name, condition = voice
    return name if condition == PLAIN else f"{name} | {condition}"


def _by(kind: str) -> Callable[[Signature, Signature], float]:
    return lambda a, b: float(getattr(compare(a, b), kind))


DISTANCES: Mapping[str, Callable[[Signature, Signature], float]] = {
    "specialization": specialization_distance,
    "collaboration": _by("collaboration"),
    "nearest_js": _by("nearest_js"),
}
