"""What looks private but is public: examples, offices, the long dead, the sick in general, goods.

This is only applied to what patterns and words find: what is in a filled field or under a private label stays private.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, Spans, line_begins, line_ends
from components.privacy.phones import SERVED
from components.privacy.words import listed

EXAMPLE = listed("""
for example, for instance, e.g., e.g, eg, example, examples, sample, format, such as, looks like, in the form
zum beispiel, z. b., z.b., zb, beispiel, bsp., muster, in der form
par exemple, p. ex., p.ex., ex., exemple, sous la forme, looks like this, like this, test card, test number
testkarte, tarjeta de prueba, carte de test, so aus, comme ceci, así
por ejemplo, p. ej., p.ej., ej., ejemplo, con el formato
""")
OFFICE = listed("""
town hall, city hall, guildhall, city council, town council, county council, district council, borough council
council offices, civic centre, civic offices, tourist office, tourist information, visitor centre, visitor center
police station, fire station, fire brigade, coastguard, post office, job centre, jobcentre, tax office
register office
registry office, embassy, consulate, high commission, magistrates' court, county court, crown court, courthouse
library, libraries, museum, theatre, box office, leisure centre, swimming pool, university, ministry, department of *
chamber of commerce, citizens advice, samaritans, emergency services, poison control, train station, bus station
airport, stadtbücherei, gemeindebücherei, stadtbibliothek, gemeindebibliothek, bürgeramt, bürgerbüro
bürgerservice, rathaus, stadtverwaltung, gemeindeverwaltung, gemeindeamt, kreisverwaltung
landratsamt, bezirksamt, finanzamt, standesamt, jugendamt, sozialamt, arbeitsagentur, agentur für arbeit, jobcenter
gesundheitsamt, ordnungsamt, einwohnermeldeamt, einwohneramt, meldebehörde, ausländerbehörde, kfz zulassungsstelle
touristinformation, tourist information, tourist info, stadtbibliothek, bibliothek, bücherei, museum, theater
theaterkasse, polizei, polizeirevier, polizeiinspektion, feuerwehr, amtsgericht, landgericht, botschaft, konsulat
generalkonsulat, ministerium, bundesamt, landesamt, volkshochschule, hallenbad, freibad, schwimmbad, universität
hochschule, handwerkskammer, verbraucherzentrale, tierheim, bahnhof, flughafen
mairie, hôtel de ville, préfecture, sous préfecture, conseil départemental, office de tourisme, bibliothèque
médiathèque, musée, théâtre, commissariat, gendarmerie, caserne, bureau de poste, pôle emploi, france travail
caf de *
cpam, centre des impôts, trésor public, tribunal, ambassade, consulat, ministère, université, piscine, gymnase
maison de santé, gare, aéroport, opéra
ayuntamiento, diputación, oficina de turismo, oficina de correos, oficina de empleo, oficina de *, biblioteca, museo
teatro, comisaría, policía local, policía nacional, guardia civil, bomberos, juzgado, tribunal, embajada, consulado
ministerio, consejería, universidad, piscina municipal, polideportivo, agencia tributaria, registro civil
centro cívico, centro de salud, centro cultural, estación de *, aeropuerto, protectora de animales
""")
"""Institutions whose address and number are public."""
PRACTICE = listed("""
pharmacy, surgery, medical practice, dental practice, dentist, clinic, restaurant, ristorante, trattoria, pizzeria
café, hotel, hostel, salon, barber, garage, bakery, gallery, cinema, solicitors, law firm, vets, veterinary
apotheke, praxis, arztpraxis, zahnarztpraxis, gemeinschaftspraxis, dr. med., facharzt für, fachärztin für, zahnarzt
zahnärztin, tierarzt, tierarztpraxis, kanzlei, rechtsanwalt, rechtsanwälte, rechtsanwältin, steuerberater, notar
gasthaus, gasthof, friseur, bäckerei, werkstatt, autohaus, galerie, kino, sparkasse, volksbank
pharmacie, cabinet, cabinet médical, clinique, brasserie, boulangerie, coiffure, salon de coiffure, hôtel, auberge
notaire, étude, avocat, vétérinaire, garage, farmacia, clínica, clínica dental, consultorio, restaurante, bar
panadería, peluquería, hostal, notaría, abogados, bufete, taller, veterinaria, gestoría
""")
"""Shops and offices, whose address and number are public if both are given."""
PERSONAL = listed("""
my, me, mine, his, her, mr, mrs, ms, miss, dear, guest, customer, client, tenant, applicant, patient, holder
mein, meine, meiner, meinem, mich, mir, seine, herr, herrn, frau
liebe, lieber, kunde, kundin, gast, mieter, mieterin, antragsteller, antragstellerin
mon, ma, mes, moi, sa, monsieur, madame, mme, m., cher, chère, cliente, locataire
mi, mis, sr., sra., don, doña, señor, señora, cliente, huésped, inquilino, inquilina, solicitante
i, i'm, i've, ich, j'ai, je, tengo, estoy, soy
""")
"""Words that speak of a person."""
ADDRESSED = listed("""
your, our, we, dein, deine, ihr, ihre, ihrem, ihrer, wir, ton, ta, votre, vos, nous, tu, tus, su, sus
""")
"""Words that address somebody, or speak for many."""
FIRM = listed("""
company number, company no, company no., registered in, registered office, vat, vat no, vat reg, all rights reserved
copyright, hrb, hra, ust-idnr, ust-idnr., ust-id, ust id, impressum, vereinsregister
handelsregister, alle rechte vorbehalten, siret, siren, rcs, mentions légales, tous droits réservés, au capital de
cif, registro mercantil, aviso legal, todos los derechos reservados, charity number, registered charity, imprint
""")
"""Words of a company's page footer."""
US = listed("""
call us, phone us, ring us, contact us, reach us, find us, visit us, speak to us, talk to us, email us, get in touch
questions about, lines open, lines are open, our customer service, our customer services, our customer care
fragen zu ihrer, unsere servicezeiten, nuestro servicio de atención, notre service client, call our, phone our
contact our, visit our, our shop, our store, our stores, our showroom, our office, our offices
our team, our helpline, our reception, our clinic, our restaurant
rufen sie uns, kontaktieren sie uns, erreichen sie uns, sie erreichen uns, sie erreichen unser*
besuchen sie uns, so finden sie uns, so erreichen sie uns, schreiben sie uns, unser laden, unser geschäft, unser team
unser büro, unsere filiale, unsere praxis, unsere geschäftsstelle, unser restaurant, unser kundenservice
llámenos, llámanos, llame al, contáctenos, contáctanos, visítenos, visítanos, encuéntrenos, encuéntranos
dónde estamos, nuestra tienda, nuestro equipo, nuestra oficina, nuestras oficinas, nuestro local, atención al público
appelez nous, contactez nous, contactez notre, joignez nous, nous joindre, nous contacter, venez nous voir
nous trouver, notre boutique, notre magasin, notre équipe, nos bureaux, notre agence
""")
"""Words of a company that offers something to everybody."""
DEAD = listed("""
died, death, deceased, d., † , passed away, gestorben, starb, verstorben, verstarb, tod
mort, morte, décédé, décédée, mourut, meurt, décès, murió, fallecido, fallecida, falleció, muere, muerte
""")
DONATION = listed("""
donation account, donations, donation, donate, spendenkonto, spenden, spende, compte de dons, dons, faire un don
cuenta solidaria, donativos, donativo, donaciones, donar
""")
CROWD = listed("""
adolescents, teens, children, kids, seniors, over 65s, adolescentes, jóvenes, mayores, niños, kinder, kindern
senioren, enfants, ados, jeunes, seniors
adults, women, men, people, persons, children aged, patients, cases, new cases, deaths, population, households
teenagers, citizens, residents, inhabitants, americans, britons, europeans, worldwide, nationwide, prevalence
incidence
erwachsene, erwachsenen, frauen, männer, männern, menschen, personen, fälle, neuerkrankungen, erkrankungen, todesfälle
bevölkerung, einwohner, betroffene, deutsche, deutschen, deutschland, weltweit, bundesweit, jugendliche
adultes, femmes, hommes, une femme, un homme, personnes, cas, décès, population, habitants, français, europe, france
enfants de, malades, adultos, mujeres, hombres, personas, casos, muertes, población, habitantes, españoles, españa
enfermos, menores de
""")
GOODS = listed("""
in stock, out of stock, add to basket, add to cart, add to bag, buy now, sold out, per pack, rrp, free delivery
item no, item number, sku, reviews, bestseller, best before
lieferbar, auf lager, ausverkauft, in den warenkorb, jetzt kaufen, pzn, uvp, inkl. mwst, zzgl. versand, grundpreis
en stock, ajouter au panier, acheter, rupture de stock, cip, prix conseillé, livraison offerte
en existencias, agotado, añadir al carrito, añadir a la cesta, comprar ahora, c.n., pvp, envío gratis
""")
CONTEXT = {
    **{"example": EXAMPLE, "office": OFFICE, "personal": PERSONAL, "dead": DEAD},
    "practice": PRACTICE,
    **{"addressed": ADDRESSED, "firm": FIRM, "us": US},
    **{"donation": DONATION, "crowd": CROWD, "goods": GOODS},
}
EXEMPLARY: frozenset[Kind] = frozenset(
    ("birth_date", "national_id", "phone", "bank", "card", "code", "address", "email", "password", "key")
)
"""Classes of private data of which pages give examples."""
_HOURS = re.compile(
    r"(?<!\w)(?:l[ ]?[-–a][ ]?[vds]|mon|monday|mo|montag|di|dienstag|tue|tuesday|lun|lundi|lunes|mardi|mar|martes"
    r"|weekdays|werktags|täglich"
    r"|daily|en semaine|laborables|sat|sa|samstag|samedi|sábados?)(?!\w)"
    r"[^\n]{0,25}?(?<!\d)\d{1,2}(?:[:.h]\s?\d{2}|\s?[ap]m|\s?h)?"
    r"\s?(?:-|–|to|bis|und|à|a|until|till)\s?\d{1,2}(?!\d)"
)
"""Opening hours."""
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch")
_TOWN = re.compile(r"(?<!\d)\d{4,5} [A-ZÀ-Þ][a-zß-ÿ]{2}|(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
HEAD = 45
"""Characters at the start of a line in which an office must be named if the line is about it."""
LONGEST = 240
"""Characters of a line before and behind a hit that are read."""
ALIVE, MOURNED = 1900, 1990
"""Years: nobody born before the first is alive; who died before the second is a person of history, no user."""
_LETTER = re.compile(r"[^\W_]|\n")
_YEAR = re.compile(r"(?<!\d)1[0-9]\d\d(?!\d)")
_SHARE = re.compile(
    r"\d\s?%|(?<!\w)(?:per ?cent|prozent|pour ?cent|por ?ciento|millions?|millionen|millones|thousands?|tausend"
    r"|milliers|miles|[\w.,]{1,9} (?:in|out of|sur|von|de cada) (?:\d+|two|three|four|five|six|seven|eight|ten|hundred"
    r"|zwei|drei|vier|fünf|acht|zehn|hundert|deux|trois|quatre|cinq|huit|dix|cent|dos|tres|cuatro|cinco|ocho|diez|cien)"
    r"|jede[rs]? \w{1,10}te|\d[\d.,  ]{2,12})(?!\w)"
)
_DEFINED = re.compile(
    r"(?:[ ]\d{1,4}[ ]?m?g)?(?:[ ](?:symptoms?|symptome?|causes?|treatments?))?[\s\"]{0,3}(?:is an?|is the|are"
    r"|can be|can cause|is used|wird bei|se utiliza|est utilisée?|is (?:treatable|curable|contagious|common)"
    r"|ist (?:behandelbar|heilbar|ansteckend|häufig)|includes?|causes?|umfassen"
    r"|verursacht|incluyen?|comprend|comprennent|provoque|occurs?|affects?|spreads?|ist eine?|sind|bezeichnet"
    r"|entsteht|betrifft"
    r"|est une?|est la|est le|sont|touche|peut|se|es una?|es la|es el|son|afecta|puede)(?!\w)"
)
_BEGUN = re.compile(r"(?:\A|[\"“.?!:])\s{0,60}(?:(?:the|an?|die|der|das|eine?|la|le|les|l['’]|el|los|las|una?)[ ]?)?\Z")


_LEGAL = re.compile(
    r"[\s\"]{0,80}(?:(?:©|\(c\)|copyright)[ ]?(?:\d{4}[ ]?)?)?[^,:\n]{2,45}?,?[ ](?:ltd|limited|llc|llp|plc|inc"
    r"|corp|gmbh(?:[ ]&[ ]co\.?[ ]kg)?"
    r"|ug|ag|kg|ohg|gbr|e\.[ ]?k|e\.[ ]?v|eg|s\.[ ]?a|s\.[ ]?l|s\.[ ]?l\.[ ]?u|s\.[ ]?coop|sarl|sas|sasu|eurl|srl"
    r"|s\.[ ]?r\.[ ]?l|spa"
    r"|b\.?v|oy|pty|sl|sa)(?![\w])"
)
"""A company's name with its legal form at the beginning of a line, without comma or colon between."""
_FOOT = re.compile(r"^([ ]*)(?:\[\d+\] )?contentinfo\b[^\n]*(?:\n\1[ ]+[^\n]*){1,60}", re.MULTILINE)
_OURS = re.compile(
    r"^[ ]*(?:\[\d+\] )?heading \"(?:contact us|get in touch|find us|visit us|our (?:shops?|stores?|offices?"
    r"|location)|imprint"
    r"|opening (?:hours|times)|store (?:finder|locator)|find a (?:store|shop|branch)|branches|stores|locations"
    r"|dealers|pick-?up points"
    r"|filialen|filialfinder|standorte|märkte|geschäfte|händler|abholstationen|(?:nuestras )?(?:tiendas|sucursales"
    r"|oficinas)|puntos de recogida"
    r"|nos (?:magasins|agences|boutiques|points de vente)|points? (?:de vente|relais)|kontaktieren sie uns"
    r"|so (?:finden|erreichen) sie uns|impressum|anfahrt"
    r"|öffnungszeiten|unsere? \w+"
    r"|nous contacter|contactez-nous|nous trouver|où nous trouver|horaires(?: d['’]ouverture)?|mentions légales"
    r"|contáct[ae]nos|contacta con nosotros|dónde estamos|visít[ae]nos|horarios?"
    r"|aviso legal)\W{0,3}\"[^\n]*(?:\n(?![ ]*heading)[^\n]*){1,8}",
    re.MULTILINE | re.IGNORECASE,
)
"""Headings under which a shop or an office gives its address."""
_DAY_OR_PERSON = frozenset(("mon", "sa", "mi", "di", "do", "so", "ma", "don", "sat"))
_AS_DAY = re.compile(r"\.?\s?[-–,&/+]|\.?:?\s\d|\s(?:to|bis|à|a|und|and|y|et)\s")
_OUR_BANK = re.compile(
    r"(?<!\w)(?:our (?:bank|account)|unsere? (?:bank|konto)|nuestra cuenta|nuestros datos bancarios"
    r"|nos coordonnées bancaires"
    r"|notre compte)"
)
_NOWHERE = re.compile(r"(?<!\w)(?:musterstadt|musterhausen|anytown|calle falsa|ville-exemple|rue de l['’]exemple)")
"""Streets and towns used in examples."""
_STOPS = re.compile(r"[.!?][\s\"]")


class Public:
    """What of a page's text is public.

    Args:
        plain: `views.folded`.
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """

    def __init__(self, plain: str, text: str, lower: str, spans_of: dict[str, Spans]) -> None:
        self._text, self._lower, self._spans_of = text, lower, spans_of
        self._ours = [
            match.span()
            for pattern, mark in ((_FOOT, "contentinfo"), (_OURS, "heading "))
            if mark in plain
            for match in pattern.finditer(plain)
        ]

    def holds(self, hit: Hit) -> bool:
        if hit.source not in ("pattern", "words"):
            return False
        if hit.kind in EXEMPLARY and self._right_behind("example", hit.start):
            return True
        match hit.kind:
            case "birth_date":
                return self._right_behind("order", hit.start) or self._is_of_the_dead(hit)
            case "phone" | "address":
                return self._is_an_offices(hit)
            case "bank":
                begins, _ = self._line(hit)
                if _OUR_BANK.search(self._lower, begins, hit.start):
                    return True
                return self._spans_of["donation"].before(self._text, hit.start, HEAD) and not self._is_personal(hit)
            case "sensitive":
                return not self._is_personal(hit) and self._is_counted(*self._line(hit))
            case "health":
                labelled = any(start < hit.end and hit.start < end for start, end in self._spans_of["health"].values)
                return not labelled and not self._is_personal(hit) and self._is_of_nobody(hit)
            case _:
                return False

    def _right_behind(self, name: str, place: int) -> bool:
        """Whether only punctuation is between a phrase and a place."""
        phrases = self._spans_of[name].phrases
        at = bisect_left(phrases, (place, 0)) - 1
        return at >= 0 and phrases[at][1] <= place and not _LETTER.search(self._text, phrases[at][1], place)

    def _line(self, hit: Hit) -> tuple[int, int]:
        return line_begins(self._text, hit.start, LONGEST), line_ends(self._text, hit.end, LONGEST)

    def _is_personal(self, hit: Hit) -> bool:
        """Whether its line speaks of somebody, or its sentence to somebody."""
        begins, ends = self._line(hit)
        if self._speaks_of(begins, ends):
            return True
        stops = [stop.start() for stop in _STOPS.finditer(self._text, begins, hit.start)]
        stop = _STOPS.search(self._text, hit.end, ends)
        sentence = (stops[-1] if stops else begins), (stop.start() if stop else ends)
        return self._spans_of["addressed"].within(*sentence)

    def _speaks_of(self, begins: int, ends: int) -> bool:
        """Whether a word for a person stands between two places, where it is no day (`Mon-Fri`)."""
        phrases = self._spans_of["personal"].phrases
        for start, end in phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]:
            if not (self._lower[start:end] in _DAY_OR_PERSON and _AS_DAY.match(self._lower, end)):
                return True
        return False

    def _is_of_the_dead(self, hit: Hit) -> bool:
        year = _YEAR.search(self._text, hit.start, hit.end)
        born = int(year[0]) if year else ALIVE
        if born < ALIVE:
            return True
        ends = line_ends(self._text, hit.end, LONGEST)
        years = (int(died[0]) for died in _YEAR.finditer(self._text, hit.end, ends))
        return self._spans_of["dead"].within(hit.end, ends) and any(born < died < MOURNED for died in years)

    def _is_an_offices(self, hit: Hit) -> bool:
        begins, ends = self._line(hit)
        while begins < hit.start and self._text[begins].isspace():
            begins += 1
        if hit.kind == "address" and _NOWHERE.search(self._lower, begins, ends):
            return True
        if self._speaks_of(begins, ends):
            return False
        if any(start <= hit.start < end for start, end in self._ours) or self._is_a_firms(hit, begins, ends):
            return True
        if self._spans_of["addressed"].within(begins, ends):
            return False
        head = begins, min(begins + HEAD, hit.start)
        if self._spans_of["office"].within(*head):
            return True
        open_at = _HOURS.search(self._lower, begins, ends)
        if self._spans_of["practice"].within(*head) and (open_at or _TOWN.search(self._text, begins, ends)):
            return True
        names = (name[0] for name in FULL_NAME.finditer(self._text, begins, ends))
        return hit.kind == "phone" and open_at is not None and all(map(_DAY.search, names))

    def _is_a_firms(self, hit: Hit, begins: int, ends: int) -> bool:
        """Whether a line is part of a company's footer or of a shop's contact details; neither names a person."""
        if hit.kind == "phone" and self._spans_of["service"].before(self._text, hit.start, SERVED):
            return self._text[hit.start] != "+" or FULL_NAME.search(self._text, begins, hit.start) is None
        if self._spans_of["firm"].within(begins, ends) or _LEGAL.match(self._lower, begins):
            return True
        us = self._spans_of["us"].last_before(self._text, hit.start, LONGEST)
        return us is not None and FULL_NAME.search(self._text, begins, us) is None

    def _is_of_nobody(self, hit: Hit) -> bool:
        """Whether an illness or a medicine concerns many, is explained, or is sold."""
        begins, ends = self._line(hit)
        if self._is_counted(begins, ends):
            return True
        if self._is_explained(begins, ends) or self._is_of_history(begins, ends):
            return True
        below = line_ends(self._text, ends + 1, LONGEST) if ends < len(self._text) else ends
        return self._spans_of["goods"].within(begins, below) and not (
            self._speaks_of(begins, below) or self._spans_of["addressed"].within(begins, below)
        )

    def _is_of_history(self, begins: int, ends: int) -> bool:
        """Whether somebody is said to have died long ago."""
        years = (int(year[0]) for year in _YEAR.finditer(self._text, begins, ends))
        return self._spans_of["dead"].within(begins, ends) and any(year < MOURNED for year in years)

    def _is_counted(self, begins: int, ends: int) -> bool:
        """Whether a line is a statistic about many people."""
        return self._spans_of["crowd"].within(begins, ends) and _SHARE.search(self._lower, begins, ends) is not None

    def _is_explained(self, begins: int, ends: int) -> bool:
        """Whether a sentence begins with an illness and says what it is."""
        return any(
            _DEFINED.match(self._lower, end) and _BEGUN.search(self._lower[begins:start])
            for start, end in self._ill(begins, ends)
        )

    def _ill(self, begins: int, ends: int) -> list[tuple[int, int]]:
        phrases = self._spans_of["ill"].phrases
        return phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]
