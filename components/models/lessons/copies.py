"""Page parts with something to copy into a field: a text, a word of it, or a value of a table."""

from __future__ import annotations

from random import Random

from components.models.lessons import words
from components.models.lessons.demands import (
    COUNTED,
    Demand,
    Part,
    entered,
    in_order,
    labels,
    mentioned,
    named_field,
    one_of,
)
from components.models.lessons.pages import Line
from components.models.lessons.questions import say

COPY = (
    "copy {0} into {1}",
    "put {0} in {1}",
    "type {0} into {1}",
    "{1} is to hold {0}",
    "write {0} into {1}",
    "take {0} over to {1}",
    "find {0} and enter it in {1}",
    "repeat {0} in {1}",
)


def copying(rng: Random) -> Part:
    """Several texts, and a field into which one of them, or a word of one, is to be copied."""
    plain, long = rng.random() < 0.5, rng.random() < 0.5
    sources: list[Line] = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        text = words.sentence(rng) if long else " ".join(labels(rng, 1, 3))
        source = Line(role=rng.choice(("text", "heading", "paragraph")), name=text)
        if not plain:
            text += " " if rng.random() < 0.2 else ""
            state = rng.choice(("multiline", "readonly", "multiline readonly"))
            source = Line(role="textbox", name="", hint=words.hint(rng), ref=0, value=text, state=state)
        sources.append(source)
    named = words.label(rng) if rng.random() < 0.4 else ""
    value = _shown(rng.choice(sources)) if rng.random() < 0.5 else ""
    target = Line(role="textbox", name=named, hint="" if named else words.hint(rng), ref=0, value=value)
    kinds = ("text", "words", "sentence", "text above") if plain else ("text", "box", "area", "text above")

    def ask(rng: Random, lines: tuple[Line, ...], fields: tuple[Line, ...]) -> Demand | None:
        *texts, line = lines
        texts_shown = [_shown(source) for source in texts]
        at = (
            texts_shown.index(line.value)
            if line.value in texts_shown and rng.random() < 0.7
            else rng.randrange(len(texts))
        )
        text = texts_shown[at]
        number = f"{rng.choice(COUNTED[at])} " if len(texts) > 1 else ""
        source_wording = f"the {number}{rng.choice(kinds)}"
        if line.value != text and len(text_words := text.split()) > 1 and rng.random() < 0.35:
            place = rng.randrange(min(len(text_words), len(COUNTED)))
            word, text = (
                (rng.choice(COUNTED[place]), text_words[place]) if rng.random() < 0.6 else ("last", text_words[-1])
            )
            source_wording = f"the {word} word of {source_wording}"
        place_wording = rng.choice(
            ("the field", "the empty field", "the other box", "the input", "the text field", "the box")
        )
        if len(fields) > 1 or (named and rng.random() < 0.4):
            place_wording = mentioned(rng, line, named, fields)
        return entered(line, text, one_of(rng, COPY, source_wording, place_wording))

    return Part(lines=(*sources, target), ask=ask)


def _shown(line: Line) -> str:
    return line.name if line.ref is None else line.value


def table(rng: Random) -> Part:
    """A table of names and values, and fields for some of the values."""
    names = labels(rng, 2, 6)
    values = [words.label(rng) for _ in names]
    texts = [pair for pairs in zip(names, values, strict=True) for pair in pairs]
    cells = [Line(role="text", name=text, row=1 + at // 2) for at, text in enumerate(texts)]
    chosen = rng.sample(range(len(names)), rng.randint(1, min(3, len(names))))
    filled = rng.randint(0, len(chosen))
    several = len(chosen) > 1
    below = [
        named_field(rng, name=names[at], value=values[at] if place < filled else "") for place, at in enumerate(chosen)
    ]
    if not several:
        below = [
            [Line(role="textbox", name="", hint=words.hint(rng), ref=0, value=values[chosen[0]] if filled else "")]
        ]
    all_of_it = (
        "give each field the value of its name",
        "fill in what belongs to each label",
        "enter for every label its value from the table",
        "copy the values into the fields of their names",
    )
    forms = (
        "enter what {0} is in {1}",
        "put the {0} into {1}",
        "the value of {0} into {1}",
        "copy {0}'s value to {1}",
        "look up {0} and type it into {1}",
    )

    def ask(rng: Random, lines: tuple[Line, ...], fields: tuple[Line, ...]) -> Demand | None:
        targets = [line for line in lines if line.ref is not None]
        if several:
            wording = rng.choice(all_of_it)
            return in_order([entered(line, values[at], wording) for line, at in zip(targets, chosen, strict=True)])
        at = chosen[0] if filled and rng.random() < 0.7 else rng.randrange(len(names))
        field_wording = mentioned(rng, targets[0], "", fields)
        return (
            entered(targets[0], values[at], one_of(rng, forms, say(rng, names[at]), field_wording))
            if field_wording
            else None
        )

    return Part(lines=(*cells, *(line for lines in below for line in lines)), ask=ask)
