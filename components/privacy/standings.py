"""How somebody may stay in a country, if something shows whose standing it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy import selves
from components.privacy.lexicon import Span, Spans, line_begins, line_ends
from components.privacy.words import lists_of

LISTS = lists_of("standings")
CONTEXT = {name: LISTS[name] for name in ("standing", "decided", "advised")}
"""`standing`: what somebody has or is; `decided`: what becomes of it; `advised`: where everybody is told about it."""
_SAID = re.compile(
    r"(?<!\w)(?:is|was|has|had|have|am|['’]s|['’]m|['’]ve|holds?|got|needs|seeks?|claims?|on|with|as|under|waiting"
    r"|ist|war|hat|hatte|habe|hab|bin|lebt|lebe|wohnt|mit|als|ohne|besitzt|wartet|erhielt|bekam|bekommt"
    r"|es|está|estoy|estaba|tiene|tengo|tenía|con|como|vive|vivo|lleva|llevo|pidió|pide|espera"
    r"|est|suis|était|a|ai|avait|n['’]a|n['’]ai|['’]ai|avec|comme|sous|en|vit|attend|obtenu)(?!\w)"
)
"""Between somebody and how he may stay."""
_IF = re.compile(
    r"(?<!\w)(?:if|when|whether|anyone|everyone|people|persons|students|workers|applicants|holders|migrants"
    r"|tenants|residents|those|who|any|wenn|falls|ob|wer|bei|personen|menschen|alle|jede[rs]?"
    r"|si|cuando|quien|quienes|personas|cualquier|quand|lorsque|personnes|ceux|celles|toute?)(?!\w)"
)
_MAY = re.compile(
    r" (?:holders? )?(?:can|may|must|allows?|entitles?|kann|können|darf|dürfen|muss|müssen|berechtigt|erlaubt"
    r"|puede|pueden|debe|deben|permite|peut|peuvent|doit|doivent|permet)(?!\w)"
)
"""Right behind it, what everybody may or must."""
_DATED_OR_TO = re.compile(
    r"\d|(?<!\w)(?:mr|mrs|ms|miss|dear|herrn?|frau|sr|sra|señora?|don|doña|monsieur|madame|mme|m)(?!\w)"
)
_REST = re.compile(r"(?:[^.,;:!?\n\"|()]|(?:(?<=Abs)|(?<=Nr)|(?<=Art))\.){0,40}(?=[.,;:!?\n\"|()]|\Z)")
"""What a sentence or its part goes on with."""
_SELF = re.compile(
    r"(?<!\w)(?:i|i['’](?:m|ve|d)|my|me|we['’](?:re|ve)|we (?:are|have|had|were)|ich|mein\w{0,2}|mir|mich"
    r"|wir (?:sind|haben|hatten)|yo|mis?|me|soy|estoy|tengo|llevo|somos|tenemos|estamos|llevamos|je|j|m|mon|ma|mes|moi"
    r"|nous (?:sommes|avons)|on (?:est|a))(?!\w)"
)
_I_HAVE = re.compile(r"no (?:tengo|tenemos) ")
_STOP = re.compile(r"[.!?][ \"]")
NAMED, NEAR, MINE, LINE = 60, 70, 40, 240
"""Characters: from who is named to how he may stay; around it, for what becomes of it and for advice; from who speaks
of himself; of a line before and behind."""


def spans(text: str, lower: str, spans_of: dict[str, Spans], names: Spans) -> Iterator[Span]:
    """
    Args:
        text, lower: `views.flat`, and that in small letters.
        spans_of: what `labels.LEXICON` has read in it.
        names: full names of people in it.
    """
    for span in spans_of["standing"].phrases:
        if _is_of_one(text, lower, span, spans_of, names):
            rest = _REST.match(text, span[1])
            yield selves.clause(text, span)[0], rest.end() if rest else span[1]


def _is_of_one(text: str, lower: str, span: Span, spans_of: dict[str, Spans], names: Spans) -> bool:
    line = line_begins(text, span[0], LINE), line_ends(text, span[1], LINE)
    stops = [stop.end() for stop in _STOP.finditer(text, line[0], span[0])]
    sentence = stops[-1] if stops else line[0]
    if _MAY.match(lower, span[1]) or _IF.search(lower, sentence, span[0]) or spans_of["matter"].within(*line):
        return False
    if _SELF.search(lower, max(sentence, span[0] - MINE), span[0]) or _I_HAVE.match(lower, span[0]):
        return True
    advised = spans_of["advised"].near(text, span, NEAR)
    name = names.last_before(text, span[0], NAMED)
    if name is not None and name >= sentence and _SAID.search(lower, name, span[0]):
        return True
    if advised:
        return False
    if (
        spans_of["role"].within(sentence, span[0])
        or names.within(sentence, span[0])
        or names.within(span[1], min(span[1] + NEAR, line[1]))
    ):
        return True
    decided = spans_of["decided"].near(text, span, NEAR)
    to_one = spans_of["addressed"].before(text, span[0], MINE) and _DATED_OR_TO.search(lower, *line)
    return decided and bool(to_one or spans_of["personal"].within(*line))
