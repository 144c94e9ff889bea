"""Words of clinics: measurements and tests of a body, what a clinic is for, and visits to one."""

from __future__ import annotations

from components.privacy.words import lists_of

LISTS = lists_of("clinics")
"""As their remarks say."""
CODED, MEASURED, TESTED, BLOOD = (LISTS[name] for name in ("coded", "measured", "tested", "blood"))
SPECIALTY = LISTS["specialty"] + tuple(
    f"{of}{joint}{place}" for joint in ("", " ") for of in LISTS["of"] for place in LISTS["place"]
)
BOOKED, VISIT, OWN = (LISTS[name] for name in ("booked", "visit", "own"))
