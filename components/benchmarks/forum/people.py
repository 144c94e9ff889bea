"""What is written in the forum: invented people, categories, topics and what was said, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PEOPLE = (
    *("mira_holt", "tobin_ashe", "lena_quist", "oskar_vane", "priya_dell", "juno_marsh", "felix_oram", "nadia_brook"),
    *("samir_wold", "greta_lund", "ivo_pell", "clara_finch"),
)
PLACES = ("Alderby", "Quillmouth", "Tarnholm", "Westerlea", "Brackwater", "Oldferry")

CATEGORIES = {
    "Garden": ("tomatoes", "compost", "roses", "slugs", "hedges", "raised beds", "pruning"),
    "Kitchen": ("sourdough", "knives", "dumplings", "pickles", "cast iron", "noodles", "jam"),
    "Bicycles": ("brakes", "panniers", "gears", "tyres", "saddles", "lights", "mudguards"),
    "Birds": ("swifts", "feeders", "owls", "nest boxes", "starlings", "binoculars", "herons"),
    "Repairs": ("zips", "kettles", "lamps", "radios", "clocks", "chairs", "toasters"),
    "Walks": ("boots", "maps", "tents", "ridges", "ferries", "weather", "huts"),
}
TITLES = ("Help with {}", "All about {}", "New here: {}", "Your best {}", "Trouble with {}", "Winter and {}")
SAID = (
    "I tried this last spring and it went well.",
    "Mine broke twice before I learned to wait.",
    "Ask at the market; they know more than any book.",
    "Cheap ones are fine to begin with.",
    "Patience helps more than tools do.",
    "My neighbour swears by vinegar, I do not.",
    "There is a good course on Saturdays.",
    "Measure first, then measure again.",
)
BEGAN = datetime(2025, 3, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    author: str
    text: str
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A topic; its first post is its author's."""

    title: str
    category: str
    posts: tuple[Post, ...]


def threads() -> Iterator[Thread]:
    """Every topic, in the order they were begun."""
    chance = random.Random(1)
    subjects = [(category, subject) for category, subjects in CATEGORIES.items() for subject in subjects]
    chance.shuffle(subjects)
    for day, (category, subject) in enumerate(subjects):
        began = BEGAN + timedelta(days=day, hours=chance.randrange(8))
        said = chance.sample(SAID, chance.randint(2, 5))
        writers = chance.sample(PEOPLE, len(said))
        yield Thread(
            title=chance.choice(TITLES).format(subject),
            category=category,
            posts=tuple(
                Post(author=author, text=text, date=began + timedelta(minutes=37 * number))
                for number, (author, text) in enumerate(zip(writers, said, strict=True))
            ),
        )
