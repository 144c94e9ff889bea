"""One-time codes: numbers near words for codes or for logging in, and further ones in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span, Spans, line_ends

_NUMBER = re.compile(
    r"[A-Z\d](?<![\w.,/+-].)(?:(?=(?:[A-Z]*\d){2}[A-Z\d]*(?![a-z]))(?=\d*[A-Z]\d*[A-Z])[A-Z\d]{7,9}"
    r"|(?:(?<=[A-Z])-\d|(?<=\d))\d{3,7}|(?<!\d[ ].)(?<=\d)\d{2}[ -]\d{3}|(?<=\d)\d(?:[ -]\d{2}){2}"
    r"|(?<!\d[ ].)(?<=\d)\d{3}[ ]\d{4}"
    r"|(?=[A-Z]{0,3}\d)[A-Z\d]{3}-[A-Z\d]{4}|(?=[A-Za-z-]{0,14}\d)[A-Za-z\d]{3,4}(?:-[A-Za-z\d]{4,5}){1,6})"
    r"(?![\w-]|[.,/ ]\d)"
)
_TOLD = re.compile(
    r"(?:\A|\n|[ ]{2}|[.:;!?(»«“„”–—-])[ ]{0,90}\Z|(?<!\w)(?P<verb>(?:enter|type|typing|use|using|key in|tap in"
    r"|punch in|sent"
    r"|got|is|was|with|code|digits|number|app|by typing|pin"
    r"|anmelden|entsperren|bestätigen|gib|gib bitte|geben sie|geben sie bitte|tippe|tipp|tippen sie|nutze|nutzen sie"
    r"|mit|ist|lautet|war|schickt|schickte"
    r"|geschickt|bitte|bekam|erhalten"
    r"|introduce|introduzca|escribe|escriba|teclea|teclee|pon|ponga|usa|use|utiliza|utilice|con|es|era|envió|enviado|llegó|mandó"
    r"|saisissez|saisis|entrez|tapez|tape|utilisez|indiquez|avec|est|était|envoyé|reçu)) {0,3}[\"'“„«]?[ ]?\Z",
    re.IGNORECASE,
)
"""What stands right before a number that is told, not counted: the beginning of a line or cell, a colon, a verb."""
_GOES_ON = re.compile(
    r"[ ](?!(?:is|ist|es|est|was|war|era|to|lets?|zum|zur|para|pour|kommen|puede|gilt|expires?|gültig|valid|válido"
    r"|valable"
    r"|caduca|expire|on|as|für|de|and|und|y|et|do|if|wenn|si|then|dann|opens?|öffnet|in|ins?|dans|auf|ein|within|before|if"
    r"|bevor|avant|antes|at|bei|en|sur|für|from|von)(?!\w))[^\W\d_]"
)
"""Behind a number that begins its line: a word that says what is counted."""
_NUMBERED = re.compile(
    r"(?:(?<!code )(?<!code)[#!]|(?<!\w)(?:n\.?[º°]|nr\.|no\.|num\.|núm\.)"
    r"|(?<!\w)(?:(?:pipeline|workflow|builds?|jobs?|runs?|issues?|bugs?|tickets?|incidents?|lottery|loterie|lotería|draw"
    r"|incidencia|compilación|ejecución|exécution)[ ]?:?"
    r"|task|story|epic|pull request|pr|merge request|mr|requests?|change|revision|rev|release|deployment|deploy|log"
    r"|record"
    r"|entry|row|line|page|lot|auction|room|suite|seat|gate|platform|flight|train|bus|course|class|module|lesson|unit|member"
    r"|membership|customer|client|id|charity|licen[cs]e|standard|iso|din|en|une|nf|din en|art\.|article|section|form"
    r"|model"
    r"|part|series|version|top|over|than|nearly|about|almost|all|tarea|solicitud|petición|cambio|sala|aula|curso|lote|vuelo"
    r"|tren|línea|página|norma|formulario|modelo|sorteo|socio|abonado|más de|unos|casi|tâche|demande|requête|salle"
    r"|cours|vol"
    r"|ligne|norme|formulaire|modèle|tirage|abonné|adhérent|plus de|près de|aufgabe|lauf|vorfall|zimmer|raum|saal"
    r"|kurs|kurs-nr\."
    r"|vorlesung|zug|linie|seite|formular|los|ziehung|mitglied|kunde|abo|abo-nr\.|zeile|über|rund|fast|mehr als|schon"
    r"|bereits"
    r"|los números|númer[oa]s?|numbers))[ ]{0,2}[#!]?\Z",
    re.IGNORECASE,
)
"""What a number belongs to that only counts things."""
_COUNTED = re.compile(
    r"[ ](?:\w+[ ])?(?:comments?|views?|reviews?|ratings?|stars?|forks?|downloads?|installs?|members?|users?|people"
    r"|customers?"
    r"|products?|items?|results?|points?|followers?|subscribers?|visitors?|readers?|articles?|photos?|images?|jobs?|places?|seats?"
    r"|euros?|dollars?|pounds?|pts|km|m²|sqm|sq|kommentare?n?|bewertungen|nutzer\w*|mitglieder\w*|kunden|teilnehmer\w*|menschen"
    r"|produkte|artikel|treffer|punkte|plätze|bilder|aufrufe|einwohner|comentarios|opiniones|usuarios|clientes|miembros|personas"
    r"|productos|artículos|resultados|puntos|plazas|fotos|visitas|profesionales|habitantes|commentaires|avis|utilisateurs|clients"
    r"|membres|personnes|produits|résultats|places|vues|habitants|edition|ausgabe|edición|édition|plan|report)(?!\w)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_IN_A_NUMBER = re.compile(r"(?<!\w)[(+]?0\d{1,5}\)?[ /-]{1,3}\Z")
"""Before a group of digits: it ends a telephone number."""
_TYPED = re.compile(
    r"[CcEeTtGgSsIi](?<!\w.)(?:(?:(?<=[Ee])nter|(?<=[Ee])ntrez|(?<=[Tt])ype|(?<=[Tt])apez|(?<=[Gg])ib|(?<=[Gg])eben Sie"
    r"|(?<=[Ss])aisissez|(?<=[Ii])ntroduce|(?<=[Ii])ntroduzca) (?P<value>\d{3}[ -]?\d{3}|(?!(?:19|20)\d\d )\d{4,8})"
    r"(?= (?:to|on|in|at|auf|um|im|sur|pour|dans|para|en|ein)(?!\w))"
    r"|(?:(?<=[Cc])ode|(?<=[Cc])ódigo) ?: ?(?P<told>\d{3}[ -]?\d{3}|\d{4,8})(?![\w-]|[.,/]\d))"
)
"""A number that is to be typed."""
_MORE_CODES = re.compile(
    r"[ ,;/·]{1,8}(?P<value>(?=[A-Za-z-]{0,12}\d)[A-Za-z\d]{3,12}(?:-[A-Za-z\d]{3,12}){0,3})(?![\w-])"
)
LETS_IN, LONG, BEFORE = 50, 6, 100
"""Characters around a number in which something must say that it is a code or, of so many digits, lets somebody in;
those before it in which something says that it is told or counted."""


def _is_above(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line after has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = end >= 0 and not text[start + 1 : span[0]].strip() and not text[span[1] : end].strip()
    return alone and label.within(end, line_ends(text, end + 1, LETS_IN))


def _is_below(text: str, span: Span, label: Spans) -> bool:
    """Whether a span fills its line and the line before has a phrase of the label."""
    start, end = text.rfind("\n", 0, span[0]), text.find("\n", span[1])
    alone = not text[start + 1 : span[0]].strip() and not text[span[1] : end if end >= 0 else None].strip()
    return alone and start > 0 and label.before(text, start, LETS_IN)


def spans(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Numbers near words for codes, or below a line with one; long numbers near words for logging in, too."""
    for match in _TYPED.finditer(text):
        span = match.span("value" if match["value"] else "told")
        if not any(spans_of[kind].near(text, span, LETS_IN) for kind in ("order", "rebate")):
            yield span
    for match in _NUMBER.finditer(text) if spans_of["login"].phrases or spans_of["codes"].phrases else ():
        span = match.span()
        if _is_counted(text, span):
            continue
        cues = [spans_of["codes"], spans_of["login"]] if len(match[0]) >= LONG else [spans_of["codes"]]
        codes = spans_of["codes"]
        is_near = any(cue.near(text, span, LETS_IN) for cue in cues) and not spans_of["order"].near(text, span, LETS_IN)
        if is_near and not _is_told(text, span) and (_YEAR.fullmatch(match[0]) or not codes.near(text, span, LETS_IN)):
            continue
        if is_near or _is_below(text, span, codes) or _is_above(text, span, codes):
            yield span


def _is_counted(text: str, span: Span) -> bool:
    """Whether a number counts or identifies things, or is the end of a telephone number."""
    before = max(span[0] - BEFORE, 0)
    return (
        _COUNTED.match(text, span[1]) is not None
        or _NUMBERED.search(text, before, span[0]) is not None
        or (_IN_A_NUMBER.search(text, before, span[0]) is not None)
    )


def _is_told(text: str, span: Span) -> bool:
    """Whether a number stands alone, behind a colon or behind a verb, and is not the number of anything."""
    told = _TOLD.search(text, max(span[0] - BEFORE, 0), span[0])
    return told is not None and (told["verb"] is not None or _GOES_ON.match(text, span[1]) is None)


def behind(text: str, value: Span) -> Iterator[Span]:
    """Codes of the same length after one, as in a list of backup codes."""
    length, end = value[1] - value[0], value[1]
    while (more := _MORE_CODES.match(text, end)) and more.end("value") - more.start("value") == length:
        yield more.span("value")
        end = more.end()
