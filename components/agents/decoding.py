"""Constrained decoding: the actions that a page allows, on its elements, with the options that it offers.

A tiny student almost always knows the right form, but a slip of one token costs the step. So each token is the
likeliest one after which some possible action remains. Texts stay free, or with `copies` must be spans of the goal, of
the notice, of the page or of its options. An action that was done before to an element of this very page either changed
nothing or led back here. It is not allowed again: a student that remembers only its last action would go round for
ever. (Ours; the paper's students write freely.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from components.agents.base import Turn
from components.browser.actions import LITERAL, WITH_REF, kinds_for, kinds_on
from components.browser.quoting import quote
from components.text import goes_on_beyond_ascii

DECODING_VERSION = "8"
"""Part of every local agent's digest: change it whenever something else can be written."""
ALONE = ("go_back", "wait", "close_tab")
DIRECTIONS = ("up", "down")
COPIED = ("type", "stop")
"""Actions whose text is mostly copied from what was read."""
_LITERAL = re.compile(LITERAL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")


class Possible:
    """The actions that one turn allows, as a test of beginnings.

    Args:
        copies: whether what is typed or answered must be a span of the goal, of the notice or of the page.
    """

    def __init__(self, turn: Turn, *, copies: bool = False) -> None:
        self.turn, self.copies = turn, copies

    def ends(self, text: str) -> bool:
        """Whether the text is a whole action."""
        rest = self._after(text.lstrip(" "))
        return rest is not None and rest[1] == ""

    def begins(self, text: str) -> bool:
        """Whether some possible action begins with this text, which may end in part of a character inside quotes."""
        whole = text.rstrip("\ufffd")
        if whole != text:
            return '"' in whole and self.begins(whole) and self._splits(whole.lstrip(" "))
        text = text.lstrip(" ")
        kind, space, _ = text.partition(" ")
        if not space:
            return any(word.startswith(kind) for word in self._kinds)
        return self._after(text) is not None

    def copied(self, text: str) -> bool:
        """Whether a whole action's text is a span of the goal or the page; true for actions without copied text."""
        literal = _LITERAL.search(text)
        return not text.lstrip().startswith(COPIED) or literal is None or literal[0][1:-1] in self.source

    @property
    def pattern(self) -> str:
        """All possible actions as a regular expression, for servers that decode under one; `copies` has no effect."""
        alone = [kind for kind in ALONE if kind in self._kinds]
        forms = [*alone, f"scroll (?:{'|'.join(DIRECTIONS)})", f"(?:press|goto|note|stop) {LITERAL}"]
        if self._numbers:
            forms.append(f"tab {_one_of(self._numbers)}")
        clicked, typed, selected = (self._refs[kind] for kind in ("click", "type", "select"))
        if clicked:
            forms.append(rf"click \[{_one_of(clicked)}\]")
        if typed:
            forms.append(rf"type \[{_one_of(typed)}\] {LITERAL}(?: enter)?")
        offered = {ref: options for ref in selected if (options := self._options(ref))}
        if free := [ref for ref in selected if ref not in offered]:
            forms.append(rf"select \[{_one_of(free)}\] {LITERAL}")
        forms += [rf'select \[{ref}\] "{_one_of(options)}"' for ref, options in offered.items()]
        return f" *(?:{'|'.join(forms)})"

    def _after(self, text: str) -> tuple[str, str] | None:
        """(kind, the next text that a whole action needs: "" for none); None where no action begins with this text."""
        kind, space, rest = text.partition(" ")
        if kind not in self._kinds:
            return None
        if kind in ALONE:
            return None if space else (kind, "")
        if kind in ("scroll", "tab"):
            return self._word(kind, rest, DIRECTIONS if kind == "scroll" else self._numbers)
        if kind in WITH_REF:
            digits, closed, rest = rest.partition("]")
            if not closed:
                begins_reference = rest == "" and (
                    digits == "" or any(f"[{ref}".startswith(digits) for ref in self._refs[kind])
                )
                return (kind, "]") if begins_reference else None
            if not digits[1:].isdecimal() or digits != f"[{int(digits[1:])}" or int(digits[1:]) not in self._refs[kind]:
                return None
            if kind == "click":
                return (kind, "") if not rest else None
            if rest in ("", " "):
                return kind, '"'
            if not rest.startswith(" "):
                return None
            return self._text(kind, rest[1:], options=self._options(int(digits[1:])) if kind == "select" else ())
        return self._text(kind, rest, options=())

    def _splits(self, text: str) -> bool:
        """Whether the text is open, and a character of several bytes may come next in it."""
        head, _, body = text.partition('"')
        if _LITERAL.match(f'"{body}'):
            return False
        kind, _, ref = head.rstrip("] ").partition(" [")
        if kind == "select" and (options := self._options(int(ref))):
            return any(option.startswith(body) and option[len(body) :][:1] > "\x7f" for option in options)
        return not (self.copies and kind.startswith(COPIED)) or goes_on_beyond_ascii(body, self.source)

    def _word(self, kind: str, rest: str, words: tuple[str, ...]) -> tuple[str, str] | None:
        if rest in words:
            return kind, ""
        return (kind, words[0]) if any(word.startswith(rest) for word in words) else None

    def _text(self, kind: str, rest: str, *, options: tuple[str, ...]) -> tuple[str, str] | None:
        literal = _LITERAL.match(rest)
        if literal is None:  # not closed yet
            body = rest[1:]
            opened = rest[:1] in ("", '"') and not _CONTROL.search(body)
            fits = opened and self._fits(kind, body, options=options, whole=False)
            return (kind, '"') if fits else None
        if not self._fits(kind, literal[0][1:-1], options=options, whole=True):
            return None
        end = rest[literal.end() :]
        if end == "":
            return kind, ""
        if kind == "type" and " enter".startswith(end):
            return kind, " enter"[len(end) :]
        return None

    def _fits(self, kind: str, body: str, *, options: tuple[str, ...], whole: bool) -> bool:
        if options:
            return body in options if whole else any(option.startswith(body) for option in options)
        return not (self.copies and kind in COPIED) or body in self.source

    @cached_property
    def _kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in kinds_on(self.turn.observation) if self._refs.get(kind, True))

    @property
    def _numbers(self) -> tuple[str, ...]:
        """Numbers of the open tabs; empty where there is only one."""
        return tuple(str(number) for number, _ in enumerate(self.turn.observation.tabs, 1))

    @cached_property
    def _refs(self) -> Mapping[str, tuple[int, ...]]:
        """For each kind of action the elements that it can be done to, without those it was done to here before."""
        page, history = self.turn.observation, self.turn.history
        actions = {past.action.partition("]")[0] for past in history if past.observation == page.text}
        kinds_by_ref = {ref: kinds_for(element) for ref, element in page.elements.items()}
        return {
            kind: tuple(ref for ref, kinds in kinds_by_ref.items() if kind in kinds and f"{kind} [{ref}" not in actions)
            for kind in WITH_REF
        }

    @cached_property
    def source(self) -> str:
        """Goal, notice and page, escaped as in JSON strings, so that the beginning of a literal can be looked up."""
        told = (" ".join(text.split()) for text in (self.turn.intent, self.turn.notice) if text)
        return "\n".join([*(quote(text)[1:-1] for text in told), self.turn.observation.text])

    def _options(self, ref: int) -> tuple[str, ...]:
        line = self.turn.observation.elements[ref].line
        return tuple(literal[1:-1] for literal in _LITERAL.findall(line.partition(" options ")[2]))


def _one_of(choices: Iterable[object]) -> str:
    return "(?:" + "|".join(_SPECIAL.sub(r"\\\g<0>", str(choice)) for choice in choices) + ")"
