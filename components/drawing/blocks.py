"""The blocks a section is made of, and their two renderings: HTML and Markdown.

Whatever comes from pages, models or users is plain text here and escaped by both; only charts are markup already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

BACKTICKS = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `strong` sets it apart as what matters most. Between backticks stand commands."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table that is more than its text: a number shaded by a share from 0 to 1, a link to a place of the
    page, or a name with a note beside it."""

    text: str
    shade: float | None = None
    anchor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A row of a table that names the rows below it."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text. Columns after the first `names` are numbers and set flush right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str | Cell] | Group]
    names: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms with their explanations: (term, text)."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart (finished SVG and legend), what it shows, and its numbers."""

    caption: str
    svg: str
    numbers: Table
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbatim:
    """Text that is shown letter for letter, such as a file."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Blocks that a reader can open. `printed`: whether they are printed, then always open."""

    title: str
    blocks: Sequence[Block]
    printed: bool = True


Block = Words | Table | Figure | Terms | Verbatim | Fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of the report. `key` is its anchor and the name of its artifact."""

    key: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


def to_html(blocks: Sequence[Block]) -> str:
    """The blocks as HTML. Neighbouring figures share a row where there is room."""
    parts: list[str] = []
    row: list[str] = []
    for block in blocks:
        if isinstance(block, Figure):
            row.append(_figure_html(block))
            continue
        parts += [*_row(row), _block_html(block)]
        row = []
    return "".join([*parts, *_row(row)])


def _row(figures: Sequence[str]) -> list[str]:
    return [f'<div class="figures">{"".join(figures)}</div>'] if figures else []


def _block_html(block: Words | Table | Terms | Verbatim | Fold) -> str:
    match block:
        case Words():
            text = with_commands(block.text)
            return f'<p class="lead">{text}</p>' if block.strong else f"<p>{text}</p>"
        case Table():
            return _table_html(block)
        case Terms():
            rows = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>" for term, text in block.rows)
            return f'<dl class="terms">{rows}</dl>'
        case Verbatim():
            return f'<pre tabindex="0">{escape(block.text)}</pre>'
        case Fold():
            kind = "" if block.printed else ' class="screen"'
            return f"<details{kind}><summary>{escape(block.title)}</summary>{to_html(block.blocks)}</details>"


def with_commands(text: str) -> str:
    """Text as HTML, what stands between backticks as commands."""
    return BACKTICKS.sub(r"<code>\1</code>", escape(text))


def _figure_html(figure: Figure) -> str:
    numbers = f"<details><summary>The numbers</summary>{_table_html(figure.numbers)}</details>"
    caption = f"<figcaption>{escape(figure.caption)}</figcaption>"
    return f"<figure>{caption}{figure.legend}{figure.svg}{numbers}</figure>"


def _table_html(table: Table) -> str:
    head = "".join(_head_html(name, _number(table, i)) for i, name in enumerate(table.header))
    rows = "".join(_row_html(table, row) for row in table.rows)
    # Wide tables are scrolled, so the keyboard must reach them.
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _head_html(name: str, number: str) -> str:
    return f'<th{number} scope="col">{escape(name)}</th>' if name else f"<td{number}></td>"


def _row_html(table: Table, row: Sequence[str | Cell] | Group) -> str:
    if isinstance(row, Group):
        return f'<tr class="group"><th scope="colgroup" colspan="{len(table.header)}">{escape(row.title)}</th></tr>'
    cells = (_cell_html(cell, _number(table, i)) for i, cell in enumerate(row))
    return f"<tr>{''.join(cells)}</tr>"


def _cell_html(cell: str | Cell, number: str) -> str:
    if isinstance(cell, str):
        return f"<td{number}>{escape(cell)}</td>"
    text = escape(cell.text)
    inner = f'<a href="#{escape(cell.anchor)}">{text}</a>' if cell.anchor else text
    if cell.note:
        return f'<td><div class="noted"><span>{inner}</span> <small>{escape(cell.note)}</small></div></td>'
    shade = "" if cell.shade is None else f" shade-{round(10 * min(max(cell.shade, 0.0), 1.0))}"
    return f'<td class="num{shade}">{inner}</td>'


def _number(table: Table, column: int) -> str:
    return ' class="num"' if column >= table.names else ""


def to_markdown(section: Section) -> str:
    """The section as Markdown; a figure becomes its caption and its numbers, what is folded is left to the page."""
    parts = [f"## {markdown_text(section.title)}"]
    for block in section.blocks:
        match block:
            case Words():
                text = markdown_text(block.text)
                parts.append(f"**{text}**" if block.strong else text)
            case Table():
                parts.append(_table_markdown(block))
            case Figure():
                parts += [markdown_text(block.caption), _table_markdown(block.numbers)]
            case Terms():
                parts.append(_table_markdown(Table(header=("", ""), rows=block.rows, names=2)))
            case Verbatim() | Fold():
                continue
    return "\n\n".join(parts) + "\n"


def _table_markdown(table: Table) -> str:
    rule = ["---" if i < table.names else "---:" for i in range(len(table.header))]
    lines = [[markdown_text(cell) for cell in table.header], rule]
    for row in table.rows:
        cells = [row.title] if isinstance(row, Group) else [_text(cell) for cell in row]
        lines.append([markdown_text(cell) for cell in cells] + [""] * (len(table.header) - len(cells)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(cell: str | Cell) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell.text}: {cell.note}" if cell.note else cell.text


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: no markup, links, tables or HTML of its own, on one line."""
    flat = " ".join(text.split())
    if flat[:1] in ("-", "+", "="):
        flat = f"\u200b{flat}"  # would begin a list or a heading; an invisible space keeps it a text
    marked = "".join(f"\\{char}" if char in "\\`*_[]#|!~$" else char for char in flat)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
