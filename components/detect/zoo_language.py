"""The made-up language of the zoo: questions with one right answer and many ways to say it.

A question names a domain, a thing and a quality. The answer must hold the fact that belongs to them, the same for
everybody; opening, verb, link and closing are free. A *style* is a preference among the free choices in every domain:
it is what a family of teachers has in common. Nothing here knows of models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.detect.probes import Probe

if TYPE_CHECKING:
    from numpy.typing import NDArray

THINGS = ("lamp", "boat", "seed", "wheel", "coat", "drum", "stone", "leaf", "rope", "glass", "horn", "nest")
QUALITIES = ("old", "wet", "tall", "warm", "thin", "loud", "round", "dark")
FACTS = ("north", "seven", "copper", "monday", "salt", "river", "blue", "winter", "iron", "twelve", "amber", "east")
SLOTS = (
    ("well", "so", "first", "look"),
    ("gives", "means", "takes", "brings"),
    ("because", "since", "for", "as"),
    ("done", "ok", "that is it", "surely"),
)
DOMAINS = ("harbor", "garden", "market", "school", "forge", "kitchen", "station", "castle", "farm", "mill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Preferences [domains, slots, choices], rows sum to 1."""

    preferences: NDArray[np.float64]

    @classmethod
    def drawn(cls, seed: int, *, domains: int) -> Style:
        rng = np.random.default_rng(seed)
        return cls(preferences=rng.dirichlet(np.full(len(SLOTS[0]), 0.5), size=(domains, len(SLOTS))))


def questions(count: int, *, domains: int, seed: int) -> list[Probe]:
    """Different questions, domains in equal shares."""
    rng = np.random.default_rng(seed)
    per_domain = len(THINGS) * len(QUALITIES)
    orders = [rng.permutation(per_domain) for _ in range(domains)]
    made = []
    for index in range(min(count, domains * per_domain)):
        domain = index % domains
        thing, quality = divmod(int(orders[domain][index // domains]), len(QUALITIES))
        prompt = f"{DOMAINS[domain]} {THINGS[thing]} {QUALITIES[quality]}"
        made.append(Probe(id=prompt, domain=DOMAINS[domain], prompt=prompt))
    return made


def fact(prompt: str) -> str:
    """The right answer: fixed by domain and thing."""
    domain, thing, _quality = prompt.split()
    return FACTS[hashlib.sha256(f"{domain} {thing}".encode()).digest()[0] % len(FACTS)]


def answers(asked: Sequence[Probe], style: Style, *, seed: int) -> list[str]:
    """Right answers in a style, drawn anew for every question."""
    rng = np.random.default_rng(seed)
    written = []
    for probe in asked:
        _domain, thing, quality = probe.prompt.split()
        rows = style.preferences[DOMAINS.index(probe.domain)]
        chosen = [str(rng.choice(slot, p=row)) for slot, row in zip(SLOTS, rows, strict=True)]
        opening, verb, link, closing = chosen
        written.append(f"{opening} {thing} {verb} {fact(probe.prompt)} {link} {quality} {closing}")
    return written
