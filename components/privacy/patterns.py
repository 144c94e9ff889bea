"""Private data with a form of its own, found by patterns in time linear in the text.

Every repetition is bounded and begins only where a run of its characters begins, so that no input is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from components.privacy import dwellings, keys, papers, phones
from components.privacy.checksums import IBAN_LENGTHS, is_card, is_iban
from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import Span, Spans, one_of, rest_of
from components.privacy.mailboxes import is_a_role

_AT_HOST = re.compile(r"@(?:[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,4}|\[\d{1,3}(?:\.\d{1,3}){3}\])")
_MAILBOX = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}\Z")
_AT_IN_BRACKETS = re.compile(
    r"[\[({<]\s?(?:at|arroba|ät|a|ã|@)\s?[\])}>]\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[\[({<]\s?(?:dot|punkt|point|punto)\s?[\])}>])\s?[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
_AT_IN_WORDS = re.compile(
    r"at(?<= at) [\w-]{1,63}(?: dot [\w-]{2,63}){0,3} dot (?:com|org|net|edu|info|eu|de|fr|es|at|ch|uk|us)(?!\w)",
    re.IGNORECASE,
)
_MAILBOX_IN_WORDS = re.compile(r"(?<![\w.+%-])(?:[\w-]{1,40} dot ){0,3}[\w.+%-]{1,64}\s?\Z", re.IGNORECASE)
_RUN = re.compile(r"\d(?<![\d.,].)(?:[ -]?\d){12,40}(?!\d)")
_SPLIT_CARD = re.compile(r"\d(?<!\d.)\d{3}(?:(?:\s{1,120}|[\s._/·•*:,–-]{1,6})\d{4}){3}(?!\d)")
_IBAN = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z]\d{2}(?:[ \n.-]?[A-Za-z0-9]){11,34}")
_SORTED = re.compile(r"\d(?<![\w-].)\d-\d\d-\d\d(?:,?[ ]{1,3}|[ ]?/[ ]?)\d{8}(?![\w-])")
"""A British sort code and account number."""
LONGEST_MAILBOX = 64
_NAME = r"[A-Z][a-zà-ÿ'’.-]{1,20}(?:[A-Z][a-z]{1,15})?"
_STREETS_EN = (
    "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Terrace|Crescent|Close|Way"
    "|Gardens|Grove|Hill|Row|Mews|Parkway|Pkwy|Circle|Trail|Cir|Hwy|Highway|Approach|Parade|Rise|Quay|Wharf|Esplanade"
    "|Wynd|Brae|Croft|Yard|Terr?|Cres|Sq|Walk|Vale|Loop|Pike|Turnpike|Expressway|Commons|Crossing|Broadway|Strand"
)
_SELDOM_EN = (
    "Alley|Annex|Arcade|Bend|Bluff|Bridge|Brook|Bypass|Canyon|Causeway|Center|Centre|Cliff|Common|Corner|Course|Cove|Creek"
    "|Crest|Crossing|Crossroad|Curve|Dale|Divide|Estate|Expressway|Extension|Ferry|Field|Ford|Forest|Fork|Fort|Freeway"
    "|Garden|Gateway|Glen|Green|Harbor|Harbour|Haven|Heights|Highway|Hollow|Inlet|Island|Isle|Junction|Key|Knoll|Lake"
    "|Landing|Locks?|Lodge|Loop|Manor|Meadow|Mill|Mission|Motorway|Mountain|Mount|Neck|Orchard|Oval|Overpass|Park|Passage"
    "|Path|Pike|Pine|Plain|Plaza|Point|Port|Prairie|Ranch|Rapid|Rest|Ridge|River|Route|Run|Shoal|Shore|Spring|Spur"
    "|Station|Stream|Summit|Throughway|Trace|Track|Turnpike|Underpass|Union|Valley|Via|View|Village|Vista|Walk|Wall|Well"
)
"""Words for streets that often mean something else: the house number must have three digits, or a flat be named."""
_FLATS, _FLAT_NO = "Apt|Apartment|Flat|Unit|Level|Floor|Lot|Suite|Studio|No|#", r"\.?[ ]?\w{1,6}"
_FLAT = rf"(?:{_FLATS}){_FLAT_NO}"
_HOUSE = rf"(?:{_FLAT}|(?:The[ ])?(?:{_NAME}[ ]){{1,2}}(?:Cottage|House|Farm|Barn|Lodge|Court|Bakery|Mill|Hall|Villa))"
_STREET_SELDOM = (
    rf"[AFLUSN#\d](?<![\w.].)(?:(?:{rest_of(_FLATS)}{_FLAT_NO},?\s(?:\d{{1,5}}[A-Za-z]?[ ])?"
    r"|(?<=\d)(?!(?:(?<=1)9|(?<=2)0)\d\d[ ])\d{2,4}[ ])"
    rf"(?:{_NAME}[ ]){{1,2}}(?:{_STREETS_EN}|(?:{_SELDOM_EN})s?)(?!\w)(?:,?[ ]{_FLAT})?"
    rf"|{rest_of(_FLATS)}[ ]?\d{{1,4}}[A-Za-z]?/\d{{1,4}}[ ](?:{_NAME}[ ]){{0,2}}(?:{_STREETS_EN}|{_SELDOM_EN})(?!\w)"
    r"|(?<=\d)\d{0,3}[A-Za-z]?[ ](?:The[ ][A-Z][a-z]{3,15}s?"
    rf"|{_NAME}[ ](?:Maltings|Paddocks?|Fields|Meadows|Mount|Bank|Fold))(?![\w ]))"
)
_BEFORE_EN = rf"(?<![\w.]){_HOUSE},[ ]\Z"
_STREET_EN = (
    r"\d(?<![\w./].)\d{0,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)?,?[ ](?:(?:[NSEW]|NE|NW|SE|SW)\.?[ ])?"
    rf"(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}(?:{_STREETS_EN})(?!\w)\.?"
    rf"(?:[ ](?:NW|NE|SW|SE|[NSEW]|Lower|Upper|North|South|East|West|Extension|Ext)(?!\w))?(?:,?[ ]{_FLAT})?"
)
_STREET_DE = (
    rf"[A-ZÄÖÜ](?<!\w.)(?:{rest_of('Am|An der|Auf der|Im|In der|Unter den|Zum|Zur')}[ ][A-ZÄÖÜ][a-zäöüß]{{2,20}}"
    r"|[\wäöüß.-]{0,30}?(?:straße|strasse|str\.|weg|gasse|allee|platz|ring|damm|ufer|steig|chaussee|pfad)"
    r"|[\wäöüß-]{1,25}[ -](?:Straße|Strasse|Str\.|Weg|Gasse|Allee|Platz|Ring|Damm|Ufer)"
    rf"|{rest_of('Platz|Straße|Allee|Weg|Ufer')}[ ](?:der|des|am|zum|zur|an der"
    rf"|von)[ ](?:\d{{1,2}}\.[ ])?[A-ZÄÖÜ][\wäöüß-]{{2,25}}"
    r"|[a-zäöüß]{2,20}(?:lände|leite|stiege|steige|gässchen|hang|zeile|graben|wall|kamp|twiete|stieg|anger|rain"
    r"|halde|bogen|winkel|promenade|gürtel|kai"
    r"|wiesen?|siedlung)|[a-zäöüß]{2,15}[ ](?:Zeile|Graben|Wall|Kamp|Twiete|Stieg|Anger|Reihe|Promenade|Höhe"
    r"|Markt|Berg|Hof|Wiese|Gürtel|Kai|Steig|Damm|Chaussee|Bogen|Lände|Rain|Quai|Park))"
    r"[ ](?!(?:19|20)\d\d(?!\d|,?\s\d{5}))\d{1,4}(?:[ ]?[a-h])?(?:[/-]\d{1,3}){0,3}(?:/(?:Top|Tür|Stiege"
    r"|Stg\.?)[ ]?\d{1,3})?(?!\w)"
    r"(?:,?\s\d{5}\s(?:(?:Bad|Sankt|St\.|Groß|Klein|Alt|Neu|Markt|Schwäbisch)[ ])?[A-ZÄÖÜ][\wäöüß-]{1,30})?"
)
_BEFORE_DE = (
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]{2,25}er|Alte[rsn]?|Große[rsn]?|Kleine[rsn]?|Neue[rsn]?|Obere[rsn]?|Untere[rsn]?"
    r"|Hintere[rsn]?|Vordere[rsn]?|Äußere[rsn]?|Innere[rsn]?|Lange|Breite|Hohe|Prof\.|Dr\.|St\.|Sankt)[ ]\Z"
)
"""What may stand before a street's name: of which town or quarter it is."""
_STREETS_ES = (
    r"Jr\.|Jirón|Carrer|Avinguda|Avgda\.|Passeig|Pg\.|Plaça|Pça\.|Rúa|Rua|Praza|Travessera|Partida|Polígono|Barrio|Ptge\."
    r"|Calle|C[./]|Cl\.|Avenida|Avda\.?|Av\.|Plaza|Pza\.?|Pl\.|Paseo|P\.?º|Camino|Carrera|Carretera|Ctra\.|Ronda|Rda\."
    r"|calle|avenida|avda\.|plaza|paseo|camino|carretera|travesía|carrer|c/"
    r"|Travesía|Callejón|Cañada|Alameda|Glorieta|Cuesta|Rambla|Vía|Via|Vial|Pasaje|Pje\.|Pasadizo|Acceso"
    r"|Urbanización|Urb\."
)
_WORD_ES = r"[A-ZÁÉÍÓÚÑ][\wáéíóúñ.-]{1,25}"
_STREET_ES = (
    rf"[ACGJPRTUVacpt](?<!\w.)(?:(?<=G)ran[ ]Vía|{rest_of(_STREETS_ES)}[ ]"
    rf"(?:(?:de|del|la|las|los|el|do|da|dos|das|dels?|les)[ ]|d['’]|l['’]){{0,3}}{_WORD_ES}"
    rf"(?:[ ](?:(?:de|del|la|y|i|do|da)[ ]|d['’]){{0,2}}{_WORD_ES}){{0,3}}(?:[ ][IVX]{{1,5}})?),?[ ]"
    r"(?:(?:n\.?[º°o]?[ ]?|núm\.?[ ]|número[ ]|km\.?[ ])?\d{1,4}(?!\w)|s/n(?=,?[ ]\d{5}))"
    r"(?:,[ ]\d{1,2}(?:n|r|t|è|er|on)[ ]\d{1,2}[aºª]?(?!\w))?"
    r"(?:,[ ]\d{1,2}\.?[º°ª]?[ ]?(?:(?:ext|int)\.[ ]?)?(?:[A-Z](?!\w)|derecha|izquierda|centro|dcha|izda|izq"
    r"|ctro)?\.?(?!\w))?"
    r"(?:,?[ ](?:Puerta|Piso|Apt\.|Portal|Bloque)[ ]\w{1,4})?"
)
_WORD_FR = r"[A-ZÀ-Þ][\wà-ÿ'’.-]{0,25}"
_BEFORE_FR = (
    r"(?<![\w.])(?:(?:[Rr]és(?:idence|\.)|[Bb]âtiment|[Bb]ât\.?|[Ii]mmeuble|[Ii]mm\.|[Aa]ppartement|[Aa]ppt?\.?"
    r"|[Vv]illa|Hameau"
    r"|[Ee]scalier|[Ee]sc\.?|[Ee]ntrée|[Pp]orte|Lotissement|Le[ ]Clos|[Ll]ieu-dit|[Dd]omaine|[Ff]erme|[Pp]avillon)"
    rf"(?:[ ](?:[Ll]es?|[Ll]a|des|du|de))?(?:[ ]{_WORD_FR}|[ ]\d{{1,3}}){{1,3}},[ ]){{1,3}}\Z"
)
_STREET_FR = (
    r"\d(?<![\w.].)(?<!\dh.)(?<!\d h .)\d{0,3}(?: ?(?:bis|ter|quater|[A-D]))?,?[ ](?:rue|avenue|av\.|boulevard|bd\.?"
    r"|bld\.?|place"
    r"|pl\.|allées?|impasse|chemin|quai"
    r"|cours|route|square|passage|faubourg|fg\.?|sentier|villa|cité|esplanade|promenade"
    r"|montée|traverse|ruelle|résidence|hameau|lotissement)[ ]"
    rf"(?:(?:de|du|des|la|le|les|et|aux?|d['’]|l['’])[ ]?){{0,3}}(?:{_WORD_FR}"
    rf"|\d{{1,2}}(?:er)?[ -][A-Za-zéû]{{3,9}}(?:[ -]\d{{4}})?)"
    rf"(?:[ -](?:(?:de|du|des|la|le|et)[ ]){{0,2}}{_WORD_FR}){{0,4}}"
    rf"(?:,?\s\d{{5}}\s{_WORD_FR}(?:[ -]{_WORD_FR}|-(?:en|sur|sous|lès|la|le)-{_WORD_FR}){{0,3}})?"
)
_STREET_BE = (
    rf"[RABCPQIDS](?<![\w.].){rest_of('Rue|Avenue|Av.|Boulevard|Bd|Chaussée|Place|Quai|Chemin|Route|Impasse|Allée|Drève|Square')}"
    rf"[ ](?:(?:de|du|des|la|le|les|aux?|d['’]|l['’])[ ]?){{0,3}}{_WORD_FR}"
    rf"(?:[ -](?:(?:de|du|des|la|le|et)[ ]){{0,2}}{_WORD_FR}){{0,3}},?[ ]\d{{1,4}}[ ]?[A-Da-d]?(?:[ ]?(?:/|bte"
    rf"|boîte)[ ]?\w{{1,4}})?(?![\w:])"
)
"""As Belgium and Switzerland write French streets."""
_TOWN = (
    rf"[A-ZÀ-Þ](?<![\w.].)[\wà-ÿ'’.-]{{0,25}}[ ](?:(?:{_WORD_FR}|der|des|am|an|im|zum|zur|van|von|den|del?|della"
    rf"|di|da|do|dos|la|las|los|el|du|les|y|et)[ ]){{0,4}}"
    rf"\d{{1,4}}[ ]?[a-h]?,[ ](?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}}[ ][A-Z]{{2}}|\d{{3}}[ ]\d{{2}})[ ]{_WORD_FR}"
)
"""What ends in a postal code and a town, whatever its street is called."""
_MARK = r"(?:[>|?]{1,3}[ ]{1,4})?"
_NEXT = rf"(?:,\s{{0,3}}|\s{{1,3}}){_MARK}"
_NAMED = r"[^\W\d_a-zß-ÿ](?:[^\W\d_]|['’.-]){0,25}"
_PARTICLES = "d[aeo]s?|di|la|los|sur|am|an der|der|del|upon|on|of|the|u|utca|út|plass"
_PLACE = rf"{_NAMED}(?:[ -](?:{_NAMED}|{_PARTICLES})){{0,4}}(?!\w)"
_POSTCODE = (
    r"(?:[A-Z]{1,2}-)?(?:[A-Z]\d[\dW][ ]?[A-Z\d]{4}|\d{5}(?:-\d{3,4})?|\d{4}(?:-\d{3}|[ ][A-Z]{2})?|\d{3}[ ]\d{2}"
    r"|\d\d-\d{3}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2})(?!\w)"
)
_BREAK = r"(?:,[ ]{0,2}|[ ]{0,2},?[ ]{0,2}\n[ ]{0,12}|[ ]{1,3}[·/–-][ ]|[ ])"
_TOWN_CODE = (
    r"(?:[A-Z]{1,2}-)?(?:\d{5}|(?!(?:19|20)\d\d(?!\d))\d{4}(?:[ ][A-Z]{2})?|\d{3}[ ]\d{2}|\d\d-\d{3}"
    r"|[A-HJ-NP-Z]\d{4}(?:[A-Z]{3})?)"
)
_CODE_AND_TOWN = rf"{_TOWN_CODE}[ ]{_PLACE}(?:[ ]\(\w{{1,20}}\)|,[ ](?:[A-Z][a-z]{{1,3}}\.|CDMX|[A-Z]\.[ ]?[A-Z]\.))?"
_INSIDE = (
    r"(?:\d{1,2}(?:\.|er|e|ème|st|nd|rd|th|º|ª)?[ ]?(?:OG|Stock|Etage|étage|floor|piso|planta|Obergeschoss)"
    r"(?:[ ](?:links|rechts|mitte|Mitte|droite|gauche|left|right|front|rear|izq\.?|dcha\.?|izquierda|derecha))?|EG|DG"
    r"|HH|VH"
    r"|\d{1,2}\.?[º°ª][ ]?(?:(?:ext|int)\.?[ ]?)?(?:[A-Z](?!\w)|izq(?:uierda|da)?\.?|izda\.?|dcha\.?|derecha|esq\.?"
    r"|dta\.?"
    r"|centro)?|\d{1,2}\.[ ](?:ezk|esk|andar|kat)\.?"
    r"|(?:bajo|bajos|baixos|ático|àtic|sobreático|entresuelo|entresol|principal|pral\.?|sótano"
    r"|local)(?:[ ]\d{1,2}[ªºaè]?)?"
    r"|Hinterhaus|Vorderhaus|Seitenflügel|Gartenhaus|rear|baixo|baixos|bjo|(?:[Aa]ppartement|[Aa]partamento|[Aa]pto|[Aa]ppt?"
    r"|[Bb]âtiment|[Bb]ât|[Ee]scalier|[Ee]scalera|[Ee]sc|[Dd]epto|[Dd]pto|[Ii]nterior|[Ii]nt|[Tt]orre|Stiege|Tür|Top"
    r"|[Bb]oîte|[Bb]te|[Bb]us|[Pp]orte|Wohnung|Whg|[Pp]iso|[Pp]uerta|[Pp]ta|[Pp]ortal|[Bb]loque|[Ff]lat|[Uu]nit|[Aa]pt"
    r")\.?[ ]?\w{1,6})(?!\w)"
)
_QUARTER = rf"(?:Col\.|Colonia|Fracc\.|Barrio|Bº|Urb\.|Urbanización|Residencial|Conjunto|OT|Ortsteil)[ ]{_PLACE}"
_LINE_BELOW = r"(?:,?[ ]?\n[ ]{0,14})"
_AFTER_STREET = re.compile(
    rf"(?:{_LINE_BELOW}{_PLACE},?){{0,2}}(?:[ ]|{_LINE_BELOW})(?:[A-Z]{{1,2}}\d[A-Z\d]?[ ]\d[A-Z]{{2}}"
    rf"|[A-Z]{{2}}[ ]\d{{5}})(?!\w)"
    rf"|(?:{_NEXT}(?:{_FLAT}(?!\w)|{_INSIDE}|{_QUARTER})){{0,3}}(?:{_BREAK}{_CODE_AND_TOWN}"
    rf"|(?:(?:,\s{{0,3}}|[ ]?\n\s{{0,2}}{_MARK}){_PLACE}(?:[ ]\([A-ZÉ]\w{{1,15}}\))?(?:[ ]\d{{1,2}}(?=[,.;]|[ ][a-z]"
    rf"|[ ]*\n|\Z))?){{0,2}}"
    rf"(?:{_NEXT}(?:{_PLACE}(?:,[ ]|[ ]))?{_POSTCODE})?)"
)
"""What goes on after a street, on a line or on several: a flat, then a postal code and a town, or a town, a region or a
country with a postal code."""
_LAST_LINE = re.compile(rf",\s{{1,3}}(?:(?:[A-Z]{{2,3}}|\d\d)[ ]{_POSTCODE}|(?!(?:19|20)\d\d(?!\d)){_POSTCODE})")
_STREET_AND_TOWN = re.compile(
    rf"(?<!\w)(?:{_PLACE}\.?[ ]\d{{1,4}}[ ]?[a-h]?\.?|\d{{1,4}}[ ]{_PLACE}),\s{{1,3}}"
    rf"{_PLACE}(?:[ ]\(\w+\)|[ ]\d{{1,2}})?\Z"
)
"""With a postal code behind it, an address of any country: a house, a comma, a town, a comma."""
_POSTCODE_UK = re.compile(
    r"[A-Z](?<!\w.)(?:[A-Z]?\d[A-Z\d]?[ ]\d[A-Z]{2}|\d[\dW][ ](?=[A-Z\d]{0,3}\d)[AC-FHKNPRTV-Y\d]{4})(?!\w)"
)
"""The United Kingdom's and Ireland's."""
_BEFORE_POSTCODE = re.compile(r"(?:[\w'’./-]{1,25},?[ ]){1,9}$")
_HAS_HOUSE = re.compile(
    r"(?:Flat|Unit|Apartment|Apt\.?)[ ]\d|\d{1,5}[A-Za-z]?[ ,]|[A-Z][\w'’-]+(?:[ ](?:[A-Z][\w'’-]+|na|an|of|the"
    r"|y)){0,3},[ ]"
)
_AT_HOME = re.compile(
    r"(?<!\w)(?:(?:live|lives|living|stay|staying|moved|based|come|come round|home is|place is|address is|we['’]re"
    r"|I['’]m|she['’]s|he['’]s)"
    r"(?: (?:now|over|here))?(?: (?:at|to|in|on))?|house is|new place:?|new address:?) "
    rf"(?P<address>\d{{1,3}}[A-Za-z]? (?:{_NAME}[ ]){{1,2}}(?:{_SELDOM_EN})s?(?!\w))"
)
_LIVES_AT = re.compile(
    r"(?<!\w)(?:[Vv]iv(?:o|e|imos|es|en)(?: ahora| actualmente)? en|[Rr]esido en|[Mm]i casa(?: es|:| está en)|(?:nos "
    r"|me )?"
    r"(?:he|hemos) mudado a|[Ww]ohn(?:e|t|en|haft)(?: jetzt| derzeit| aktuell)?(?: in| im| am)?"
    r"|[Jj]['’]habite(?: maintenant)?"
    r"(?: au| à)?|[Nn]ous habitons(?: au| à)?|[Hh]abite(?: au| à)|(?:live|lives|living)(?: now)? (?:at|in))[ ]"
    rf"(?P<address>(?:(?:[Ll]os|[Ll]as|[Ll]a|[Ee]l|[Ll]es|[Ll]e|[Dd]er|[Dd]ie"
    rf"|[Dd]as)[ ])?{_NAMED}(?:[ ]{_NAMED}){{0,2}}[ ]\d{{1,4}}[a-d]?"
    rf"(?!\w|[.,:]\d)(?:,[ ]{_PLACE}){{1,3}})"
)
"""A name and a number where somebody lives, whatever kind of street it is, with a town."""
"""Words which say where somebody lives."""
_BOX = (
    r"[PBA](?<!\w.)(?:(?<=P)(?:\.?[ ]?O\.?[ ]?Box|ostfach)|(?<=B)(?:P|oîte postale)"
    r"|(?<=A)partado(?:[ ]de[ ][Cc]orreos)?)"
    r"[ ]\d(?:[ ]?\d){1,7}(?!\w)"
)
_BY_WORD_DE = (
    one_of(
        "Am|An der|An den|Auf dem|Auf der|Bei der|Beim|Hinter dem|Hinter der|Hinterm|Überm|Unterm|Vorm|Ob der|Zu den"
        "|Im|In den|In der|Unter den|Vor dem|Vor der"
        "|Zum|Zur|Alte[rs]?|Breite|Hohe|Kleine|Kurze|Lange|Neue[rs]?|Große"
    )
    + r"[ ][A-ZÄÖÜ][a-zäöüß]{2,20}"
    r"[ ](?!(?:19|20)\d\d(?!\d|,?\s\d{5}))\d{1,4}[ ]?[a-h]?(?![\w:]|\.\d"
    r"|[ ](?:Uhr|Personen|Euro|%))(?:,?\s\d{5}\s[A-ZÄÖÜ][\wäöüß-]{1,30})?"
)
_STREETS = tuple(
    (re.compile(street), re.compile(before) if before else None)
    for street, before in (
        *(
            (_STREET_EN, _BEFORE_EN),
            (_STREET_SELDOM, ""),
            (_STREET_DE, _BEFORE_DE),
            (_STREET_ES, ""),
            (_STREET_FR, _BEFORE_FR),
            (_STREET_BE, ""),
        ),
        *((_TOWN, ""), (_BY_WORD_DE, ""), (_BOX, "")),
    )
)
"""Patterns of streets with a house's number, and of what may stand before it: a house, a flat."""
LONGEST_HOUSE = 130
BEFORE_POSTCODE = 70
_HAMLET = re.compile(r"lieu[ -]dit", re.IGNORECASE)
"""No place for everybody, though it begins with the word for one."""
ORDERED, JUST_BEFORE, AT_COMPANY, AT_VENUE, HEAD = 40, 16, 60, 40, 8
"""Characters of a line before a number, one in groups, or a street in which a word may say that it is an order's, a
company's, or that of a place for everybody."""


def hits(text: str, spans_of: dict[str, Spans]) -> Iterator[Hit]:
    """Hits of patterns, also of the same place twice.

    Args:
        text: from `views.flat`, in which a number of several cells is one piece.
        spans_of: by list, the phrases that `labels.LEXICON` has found in it.
    """
    spans: tuple[tuple[Kind, Iterator[Span]], ...] = (
        ("email", _emails(text)),
        ("card", _cards(text, spans_of["order"])),
        ("bank", _ibans(text)),
        ("bank", (match.span() for match in _SORTED.finditer(text))),
        ("national_id", papers.spans(text)),
        ("phone", phones.spans(text, orders=spans_of["order"], calls=spans_of["call"], services=spans_of["service"])),
        ("key", keys.spans(text, secrets=spans_of["secret"])),
        ("address", _addresses(text, spans_of)),
    )
    for kind, kind_spans in spans:
        for start, end in kind_spans:
            yield Hit(start=start, end=end, kind=kind, source="pattern")


def _emails(text: str) -> Iterator[Span]:
    for at, mailbox in ((_AT_HOST, _MAILBOX), (_AT_IN_BRACKETS, _MAILBOX_IN_WORDS), (_AT_IN_WORDS, _MAILBOX_IN_WORDS)):
        last = 0
        for host in at.finditer(text):
            box = mailbox.search(text, max(last, host.start() - LONGEST_MAILBOX), host.start())
            if box:
                last = host.end()
                if not is_a_role(box[0].strip().lower(), host[0]):
                    yield box.start(), last


def _cards(text: str, orders: Spans) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        places = [at for at in range(*run.span()) if text[at].isdigit()]
        if orders.before(text, run.start(), ORDERED if run[0].isdigit() else JUST_BEFORE):
            continue
        first = 0
        while first < len(places) - 12:
            length = next((length for length in (19, 16, 15, 14, 13) if _card_at(text, places, first, length)), 0)
            if length:
                yield places[first], places[first + length - 1] + 1
            first += length or 1
    for match in _SPLIT_CARD.finditer(text):
        if is_card("".join(re.findall(r"\d", match[0]))) and not orders.before(text, match.start(), JUST_BEFORE):
            yield match.span()


def _card_at(text: str, places: list[int], first: int, length: int) -> bool:
    """Whether `length` digits from the `first` on are a card's number, and begin and end with a group of digits."""
    last = first + length - 1
    if last >= len(places) or text[places[first]] not in "23456" or (first and places[first] == places[first - 1] + 1):
        return False
    ends = last + 1 == len(places) or places[last + 1] > places[last] + 1
    return ends and is_card("".join(text[at] for at in places[first : last + 1]))


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        places = [at for at in range(*match.span()) if text[at].isalnum()][:length]
        if length and len(places) == length and is_iban("".join(text[at] for at in places).upper()):
            yield places[0], places[-1] + 1


def _addresses(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    for street, ahead in (*_STREETS, *((pattern, None) for pattern in dwellings.patterns(text))):
        for match in street.finditer(text):
            start = match.start()
            house_name = ahead.search(text, max(start - LONGEST_HOUSE, 0), start) if ahead else None
            start = house_name.start() if house_name else start
            if not _is_open_to_all(text, start + HEAD, spans_of, AT_COMPANY + HEAD, AT_VENUE + HEAD):
                continuation = _AFTER_STREET.match(text, match.end())
                yield start, continuation.end() if continuation else match.end()
    for match in chain(_AT_HOME.finditer(text), _LIVES_AT.finditer(text)):
        yield match.span("address")
    for match in _LAST_LINE.finditer(text):
        before = _STREET_AND_TOWN.search(text, max(match.start() - BEFORE_POSTCODE, 0), match.start())
        if before and not _is_open_to_all(text, before.start(), spans_of, AT_COMPANY, 0):
            yield before.start(), match.end()
    for match in _POSTCODE_UK.finditer(text):
        before = _BEFORE_POSTCODE.search(text, max(match.start() - BEFORE_POSTCODE, 0), match.start())
        house = before and _HAS_HOUSE.search(before[0])
        if before and house and not _is_open_to_all(text, match.start(), spans_of, 2 * AT_COMPANY, AT_COMPANY):
            yield before.start() + house.start(), match.end()


def _is_open_to_all(text: str, at: int, spans_of: dict[str, Spans], at_company: int, at_venue: int) -> bool:
    """Whether a company or a place for everybody is named before a street, and behind it nobody who lives there."""
    for name, reach in (("company", at_company), ("venue", at_venue)):
        if reach and spans_of[name].before(text, at, reach):
            named = spans_of[name].last_before(text, at, reach)
            if named is not None and _HAMLET.match(text, named):
                continue
            if named is None or not spans_of["home"].within(named, at):
                return True
    return False
