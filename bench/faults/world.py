"""What is played and what goes wrong with it: from a number of episodes and a seed, the same for every process."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from components.benchmarks.sites.cases import shuffled
from components.benchmarks.split import HELDOUT_SEEDS, Case, case_of

THINGS = {"open": "lamp", "price": "kettle", "order": "rake", "remark": "clock"}
OF_AN_AISLE = 5
WRONG = 5
"""The model gets one of this many things wrong, also undisturbed."""
TASKS: dict[str, dict[str, Any]] = {
    "open": {"intent": "Open the page of the {item}.", "check": {"page": {"path": "/item/{slug}"}}},
    "price": {"intent": "What does the {item} cost? Answer with the number alone.", "check": {"answer": "{price}"}},
    "order": {"intent": "Order the {item}.", "check": {"http": {"path": "/ordered/{slug}", "text": "yes"}}},
    "remark": {
        "intent": 'Write about the {item}: "mind the {item}".',
        "check": {
            "request": {"path": "/remark/{slug}", "form": {"text": "mind the {item}"}},
            "http": {"path": "/remarks/{slug}", "text": "mind the {item}"},
        },
    },
}
OF_THE_SITE = ("answers 500", "hangs", "drops", "answers our question with 500")
OF_THE_MODEL = ("answers 429", "answers 500", "half a body", "half a message", "nothing", "silence")
DOWN = "down"
"""The endpoint answers 500 to as many requests in a row as a decision makes."""
RETRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A fault at the `at`-th request for something, and the `times - 1` that follow."""

    kind: str
    at: int = 1
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Attributes:
    explored, judged: seeds of every task.
    site, model: strikes by the path that is asked for, and by the thing that a prompt is about.
    resets: numbers of those that the site answers with 500.
    """

    explored: int
    judged: int
    shards: int
    pages: int = 2
    site: dict[str, Strike] = field(default_factory=dict)
    model: dict[str, Strike] = field(default_factory=dict)
    resets: tuple[int, ...] = ()

    @property
    def episodes(self) -> int:
        return len(TASKS) * (self.explored + self.judged)

    def cases(self, task: str) -> tuple[Case, ...]:
        """Cases: so many that no two seeds of an exploration, or of an evaluation, have the same one."""
        count = 3 * max((self.explored + 1) // 2, self.judged)
        things = [(f"{THINGS[task]} {number:03}", number) for number in range(count)]
        return tuple(
            {
                "item": item,
                "slug": item.replace(" ", "-"),
                "price": str(17 + 3 * number),
                "aisle": f"{THINGS[task]}-{number // OF_AN_AISLE}",
            }
            for item, number in things
        )

    def played(self, task: str) -> dict[int, Case]:
        """By seed."""
        cases = shuffled(self.cases(task))
        seeds = (*range(self.explored), *range(HELDOUT_SEEDS, HELDOUT_SEEDS + self.judged))
        return {seed: case_of(cases, seed) for seed in seeds}

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        content = json.loads(path.read_text())
        strikes = {
            side: {name: Strike(**strike) for name, strike in content[side].items()} for side in ("site", "model")
        }
        return cls(**{**content, **strikes, "resets": tuple(content["resets"])})


def is_wrong(item: str) -> bool:
    return int(item.rpartition(" ")[2]) % WRONG == WRONG - 1


def peaceful(episodes: int) -> World:
    """About so many, a fifth of them judged, by four shards; by two where they are few."""
    of_a_task = max(episodes // len(TASKS), 5)
    count_judged = of_a_task // 5
    return World(explored=of_a_task - count_judged, judged=count_judged, shards=4 if episodes >= 100 else 2)


def disturbed(world: World, *, seed: int) -> World:
    """The same with faults: an episode meets at most one of its own that ends an attempt at it."""
    rng = random.Random(seed)
    played = [(task, case["item"], case["slug"]) for task in TASKS for case in world.played(task).values()]
    rng.shuffle(played)
    site = dict[str, Strike]()
    model = dict[str, Strike]()
    for kind in _in_turn((*OF_THE_SITE, DOWN), most=max(5, len(played) // 4)):
        task, item, slug = _taken(played, kind, of_the_site=True)
        if kind == DOWN:
            model[item] = Strike(kind=kind, at=rng.randint(1, 1 if task == "open" else 2), times=RETRIES + 1)
        elif kind == "answers our question with 500":
            site[f"/ordered/{slug}"] = Strike(kind=kind, at=3)  # at its start, after its link, after its button
        else:
            site[f"/item/{slug}"] = Strike(kind=kind)
    for kind in _in_turn(OF_THE_MODEL, most=max(6, len(played) // 3)):
        _, item, _ = _taken(played, kind, of_the_site=False)
        model[item] = Strike(kind=kind)
    count_written = sum(len(world.played(task)) for task in ("order", "remark"))
    resets = tuple(sorted(rng.sample(range(1, count_written // 2), max(1, count_written // 20))))
    return World(
        explored=world.explored, judged=world.judged, shards=world.shards, site=site, model=model, resets=resets
    )


def _in_turn(kinds: Sequence[str], *, most: int) -> Iterable[str]:
    return (kinds[number % len(kinds)] for number in range(most))


def _taken(moments: list[tuple[str, str, str]], kind: str, *, of_the_site: bool) -> tuple[str, str, str]:
    """Takes the first thing that a fault of this kind can strike: not every task comes to every page."""

    def fits(task: str, item: str) -> bool:
        if kind == "answers our question with 500":
            return task == "order" and not is_wrong(item)
        return not of_the_site or not (task == "open" and is_wrong(item))

    return moments.pop(next(at for at, (task, item, _) in enumerate(moments) if fits(task, item)))


def write_sites(folder: Path, world: World, *, addresses: Sequence[str]) -> None:
    shop = {"at": list(addresses), "reset": {"post": "/reset"}, "seconds": 10}
    tasks = [
        {"id": name, "family": name, "start": "/aisle/{aisle}", "steps": 6, "cases": list(world.cases(name)), **task}
        for name, task in TASKS.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    content = {"view": {"budget_tokens": 400}, "sites": {"shop": shop}, "tasks": tasks}
    (folder / "sites.yaml").write_text(yaml.safe_dump(content))
