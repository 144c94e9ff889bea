"""Names of fields that hold a word for something private, and ask for something else: `Phone model`, `Error code`."""

from __future__ import annotations

import re

from components.privacy.hits import Kind

_TELEPHONE = r"(?:phone|mobile|telephone|cell|telefon|handy|mobil|móvil|teléfono|celular|téléphone|portable)"
_SORT = r"(?:type|kind|typ|art|tipo|genre|status|state|format|name|brand|marke|marca|marque|model|modell|modelo|modèle)"
_BEHIND: dict[Kind, str] = {
    "phone": rf"{_TELEPHONE}[ -]?(?:{_SORT}|plan|country|country code|os|case|contract|provider|operator|carrier|tariff"
    r"|tarif|vertrag|hülle|app|version|hours|support|prefix|vorwahl|extension)|whatsapp (?:business|web|group)",
    "email": r"e?-?mail (?:subject|type|format|frequency|template|signature|notifications?|preferences|language|content"
    r"|body|text|title|header|footer|client|server|host|port|encryption|provider|domain|list|alerts?|status|newsletter)"
    r"|(?:asunto|objet|formato|format|plantilla|modèle|betreff)",
    "address": r"(?:web|website|site|url|ip|ipv4|ipv6|mac|internet|network|memory|wallet|contract|bitcoin|server|host"
    r"|dns|gateway|e-?mail|base|mail server)[ -]?(?:address|adresse|dirección)|(?:address|street|home) "
    rf"(?:{_SORT}|book|bar|label|page|team|kit|page|screen|office|delivery fee|country)|(?:dirección|adresse) "
    r"(?:web|ip|mac|url|url du site|internet|du site|del sitio)|home(?:page| page| team|work)",
    "bank": rf"(?:account|konto)[ -]?(?:{_SORT}|plan|created|language|balance|manager|role|owner|settings|since|saldo"
    r"|stand|id|region|tier|level|security|age|size|currency|email)|(?:tipo|estado|saldo|titular|nombre|plan)"
    r" de (?:la )?cuenta|(?:type|solde|nom|titulaire|statut) (?:de |du )?compte",
    "key": r"(?:primary|foreign|site|sort|project|issue|partition|public|shortcut|hot|musical|object|s3|cache"
    r"|translation|metadata|tag|message|row|group|arrow|home|answer|natural|unique|composite|hash|range|search|map"
    r"|legend|licence plate)[ -]?key|key (?:signature|figures?|facts?|features?|dates?|points?|name"
    r"|type|count|id|size|length|usage|rotation|stage|skills?|words?|result|results|contact|change|changes|bindings?)"
    r"|token (?:type|count|limit|price"
    r"|symbol|name|standard|expiry|lifetime|usage|budget|supply)|(?:access|api) key (?:name|status|age|last used)"
    r"|clave pública|clé publique|öffentlicher schlüssel",
    "password": r"(?:password|passwort|contraseña|pin|mot de passe)[ -]?(?:min|max|length|strength|policy|expiry"
    r"|expires|expiration|rules?|requirements?|history|age|last changed|changed|reset|manager|hash|hashing|algorithm"
    r"|encryption|protected|protection|attempts?|updated|länge|stärke|alter|richtlinie|geändert|title|board|name"
    r"|location|type|count)|pass (?:rate|mark|type|score|count|grade|percentage|ratio|price|validity|duration|name)"
    r"|palabras? clave|(?:puntos?|datos?|fechas?|cifras?|conceptos?|ideas?|factores?) clave|clave de (?:sol|fa|do)"
    r"|temps de parole|(?:colou?r|farb) ?combination|security key (?:name|type)|(?:min|max|minimum|maximum|mindest"
    r"|longitud"
    r"|longueur)\w* ?(?:de la |du |of the )?(?:password|passwort|contraseña|mot de passe)",
    "code": r"(?:product|error|fehler|colou?r|farb|source|item|sku|article|artikel|bar|qr|tax|dial\w*|class|course"
    r"|kurs|module?|department|currency|language|tariff|icd|iata|airport|station|stock|sector|status|http|exit|reason"
    r"|vendor|supplier|cost|nace|naics|job|reference|order|tracking|booking|flight|referral|invite|affiliate|partner"
    r"|campaign|event|hs|swift|bic|search by \w+)[ _-]?codes?|código (?:de )?(?:producto|artículo|error|barras|fuente"
    r"|color|curso|clase|moneda|idioma|vestimenta|conducta)|code (?:de |d['’])?(?:la )?(?:produit|erreur|article|source"
    r"|couleur|barres|devise|langue"
    r"|parrainage|remise|réduction|route)",
    "card": r"(?:gift|business|sd|memory|graphics|sim|video|sound|network|report|score|loyalty|library|flash|post"
    r"|birthday|greeting|id|boarding|index|trading|yellow|red|wild)[ -]?cards? ?(?:amount|value|type|design|count"
    r"|message|balance"
    rf"|quantity|size|\Z)|(?:credit |debit )?card (?:{_SORT}|expir\w+|valid\w*|exp|amount|design|colou?r|count|title"
    rf"|layout"
    r"|network|issuer|issued|limit|balance|size|stock|month|year|machine|reader|payments?|fees?)|karten(?:typ|art|limit"
    r"|größe|ablauf)|gültigkeit|ablaufdatum|(?:fecha de )?(?:caducidad|vencimiento|expiración)|date d['’]?expiration"
    r"|expir\w*|cc[ -]?(?:exp|type|name|given name|family name)[ \w-]*|valid (?:until|thru|to|from)|tarjeta (?:regalo"
    r"|gráfica|sd|de embarque)|carte (?:cadeau|graphique|sd|mère|postale)"
    r"|(?:tipo|límite|marca) de (?:la )?tarjeta|type de carte",
    "national_id": r"(?:passport|licen[cs]e|document|visa|id|permit|card|ausweis|pass|führerschein|documento|pasaporte"
    rf"|permiso|permis|passeport|pièce d['’]identité) (?:{_SORT}|expir\w+|expiry date|valid\w*|issue date|issued"
    rf"|issuing"
    r" \w+|country|photo|upload|file|class|category|points|fee|fees|renewal|klasse|foto|gültig|gültig bis|ablauf\w*"
    r"|caduca|caducidad|país|expedición|clase|photo|catégorie|pays|délivré|expire)(?: le| el| am)?|(?:tipo|fecha|país"
    r"|caducidad|foto) (?:de|del) (?:documento|pasaporte|dni|permiso)|(?:type|date|pays|photo) (?:de |du )(?:pièce"
    r"|passeport|permis"
    r"|document)",
    "birth_date": r"(?:birthday|geburtstags?|anniversaire|cumpleaños)[ -]?(?:sale|party|gift|card|cake|offer|discount"
    r"|voucher"
    r"|message|wishes|club|greeting|present|list|menu|feier|geschenk|karte|torte|rabatt|gutschein)|(?:cadeau|carte|offre|gâteau)"
    r" d['’]anniversaire|(?:regalo|tarjeta|fiesta|tarta) de cumpleaños",
}
_UNASKED = {kind: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for kind, pattern in _BEHIND.items()}
_BIRTHPLACE = re.compile(
    r"(?<!\w)(?:name|place|city|town|country|state|county|ort|land|stadt|lugar|país|ciudad|provincia|municipio|lieu|ville"
    r"|pays|commune|département|nom|nombre|apellidos?|à|weight|certificate|birthplace|geburtsort|geburtsname|geburtsland)(?!\w)",
    re.IGNORECASE,
)


def is_for_another(kind: Kind | None, name: str) -> bool:
    """Whether a name in small letters with a word for this class asks for something else."""
    pattern = _UNASKED.get(kind) if kind else None
    return pattern is not None and pattern.search(name) is not None


def is_a_birthplace(name: str, value: str) -> bool:
    """Whether what stands in a field about a birth is a name or a place."""
    return not any(map(str.isdigit, value)) and _BIRTHPLACE.search(name) is not None
