"""What everybody may read though it looks private: examples, offices, the long dead, the sick in general, goods.

Only what patterns and words find is asked about: what stands in a filled field or under a private label stays private.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from components.privacy.hits import Hit, Kind
from components.privacy.lexicon import FULL_NAME, Spans, line_begins, line_ends
from components.privacy.words import listed

EXAMPLE = listed("""
for example, for instance, e.g., e.g, eg, example, examples, sample, format, such as, looks like, in the form
zum beispiel, z. b., z.b., zb, beispiel, bsp., muster, in der form
par exemple, p. ex., p.ex., ex., exemple, sous la forme, por ejemplo, p. ej., p.ej., ej., ejemplo, con el formato
""")
OFFICE = listed("""
town hall, city hall, guildhall, city council, town council, county council, district council, borough council
council offices, civic centre, civic offices, tourist office, tourist information, visitor centre, visitor center
police station, fire station, fire brigade, coastguard, post office, job centre, jobcentre, tax office
register office
registry office, embassy, consulate, high commission, magistrates' court, county court, crown court, courthouse
library, libraries, museum, theatre, box office, leisure centre, swimming pool, university, ministry, department of *
chamber of commerce, citizens advice, samaritans, emergency services, poison control, train station, bus station
airport
bürgeramt, bürgerbüro, bürgerservice, rathaus, stadtverwaltung, gemeindeverwaltung, gemeindeamt, kreisverwaltung
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
"""Bodies whose address and number everybody may have."""
PRACTICE = listed("""
pharmacy, surgery, medical practice, dental practice, dentist, clinic, restaurant, ristorante, trattoria, pizzeria
café
hotel, hostel, salon, barber, garage, bakery, gallery, cinema, solicitors, law firm, vets, veterinary
apotheke, praxis, arztpraxis, zahnarztpraxis, gemeinschaftspraxis, dr. med., facharzt für, fachärztin für, zahnarzt
zahnärztin, tierarzt, tierarztpraxis, kanzlei, rechtsanwalt, rechtsanwälte, rechtsanwältin, steuerberater, notar
gasthaus
gasthof, friseur, bäckerei, werkstatt, autohaus, galerie, kino, sparkasse, volksbank
pharmacie, cabinet, cabinet médical, clinique, brasserie, boulangerie, coiffure, salon de coiffure, hôtel, auberge
notaire, étude, avocat, vétérinaire, garage, farmacia, clínica, clínica dental, consultorio, restaurante, bar
panadería
peluquería, hostal, notaría, abogados, bufete, taller, veterinaria, gestoría
""")
"""Whose address and number stand on a sign, where both are told."""
PERSONAL = listed("""
my, me, mine, your, his, her, our, mr, mrs, ms, miss, dear, guest, customer, client, tenant, applicant, patient
holder
mein, meine, meiner, meinem, mich, mir, dein, deine, ihr, ihre, ihrem, ihrer, seine, herr, herrn, frau
liebe, lieber, kunde, kundin, gast, mieter, mieterin, antragsteller, antragstellerin
mon, ma, mes, moi, ton, ta, votre, vos, sa, monsieur, madame, mme, m., cher, chère, cliente, locataire
mi, mis, tu, tus, su, sus, sr., sra., don, doña, señor, señora, cliente, huésped, inquilino, inquilina, solicitante
i, i'm, i've, we, ich, wir, j'ai, je, nous, tengo, estoy, soy
""")
"""Who speaks of somebody."""
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
senioren
enfants, ados, jeunes, seniors
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
    **{"donation": DONATION, "crowd": CROWD, "goods": GOODS},
}
NUMBERS: frozenset[Kind] = frozenset(("birth_date", "national_id", "phone", "bank", "card", "code", "address"))
"""Classes of which people give examples."""
_HOURS = re.compile(
    r"(?<!\w)(?:mon|monday|mo|montag|di|dienstag|tue|tuesday|lun|lundi|lunes|mardi|mar|martes|weekdays|werktags|täglich"
    r"|daily|en semaine|laborables|sat|sa|samstag|samedi|sábados?)(?!\w)"
    r"[^\n]{0,25}?(?<!\d)\d{1,2}(?:[:.h]\s?\d{2}|\s?[ap]m|\s?h)?"
    r"\s?(?:-|–|to|bis|und|à|a|until|till)\s?\d{1,2}(?!\d)"
)
"""When something is open."""
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch")
_TOWN = re.compile(r"(?<!\d)\d{4,5} [A-ZÀ-Þ][a-zß-ÿ]{2}|(?<!\w)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
HEAD = 45
"""Characters of a line in which an office must be named for the line to be its."""
LONGEST = 240
"""Characters of a line before and behind a hit that are read."""
ALIVE, MOURNED = 1900, 1990
"""Years of birth before which nobody lives, and of death before which the dead are of history, no page's user's."""
_LETTER = re.compile(r"[^\W_]|\n")
_YEAR = re.compile(r"(?<!\d)1[0-9]\d\d(?!\d)")
_SHARE = re.compile(
    r"\d\s?%|(?<!\w)(?:per ?cent|prozent|pour ?cent|por ?ciento|millions?|millionen|millones|thousands?|tausend"
    r"|milliers|miles|[\w.,]{1,9} (?:in|out of|sur|von|de cada) (?:\d+|two|three|four|five|six|seven|eight|ten|hundred"
    r"|zwei|drei|vier|fünf|acht|zehn|hundert|deux|trois|quatre|cinq|huit|dix|cent|dos|tres|cuatro|cinco|ocho|diez|cien)"
    r"|jede[rs]? \w{1,10}te|\d[\d.,  ]{2,12})(?!\w)"
)
_DEFINED = re.compile(
    r"[\s\"]{0,3}(?:is an?|is the|are|can be|occurs?|affects?|spreads?|ist eine?|sind|bezeichnet|entsteht|betrifft"
    r"|est une?|est la|est le|sont|touche|peut|se|es una?|es la|es el|son|afecta|puede)(?!\w)"
)
_BEGUN = re.compile(r"(?:\A|[\"“.?!:])\s{0,60}(?:(?:the|an?|die|der|das|eine?|la|le|les|l['’]|el|los|las|una?)[ ]?)?\Z")


class Public:
    """What of a page's text is everybody's.

    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
    """

    def __init__(self, text: str, lower: str, spans_of: dict[str, Spans]) -> None:
        self._text, self._lower, self._spans_of = text, lower, spans_of

    def holds(self, hit: Hit) -> bool:
        if hit.source not in ("pattern", "words"):
            return False
        if hit.kind in NUMBERS and self._right_behind("example", hit.start):
            return True
        match hit.kind:
            case "birth_date":
                return self._right_behind("order", hit.start) or self._is_of_the_dead(hit)
            case "phone" | "address":
                return self._is_an_offices(hit)
            case "bank":
                return self._spans_of["donation"].before(self._text, hit.start, HEAD) and not self._is_personal(hit)
            case "health":
                labelled = any(start < hit.end and hit.start < end for start, end in self._spans_of["health"].values)
                return not labelled and not self._is_personal(hit) and self._is_of_nobody(hit)
            case _:
                return False

    def _right_behind(self, name: str, place: int) -> bool:
        """Whether only signs stand between a phrase and a place."""
        phrases = self._spans_of[name].phrases
        at = bisect_left(phrases, (place, 0)) - 1
        return at >= 0 and phrases[at][1] <= place and not _LETTER.search(self._text, phrases[at][1], place)

    def _line(self, hit: Hit) -> tuple[int, int]:
        return line_begins(self._text, hit.start, LONGEST), line_ends(self._text, hit.end, LONGEST)

    def _is_personal(self, hit: Hit) -> bool:
        return self._spans_of["personal"].within(*self._line(hit))

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
        if self._spans_of["personal"].within(begins, ends):
            return False
        head = begins, min(begins + HEAD, hit.start)
        if self._spans_of["office"].within(*head):
            return True
        open_at = _HOURS.search(self._lower, begins, ends)
        if self._spans_of["practice"].within(*head) and (open_at or _TOWN.search(self._text, begins, ends)):
            return True
        names = (name[0] for name in FULL_NAME.finditer(self._text, begins, ends))
        return hit.kind == "phone" and open_at is not None and all(map(_DAY.search, names))

    def _is_of_nobody(self, hit: Hit) -> bool:
        """Whether an illness or a medicine is told of many, explained, or sold."""
        begins, ends = self._line(hit)
        if self._spans_of["crowd"].within(begins, ends) and _SHARE.search(self._lower, begins, ends):
            return True
        if self._is_explained(begins, ends):
            return True
        below = line_ends(self._text, ends + 1, LONGEST) if ends < len(self._text) else ends
        return self._spans_of["goods"].within(begins, below) and not self._spans_of["personal"].within(begins, below)

    def _is_explained(self, begins: int, ends: int) -> bool:
        """Whether a sentence begins with an illness and says what it is."""
        return any(
            _DEFINED.match(self._lower, end) and _BEGUN.search(self._lower[begins:start])
            for start, end in self._ill(begins, ends)
        )

    def _ill(self, begins: int, ends: int) -> list[tuple[int, int]]:
        phrases = self._spans_of["ill"].phrases
        return phrases[bisect_left(phrases, (begins, 0)) : bisect_left(phrases, (ends, 0))]
