"""How streets are called, with a house's number, in four languages: patterns that begin with a set of letters."""

from __future__ import annotations

import re

from components.privacy.lexicon import one_of, rest_of

NAME = r"[A-Z][a-zà-ÿ'’.-]{1,20}(?:[A-Z][a-z]{1,15})?"
_STREETS_EN = (
    "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Terrace|Crescent|Close|Way"
    "|Gardens|Grove|Hill|Row|Mews|Parkway|Pkwy|Circle|Trail|Cir|Hwy|Highway|Approach|Parade|Rise|Quay|Wharf|Esplanade"
    "|Wynd|Brae|Croft|Yard|Terr?|Cres|Sq|Walk|Vale|Loop|Pike|Turnpike|Expressway|Commons|Crossing|Broadway|Strand"
)
SELDOM_EN = (
    "Alley|Annex|Arcade|Bend|Bluff|Bridge|Brook|Bypass|Canyon|Causeway|Center|Centre|Cliff|Common|Corner|Course|Cove|Creek"
    "|Crest|Crossing|Crossroad|Curve|Dale|Divide|Estate|Expressway|Extension|Ferry|Field|Ford|Forest|Fork|Fort|Freeway"
    "|Garden|Gateway|Glen|Green|Harbor|Harbour|Haven|Heights|Highway|Hollow|Inlet|Island|Isle|Junction|Key|Knoll|Lake"
    "|Landing|Locks?|Lodge|Loop|Manor|Meadow|Mill|Mission|Motorway|Mountain|Mount|Neck|Orchard|Oval|Overpass|Park|Passage"
    "|Path|Pike|Pine|Plain|Plaza|Point|Port|Prairie|Ranch|Rapid|Rest|Ridge|River|Route|Run|Shoal|Shore|Spring|Spur"
    "|Station|Stream|Summit|Throughway|Trace|Track|Turnpike|Underpass|Union|Valley|Via|View|Village|Vista|Walk|Wall|Well"
)
"""Words for streets that often mean something else: the house number must have three digits, or a flat be named."""
_FLATS, _FLAT_NO = "Apt|Apartment|Flat|Unit|Level|Floor|Lot|Suite|Studio|No|#", r"\.?[ ]?\w{1,6}"
FLAT = rf"(?:{_FLATS}){_FLAT_NO}"
_HOUSE = rf"(?:{FLAT}|(?:The[ ])?(?:{NAME}[ ]){{1,2}}(?:Cottage|House|Farm|Barn|Lodge|Court|Bakery|Mill|Hall|Villa))"
_STREET_SELDOM = (
    r"[AFLUSN#0-9](?<![\w.].)(?:(?:(?<=\d)(?!(?:(?<=1)9|(?<=2)0)\d\d[ ])\d{2,4}[ ]"
    rf"|(?<!\d){rest_of(_FLATS)}{_FLAT_NO},?\s(?:\d{{1,5}}[A-Za-z]?[ ])?)"
    rf"(?:{NAME}[ ]){{1,2}}(?:{_STREETS_EN}|(?:{SELDOM_EN})s?)(?!\w)(?:,?[ ]{FLAT})?"
    rf"|(?<!\d){rest_of(_FLATS)}[ ]?\d{{1,4}}[A-Za-z]?/\d{{1,4}}[ ](?:{NAME}[ ]){{0,2}}(?:{_STREETS_EN}"
    rf"|{SELDOM_EN})(?!\w)"
    r"|(?<=\d)\d{0,3}[A-Za-z]?[ ](?:The[ ][A-Z][a-z]{3,15}s?"
    rf"|{NAME}[ ](?:Maltings|Paddocks?|Fields|Meadows|Mount|Bank|Fold))(?![\w ]))"
)
_BEFORE_EN = rf"(?<![\w.]){_HOUSE},[ ]\Z"
_STREET_EN = (
    r"[0-9](?<![\w./].)\d{0,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)?,?[ ](?:(?:[NSEW]|NE|NW|SE|SW)\.?[ ])?"
    rf"(?:(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,3}}(?:{_STREETS_EN})(?!\w)\.?"
    rf"(?:[ ](?:NW|NE|SW|SE|[NSEW]|Lower|Upper|North|South|East|West|Extension|Ext)(?!\w))?(?:,?[ ]{FLAT})?"
)
_STREET_DE = (
    r"[A-ZÄÖÜ](?<!\w.)(?=[^0-9\n]{0,45}[0-9])"
    rf"(?:{rest_of('Am|An der|Auf der|Im|In der|Unter den|Zum|Zur')}[ ][A-ZÄÖÜ][a-zäöüß]{{2,20}}"
    r"|[\wäöüß.-]{0,30}?(?:straße|strasse|str\.|weg|gasse|allee|platz|ring|damm|ufer|steig|chaussee|pfad)"
    r"|[\wäöüß-]{1,25}[ -](?:Straße|Strasse|Str\.|Weg|Gasse|Allee|Platz|Ring|Damm|Ufer)"
    rf"|{rest_of('Platz|Straße|Allee|Weg|Ufer')}[ ](?:der|des|am|zum|zur|an der"
    rf"|von)[ ](?:\d{{1,2}}\.[ ])?[A-ZÄÖÜ][\wäöüß-]{{2,25}}"
    r"|[a-zäöüß]{2,20}(?:lände|leite|stiege|steige|gässchen|hang|zeile|graben|wall|kamp|twiete|stieg|anger|rain|halde"
    r"|bogen|winkel|promenade|gürtel|kai|wiesen?|siedlung)|[a-zäöüß]{2,15}[ ](?:Zeile|Graben|Wall|Kamp|Twiete|Stieg"
    r"|Anger|Reihe|Promenade|Höhe|Markt|Berg|Hof|Wiese|Gürtel|Kai|Steig|Damm|Chaussee|Bogen|Lände|Rain|Quai"
    r"|Park))[ ](?!(?:19|20)\d\d(?!\d|,?\s\d{5}))\d{1,4}(?:[ ]?[a-h])?(?:[/-]\d{1,3}){0,3}(?:/(?:Top|Tür|Stiege"
    r"|Stg\.?)[ ]?\d{1,3})?(?!\w)(?:,?\s\d{5}\s(?:(?:Bad|Sankt|St\.|Groß|Klein|Alt|Neu|Markt"
    r"|Schwäbisch)[ ])?[A-ZÄÖÜ][\wäöüß-]{1,30})?"
)
_BEFORE_DE = (
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]{2,25}er|Alte[rsn]?|Große[rsn]?|Kleine[rsn]?|Neue[rsn]?|Obere[rsn]?|Untere[rsn]?"
    r"|Hintere[rsn]?|Vordere[rsn]?|Äußere[rsn]?|Innere[rsn]?|Lange|Breite|Hohe|Prof\.|Dr\.|St\.|Sankt)[ ]\Z"
)
"""What may stand before a street's name: of which town or quarter it is."""
_STREETS_ES = (
    r"Jr\.|Jirón|Carrer|Avinguda|Avgda\.|Passeig|Pg\.|Plaça|Pça\.|Rúa|Rua|Praza|Travessera|Partida|Polígono|Barrio"
    r"|Ptge\.|Calle|C[./]|Cl\.|Avenida|Avda\.?|Av\.|Plaza|Pza\.?|Pl\.|Paseo|P\.?º|Camino|Carrera|Carretera|Ctra\.|Ronda"
    r"|Rda\.|calle|avenida|avda\.|plaza|paseo|camino|carretera|travesía|carrer|c/|Travesía|Callejón|Cañada|Alameda"
    r"|Glorieta|Cuesta|Rambla|Vía|Via|Vial|Pasaje|Pje\.|Pasadizo|Acceso|Urbanización|Urb\."
)
_WORD_ES = r"[A-ZÁÉÍÓÚÑ][\wáéíóúñ.-]{1,25}"
_STREET_ES = (
    rf"[ACGJPRTUVacpt](?<!\w.)(?:(?<=G)ran[ ]Vía|{rest_of(_STREETS_ES)}[ ]"
    rf"(?:(?:de|del|la|las|los|el|do|da|dos|das|dels?|les)[ ]|d['’]|l['’]){{0,3}}{_WORD_ES}"
    rf"(?:[ ](?:(?:de|del|la|y|i|do|da)[ ]|d['’]){{0,2}}{_WORD_ES}){{0,3}}(?:[ ][IVX]{{1,5}})?),?[ ]"
    r"(?:(?:n\.?[º°o]?[ ]?|[Nn]úm\.?[ ]|número[ ]|km\.?[ ]|No\.?[ ]|#[ ]?)?\d{1,5}(?!\w|:\d|[ ]?(?:h|km|m"
    r"|min)(?!\w))(?:[ ]?[A-D](?=,|[ ]))?|s/n(?=,?[ ]\d{5}))(?:,[ ]\d{1,2}(?:n|r|t|è|er"
    r"|on)[ ]\d{1,2}[aºª]?(?!\w))?(?:,[ ]\d{1,2}\.?[º°ª]?[ ]?(?:(?:ext|int)\.[ ]?)?(?:[A-Z](?!\w)|derecha|izquierda"
    r"|centro|dcha|izda|izq|ctro)?\.?(?!\w))?(?:,?[ ](?:Puerta|Piso|Apt\.|Portal|Bloque)[ ]\w{1,4})?"
)
_WORD_FR = r"[A-ZÀ-Þ][\wà-ÿ'’.-]{0,25}"
_BEFORE_FR = (
    r"(?<![\w.])(?:(?:[Rr]és(?:idence|\.)|[Bb]âtiment|[Bb]ât\.?|[Ii]mmeuble|[Ii]mm\.|[Aa]ppartement|[Aa]ppt?\.?"
    r"|[Vv]illa|Hameau"
    r"|[Ee]scalier|[Ee]sc\.?|[Ee]ntrée|[Pp]orte|Lotissement|Le[ ]Clos|[Ll]ieu-dit|[Dd]omaine|[Ff]erme|[Pp]avillon)"
    rf"(?:[ ](?:[Ll]es?|[Ll]a|des|du|de))?(?:[ ]{_WORD_FR}|[ ]\d{{1,3}}){{1,3}},[ ]){{1,3}}\Z"
)
_STREET_FR = (
    r"[0-9](?<![\w.].)(?<!\dh.)(?<!\d h .)\d{0,3}(?: ?(?:bis|ter|quater|[A-D]))?,?[ ](?:rue|avenue|av\.|boulevard|bd\.?"
    r"|bld\.?|place|pl\.|allées?|impasse|chemin|quai|cours|route|square|passage|faubourg|fg\.?|sentier|villa|cité"
    r"|esplanade|promenade|montée|traverse|ruelle|résidence|hameau|lotissement|rang|côte|croissant|terrasse|venelle"
    r"|sente|mail|parvis|rond-point|clos|domaine|levée|berge|galerie|descente|chaussée|drève|voie|1re avenue"
    r"|\d{1,2}e (?:rue|avenue))[ ]"
    rf"(?:(?:de|du|des|la|le|les|et|aux?|d['’]|l['’])[ ]?){{0,3}}(?:{_WORD_FR}"
    rf"|\d{{1,2}}(?:er)?[ -][A-Za-zéû]{{3,9}}(?:[ -]\d{{4}})?)"
    rf"(?:[ -](?:(?:de|du|des|la|le|et|à|au|aux|en|sur|sous|les)[ -]|[dl]['’]){{0,2}}{_WORD_FR}){{0,4}}"
    rf"(?:,?\s\d{{5}}\s{_WORD_FR}(?:[ -]{_WORD_FR}|-(?:en|sur|sous|lès|la|le)-{_WORD_FR}){{0,3}})?"
)
_STREET_BE = (
    rf"[RABCPQIDS](?<![\w.].){rest_of('Rue|Avenue|Av.|Boulevard|Bd|Chaussée|Place|Quai|Chemin|Route|Impasse|Allée|Drève|Square')}"
    rf"[ ](?:(?:de|du|des|la|le|les|aux?|d['’]|l['’])[ ]?){{0,3}}{_WORD_FR}"
    rf"(?:[ -](?:(?:de|du|des|la|le|et)[ ]){{0,2}}{_WORD_FR}){{0,3}},?[ ]\d{{1,4}}[ ]?[A-Da-d]?(?:[ ]?(?:/|bte"
    rf"|boîte)[ ]?\w{{1,4}})?(?![\w:]|[ ](?:h|km|m|min)(?!\w))"
)
"""As Belgium and Switzerland write French streets."""
TOWN = (
    rf"[A-ZÀ-Þ](?<![\w.].)[\wà-ÿ'’.-]{{0,25}}[ ](?:(?:{_WORD_FR}|der|des|am|an|im|zum|zur|van|von|den|del?|della"
    rf"|di|da|do|dos|la|las|los|el|du|les|y|et)[ ]){{0,4}}"
    rf"\d{{1,4}}[ ]?[a-h]?,[ ](?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}}[ ][A-Z]{{2}}|\d{{3}}[ ]\d{{2}})[ ]{_WORD_FR}"
)
"""What ends in a postal code and a town, whatever its street is called."""
_BOX = (
    r"[PBA](?<!\w.)(?:(?<=P)(?:\.?[ ]?O\.?[ ]?Box|ostfach)|(?<=B)(?:P|oîte postale)"
    r"|(?<=A)partado(?:[ ]de[ ][Cc]orreos)?)[ ]\d(?:[ ]?\d){1,7}(?!\w)"
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
STREETS = tuple(
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
        *((_BY_WORD_DE, ""), (_BOX, "")),
    )
)
"""Patterns of streets with a house's number, and of what may stand before it: a house, a flat."""
