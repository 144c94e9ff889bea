"""Rules for intents that say what to type where: text fields, log-ins, forms, copying, small sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from components.agents.scripted.moves import Case, Move, click, fill, press, rule
from components.browser.scene import TEXT_FIELDS, Node, nth, ordinal, plain


def fill_then_submit(case: Case, entries: Sequence[tuple[Node | None, str, str]], *buttons: str) -> list[Move]:
    """Fills what does not yet hold its text, in any order, then presses the button.

    Args:
        wanted: (field, text, what the field is called in the reason).
        buttons: names of the button that ends the form; Submit when none is there.
    """
    if not entries or any(field is None for field, _, _ in entries):
        return []
    open_fields = [
        move
        for field, text, name in entries
        if field and not _holds(field, text)
        for move in fill(field, text, f'The {name} does not hold "{text}" yet.')
    ]
    if open_fields:
        return open_fields
    state = "The field holds its text" if len(entries) == 1 else "All fields hold their texts"
    return click(case.scene.submit(*buttons), f"{state}, so the form can be sent.")


def _holds(field: Node, text: str) -> bool:
    if set(field.value) == {"•"}:  # a password is shown as dots: right when the last typing was of this length
        return len(field.value) == min(len(text), 12)
    return field.value == text


@rule(r'Enter "(?P<text>.*)" into the text field and press Submit')
def text_field(case: Case) -> Sequence[Move]:
    return fill_then_submit(case, [(nth(case.scene.fields, 1), case.words["text"], "text field")])


@rule(r'Type "(?P<text>.*)" in all (?P<case>upper|lower) case letters')
def text_in_case(case: Case) -> Sequence[Move]:
    text = case.words["text"]
    text = text.upper() if case.words["case"].lower() == "upper" else text.lower()
    return fill_then_submit(case, [(nth(case.scene.fields, 1), text, "text input")])


@rule(r'Enter the password "(?P<text>.+)" into both text fields')
def password_twice(case: Case) -> Sequence[Move]:
    text = case.words["text"]
    return fill_then_submit(case, [(field, text, "password field") for field in case.scene.fields[:2]])


@rule(r'Enter the username "(?P<user>.+)" and the password "(?P<password>.+)" into the text fields and press login')
def log_in(case: Case) -> Sequence[Move]:
    """Closes what stands before the form first: a pop-up is left by Cancel, never by OK, which would leave the form."""
    popup = [node for name in ("Cancel", "No") for node in case.scene.named(name, "button", "link", "clickable")]
    if popup:
        return click(popup[0], "Something stands before the log-in form and has to be closed.")
    fields = case.scene.fields
    entries = [(nth(fields, 1), case.words["user"], "user name"), (nth(fields, 2), case.words["password"], "password")]
    return fill_then_submit(case, entries, "login", "log in", "ok")


@rule(r"Enter (?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4}) as the date")
def date_field(case: Case) -> Sequence[Move]:
    words = case.words
    return fill_then_submit(
        case, [(nth(case.scene.fields, 1), f"{words['year']}-{words['month']}-{words['day']}", "date field")]
    )


@rule(r"Enter (?P<hour>\d+):(?P<minute>\d\d) (?P<half>AM|PM) as the time")
def time_field(case: Case) -> Sequence[Move]:
    hour = int(case.words["hour"]) % 12 + (12 if case.words["half"].upper() == "PM" else 0)
    return fill_then_submit(case, [(nth(case.scene.fields, 1), f"{hour:02d}:{case.words['minute']}", "time field")])


@rule(r"Copy the text (?:in|from) the (?:(?P<ordinal>\d+)\w\w )?text ?area below")
def copy_text(case: Case) -> Sequence[Move]:
    """Text areas hold the text, and the one field of a single line takes it, wherever it stands."""
    areas = [field for field in case.scene.fields if field.has("multiline")]
    source = nth(areas, ordinal(case.words["ordinal"] or "1"))
    if source is None:
        return []
    line = next((field for field in case.scene.fields if field not in areas), None)
    return fill_then_submit(case, [(line, source.value, "text input")])


@rule(r"Find the last word in the text area")
def last_word(case: Case) -> Sequence[Move]:
    areas = [node for node in case.scene.refs("textbox") if node.value and len(node.value.split()) > 1]
    fields = [node for node in case.scene.fields if node not in areas]
    if not areas:
        return []
    word = areas[0].value.split()[-1].rstrip(".,")
    return fill_then_submit(case, [(nth(fields, 1), word, "text field")])


@rule(r"Find the (?P<ordinal>\d+)\w\w word in the paragraph")
def word_of_paragraph(case: Case) -> Sequence[Move]:
    text = " ".join(node.name for node in case.scene.texts() if node.role in ("text", "paragraph"))
    words = re.findall(r"[\w'-]+", text)
    number = ordinal(case.words["ordinal"])
    if number > len(words):
        return []
    return fill_then_submit(case, [(nth(case.scene.fields, 1), words[number - 1], "textbox")])


@rule(r"Type the text below into the text field")
def text_below(case: Case) -> Sequence[Move]:
    text = "".join(node.name for node in case.scene.texts()).replace(" ", "")
    return fill_then_submit(case, [(nth(case.scene.fields, 1), text, "text field")]) if text else []


@rule(r"Solve the math problem")
def small_sum(case: Case) -> Sequence[Move]:
    match = re.search(r"(-?\d+)\s*([-+*x×])\s*(-?\d+)", _read_aloud(case))
    if match is None:
        return []
    left, right = int(match[1]), int(match[3])
    result = {"+": left + right, "-": left - right}.get(match[2], left * right)
    return fill_then_submit(case, [(nth(case.scene.fields, 1), str(result), "answer")])


@rule(r"Solve for x")
def small_equation(case: Case) -> Sequence[Move]:
    match = re.search(r"(-?\d+|x)\s*([-+])\s*(-?\d+|x)\s*=\s*(-?\d+)", _read_aloud(case))
    if match is None:
        return []
    left, sign, right, total = match[1], match[2], match[3], int(match[4])
    if left == "x":
        x = total - int(right) if sign == "+" else total + int(right)
    else:
        x = total - int(left) if sign == "+" else int(left) - total
    return fill_then_submit(case, [(nth(case.scene.fields, 1), str(x), "answer")])


@rule(r"Enter the value of (?P<label>.+) into the text field")
def value_of_label(case: Case) -> Sequence[Move]:
    value = _beside(case, case.words["label"])
    return fill_then_submit(case, [(nth(case.scene.fields, 1), value, "text field")]) if value else []


@rule(r"Enter the value that corresponds with each label")
def values_of_labels(case: Case) -> Sequence[Move]:
    entries: list[tuple[Node | None, str, str]] = []
    for field in case.scene.fields:
        label = field.name or _text_before(case, field)
        entries.append((field if _beside(case, label) else None, _beside(case, label), f'field "{label}"'))
    return fill_then_submit(case, entries)


_MOVIE_LABELS = {"genre": ("genre",), "director": ("director",), "year": ("year", "date")}


@rule(r"Search for (?P<genre>.+) movies directed by (?P<director>.+) from year (?P<year>\d+)")
def movie_search(case: Case) -> Sequence[Move]:
    """Labels stand before or after their fields, but in the same order."""
    labels = [node for node in case.scene.nodes if node.ref is None or node.role in TEXT_FIELDS]
    keys = [key for node in labels for key, cues in _MOVIE_LABELS.items() if any(cue in node.label for cue in cues)]
    if len(keys) != 3 or len(case.scene.fields) != 3:
        return []
    entries = [(field, case.words[key], f"{key} field") for field, key in zip(case.scene.fields, keys, strict=True)]
    return fill_then_submit(case, entries, "search", "go")


@rule(
    r'Check the (?P<radio>\d+)\w\w radio button and enter the number "(?P<text>.+)" into the (?P<box>\d+)\w\w textbox'
)
def radio_and_textbox(case: Case) -> Sequence[Move]:
    radio = nth(case.scene.refs("radio"), ordinal(case.words["radio"]))
    if radio is None:
        return []
    if not radio.has("checked"):
        return click(radio, f"Radio button {case.words['radio']} is not checked yet.")
    return fill_then_submit(case, [(nth(case.scene.fields, ordinal(case.words["box"])), case.words["text"], "textbox")])


@rule(r"Scroll the textarea to the (?P<end>bottom|top) of the text")
def scroll_text(case: Case) -> Sequence[Move]:
    """The keyboard moves through a text that has the focus."""
    key = "Control+End" if case.words["end"].lower() == "bottom" else "Control+Home"
    if not case.done("click"):
        return click(nth(case.scene.refs("textbox"), 1), "The text needs the focus before keys scroll it.")
    if not case.done(f'press "{key}"'):
        return press(key, f"{key} goes to the {case.words['end']} of the text.")
    return click(case.scene.submit(), "The text is scrolled.")


@rule(r'Scroll to the bottom of the textarea, enter the name "(?P<name>.+)" then press "(?P<button>\w+)"')
def sign(case: Case) -> Sequence[Move]:
    """The form wakes up when its text has been read to the end; the keyboard's End does that in a focused text."""
    name, button = case.words["name"], case.words["button"]
    fields = [node for node in case.scene.fields if node.value in ("", name)]
    if not fields:
        return []
    return fill_then_submit(case, [(fields[0], name, "name field")], button)


def _read_aloud(case: Case) -> str:
    """All text of the page in one line, with the minus sign of mathematics made plain."""
    return " ".join(node.name for node in case.scene.texts()).replace("−", "-")


def _beside(case: Case, label: str) -> str:
    """The cell to the right of the one that holds `label`."""
    cells = [node for node in case.scene.nodes if node.role == "cell"]
    for left, right in pairwise(cells):
        if left.label == plain(label):
            return right.name
    return ""


def _text_before(case: Case, field: Node) -> str:
    node = case.scene.before(field, [node for node in case.scene.nodes if node.ref is None and node.name])
    return node.name if node else ""
