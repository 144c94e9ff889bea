"""Words of illness: names of illnesses and medicines, labels of them, and words at which such a name ends."""

from __future__ import annotations

from components.privacy.words import lists_of

LISTS = lists_of("health")
CONDITIONS = lists_of("conditions")
ILLNESS = LISTS["illness"] + CONDITIONS["illness"]
MEDICAL_LABEL = LISTS["label"] + CONDITIONS["label"]
TAILS, STOPS = frozenset(LISTS["tails"]), frozenset(LISTS["stops"])
