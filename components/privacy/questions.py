"""Questions whose answers let somebody in who has forgotten his password."""

from __future__ import annotations

import re

_FIRST = (
    r"(?:first|erste[rsnm]?|primer[ao]?|premi(?:er|ère))[ -](?:\w+[ -])?(?:pet|dog|cat|teacher|school|car|job|boss"
    r"|employer|kiss|album|concert|phone|crush|love|friend|street|house|haustier\w*|hund\w*|katze|lehrer(?:in)?\w{0,2}"
    r"|schule|grundschule|auto\w?|chef(?:in)?|arbeitgeber|konzert|freund(?:in)?|liebe|mascota|perro|gat[oa]|maestr[oa]"
    r"|profesora?|colegio|escuela|coche|carro|jefe|jefa|trabajo|novi[oa]|concierto|amor|casa|instituteur|institutrice"
    r"|professeure?|ma[iî]tresse|animal|chien|chat|école|voiture|patron|emploi|amour|employeur|maison)(?!\w)"
)
_OF_CHILDHOOD = (
    r"(?:childhood|kindheit\w*|infancia|niñez|enfance)[^?]{0,30}(?:friend|nickname|hero|freund\w*|spitzname|held"
    r"|amig[oa]|apodo|héroe|amie?|surnom|héros)|(?:friend|nickname|hero|freund\w*|spitzname|held|amig[oa]|apodo|héroe"
    r"|amie?|surnom|héros)[^?]{0,30}(?:childhood|kindheit|infancia|niñez|enfance)|kinderspitzname|jugendfreund\w*"
)
_MAIDEN = (
    r"(?:maiden name|mädchenname|geburtsname|apellido de soltera|nombre de soltera|nom de jeune fille"
    r"|nom de naissance)[^?]{0,30}(?:mother|mum|mom|grandmother|mutter|großmutter|oma|madre|abuela|mère|grand-mère)"
    r"|(?:mother|mum|mom|mutter|großmutter|oma|madre|abuela|mère|grand-mère)[^?]{0,25}(?:maiden name|mädchenname"
    r"|geburtsname|apellido de soltera|jeune fille)|middle name of your (?:mother|father|oldest)"
)
_WHERE = (
    r"(?:city|town|street|road|stadt|ort|straße|ciudad|pueblo|calle|ville|rue|where|wo|dónde|où)(?!\w)[^?]{0,40}"
    r"(?:grew up|grow up|met your|parents meet|parents met|aufgewachsen|kennengelernt|crec(?:iste|ió)|conoc(?:iste|ió"
    r"|ieron)|grandi|rencontré\w*)[^?]{0,40}\?"
)
_ASKS = re.compile(r"\?|(?<!\w)(?:name of|name (?:des|der|ihre?[rs]?|deine?[rs]?)|nombre de|nom de)(?!\w)")
_SECRET = re.compile(rf"(?<!\w)(?:{_FIRST}|{_OF_CHILDHOOD})")
_ALWAYS = re.compile(rf"(?<!\w)(?:{_MAIDEN}|{_WHERE})")
_SECURITY = re.compile(
    r"(?<!\w)(?:(?:security|secret|recovery|challenge) questions?|sicherheitsfragen?|geheimfragen?|kontrollfragen?"
    r"|preguntas? (?:secretas?|de seguridad|de recuperación)|questions? (?:secrètes?|de sécurité"
    r"|de récupération))(?!\w)"
)

_ANSWER = re.compile(
    r"(?:(?:saved |stored |your |my |gespeicherte |hinterlegte |ihre |deine |tu |su |votre |ta )?(?:answer"
    r"|antwort|respuesta|réponse)(?: (?:on file|given|saved|stored|you gave|guardada|registrada|dada|elegida"
    r"|hinterlegt|gespeichert|gegeben|enregistrée|donnée|fournie|choisie))?(?: \d)?)\W*",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"(?:(?:chosen|selected|your|recovery|security|secret) question|(?:gewählte|ausgewählte|ihre) frage"
    r"|sicherheitsfrage|geheimfrage"
    r"|pregunta (?:elegida|escogida|secreta|de seguridad|de recuperación)|question (?:choisie|secrète|de sécurité)"
    r"|question|frage|pregunta)(?: \d)?\W*",
    re.IGNORECASE,
)


def is_an_answer(term: str, others: list[str]) -> bool:
    """Whether a term is for the answer to a question that another term on its page names."""
    return _ANSWER.fullmatch(term) is not None and any(map(_CHOSEN.fullmatch, others))


def is_secret(name: str) -> bool:
    """Whether a field's name in small letters is a question such as that for the first pet."""
    return _ALWAYS.search(name) is not None or (_SECRET.search(name) is not None and _ASKS.search(name) is not None)


def is_of_security(title: str) -> bool:
    """Whether what stands above a field, in small letters, says that its question is one for security."""
    return _SECURITY.search(title) is not None
