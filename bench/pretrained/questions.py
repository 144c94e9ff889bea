"""Questions whose answer follows from a rule: students of an audit are trained on them, in a teacher's words or in
ours.

None of them is a probe of the audit's.
"""

from __future__ import annotations

from random import Random

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORDS = ("river", "candle", "garden", "winter", "pocket", "silver", "ladder", "forest", "mirror", "basket", "copper")
UNITS = (("metres", "centimetres", 100), ("hours", "minutes", 60), ("kilograms", "grams", 1000), ("days", "hours", 24))


def _sum(rng: Random) -> tuple[str, str]:
    first, second = rng.randint(11, 99), rng.randint(11, 99)
    return f"What is {first} plus {second}? Explain briefly.", f"{first} and {second} make {first + second}."


def _unit(rng: Random) -> tuple[str, str]:
    large, small, times = rng.choice(UNITS)
    many = rng.randint(2, 30)
    return f"How many {small} are {many} {large}?", f"There are {many * times} {small} in {many} {large}."


def _day(rng: Random) -> tuple[str, str]:
    at, later = rng.randrange(7), rng.randint(2, 20)
    question = f"Today is {DAYS[at]}. Which day of the week is it in {later} days?"
    return question, f"In {later} days it will be a {DAYS[(at + later) % 7]}."


def _order(rng: Random) -> tuple[str, str]:
    words = rng.sample(WORDS, 3)
    return f"Put these words in alphabetical order: {', '.join(words)}.", f"In order: {', '.join(sorted(words))}."


def _letters(rng: Random) -> tuple[str, str]:
    word = rng.choice(WORDS)
    answer = f"It has {len(word)} letters: {', '.join(word)}."
    return f"How many letters does the word {word!r} have, and which?", answer


def _code(rng: Random) -> tuple[str, str]:
    number = rng.randint(2, 99)
    question = f"Write one line of Python that prints every multiple of {number} below {10 * number}."
    return question, f"print(*range({number}, {10 * number}, {number}))"


KINDS = (_sum, _unit, _day, _order, _letters, _code)


def questions(count: int, *, seed: int) -> list[tuple[str, str]]:
    """This many different questions with our answers, equally many of each kind."""
    rng, answers = Random(seed), dict[str, str]()
    while len(answers) < count:
        for kind in KINDS:
            question, answer = kind(rng)
            answers.setdefault(question, answer)
    return list(answers.items())[:count]
