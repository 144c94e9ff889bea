"""The blocks a section is made of, and their two renderings: HTML and Markdown.

Whatever comes from pages, models or users is plain text here and escaped by both; only charts are markup already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `strong` sets it apart as what matters most."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text. Columns after the first `names` are numbers and set flush right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart (finished SVG and legend), what it shows, and its numbers."""

    caption: str
    svg: str
    numbers: Table
    legend: str = ""


Block = Words | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of the report. `key` is its anchor and the name of its artifact."""

    key: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)


def to_html(blocks: Sequence[Block]) -> str:
    """Neighbouring figures share a row where there is room."""
    parts: list[str] = []
    row: list[str] = []
    for block in blocks:
        if isinstance(block, Figure):
            row.append(_figure_html(block))
            continue
        parts += [*_row(row), _table_html(block) if isinstance(block, Table) else _words_html(block)]
        row = []
    return "".join([*parts, *_row(row)])


def _row(figures: Sequence[str]) -> list[str]:
    return [f'<div class="figures">{"".join(figures)}</div>'] if figures else []


def _words_html(words: Words) -> str:
    return f'<p class="lead">{escape(words.text)}</p>' if words.strong else f"<p>{escape(words.text)}</p>"


def _figure_html(figure: Figure) -> str:
    numbers = f"<details><summary>The numbers</summary>{_table_html(figure.numbers)}</details>"
    caption = f"<figcaption>{escape(figure.caption)}</figcaption>"
    return f"<figure>{caption}{figure.legend}{figure.svg}{numbers}</figure>"


def _table_html(table: Table) -> str:
    head = "".join(f"<th{_number(table, i)}>{escape(name)}</th>" for i, name in enumerate(table.header))
    rows = "".join(
        "<tr>" + "".join(f"<td{_number(table, i)}>{escape(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _number(table: Table, column: int) -> str:
    return ' class="num"' if column >= table.names else ""


def to_markdown(section: Section) -> str:
    """The section as Markdown; a figure becomes its caption and its numbers."""
    parts = [f"## {markdown_text(section.title)}"]
    for block in section.blocks:
        if isinstance(block, Words):
            text = markdown_text(block.text)
            parts.append(f"**{text}**" if block.strong else text)
        elif isinstance(block, Table):
            parts.append(_table_markdown(block))
        else:
            parts += [markdown_text(block.caption), _table_markdown(block.numbers)]
    return "\n\n".join(parts) + "\n"


def _table_markdown(table: Table) -> str:
    rule = ["---" if i < table.names else "---:" for i in range(len(table.header))]
    lines = [[markdown_text(cell) for cell in table.header], rule]
    lines += [[markdown_text(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: no markup, links, tables or HTML of its own, on one line."""
    flat = " ".join(text.split())
    if flat[:1] in ("-", "+", "="):
        flat = f"\u200b{flat}"  # would begin a list or a heading; an invisible space keeps it a text
    marked = "".join(f"\\{char}" if char in "\\`*_[]#|!~$" else char for char in flat)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
