"""Names and `autocomplete` tokens of fields and headings, by what they ask for, and what is no value in them."""

from __future__ import annotations

from components.privacy import ailments, belonging
from components.privacy.ailments import MEDICAL_LABEL
from components.privacy.belonging import SENSITIVE_LABEL
from components.privacy.hits import Kind
from components.privacy.words import GERMAN_KEYS, IDENTITY, listed, lists_of

NO_PASSWORD = frozenset(
    listed("""
required, incorrect, wrong, invalid, forgotten, reset, change, changed, strength, must, show, hide, too
missing, field, is
and, or, again, confirm, protected, value, here, below, optional, expired, hint, manager, login, the, your, not, for
erforderlich, falsch, ungültig, vergessen, ändern, zurücksetzen, anzeigen, bitte, und, oder, nicht, eingeben
obligatoria, incorrecta, olvidada, olvidado, cambiar, mostrar, requerida, para, con, no
oublié, incorrect, requis, obligatoire, doit, doivent, comporter, réinitialiser, saisir, saisissez, et, ou, non
votre, le, la, de, du, des, est, pas
must, may, should, policy, policies, rotation, field, length, forgot, muss, müssen, hat, darf, debe, deben, por
la, el, de, richtlinie, wechsel, hilfe, oben, unten, was
at, please, a, an, minimum, min, ask, in, mind, mindestens, au, moins, mínimo, al, menos, por, veuillez
secure, safe, encrypted, hashed, valid, correct, accepted, empty, blank, hidden, unique, important, stolen, leaked
private
compromised, insecure, mandatory, temporary, secret, short, long, shorter, longer, different, identical, sensitive
expiring
sicher, verschlüsselt, gültig, richtig, leer, wichtig, geheim, kurz, lang, abgelaufen, gesperrt, korrekt, privat
unsicher, valide, correct, vide, secret, important, expiré, court, long, sécurisé, chiffré, temporaire, bloqué
segura, válida, correcta, vacía, secreta, importante, caducada, corta, larga, cifrada, temporal, bloqueada, necesaria
1password, bitwarden, keepass, keepassxc, lastpass, dashlane, 1passwort, weak, strong, medium, good, fair, schwach
stark, mittel, faible, fort, moyen, débil, fuerte, set, saved
see, ask, asks, look, find, found, printed, written, shown, located, available, given, provided, same, never, our, we
you
it, this, that, these, if, when, once, after, before, then, only, using, create, choose, pick, enter, type, keep, do
don't
on, of, with, was, were, cannot, can't, can, could, will, would, has, have, had, needed, unknown, last, updated
generated
siehe, steht, stehen, stand, fragen, frag, fragt, findest, finden, liegt, wird, werden, wurde, kann, können, soll
sollte
nur, bei, beim, auf, an, am, im, in, aus, wie, wenn, falls, dann, nach, vor, neu, neues, wählen, wähle, geben, gib
ihr, dein
das, der, die, den, dem, ein, kein, gleich, dasselbe, zuletzt, bekommen, erhalten, setzen, notieren
ver, véase, pregunta, pregúntala, preguntar, pide, pídela, pedir, consulta, está, estará, aparece, se, en, al, del
tu, su
una, un, los, las, nueva, misma, igual, elige, crea, usa, última, impresa, escrita, indicada, entregada, si, cuando
voir, demandez, demander, figure, inscrit, inscrite, indiqué, affiché, sera, sur, dans, chez, un, une, nouveau, même
choisissez, créez, utilisez, dernier, imprimé, écrit, communiqué, remis, quand
""")
)
"""Values after the word for a password that are none."""
_LISTS = lists_of("fields")
FIELDS: dict[Kind, tuple[str, ...]] = {
    "code": _LISTS["code"],
    "password": _LISTS["password"],
    "card": _LISTS["card"],
    "bank": _LISTS["bank"],
    "national_id": tuple(sorted({*IDENTITY} - {"document", "documento", "matricule", "line", "pass", "social"}))
    + _LISTS["national_id"],
    "birth_date": _LISTS["birth_date"],
    "email": _LISTS["email"],
    "phone": _LISTS["phone"],
    "address": _LISTS["address"],
    "health": (*MEDICAL_LABEL, *ailments.LISTS["label_stem"]),
    "sensitive": (*SENSITIVE_LABEL, *belonging.LISTS["label_stem"]),
    "key": listed("""
api key, apikey, token, access token, secret, secret key, access key, api schlüssel, clave api
signing key, access key, secret access key, client secret, deploy token, auth token, webhook secret, private key
zugriffsschlüssel, zugangsschlüssel, geheimnis, geheimer schlüssel, schlüssel, jeton
clé d'api, clé api, clé secrète, clé privée, clave secreta, clave privada, clave api, key, api token
consumer secret, consumer key, zugriffstoken, access token*, license key, licence key, product key, app secret
secreto, secreto de firma, secreto de cliente, secreto del cliente, secreto compartido, secreto del webhook
clave de firma
clave de cifrado, clave de acceso a la api, clave de producto, clave de licencia, token secreto, token personal
clé de signature, secret de signature, clé de chiffrement, secret client, secret du client, secret partagé
secret webhook
clé de produit, jeton personnel, jeton secret, jeton de déploiement, clé ssh, clé d'accès, clé de l'api, clé maître
signing secret, webhook signing key, encryption key, master key, personal access token, service account key, ssh key
ssh private key, connection string, sas token, session id, session token, session cookie, refresh token, id token
bearer token, deploy key, service key, storage key, account key, server key, activation key, serial key, cd key
verbindungszeichenfolge, connection string, cadena de conexión, chaîne de connexion, sitzungs id, sitzungstoken
shared secret, jeton d'accès, clé de licence, lizenzschlüssel, token de acceso, jeton d'api, bot token, api schlüssel
""")
    + GERMAN_KEYS,
}
"""Names and `autocomplete` tokens of fields, by what they ask for; the first that fits counts."""
ALONE: dict[str, Kind] = {
    **dict.fromkeys(
        ("nas", "sin", "sin number", "ssn/sin", "tfn", "nino", "bsn", "niss", "cuil", "cuit", "rfc", "cpf", "utr"),
        "national_id",
    ),
    **dict.fromkeys(("licence", "license", "permis", "permiso", "permiso n.º", "ausweis-nr"), "national_id"),
    **dict.fromkeys(
        ("t", "p", "m", "ph", "tf", "tfn", "número", "nummer", "contact", "contacto", "privat", "privé"), "phone"
    ),
    **dict.fromkeys(
        ("union", "gewerkschaft", "sindicato", "syndicat", "faith", "rel", "relig", "konf", "konfess", "culte"),
        "sensitive",
    ),
    **dict.fromkeys(_LISTS["place"], "address"),
    **dict.fromkeys(("reason off", "issue reported", "complaint", "presenting with", "dg", "dg.", "dx"), "health"),
}
"""Labels that ask for something private only if they are the whole label."""
_COLUMNS = lists_of("columns")
STATISTICS = _COLUMNS["statistics"]
"""Headings of a column of counts; rows beside such a column are about no single person."""
OFFICES = _COLUMNS["offices"]
"""Headings of a column of offices or shops, whose numbers are public."""
NO_VALUE = _COLUMNS["no_value"]
"""Placeholders of an empty field."""
NO_CHOICE = _COLUMNS["no_choice"]
"""What a list shows if nothing has been chosen, or no answer was given."""
REASONS = _COLUMNS["reasons"]
"""Headings of a column of reasons; beside a column of the ill these are diagnoses."""
SICK = _COLUMNS["sick"]
LEAVE = _COLUMNS["leave"]
"""Reasons for an absence other than illness."""
ELECTED = _COLUMNS["elected"]
"""Headings of a column beside which a party or a faith is many people's, or somebody's whom they have elected."""
COLUMNS = _COLUMNS["columns"]
"""Headings of a second column, which show that the second cell is not the value of the first."""
HEADS = frozenset(
    listed("""
ean, barcode, part no., tracking, flight, departs, gate, existencias, ref, réf., lagerbestand, file, name, size
owner, project, lead, progress, document, status, author, invoice, issued, due, amount, date
description
sku, product, price, stock, order, total, item, qty, quantity, type, created, updated, action, actions, title, user
role, state
editor, modified, version, category, details, result, task, assignee, priority, customer, payment, method, reference
last active
datei, größe, besitzer, projekt, leitung, fortschritt, dokument, bearbeitet von, artikelnr., bezeichnung, menge
einzelpreis
preis, betrag, buchungstag, umsatz, titel, typ, erstellt, geändert, aktion, aktionen, benutzer, rolle, version
kategorie, aufgabe
zuständig, priorität, rechnung, fällig, artikel, summe, lager, archivo, tamaño, propietario, proyecto, responsable
progreso
documento, estado, autor, autora, factura, importe, fecha, concepto, ref., artículo, uds., precio, producto, cantidad
tipo, creado
acción, acciones, título, usuario, rol, versión, categoría, tarea, prioridad, vencimiento, fichier, taille
propriétaire, projet
avancement, état, auteur, facture, montant, opération, désignation, qté, prix, produit, quantité, créé, modifié, titre
utilisateur, rôle, catégorie, tâche, priorité, échéance, statut
""")
)
"""Names of columns that ask for nothing of anybody: a row of nothing else begins a table."""
