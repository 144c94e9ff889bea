"""Values that are wholly what somebody believes, is or did, under labels that leave room for that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from components.privacy import belonging, standings
from components.privacy.lexicon import FULL_NAME, REMEMBERED, Lexicon, Span, Spans, line_begins, small, words_of
from components.privacy.parties import ORGANISATION, UNION
from components.privacy.words import lists_of

MOST = 0.75
"""Of a value's letters without small words, the share that must be what somebody believes, is or did."""
LONGEST = 60
"""Characters of a value that is what somebody believes, is or did."""
SMALL, LABEL, LINE = 4, 40, 240
"""Characters of an article before a party; of a label within a line, and of that line before it, at most."""
_CHARGED = re.compile(
    r"charge|offen[cs]e|count|verdict|convict|sentence|vorwurf|(?<!\w)tat(?!\w)|urteil|cargo|delito|pena|infraction"
    r"|peine|disclos|(?<!\w)entr(?:y|ies)(?!\w)|eintr[aä]g|register|record|antecedent|anotaci|casier"
    r"|führungszeugnis|vorstraf|auszug|(?<!\w)(?:dbs|mentions?)(?!\w)",
    re.IGNORECASE,
)
"""In a label: somebody came to court."""
_WEAK = frozenset(belonging.LISTS["weak_label"])
_SEXES = frozenset(
    ("women", "men", "frauen", "männer", "mujeres", "hombres", "femmes", "hommes", "female", "male", "unisex")
)
_I_AM = re.compile(r"(?:I am|I['’]m|Ich bin|Soy|Estoy|Je suis|We are|Wir sind|Somos|Nous sommes) ")
_PARAGRAPH = re.compile(r"§§? ?\d{1,2}[a-z]?(?: ?(?:Abs\.?|Absatz|S\.|Satz|Nr\.) ?\d)*(?: ?Aufenth?G| ?AsylG)?")
"""The section of the law by which somebody may stay."""
_TICKET = re.compile(r"[A-Z]{2,5}[-_/]\d{3,12}")
"""The number of an order or a case, which may begin like a union's name."""
_CLAUSE = re.compile(r"[,;:(/–—.]")
_ANCESTRY = re.compile(r"ancest|ethni|heritage|dna|herkunft|abstammung|ascenden|origen|origine", re.IGNORECASE)
"""In a label: of whom somebody's forebears were, in shares."""
_REFERS = re.compile(r"(?:see|siehe|s\.|véase|ver|consulte|voir|cf\.) \w", re.IGNORECASE)
"""A value that says where to look."""
_OF_WORKS = re.compile(
    r"genre|(?<!\w)(?:cuisine|roles?|rollen?|papel|rôles?|subjects?|sujet|fach|asignatura|materia|matière|talk|vortrag"
    r"|charla|club|verein|fachgebiet|especialidad|spécialité|expertise|research|project|workshop|works with"
    r"|zuständig\w*|parish|pfarrei|parroquia|paroisse|schlagwort\w*|tour|area|domaine|ámbito|küche|cocina|styles?|stil"
    r"|estilo|kategorie|categor\w+|catégorie|topics?|themas?|themen|temas?|thèmes?|tags?|language\w*|sprachen?"
    r"|muttersprache|idiomas?|lenguas?|langues?|venue|ort|lugar|lieu|place|location|titles?|titel|título|titre"
    r"|\w*names?|\w*namen?|vorname|nombres?|apellidos?|pr[ée]noms?|noms?|brand|marke|marca|marque|product\w*|produkt\w*"
    r"|producto|produit|recipe|rezept|receta|recette|filters?|search|suche|buscar|recherche|sort|author|autor\w*"
    r"|auteure?|artist|künstler|artista|artiste|period|epoche|época|époque|music|musik|música|musique|school|schule"
    r"|escuela|école|books?|films?|serie|series|course|kurs|curso|cours|event|veranstaltung|evento|événement|certif\w+"
    r"|label|siegel|sello|building|gebäude|edificio|bâtiment|church|kirche|capital|population|holiday|feiertag|festivo"
    r"|fête"
    r"|calendar|kalender)(?!\w)",
    re.IGNORECASE,
)
"""In a label or a value: it is about goods, works, places, languages or what somebody is called."""
_MATTER = re.compile(r"(?:ism|ismo|isme|ismus|tum|islam|ity|naturalisation|asylum|asylrecht)\Z")
_GROUPED = re.compile(
    r"\W*(?:sub)?(?:categor(?:y|ies)|kategorien?|categorías?|catégories?|topics?|subjects?|tags?|genres?)\W*"
)
"""A label by which goods or texts are grouped."""
_SHOWN = re.compile(
    r"(?<!\w)(?:speaker|author|autor\w*|auteure?|actor|actress|cast|teacher|lehrer\w*|dozent\w*|referent\w*|guide"
    r"|director|regie\w*|artist\w*|player|coach|trainer\w*|lawyer|anwalt|anwältin|berater\w*|contact|kontakt\w*"
    r"|contacto|clergy|helper|volunteer|intervenant\w*|ponente|docente|profesora?|professor\w*|professeure?"
    r"|enseignante?|réalisa\w+|director\w*|actriz|acteur|actrice|comédienne?|artista|artiste|jugador\w*|joueu\w+"
    r"|abogad\w+|avocate?|candidates|kandidaten|candidatos|candidats|abgeordnete\w*|mp|senator|councillor|stadtrat"
    r"|concejal\w*|conseill\w+|élue?s?|guía|responsable|moderat\w+|curator|kurator\w*|editor|herausgeber\w*"
    r"|komponist\w*|composer|saint|heilige\w*|santo|personaje|figur"
    r"|character)(?!\w)",
    re.IGNORECASE,
)
"""Labels of those who work for everybody, or whom everybody knows."""
_BESIDE = re.compile(
    r"(?:\A|[\n\".;!?·•|(,–])[ ]*(?P<label>[^\W\d_][^\n\".;:!?·•|(]{1,38}?)[ ]?:[ ]"
    r"(?P<value>[^\W_\n](?:[^\n\";|·•.]|\.(?=[^\s\"]|[ ]\d)|(?<=[\d.]\d)\.){1,60})"
)
"""A label and what stands behind its colon, within a line."""


@lru_cache(REMEMBERED)
def is_told(value: str, label: str) -> bool:
    """Whether a value is wholly what somebody believes, is or did, under a label that leaves room for that."""
    asked = _of_label(label)
    if _GROUPED.fullmatch(label) or _TICKET.fullmatch(value):
        return False
    if len(value) > LONGEST or "%" in value or not asked or ("stay_about" in asked and "?" not in label):
        return False
    said = _read(value)
    if said["offence"].phrases and not said["offence"].phrases[0][0] and _CHARGED.search(label):
        return True
    if "stay_label" in asked and any(not start for start, _ in said["standing"].phrases):
        return True
    names = {"what"} | ({"group"} if "origin_hint" in asked else set()) | ({"state"} if "stay_only" in asked else set())
    letters = {
        at
        for name in names
        for start, end in said[name].phrases
        if not is_small(value[start:end])
        for at in range(start, end)
    }
    bodies = (*UNION.finditer(value), *ORGANISATION.finditer(value)) if "dues" in asked else ()
    paragraphs = _PARAGRAPH.finditer(value) if "stay_label" in asked else ()
    letters |= {at for match in (*bodies, *paragraphs) for at in range(*match.span())}
    if not letters:
        return False
    if "dues" in asked and any(
        start <= SMALL and not is_small(value[start:end]) for start, end in said["party"].phrases
    ):
        return True
    small = (*said["filler"].phrases, *said["group"].phrases)
    filler = {at for start, end in small for at in range(start, end)} - letters
    clause = _CLAUSE.search(value, min(letters))
    return any(
        letters and _share(value, letters, filler, end) >= MOST for end in (len(value), clause.start() if clause else 0)
    )


@lru_cache(REMEMBERED)
def is_plain(value: str, label: str) -> bool:
    """Whether a value in somebody's form or row is wholly what he believes or is, whatever its label asks for; labels
    of goods, works, places, languages and names ask for something else."""
    if len(value) > LONGEST or "%" in value or small(value) in belonging.SURNAMES or _OF_WORKS.search(label):
        return False
    said = _read(value)
    if _OF_WORKS.search(value) or _of_label(label) & {"stay_about"}:
        return False
    letters = {at for start, end in said["plain"].phrases for at in range(start, end)}
    filler = {at for start, end in said["filler"].phrases for at in range(start, end)} - letters
    return bool(letters) and _share(value, letters, filler, len(value)) >= MOST


def _share(value: str, letters: set[int], filler: set[int], end: int) -> float:
    """Of the letters up to a place, without small words and figures, the share that says what somebody is."""
    places = [at for at in range(end) if at in letters or (value[at].isalpha() and at not in filler)]
    return sum(at in letters for at in places) / len(places) if places else 0.0


def is_small(phrase: str) -> bool:
    """Whether a word is no party, because it is one only in capitals."""
    return small(phrase) in belonging.CAPITALS and not phrase.isupper()


def is_of_nobody(value: str, label: str) -> bool:
    """Whether a value is a share of many, says where to look, or is of goods, runs or animals by its label."""
    of_many = "%" in value and (value.count("%") > 1 or not _ANCESTRY.search(label))
    return of_many or _REFERS.match(value) is not None or is_weak(value, label)


def is_weak(value: str, label: str) -> bool:
    """Whether a label asks for other things too, and its value is not known to be a belief or the like."""
    bare = small(label).strip(' :."*')
    return bare in _WEAK and not (
        value.isupper() or is_told(value, label) or (names_any(value) and small(value) not in _SEXES)
    )


def is_of_works(label: str) -> bool:
    """Whether a label asks for goods, works, places, languages or names."""
    return _OF_WORKS.search(label) is not None


def is_shown(labels: Sequence[str]) -> bool:
    """Whether a table or a list is about those who work for everybody."""
    return any(map(_SHOWN.search, labels))


def is_said(value: str) -> bool:
    """Whether somebody says in a few words what he believes or is: `I am Muslim`."""
    return _I_AM.match(value) is not None and names_any(value)


@lru_cache(REMEMBERED)
def names_any(value: str) -> bool:
    """Whether a value names what somebody believes, is or did."""
    said = _read(value)
    return bool(said["group"].phrases) or any(not is_small(value[slice(*span)]) for span in said["what"].phrases)


def spans(text: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """What stands behind a label within a line that names or speaks of somebody.

    Args:
        text: from `views.flat`.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names in it.
    """
    at = text.find(": ")
    while at >= 0:
        begins = line_begins(text, at, LABEL + 2)
        beside = next((match for match in _BESIDE.finditer(text, begins, at + LONGEST + 2) if match.end() > at), None)
        if beside and is_told(beside["value"].strip(), beside["label"]):
            line = line_begins(text, at, LINE)
            of_one = any(spans.within(line, beside.start("value")) for spans in (names, spans_of["personal"]))
            of_all = spans_of["general"].within(beside.start("label"), beside.start("value"))
            if of_one and not of_all and not FULL_NAME.fullmatch(beside["value"].strip()):
                yield beside.span("value")
        at = text.find(": ", at + 1)


@lru_cache(REMEMBERED)
def _of_label(label: str) -> frozenset[str]:
    """What a label leaves room for."""
    lower = small(label).replace("_", " ")
    found = _of_labels().find(lower, words_of(lower))
    return frozenset(name for name, spans in found.items() if spans.phrases)


def _read(text: str) -> dict[str, Spans]:
    lower = small(text).replace("_", " ")
    return _of_values().find(lower, words_of(lower))


@cache
def _of_labels() -> Lexicon:
    lists = belonging.LISTS | standings.LISTS
    return Lexicon(
        {name: (lists[name], "") for name in ("hint", "origin_hint", "dues", "stay_label", "stay_only", "stay_about")}
    )


@cache
def _of_values() -> Lexicon:
    lists = belonging.LISTS | standings.LISTS | lists_of("fillers")
    what = ("belonging", "party", "offence", "loves", "church", "standing")
    return Lexicon(
        {"what": (tuple(phrase for name in what for phrase in lists[name]), "")}
        | {"plain": (_plain(lists), "")}
        | {
            name: (lists[title], "")
            for name, title in (
                ("state", "stay_state"),
                *((n, n) for n in ("group", "offence", "party", "filler", "standing")),
            )
        }
    )


def _plain(lists: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """What says of one what he believes or is, without food, which shops sell, whole faiths, and many of a kind."""
    words = {phrase for name in ("belonging", "church", "standing") for phrase in lists[name]} - belonging.FOODS
    return tuple(
        phrase for phrase in words if not (_MATTER.search(phrase) or (phrase.endswith("s") and phrase[:-1] in words))
    )
