"""The words that make a number or a sentence private, in English, German and Spanish.

They name kinds of things, never values. A star stands for further letters; a space also for a hyphen or underscore.
"""

from __future__ import annotations

import re

from components.privacy.hits import Kind


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each for each in (" ".join(part.split()) for part in re.split(r"[,\n]", text)) if each)


PHONE = _listed("""
phone, phones, tel, tel., telephone, mobile, cell, cellphone, fax, call me at, call me on, call her on
call him on, call
reach me at, reach me on, whatsapp, number to call, phone number, mobile number, telephone number
contact number
telefon, telefonnummer, handy, handynummer, mobil, mobilnummer, rufnummer, rückruf, rückrufnummer, anrufen
teléfono, telefono, móvil, movil, celular, llam* a, llam* al, llamada, missed call, anruf, número de teléfono
teléfono móvil
""")
BIRTH = _listed("""
date of birth, birth date, birthdate, birthday, dob, d.o.b., born, born on, year of birth, bday
geburtsdatum, geburtstag, geboren, geboren am, geb.
fecha de nacimiento, f. nac., cumpleaños, nacido, nacida, nació, fecha nac.
""")
IDENTITY = _listed("""
social security number, social security no, social security, ssn, passport, passport number, passport no
driving licence, driving license, driver's license, driver's licence, driver license, drivers license
license number
licence number, national id, national id number, national identity number, id card, id card number, id number
identity card, identity number, tax id, taxpayer id, national insurance number, national insurance, ni number
reisepass, reisepassnummer, reisepass nr, personalausweis, personalausweisnummer, ausweisnummer, passnummer
führerschein, führerscheinnummer, steuer id, steueridentifikationsnummer, identifikationsnummer
sozialversicherungsnummer, versichertennummer, rentenversicherungsnummer
pasaporte, número de pasaporte, dni, nie, nif, permiso de conducir, carné de conducir, carnet de conducir
documento de identidad, número de identidad, número de la seguridad social, número de seguridad social
seguridad social
""")
ACCOUNT = _listed("""
account number, account no, account no., bank account, acct, routing number, routing no, sort code, iban
kontonummer, konto nr, konto nr., bankverbindung, bankleitzahl, blz
número de cuenta, cuenta bancaria, cuenta n.º, cuenta nº
""")
CODE = _listed("""
one time code, one time password, one time passcode, one time pin, verification code, security code
confirmation code
login code, sign in code, signin code, authentication code, 2fa code, otp, passcode, sms code, access code
einmalcode, einmalpasswort, einmalkennwort, bestätigungscode, sicherheitscode, zugangscode, anmeldecode, tan
sms tan
código de verificación, código de seguridad, código de acceso, código de un solo uso, código de confirmación
clave de un solo uso
""")
LOGIN = _listed("""
sign in, signing in, log in, logging in, login, log on, get in, verify, verifying, authenticate, two factor, 2fa
confirm your identity, unlock, reset your password
anmelden, anmeldung, einloggen, einzuloggen, anzumelden, bestätigen, entsperren, hinein, freischalten
iniciar sesión, inicia sesión, acceder, acceso, entrar, verificar, identificarse, desbloquear
""")
PASSWORD = _listed("""
password, pass word, passphrase, passwd, pwd, pin, pin code, passwort, kennwort, geheimzahl, contraseña
clave, clave de acceso, clave secreta
""")
CARD_SECRET = _listed("""
cvv, cvv2, cvc, cvc2, card verification value, card verification code, kartenprüfnummer, prüfziffer
código cvv
""")
KEY = _listed("""
api key, apikey, secret key, access token, auth token, bearer, client secret, private key, session id
session token
session key, recovery key, recovery code, backup code, backup key, refresh token, token, secret, access key
zugriffstoken, zugriffsschlüssel, api schlüssel, geheimer schlüssel, wiederherstellungsschlüssel
clave api, clave de api, token de acceso, clave de recuperación
""")

ILLNESS = _listed("""
type 1 diabetes, type 2 diabetes, diabetes typ 1, diabetes typ 2, diabetes tipo 1, diabetes tipo 2, hepatitis b
hepatitis c, breast cancer, lung cancer, skin cancer, prostate cancer, cáncer de *
diabet*, hiv, aids, cancer, cancers, carcinoma, leukemia, leukaemia, tumor, tumour, tumors, chemotherapy
radiotherapy
depression, depressive, bipolar disorder, bipolar, schizophrenia, anxiety disorder, ptsd, asthma, epilepsy
hepatitis
tuberculosis, parkinson*, alzheimer*, dementia, multiple sclerosis, arthritis, hypertension
high blood pressure
miscarriage, pregnant, pregnancy, abortion, infertility, addiction, alcoholism, alcoholic, rehab, herpes
syphilis
psoriasis, eczema, endometriosis, gout, glaucoma, stroke, angina, ulcer, ulcers, stammering, dyslexia, insomnia
* disease, * disorder, * syndrome, obesity, celiac, coeliac, concussion, hernia, kidney stones, panic attacks
tinnitus, acúfenos, chlamydia, migraine, migraines, crohn*, lupus, heart attack, heart failure, insulin, metformin
sertraline
fluoxetine
prozac, xanax, methadone, biopsy, dialysis, autism, autistic, adhd, kidney failure, eating disorder, anorexia
bulimia
krebs, brustkrebs, darmkrebs, leukämie, depressionen, schizophrenie, epilepsie, schwanger, schwangerschaft
fehlgeburt
abtreibung, bluthochdruck, herzinfarkt, schlaganfall, demenz, suchterkrankung, alkoholabhängig*
multiple sklerose
rheuma, magersucht, angststörung, zuckerkrankheit, chemotherapie, nierenversagen, essstörung, tuberkulose
migräne, schuppenflechte, neurodermitis, gicht, grüner star, grauer star, parkinson*, heuschnupfen, thrombose
arthrose
burnout, rückenleiden, herzfehler, herzschwäche, psychose, *sucht, magengeschwür, lungenentzündung, blasenschwäche
fettleibigkeit, schlafstörungen, panikattacken, legasthenie, bandscheibenvorfall, nierensteine, gürtelrose
cáncer, leucemia, depresión, esquizofrenia, epilepsia, embarazada, embarazo, aborto, hipertensión, infarto
ictus
demencia, alcoholismo, alcohólico, alcohólica, asma, esclerosis múltiple, quimioterapia, adicción, vih, sida
migraña
psoriasis, párkinson, fibromialgia, gota, glaucoma, úlcera, insomnio, obesidad, celiaquía, celiaco, celíaca, hernia
trastorno de *, enfermedad de *, síndrome de *, cálculos renales, ataques de pánico, dislexia, trombosis, artrosis
migrañas, trastorno de ansiedad, trastorno bipolar, insulina, metformina, anorexia, insuficiencia renal
tuberculosis
""")
DIAGNOSED = _listed("""
diagnosed with, suffers from, suffering from, tested positive for, treated for, allergic to
leidet an, erkrankt an, erkrankte an, diagnostiziert mit, allergisch gegen
on sick leave because of, on sick leave for, off sick with, off sick because of, in hospital with, in hospital for
krankgeschrieben wegen, fehlt wegen, krank wegen, arbeitsunfähig wegen, im krankenhaus wegen, in behandlung wegen
de baja por, de baja médica por, falta por, ingresado por, ingresada por, en tratamiento por
padece, diagnosticado de, diagnosticada de, diagnosticado con, diagnosticada con, enfermo de, enferma de, alérgica a
""")
PATIENT = _listed("""
patient, patients, diagnos*, prescri*, suffer*, treated, treatment, treating, allerg*, symptom*
medical record
medical history, medical condition, medical leave, medication*, tested positive, positive for, therapy, my
his, her, your
i have, i am, i'm, has been, sick leave, takes, taking, lives with, living with, history of, clinic, doctor
dose, mg, refill
patientin, diagnostiziert, befund, leidet, leide, behandl*, verschreib*, verschrieben, medikament*
krankgeschrieben
vorerkrankung*, krankenakte, mein, meine, meiner, seine, seiner, ihre, ihrer, wegen, arzt, ärztin, nimmt
erkrankt
paciente, diagnóstic*, diagnosticado, diagnosticada, padece, sufre, tratamiento, receta médica, recetó, recetad*
historial médico
medicación
baja médica, mi, su, enfermedad, toma, médico, médica, alergia*, está
""")
GENERAL = _listed("""
research, charity, fundraiser, foundation, awareness, museum, book, books, novel, album, horoscope, zodiac
article
articles, news, magazine, course, conference, guidelines, prevention, trainer, training, study, studies
statistics, donate
forschung, stiftung, spende*, buch, bücher, roman, artikel, ratgeber, horoskop, sternzeichen, vorbeugung
tagung, studie
investigación, fundación, libro, libros, novela, artículo, revista, horóscopo, prevención, campaña, congreso
estudio
""")
MEDICAL_LABEL = _listed("""
diagnosis, allergies, allergy, medications, medication, current medication, blood type, blood group
prescription
medical condition, medical conditions, test result, hiv status, disability
diagnose, befund, allergien, blutgruppe, medikation, medikamente, vorerkrankungen, verordnung, behinderung
diagnóstico, alergias, grupo sanguíneo, medicación, receta, discapacidad, enfermedades
""")
SENSITIVE_LABEL = _listed("""
religion, religious belief, religious affiliation, faith, denomination, ethnicity, ethnic origin, ethnic group
race
political affiliation, political opinion, political views, political party, party membership
sexual orientation
gender identity, criminal record, criminal history, prior convictions, convictions, trade union
union membership
union member, immigration status
konfession, religionszugehörigkeit, ethnische herkunft, politische meinung, politische einstellung
parteimitgliedschaft
politische zugehörigkeit, sexuelle orientierung, vorstrafe, vorstrafen, strafregister, gewerkschaft
gewerkschaftsmitgliedschaft, gewerkschaftszugehörigkeit, aufenthaltsstatus
religión, creencias religiosas, etnia, origen étnico, afiliación política, ideología, ideología política
orientación sexual, identidad de género, antecedentes penales, afiliación sindical, sindicato
situación migratoria
""")
BELONGING = _listed("""
muslim, jew, jewish, christian, catholic, protestant, hindu, buddhist, sikh, atheist, gay, lesbian, bisexual
transgender
homosexual, communist, socialist, convicted felon, ex convict, asylum seeker, refugee, undocumented immigrant
union member, union organiser, union organizer, roma, mormon, jehovah's witness
muslimin, jude, jüdin, jüdisch, katholik, katholikin, katholisch, evangelisch, schwul, lesbisch, bisexuell
vorbestraft
buddhistin, asylbewerber, asylbewerberin, kommunist, kommunistin, gewerkschaftsmitglied, atheistin
parteimitglied
musulmán, musulmana, judío, judía, católico, católica, evangélico, evangélica, hindú, budista, lesbiana
transgénero
refugiado, refugiada, solicitante de asilo, comunista, ateo, atea, gitano, gitana, sindicalista
""")
BEING = _listed("""
is, am, i'm, was, as, being, became, came out as, identifies as, practising, practicing, devout, openly
converted to
ist, bin, war, als, gläubig*, praktizierend*, bekennend*, seit, es, soy, era, declara, practicante
""")
DEEDS = _listed("""
convicted of, convicted for, served time, sentenced to, arrested for, imprisoned for, jailed for, on parole
on probation for
voted for the, votes for the, member of the communist party, member of the socialist party
member of the green party
belongs to the * minority, attends the * church, attends the * mosque, attends the * synagogue
paid member of the * party
verurteilt wegen, vorbestraft wegen, saß im gefängnis, auf bewährung wegen, wählt die, mitglied der partei
mitglied der gewerkschaft, besucht die moschee, besucht die synagoge, gehört der * minderheit
condenado por, condenada por, detenido por, detenida por, en libertad condicional, vota al, votó al, votó a
milita en
afiliado al, afiliada al, pertenece a la minoría, acude a la mezquita, acude a la sinagoga
""")
COMPANY = _listed("""
inc, ltd, llc, plc, corp, corporation, company, headquarters, head office, office, branch, store, shop
showroom, museum
library, hotel, restaurant, school, university, hospital, airport, city hall, station, embassy, visit us
warehouse
registered office, registered at, gallery, cinema, theatre
gmbh, ag, kg, e.v., firmensitz, zentrale, filiale, geschäftsstelle, niederlassung, rathaus, impressum, bahnhof
büro
laden, besuchen sie uns, verlag, bibliothek, sitz, standort, hauptsitz
s.a., s.l., sede, oficina, tienda, sucursal, almacén, ayuntamiento, museo, biblioteca, visítenos, universidad
empresa
""")
ORDER = _listed("""
order, orders, invoice, tracking, sku, isbn, ean, upc, part, serial, model, product, item, article, ticket
reference
receipt, beleg, quittung, recibo
ref, shipment, parcel, booking, case, batch, tracking number, order number, imei, version, build, commit
bestell*, auftrag*, rechnung*, artikel*, sendung*, serien*, paket*, teile*, chargen*, charge nr, vorgang*
pedido, factura, referencia, artículo, seguimiento, envío, serie, paquete, lote
""")
ROLES = frozenset(
    _listed("""
info, support, sales, contact, press, help, noreply, no-reply, service, services, office, hello, webmaster
admin, billing
careers, jobs, team, mail, newsletter, feedback, orders, shop, store, privacy, legal, media, enquiries
marketing
kontakt, vertrieb, presse, hilfe, kundenservice, bewerbung, datenschutz
contacto, ventas, prensa, ayuda, atencion, pedidos, soporte, privacidad, empleo
""")
)
"""Mailboxes that are a role's and no person's."""
NO_PASSWORD = frozenset(
    _listed("""
required, incorrect, wrong, invalid, forgotten, reset, change, changed, strength, must, show, hide, too
missing, field, is
and, or, again, confirm, protected, value, here, below, optional, expired, hint, manager, login, the, your
not, for
erforderlich, falsch, ungültig, vergessen, ändern, zurücksetzen, anzeigen, bitte, und, oder, nicht, eingeben
obligatoria, incorrecta, olvidada, olvidado, cambiar, mostrar, requerida, para, con, no
""")
)
"""What may stand after the word without being one."""
FIELDS: dict[Kind, tuple[str, ...]] = {
    "code": _listed("""
one time code, otp, verification code, security code, confirmation code, login code, sms code, tan
einmalcode, bestätigungscode, sicherheitscode, código de verificación, código de seguridad
"""),
    "password": _listed("""
current password, new password, password, pass word, passphrase, passcode, pin, passwort, kennwort, contraseña
clave
"""),
    "card": _listed("""
cc number, cc csc, cc exp, cc name, cc type, card number, card no, card holder, cardholder, credit card
debit card
cvv, cvv2, cvc, cvc2, csc, expiry, expiry date, expiration date, expires, kartennummer, kreditkarte
kreditkartennummer
gültig bis, número de tarjeta, tarjeta, tarjeta de crédito, caducidad
"""),
    "bank": _listed("""
iban, bic, account number, account no, routing number, routing, sort code, kontonummer, bankleitzahl
número de cuenta, cuenta bancaria
"""),
    "national_id": _listed("""
ssn, social security, social security number, passport, passport number, national id*, id card, id number
tax id
driving licence, driving license, driver's license, driver's licence, licence number, license number
steuer id
personalausweis*, reisepass*, ausweisnummer, dni, nie, nif, pasaporte, documento de identidad
"""),
    "birth_date": _listed("""
bday, bday day, bday month, bday year, birth date, birthdate, birthday, date of birth, dob, geburtsdatum
geburtstag
fecha de nacimiento
"""),
    "email": _listed("""
email, e mail, email address, e mail address, mail address, e mail adresse, correo, correo electrónico
"""),
    "phone": _listed("""
tel, tel national, phone, phone number, telephone, telephone number, mobile, mobile number, cell, telefon
telefonnummer, handynummer, teléfono, móvil
"""),
    "address": _listed("""
street address, address line*, address line 1, address line 2, address, home address, postal address
shipping address
billing address, delivery address, street, postal code, postcode, zip, zip code, straße, strasse, anschrift
adresse
lieferadresse, postleitzahl, plz, dirección, calle, código postal
"""),
    "health": MEDICAL_LABEL,
    "sensitive": SENSITIVE_LABEL,
    "key": _listed("""
api key, apikey, token, access token, secret, secret key, access key, api schlüssel, clave api
"""),
}
"""Names and `autocomplete` tokens of fields, by what they ask for; the first that fits counts."""
