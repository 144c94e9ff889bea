"""The built-in probe set: short questions over eight domains that any assistant can answer in a sentence or two.

All of it is made here, from lists and patterns of our own; nothing is taken from a benchmark, so no model can have been
trained on it or tested by it under that name. Questions are open in their wording: what tells models apart is how they
answer, not whether they know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from components.audit.probe_files import ProbeRow

PER_DOMAIN = 24
BRIEF = "Be brief: two sentences at most."

# domain: (patterns, fillings of {a}, fillings of {b})
DOMAINS: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {
    "advice": (
        ("A colleague {a} and it bothers me. How do I {b}?", "My neighbour {a}. Should I {b} first, and why?"),
        ("talks over me in meetings", "borrows tools without asking", "leaves the shared kitchen dirty"),
        ("bring it up kindly", "set a clear limit", "write a short note", "ask somebody to mediate"),
    ),
    "arithmetic": (
        (
            "A baker makes {a} rolls and sells {b} of them. How many are left? Say how you worked it out.",
            "A bus with {a} seats makes the trip with {b} of them taken. How many are free? Explain the step.",
        ),
        ("85", "112", "140", "96"),
        ("37", "58", "49"),
    ),
    "code": (
        (
            "Write a {a} function that {b}, and say in a word what to watch out for.",
            "In {a}, what is the plainest way to write something that {b}?",
        ),
        ("Python", "JavaScript", "shell"),
        (
            "counts the empty lines of a text",
            "swaps the first and last item of a list",
            "keeps only the words of even length",
            "turns minutes into hours and minutes",
        ),
    ),
    "cooking": (
        ("I have {a} and {b} left. What could I cook tonight?", "How long do {a} keep beside {b} in the fridge?"),
        ("two leeks", "boiled potatoes", "half a cabbage", "ripe pears"),
        ("a little cream", "a jar of olives", "stale bread"),
    ),
    "explanation": (
        ("Explain to {a} why {b}.", "What would you tell {a} who does not believe that {b}?"),
        ("a child of seven", "a busy manager", "a sceptical uncle"),
        (
            "ice floats on a pond",
            "the moon seems larger near the horizon",
            "bread rises in a warm place",
            "a whip makes a crack",
        ),
    ),
    "letters": (
        ("Write the first line of {a} about {b}.", "How would you close {a} about {b}?"),
        ("a letter of complaint", "a cheerful e-mail", "a formal notice"),
        ("a delayed parcel", "a broken lift", "a new working schedule", "a lost umbrella"),
    ),
    "stories": (
        ("Begin a story in which {a} finds {b}.", "Describe the moment when {a} loses {b}."),
        ("a retired sailor", "a nervous apprentice", "a quarrelsome twin"),
        ("a map without names", "a clock that runs backwards", "an unsigned letter", "a very small key"),
    ),
    "travel": (
        (
            "I have {a} in a town I do not know and like {b}. How should I spend the time?",
            "Name one mistake people make with {a} on a trip for {b}.",
        ),
        ("three hours", "one rainy afternoon", "a free evening", "an early morning"),
        ("old buildings", "quiet walks", "street food"),
    ),
}


def builtin_probes() -> tuple[ProbeRow, ...]:
    """192 probes, the same every time: 24 of each of the eight domains."""
    rows = []
    for domain, (patterns, first, second) in DOMAINS.items():
        # Patterns come last in the product, so that neighbours share what is spoken of and differ in how it is asked.
        filled = [pattern.format(a=a, b=b) for a, b, pattern in product(first, second, patterns)]
        rows += [
            ProbeRow(id=f"{domain}-{number:02d}", domain=domain, prompt=f"{text} {BRIEF}")
            for number, text in enumerate(filled[:PER_DOMAIN], start=1)
        ]
    return tuple(rows)
