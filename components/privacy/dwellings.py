"""Homes without a street and a house's number: estates, farms, hamlets, crossings of numbered streets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import rest_of
from components.privacy.streets import TOWN

_NAME = r"[A-ZÀ-Þ][\wà-ÿ'’.-]{1,25}"
_NAMES = (
    rf"(?:(?:de|del|la|las|los|el|des|du|les|le|d['’]|l['’])[ ]?){{0,2}}{_NAME}"
    rf"(?:[ ](?:(?:de|del|la|las|los|el|des|du|les|le|et|y)[ ]){{0,2}}{_NAME}){{0,3}}"
)
_ESTATE_ES = (
    r"[URCPFBV](?<!\w.)"
    + rest_of(
        "Urbanización|Urb.|Residencial|Conjunto|Complejo|Paraje|Partida|Finca|Barriada|Caserío|Cortijo"
        "|Cooperativa|Colonia|Villa"
    )
    + rf"[ ]{_NAMES},[ ](?:chalet|casa|parcela|bloque|portal|villa|apto\.?|apartamento"
    r"|nave|manzana|lote|torre|dúplex|bungalow)"
    r"[ ]\w{1,4}(?:,[ ]\d{1,2}\.?[º°ª]?[ ]?[A-Za-z]?(?![\w]))?"
)
_NUMBERED_CO = (
    r"[CKADT](?<!\w.)"
    + rest_of("Carrera|Cra|Cr|Kra|Calle|Cll|Cl|Avenida|Av|Diagonal|Dg|Transversal|Tv")
    + r"\.?[ ]\d{1,3}[ ]?[A-Z]?(?:[ ]?(?:[Bb]is|Sur|Norte|Este))?[ ]?(?:#|No\.?|N[°º]|n\.?[°º])"
    r"[ ]?\d{1,3}[ ]?[A-Z]?[ ]?[-–][ ]?\d{1,3}"
    r"(?:,?[ ](?:apto|apartamento|casa|torre|interior|int|oficina|of|piso)\.?[ ]\w{1,5}){0,2}"
)
"""A crossing of numbered streets, as Colombia counts houses."""
_CODE_AR = (
    r"[A-Z](?<!\w.)[\wáéíóúñ.]{1,15}(?:[ ](?:de[ ]|del[ ]|la[ ])?[A-ZÁÉÍÓÚÑ][\wáéíóúñ.]{1,20}){0,3}[ ]\d{1,5}"
    r"(?:,[ ](?:piso[ ])?\d{1,2}[º°]?[ ]?[A-Z\"]{0,2}){0,2}(?:,[ ](?:depto|dpto|timbre|UF)\.?[ ]?\w{1,4})?,[ ]"
    r"(?:\(?[A-HJ-NP-Z]\d{4}[A-Z]{3}\)?|CP[ ]\d{4})(?:,?[ ][A-ZÁÉÍÓÚÑ][\wáéíóúñ.]{1,20}){0,3}"
)
_RESIDENCE_FR = (
    r"[LDRCV](?<!\w.)"
    + rest_of("Les|Le|La|Domaine|Résidence|Rés.|Clos|Cité|Villa")
    + rf"[ ]{_NAMES},[ ](?:appt?\.?|appartement|villa|lot|bât\.?|bâtiment|porte|maison|pavillon|logement"
    r"|esc\.?|escalier)[ ]\w{1,4}"
    r"(?:,[ ](?:appt?\.?|appartement|porte|étage)[ ]\w{1,4})?"
)
_HAMLET_FR = (
    r"[lLhHf](?<!\w.)"
    + rest_of("lieu-dit|Lieu-dit|lieu dit|Lieu dit|hameau|Hameau|ferme|Lieudit|lieudit")
    + rf"[ ](?:de[ ]|du[ ]|des[ ])?[«\"]?[ ]?{_NAMES}[ ]?[»\"]?,[ ]\d{{5}}[ ]{_NAME}"
)
_SQUARE_DE = r"[A-U](?<!\w.)[ ]?[1-9],?[ ]\d{1,2}(?:[a-d]|-\d{1,2})?,?\s{1,3}68\d{3}[ ]Mannheim"
"""Mannheim has no streets but squares."""
_BOURG_FR = (
    r"L(?<!\w.)(?:e|a|es)[ ](?:Bourg|Village|Hameau|Mas|Lande|Croix|Granges?|Ferme|Moulin|Clos|Château|Ville|Port"
    r"|Plessis)"
    rf"(?:[ -]{_NAME})?,[ ]\d{{5}}[ ]{_NAME}(?:[ -]{_NAME}){{0,3}}"
)
_RURAL_IE = (
    rf"[A-Z](?<!\w.)[a-z'’]{{2,20}}(?:[ ]{_NAME}){{0,2}},[ ](?:{_NAME}(?:[ ]{_NAME}){{0,2}},[ ]){{1,3}}"
    rf"Co(?:\.|unty)?[ ]{_NAME},?[ ][AC-FHKNPRTV-Y]\d[\dW][ ]?[AC-FHKNPRTV-Y\d]{{4}}(?!\w)"
)
"""A house without a number, towns, a county, a postal code: as the Irish country has it."""
_RURAL_US = (
    r"[RHF](?<!\w.)"
    + rest_of("RR|HC|Rural Route|FM|Farm Road")
    + r"[ ]\d{1,4},?[ ](?:Box|Bldg)[ ]\d{1,5}[A-Z]?(?:,[ ][A-Z][\w .'-]{2,25},[ ][A-Z]{2}[ ]\d{5})?"
)
_MARKED = tuple(
    (re.compile(pattern), re.compile(mark))
    for pattern, mark in (
        (_ESTATE_ES, ", (?:ch?a|par|blo|por|vil|ap|na|man|lot|tor|dú|bun)"),
        (_NUMBERED_CO, ""),
        (_RESIDENCE_FR, ", (?:app|vil|lot|bât|por|mai|pav|log|esc)"),
        *((_HAMLET_FR, r", \d{5} "), (_BOURG_FR, r", \d{5} ")),
        *((_RURAL_US, r" B(?:ox|ldg) \d"), (_SQUARE_DE, " Mannheim")),
        (TOWN, r", (?:[A-Z]{1,2}-)?(?:\d{5}|\d{4} [A-Z]{2}|\d{3} \d{2}) [A-ZÀ-Þ]"),
        (_RURAL_IE, r"Co(?:\.|unty) [A-Z]"),
        (_CODE_AR, r"[A-Z](?:\d{4}[A-Z]{3}(?!\w)|(?<=C)P \d{4}(?!\d))"),
    )
)
"""Patterns, and what a text must contain for each to be tried."""


def patterns(text: str) -> Iterator[re.Pattern[str]]:
    """The patterns that may find a home in a text."""
    yield from (pattern for pattern, mark in _MARKED if mark.search(text))
