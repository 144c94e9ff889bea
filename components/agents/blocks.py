"""The blocks of a chat model's prompt, each within its budget: goal, examples, plan, history, page.

Text that does not fit is trimmed, never refused: the end of a page, the lines of an example's page that are far from
its element, the oldest steps of the history. A token is counted as `BYTES` bytes of UTF-8. That is about right for
English and a little too much for other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.agents.base import Past
from components.agents.config import PromptBudget
from components.agents.plan import Part, Plan
from components.browser.actions import LITERAL
from components.browser.observation import Observation
from components.browser.quoting import quote
from components.browser.scene import plain

BYTES = 4
CUT = "(the rest of the page is left out)"
GAP = "(...)"
MORE = "…"
EXAMPLES_HEAD = """\
Pieces of earlier episodes that may help. They may come from good or from bad attempts, and their references are \
not those of the page shown now."""
OF_A_STEP = {"action": 400, "target": 200, "reason": 600, "feedback": 400}
"""Bytes of each text of a past step: models repeat themselves, and pages name elements by whole paragraphs."""
OF_A_PAGE = 1200
"""Bytes of a past page, as its highlights or its description."""
MOST_HIGHLIGHTS = 30
"""Elements; of more the description is told. (AgentOccam's number.)"""
OF_A_PART, OF_DEPTH = 200, 8
OF_A_HEADING = 300
FIRST_OPTIONS = 5
_OPTION = re.compile(LITERAL)
_OPTIONS = re.compile(rf"\boptions (?P<all>{LITERAL}(?:, {LITERAL})*)(?: and (?P<more>\d+) more)?")
_REFERENCE = re.compile(r"\[\d{1,7}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A piece of an earlier episode, in the form in which a chat model is shown it.

    Attributes:
        solved: whether that episode solved its task.
        steps: (observation, action, reason) in order; the last observation may have an empty action.
    """

    instruction: str
    summary: str
    solved: bool
    steps: tuple[tuple[str, str, str], ...]


def size(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def cut(text: str, room: int) -> str:
    """The text's beginning, in at most `room` bytes; an ellipsis marks the cut where there is room for it."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= room:
        return text
    mark = MORE if room >= size(MORE) else ""
    return data[: max(room - size(mark), 0)].decode("utf-8", "ignore") + mark


def fewer_options(page: str, *, goal: str) -> str:
    """The page with only the first options of every list and those that the goal names. A list of hundreds would push
    the rest of the page out of the prompt."""
    goal_words = plain(goal)

    def shorter(match: re.Match[str]) -> str:
        options = _OPTION.findall(match["all"])
        shown = [
            option for index, option in enumerate(options) if index < FIRST_OPTIONS or plain(option[1:-1]) in goal_words
        ]
        missing = len(options) - len(shown) + int(match["more"] or 0)
        return f"options {', '.join(shown)}" + (f" and {missing} more" if missing else "")

    return _OPTIONS.sub(shorter, page)


def goal_block(intent: str, budget: PromptBudget) -> str:
    return cut(f"GOAL: {' '.join(intent.split())}", budget.goal * BYTES)


def page_block(page: Observation, budget: PromptBudget) -> str:
    """Title, address and the page's first lines."""
    room = budget.page * BYTES
    title = quote(cut(page.title, OF_A_HEADING)) if page.title else "untitled"
    head = f"PAGE ({title}, {quote(cut(page.url, OF_A_HEADING))}):\n"
    text = page.text
    if size(head) + size(text) > room:
        lines_room = room - size(head) - size(CUT) - 1
        lines = text.split("\n")
        text = "\n".join([*(_whole(lines, lines_room) or [cut(lines[0], lines_room - 1)]), CUT])
    return cut(head + text, room)


def notice_block(notice: str, budget: PromptBudget) -> str:
    """The benchmark's remark beside the goal, such as the form of the answer."""
    return cut(f"NOTICE: {notice}", budget.goal * BYTES)


def plan_block(plan: Plan, budget: PromptBudget) -> str:
    """The plan as a tree, one line a part. Where not all fit: parts that are not given up first, the newest first."""
    room = budget.plan * BYTES
    head = f"PLAN (you are at part {plan.at}):"
    lines = {part.number: _part_line(depth, part, at=plan.at) for depth, part in plan.below(None)}
    standing = [part.number for part in plan.parts if not part.given_up]
    chosen: set[int] = set()
    room_left = room - size(head)
    for number in (plan.at, *reversed(standing), *reversed(lines)):
        if number not in chosen and size(lines[number]) + 1 <= room_left:
            chosen.add(number)
            room_left -= size(lines[number]) + 1
    return cut("\n".join([head, *(line for number, line in lines.items() if number in chosen)]), room)


def _part_line(depth: int, part: Part, *, at: int) -> str:
    text = cut(" ".join(part.intent.split()), OF_A_PART)
    if part.given_up:
        text += f" (given up: {cut(' '.join(part.given_up.split()), OF_A_PART)})"
    return f"{'  ' * min(depth, OF_DEPTH)}{part.number}. {text}{' <- you are here' if part.number == at else ''}"


def history_block(
    history: Sequence[Past],
    *,
    window: int,
    budget: PromptBudget,
    scope: Sequence[int] | None = None,
    page: str | None = None,
) -> str:
    """The last steps, and the notes of the steps before them; the newest of both where not all fit.

    Args:
        window: how many steps are written out.
        scope: numbers, from 0, of the steps that may be written out; None: all. Notes of all other steps are written.
        page: text of the present page, for agents that describe pages (`recall`); None for others.
    """
    if not history:
        return "DONE SO FAR: nothing yet"
    room = budget.history * BYTES
    indices = [*(range(len(history)) if scope is None else scope)][-window:] if window else []
    latest = [_past_line(index + 1, history[index], page=page) for index in indices]
    lines = list(reversed(_whole(reversed(latest), 3 * room // 4) or latest[-1:]))
    indices = indices[len(indices) - len(lines) :]
    skipped = [past for index, past in enumerate(history) if index not in indices]
    notes = [cut(past.action, OF_A_STEP["action"]) for past in skipped if past.action.startswith("note ")]
    if not skipped:
        head = "DONE SO FAR:"
    elif scope is None:
        head = f"DONE SO FAR: {len(skipped)} earlier steps, then"
    else:
        head = f"DONE SO FAR: {len(skipped)} other steps; at this part of the plan"
    notes_room = room - size(head) - _lines_size(lines)
    notes_shown = _whole(reversed(notes), notes_room)
    return cut("\n".join([head, *reversed(notes_shown), *lines]), room)


def examples_block(examples: Sequence[Example], budget: PromptBudget) -> str:
    """All examples get the same share of the budget; within one, all pages share equally what its words leave."""
    room = budget.examples * BYTES
    share = (room - size(EXAMPLES_HEAD)) // len(examples) - 2
    parts = (_example(number, example, share) for number, example in enumerate(examples, 1))
    return cut("\n\n".join([EXAMPLES_HEAD, *parts]), room)


def _example(number: int, example: Example, room: int) -> str:
    how = "reached its goal" if example.solved else "did not reach its goal"
    head = [cut(f"EXAMPLE {number} (an attempt that {how}): {example.instruction}", room // 6)]
    head += [cut(example.summary, room // 6)] if example.summary else []
    words = [_words(action, reason) for _, action, reason in example.steps]
    spent = _lines_size([*head, *(text for texts in words for text in texts)])
    of_page = (room - spent) // max(len(example.steps), 1) - size("PAGE:\n") - 1
    lines = list(head)
    for (observation, action, _), texts in zip(example.steps, words, strict=True):
        excerpt = around(observation, action, of_page)
        lines += [*([f"PAGE:\n{excerpt}"] if excerpt else []), *texts]
    return cut("\n".join(lines), room)


def _words(action: str, reason: str) -> list[str]:
    words = {"REASON": cut(reason, OF_A_STEP["reason"]), "ACTION": cut(action, OF_A_STEP["action"])}
    return [f"{name}: {text}" for name, text in words.items() if text]


def around(page: str, action: str, room: int) -> str:
    """The lines of a page around an action's element, in at most `room` bytes; the first lines where it names none."""
    if size(page) <= room:
        return page
    lines, reference = page.split("\n"), _REFERENCE.search(action)
    at = next((i for i, line in enumerate(lines) if reference and reference[0] in line), 0)
    room -= 2 * (size(GAP) + 1)  # for what is left out before and behind
    if room <= 0:
        return ""
    middle = cut(lines[at], room)
    room -= size(middle)
    behind = _whole(lines[at + 1 :], room // 2)
    before = list(reversed(_whole(reversed(lines[:at]), room - _lines_size(behind))))
    behind = _whole(lines[at + 1 :], room - _lines_size(before))
    left_out = ([GAP] if len(before) < at else [], [GAP] if at + 1 + len(behind) < len(lines) else [])
    return "\n".join([*left_out[0], *before, middle, *behind, *left_out[1]])


def _past_line(number: int, past: Past, *, page: str | None) -> str:
    texts = {name: cut(" ".join(getattr(past, name).split()), limit) for name, limit in OF_A_STEP.items()}
    line = f"{number}. {texts['action']}"
    if texts["target"]:
        line += f"  ({texts['target']})"
    if texts["reason"]:
        line += f"\n   because: {texts['reason']}"
    if texts["feedback"]:
        line += f"\n   feedback: {texts['feedback']}"
    if page is not None and (remembered := _remembered(past, page)):
        line += f"\n   on the page: {remembered}"
    return line


def _remembered(past: Past, page: str) -> str:
    """The agent's memory of a past page: the lines that it highlighted, or its description where those are too many."""
    if past.observation == page:
        return "the one that is shown now"
    lines = past.highlight.split("\n") if past.highlight else []
    if lines and len(lines) <= MOST_HIGHLIGHTS and size(past.highlight) <= OF_A_PAGE:
        return "\n      ".join(["", *lines])
    return cut(" ".join(past.description.split()), OF_A_PAGE)


def _lines_size(lines: Iterable[str]) -> int:
    """Bytes of lines with their ends."""
    return sum(size(line) + 1 for line in lines)


def _whole(lines: Iterable[str], room: int) -> list[str]:
    """The first lines that fit into `room` bytes together, with the ends of lines."""
    fitting: list[str] = []
    for line in lines:
        room -= size(line) + 1
        if room < 0:
            break
        fitting.append(line)
    return fitting
