"""Names and `autocomplete` tokens of fields and headings, by what they ask for, and what is no value in them."""

from __future__ import annotations

from components.privacy import ailments, belonging
from components.privacy.ailments import MEDICAL_LABEL
from components.privacy.belonging import SENSITIVE_LABEL
from components.privacy.hits import Kind
from components.privacy.words import GERMAN_KEYS, IDENTITY, lists_of

_LISTS = lists_of("fields")
NO_PASSWORD = frozenset(_LISTS["no_password"])
"""Values after the word for a password that are none."""
FIELDS: dict[Kind, tuple[str, ...]] = {
    "code": _LISTS["code"],
    "password": _LISTS["password"],
    "card": _LISTS["card"],
    "bank": _LISTS["bank"],
    "national_id": tuple(sorted({*IDENTITY} - {"document", "documento", "matricule", "line", "pass", "social"}))
    + _LISTS["national_id"],
    "birth_date": _LISTS["birth_date"],
    "email": _LISTS["email"],
    "phone": _LISTS["phone"],
    "address": _LISTS["address"],
    "health": (*MEDICAL_LABEL, *ailments.LISTS["label_stem"]),
    "sensitive": (*SENSITIVE_LABEL, *belonging.LISTS["label_stem"]),
    "key": _LISTS["key"] + GERMAN_KEYS,
}
"""Names and `autocomplete` tokens of fields, by what they ask for; the first that fits counts."""
ALONE: dict[str, Kind] = {
    **dict.fromkeys(
        ("nas", "sin", "sin number", "ssn/sin", "tfn", "nino", "bsn", "niss", "cuil", "cuit", "rfc", "cpf", "utr"),
        "national_id",
    ),
    **dict.fromkeys(("licence", "license", "permis", "permiso", "permiso n.º", "ausweis-nr"), "national_id"),
    **dict.fromkeys(
        ("t", "p", "m", "ph", "tf", "tfn", "número", "nummer", "contact", "contacto", "privat", "privé"), "phone"
    ),
    **dict.fromkeys(
        ("union", "gewerkschaft", "sindicato", "syndicat", "faith", "rel", "relig", "konf", "konfess", "culte"),
        "sensitive",
    ),
    **dict.fromkeys(_LISTS["place"], "address"),
    **dict.fromkeys(("reason off", "issue reported", "complaint", "presenting with", "dg", "dg.", "dx"), "health"),
}
"""Labels that ask for something private only if they are the whole label."""
_COLUMNS = lists_of("columns")
STATISTICS = _COLUMNS["statistics"]
"""Headings of a column of counts; rows beside such a column are about no single person."""
OFFICES = _COLUMNS["offices"]
"""Headings of a column of offices or shops, whose numbers are public."""
NO_VALUE = _COLUMNS["no_value"]
"""Placeholders of an empty field."""
NO_CHOICE = _COLUMNS["no_choice"]
"""What a list shows if nothing has been chosen, or no answer was given."""
REASONS = _COLUMNS["reasons"]
"""Headings of a column of reasons; beside a column of the ill these are diagnoses."""
SICK = _COLUMNS["sick"]
LEAVE = _COLUMNS["leave"]
"""Reasons for an absence other than illness."""
ELECTED = _COLUMNS["elected"]
"""Headings of a column beside which a party or a faith is many people's, or somebody's whom they have elected."""
COLUMNS = _COLUMNS["columns"]
"""Headings of a second column, which show that the second cell is not the value of the first."""
HEADS = frozenset(_LISTS["heads"])
"""Names of columns that ask for nothing of anybody: a row of nothing else begins a table."""
