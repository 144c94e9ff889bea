"""What firms and offices tell of themselves: feet of pages, imprints, headings of how to find them and to pay them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.privacy.lexicon import Span

LEGAL = re.compile(
    r"[\s\"]{0,80}(?:(?:©|\(c\)|copyright)[ ]?(?:\d{4}[ ]?)?)?[^,:\n]{2,45}?,?[ ](?:ltd|limited|llc|llp|plc|inc"
    r"|corp|gmbh(?:[ ]&[ ]co\.?[ ]kg)?"
    r"|ug|ag|kg|ohg|gbr|e\.[ ]?k|e\.[ ]?v|eg|s\.[ ]?a|s\.[ ]?l|s\.[ ]?l\.[ ]?u|s\.[ ]?coop|sarl|sas|sasu|eurl|srl"
    r"|s\.[ ]?r\.[ ]?l|spa"
    r"|b\.?v|oy|pty|sl|sa)(?![\w])"
)
"""A company's name with its legal form at the beginning of a line, without comma or colon between."""
_FOOT = re.compile(r"\n([ ]*)(?:\[\d+\] )?contentinfo\b[^\n]*(?:\n\1[ ]+[^\n]*){1,60}")
_OURS = re.compile(
    r"\n[ ]*(?:\[\d+\] )?"
    r"(?:(?:text|strong|paragraph) \"(?:impressum|imprint|mentions légales|aviso legal"
    r"|legal notice|angaben gemäß § ?5 \w+)"
    r"|heading \"(?:contact us|get in touch|find us|visit us|our (?:shops?|stores?|offices?"
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
    r"|aviso legal|legal notice|angaben gemäß § ?5 \w+))\W{0,3}\"[^\n]*"
    r"(?:\n(?![ ]*(?:heading|\||\[\d+\] (?!link)))[^\n]*){1,6}",
    re.IGNORECASE,
)
"""Headings under which a shop or an office gives its address."""
_ACCOUNTS = re.compile(
    r"(?<!\w)(?:donat\w+|donor|support us|support our|spend(?:e|en|enkonto)(?!\w)|bankverbindung(?:en)?(?!\w)"
    r"|zahlungsempfänger"
    r"|so zahlen sie|überweisung an uns|(?:our|payment|rent) (?:bank )?(?:details|account|payments)|how to pay"
    r"|ways to pay"
    r"|pay(?:ing)? (?:your|the) (?:rent|bill|invoice|council tax|fees?|subscription|deposit)|faire un don"
    r"|dons?(?!\w)|soutenir"
    r"|soutenez|nos coordonnées bancaires|règlement par virement|payer par virement|donativos?|donaciones|donar"
    r"|dona(?!\w)"
    r"|colabora|hazte|forma de pago|datos bancarios|ingresos? en cuenta|cuenta solidaria|collecte|cagnotte"
    r"|appel aux dons"
    r"|mitgliedsbeitr\w+|kursgebühr\w*|teilnahmegebühr\w*|anzahlung|kaution an)"
)
"""Headings under which a body or a firm gives its account."""


def told(plain: str) -> Iterator[Span]:
    """Parts of a page in which a firm or an office gives its address and its number.

    Args:
        plain: from `views.folded`.
    """
    for pattern, mark in ((_FOOT, "contentinfo"), (_OURS, '"')):
        if mark in plain:
            yield from ((match.start(), match.end() - 1) for match in pattern.finditer(f"\n{plain}"))


def is_about_payment(lower: str, begins: int, ends: int) -> bool:
    """Whether a heading in small letters asks for gifts or says how to pay a firm."""
    return _ACCOUNTS.search(lower, begins, ends) is not None
