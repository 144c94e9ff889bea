"""One-time codes in the words of those who get them: told to a driver, compared on two screens, sent by a bank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.codes import COUNTED, VOUCHER
from components.privacy.lexicon import Span, Spans, line_begins, line_ends
from components.privacy.words import lists_of

_DIGIT = re.compile(r"\d")
_YEAR = r"(?!(?:19|20)\d\d(?!\d))"
_CODE = (
    rf"[\"'“„«]?(?P<value>{_YEAR}(?:\d{{3}}[ -]\d{{3}}|\d(?:[ ]\d){{3,7}}|\d{{4,8}})"
    r"|(?=[A-Z\d-]{0,9}\d)(?=[A-Z\d-]{0,9}[A-Z])[A-Z\d]{1,6}(?:-[A-Z\d]{2,6}){0,3})(?![\w%€$£°]|[.,:/-]\d| ?(?:€|£|%"
    r"|km|kg|m²|h|min)(?!\w))"
)
_LONG = r"[\"'“„«]?(?P<value>\d{3}[ -]?\d{3}|\d(?: \d){5})(?![\w%€$£°]|[.,:/-]\d)"
_WHO = (
    r"(?:driver|courier|rider|postman|delivery (?:man|person|driver)|counter|desk|kiosk|till|reception|staff|technician"
    r"|agent|member of staff|staff member|cashier|checkout|kasse|kassierer\w*|caja|cajer[oa]|caisse|caissi(?:er|ère)"
    r"|commerçant|buraliste|vendeu(?:r|se)|him|her|them|kurier\w*|fahrer\w*|boten?|zusteller\w*|tresen|schalter|theke"
    r"|empfang|techniker\w*|mitarbeiter\w*|repartidora?|mensajer[oa]|conductora?|mostrador|técnic[oa]|recepción"
    r"|livreu(?:r|se)|coursier|chauffeur|facteur|comptoir|guichet|accueil|technicien(?:ne)?)"
)
_TELL = (
    r"(?:tell|give|show|present|quote|say|read out|ask(?:s|ed)? for|asking for|nennen|nenne|nennt|gib|geben|zeig\w*"
    r"|sag\w*|fragt (?:nach|Sie nach)|nach|dile|di|dígale|diga|da|dale|muestra|muestre|enseña|pedirá|pide|pregunta por"
    r"|donnez|donne|dites|dis|montrez|présentez|demandera|demande|communiquez|communiquer|transmettez|comunique"
    r"|facilite|enséñale|enséñele|indíquele)"
)
_SCREENS = (
    r"(?:screens?|devices?|phone|tv|television|headset|display|geräten?|gerät|bildschirm\w*|display|fernseher|handy"
    r"|pantallas?|dispositivos?|móvil|tele|televisor|écrans?|appareils?|téléphone|téléviseur)"
)
_SHOWS = (
    r"(?:shows?|shown|display\w*|says?|match\w*|reads?|steht|stehen|zeigt|zeigen|erscheint|muss|müssen|sale|salir"
    r"|aparece\w*|muestra\w*|mostrar|coincid\w*|affich\w*|indique\w*|apparaît|montre\w*)"
)
_SENDER = r"(?:bank|text|message|sms|robot|voice|mail|nachricht|stimme|banco|caja|mensaje|correo|voz|banque|texto|voix)"
_SENDS = (
    r"(?:says?|said|sent|texted|sends?|rang|reads?|sagt|sagte|geschickt|schickt|schickte|gesendet|mandado|mandar|mandó"
    r"|manda|enviado|envía|envió|dice|dijo|envoyé|envoyer|envoie|dit|donne)"
)
_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "courier": (
        re.compile(rf"(?<!\w)(?i:{_TELL}[^\n.:\d]{{0,30}}?(?<!\w){_WHO})(?!\w)[^\n.:\d]{{0,12}}?:? {_CODE}"),
        re.compile(rf"(?<!\w)(?i:{_WHO})(?!\w)[^\n.:\d]{{0,30}}? (?i:{_TELL}) {_CODE}"),
        re.compile(
            rf"(?<!\w)(?i:{_TELL})(?i: (?:the|le|la|el|den|die|das|code|number|code number|nummer|número"
            rf"|numéro)){{0,2}} {_CODE}(?=[^\n.\d]{{0,30}} (?i:{_WHO})(?!\w))"
        ),
        re.compile(rf"(?<!\w)(?i:{_WHO}) {_CODE}(?= (?i:sagen|nennen|zeigen|geben)(?!\w))"),
        re.compile(rf"(?<!\w){_CODE}(?= (?i:(?:am|an der|bei der) {_WHO} (?:sagen|nennen|zeigen|vorzeigen))(?!\w))"),
        re.compile(rf"(?<!\w)(?:Marke|Nummer|Bon) {_CODE}(?= (?:bitte )?(?:vorzeigen|zeigen|nennen)(?!\w))"),
    ),
    "screen": (
        re.compile(
            rf"(?<!\w){_CODE}(?= (?i:auf|am|im) [^\n.\d]{{0,12}}(?i:{_SCREENS}) (?:ein(?:geben|tippen)|bestätigen))"
        ),
        re.compile(rf"(?<!\w)(?i:{_SCREENS})(?!\w)[^\n.\d]{{0,25}}(?<!\w)(?i:{_SHOWS}) {_CODE}"),
        re.compile(
            r"(?<!\w)(?i:tap|choose|select|pick|tippen Sie auf|wählen Sie|tippe auf|wähle|pulsa|elige|toca|touchez"
            rf"|choisissez) (?P<value>\d\d)(?= (?i:on|auf|am|en|sur|in) [^\n.\d]{{0,20}}(?i:{_SCREENS})(?!\w))"
        ),
    ),
    "sender": (
        re.compile(
            rf"(?<!\w)(?i:{_SENDER})(?!\w)[^\n.\d]{{0,40}}(?<!\w)(?i:{_SENDS})(?: (?i:me|mir|sie|us|uns"
            rf"|you))?,?:? {_LONG}"
        ),
        re.compile(rf"(?<!\w)(?i:{_SENDER})(?!\w)[^\n.\d]{{0,30}} {_LONG}(?= (?i:geschickt|gesendet)(?!\w))"),
        re.compile(
            r"(?<!\w)(?i:reply|answer|respond|antworten Sie|antworte|responde|responda|répondez) (?i:with|mit|con|par"
            r"|avec) "
            rf"{_CODE}(?=[^\n.]{{0,25}}(?i:confirm|bestätig|zusag))"
        ),
    ),
}
"""Sentences by the list of words of which each has one."""
_SETTLED = re.compile(
    r"(?<!\w)(?i:verification|verify|mfa|3-d secure|3ds|security (?:number|digits)|pairing(?: number)?|letter code"
    r"|activation letter|(?:authori[sz]e|approve|release) (?:the |your |this )?(?:transfer|payment|login|order"
    r"|transaction)|two-step|works once|(?:use|enter) (?:this|it|these)(?: \w+){0,4}|here it is|one more step"
    r"|didn['’]t get the (?:text|mail|sms|e-mail)\?|remote help|session|verifizierung|bestätigung|freigabe"
    r"|zum freigeben(?: \w+){0,3}|freigeben|kopplung|aktivierungsbrief|fernwartung|sitzung|nur einmal gültig"
    r"|jetzt eingeben|hier ist sie[^\n\d]{0,20}|nummer zum (?:zurücksetzen|anmelden|einloggen|freischalten)"
    r"|verificación|para (?:autorizar|confirmar|firmar)(?: \w+){0,3}|autoriza|autorización|vinculación|emparejamiento"
    r"|carta de activación|(?:solo|sólo) (?:vale|sirve) una vez|asistencia remota|sesión|vérification|pour (?:valider"
    r"|confirmer|autoriser)(?: \w+){0,3}|validez|validation|jumelage|appairage|couplage|courrier d['’]activation"
    r"|valable une seule fois|assistance à distance)(?i:[ ]?\([^()\n]{1,40}\))?(?i: (?:number|code|session|sitzung"
    r"|sesión))?"
    rf"(?: ?:|,| —| –|(?i: (?:is|it is|ist|lautet|es|est|mit|with|con|avec))(?!\w))?[ ]{{1,3}}(?i:it is |session "
    rf"|code )?{_CODE}",
)
_FILES = (
    r"(?:zip|pdf|file|archive|document|spreadsheet|attachment|datei|archiv|dokument|tabelle|anhang|archivo|documento"
    r"|hoja|adjunto|fichier|tableur|pièce jointe)"
)
_OPENED = (
    r"(?:protected|encrypted|locked|opens?|opened|unlocks?|geschützt|verschlüsselt|öffnet|geht|abre|protegid[oa]"
    r"|cifrad[oa]|ouvre|protégée?|chiffrée?)"
)
_SECRET = r"(?P<value>(?=[^\s\"]{0,30}\d)(?=[^\s\"]{0,30}[a-zà-ÿ])[^\s\"«»“”„,;:]{6,40}?)(?=[.!?]?(?:[\s\",;»”]|\Z))"
_TYPES = (
    r"(?:(?:I|we) (?:always|usually|normally|just|still)? ?(?:use|used|type|typed|enter|entered|put)|(?:ich"
    r"|wir) (?:gebe|nehme|benutze|tippe|geben|nehmen)(?: \w+)?|(?:siempre |normalmente )?(?:entro|pongo|uso"
    r"|escribo)(?: con)?|(?:je|on) (?:mets|tape|saisis|rentre|utilise|met))"
)
_REFUSED = (
    r"(?:wrong|refus\w+|denied|rejected|invalid|log ?in|sign ?in|password|falsch|abgelehnt|fehl|anmeld\w+|passwort"
    r"|kennwort|geht nicht"
    r"|deja|contraseña|clave|rechaza\w*|inválid\w*|marche|passe|mot de passe|connect\w*|incorrect\w*)"
)
_PASSWORDS: dict[str, tuple[re.Pattern[str], ...]] = {
    "file": (
        re.compile(
            rf"(?<!\w)(?i:{_FILES})(?!\w)[^\n.:]{{0,30}}(?<!\w)(?i:{_OPENED})(?!\w)[^\n.:]{{0,8}}"
            rf" (?i:with|by|mit|con|avec|par) {_SECRET}"
        ),
        re.compile(
            rf"(?<!\w)(?i:{_FILES})(?!\w)[^\n.:]{{0,20}} mit {_SECRET}(?= (?:geschützt|verschlüsselt|zu öffnen))"
        ),
    ),
    "typist": (re.compile(rf"(?<!\w)(?i:{_TYPES}) [\"'“„«]?{_SECRET}(?=[^\n]{{0,60}}(?<!\w)(?i:{_REFUSED}))"),),
}
"""What somebody says that he types, and how files are opened."""
CONTEXT = lists_of("handed")
"""Who asks for a code, what shows or sends it, what it is for; and files, and who says what he types."""
NEAR = 60
"""Characters around a code in which something may say that it is an order's or a shop's."""
REACH = 80
"""Characters of a line around such a word that are read."""


def codes(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """
    Args:
        text: from `views.flat`, with its capitals.
        spans_of: what `labels.LEXICON` has read in it.
    """
    for span in _found(text, spans_of, _PATTERNS | {"settled": (_SETTLED,)}):
        if VOUCHER.fullmatch(text[slice(*span)]) or COUNTED.match(text, span[1]):
            continue
        if not any(spans_of[kind].near(text, span, NEAR) for kind in ("order", "rebate")):
            yield span


def passwords(text: str, spans_of: dict[str, Spans]) -> Iterator[Span]:
    """Args: as for `codes`."""
    return _found(text, spans_of, _PASSWORDS)


def _found(text: str, spans_of: dict[str, Spans], patterns: dict[str, tuple[re.Pattern[str], ...]]) -> Iterator[Span]:
    """Values of patterns in the lines around the words of their lists."""
    for name, tried in patterns.items():
        for start, end in spans_of[name].phrases:
            around = line_begins(text, start, REACH), line_ends(text, end, REACH)
            for pattern in tried if _DIGIT.search(text, *around) else ():
                for match in pattern.finditer(text, *around):
                    yield match.span("value")
