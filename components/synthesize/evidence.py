"""What a judge is shown of an attempt: goal, notice, actions, answer, and those of its pages that matter.

A page matters if it shares words with the goal or the answer that few of the attempt's pages have, and if it shows
something new; the last page always does. Of a page that is too long only the lines that matter are shown, in their
order. (Ours; the paper does not say what its judges see.)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from components.agents.base import past_of
from components.agents.blocks import BYTES, GAP, cut, goal_block, history_block, notice_block, size
from components.agents.config import PromptBudget
from components.browser.steps import state_of
from components.text import without_references
from components.trajectories.commonness import words_of
from components.trajectories.schema import Episode, Step

LEAST = 3
"""Minimum number of characters of a word that counts."""
TELLING = 5
"""Number of lines of a page whose values are summed, so that a long page does not count more for its length."""
ACTED_ON, NEW = 2.0, 0.5
"""Worth of a line that was acted on, and of one that the page before did not have, beside that of its words."""


def evidence(episode: Episode, *, pages: int, budget: PromptBudget) -> str:
    """The attempt in words, each block within its budget: goal, notice, actions, pages, answer.

    Args:
        pages: most pages that are shown.
    """
    actions = history_block([past_of(step) for step in episode.steps], window=len(episode.steps), budget=budget)
    answer = cut(f"ANSWER: {episode.answer or 'none'}", budget.goal * BYTES)
    page_texts = pages_that_matter(episode, limit=pages, room=budget.page * BYTES)
    notice = [notice_block(episode.notice, budget)] if episode.notice else []
    return "\n\n".join([goal_block(episode.intent, budget), *notice, actions, *page_texts, answer])


def pages_that_matter(episode: Episode, *, limit: int, room: int) -> list[str]:
    """The pages shown, in their order, each with the number of its step; in at most `room` bytes together."""
    steps = list({state_of(step): step for step in episode.steps}.values())  # of equal pages the last
    steps.sort(key=lambda step: step.index)
    if not steps:
        return []
    worths = _worths(episode, steps)
    ranked = sorted(steps[:-1], key=lambda step: -sum(sorted(worths[step.index], reverse=True)[:TELLING]))
    chosen = sorted([*ranked[: limit - 1], steps[-1]], key=lambda step: step.index)
    share = room // len(chosen) - 2
    return [_page_text(step, worths[step.index], room=share, last=step is steps[-1]) for step in chosen]


def _worths(episode: Episode, steps: Sequence[Step]) -> Mapping[int, Sequence[float]]:
    """What each line of each page is worth, by the number of the step."""
    telling_words = _words(f"{episode.intent} {episode.answer or ''}")
    lines = {step.index: [without_references(line).strip() for line in step.observation.split("\n")] for step in steps}
    spread = Counter(
        word for lines_of_page in lines.values() for word in telling_words & _words("\n".join(lines_of_page))
    )
    weight = {word: math.log(1 + len(steps) / spread[word]) for word in spread}
    worths, before = {}, set[str]()
    for step in steps:
        acted = step.target.line if step.target else ""
        worths[step.index] = [
            sum(weight[word] for word in telling_words & _words(line))
            + ACTED_ON * bool(acted and acted in line)
            + NEW * (line not in before)
            for line in lines[step.index]
        ]
        before = set(lines[step.index])
    return worths


def _words(text: str) -> set[str]:
    return {word for word in words_of(text) if len(word) >= LEAST or word.isdigit()}


def _page_text(step: Step, worths: Sequence[float], *, room: int, last: bool) -> str:
    head = f"{'THE LAST PAGE, ' if last else 'PAGE '}BEFORE ACTION {step.index + 1}:"
    lines = step.observation.split("\n")
    room -= size(head) + 1
    if size(step.observation) > room:
        lines = _worthiest(lines, worths, room=room)
    return "\n".join([head, *lines])


def _worthiest(lines: Sequence[str], worths: Sequence[float], *, room: int) -> list[str]:
    """The lines that are worth most and fit, in their order, with a mark where some are left out."""
    chosen: dict[int, str] = {}
    for index in sorted(range(len(lines)), key=lambda at: (-worths[at], at)):
        line = cut(lines[index], room // 2)
        cost = size(line) + 1 + 2 * (size(GAP) + 1)
        if cost <= room:
            chosen[index] = line
            room -= cost
    result: list[str] = []
    for index in sorted(chosen):
        if index and index - 1 not in chosen:
            result.append(GAP)
        result.append(chosen[index])
    return [*result, *([GAP] if chosen and max(chosen) + 1 < len(lines) else [])]
