"""Errands among the examples: what the base could do by itself stays while a student learns its tasks.

A student that learns fifty tasks and nothing else forgets others (measured: docs/log.md). So a share of what it visits
are lessons of the shipped base, made anew each round. (Ours; learning earlier things again is known as rehearsal.)
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from components.models.lessons.errands import errand
from components.models.prompting import Prompting

LINES = 20
"""Of a page, about: as many as most pages of a tiny student's tasks have."""


def rehearsed(*, prompting: Prompting, longest: int, seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """Prompts and completions of errands, together of at most `longest` tokens, without end; by seed the same."""
    rng = Random(f"rehearsal {seed}")
    while True:
        turn = errand(rng, size=LINES)[0]
        prompt, completion = prompting.encode_prompt(turn.prompt), prompting.encode_completion(turn.answer)
        if len(prompt) + len(completion) <= longest:
            yield prompt, completion
