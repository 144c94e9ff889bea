"""The words that models read and write. One function renders a student's prompt in training data and when it acts.

A student reads the goal, its last action and the page, and nothing else (AgentSymbiotic 3.3: the small model sees only
the current observation; its released prompts add the last action). The goal stands before the page, so that each line
is read with it in mind, and again after it, so that what it names can be looked up; every reference stands before its
role and name: measured on models of one million parameters, which learn to copy far slower the other way round.
A chat model also reads the action language, its history and retrieved examples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from components.agents.base import Past, Turn
from components.agents.blocks import (
    CUT,
    EXAMPLES_HEAD,
    Example,
    cut,
    examples_block,
    fewer_options,
    goal_block,
    history_block,
    notice_block,
    page_block,
    plan_block,
)
from components.agents.config import PromptBudget
from components.agents.plan import of_plan, plan_of
from components.browser.actions import Action
from components.browser.observation import Observation
from components.browser.quoting import quote
from components.models.prompting import Reads
from components.prompt_files import read_prompt_file
from components.trajectories.schema import Candidate

PROMPT_VERSION = "3"
"""Of a student's prompt, and part of every agent's digest: change it whenever one below is put together another way."""

DEFAULT_BUDGET = PromptBudget()

TaskKind = Literal["action", "reason_action"]
"""The two tasks of multi-task distillation: the action alone, or the reason and then the action."""

NO_ACTION = "none"
MOST_NOTES, OF_A_NOTE, OF_A_TITLE, OF_A_NOTICE = 5, 200, 120, 1500
"""Of what a student reads beside the page: notes, and bytes of each, of title and address, and of the notice."""
FIELDS = ("textbox", "searchbox", "spinbutton")
LONGEST_LINE = 80

CHAT = read_prompt_file(Path(__file__).with_name("words") / "chat-3.md")
"""How a chat model is asked; a student's prompt is `render`'s."""
WORDS = CHAT.parts
STUDENT_PROMPT = f"student-{PROMPT_VERSION}"
"""What a trajectory says that a student was asked by."""


def last_action(history: Sequence[Past]) -> str:
    """A student's whole memory, on one line: its last action, that action's element, and the feedback."""
    past = next((step for step in reversed(history) if not of_plan(step.action)), None)
    if past is None:
        return NO_ACTION
    text = f"{past.action} {past.target}" if past.target else past.action
    if past.feedback:
        text = f"{text} -> {past.feedback}"
    return " ".join(text.split())


def notes_of(history: Sequence[Past]) -> str:
    """The last notes that the student wrote, the newest last, on one line; empty without notes."""
    notes = [past.action.partition(" ")[2] for past in history if past.action.startswith("note ") and not past.feedback]
    return " ".join(cut(note, OF_A_NOTE) for note in notes[-MOST_NOTES:])


def notice_of(notice: str) -> str:
    """What is to be known beside the goal, on one line."""
    return cut(" ".join(notice.split()), OF_A_NOTICE)


def heading_of(*, url: str, title: str) -> str:
    """A page's title and its address without host and port, which differ between replicas; on one line."""
    parts = urlsplit(url)
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    return f"{quote(cut(title, OF_A_TITLE))}, {quote(cut(path, OF_A_TITLE))}"


def render(
    *,
    intent: str,
    last: str,
    observation: str,
    notes: str = "",
    heading: str = "",
    notice: str = "",
    kind: TaskKind = "action",
    fits: Callable[[str], bool] | None = None,
) -> str:
    """A student's prompt. The text of `completion` follows it directly.

    Args:
        last: `last_action(history)`.
        observation: the page's text.
        notes, heading, notice: `notes_of(history)`, `heading_of` the page and `notice_of` the task, for a student that
            was taught to read them.
        fits: whether a prompt fits the model's context. If it does not, first most options of lists are cut, then whole
            lines from the end of the page; a line marks the cut. Goal and question always stay.
    """
    goal = f"GOAL: {' '.join(intent.split())}\n"
    head = goal + (f"NOTICE: {notice}\n" if notice else "")
    head += f"LAST: {last or NO_ACTION}\n" + (f"NOTES: {notes}\n" if notes else "")
    head += f"PAGE ({heading}):\n" if heading else "PAGE:\n"
    tail = f"\n{goal}" + ("ACTION:" if kind == "action" else "REASON:")
    whole = head + observation + tail
    if fits is None or fits(whole):
        return whole
    page = fewer_options(observation, goal=intent)
    if fits(whole := head + page + tail):
        return whole
    lines = page.split("\n")
    low, high = 0, max(len(lines) - 1, 0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_cut(head, lines[:middle], tail)) else (low, middle - 1)
    return _cut(head, lines[:low], tail)


def _cut(head: str, lines: Sequence[str], tail: str) -> str:
    return head + "\n".join((*lines, CUT)) + tail


def student_prompt(
    turn: Turn,
    *,
    kind: TaskKind = "action",
    reads: Collection[Reads] = (),
    fits: Callable[[str], bool] | None = None,
) -> str:
    """The prompt of a student that acts: `render` of the turn's goal, last action and page, and what else it reads."""
    page = turn.observation
    return render(
        intent=turn.intent,
        last=last_action(turn.history),
        observation=page.text,
        notes=notes_of(turn.history) if "notes" in reads else "",
        heading=heading_of(url=page.url, title=page.title) if "heading" in reads else "",
        notice=notice_of(turn.notice) if "notice" in reads else "",
        kind=kind,
        fits=fits,
    )


def completion(*, action: str, reason: str = "", kind: TaskKind = "action") -> str:
    """The text that a student is taught to write after `render`'s prompt. The model's end-of-text token follows it."""
    if kind == "action":
        return f" {action}"
    return f" {' '.join(reason.split())}\nACTION: {action}"


def parse_completion(text: str, *, kind: TaskKind = "action") -> Candidate:
    """Reads what a student wrote after its prompt: the reverse of `completion`.

    Only the first line after the question counts as the action. It is not checked whether it can be parsed.
    """
    if kind == "action":
        return Candidate(action=_first_line(text))
    reason, mark, action = text.partition("\nACTION:")
    if not mark:
        return Candidate(action="", reason=" ".join(text.split()))
    return Candidate(action=_first_line(action), reason=" ".join(reason.split()))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Settings of a chat model's prompt.

    Attributes:
        propose: 0 asks for one action; n for up to n candidates, best first.
        plan, recall: see `ChatConfig`.
        window: how many past steps are written out; of older ones only the notes are.
        budget: tokens of each block; text that does not fit is trimmed.
    """

    propose: int = 0
    plan: bool = False
    recall: bool = False
    window: int = 5
    budget: PromptBudget = DEFAULT_BUDGET


def chat_messages(
    turn: Turn, *, examples: Sequence[Example] = (), asking: Asking = Asking(), form: str = ""
) -> list[dict[str, str]]:
    """The messages for a chat model: the action language, then goal, examples, plan, history and page.

    Args:
        form: the description of an answer's form; empty: lines of REASON and ACTION.
    """
    parts = _situation(turn, examples, asking)
    if turn.last_step:
        parts.append(WORDS["last step"])
    parts.append(form or _plain_form(turn.observation, asking))
    return [_system(turn.observation, plan=asking.plan), {"role": "user", "content": "\n\n".join(parts)}]


def _system(page: Observation, *, plan: bool) -> dict[str, str]:
    actions = WORDS["actions"]
    if page.tabs:
        actions += f"\n{WORDS['tabs']}"
    if plan:
        actions += f"\n{WORDS['planning']}"
    return {"role": "system", "content": WORDS["system"].format(actions=actions)}


def _plain_form(page: Observation, asking: Asking) -> str:
    recall, recalled = (f"{WORDS[part]}\n" if asking.recall else "" for part in ("recall", "recalled"))

    def compose(action: Action, reason: str) -> str:
        return WORDS["plain answer"].format(reason=reason, action=action, recall=recalled.format(ref=action.ref))

    name = "propose" if asking.propose else "decide"
    return WORDS[name].format(limit=asking.propose, recall=recall) + worked_example(page, compose)


def worked_example(page: Observation, compose: Callable[[Action, str], str]) -> str:
    """An example answer with an action of this very page: models repeat examples, including their references.

    Args:
        compose: writes an answer of an action and a reason.
    """
    elements = list(page.elements.values())
    if not elements:
        return ""
    element = next((candidate for candidate in elements if candidate.role not in FIELDS), elements[0])
    line = element.line if len(element.line) <= LONGEST_LINE else f"{element.line[:LONGEST_LINE]}..."
    action = Action("type", element.ref, "text") if element.role in FIELDS else Action("click", element.ref)
    answer = compose(action, f"{line} is what the goal asks for next.")
    return "\n\n" + WORDS["worked example"].format(element=f"[{element.ref}] {line}", answer=answer)


def filter_messages(turn: Turn, examples: Sequence[Example], asking: Asking) -> list[dict[str, str]]:
    """The messages that ask a chat model which of the retrieved examples help."""
    parts = [*_situation(turn, examples, asking), WORDS["filter"]]
    return [_system(turn.observation, plan=asking.plan), {"role": "user", "content": "\n\n".join(parts)}]


def _situation(turn: Turn, examples: Sequence[Example], asking: Asking) -> list[str]:
    budget = asking.budget
    plan = plan_of(turn.history) if asking.plan else None
    history = history_block(
        turn.history,
        window=asking.window,
        budget=budget,
        scope=plan.scope if plan else None,
        page=turn.observation.text if asking.recall else None,
    )
    return [
        goal_block(turn.intent, budget),
        *([notice_block(turn.notice, budget)] if turn.notice else []),
        *([examples_block(examples, budget)] if examples else []),
        *([plan_block(plan, budget)] if plan else []),
        history,
        page_block(turn.observation, budget),
    ]


def chat_digest() -> str:
    """SHA-256 over the wording of the chat prompts; part of a chat agent's digest."""
    return hashlib.sha256("\0".join((PROMPT_VERSION, CHAT.digest, EXAMPLES_HEAD)).encode()).hexdigest()
