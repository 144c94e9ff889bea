"""Words that say whose an illness is, and words that say that it is no single person's."""

from __future__ import annotations

from components.privacy.ailments import CONDITIONS, LISTS

DIAGNOSED = LISTS["diagnosed"] + CONDITIONS["diagnosed"]
PATIENT = LISTS["patient"]
FIRST, MINE = LISTS["first"], LISTS["mine"]
GENERAL = LISTS["general"]
