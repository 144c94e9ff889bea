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
_LISTS = lists_of("codes")
CODE = _LISTS["code"]
LOGIN = _LISTS["login"]
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
abholwort, merkwort, pick up word, pickup word, collection word, family word, codewort für die abholung, kundenkennwort
palabra para recogerla, palabra para recogerlo, ipad code, tablet code, handy code, handycode, phone code, sperrcode
bildschirmcode, screen lock, code de la tablette, code du téléphone, código de la tablet, código del móvil
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
on the back it says, auf der rückseite steht, detrás pone, au dos il y a, cryptogramme, cryptogramme visuel, prüfnummer
cvv, cvv2, cvc, cvc2, card verification value, card verification code, kartenprüfnummer, prüfziffer, código cvv
""")
KEY = listed("""
won't see it again, won't be shown again, will not be shown again, shown only once, shown once
wird nur einmal angezeigt
nicht noch einmal angezeigt, no volverá a mostrarse, no se mostrará de nuevo, ne sera plus affichée, ne s'affichera plus
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
ORDER = _LISTS["order"]
REBATE = _LISTS["rebate"]
"""Words of a shop's codes, such as a voucher."""
