"""How people write the day on which somebody was born: in four languages, as Unicode's CLDR and ISO 8601 have it."""

from __future__ import annotations

_YEAR = r"(?:(?:19|20)\d{2}|['’]\d{2})"
_MONTH = r"[^\W\d_]{3,10}\.?"
_OF = r"(?:de\s|del\s|of\s)?"
_NTH = r"(?:st|nd|rd|th|er|ª|º|°)?"
DATE = (
    r"(?:\d{1,2}(?:[./ -]|\.\s)(?:\d{1,2}|[IVXivx]{1,4})(?:[./ -]|\.\s)(?:19|20)?\d{2}"
    r"|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}(?:[Tt ]\d{2}:\d{2}[\d:.]{0,12}(?:[Zz]|[+-]\d{2}:?\d{2})?)?"
    rf"|\d{{1,2}}{_NTH}\.?[\s-]{_OF}{_MONTH},?[\s-]{_OF}{_YEAR}"
    rf"|{_MONTH}\s\d{{1,2}}{_NTH},?\s{_YEAR})(?!\d)"
)
"""A pattern, in small letters or not."""
COMPACT = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
"""Eight digits that may be one, where a label says so."""
WEEKDAY = r"(?:[^\W\d_]{3,10},?\s)?"
