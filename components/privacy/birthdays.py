"""Words for birthdays, for persons on lists, and for other things that happen on a day."""

from __future__ import annotations

from components.privacy.words import lists_of

_LISTS = lists_of("birthdays")
BIRTH = _LISTS["birth"]
BORN = _LISTS["born"]
"""Words after a date that make it a date of birth."""
BIRTHDAY = _LISTS["birthday"]
"""Words for a birthday, which is often given without its year."""
BIRTH_YEAR = _LISTS["birth_year"]
"""Labels after which a year alone is a date of birth."""
PERSON = _LISTS["person"]
"""Kinds of persons that lists are made of."""
CHILD = _LISTS["child"]
HAPPENED = _LISTS["happened"]
"""Words for other events on a day, which speak against a date of birth."""
MONTHS = (
    r"january|jan(?![^\W\d_])\.?|february|feb(?![^\W\d_])\.?|march|mar(?![^\W\d_])\.?|april|apr(?![^\W\d_])\.?|may|june"
    r"|jun(?![^\W\d_])\.?|july|jul(?![^\W\d_])\.?|august|aug(?![^\W\d_])\.?|september|sept?(?![^\W\d_])\.?|october"
    r"|oct(?![^\W\d_])\.?|november|nov(?![^\W\d_])\.?|december|dec(?![^\W\d_])\.?|januar|jänner|februar|märz|mai|juni"
    r"|juli|oktober|okt(?![^\W\d_])\.?|dezember|dez(?![^\W\d_])\.?|janvier|janv\.?|février|févr?\.?|mars|avril|juin"
    r"|juillet|juil\.?|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    r"|septiembre|octubre|noviembre|diciembre"
)
