"""National ids whose form and check digits are right, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from components.privacy.checksums import (
    is_codice_fiscale,
    is_cpf,
    is_dni,
    is_ean,
    is_kvnr,
    is_nir,
    is_niss,
    is_pension_number,
    is_ppsn,
    is_rut,
    is_ssn,
    is_tax_id,
    luhn,
)
from components.privacy.lexicon import Span

Id = tuple[re.Pattern[str], Callable[[str], bool]]
_OF_EITHER: tuple[Id, ...] = (
    (
        re.compile(r"(?:(?<!\w)\d(?:\d{7}|\d\.\d{3}\.\d{3})|(?<!\w)[XYZ][- ]?\d{7})[- ]?[A-HJ-NP-TV-Z](?!\w)"),
        is_dni,
    ),
    (re.compile(r"(?<![\w<])[A-Z\d][A-Z\d<]{8}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z\d<]{2,16}(?![\w<])"), bool),
)
_OF_DIGITS: tuple[Id, ...] = (
    (re.compile(r"(?<![\d-])\d{3}([- ./])\d{2}\1\d{4}(?![\d-])"), is_ssn),
    (re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)"), is_cpf),
    (re.compile(r"(?<![\w.+-])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\w.-])"), is_tax_id),
    (re.compile(r"(?<!\w)[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\w)"), is_nir),
    (re.compile(r"(?<!\w)\d{2} ?\d{6} ?[A-Z] ?\d{3}(?!\w)"), is_pension_number),
    (re.compile(r"(?<![\w.-])756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}(?!\w)"), is_ean),
    (re.compile(r"(?<![\w.])\d{1,2}\.\d{3}\.\d{3}-[\dKk](?![\w-])"), is_rut),
    (re.compile(r"(?<!\w)\d{7}[A-W][A-IW]?(?!\w)"), is_ppsn),
    (re.compile(r"(?<![\w.])\d{2}\.\d{2}\.\d{2}[- ]\d{3}[. ]\d{2}(?!\w)"), is_niss),
    *_OF_EITHER,
)
_OF_LETTERS: tuple[Id, ...] = (
    (re.compile(r"(?<!\w)[A-Z]{3}P[A-Z]\d{4}[A-Z](?!\w)"), bool),
    (re.compile(r"(?<![\w*•])[*xX•]{3}-[*xX•]{2}-\d{4}(?!\w)"), bool),
    (re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"), bool),
    (re.compile(r"(?<!\w)[A-Z]\d{9}(?!\w)"), is_kvnr),
    (
        re.compile(
            r"(?<!\w)[A-Z][A-Z9]{4} ?\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d"
            r"|3[01])\d ?[A-Z][A-Z9][A-Z\d] ?[A-Z]{2}(?!\w)"
        ),
        bool,
    ),
    (re.compile(r"(?<!\w)[A-Z]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{5}[A-Z\d]\d(?!\w)"), bool),
    (re.compile(r"(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)"), is_codice_fiscale),
    *_OF_EITHER,
)
_ANY_OF_DIGITS, _ANY_OF_LETTERS = (
    re.compile("|".join(pattern.pattern for pattern, _ in ids).replace(r"([- ./])", "[- ./]").replace(r"\1", "[- ./]"))
    for ids in (_OF_DIGITS, _OF_LETTERS)
)
"""Any of them, perhaps with other signs between."""
_SIN = re.compile(
    r"[SN](?<!\w.)(?:(?<=S)IN|(?<=N)(?:AS|\.A\.S\.))(?!\w)[^\d\n]{1,40}?(?P<value>\d{3}[ -]?\d{3}[ -]?\d{3})(?![\w-])"
)
"""Canada's number of social insurance, whose name other languages have for `without`."""
_ID_BEGINS = re.compile(
    r"[0-9A-Z*x•](?:(?<=[0-9])(?<!\d.)(?=(?:[ ./-]?[\dA-Z<]){7})"
    r"|(?<!\w.)(?:(?<=[A-Z])(?=(?:[ .-]?[A-Z\d<]){8})(?=.{0,10}\d)|(?<=[*xX•])[*xX•]{2}-(?=[*xX•]{2}-\d)))"
)
"""The shortest has eight letters and digits."""
_OF_COMPANY = re.compile(
    r"(?:(?:RFC|CUIT):? )?(?:[A-ZÑ&]{3}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z\d]{3}|3[034]-?\d{8}-?\d)"
)
"""A tax number that Mexico and Argentina give to companies."""


def spans(text: str) -> Iterator[Span]:
    """National ids whose form and check digits are right."""
    for number in _SIN.finditer(text):
        if luhn(re.sub(r"\D", "", number["value"])):
            yield number.span("value")
    for beginning in _ID_BEGINS.finditer(text):
        ids, any_ = (_OF_DIGITS, _ANY_OF_DIGITS) if beginning[0].isdigit() else (_OF_LETTERS, _ANY_OF_LETTERS)
        for pattern, fits in ids if any_.match(text, beginning.start()) else ():
            match = pattern.match(text, beginning.start())
            if match and fits(re.sub(r"[\W_]", "", match[0])):
                yield match.span()


def is_a_companys(number: str) -> bool:
    return _OF_COMPANY.fullmatch(number) is not None
