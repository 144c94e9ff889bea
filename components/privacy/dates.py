"""How dates of birth are written: in four languages, as Unicode's CLDR and ISO 8601 have them."""

from __future__ import annotations

from components.privacy import birthdays

_YEAR = r"(?:(?:19|20)\d{2}|['’]\d{2})"
_MONTH = r"[^\W\d_]{3,10}\.?"
_OF = r"(?:de\s|del\s|of\s)?"
_NTH = r"(?:st|nd|rd|th|er|ª|º|°)?"
_DAYS = (
    "mondays?|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|thu|fri|sat|sun"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mer|jeu|ven|sam|dim"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb"
)
_DAY, _MONTH_NO = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:1[0-2]|0?[1-9])"
_SIGN = r"(?:\s?[./-]\s?|\s)"
DATE = (
    rf"(?:(?:(?:{_DAYS})\.?,?\s)?(?:(?:{_DAY}{_SIGN}(?:{_MONTH_NO}|[IVXivx]{{1,4}})|{_MONTH_NO}{_SIGN}{_DAY})"
    rf"{_SIGN}(?:['’]|19|20)?\d{{2}}(?![ ]\d\d[ ]\d\d)"
    r"|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}(?:[Tt ]\d{2}:\d{2}[\d:.]{0,12}(?:[Zz]|[+-]\d{2}:?\d{2})?)?"
    rf"|(?:the\s)?\d{{1,2}}{_NTH}\.?[\s/-]{_OF}{_MONTH},?[\s/-]{_OF}{_YEAR}"
    rf"|{_MONTH}[\s-]\d{{1,2}}{_NTH},?[\s-]{_YEAR}"
    rf"|(?:the\s|el\s|le\s|den\s)?\d{{1,2}}{_NTH}\.?\s{_OF}(?:{birthdays.MONTHS})\.?\s(?:del?\s)?\d{{2}}(?!\w|[.:,]\d)"
    rf"|\d{{1,2}}-?(?:{birthdays.MONTHS})-?(?:(?:19|20)\d\d|\d\d)(?!\w)))(?!\d)"
)
"""A pattern that ignores case."""
COMPACT = (
    r"(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:19|20)\d{2}(?!\d))"
)
"""Eight digits that may be one, where a label says so."""
WEEKDAY = r"(?:[^\W\d_]{3,10},?\s)?"
