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


PHONE = listed("""
natel, natelnummer, gsm, textez, textez moi, texter, texto au, textos, par texto, envoyez un sms, envoie un sms
laissez un message
laisse un message, un message au, rejoindre au, me rejoindre, rappeler au, joignable au, reach on, reach her
reach him, reach them
phone back, phone back on, ring back, ring on, buzz me, hit me up, hmu, shoot me a text, drop me a text, drop a text
send a text
send me a text, message me, msg me, ping me, best number, best on, my no, my no., my nr, meine nr, meine nr.
meine handynummer
erreichst, erreichst du mich, durchrufen, durchklingeln, klingel durch, anklingeln, anrufbar, abends anrufen
schreibt mir
schreiben sie mir, simst, signal, telegram, viber, threema, imessage, facetime, mandame, mándame un, mandadme
mandar mensaje
escribime, escribirme, escribidme, ponme un mensaje, hablame, háblame, hablar al, marcar al, márcame, llamarme
llamen al
llamar a, comunicarse al, avísame, avisen al, wpp, wsp, whatsap, whats, cel, cel., tlf móvil, wapp, contactarme
mensajes al
phone, phones, tel, tel., telephone, mobile, cell, cellphone, fax, call me at, call me on, call her on
call him on, call, reach me at, reach me on, whatsapp, number to call, phone number, mobile number, telephone number
contact number
telefon, telefonnummer, handy, handynummer, mobil, mobilnummer, rufnummer, rückruf, rückrufnummer, anrufen
teléfono, telefono, móvil, movil, celular, llam* a, llam* al, llamada, missed call, anruf, número de teléfono
teléfono móvil, ring, text me, reach, reachable, msisdn, landline, dial, call back, callback, call you, text message
festnetz, festnetznummer, privatnummer, erreichen, erreichbar, ruf, ruft, rufen, sms
téléphone, tél, tél., portable, fixe, numéro de portable, numéro de téléphone, appel*, rappel*, joindre, joignable
sms vers, texto, sms, texted, textnachricht, mensaje al
llame, llámame, llamadme, llámenme, fijo, teléfono fijo, localizable, sms al
tfno, tfno., tlf, tlf., tlfno, tfno. móvil, n.º de teléfono, mi número, número nuevo, nuevo número, número de
n° de tél, n° de tél., numéro de tél, numéro de mobile, nouveau numéro, mon numéro, répondeur, boîte vocale
voicemail, call log, caller, calls, callers, new number, my number, her number, his number, line, daytime number
mailbox, verpasst, verpasste, anrufe, anrufer, anruferin, anrufliste, neue nummer, meine nummer, nummer, durchwahl
emergency contact, notfallkontakt, contacto de emergencia, contact d'urgence, next of kin
get hold of me, get hold of us, ring me, call or text, text me on, dial me, my cell, my mobile, my landline, rings on
contact me, contact her, contact him, contact them, contact phone, contact tel, contact telephone, to contact
tried to reach, tried to call, tried calling, tried to ring, save this one, save this number, new phone
speicher mal, speichere, versucht sie, zu erreichen, zu sprechen, anzurufen, angerufen, handynr, handynr., handy nr
contactar*, contacté, contactó, contacto, contactado, localizarle, localizarla, llamarle, llamarla, llamáis, llamadle
apunta, su móvil, tu móvil, avisaremos, aviso enviado, contacter, vous joindre, de vous joindre, note mon numéro
meld dich, melde dich, schreib mir, schreib mir auf, ruf mich an, ruf mich, ruf * an, per whatsapp, telefonisch
unter der nummer
texte moi, appelle moi, appelez moi, contactez moi, contacte moi, mon portable, mon fixe, sur mon portable, au numéro
text, texts, notfallnummer, notruf an, notfalltelefon, mobilfunknummer, privatnummer, tel. privat, emergency number
call * on
call * at, text * on, sms an, code an, per sms an, nachricht an, phone call to, send to, numéro d'urgence
tél. portable
personne à prévenir, à prévenir, appeler au, teléfono de emergencia, avisar a, avisar al, llamar al, sms al número
línea móvil
wasap, guasap, wasapp, escríbeme, mi móvil, mi teléfono, mi fijo, mi celular, contáctame, localizarme, al número
""")
IDENTITY = listed("""
social security number, social security no, social security, ssn, passport, passport number, passport no
driver licence, driver licence number, drivers licence
driving licence, driving license, driver's license, driver's licence, driver license, drivers license, license number
licence number, national id, national id number, national identity number, id card, id card number, id number
identity card, identity number, tax id, taxpayer id, national insurance number, national insurance, ni number
reisepass, reisepassnummer, reisepass nr, personalausweis, personalausweisnummer, ausweisnummer, passnummer
führerschein, führerscheinnummer, steuer id, steueridentifikationsnummer, identifikationsnummer
sozialversicherungsnummer, versichertennummer, rentenversicherungsnummer
pasaporte, número de pasaporte, dni, nie, nif, permiso de conducir, carné de conducir, carnet de conducir
documento de identidad, número de identidad, número de la seguridad social, número de seguridad social
seguridad social, soc sec no, soc. sec. no., document, documento, identity document, national insurance no, ni no
sv nummer, sozialversicherungsnr, rentenversicherungsnr, rentenversicherungsnummer, ausweis nr, ausweis, ausweisnr
steuernummer, steuerliche identifikationsnummer, idnr
passeport, numéro de passeport, n° de passeport, pièce d'identité, carte d'identité, carte nationale d'identité
numéro de sécu, numéro de sécurité sociale, n° de sécurité sociale, sécurité sociale, nir, numéro fiscal
permis de conduire, titre de séjour, número de documento, nuss
ssa number, itin, individual taxpayer identification number, taxpayer identification number, taxpayer reference
unique taxpayer reference, utr, nino, ni no., nhs number, nhs no, nhs no., nhs, chi number, h&c number, ppsn
pps number, social insurance number, sin number, tax file number, tfn, medicare, medicare number, mbi
medicare beneficiary identifier, medicaid number, medicaid id, alien number, alien registration number, a number
uscis number, green card, green card number, resident card, residence permit, residence card, visa number
travel document, driver number, driving licence number, dvla, dl, dl no, dl no., state id, voter id, voter number
aadhaar, pan card, military id, patient number, patient id, medical record number, mrn, member id, subscriber id
identification number, id number, id no., id #, national id, national number, ssn/itin, social
steuer idnr, steuer id nr, idnr., idnr, identnummer, tin, rv nummer, rvnr, rvnr., vsnr, sv nr, sv nr., svnr, svnr.
versicherungsnummer, versicherungsnr, versichertennr, versichertennr., versicherten nr, versicherten nr.
krankenversichertennummer, krankenversicherungsnummer, kvnr, kv nummer, egk, gesundheitskarte, versichertenkarte
ahv, ahv nr, ahv nr., ahv nummer, ahvn13, avs, no avs, n° avs, numéro avs, e card, ecard, zmr zahl
ausweis nr., ausweisdokument, personalausweis nr, personalausweis nr., passport nr, reisepass nr., pass nr
pass nr., pass, passes, kinderreisepass, führerschein nr, führerschein nr., fahrerlaubnis, aufenthaltstitel
aufenthaltskarte, aufenthaltserlaubnis, seriennummer des ausweises, führerscheins, personalausweises, reisepasses
n° ss, no ss, n° de ss, n° de sécu, n° sécu, numéro ss, nº ss, immatriculé sous, immatriculée sous
immatriculation sociale, carte vitale, n° fiscal, n° fiscal de référence, spi, référence fiscale, cni
n° de carte d'identité, n° de passeport, n° passeport, passeport n°, permis n°, n° de permis, carte de séjour
carte de résident, numéro étranger, n° étranger, numéro d'étranger, agdref, niss, numéro national, registre national
n° de registre national, numéro d'identité, numéro d'identification, matricule
doc. identidad, doc. de identidad, núm. documento, nº documento, n.º documento, nº de documento, d.n.i., n.i.e.
n.i.f., dni/nie, nif/nie, nº dni, nº pasaporte, n.º de pasaporte, núm. de pasaporte, nº afiliación, afiliación s.s.
nº de afiliación, número de afiliación, n.º de afiliación, nº s.s., nº seguridad social, nss, tarjeta sanitaria
cip, sip, tarjeta de residencia, permiso de residencia, carné, carnet, curp, rfc, cuit, cuil, cédula
cédula de identidad, cédula de ciudadanía, rut, cpf, codice fiscale, permiso de conducción
personal public service number, personal public service no, pps no, pps no., pps, brp number, brp
biometric residence permit
irn, ird number, customer reference number, crn, centrelink, medicare card, dva number, learner permit
provisional licence
provisional license, photo card licence, photocard, licence no, licence no., license no, license no., passport card
passport id
global entry, known traveler number, known traveller number, ktn, tribal id, consular id, birth certificate number
certificate number
student visa, work visa, visa no, visa no., work permit, permit number, ein ssn, ssn last 4, ssn ending in
ssn last four, last 4 of ssn
last four of ssn, last 4 digits of ssn, hospital number, hospital no, hospital no., unit number, chart number
health card number, health card, ohip, hicn, national health, personnummer, bsn, pesel
kv nr, kv nr., kvnr., krankenkassennummer, krankenkassen nr, krankenkassen nr., mitgliedsnummer der krankenkasse
versichertenstatus
führerscheinklasse, führerschein nummer, ausweis id, id nummer, id nr, id nr., sozialvers. nr, sozialvers. nr.
sozvers nr
sozialversicherungs nr, sozialversicherungs nr., steuer identifikationsnummer, steuer identnr, steueridnr, steuer nr
steuer nr.
st. nr., stnr, stnr., bürger id, patientennummer, patienten nr, patienten nr., patienten id, fallnummer, fall nr
fall nr.
krankenversicherten nr, krankenversicherten nr., reisepass, pass nummer, passnr, passnr., svnr, e-card nummer
personenkennzahl
numéro insee, n° insee, insee, n.i.r., nss, n.s.s., n° nir, n° allocataire, numéro allocataire, allocataire, n° caf
n° de sécu sociale
n° d'assuré, numéro d'assuré, numéro de patient, n° patient, ipp, identifiant national de santé, n° de titre
n° titre de séjour, numéro de titre de séjour, récépissé, n° de visa, visa n°, passeport français, passeport, cni n°
carte nationale d'identité n°, n° d'identité, identifiant fiscal, neph, numéro neph, n° étudiant, ine, numéro ine
dni núm., dni núm, dni n.º, con dni, con nie, con nif, nif núm., nass, naf, n.a.f., n.º ss, n.º ss., n.º s.s.
n.º seguridad social
n.º de seguridad social, núm. seguridad social, núm. seg. social, seg. social, tsi, número de paciente, nhc
historia clínica, n.º historia, nº historia, visado, n.º de visado, permiso de trabajo, número de soporte, idesp, tie
carné de identidad
pasaporte español, pasaporte n.º, pasaporte nº, licencia de conducir, número de licencia, ine, clave de elector, dui
tax number, tax no, tax no., tax reference, tax file no, numéro de tva personnel, número fiscal, n.º fiscal
numéro de registre national, numéro national, rijksregisternummer, versichertennr, ausweis geprüft, id card no
ni, uscis, uscis no, voter registration number, voter registration, krankenkassenkarte, krankenversichertenkarte
versicherungskarte, permis, perso, perso nr, perso nr., nric, fin number, nric/fin, ird, ird no, ird no.
""")
PAPERS = (*IDENTITY, *listed("passport's, pièce, papiers, papers, ausweise, documento n.º, documento nº"))
"""Words for documents; their number may come anywhere later in the line."""
ACCOUNT = listed("""
cbu, cvu, mi cbu, cbu es, clabe interbancaria
account number, account no, account no., bank account, acct, routing number, routing no, sort code, iban
kontonummer, konto nr, konto nr., bankverbindung, bankleitzahl, blz
número de cuenta, cuenta bancaria, cuenta n.º, cuenta nº
account, pay into, beneficiary account, bank details, konto, kontonr, konto nr
compte, numéro de compte, n° de compte, rib, compte bancaire, coordonnées bancaires, cuenta
acc no, acc no., acc. no, acc. no., acc number, a/c, a/c no, account #, clabe, cuenta de ahorro, cuenta corriente
bsb, routing, acct no, acct., account ending in, account ending, ccc, c.c.c., entidad, iban endet auf, konto endet auf
compte se terminant par, cuenta terminada en, transit number, clabe, ktonr, kto, kto., kto nr, kto. nr., kto.-nr.
""")
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
