"""What values look like, by class."""

from __future__ import annotations

import re

from components.privacy import births, dates
from components.privacy.hits import Kind
from components.privacy.lexicon import line_begins, line_ends

_SHAPES: dict[Kind, str] = {
    "phone": r"\+?[(\d][\d ()./-]{5,22}\d(?: ?(?:x|ext\.?) ?\d{1,5})?",
    "birth_date": rf"{dates.WEEKDAY}{dates.DATE}|{dates.COMPACT}",
    "national_id": r"(?!.*[a-zß-ÿ]{3})(?=(?:\D*\d){3})[A-Za-z0-9][A-Za-z0-9 ./-]{4,24}|(?=\D*\d)[A-Z0-9]{8,10}",
    "card": r"\d[\d -]{11,25}\d|\d{3,4}",
    "bank": r"(?!\d\d-\d\d-\d\d\Z)(?=(?:\D*\d){6})[A-Za-z0-9][A-Za-z0-9 /-]{5,40}",
    "code": r"(?=[\w-]*(?:\d|[a-z][A-Z]))[A-Za-z0-9]{3,12}(?:[ -][A-Za-z0-9]{2,8}){0,4}"
    r"|(?=(?:[^A-Z\d]*[A-Z\d]){4})(?=\D*\d)[A-Z\d]{1,8}(?:[ -][A-Z\d]{1,8}){1,4}|[A-Z]{3,4}-[A-Z]{3,4}",
    "password": r"[^\s]{3,80}|\d{2,5}(?:[ -]\d{1,5}){1,7}[#*]?|[^\W\d_A-Z]{3,}(?:[ ][^\W\d_A-Z]{3,}){2,11}",
    "key": r"(?=\S*\d|\S*[A-Z]\S*[a-z]\S*[A-Z])[\w+/=.~-]{12,4000}",
    "address": r"(?=.*\d)(?=.*[^\W\d_]{2}).{5,120}|(?:[A-ZÀ-Þ][\w'’.-]*(?:[ ](?:[A-ZÀ-Þ][\w'’.-]*|de|del|la|du|des"
    r"|of|the)){0,3},[ ])"
    r"{1,3}[A-ZÀ-Þ][\w'’.-]+(?:[ ][A-ZÀ-Þ][\w'’.-]+){0,2}",
    "health": r"(?=.*[^\W\d_]{2}).{2,120}",
    "sensitive": r"(?=.*[^\W\d_]{2}).{2,80}",
    "email": r"\S+@\S+",
}
SHAPES = {kind: re.compile(pattern) for kind, pattern in _SHAPES.items()}
"""The shape that a value of a class must have."""
LINE = 120
"""Characters of a line beside a sort code that are read."""
SORT_CODE = re.compile(r"\d\d-\d\d-\d\d")
"""A branch of a British bank, which is nobody's."""
_ACCOUNT = re.compile(r"(?<!\d)\d{6,12}(?!\d)")
QUANTITY = re.compile(
    r"\d[\d.,]* ?(?:km|m|m²|mi|miles?|min|minutes?|minuten|minutos|h|hours?|stunden|heures?|horas?|€|£|\$|%|kg)\.?",
    re.IGNORECASE,
)
PLACE_LIKE = re.compile(
    r"(?!.*(?:\d{1,2}[:.]\d\d(?!\d)|\d ?(?:[ap]m|uhr|h|min|years?|años|ans|jahre|%|€|£)(?!\w)|: "
    r"|[.!?] [A-Z]))(?:.*(?<![^\W_])[A-ZÀ-Þ][\wà-ÿ'’.-]+\.?,?[ ](?:n\.?[º°][ ]?|núm\.[ ]"
    r"|No\.[ ])?\d{1,5}[ ]?[a-hA-H]?(?!\w|[.,:]\d).*|(?:[A-Z][a-z]+[ ])?\d{1,5}[a-zA-Z]?(?:[ ](?:bis"
    r"|ter))?,?[ ](?:[A-ZÀ-Þ][\w'’.-]+|rue|avenue|boulevard|impasse|chemin|place|quai|route|allée|cours|square|passage"
    r"|bd|av\.)[ ].*|.*(?<!\d)\d{4,5}[ ][A-ZÀ-Þ]\w.*|.*[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}|.*,[ ].*,[ ].*\d.*)"
)
"""What looks like a place to live, where its label alone does not say that it is one."""
HOURS = re.compile(
    r"(?<!\d)\d{1,2}(?:[:.h]\d\d)? ?(?:[ap]m)? ?(?:[–-]|to|bis|a|à) ?\d{1,2}(?:[:.h]\d\d)? ?(?:uhr|h|[ap]m)(?!\w)"
    r"|\d ?uhr(?!\w)",
    re.IGNORECASE,
)
"""A time, which is no place."""
INSIDE: dict[Kind, re.Pattern[str]] = {
    "birth_date": re.compile(
        rf"(?<![\w./-])(?:{dates.DATE}|{dates.COMPACT}(?!\d)|{births.DAY.pattern})", re.IGNORECASE
    ),
    "phone": re.compile(r"(?<![\w./-])\+?[(\d](?:[ ()./-]{0,2}\d){6,14}(?![\w-])"),
    "national_id": re.compile(
        r"(?<![\w./-])(?=(?:[A-Za-z0-9 -]*\d){5})[A-Za-z]{0,4}\d(?:[ -]?(?:[A-Z0-9]|[a-z](?![a-z]))){5,17}(?![\w-])"
    ),
}
"""What is searched for in a value that holds more, such as `13.03.1981, Kiel`."""


def is_branch(text: str, span: tuple[int, int]) -> bool:
    """Whether a value is a sort code, with no account of that branch in its line."""
    line = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
    return SORT_CODE.fullmatch(text, *span) is not None and _ACCOUNT.search(text, *line) is None
