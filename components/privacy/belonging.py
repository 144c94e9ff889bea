"""Words for belief, politics, orientation, ethnicity and criminal records, and words that show that a person is
meant.
"""

from __future__ import annotations

from components.privacy.words import lists_of

LISTS = lists_of("beliefs")
SENSITIVE_LABEL = LISTS["sensitive_label"]
LOVES = frozenset(LISTS["loves"])
"""Single words for an orientation in a dating profile."""
CAPITALS, SURNAMES = frozenset(LISTS["capitals"]), frozenset(LISTS["surnames"])
"""Words that count only in capitals, and those that may be part of a name."""
FOODS = frozenset(("halal", "kosher", "koscher", "casher", "kósher"))
"""What somebody eats because of his faith; kitchens and shops say it too."""
DEEDS = LISTS["deeds"]
CONTEXT = {
    name: LISTS[name]
    for name in (
        *("belonging", "being", "party", "membership", "active", "many", "institution", "sentenced", "about", "gift"),
        *("offence", "justice", "rite", "loves", "seeks", "group", "served", "politics", "feast", "off", "joins"),
        *("community", "role", "discloses", "church", "affair", "kept"),
    )
}
"""`belonging`: what somebody is; `being`: before it, that it is said of a person; `party`: parties and unions;
`membership`: that somebody is of one; `active`: what somebody who is named does for one; `many`: of whom papers write;
`institution`: whose faith is everybody's; `sentenced`: deeds with their sentence; `about`: behind which somebody
describes himself; `gift`: what somebody gives to a party; `loves`: see `LOVES`; the others: as their remarks say."""
