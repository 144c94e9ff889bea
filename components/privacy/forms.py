"""Private values in a page's fields: the text in a field for a password is one, whatever it is.

Read from an observation's line of a field: role, name (or the hint of class or id), and value. `marked` adds the
field's purpose from its markup (the token of `autocomplete`, type or name), which no agent sees. A value of dots is a
password.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from components.browser.actions import ActionError, parse_action
from components.browser.quoting import quote
from components.privacy import conditions, fields, questions
from components.privacy.checksums import is_card
from components.privacy.hits import Hit, Kind
from components.privacy.labelled import is_plain, is_said, is_told, is_weak
from components.privacy.lexicon import REMEMBERED, Lexicon, Span, holds_any, phrase_pattern, small, words_of
from components.privacy.medicine import is_illness
from components.privacy.shapes import QUANTITY, SORT_CODE
from components.privacy.unasked import is_a_birthplace, is_for_another

_FIELD = re.compile(
    r"(?:\[\d+\] )(?:textbox|searchbox|spinbutton|combobox|date|month|datetime|time)"
    r"(?: (?P<purpose>\.\S{1,120}))?"
    r'(?: (?P<name>"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[.#]\S{1,80}))?(?P<rest>[^"\n]{0,80}?) value '
    r'"(?P<value>[^"\\\n]*(?:\\.[^"\\\n]*)*)"'
)
_NAMELESS = re.compile(
    r"|[.#]\S*|\"[\W_]*(?:(?:dd|mm|yyyy|tt|jj|jjjj|aaaa|day|month|year|tag|monat|jahr|jour|mois|année|día|mes|año"
    r"|(?:(?:your|ihre|deine|votre|ta|tu|su|la) )?(?:saved |gespeicherte )?(?:answer|antwort|réponse|respuesta)"
    r"(?: (?:on file|guardada|enregistrée))?|text|details|please specify|bitte angeben|précisez|especifique"
    r")[\W_]*){0,3}\"",
    re.IGNORECASE,
)
"""Names of fields that do not say what is asked for."""
_ASKED = re.compile(
    r"[ ]*(?:\[\d+\] )?(?:text|heading|legend|label|paragraph|term|listitem|strong|group) "
    r'"((?:[^"\\\n]|\\.){2,140})"[^\n]*'
)
WORDED: frozenset[Kind] = frozenset(("health", "sensitive", "address"))
"""Classes whose values are words."""
NUMBERED: frozenset[Kind] = frozenset(("card", "bank", "national_id", "phone"))
"""Classes whose values have digits: beside one's number stands one's name."""
FEWEST = 3
"""Digits of an account at least."""
FIELDS_ABOVE = 3
"""Fields between a question and one that belongs to it, as for day, month and year."""
_WRITES = re.compile(
    r"(?:type|fill|enter|write|select|choose)(?: \[\d{1,6}\])? "
    r'"(?P<value>(?:[^"\\\n]|\\.){1,200})" (?:in|into|as|for|from|under) '
    r'"?(?P<name>[^"\n]{2,60})'
)
_INTO = re.compile(r'" (?:in|into|as|for|from|under) ')
_GROUP = re.compile(
    r'^(?P<indent>[ ]*)(?:\[\d+\] )?(?:group|radiogroup|form|region) "(?P<name>(?!")[^"\\\n]*(?:\\.[^"\\\n]*)*)"[^\n]*'
    r"(?P<inside>(?:\n(?P=indent)[ ]+[^\n]*){1,40})",
    re.MULTILINE,
)
_CHOSEN = re.compile(
    r'(?:\[\d+\] )?(?:radio|checkbox|option) "(?P<value>(?!")[^"\\\n]*(?:\\.[^"\\\n]*)*)"[^\n]*(?:checked|selected)'
)
_CHOICE = re.compile(r'[ ]*(?:\[\d+\] )?(?:radio|checkbox|option) "')
CHOICES_ABOVE = 12
"""Choices between a question and the one that is ticked, at most."""
_SHOWN = re.compile(
    r"\n(?P<indent>[ ]*)(?:\[\d+\] )?(?:combobox|listbox|button)(?: \.\S{1,120})? "
    r'"(?P<name>(?!")[^"\\\n]*(?:\\.[^"\\\n]*)*)"[^"\n]{0,60}\n(?P=indent)[ ]+'
    r'(?:text|option) "(?P<value>(?!")[^"\\\n]*(?:\\.[^"\\\n]*)*)"'
)
"""The chosen entry of a list box that the page draws itself."""
NOTHING = re.compile(rf"(?:{'|'.join(map(phrase_pattern, fields.NO_CHOICE))})[.!…]?|[\W_]*", re.IGNORECASE)
"""Entries of a list that mean that nothing has been chosen."""
_REFERENCE = re.compile(r"\[(\d{1,9})\] [a-z]+")
_DOTS = re.compile(r"[•●∙*]{1,200}")
_SHORT_NUMBER = re.compile(r"\d{4,8}")
_CODE = re.compile(r"(?<![^\W_])(?:code|código)(?![^\W_])", re.IGNORECASE)
_OTHER_CODE = re.compile(
    r"post|zip|area|country|promo|coupon|discount|voucher|gift|dress|color|descuento|país|gutschein|rabatt",
    re.IGNORECASE,
)
"""A code that is neither a postal nor a shop's: with a short number in it, a one-time code."""
_ASKS_FOR_DIGITS = re.compile(
    r"(?<!\w)(?:(?:four|five|six|seven|eight|vier|fünf|sechs|acht|cuatro|cinco|seis|ocho|quatre|cinq|six|huit"
    r"|[4-8])[ -]"
    r"(?:digits?|numbers?|ziffern?|zahlen|dígitos?|cifras?|números?|chiffres?)|(?:digits|ziffern|dígitos|cifras|chiffres)"
    r"(?: \w+){0,3} (?:sms|e-?mail|text|app|phone|brief|letter|carta|lettre)|verification|verifizierung|verificación"
    r"|vérification|(?:bestätigung|confirmation|confirmación) (?:per|by|por|par) \w+|sms|one-time)(?!\w)",
    re.IGNORECASE,
)
"""In a field's name: it is for the digits of a message."""
SIGNS, APART = 4, 2
"""Fields of one sign in a row that are a code at least, and lines from one to the next at most."""
_PART = re.compile(r"\d{2,8}")
PARTS = 5
"""Fields in which a card's number may stand, at most."""
_OF_COMPANY = re.compile(
    r"(?<![^\W_])(?:u?st|umsatzsteuer|mwst|vat|siret|siren|tva|cif|iva|hrb|ein)(?![^\W_])", re.IGNORECASE
)
"""Those whose numbers are in public registers."""
_OF_ANOTHER = re.compile(
    r"(?<!\w)(?:by|on|date|dates|since|until|from|time|doctor|physician|prescriber|status date|expires|expiry|number|no"
    r"|von|am|seit|bis|datum|uhrzeit|arzt|ärztin|durch|ab|nummer|por|desde|hasta|fecha|médico|hora|número|par|depuis"
    r"|jusqu['’]au|date|le|médecin|heure|numéro|fee|fees|amount|betrag|importe|montant)[\s\W]*\Z"
)
"""At the end of a label: it asks for a day, a number or somebody else."""
_SELF = "i am"
"""The question of a choice that stands alone."""
_OF_OFFERS = re.compile(
    r"(?<!\w)(?:zusatzstoffe|additives|additifs|aditivos)(?!\w)|\A(?:our|nos|unsere|nuestr[oa]s) "
    r"(?!child|kind|niñ|enfant)"
)
"""In a label: what a menu declares, or a clinic, a shop or a body offers."""
_OF_ONE = re.compile(
    r"(?<!\w)(?:you|your|apply|applies|conditions?|patient|child|sie|ihnen|ihr|ihre|trifft|haben|hast|dein|kind"
    r"|usted|su|tu"
    r"|tiene|padece|sufre|hijo|hija|vous|votre|avez|souffrez|enfant|antécédents)(?!\w)",
    re.IGNORECASE,
)
"""In a question: somebody is asked about himself or whom he cares for."""
Beside = Callable[[str, int, int], re.Match[str] | None]
"""A pattern's method that looks at a line from one place to another."""
NAMES = Lexicon({kind: (names, "") for kind, names in fields.FIELDS.items()})
"""What fields are called, by what they ask for."""


def hits(text: str) -> Iterator[Hit]:
    """Hits of filled fields whose name or purpose asks for something private."""
    filled_in = [*_FIELD.finditer(text)]
    for at, field in enumerate(filled_in):
        span = field.span("value")
        if not field["value"]:
            continue
        name = f"{field['purpose'] or ''} {field['name'] or ''} {field['rest']}"
        kind = _kind_of(text, field, name, filled_in[max(at - APART, 0) : at + APART + 1])
        if _is_of_nobody(kind, field["value"]) or (kind == "birth_date" and is_a_birthplace(name, field["value"])):
            continue
        if kind is not None and not (kind in WORDED and NOTHING.fullmatch(field["value"].strip())):
            yield Hit(start=span[0], end=span[1], kind=kind, source="form")
    yield from _explained(filled_in)
    yield from _ticked(text)
    for box in _SHOWN.finditer(f"\n{text}"):
        kind = asks_for(box["name"])
        if kind in WORDED and not NOTHING.fullmatch(box["value"].strip()):
            yield Hit(start=box.start("value") - 1, end=box.end("value") - 1, kind=kind, source="form")


def _kind_of(text: str, field: re.Match[str], name: str, beside: list[re.Match[str]]) -> Kind | None:
    """The class of a filled field, by its name, the question above it, the fields `beside` it, or its value."""
    value, shown = field["value"], field["name"] or ""
    kind: Kind | None = "password" if _DOTS.fullmatch(value) else asks_for(name)
    if kind == "sensitive" and is_weak(value, shown):
        return None
    if kind == "national_id" and is_told(value, shown):
        return "sensitive"
    if kind is not None:
        return kind
    is_nameless = _NAMELESS.fullmatch(shown) is not None
    if is_nameless or "?" in shown:
        asked = _question_above(text, field.start(), beside=_FIELD.search, most=FIELDS_ABOVE)
        if (is_nameless and (kind := asks_for(asked))) or questions.is_of_security(small(asked)):
            return kind or "password"
    if is_nameless and any(
        asks_for(part["name"] or "") == "birth_date"
        and text.count("\n", *sorted((part.start(), field.start()))) <= APART
        for part in beside
    ):
        return "birth_date"
    if _SHORT_NUMBER.fullmatch(value) and (is_code(name) or _ASKS_FOR_DIGITS.search(name)):
        return "code"
    if is_told(value, shown) or is_plain(value, shown):
        return "sensitive"
    return "health" if conditions.is_told(value, shown) else None


def _explained(filled_in: list[re.Match[str]]) -> Iterator[Hit]:
    """Sentences about somebody's health in what is written into fields that leave room for it."""
    for field in filled_in:
        for first, last in conditions.sentences(field["value"] or "", field["name"] or ""):
            start = field.start("value")
            yield Hit(start=start + first, end=start + last, kind="health", source="form")


def _is_of_nobody(kind: Kind | None, value: str) -> bool:
    """Whether a value is none of its class: no digits, a branch of a bank, or a distance."""
    digits = sum(map(str.isdigit, value))
    if (
        (kind in NUMBERED and not digits)
        or (kind == "bank" and digits < FEWEST)
        or (kind == "key" and " " in value and not digits)
    ):
        return True
    shape = {"bank": SORT_CODE, "address": QUANTITY}.get(kind or "")
    return shape is not None and shape.fullmatch(value) is not None


def _question_above(text: str, at: int, *, beside: Beside, most: int) -> str:
    """The line of text above a place in a form, or above at most so many lines right before it that are `beside` it;
    empty where there is none."""
    end = text.rfind("\n", 0, at)
    for _ in range(most):
        start = text.rfind("\n", 0, max(end, 0)) + 1
        if end <= 0 or not beside(text, start, end):
            break
        end = start - 1
    match = _ASKED.fullmatch(text, text.rfind("\n", 0, max(end, 0)) + 1, max(end, 0))
    return match[1] if match else ""


def _ticked(text: str) -> Iterator[Hit]:
    """What is ticked under a question about something private, in no group of its own."""
    for choice in _CHOSEN.finditer(text) if holds_any(text, ('radio "', 'checkbox "', 'option "')) else ():
        question = _question_above(text, choice.start(), beside=_CHOICE.match, most=CHOICES_ABOVE)
        kind = asks_for(question) or _chosen(choice["value"], question)
        if kind in ("health", "sensitive") and not NOTHING.fullmatch(choice["value"].strip()):
            yield Hit(start=choice.start("value"), end=choice.end("value"), kind=kind, source="form")


def _chosen(value: str, question: str) -> Kind | None:
    """The class of a value whose question says little: what somebody believes or is, or an illness that he has."""
    if is_told(value, question) or is_said(value):
        return "sensitive"
    if not question:
        return "sensitive" if is_told(value, _SELF) else "health" if is_illness(value) else None
    return "health" if _OF_ONE.search(question) and is_illness(value) else None


def is_code(name: str) -> bool:
    """Whether a name or a sentence is about a code, but not a postal one or a shop's."""
    is_other = _OTHER_CODE.search(name) is not None or is_for_another("code", small(name))
    return _CODE.search(name) is not None and not is_other


def of_actions(text: str) -> Iterator[Hit]:
    """Hits of texts that an action in words writes into a private field: `type [5] "X1234567" into Passport`."""
    for action in _WRITES.finditer(text) if _INTO.search(text) else ():
        kind = asks_for(action["name"])
        if kind is not None:
            yield Hit(start=action.start("value"), end=action.end("value"), kind=kind, source="form")


def of_single_signs(text: str) -> Iterator[Hit]:
    """Hits of a code in fields of one character each."""
    run: list[Span] = []
    for field in _FIELD.finditer(text):
        start, end = field.span("value")
        alone = end - start == 1 and field["value"].isalnum()
        if run and (not alone or text.count("\n", run[-1][1], start) > APART):
            yield from _code_of(run)
            run = []
        run += [(start, end)] if alone else []
    yield from _code_of(run)


def of_parts(text: str) -> Iterator[Hit]:
    """Hits of a card's number that is spread over several fields, whatever their names."""
    run: list[re.Match[str]] = []
    for field in _FIELD.finditer(text):
        if not _PART.fullmatch(field["value"]):
            run = []
            continue
        if run and text.count("\n", run[-1].end(), field.start()) > APART:
            run = []
        run = [*run, field][-PARTS:]
        for first in range(len(run) - 1):
            if is_card("".join(part["value"] for part in run[first:])):
                for part in run[first:]:
                    yield Hit(start=part.start("value"), end=part.end("value"), kind="card", source="form")


def _code_of(run: list[Span]) -> Iterator[Hit]:
    if len(run) >= SIGNS:
        for start, end in run:
            yield Hit(start=start, end=end, kind="code", source="form")


def of_groups(text: str) -> Iterator[Hit]:
    """Hits of texts and choices in a group whose name asks for something private: three fields of a date of birth."""
    for group in _GROUP.finditer(text) if 'group "' in text or 'form "' in text or 'region "' in text else ():
        asked = asks_for(group["name"])
        for field in (*_FIELD.finditer(text, *group.span("inside")), *_CHOSEN.finditer(text, *group.span("inside"))):
            start, end = field.span("value")
            kind = asked or _chosen(field["value"], group["name"])
            is_empty = end == start or (kind in WORDED and NOTHING.fullmatch(field["value"].strip()))
            if kind and not is_empty and (kind in WORDED or any(map(str.isdigit, field["value"]))):
                yield Hit(start=start, end=end, kind=kind, source="form")


@lru_cache(REMEMBERED)
def asks_for(name: str) -> Kind | None:
    """The class of private data that a field of this name or hint asks for; None where it is nothing private."""
    words = small(name).replace("_", " ")
    spans_of = NAMES.find(words, words_of(words))
    kind = next((kind for kind in fields.FIELDS if spans_of[kind].phrases), None)
    if kind is None and questions.is_secret(words):
        return "password"
    if kind in ("health", "sensitive") and (_OF_ANOTHER.search(words) or _OF_OFFERS.search(words)):
        return None
    if is_for_another(kind, words):
        return None
    return None if kind == "national_id" and _OF_COMPANY.search(name) else kind


def marked(text: str, purposes: Mapping[int, str]) -> str:
    """A page's text with each field's purpose behind its role, for detectors: `[5] textbox .cc-csc "No." value ""`."""
    if not purposes:
        return text

    def field(match: re.Match[str]) -> str:
        purpose = purposes.get(int(match[1]))
        return f"{match[0]} .{purpose}" if purpose else match[0]

    return _REFERENCE.sub(field, text)


def filled(action: str, line: str, *, purposes: Mapping[int, str]) -> str:
    """An action as the page shows it afterwards, for detectors: `[1] textbox "Password" value "..."`; then the action.

    Args:
        line: of the acted-on element, without its reference.
        purposes: of the page's fields, by reference.
    """
    try:
        parsed = parse_action(action)
    except ActionError:
        return action
    if parsed.kind not in ("type", "select") or not line:
        return action
    shown = f"[{parsed.ref}] {line.partition(' value ')[0]} value {quote(parsed.text or '')}"
    return f"{marked(shown, purposes)}\n{action}"
