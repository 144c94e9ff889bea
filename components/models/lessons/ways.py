"""Page parts to navigate: buttons, sections, menus, entries with their buttons, searches, messages."""

from __future__ import annotations

from random import Random

from components.models.lessons import words
from components.models.lessons.demands import (
    COUNTED,
    PRESS,
    Demand,
    Part,
    clicked,
    deed,
    labels,
    one_of,
    press,
    recased,
    text_of,
    typed,
)
from components.models.lessons.pages import Line
from components.models.lessons.questions import say


def buttons(rng: Random) -> Part:
    """A few elements of one kind, to click by name; those named by numbers also by size."""
    role, numbers = rng.choice(("button", "button", "link", "clickable", "tab", "menuitem")), rng.random() < 0.2
    names = [str(rng.randint(0, 99)) for _ in range(rng.randint(2, 6))] if numbers else labels(rng, 1, 5)
    texts = [Line(role="text", name=words.sentence(rng)) for _ in range(rng.choice((0, 0, 1)))]
    forms = ("the {}", "the {} number", "the {} one", "the {} of them")

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        elements = [line for line in lines if line.ref is not None]
        if numbers and rng.random() < 0.7:
            most = rng.random() < 0.5
            line = (max if most else min)(elements, key=lambda line: int(line.name))
            wording = one_of(
                rng, forms, rng.choice(("greatest", "largest", "highest") if most else ("least", "smallest", "lowest"))
            )
            return Demand(wording=one_of(rng, PRESS, wording, role), action=clicked(line))
        return press(rng, rng.choice(elements))

    return Part(lines=(*texts, *(Line(role=role, name=name, ref=0) for name in dict.fromkeys(names))), ask=ask)


def sections(rng: Random) -> Part:
    """Sections, one of which may be open: the wanted element is visible, or in a section that is still closed."""
    role, word, count = rng.choice(("tab", "tab", "button", "clickable", "link")), words.label(rng), rng.randint(1, 5)
    style = rng.choice(("", "{} {}", "{} #{}"))
    names = [style.format(word, at + 1) if style else words.label(rng) for at in range(count)]
    opened = rng.choice((-1, *range(count)))
    inner = [
        Line(role=rng.choice(("link", "clickable", "button")), name=name, ref=0, indent=1) for name in labels(rng, 1, 4)
    ]
    lines: list[Line] = []
    for at, name in enumerate(names):
        state = "collapsed" if at != opened else "selected expanded" if role == "tab" else "expanded"
        lines.append(Line(role=role, name=name, ref=0, state=state))
        for item in inner if at == opened else ():
            lines += [Line(role="text", name=words.sentence(rng), indent=1), item] if rng.random() < 0.4 else [item]
    several = rng.choice(("sections", "parts", "tabs", "folds", f"{word}s"))
    find = (
        "look through the {0} for {1} and click it",
        "find {1} in one of the {0} and click on it",
        "in the {0}, find {1}; click it",
        "open the {0} until {1} shows, and follow it",
        "click {1}, which is in one of the {0}",
    )
    unfold = ("open {}", "expand {}", "unfold {}", "show {}", "open the section {}")
    only = ("open the section", "expand the section here", "unfold what is folded")

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        heads = [line for line in lines if line.state]
        inside = [line for line in lines if line.ref is not None and not line.state]
        at = next((at for at, head in enumerate(heads) if head.state != "collapsed"), -1)
        done = deed(clicked(heads[at]), heads[at]) if at >= 0 else ""
        if rng.random() < 0.35:
            head = heads[at] if at >= 0 and rng.random() < 0.4 else rng.choice(heads)
            wording = one_of(rng, (*unfold, *only) if len(heads) == 1 else unfold, recased(rng, head.name))
            shut = head.state == "collapsed"
            return Demand(wording=wording, action=clicked(head) if shut else "", done="" if shut else done)
        target = rng.choice(inside) if inside and rng.random() < 0.6 else None
        if target is None and at + 1 == len(heads):
            return None
        wording = one_of(rng, find, several, say(rng, target.name if target else words.label(rng)))
        return Demand(wording=wording, action=clicked(target or heads[at + 1]), done=done)

    return Part(lines=tuple(lines), ask=ask)


def menu(rng: Random) -> Part:
    """A menu with submenus, open along one path or not at all."""
    role, depth = rng.choice(("menuitem", "menuitem", "clickable", "link")), rng.randint(0, 2)
    levels = [labels(rng, 2, 4) for _ in range(depth + 1)]
    opened = [rng.randrange(len(names)) for names in levels[:-1]]

    def shown(level: int) -> list[Line]:
        lines: list[Line] = []
        for at, name in enumerate(levels[level]):
            way = level < depth and opened[level] == at
            state = "haspopup" if role == "menuitem" and (way or (level < 2 and rng.random() < 0.5)) else ""
            lines.append(Line(role=role, name=name, ref=0, indent=level, state=state))
            lines += shown(level + 1) if way else []
        return lines

    items = shown(0)
    between = rng.choice((" > ", ">", ", then ", " / ", " and there "))

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        keep = rng.randint(0, depth)
        way = [levels[level][opened[level]] for level in range(keep)]
        level = keep if keep == depth or rng.random() < 0.5 else depth
        if level > keep:
            way = [levels[each][opened[each]] for each in range(depth)]
        inside = [line for line in lines if line.indent == level]
        target = rng.choice(inside)
        more = [words.label(rng)] if level < 2 and rng.random() < 0.5 else []
        path_wording = between.join(
            say(rng, name) if between.strip().isalpha() else name for name in (*way, target.name, *more)
        )
        last = next((line for line in lines if way and line.name == way[-1] and line.indent == level - 1), None)
        forms = ("choose {}", "go to {}", "in the menu take {}", "select {}", "open {}", "click {}")
        done = deed(clicked(last), last) if last else ""
        return Demand(wording=one_of(rng, forms, path_wording), action=clicked(target), done=done)

    return Part(lines=tuple(items), ask=ask)


def rows(rng: Random) -> Part:
    """Entries that each have the same buttons: the button of one entry, or of all entries of a person in turn."""
    hints = [f".{words.word(rng)}" for _ in range(rng.randint(1, 4))] if rng.random() < 0.6 else []
    named = [] if hints else labels(rng, 1, 3)
    few, repeated = [words.label(rng) for _ in range(rng.randint(2, 4))], rng.random() < 0.4
    role, itself = rng.choice(("clickable", "button", "link")), rng.random() < 0.3
    lines: list[Line] = []
    starts: list[int] = []
    for _ in range(rng.randint(2, 5)):
        who = rng.choice(few) if repeated else words.label(rng)
        who = f"{words.rare_name(rng)} {who}" if rng.random() < 0.3 else who
        starts.append(len(lines))
        if itself:
            lines.append(Line(role="clickable", name=f"{who} {words.sentence(rng)}", ref=0))
        else:
            lines.append(Line(role=rng.choice(("text", "text", "heading")), name=who))
            lines += [Line(role="text", name=words.sentence(rng))] if rng.random() < 0.5 else []
        lines += [Line(role=role, name="", hint=hint, ref=0, indent=int(itself)) for hint in hints]
        lines += [Line(role=role, name=name, ref=0, indent=int(itself)) for name in named]
    one_forms = (
        "{0} {1} of {2}",
        "for {2} use {0} {1}",
        "click the {0} {1} at {2}",
        "at {2} press {0} {1}",
        "find {2} and click its {0} {1}",
    )
    every_forms = (
        "click {0} {1} on every one of {2}",
        "{0} {1} for each of {2}",
        "press the {0} {1} of all by {2}",
        "use {0} {1} on all that is {2}'s",
    )

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        entries = [lines[begin:end] for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
        at, chosen = rng.randrange(len(hints or named)), rng.choice(entries)
        button_wording = hints[at].lstrip(".") if hints else say(rng, named[at])
        key = rng.choice(chosen[0].name.split(" ")[: 2 if itself else None])
        key = key if itself or rng.random() < 0.3 else chosen[0].name
        targets = [
            each[at - len(hints or named)] for each in entries if key in (*each[0].name.split(" "), each[0].name)
        ]
        kind = rng.choice(("icon", "button", "one")) if hints else rng.choice(("button", ""))
        if len(targets) == 1:
            once = deed(clicked(targets[0]), targets[0])
            return Demand(
                wording=one_of(rng, one_forms, button_wording, kind, say(rng, key)),
                action=clicked(targets[0]),
                once=once,
            )
        done = rng.randint(0, len(targets))
        return Demand(
            wording=one_of(rng, every_forms, button_wording, kind, say(rng, key)),
            action=clicked(targets[done]) if done < len(targets) else "",
            done=deed(clicked(targets[done - 1]), targets[done - 1]) if done else "",
        )

    return Part(lines=tuple(lines), ask=ask)


def search(rng: Random) -> Part:
    """A search field, its button and results: first search, then open one of the results."""
    text, stage = text_of(rng), rng.choice(("empty", "typed", "found", "found"))
    go = Line(role=rng.choice(("button", "button", "clickable")), name=words.label(rng), ref=0)
    name, hint = rng.choice((("", words.hint(rng)), (words.label(rng), "")))
    role, value = rng.choice(("searchbox", "textbox")), "" if stage == "empty" else text
    hits: list[Line] = []
    for _ in range(rng.randint(2, 6) if stage == "found" else 0):
        hits.append(Line(role="link", name=words.label(rng), ref=0))
        hits += [Line(role="text", name=words.sentence(rng))] if rng.random() < 0.4 else []
    look = (
        "search for {0} with {1}",
        "look up {0} by {1}",
        "have {1} look for {0}",
        "type {0}, hit {1}",
        "find {0} using {1}",
    )
    then = ("{0}, then open {1}", "{0} and follow {1}", "{0}, and then click {1}", "{0}; click on {1}")

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        box, go, *rest = lines
        results = [line for line in rest if line.ref is not None]
        text_wanted = box.value if box.value and rng.random() < 0.9 else text_of(rng)
        at = rng.randrange(min(len(results), len(COUNTED)) if results else len(COUNTED))
        result_wording = f"the {rng.choice(COUNTED[at])} {rng.choice(('result', 'link', 'hit', 'entry'))}"
        wording = one_of(rng, then, one_of(rng, look, say(rng, text_wanted), recased(rng, go.name)), result_wording)
        if box.value != text_wanted:
            return Demand(wording=wording, action=typed(box, text_wanted))
        if not results:
            return Demand(wording=wording, action=clicked(go), done=deed(typed(box, text_wanted), box))
        return Demand(wording=wording, action=clicked(results[at]), done=deed(clicked(go), go))

    return Part(lines=(Line(role=role, name=name, hint=hint, ref=0, value=value), go, *hits), ask=ask)


def message(rng: Random) -> Part:
    """A message: open it, choose an action such as reply, fill in the field that appears, and send it."""
    sender, text, deed_word = words.rare_name(rng), words.sentence(rng), words.word(rng)
    sent = rng.choice(("send", "ok", "post", "done"))
    stage = rng.choice(("listed", "opened", "written", "filled"))
    back = Line(role="clickable", name="", hint=f"#{rng.choice(('close', 'back'))}-{words.word(rng)}", ref=0)
    act = Line(role="clickable", name="", hint=f".{words.word(rng)}.{deed_word}", ref=0)
    field = Line(role="textbox", name="", hint=f"#{deed_word}-text", ref=0, value=text if stage == "filled" else "")
    send = Line(role="clickable", name="", hint=f"#{sent}-{deed_word}", ref=0)
    if stage == "listed":
        others = [words.rare_name(rng) for _ in range(rng.randint(1, 4))]
        names = [sender, *others]
        rng.shuffle(names)
        lines = [Line(role="clickable", name=f"{name} {words.sentence(rng)}", ref=0) for name in names]
    elif stage == "opened":
        idle = [Line(role="clickable", name="", hint=f".{words.word(rng)}", ref=0) for _ in range(rng.randint(0, 2))]
        acts = [act, *idle]
        rng.shuffle(acts)
        lines = [back, Line(role="heading", name=words.sentence(rng)), Line(role="text", name=sender), *acts]
    else:
        lines = [back, send, Line(role="text", name=f"to: {sender}"), field]
    forms = (
        "open the message by {0} and {1} it with the text {2}",
        "find what {0} wrote, and {1} with {2}",
        "{1} to {0}: {2}",
        "look for {0}'s message and {1} to it with {2}",
    )

    def ask(rng: Random, lines: tuple[Line, ...], _fields: tuple[Line, ...]) -> Demand | None:
        wording = one_of(rng, forms, say(rng, sender), deed_word, say(rng, text))
        if stage == "listed":
            return Demand(
                wording=wording, action=next(clicked(line) for line in lines if line.name.startswith(f"{sender} "))
            )
        if stage == "opened":
            return Demand(wording=wording, action=next(clicked(line) for line in lines if line.hint == act.hint))
        send, field = lines[1], lines[3]
        if stage == "written":
            return Demand(wording=wording, action=typed(field, text))
        return Demand(wording=wording, action=clicked(send), done=deed(typed(field, text), field))

    return Part(lines=tuple(lines), ask=ask)
