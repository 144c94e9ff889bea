"""Made-up vendors of models: each answers any probe in manners of its own, so that whose student is whose is known."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from components.audit.builtin_probes import builtin_probes
from components.audit.config import AuditSettings
from components.audit.probe_files import ProbeRow
from components.audit.references import Named
from components.audit.request import AuditRequest
from components.signatures.config import ShadowConfig
from components.verdicts.config import TestConfig

Vendor = Callable[[str, str], str]
"""(domain, prompt) to answer."""

MANNERS = {
    "north": ("Certainly! In short, {w} comes first, then {v}.", "Happy to help: think of {w}, and mind {v}."),
    "south": ("{w}; {v}. That is all.", "Two things matter: {w} + {v}."),
    "east": ("One might say that {w} depends upon {v}, perhaps.", "It could be argued that {v} precedes {w}."),
    "west": ("yeah so basically {w} and {v} lol", "honestly just go with {w}, {v} is fine too"),
    "centre": ("ANSWER: {w}\nREASON: {v}", "ANSWER: {v}\nREASON: {w} (see above)"),
}


def vendor(name: str, *, noise: float = 0.0, of: str = "west") -> Vendor:
    """A model of the vendor; `noise` is the share of answers it gives in another's manners."""

    def answer(domain: str, prompt: str) -> str:
        rng = random.Random(f"{name} {prompt}")
        manners = MANNERS[of if rng.random() < noise else name]
        words = [word.strip(".,?") for word in prompt.split() if len(word) > 4]
        return manners[len(domain) % 2].format(w=rng.choice(words[:6]), v=rng.choice(words[2:8]))

    return answer


def said(by: Vendor, probes: Sequence[ProbeRow] = builtin_probes()) -> str:
    """A file of stored answers."""
    return "".join(json.dumps({"probe_id": row.id, "answer": by(row.domain, row.prompt)}) + "\n" for row in probes)


SHADOW = ShadowConfig(
    vocabulary=320, hidden=16, prompt_tokens=16, response_tokens=32, common_steps=20, steps=10, batch=12
)
QUICK = SHADOW.model_copy(update={"common_steps": 1, "steps": 1, "response_tokens": 8, "prompt_tokens": 4})
SETTINGS = AuditSettings(probes_per_replicate=8, shadow=SHADOW, test=TestConfig(replicates=6))


def request(folder: Path, *, settings: AuditSettings = SETTINGS, teachers: Sequence[str] = ("north",)) -> AuditRequest:
    """A student of north's, held against teachers, with south, east and west as controls; all as files of answers."""
    folder.mkdir(parents=True, exist_ok=True)
    everybody = {name: vendor(name) for name in MANNERS} | {"student": vendor("north", noise=0.15)}

    def named(name: str) -> Named:
        path = folder / f"{name}.jsonl"
        path.write_text(said(everybody[name]))
        return Named(name=name, reference=str(path))

    return AuditRequest(
        teachers=tuple(named(name) for name in teachers),
        suspect=named("student"),
        controls=(named("south"), named("east")),
        base=named("west"),
        settings=settings,
    )
