"""Which words name an illness or a medicine in any language of Europe, by the Greek and Latin that they share.

`Psoriasis`, `psoriasis` and `epilepsie`, `epilepsia`, `Epilepsie` differ in their endings and in how they spell the
same sounds. Folded, they are one stem each; `medical.txt` holds the stems of the diseases that the United States'
classification names (ICD-10-CM, chapters 1 to 17, in the public domain), except stems that ordinary words have too
(`bench/privacy/medical.py` writes it). Medicines are known by the endings that the WHO gives their substances
(INN).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from components.privacy.ailments import CONDITIONS, ILLNESS
from components.privacy.lexicon import REMEMBERED, Lexicon, small, words_of
from components.privacy.words import any_of

MEDICINE = CONDITIONS["medicine"]
STEMS = Path(__file__).with_name("medical.txt")
BODY = (
    r"(?:lungs?|breasts?|colon|bowels?|liver|kidneys?|brain|throat|stomach|ovar(?:y|ies)|womb|prostate|bladder|skin"
    r"|bones?|spine|back|neck|knees?|hips?|shoulders?|wrists?|elbows?|ankles?|feet|foot|hands?|arms?|legs?|eyes?|ears?"
    r"|jaw|chest|lunge|brust|darm|leber|nieren?|gehirn|hals|magen|eierstock|gebärmutter|blase|haut|knochen|rücken"
    r"|nacken|knie|hüfte|schulter|handgelenk|ellenbogen|knöchel|fuß|hand|arm|bein|auge|ohr|kiefer|pulmón|pulmones|pecho"
    r"|mama|hígado|riñón|riñones|cerebro|garganta|estómago|ovarios?|útero|próstata|vejiga|piel|huesos?|columna|espalda"
    r"|cuello|rodillas?|cadera|hombros?|muñecas?|codo|tobillo|pies?|manos?|brazos?|piernas?|ojos?|oído|páncreas"
    r"|tiroides|poumons?|seins?|côlon|foie|reins?|cerveau|gorge|estomac|ovaires?|utérus|prostate|vessie|peau|os|colonne"
    r"|dos|cou|genoux?|hanches?|épaules?|poignets?|coudes?|chevilles?|pieds?|mains?|bras|jambes?|yeux|œil|oreilles?"
    r"|pancréas|thyroïde)"
)
"""Parts of a body that are hurt."""
SHORTEST = 4
"""Letters of a stem: shorter ones belong to too many other words."""
_ILLS = ("it", "os", "om", "em", "alg", "pat", "diabet", "skler", "embol", "tromb")
SHORT = 40
"""Characters of a text that may go on behind the name of an illness, at most."""
LONG = 5
"""Letters of a stem that another word may end in, `rectocolite` or `Schwangerschaftsdiabetes`."""
_LETTERS = str.maketrans("áàâãéèêëíìîïóòôõúùûñçäöyqz", "aaaaeeeeiiiioooouuunkeeikk")
_SOUNDS = (("ph", "f"), ("rh", "r"), ("th", "t"), ("ae", "e"), ("oe", "e"), ("ch", "k"), ("qu", "k"), ("ß", "ss"))
_TWICE = re.compile(r"(.)\1")
_ENDING = re.compile(
    r"(?:isch(?:e[mnrs]?)?|isk(?:e[mnrs]?)?|ik(?:es?|a[sl]?|os?|us|um|en|er)?|ia[kn]|us|um|(?<=it)id(?:e|es|is)"
    r"|[aeiou]{0,3}[sn]?)$"
)

_ILLNESS = re.compile(
    r"(?!(?:weichen|signal|strom|verkehrs?|betriebs?|netz|internet|software|hardware|funk|bild|ton|ruhe|leitungs?|system|server|heizungs?|aufzugs?|lade|druck|empfangs?|verbindungs?|zug|bahn|stellwerks?|oberleitungs?|anlagen|geräte|maschinen|technik|dienst|telefon|zer|ver|ent|auf|versorgungs?|motor|triebwerks?|türs?|gleis|strecken|fahrzeug|datenschutz|urheberrechts|pflicht|vertrags|rechts|regel|grenz|norm|bremsen?|markt|staats|beweis|computer|lampen|reise|gold|wett|bank|kauf|jagd)(?:störung|verletzung|versagen|virus|fieber|leiden)|(?:dia|pro)gnos|hypnosis|academ|nostalg|sympath|empath|antipath|telepath|\w{0,12}(?:ge|be|ver|unter)sucht)\w{2,20}"
    + any_of("illness")
)
"""Words that name an illness by their endings, in small letters."""


def is_medical(word: str) -> bool:
    """Whether a word names an illness, what belongs to one, or a medicine."""
    return len(word) > SHORTEST and _is_medical(word)


@lru_cache(REMEMBERED)
def _is_medical(word: str) -> bool:
    sound = folded(word)
    root, stems = stem(sound), _stems()
    return (
        root in stems
        or _medicine().search(sound) is not None
        or (root.endswith(_ILLS) and any(root[at:] in stems for at in range(2, len(root) - LONG + 1)))
    )


@lru_cache(REMEMBERED)
def ends_ill(word: str) -> bool:
    """Whether a word of small letters names an illness by its ending."""
    return _ILLNESS.fullmatch(word) is not None


@lru_cache(REMEMBERED)
def is_illness(value: str) -> bool:
    """Whether a short text is mostly the name of an illness or a medicine, or begins with one."""
    lower = small(value)
    places = words_of(lower)
    letters = {at for start, end in _illness().find(lower, places)["ill"].phrases for at in range(start, end)}
    letters |= {
        at for word, starts in places.items() if is_medical(word) for at in range(starts[0], starts[0] + len(word))
    }
    return 2 * len(letters) > len(value) or (0 in letters and len(value) <= SHORT)


@cache
def _illness() -> Lexicon:
    return Lexicon({"ill": ((*ILLNESS, *MEDICINE), "")})


def folded(word: str) -> str:
    """A word in a spelling that the languages share: `Asthma` and `asthme` then begin alike."""
    sound = word.lower()
    for letters, sounds in _SOUNDS:
        sound = sound.replace(letters, sounds)
    return _TWICE.sub(r"\1", sound.translate(_LETTERS).replace("c", "k"))


def stem(sound: str) -> str:
    """A folded word without its ending; nothing where too little is left."""
    root = _ENDING.sub("", sound, count=1)
    return root if len(root) >= SHORTEST else ""


@cache
def _stems() -> frozenset[str]:
    return frozenset(STEMS.read_text().split())


@cache
def _medicine() -> re.Pattern[str]:
    endings, names = ("|".join(map(folded, CONDITIONS[name])) for name in ("made_as", "called"))
    return re.compile(rf"(?:\w{{2}}(?:{endings})|^(?:{names})(?:us|i[ae])?)[aeno]?s?$")
