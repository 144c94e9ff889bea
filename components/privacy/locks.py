"""Numbers that open doors, boxes and locks, and keys of networks, without a word for a password beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Spans, line_begins
from components.privacy.words import listed

OPENS = listed("""
opens, open, opened, unlock, unlocks, unlocked, disarm, disarms, off, let yourself in, get in, code, combination
combo, entry, access
öffnet, öffnen, öffne, geöffnet, geht, aufgeht, aufschließen, entriegeln, entriegelt, entsperrt, entschärfen
kommen sie, kombination, zahlenkombination, zahlencode, zugang, einlass
abre, abren, abrir, ábrela, ábrelo, se abre, desbloquea, desbloquear, desactiva, desactivar, código, combinación
acceso, ouvre, ouvrir, s'ouvre, ouvrez, déverrouille, déverrouiller, désactive, désactiver, combinaison, accès
""")
"""Words which say that a number opens something."""
DOOR = listed("""
key box, keybox, key safe, keysafe, lockbox, lock box, lock, padlock, combination lock, bike lock, smart lock, door
doors, front door, back door, side door, gate, gates, garage, alarm, safe, barrier, shed, bike shed, building, locker
letter box, letterbox, mailbox key, car park, cellar, storage room
tür, haustür, wohnungstür, eingangstür, hoftor, tor, garagentor, garage, kellertür, schlüsselkasten, schlüsselbox
schlüsseltresor, schlüsselsafe, schloss, fahrradschloss, zahlenschloss, vorhängeschloss, tresor, safe, schranke
alarmanlage, alarm, schließfach, fahrradraum, fahrradkeller, tiefgarage, keller
puerta, puertas, portal, verja, cancela, caja de llaves, caja fuerte, candado, alarma, garaje, cerradura, barrera
taquilla, trastero, buzón
porte, portes, portail, boîte à clés, boîte à clé, cadenas, alarme, coffre, coffre fort, immeuble, serrure, barrière
consigne, local à vélos, garage, cave
""")
"""Things that have a lock."""
NETWORK = listed("""
wi fi, wifi, wlan, w lan, ssid, netzwerk, network, netz, réseau, red wifi, red, hotspot
""")
CONTEXT = {"opens": OPENS, "door": DOOR, "network": NETWORK}
_OPENED_BY = re.compile(
    r"[^\n.:\d]{0,45}?(?: (?:with|using|is|lautet|ist|mit|bei|con|es|avec|par|est)(?!\w)|[:,]| (?=\d{4}))"
    r"(?: (?:the|der|dem|den|el|la|le)(?!\w))?"
    r"(?: ?(?:code|number|combination|zahl|nummer|kombination|pin|código|clave|número|numéro)(?!\w):?)?"
    r"[ ]{1,3}(?P<value>[*#]?\d{3,8}[#*]?|(?:\d{1,2}-){2,4}\d{1,2}|[a-z]\d{3,6}[#*]?)"
    r"(?![\w%€$£-]|[.,:]\d| (?:uhr|euro|people|personen|visitors|guests|gäste))"
)
"""What may be between a word for opening and the number."""
_NETWORK_KEY = re.compile(
    r"[^\n]{0,50}?(?<!\w)(?:key|pass|pw|schlüssel|code|clave|clé|kennung)(?!\w) ?[:=]? {0,3}"
    r"(?P<value>(?=\S{0,60}[\d!$%&*#@+?_-])[^\s\"'|,;]{6,64})"
)
"""The key of a network, after its name."""
BEFORE = 60
"""Characters before a word for opening in which something that has a lock must stand."""


def keys(lower: str, spans_of: dict[str, Spans]) -> Iterator[re.Match[str]]:
    """Numbers that open a door, a box or a lock, and keys of networks."""
    for start, end in spans_of["opens"].phrases:
        match = _OPENED_BY.match(lower, end)
        if match and spans_of["door"].within(line_begins(lower, start, BEFORE), match.start("value")):
            yield match
    for _, end in spans_of["network"].phrases:
        if match := _NETWORK_KEY.match(lower, end):
            yield match
