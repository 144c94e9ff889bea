"""Words for birthdays, for persons on lists, and for other things that happen on a day."""

from __future__ import annotations

from components.privacy.words import listed

BIRTH = listed("""
date of birth, birth date, birthdate, birthday, dob, d.o.b., born, born on, year of birth, bday
geburtsdatum, geburtstag, geboren, geboren am, geb.
fecha de nacimiento, f. nac., cumpleaños, nacido, nacida, nació, fecha nac.
born to, was born, came into the world, gave birth, birth of
geb.-datum, geb datum, zur welt, geboren in
né le, née le, né en, née en, né(e) le, date de naissance, naissance, anniversaire, venu au monde, venue au monde
vino al mundo, nacimiento, f nac, fecha nacimiento
when were you born, year of birth, born in, birth day, birth, date and place of birth
geburt, geburtsdatum und ort, geb, geb.-dat., geburtsjahr, feiert geburtstag
né à, née à, naiss., date naiss, d.d.n., ddn, date et lieu de naissance, né en, née en
fecha y lugar de nacimiento, fecha de nac., f. de nac., cumple años, natural de, naciste, nacido en, nacida en
fec. nac., fec. nacimiento, f.n., f. n., fnac, birth dt, date birth, birthdt, birth certificate
licht der welt, date de naiss., date naiss., né le, née le, né(e), nés, nées, d. de naiss., a vu le jour
notre petit, notre petite, notre bébé, unser kleiner, unsere kleine, our little, baby boy, baby girl, nuestro pequeño
nuestra pequeña, welcomed * into the world, geburtsname und tag, tag der geburt, jour de naissance, day of birth
birthdate*, birthtime, birthplace, dob., d o b, d/o/b, d.o.b
geburtsd*, geburtstermin, geburtsort, geb.datum, geb. datum, geb.tag, geb. am, geb. in
naissance*, né, née, date de naiss, né(e) à, né(e) en
nacim*, nacid*, f. nacim., f.nac., f. nacto., fecha nacto., fch. nac., fch nac., cumple*, nacieron
naciera, naciese, nacía, naces, nacen, nacer, naquit, naissait, naîtra, geboren wurde, geboren ist, being born
she was born, nací, nacimos, auf die welt, llegó al mundo, llegaron al mundo, entered the world, arrived in the world
gekommen auf die welt
vu le jour, arrivé au monde, arrivée au monde, venu au monde, horoscope for, horoskop für, horoscope du, carta natal
birth chart, natal chart, geburtshoroskop, thème astral
""")
BORN = listed("""
born, birthday, is born, came into the world, date of birth
geboren, geburtstag, zur welt, das licht der welt, geburtsdatum
né, née, venu au monde, venue au monde, naissance, anniversaire, a vu le jour
nació, nacido, nacida, vino al mundo, cumpleaños, nacimiento, cumple años
auf die welt, licht der welt, llegó al mundo, entered the world, vu le jour, born on that day, birth, geburt
jahre alt, years old, años de edad, birthday party, ehrentag, wiegenfest
""")
"""Words after a date that make it a date of birth."""
BIRTHDAY = listed("""
birthday, birthdays, bday, born on, geburtstag, geburtstage, geburtstags, geboren am
anniversaire, anniversaires, né le, née le, cumpleaños, cumple, nacido el, nacida el, nació el
""")
"""Words for a birthday, which is often given without its year."""
BIRTH_YEAR = listed("""
year of birth, birth year, yob, born in, jahrgang, jg., jg, geburtsjahr, geb., geboren, année de naissance, né en
née en, année naiss., año de nacimiento, nacido en, nacida en, nació en, año nac., b. year
""")
"""Labels after which a year alone is a date of birth."""
PERSON = listed("""
passenger, passengers, traveller, travellers, traveler, travelers, guest, guests, occupant, occupants, patient, pat.
pat, insured
policyholder, policy holder, cardholder, applicant, claimant, beneficiary, beneficiaries, dependant, dependants
dependent
dependents, pupil, pupils, student, students, employee, employees, player, driver, tenant, tenants, voter, resident
named driver, main driver, household member, account holder, next of kin, spouse
reisender, reisende, reisenden, mitreisende, mitreisender, fahrgast, fluggast, passagier, passagiere, gast, gäste
patientin
versicherte, versicherter, versicherungsnehmer, versicherungsnehmerin, antragsteller, antragstellerin, schüler
schülerin
mitarbeiter, mitarbeiterin, arbeitnehmer, arbeitnehmerin, spieler, spielerin, mieter, mieterin, bewohner, bewohnerin
ehegatte, ehefrau, ehemann, teilnehmer, teilnehmerin, kontoinhaber, kontoinhaberin, halter, fahrer
passager, passagère, passagers, voyageur, voyageuse, voyageurs, patiente, assuré, assurée, ayant droit, ayants droit
bénéficiaire, élève, élèves, salarié, salariée, joueur, joueuse, locataire, conjoint, conjointe, titulaire, adhérent
adhérente
pasajero, pasajera, pasajeros, viajero, viajera, viajeros, huésped, huéspedes, paciente, asegurado, asegurada, titular
beneficiario, beneficiaria, alumno, alumna, alumnos, empleado, empleada, jugador, jugadora, inquilino, inquilina
cónyuge, solicitante, interesado, interesada
""")
"""Kinds of persons that lists are made of."""
CHILD = listed("""
child, children, kids, son, daughter, sons, daughters, baby, infant, infants, newborn, toddler, minors, grandson
granddaughter
child 1, child 2, child 3, kind 1, kind 2, kind 3, kind 4, mein kind, unser kind, ihr kind, das kind, enfant 1
enfant 2
enfant 3, hijo 1, hijo 2, hija 1, hija 2, menor 1, menor 2, infant 1, infant 2, person 1, person 2, persona 1
persona 2, kinder, kindern, sohn, tochter, söhne, töchter, säugling, neugeborenes, enkel, enkelin, kleinkind
enfant, enfants, fils, fille, filles, bébé, nouveau né, nourrisson, petit fils, petite fille
hijo, hija, hijos, hijas, bebé, recién nacido, recién nacida, nieto, nieta, niño, niña, niños
minor, minors, menor, menores, minderjährige, minderjähriger, mineur, mineure, mineurs
""")
HAPPENED = listed("""
publish*, posted, photo, photos, photograph*, join*, founded, elected, released, release, died, passed away, updated
created, signed, hired, appointed, album, film, movie, book, opened, opens, uploaded, review*, written, wrote, commit
committed, modified
seen, visit, visited, appointment, admitted, admission, discharged, expires, expiry, expiration, valid, issued, issue
until
since, due, deadline, start, starts, end, ends, departure, departs, arrival, arrives, check in, check out, checkin
checkout
concert, show, match, final, premiere, event, meeting, invoice, paid, payment, delivered, delivery, ordered, booked
received, established, incorporated, vaccinat*, report, filed, sent, registered, registration, moved, married, wedding
last login
veröffentlich*, erschienen, gegründet, gestorben, beigetreten, eintritt, austritt, gewählt, unterzeichnet, erstellt
geändert
foto, album, buch, roman, hochgeladen, aufnahme, entlassen, entlassung, termin, gültig, ausgestellt, ablauf, seit, bis
fällig, abreise, anreise, ankunft, abfahrt, abflug, konzert, spiel, rechnung, bezahlt, geliefert, bestellt, gebucht
eingegangen, bericht, angemeldet, geheiratet, hochzeit, impf*, stand, datum, letzte anmeldung
publié*, paru, parue, fondé*, élu, élue, décédé*, signé*, créé*, mis en ligne, ajouté*, modifié*, livre, vu, vue
admis, admise
visite, rendez vous, rdv, expire, valable, délivré*, jusqu'au, depuis, départ, arrivée, facture, payé*, livré*
commandé*, réservé*
reçu, inscrit*, inscription, mariage, vaccin*, rapport, embauche, entrée, sortie, échéance, fait à, fait le
publicad*, fundad*, elegid*, falleci*, firmad*, cread*, subid*, modificad*, libro, visto, vista, ingreso, alta, baja
visita, cita
caduca, válid*, expedid*, hasta, desde, salida, llegada, factura, pagad*, entregad*, pedido, reservad*, recibid*
inscrit*, inscripción, boda, vacun*, informe, contratad*, vencimiento, fecha
lecture, talk, tour, class, course, workshop, seminar, webinar, episode, interview, article, news, season, reunion
party, holiday
holidays, ferien, vortrag, kurs, seminar, folge, artikel, versammlung, treffen, urlaub, conférence, cours, stage
émission, vacances
réunion, charla, curso, taller, reunión, vacaciones, junta, discount, rabatt, remise, descuento, free, gratis, gratuit
menu
""")
"""Words for other events on a day, which speak against a date of birth."""
MONTHS = (
    r"january|jan(?![^\W\d_])\.?|february|feb(?![^\W\d_])\.?|march|mar(?![^\W\d_])\.?|april|apr(?![^\W\d_])\.?|may"
    r"|june|jun(?![^\W\d_])\.?|july|jul(?![^\W\d_])\.?|august|aug(?![^\W\d_])\.?"
    r"|september|sept?(?![^\W\d_])\.?|october|oct(?![^\W\d_])\.?|november|nov(?![^\W\d_])\.?|december"
    r"|dec(?![^\W\d_])\.?"
    r"|januar|jänner|februar|märz|mai|juni|juli|oktober|okt(?![^\W\d_])\.?|dezember|dez(?![^\W\d_])\.?"
    r"|janvier|janv\.?|février|févr?\.?|mars|avril|juin|juillet|juil\.?|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
