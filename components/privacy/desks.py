"""Words for whom everybody may call: a desk, a line, a team; and pairs of words that are no person's name."""

from __future__ import annotations

import re

from components.privacy.words import lists_of

_DESK = re.compile(
    r"(?<!\w)(?:bookings?|infos?(?: et inscriptions)?|inscriptions?|anmeldungen|repairs?|maintenance"
    r"|caretaker(?:['’]s office)?|concierge|enquir(?:y|ies)|switchboard|reception"
    r"|desk|helpline|hotline"
    r"|helpdesk|(?:advice|crisis|support|help|info|information|repairs?|emergency|housing|council|benefits|duty"
    r"|booking|bookings|order"
    r"|customer|sales|press|media|night|out[ -]of[ -]hours|access|complaints|lettings|fault|parking|rent|tax"
    r"|claims|fraud|water"
    r"|gas|power) (?:line|team|desk|office|number|service|services|centre|center|department|unit)|surgery|clinic"
    r"|out[ -]of[ -]hours"
    r"|gas leaks?|(?:night|homeless|women['’]s|animal) shelter|food ?bank|customer (?:service|services|care)"
    r"|the (?:team|office|school"
    r"|clinic|surgery|library|council|bank|hotel|hospital|nursery|practice)|office|council|helpline|textphone"
    r"|minicom|fax"
    r"|appointments|bookings|reservations|lost property|press office|box office|call centre|call center|poison control"
    r"|\w{2,}(?:service|hotline|büro|amt|zentrale|verwaltung|werke?|praxis|klinik|annahme|notruf|beratung|stelle"
    r"|abteilung|zentrum"
    r"|bereitschaft|auskunft|technik|hausdienst|redaktion|vermietung|meldung|störung)|\w{3,}dienst|(?:bürger"
    r"|sorgen|service|info"
    r"|beratungs|kummer"
    r"|hilfe|krisen|pflege|senioren|eltern|spenden|karten|ticket)telefon|service|hotline|team|störung(?:en|sfall)?"
    r"|sekretariat|pforte"
    r"|empfang|hausmeisterei|aufzug(?:notruf)?|geschäftsstelle|rathaus|praxis|klinik|kanzlei|gemeinde|terminvergabe"
    r"|terminvereinbarung|anmeldung|auskunft|zentrale|notdienst|notfälle|fundbüro|telefax|faxnummer"
    r"|oficina|centralita|secretaría|conserjería|portería|averías|emergencias|urgencias|cita previa|citas|reservas"
    r"|recepción"
    r"|atención (?:al? \w+|ciudadana|telefónica|primaria)|servicio de \w+|servicios sociales|ayuntamiento"
    r"|mantenimiento|ascensor"
    r"|administración|avisos|línea de \w+|consultorio|ambulatorio|centro de (?:salud|mayores|día)"
    r"|teléfono de (?:la |el )?(?:atención|información|esperanza|emergencias?|urgencias?|ayuda|averías|citas?"
    r"|reservas|menor)"
    r"|información|pida cita|pedir cita|solicite cita"
    r"|secrétariat|standard|accueil|gardien(?:ne)?|loge|permanence|astreinte|(?:les? |du |au |aux |notre "
    r"|nos )?services? \w+"
    r"|urgences?|mairie"
    r"|ascenseur|dépannage|syndic|régie|prise de rendez-vous|réservations?|renseignements?|numéro vert"
    r"|ligne d['’]\w+|cabinet"
    r"|centre (?:médical|social|d['’]appel\w*))(?!\w)"
)
_FULL_STOP = re.compile(r"[!?;]\s|\w(?<!\b(?:tel|tél))(?<!\b(?:nr|no|st|dr|al|av))\.\s", re.IGNORECASE)
REACH = 60
"""Characters before a number in which its desk is named."""
_NAMES = frozenset(lists_of("offices")["no_name"])
"""Words of which one shows that two words with capitals are no person."""


def is_named(lower: str, begins: int, at: int) -> bool:
    """Whether a desk is named between two places, not too far from the second."""
    return _DESK.search(lower, max(begins, at - REACH), at) is not None


def sentence(text: str, begins: int, at: int) -> int:
    """Where the sentence begins in which a place stands."""
    return max((stop.end() for stop in _FULL_STOP.finditer(text, begins, at)), default=begins)


def is_no_name(words: str) -> bool:
    """Whether two words with capitals name no person: `Repairs Line`, `Housing Association`."""
    return any(word in _NAMES for word in words.lower().split())
