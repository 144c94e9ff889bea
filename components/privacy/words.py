"""Words that make a number or a sentence private, in English, German, French and Spanish.

They name kinds of things, never values. A star stands for further letters; a space also for a hyphen or underscore.
"""

from __future__ import annotations

import re
from pathlib import Path

LISTS = Path(__file__).with_name("lists")


def listed(text: str) -> tuple[str, ...]:
    """Phrases, one to a line or comma."""
    return tuple(phrase for phrase in (" ".join(part.split()) for part in re.split(r"[,\n]", text)) if phrase)


def lists_of(name: str) -> dict[str, tuple[str, ...]]:
    """Lists of phrases by name, of `lists/NAME.txt`: its name in brackets, then its phrases; remarks behind a #."""
    text = re.sub(r"^#.*$", "", (LISTS / f"{name}.txt").read_text(), flags=re.MULTILINE)
    _, *lists = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    return {title: listed(phrases) for title, phrases in zip(lists[::2], lists[1::2], strict=True)}


PHONE = lists_of("calls")["phone"]
IDENTITY = lists_of("papers")["identity"]
PAPERS = (
    *IDENTITY,
    *listed("""
passport's, pièce, papiers, papers, ausweise, documento n.º, documento nº, customer's licence, customer's license
hirer's licence, renter's licence, his licence, her licence, my licence, guest's passport, licence copied
licence seen
"""),
)
"""Words for documents; their number may come anywhere later in the line."""
ACCOUNT = lists_of("papers")["account"]
CODE = listed("""
one time code, one time password, one time passcode, one time pin, verification code, security code, confirmation code
login code, sign in code, signin code, authentication code, 2fa code, otp, passcode, sms code, access code
einmalcode, einmalpasswort, einmalkennwort, bestätigungscode, sicherheitscode, zugangscode, anmeldecode, tan, sms tan
código de verificación, código de seguridad, código de acceso, código de un solo uso, código de confirmación
clave de un solo uso
one-time passcode, backup code, backup codes, recovery code, recovery codes, pickup code, locker code, account code
account's code, code to enter, six digit code, 6 digit code, login codes
mtan, ptan, wiederherstellungscode, wiederherstellungscodes, ersatzcode, ersatzcodes, abholcode, freischaltcode
aktivierungscode
code de vérification, code de sécurité, code de connexion, code de confirmation, code à usage unique, code d'accès
code d'activation, codes de secours, code de secours, code de retrait, le code
código de respaldo, códigos de respaldo, códigos de recuperación, código para entrar, tu código, su código
verification number, verification pin, verification passcode, security passcode, security pin, authenticator code
login pin, sign in pin, one time, authorisation code, authorization code, activation code, device code, pairing code
setup code, passcodes, totp, mfa code, 2fa, two factor, two factor recovery, recovery, is your code
is your * code, your code, code received, code sent, code by text, code via sms, text code, the code, this code
digit code, prüfcode, authentifizierungscode, authentifizierungs code, codes, dein code, ihr code, ist dein, ist ihr
pushtan, phototan, chiptan, smstan, sms tan, appTAN, pin code, gerätecode, kopplungscode, notfallcode, notfallcodes
backup codes, der code, diesen code, code per sms, code für, anmelde code, sicherheits code, bestätigungs code
code reçu, code envoyé, code par sms, code sms, votre code, ton code, est votre code, est ton code, ce code
code d'authentification, code d'autorisation, code de validation, code d'appairage, code unique, usage unique
code temporaire, code d'accès temporaire, mot de passe à usage unique
código recibido, código enviado, código por sms, código sms, es tu código, es su código, este código, el código
código de autenticación, código de autorización, código de activación, código de validación, un solo uso
código de vinculación, clave dinámica, clave temporal, código temporal, clave de firma, clave sms
your * code, ihr * code, dein * code, votre code *, ton code *, tu código de *, su código de *, pickup pin
pick up pin, pickup number
collection code, collection pin, delivery pin, delivery code, open with, open it with, parcel locker, boarding code
entry code
enter this, enter this on, enter this code, enter the code, type this, key in, mobile tan, sms pin, abhol pin
abholpin, packstation
gib diesen code, geben sie diesen code, code lautet, code ist, zahlencode, entrez ce code, saisissez ce code
tapez ce code
código es, introduce este código, introduzca este código, escribe este código, código de recogida, código de entrega
fachcode, öffnungscode, code zum öffnen, freigabecode, verbindungscode, kopplungsnummer, sitzungscode
registrierungscode
locker pin, locker number, session code, support code, release code, unlock code, code casier, code du casier
code de jumelage
code d'ouverture, code de liaison, code de couplage, code de déblocage, código de taquilla, código de apertura
código de desbloqueo, código de enlace, código de emparejamiento, pin de apertura, open locker with, öffnen mit
ouvrez avec
ouvrir avec, abrir con, ábrelo con, ábrela con, show this code, tell the driver, give the driver, dem fahrer nennen
dile al repartidor, donnez au livreur, at the counter give
pin de recogida, authenticator, authenticator app, authentifikator
""")
LOGIN = listed("""
sign in, signing in, log in, logging in, login, log on, get in, verify, verifying, authenticate, two factor, 2fa
confirm your identity, unlock, reset your password
anmelden, anmeldung, einloggen, einzuloggen, anzumelden, bestätigen, entsperren, hinein, freischalten
iniciar sesión, inicia sesión, acceder, acceso, entrar, verificar, identificarse, desbloquear
sign-in, your sign in, signing-in, approve the payment, never share, do not share, ignore this mail
other device, to finish, niemandem, nicht weiter, gilt * minuten, geben sie
connexion, connecter, identifier, confirmer, vérifier, ne le communiquez, ne partagez, autre appareil, valider
saisissez, no lo compartas, caduca en, identifícate
type, enter, don't share, keep it to yourself, nicht weitergeben, tippen, eingeben, eintippen, entrez, tapez
no lo comparta*, escriba, escribe, introduzca, introduce
expires in, valid for, valid 5 min, valid for * minutes, do not give, don't give, nobody else, to continue, to confirm
confirm the payment, approve, finish signing, gib ihn, geben sie ihn, gültig für, gültig bis, läuft in, läuft ab
tipp das, tipp den, tippe, zum anmelden, zum fortfahren, zur bestätigung, gib, nicht an dritte, anmeldeversuch
autoriser, pour confirmer
pour valider, pour continuer, expire dans, valable, ne le partagez, à personne, communiquer, se connecter, saisir
para confirmar, para continuar, para entrar, válido, válida, caduca, expira, a nadie, para firmar, confirmar
""")
PASSWORD = listed("""
password, pass word, passphrase, passwd, pwd, pin, pin code, passwort, kennwort, geheimzahl, contraseña
clave, clave de acceso, clave secreta
pass, pw, p/w, wifi key, wi fi key, network key, wifi password, wi fi password, lock code, door code, alarm code
login password, wlan schlüssel, wlan passwort, netzwerkschlüssel, zugangspasswort, türcode
mot de passe, mdp, code pin, clé wifi, clé wi fi, clé du wifi, clé réseau, digicode, code secret
contraseña wifi, clave wifi, clave del wifi, código pin
temporary password, one off password, security answer, answer to * security question
secret answer, memorable word, memorable name, access pin, door pin, gate code, entrance code, entry code
lockbox, lockbox code, lock box code, key box, key box code, keybox, keysafe, key safe code, building code, alarm pin
safe code, garage code, buzzer code, code for the door, code for the gate
antwort auf die sicherheitsfrage, sicherheitsantwort, zugangswort, schlüsseltresor, schlüsselbox, schlüsselkasten
haustürcode, torcode, garagencode, alarmcode, tresorcode, wlan key, wlan code
réponse secrète, réponse à la question secrète, code d'entrée, code porte, code du portail
code de la porte, code immeuble, code de l'alarme, code alarme, boîte à clés
respuesta de seguridad, respuesta secreta, código del portal, código de la puerta
código de la alarma, caja de llaves, código de entrada
puk, puk code, sim pin, sim code, voicemail pin, safe word, magic word, codeword, code word, codewort, losungswort
initial login, first login, erstanmeldung, zugangscode fürs wlan, palabra de seguridad, mot de sécurité
first pet, erstes haustier, primera mascota, premier animal
mother's maiden name, mothers maiden name, mädchenname der mutter, geburtsname der mutter
nom de jeune fille de * mère, apellido de soltera de * madre
mot de passe provisoire, mot de passe temporaire, mot de passe initial, contraseña provisional, contraseña temporal
contraseña inicial, temp password, temp pw, temp pass, verbal password, verbal password on file, telephone password
clé de sécurité, clé de sécurité du wifi, clé wpa, wpa key, wpa2 key, wpa schlüssel, network security key
erstpasswort, erstkennwort, code wifi, code wi fi, code du wifi, clave de red, clave de la red, frase de contraseña
phrase de passe, kennsatz, code du coffre, code du cadenas, combinación, código del candado, código de la caja
alarm keypad, keypad code, keypad number, código puk, code puk, puk der karte
""") + tuple(
    f"{prefix}{word}"
    for word in ("passwort", "kennwort")
    for prefix in listed(
        "initial, start, erst, einmal, master, benutzer, router, standard, gast, admin, geräte, netz, app, haupt"
        ", kunden, telefon, service, portal, online, datei, pdf, zip, mail, email, konto, windows, wlan, familien"
    )
)
CARD_SECRET = listed("""
cvv, cvv2, cvc, cvc2, card verification value, card verification code, kartenprüfnummer, prüfziffer, código cvv
""")
KEY = listed("""
api key, apikey, secret key, access token, auth token, bearer, client secret, private key, session id, session token
session key, recovery key, recovery code, backup code, backup key, refresh token, token, secret, access key
zugriffstoken, zugriffsschlüssel, api schlüssel, geheimer schlüssel, wiederherstellungsschlüssel
clave api, clave de api, token de acceso, clave de recuperación
auth key, signing key, webhook secret, personal access token, deploy token, deploy key, authorization, credentials
zugangsschlüssel, zugangstoken, geheimnis, schlüssel, api token, geheimer api schlüssel
jeton, jeton d'accès, clé api, clé d'api, clé secrète, clé privée, clé d'accès, secret partagé, ma clé, clé
clave secreta, clave privada, ficha de acceso, llave
consumer secret, consumer key, shared secret, application secret, app secret, app key, license key, licence key
product key, encryption key, master key, seed phrase, webhook url, api credential, apitoken, api-key, x-api-key
clé de licence, clé de produit, lizenzschlüssel, produktschlüssel, clave de licencia, jeton d'api, token d'accès
secreto, secreto de firma, secreto de cliente, clave de firma, clave de cifrado, clave de producto, clé de signature
secret de signature, clé de chiffrement, secret client, signing secret, sas token, connection string, activation key
serial key, service account key, cadena de conexión, chaîne de connexion, verbindungszeichenfolge
token de acceso personal, zugriffs token, api key id, secret id, service token, bot token
""")
GERMAN_KEYS = tuple(
    f"{prefix}{word}"
    for word in ("schlüssel", "token", "geheimnis")
    for prefix in listed(
        "signier, signatur, signierungs, api, zugriffs, zugangs, dienst, geheim, verschlüsselungs, master, sitzungs"
        ", webhook, client, server, konto, speicher, schnittstellen, integrations, host, ssh, aktivierungs, bot, app"
        ", deploy, aktualisierungs, entwickler, anwendungs, freigabe, anmelde, dienstkonto, instanz, mandanten"
    )
)
KEY += GERMAN_KEYS
ORDER = listed("""
order, orders, invoice, tracking, sku, isbn, ean, upc, part number, serial, model, product, item, article, ticket
reference, receipt, beleg, quittung, recibo
issn, ref, shipment, parcel, booking, case, batch, tracking number, order number, imei, version, build, commit
bestell*, auftrag*, rechnung*, artikel*, sendung*, serien*, paket*, teile*, chargen*, charge nr, vorgang*
pedido, factura, referencia, artículo, seguimiento, envío, serie, paquete, lote
vol, vols, vuelo, vuelos, flug, flugnummer, train, zug, tren
orders, sku, barcode, parcel number, waybill, part no, trace, flight, cart, quote, po number, policy number, hrb
siret, siren, vat, cif, ust-idnr, firmware
bestellnummer, bestellnr, artikelnummer, teilenummer, sendungsnummer, gutschein*, rechnungsnummer
auftragsnummer, vorgangsnummer, handelsregister, barcode
commande, commandes, suivi, colis, réf, réf., référence, code barres, code-barres, lot, facture, dossier
bon de réduction, numéro de série, billet, código de barras, ref., cupón, lote, nº de pedido, envío
discount, coupon, voucher, promo, promo code, gift, rabatt, error code, error, fehlercode, remise, code promo
erreur, descuento, expediente, exp., point de livraison, pdl
código de error, código postal, postal code, postcode, zip code, code postal, area code
code of conduct, dress code, source code, civil code, penal code, code of practice, tax code, colour code, color code
country code
dialling code, calling code, colour, steuerklasse, vorwahl, farbcode, verhaltenskodex, code de conduite, code civil
code pénal, code couleur, indicatif, código de conducta, código civil, prefijo
boarding pass, boarding, bus pass, season pass, day pass, customer number, customer no, kundennummer, kundennr
kunden nr, n° client, numéro client, número de cliente, cliente, número de socio, membership no, membership number
mitgliedsnummer, personalnummer, matrikel, matrikelnummer, zeugnisnummer, aktenzeichen, licence plate, registration no
company number, company no, company no., company reg, registered number, registered no
reg. no, reg no, charity number, charity no, charity no., charity reg, registered in, duns, duns number
registernummer, vereinsregister, handelsregisternummer, steuernummer der firma, rcs, n° rcs, registro mercantil
population, einwohner, habitants, habitantes, article no, article no., item no, model no, art nr, art. nr
reservation number, reservation no, reservierungsnummer, localizador, numéro de réservation, kennzeichen, matrícula
""")
REBATE = listed("""
discount, coupon*, voucher*, promo, gift card, at checkout, off your, sale
offert, offerte, free shipping, free delivery, versandkostenfrei, envío gratis, livraison gratuite, carte cadeau
tarjeta regalo
save up to, save £*, save $*, save €*, you save, sparen sie, ahorra, économisez, add to cart, in your cart
in your basket, warenkorb, an der kasse, carrito, cesta, panier, % off
rabatt*, gutschein*, aktionscode, remise, réduction, promo, bon d'achat, descuento*, cupón, cupones, rebaja*
""")
"""Words of a shop's codes, such as a voucher."""
