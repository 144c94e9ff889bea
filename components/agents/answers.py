"""Reads a chat model's answer: its actions and reasons, and its remarks about the page.

Models and their servers leave marks in an answer that do not belong to it: thoughts, end-of-turn marks of a template,
tags around the answer, emphasis, typographic quotes. They are removed; the rest is read as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from components.browser.observation import Observation
from components.trajectories.schema import Candidate

_TAG = r"(?:answer|output|response|final|final_answer)"
_BEFORE = rf"^(?:[ \t>*#\-\d.]|</?{_TAG}>|<\|START_RESPONSE\|>)*"
_COLON = r"\**[ \t]*[:：]\**[ \t]*"
_MARK = re.compile(rf"{_BEFORE}(?P<word>REASON|ACTION){_COLON}", re.IGNORECASE | re.MULTILINE)
_THOUGHT = re.compile(
    r"[<\[◁]\s{0,4}(?P<end>/?)(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad|inner_monologue)"
    r"(?:\s[^<>\[\]]{0,80})?\s{0,4}[>\]▷]"
    # gpt-oss, also where a server took its marks away
    r"|(?:<\|channel\|>\s{0,4}|(?<=\S)assistant)(?P<final>final)(?:<\|message\|>)?|<\|channel\|>\s{0,4}\w{1,20}"
    # Cohere's, Gemma's and Granite's
    r"|<\|(?:START|(?P<ended>END))_THINKING\|>|<\|channel>\s{0,4}\w{1,20}|(?P<closed><channel\|>)"
    r"|^Here(?:'s| is) my (?:thought process|(?P<said>response)):",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER = re.compile(r'(?:\s{0,4}<[^<>"\s]{1,40}>)+$')
"""What templates and models put behind an answer: `<|im_end|>`, `</s>`, `<end_of_turn>`, `</answer>`."""
MOST_AFTER = 200
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
LONGEST_ANSWER = 100_000
"""Characters of an answer that are looked at."""


def spoken(text: str) -> str:
    """An answer without its thoughts. Text before an end of thought, or after a beginning without an end, is thought:
    some templates write the beginning into the prompt, so that an answer holds only the end."""
    parts: list[str] = []
    thinking, at = False, 0
    for mark in _THOUGHT.finditer(text):
        if not thinking:
            parts.append(text[at : mark.start()])
        if any(mark[name] for name in ("end", "final", "ended", "closed", "said")):
            if not thinking:
                parts.clear()
            thinking, at = False, mark.end()
        else:
            thinking = True
    return "".join(parts) + ("" if thinking else text[at:])


_REMARK = re.compile(rf"{_BEFORE}(?P<word>PAGE|HIGHLIGHT|REASON|ACTION){_COLON}", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"(?<!\d)\d{1,7}(?!\d)")


def _parts(text: str, mark: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(word, text) for each marked word of an answer: the text runs up to the next marked word."""
    body = spoken(text[:LONGEST_ANSWER])
    marks = list(mark.finditer(body))
    ends = [*(match.start() for match in marks[1:]), len(body)]
    for part, end in zip(marks, ends, strict=False):  # no mark has no end
        yield part["word"].upper(), body[part.end() : end].strip()


def parse_remarks(text: str) -> tuple[str, tuple[int, ...]]:
    """(description, references): what a model wrote of the page after PAGE, and the numbers after HIGHLIGHT."""
    remarks: dict[str, str] = {}
    for word, content in _parts(text, _REMARK):
        remarks.setdefault(word, " ".join(content.split()))
    return remarks.get("PAGE", ""), tuple(map(int, _NUMBER.findall(remarks.get("HIGHLIGHT", ""))))


def highlighted(page: Observation, references: Iterable[int]) -> str:
    """The lines of these elements, joined by newlines; references that are not on the page are left out."""
    return "\n".join(page.elements[ref].line for ref in dict.fromkeys(references) if ref in page.elements)


def parse_chat(text: str) -> tuple[Candidate, ...]:
    """Every REASON/ACTION pair of an answer, in order, in linear time; empty where there is no `ACTION:`.

    Thoughts, template marks, markdown emphasis, list marks and quotes around an action are ignored: they say nothing
    about the decision.
    """
    candidates: list[Candidate] = []
    reason = ""
    for word, content in _parts(text, _MARK):
        if word == "REASON":
            reason = " ".join(content.split())
        elif action := _bare_action(content):
            candidates.append(Candidate(action=action, reason=reason))
            reason = ""
    return tuple(candidates)


def _bare_action(content: str) -> str:
    """The first line that is not a code fence, without what surrounds an action."""
    for line in content.splitlines():
        bare = line.strip()
        fenced = bare.startswith("```")
        if bare and not (fenced and (not bare.endswith("```") or len(bare) < 7)):
            return _unquoted((bare[:-MOST_AFTER] + _AFTER.sub("", bare[-MOST_AFTER:])).strip("`* "))
    return ""


def _unquoted(action: str) -> str:
    """An action as it is typed, outside of its own text: straight quotes, and only spaces that are seen."""
    if action.startswith('"') and action.endswith('"'):
        try:
            action = str(json.loads(action))
        except ValueError:
            return action
    if '"' not in action:
        action = action.replace("“", '"').replace("”", '"')
    head, quote, text = action.partition('"')
    return _UNSEEN.sub("", head).replace("\u00a0", " ") + quote + text
