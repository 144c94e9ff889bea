"""Synthetic pages in the form of observations, on which the shipped base learns to look things up.

They share nothing with any benchmark: labels are random, layouts are random, and details of the notation (how a value
or a state is written) vary from page to page so that the model learns to copy and compare rather than one notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from random import Random

from components.browser.quoting import quote
from components.models.lessons import words

FIELD_ROLES = ("textbox", "searchbox", "combobox", "spinbutton")
MARK_ROLES = ("checkbox", "radio", "option", "tab", "switch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One node of a page. Static lines have no reference; only fields have a value.

    Attributes:
        hint: `#id` or `.class` of an element without a name, as words would say it; not quoted on the page.
        row: lines that follow each other with the same number above 0 are printed as one row of a table.
    """

    role: str
    name: str
    ref: int | None = None
    value: str = ""
    marked: bool = False
    hint: str = ""
    options: tuple[str, ...] = ()
    row: int = 0
    indent: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """How one page writes values and states. Real observations have one notation; synthetic pages vary it."""

    value: str
    mark: str
    nesting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticPage:
    lines: tuple[Line, ...]
    notation: Notation

    @property
    def elements(self) -> list[Line]:
        return [line for line in self.lines if line.ref is not None]

    @property
    def text(self) -> str:
        shown: list[str] = []
        for row, group in groupby(self.lines, key=lambda line: line.row):
            if row:
                shown.append(f"| {' | '.join(self._cell(line) for line in group)} |")
            else:
                shown += [self.show(line) for line in group]
        return "\n".join(shown)

    def _cell(self, line: Line) -> str:
        return quote(line.name) if line.ref is None else self.show(line)

    def show(self, line: Line) -> str:
        """The line as the page prints it, such as `  [12] checkbox "Red" checked`."""
        name = quote(line.name) if line.name else line.hint
        text = f"{line.role} {name}" if name else line.role
        if line.ref is not None:
            text = f"[{line.ref}] {text}"
        if line.value:
            text += f" {self.notation.value}{quote(line.value)}"
        if line.options:
            text += f" options {', '.join(quote(option) for option in line.options)}"
        if line.marked:
            text += f" {self.notation.mark}"
        if line.state:
            text += f" {line.state}"
        return "  " * line.indent + text


def make_page(rng: Random, *, size: int) -> SyntheticPage:
    """A page of about `size` lines: elements, static text among them, and labels that are easily confused."""
    notation = Notation(
        value=rng.choice(("value ", "value ", "= ", "")),
        mark=rng.choice(("checked", "selected", "marked", "on", "pressed")),
        nesting=rng.random() < 0.5,
    )
    style = rng.choice(("mixed", "mixed", "form", "form", "list", "list", "rows", "table", "numbers"))
    if style == "form":
        lines = _form(rng, size)
    elif style == "numbers":
        lines = _numbers(rng, size)
    elif style == "rows":
        lines = _rows(rng, size)
    elif style == "table":
        lines = _table(rng, size)
    elif style == "list":
        role = rng.choice((*MARK_ROLES, "link", "button"))
        lines = [_element(rng, role) for _ in range(size)]
    else:
        lines = [_static(rng) if rng.random() < 0.3 else _element(rng, rng.choice(words.ROLES)) for _ in range(size)]
    if style in ("form", "list") and rng.random() < 0.7:
        lines.append(Line(role="button", name=words.label(rng), ref=0))
    lines = _confuse(rng, lines)
    if not any(line.ref is not None for line in lines):
        lines.append(_element(rng, "button"))
    return SyntheticPage(lines=tuple(_arranged(rng, lines, notation)), notation=notation)


def page_up_to(rng: Random, *, size: int) -> SyntheticPage:
    """A page of random size, from a third of `size` to all of it."""
    return make_page(rng, size=rng.randint(max(2, size // 3), size))


def make_pairs(rng: Random, *, size: int) -> SyntheticPage:
    """The simplest page: elements in a list, each with a common word as its name."""
    lines = [
        Line(role=rng.choice(words.ROLES), name=name.capitalize() if rng.random() < 0.5 else name, ref=ref)
        for name, ref in zip(rng.sample(words.COMMON, size), rng.sample(range(1, 100), size), strict=True)
    ]
    return SyntheticPage(lines=tuple(lines), notation=Notation(value="value ", mark="checked", nesting=False))


def _element(rng: Random, role: str) -> Line:
    value = words.label(rng) if role in FIELD_ROLES and rng.random() < 0.4 else ""
    options: tuple[str, ...] = ()
    if role == "combobox" and rng.random() < 0.7:
        options = tuple(words.label(rng) for _ in range(rng.randint(2, 5)))
        value = rng.choice(options)
    nameless = rng.random() < (0.35 if role in (*FIELD_ROLES, "clickable") else 0.03)
    name, hint = ("", rng.choice(("", words.hint(rng)))) if nameless else (words.label(rng), "")
    return Line(
        role=role,
        name=name,
        hint=hint,
        ref=0,
        value=value,
        options=options,
        marked=role in MARK_ROLES and rng.random() < 0.35,
    )


def _static(rng: Random) -> Line:
    name = words.sentence(rng) if rng.random() < 0.4 else words.label(rng)
    return Line(role=rng.choice(words.STATIC_ROLES), name=name)


def _form(rng: Random, size: int) -> list[Line]:
    """Fields, some with their name in a text before them, as pages without proper labels have it."""
    lines: list[Line] = []
    while len(lines) < size:
        field = _element(rng, rng.choice(FIELD_ROLES))
        if rng.random() < 0.3:
            lines.append(Line(role=rng.choice(("text", "label")), name=words.label(rng)))
            field = replace(field, name="", hint=rng.choice(("", words.hint(rng))))
        lines.append(field)
    return lines


def _rows(rng: Random, size: int) -> list[Line]:
    """Groups of lines that repeat: a heading text, some details, the same few buttons each time."""
    buttons = [_element(rng, rng.choice(("button", "link", "clickable"))) for _ in range(rng.randint(1, 2))]
    details = rng.randint(0, 2)
    lines: list[Line] = []
    while len(lines) < size:
        lines.append(Line(role=rng.choice(("text", "heading", "cell")), name=words.label(rng)))
        lines += [Line(role="text", name=words.label(rng)) for _ in range(details)]
        lines += buttons
    return lines


def _table(rng: Random, size: int) -> list[Line]:
    """Rows of the same make: some texts, and often an element at their end."""
    columns, element = rng.randint(1, 3), _element(rng, rng.choice(("button", "link", "checkbox")))
    lines: list[Line] = []
    for row in range(1, max(2, size // (columns + 1)) + 1):
        lines += [Line(role="text", name=words.label(rng), row=row) for _ in range(columns)]
        if rng.random() < 0.8:
            lines.append(replace(element, row=row, name=rng.choice((element.name, words.label(rng)))))
    if rng.random() < 0.5:
        lines.append(replace(_element(rng, rng.choice(FIELD_ROLES)), value=""))
    return lines


def _numbers(rng: Random, size: int) -> list[Line]:
    """Elements called by numbers, or ordinary lines among which one number stands, as a field's value or a text."""
    most = rng.choice((9, 20, 100, 1000))
    if rng.random() < 0.5:
        role = rng.choice(("button", "link", "clickable", "option"))
        called = rng.sample(range(-most if rng.random() < 0.2 else 0, most + 1), min(size, most))
        return [Line(role=role, name=str(number), ref=0) for number in called]
    number = str(rng.randint(-most if rng.random() < 0.3 else 0, most))
    shown = Line(role=rng.choice(("text", "cell", "label")), name=number)
    if rng.random() < 0.5:
        shown = Line(role="spinbutton", name=rng.choice(("", words.label(rng))), ref=0, value=number)
    lines = [_element(rng, rng.choice(("button", "link", "clickable", "checkbox"))) for _ in range(size)]
    lines.insert(rng.randrange(len(lines) + 1), shown)
    return lines


def _confuse(rng: Random, lines: list[Line]) -> list[Line]:
    """Adds near-copies: the same name on another role, or a name that differs in one word."""
    named = [line for line in lines if line.ref is not None and line.name]
    for _ in range(rng.choice((0, 0, 1, 2)) if named else 0):
        line = rng.choice(named)
        if rng.random() < 0.5:
            other = replace(line, hint="", role=rng.choice(words.ROLES), value="", options=(), marked=False)
        else:
            other = replace(line, name=f"{line.name} {words.word(rng)}")
        lines.insert(rng.randrange(len(lines) + 1), replace(other, row=0))
    return lines


def _arranged(rng: Random, lines: Sequence[Line], notation: Notation) -> list[Line]:
    """Gives references (counted up, or any numbers in any order) and indentation."""
    count = len(lines)
    if rng.random() < 0.6:
        first = rng.choice((1, 1, 1, rng.randint(1, 60)))
        refs = list(range(first, first + count))
    else:
        refs = rng.sample(range(1, 100 if rng.random() < 0.8 else 400), count)
    indent, out = 0, []
    for line in lines:
        if notation.nesting and not line.row:
            indent = max(0, min(4, indent + rng.choice((-1, 0, 0, 0, 1))))
        out.append(replace(line, ref=refs.pop(0) if line.ref is not None else None, indent=0 if line.row else indent))
    return out
