"""The words that models read and write. One function renders a student's prompt in training data and when it acts.

A student reads the goal, its last action and the page, and nothing else (AgentSymbiotic 3.3: the small model sees only
the current observation; its released prompts add the last action). The goal stands before the page, so that each line
is read with it in mind, and again after it, so that what it names can be looked up; every reference stands before its
role and name: measured on models of one million parameters, which learn to copy far slower the other way round.
A chat model also reads the action language, its history and retrieved examples.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Literal

from components.agents.base import Past, Turn
from components.agents.blocks import CUT, EXAMPLES_HEAD, Example, examples_block, goal_block, history_block, page_block
from components.agents.config import PromptBudget
from components.browser.actions import Action
from components.browser.observation import Observation
from components.trajectories.schema import Candidate

PROMPT_VERSION = "2"
"""Part of every agent's digest: change it whenever a prompt below is put together in another way."""

DEFAULT_BUDGET = PromptBudget()

TaskKind = Literal["action", "reason_action"]
"""The two tasks of multi-task distillation: the action alone, or the reason and then the action."""

NO_ACTION = "none"
FIELDS = ("textbox", "searchbox", "spinbutton")
LONGEST_LINE = 80

ACTION_LANGUAGE = """\
click [ref]                click an element
type [ref] "text"          replace the content of a field; add the word enter at the end of the line to submit it
select [ref] "option"      choose an option of a list by its text
press "Key"                press a key, such as "Enter", "Tab", "ArrowDown" or "Control+A"
scroll down | scroll up    move the page by one screen
go_back                    return to the page before
goto "address"             open an address of the site
wait                       let a page that is still loading go on
note "text"                write down something to remember; the page does not change
stop "answer"              end the task; stop "" where no answer is asked for"""

SYSTEM = f"""\
You operate a web page to reach a goal. Each turn shows the goal, what you have done, and the page as text: one line \
per element, elements you can act on with a reference number in brackets.

Actions, one per turn:
{ACTION_LANGUAGE}

References are those of the page shown now. Text stands in double quotes, with \\" and \\n escaped as in JSON. \
Never repeat an action that changed nothing. When the goal is reached, or cannot be reached, use stop."""

DECIDE_FORMAT = """\
Answer in exactly this form:
REASON: what the page shows and why this action is next, in one or two sentences
ACTION: one action"""

PROPOSE_FORMAT = """\
List every action that would be a good next step, best first, at most {limit}. For each, exactly this form:
REASON: why, in one sentence
ACTION: one action"""

WORKED_EXAMPLE = """\
The form of an answer that acts on {element} (it need not be the right one):
{answer}"""
PLAIN_ANSWER = """\
REASON: {reason}
ACTION: {action}
The line of an action holds nothing else: not the element's own line, and no words around it."""

FILTER_FORMAT = """\
Which of these examples would help to decide the next action on the page shown, rather than being merely related? \
Think in one or two sentences, then end with their numbers in brackets: [1, 3], or [] for none."""


def last_action(history: Sequence[Past]) -> str:
    """A student's whole memory, on one line: its last action, the element it named, and what it was told of it."""
    if not history:
        return NO_ACTION
    past = history[-1]
    text = f"{past.action} {past.target}" if past.target else past.action
    if past.feedback:
        text = f"{text} -> {past.feedback}"
    return " ".join(text.split())


def render(
    *,
    intent: str,
    last: str,
    observation: str,
    kind: TaskKind = "action",
    fits: Callable[[str], bool] | None = None,
) -> str:
    """A student's prompt; a completion made by `completion` follows it without anything between.

    Args:
        last: `last_action(history)`.
        observation: the page's text.
        fits: whether a prompt fits the model's context. While it does not, whole lines are cut from the end of the
            page and the cut is said in its place, so the goal and the question always remain.
    """
    goal = f"GOAL: {' '.join(intent.split())}\n"
    head = f"{goal}LAST: {last or NO_ACTION}\nPAGE:\n"
    tail = f"\n{goal}" + ("ACTION:" if kind == "action" else "REASON:")
    whole = head + observation + tail
    if fits is None or fits(whole):
        return whole
    lines = observation.splitlines()
    low, high = 0, max(len(lines) - 1, 0)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_cut(head, lines[:middle], tail)):
            low = middle
        else:
            high = middle - 1
    return _cut(head, lines[:low], tail)


def _cut(head: str, lines: Sequence[str], tail: str) -> str:
    return head + "\n".join((*lines, CUT)) + tail


def student_prompt(turn: Turn, *, kind: TaskKind = "action", fits: Callable[[str], bool] | None = None) -> str:
    """The prompt of a student that acts: `render` of the turn's goal, last action and page."""
    return render(
        intent=turn.intent, last=last_action(turn.history), observation=turn.observation.text, kind=kind, fits=fits
    )


def completion(*, action: str, reason: str = "", kind: TaskKind = "action") -> str:
    """What a student is taught to write after `render`'s prompt. The model's end-of-text token follows it."""
    if kind == "action":
        return f" {action}"
    return f" {' '.join(reason.split())}\nACTION: {action}"


def parse_completion(text: str, *, kind: TaskKind = "action") -> Candidate:
    """What a student wrote after its prompt, read back; `parse_completion(completion(...))` gives the same candidate.

    Only the first line after the question counts as the action. Whether it is one is the action parser's business.
    """
    if kind == "action":
        return Candidate(action=_first_line(text))
    reason, mark, action = text.partition("\nACTION:")
    if not mark:
        return Candidate(action="", reason=" ".join(text.split()))
    return Candidate(action=_first_line(action), reason=" ".join(reason.split()))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


def chat_messages(
    turn: Turn,
    *,
    examples: Sequence[Example] = (),
    window: int = 5,
    propose: int = 0,
    form: str = "",
    budget: PromptBudget = DEFAULT_BUDGET,
) -> list[dict[str, str]]:
    """The messages for a chat model: the action language, then goal, examples, history and page.

    Args:
        budget: of these four; what does not fit is trimmed.
        window: how many past steps are told with their reasons; of older ones only
            the notes are kept.
        propose: 0 asks for one action; n asks for up to n candidates, best first.
        form: what an answer is to look like; lines of REASON and ACTION when left out.
    """
    parts = _situation(turn, examples, window=window, budget=budget)
    if turn.last_step:
        parts.append("This is the last step you have: finish the goal now, or stop with the best answer.")
    parts.append(form or _plain_form(turn.observation, propose=propose))
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "\n\n".join(parts)}]


def _plain_form(page: Observation, *, propose: int) -> str:
    asked = PROPOSE_FORMAT.format(limit=propose) if propose else DECIDE_FORMAT
    return asked + worked_example(page, lambda action, reason: PLAIN_ANSWER.format(reason=reason, action=action))


def worked_example(page: Observation, written: Callable[[Action, str], str]) -> str:
    """One action of this page in the form that is asked for; models repeat what examples show, references included.

    Args:
        written: an answer that gives the action and the reason.
    """
    elements = list(page.elements.values())
    if not elements:
        return ""
    shown = next((each for each in elements if each.role not in FIELDS), elements[0])
    line = shown.line if len(shown.line) <= LONGEST_LINE else f"{shown.line[:LONGEST_LINE]}..."
    action = Action("type", shown.ref, "text") if shown.role in FIELDS else Action("click", shown.ref)
    answer = written(action, f"{line} is what the goal asks for next.")
    return "\n\n" + WORKED_EXAMPLE.format(element=f"[{shown.ref}] {line}", answer=answer)


def filter_messages(
    turn: Turn, examples: Sequence[Example], *, window: int, budget: PromptBudget
) -> list[dict[str, str]]:
    """The messages that ask a chat model which of the retrieved examples help."""
    parts = [*_situation(turn, examples, window=window, budget=budget), FILTER_FORMAT]
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "\n\n".join(parts)}]


def _situation(turn: Turn, examples: Sequence[Example], *, window: int, budget: PromptBudget) -> list[str]:
    return [
        goal_block(turn.intent, budget),
        *([examples_block(examples, budget)] if examples else []),
        history_block(turn.history, window=window, budget=budget),
        page_block(turn.observation, budget),
    ]


def chat_digest() -> str:
    """SHA-256 over the wording of the chat prompts; part of a chat agent's digest."""
    words = (
        PROMPT_VERSION,
        SYSTEM,
        DECIDE_FORMAT,
        PROPOSE_FORMAT,
        WORKED_EXAMPLE,
        PLAIN_ANSWER,
        EXAMPLES_HEAD,
        FILTER_FORMAT,
    )
    return hashlib.sha256("\0".join(words).encode()).hexdigest()


_MARK = re.compile(r"^[ \t>*#\-\d.]*(?P<word>REASON|ACTION)\**[ \t]*:\**[ \t]*", re.IGNORECASE | re.MULTILINE)
_THOUGHT = re.compile(r"[<\[◁](?P<end>/?)(?:think|thinking|thought|reasoning)[>\]▷]", re.IGNORECASE)
LONGEST_ANSWER = 100_000
"""Characters of an answer that are looked at."""


def spoken(text: str) -> str:
    """An answer without its thoughts: what stands before an end of thought, or after a beginning without an end, is no
    answer. Some templates write the beginning into the prompt, so that an answer holds the end alone."""
    kept: list[str] = []
    thinking, at = False, 0
    for mark in _THOUGHT.finditer(text):
        if not thinking:
            kept.append(text[at : mark.start()])
        if mark["end"]:
            if not thinking:
                kept.clear()
            thinking, at = False, mark.end()
        else:
            thinking = True
    return "".join(kept) + ("" if thinking else text[at:])


def parse_chat(text: str) -> tuple[Candidate, ...]:
    """Every REASON/ACTION pair a chat model wrote, in order; in time that grows with the text and no faster.

    Hidden thoughts, markdown emphasis, list marks and code quotes around an action are forgiven: they say nothing
    about the decision. An answer without `ACTION:` has no candidates.
    """
    body = spoken(text[:LONGEST_ANSWER])
    marks = list(_MARK.finditer(body))
    found: list[Candidate] = []
    reason = ""
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(body)
        content = body[mark.end() : end].strip()
        if mark["word"].upper() == "REASON":
            reason = " ".join(content.split())
        elif action := _bare_action(content):
            found.append(Candidate(action=action, reason=reason))
            reason = ""
    return tuple(found)


def _bare_action(content: str) -> str:
    """The first line that is not a code fence, without quoting by backticks."""
    for line in content.splitlines():
        bare = line.strip()
        if bare and not bare.startswith("```"):
            return bare.strip("`").strip()
    return ""
