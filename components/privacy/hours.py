"""Opening hours, as pages tell them."""

from __future__ import annotations

import re

HOURS = re.compile(
    r"(?<!\w)(?:l[ ]?[-–a][ ]?[vds]|mon|monday|mo|montag|di|dienstag|tue|tuesday|lun|lundi|lunes|mardi|mar|martes"
    r"|weekdays|werktags|täglich|daily|en semaine|laborables|sat|sa|samstag|samedi"
    r"|sábados?)(?!\w)[^\n]{0,25}?(?<!\d)\d{1,2}(?:[:.h]\s?\d{2}|\s?[ap]m|\s?h)?\s?(?:-|–|to|bis|und|à|a|until"
    r"|till)\s?\d{1,2}(?!\d)"
)
"""Opening hours."""
UNTIL = re.compile(
    r"(?<!\w)(?:hasta las|until|till|bis|jusqu['’]à|ab|from|de|von|desde las|dès)"
    r" \d{1,2}(?:[:.h]\d\d)? ?(?:h|uhr|am|pm)?(?!\d)"
)
OPEN = re.compile(
    rf"{HOURS.pattern}|{UNTIL.pattern}|(?<!\d)24 ?(?:h|horas|hours|stunden|heures)(?!\w)|durchgehend"
    rf"|rund um die uhr|24/7|7j/7"
)
"""Opening hours, behind an address."""
