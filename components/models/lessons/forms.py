"""Page parts to fill in: fields, checkboxes, lists, amounts."""

from __future__ import annotations

from random import Random

from components.browser.quoting import quote
from components.models.lessons import words
from components.models.lessons.demands import (
    COUNTED,
    ENTER,
    Demand,
    Part,
    clicked,
    deed,
    entered,
    in_order,
    labels,
    listed,
    masked,
    mentioned,
    met_by,
    named_field,
    one_of,
    recased,
    text_of,
    typed,
)
from components.models.lessons.pages import Line
from components.models.lessons.questions import ref, say

MASKED = 0.15
"""Share of the fields that show dots, as password fields do."""
_MONTHS = "January February March April May June July August September October November December"
MONTHS = tuple(_MONTHS.split())
CASES = (
    (str.lower, ("in small letters", "in lower case", "all lower case")),
    (str.upper, ("in capitals", "in upper case", "in capital letters")),
)


def text_field(rng: Random) -> Part:
    """A text field, with or without a name, empty or filled."""
    name, value = words.label(rng), text_of(rng) if rng.random() < 0.55 else ""
    shown = masked(value) if rng.random() < MASKED else value
    role = rng.choice(("textbox", "textbox", "textbox", "searchbox", "spinbutton"))
    if rng.random() < 0.2:
        name = words.word(rng)
        lines = [Line(role=role, name="", hint=f"#{name}", ref=0, value=shown)]
    else:
        lines = named_field(rng, name=name, value=shown, role=role)

    def ask(rng: Random, lines: tuple[Line, ...], fields: tuple[Line, ...]) -> Demand | None:
        line = lines[-1]
        text = value if value and rng.random() < 0.7 else text_of(rng)
        field_wording = mentioned(rng, line, name, fields)
        if not field_wording:
            return None
        text_wording, case = say(rng, text), ""
        if rng.random() < 0.15:
            change, named = rng.choice(CASES)
            text, case = change(text), f" {rng.choice(named)}"
        return entered(line, text, one_of(rng, ENTER, f"{text_wording}{case}", field_wording))

    return Part(lines=tuple(lines), ask=ask)


def form(rng: Random) -> Part:
    """Several named fields, some of which one sentence asks to fill in."""
    names = labels(rng, 2, 4)
    values = [text_of(rng) if rng.random() < 0.55 else "" for _ in names]
    shown = [masked(value) if rng.random() < MASKED else value for value in values]
    fields = [named_field(rng, name=name, value=value) for name, value in zip(names, shown, strict=True)]
    pair = (
        "{0} {1}",
        "the {0} {1}",
        "{1} as {0}",
        "{1} as the {0}",
        "{0}: {1}",
        "{1} for {0}",
        "{0} = {1}",
        "{0} is {1}",
    )
    whole = (
        "fill in {0}",
        "give {0}",
        "write {0} in the form",
        "fill the form with {0}",
        "provide {0}",
        "put down {0}",
        "{0}",
        "with {0} in the form",
        "enter {0}",
    )

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        targets = [line for line in lines if line.ref is not None]
        chosen = sorted(rng.sample(range(len(names)), rng.randint(min(2, len(names)), len(names))))
        texts = [value if value and rng.random() < 0.8 else text_of(rng) for value in values]
        pair_form = rng.choice(pair)
        pairs = [pair_form.format(recased(rng, names[at]), say(rng, texts[at])) for at in chosen]
        rng.shuffle(pairs)
        wording = one_of(rng, whole, listed(rng, pairs))
        return in_order([entered(targets[at], texts[at], wording) for at in chosen])

    return Part(lines=tuple(line for lines in fields for line in lines), ask=ask)


def date_or_time(rng: Random) -> Part:
    """A native date or time field. It holds 2031-07-04 or 16:05, whatever form the sentence uses."""
    kind, name = rng.choice(("date", "time")), words.label(rng)

    def drawn(rng: Random) -> tuple[str, str]:
        if kind == "date":
            year, month, day = rng.randint(1990, 2035), rng.randint(1, 12), rng.randint(1, 28)
            forms = (f"{month:02}/{day:02}/{year}", f"{month}/{day}/{year}", f"{MONTHS[month - 1]} {day}, {year}")
            return rng.choice(forms), f"{year}-{month:02}-{day:02}"
        hour, minute = rng.randrange(24), rng.randrange(60)
        half = f"{(hour - 1) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}"
        return rng.choice((half, half, f"{hour}:{minute:02}")), f"{hour:02}:{minute:02}"

    value_wording, value = drawn(rng)
    lines = named_field(rng, name=name, value=value if rng.random() < 0.4 else "", role=kind)

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        line = lines[-1]
        value_said, held_value = (value_wording, value) if line.value and rng.random() < 0.7 else drawn(rng)
        field_wording = rng.choice((f"the {kind}", f"the {kind} field", recased(rng, name)))
        return entered(line, held_value, one_of(rng, ENTER, say(rng, value_said), field_wording))

    return Part(lines=tuple(lines), ask=ask)


def same_twice(rng: Random) -> Part:
    """Two or three fields that have to hold the same text."""
    text, count = words.label(rng), rng.choice((2, 2, 2, 3))
    filled, shown = rng.randint(0, count), masked(text) if rng.random() < 0.4 else text
    groups = [named_field(rng, name=words.label(rng), value=shown if at < filled else "") for at in range(count)]

    def ask(rng: Random, lines: tuple[Line, ...], fields: tuple[Line, ...]) -> Demand | None:
        targets = [line for line in lines if line.ref is not None]
        if set(fields) - set(targets):
            return None
        wanted = text if filled and rng.random() < 0.8 else text_of(rng)
        every = rng.choice(("both", "each of the", "all", "all the", "both of the", "every one of the"))
        noun = rng.choice(("fields", "boxes", "text fields", "inputs", "textboxes"))
        wording = one_of(rng, ENTER, say(rng, wanted), f"{every} {noun}")
        return in_order([entered(line, wanted, wording) for line in targets])

    return Part(lines=tuple(line for lines in groups for line in lines), ask=ask)


def marks(rng: Random) -> Part:
    """Checkboxes to check, some of them checked already; with names, or named by ordinals."""
    role = rng.choice(("checkbox", "checkbox", "checkbox", "radio", "switch", "option"))
    single, named = role == "radio", rng.random() < 0.85
    names = labels(rng, 2, 10) if named else [""] * rng.randint(2, len(COUNTED))
    on = {rng.randrange(len(names))} if single and rng.random() < 0.5 else set[int]()
    on = on if single else {at for at in range(len(names)) if rng.random() < 0.4}
    lines = [Line(role=role, name=name, ref=0, state="checked" if at in on else "") for at, name in enumerate(names)]
    forms = ("check {}", "choose {}", "tick {}", "mark {}", "pick {}", "{} chosen", "turn on {}", "select {}")

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        checked = [at for at, line in enumerate(lines) if line.state]
        wanted = rng.sample(range(len(lines)), 1 if single else rng.randint(1, min(5, len(lines))))
        if checked and rng.random() < 0.7:
            more = [] if single or rng.random() < 0.4 else [at for at in wanted if at not in checked]
            wanted = rng.sample([*checked, *more], len(checked) + len(more))
        mark_names = [say(rng, lines[at].name) if named else f"the {rng.choice(COUNTED[at])} {role}" for at in wanted]
        wording = one_of(rng, forms, listed(rng, mark_names))
        return in_order(
            [met_by(clicked(lines[at]), lines[at], met=at in checked, wording=wording) for at in sorted(wanted)]
        )

    return Part(lines=tuple(lines), ask=ask)


def dropdown(rng: Random) -> Part:
    """A dropdown list, one option of which has to be chosen."""
    options, named = tuple(labels(rng, 2, 6)), words.label(rng) if rng.random() < 0.6 else ""
    role, hint = rng.choice(("combobox", "combobox", "listbox")), "" if named else words.hint(rng)
    line = Line(role=role, name=named, hint=hint, ref=0, value=rng.choice(options), options=options)
    verbs = ("choose", "pick", "select", "take", "set")

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        line = lines[0]
        choice = line.value if rng.random() < 0.35 else rng.choice(line.options)
        place_wording = rng.choice(("from the list", "", "in the list", "in the menu"))
        if named and rng.random() < 0.5:
            place_wording = f"{rng.choice(('in', 'as', 'for'))} {recased(rng, named)}"
        action = f"select {ref(line)} {quote(choice)}"
        wording = f"{rng.choice(verbs)} {say(rng, choice)} {place_wording}".strip()
        return met_by(action, line, met=line.value == choice, wording=wording)

    return Part(lines=(line,), ask=ask)


def amounts(rng: Random) -> Part:
    """Amounts with buttons that raise and lower them."""
    more, less = rng.choice((("+", "-"), ("+", "-"), ("more", "less"), ("up", "down"), (">", "<")))
    names = labels(rng, 1, 4)
    lines: list[Line] = []
    for name in names:
        number = str(rng.choice((0, 0, 1, 1, 2, 3)))
        down, up = (Line(role="clickable", name=each, ref=0) for each in (less, more))
        lines += [Line(role="text", name=name), down, Line(role="text", name=number), up]

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        at = rng.sample(range(len(names)), rng.randint(1, min(3, len(names))))
        one_of_each = rng.random() < 0.4
        wanted = {index: 1 if one_of_each else rng.choice((1, 1, 2, 3)) for index in at}
        thing_names = [say(rng, names[index]) for index in wanted]
        if one_of_each:
            wording = one_of(
                rng, ("one of each: {}", "one each of {}", "take one of each of {}"), listed(rng, thing_names)
            )
        else:
            several = [f"{number} of {name}" for number, name in zip(wanted.values(), thing_names, strict=True)]
            wording = one_of(rng, ("take {}", "order {}", "set {}", "put {} in"), listed(rng, several))
        for index, number in sorted(wanted.items()):
            _, down, shown, up = lines[4 * index : 4 * index + 4]
            if (current := int(shown.name)) != number:
                done = deed(clicked(up), up) if 0 < current < number else ""
                return Demand(wording=wording, action=clicked(up if current < number else down), done=done)
        return Demand(wording=wording, action="")

    return Part(lines=tuple(lines), ask=ask)


def suggestions(rng: Random) -> Part:
    """A field that suggests completions of what is typed."""
    entries = (f"{words.label(rng)} {words.word(rng)}" if rng.random() < 0.5 else words.label(rng) for _ in range(6))
    items = list(dict.fromkeys(entries))[: rng.randint(2, 6)]
    wanted, name = rng.choice(items), words.label(rng)
    begin, end = wanted[: rng.randint(1, 4)].strip(), wanted[-rng.randint(1, 4) :].strip()
    stage = rng.choice(("empty", "typed", "typed", "chosen"))
    value = {"empty": "", "typed": begin, "chosen": wanted}[stage]
    box = Line(role=rng.choice(("textbox", "combobox")), name=name + rng.choice(("", ":")), ref=0, value=value)
    role = rng.choice(("menuitem", "option", "clickable"))
    offered = [Line(role=role, name=item, ref=0) for item in items] if stage == "typed" else []
    ends = (
        "what begins with {0} and ends in {1}",
        "something from {0} to {1}",
        "the one whose beginning is {0} and whose end {1}",
        "an entry beginning {0}, ending {1}",
    )
    starts = ("what begins with {0}", "one beginning {0}", "something that begins {0}")
    forms = (
        "choose {0} among the suggestions of {1}",
        "enter {0} in {1}",
        "for {1} take {0}",
        "pick {0} for {1}",
        "{1}: {0}",
    )

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        box, *offered = lines
        ending = end if rng.random() < 0.7 else ""
        fits = [line for line in offered if line.name.startswith(begin) and line.name.endswith(ending)]
        if len(fits) > 1:
            return None
        entry_wording = one_of(rng, ends if ending else starts, say(rng, begin), say(rng, end))
        wording = one_of(rng, forms, entry_wording, recased(rng, name))
        if offered:
            return Demand(wording=wording, action=clicked(fits[0]), done=deed(typed(box, begin), box))
        return Demand(wording=wording, action="" if box.value == wanted else typed(box, begin))

    return Part(lines=(box, *offered), ask=ask)
