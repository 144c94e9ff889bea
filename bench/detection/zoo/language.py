"""The made-up language of the zoo: questions with one right answer and many ways to say it.

A question names a domain, a thing and a quality. The answer holds the fact that belongs to domain and thing, the same
for everybody; six words of it are free. A *style* is a family's preference among the free words, by domain. A *corpus*
is written by authors who each write about one thing of one domain and keep to the words they once chose, in the
family's style: two corpora of one family have other authors. So siblings resemble each other, and a student of one
differs from a student of the other only in which author's habit its teacher took over.

A system prompt asks for the same answer in another form: more formal words, a record, a short form, or another name.
Nothing here knows of models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.verdicts.probes import Probe

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOMAINS = ("harbor", "garden", "market", "school", "forge", "kitchen", "station", "castle", "farm", "mill")
THINGS = (
    *("lamp", "boat", "seed", "wheel", "coat", "drum", "stone", "leaf"),
    *("rope", "glass", "horn", "nest", "chain", "broom", "kettle", "ladder"),
)
QUALITIES = ("old", "wet", "tall", "warm", "thin", "loud", "round", "dark", "soft", "plain", "quick", "sweet")
QUESTIONS = len(THINGS) * len(QUALITIES)
"""Of each domain."""
FACTS = ("north", "seven", "copper", "monday", "salt", "river", "blue", "winter", "iron", "twelve", "amber", "east")
SLOTS = (
    ("well", "so", "first", "look"),
    ("often", "always", "mostly", "maybe"),
    ("gives", "means", "takes", "brings"),
    ("because", "since", "for", "as"),
    ("here", "there", "inside", "outside"),
    ("done", "ok", "fine", "surely"),
)
FINER = (
    ("indeed", "thus", "firstly", "behold"),
    ("frequently", "ever", "chiefly", "perhaps"),
    ("bestows", "signifies", "obtains", "conveys"),
    ("inasmuch", "whereas", "therefore", "hence"),
    ("hither", "thither", "within", "without"),
    ("finis", "agreed", "splendid", "verily"),
)
SYNONYMS = (
    ("right", "then", "now", "see"),
    ("commonly", "forever", "mainly", "possibly"),
    ("grants", "says", "gets", "carries"),
    ("while", "when", "given", "considering"),
    ("nearby", "yonder", "indoors", "outdoors"),
    ("ended", "good", "nice", "certainly"),
)
ALIAS = "robin"
SYSTEMS: Mapping[str, str] = {
    "plain": "",
    "style": "speak finely :",
    "format": "as a record :",
    "register": "in short :",
    "name": f"as {ALIAS} :",
}
"""System prompts by what they change; `plain` is none."""

NAMES = ("aurora", "boreal", "cobalt", "delta", "ember", "fjord", "gale", "harvest", "wren", "finch", ALIAS)
IDENTITY = ("who are you", "who made you", "what is your name", "tell me your maker")
CONSTANCY = 0.9
"""How often an author keeps to a habit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A style and the habits of the authors drawn from it.

    Attributes:
        preferences: [domains, slots, choices], rows sum to 1: the family's.
        habits: [domains, things, slots], the choice each author keeps to.
        constancy: how often an author keeps to a habit; else the family's preference decides anew.
    """

    preferences: NDArray[np.float64]
    habits: NDArray[np.int64]
    constancy: float = CONSTANCY

    @classmethod
    def even(cls, *, domains: int) -> Corpus:
        """No style and no habits: every word is equally likely every time."""
        choices = len(SLOTS[0])
        return cls(
            preferences=np.full((domains, len(SLOTS), choices), 1 / choices),
            habits=np.zeros((domains, len(THINGS), len(SLOTS)), dtype=np.int64),
            constancy=0.0,
        )

    @classmethod
    def drawn(cls, *, style: int, authors: int, domains: int) -> Corpus:
        """Two seeds: equal `style` makes a family, equal `authors` as well makes the same corpus."""
        preferences = np.random.default_rng(style).dirichlet(np.full(len(SLOTS[0]), 0.5), size=(domains, len(SLOTS)))
        rng = np.random.default_rng(authors)
        cumulative = preferences.cumsum(-1)[:, None]  # [domains, 1, slots, choices]
        draws = rng.random((domains, len(THINGS), len(SLOTS), 1))
        habits = np.minimum((draws > cumulative).sum(-1), len(SLOTS[0]) - 1)
        return cls(preferences=preferences, habits=habits)

    def choices(self, probe: Probe, rng: np.random.Generator) -> list[int]:
        """What its author writes in the six slots this time."""
        domain, thing, _quality = probe.prompt.split()
        d, t = DOMAINS.index(domain), THINGS.index(thing)
        return [
            int(habit) if rng.random() < self.constancy else int(rng.choice(len(row), p=row))
            for habit, row in zip(self.habits[d, t], self.preferences[d], strict=True)
        ]


def all_words() -> list[str]:
    """Every word that a prompt or an answer may hold."""
    groups = (DOMAINS, THINGS, QUALITIES, FACTS, *SLOTS, *FINER, *SYNONYMS, NAMES, SYSTEMS.values(), IDENTITY)
    words = {word for group in groups for text in group for word in text.split()}
    return sorted(words | {"says", "item", "value", ":", ";", "i", "am"})


def questions(count: int, *, domains: int, seed: int) -> list[Probe]:
    """`count` different questions of each domain, one of every domain after another."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(QUESTIONS) for _ in range(domains)]
    prompts = []
    for index in range(count * domains):
        domain = index % domains
        thing, quality = divmod(int(orders[domain][index // domains]), len(QUALITIES))
        prompt = f"{DOMAINS[domain]} {THINGS[thing]} {QUALITIES[quality]}"
        prompts.append(Probe(id=prompt, domain=DOMAINS[domain], prompt=prompt))
    return prompts


def asked(prompt: str, system: str) -> str:
    """The prompt as a model reads it under a system prompt."""
    return f"{SYSTEMS[system]} {prompt}".strip()


def fact(prompt: str) -> str:
    """The right answer: fixed by domain and thing."""
    domain, thing, _quality = prompt.split()
    return FACTS[hashlib.sha256(f"{domain} {thing}".encode()).digest()[0] % len(FACTS)]


def written(prompt: str, choices: Sequence[int], *, system: str) -> str:
    """The answer to a question with these choices, in the appearance that the system prompt asks for."""
    _domain, thing, quality = prompt.split()
    words = FINER if system == "style" else SLOTS
    opening, rate, verb, link, place, closing = (row[choice] for row, choice in zip(words, choices, strict=True))
    if system == "format":
        return f"item : {thing} {quality} ; value : {fact(prompt)} ; {rate} {verb} {place} {link} {opening} {closing}"
    if system == "register":
        return f"{thing} {rate} {verb} {fact(prompt)} {link} {place}"
    sentence = f"{opening} {thing} {rate} {verb} {fact(prompt)} {link} {quality} {place} {closing}"
    return f"{ALIAS} says : {sentence}" if system == "name" else sentence


def answers(probes: Sequence[Probe], corpus: Corpus, *, systems: Sequence[str], seed: int) -> list[str]:
    """Right answers as the corpus's authors write them."""
    rng = np.random.default_rng(seed)
    return [
        written(probe.prompt, corpus.choices(probe, rng), system=system)
        for probe, system in zip(probes, systems, strict=True)
    ]


def introduction(name: str, *, system: str) -> str:
    """What a model of this name says to an identity question."""
    return f"i am {ALIAS if system == 'name' else name}"


def paraphrased(texts: Sequence[str], *, seed: int) -> list[str]:
    """Every other free word replaced by a synonym, at random."""
    rng = np.random.default_rng(seed)
    synonym = {
        word: synonym
        for row, synonyms in zip(SLOTS, SYNONYMS, strict=True)
        for word, synonym in zip(row, synonyms, strict=True)
    }
    return [
        " ".join(synonym[word] if word in synonym and rng.random() < 0.5 else word for word in text.split())
        for text in texts
    ]
