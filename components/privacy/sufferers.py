"""Words that say whose an illness is, and words that say that it is no single person's."""

from __future__ import annotations

from components.privacy.ailments import CONDITIONS, LISTS
from components.privacy.words import listed

DIAGNOSED = (
    LISTS["diagnosed"]
    + CONDITIONS["diagnosed"]
    + listed("""
diagnosed with, treated for, suffers from, suffering from, tested positive for, allergic to
leidet an, erkrankt an, erkrankte an, diagnostiziert mit, allergisch gegen
on sick leave because of, on sick leave for, off sick with, off sick because of, in hospital with, in hospital for
krankgeschrieben wegen, fehlt wegen, krank wegen, arbeitsunfähig wegen, im krankenhaus wegen, in behandlung wegen
de baja por, de baja médica por, falta por, ingresado por, ingresada por, en tratamiento por
padece, diagnosticado de, diagnosticada de, diagnosticado con, diagnosticada con, enfermo de, enferma de, alérgica a
was told * has, struggling with, recovering from, recovery from, living suffered from, suffered
hospitalised for, hospitalized for, admitted with
referred for, operated on for, off with, signed off with
leidet unter, leide unter, leide an, erkrankt, wegen * krankgeschrieben, operiert wegen, aufgenommen wegen
stationär wegen, verdacht auf
atteint de, atteinte de, atteint d', atteinte d', souffre de, souffre d', souffrait de, diagnostiquer
diagnostiqué, diagnostiquée, hospitalisé pour, hospitalisée pour
opéré de, opérée de, opéré d'un, opérée d'une, traité pour, traitée pour, allergique à, allergique aux
suivi pour, suivie pour, arrêt pour, pris en charge pour, on m'a trouvé, on lui a trouvé, on m'a diagnostiqué
on lui a diagnostiqué, arrêté pour, arrêtée pour, m'a prescrit, lui a prescrit, en arrêt pour, malade de
came down with, coming down with, laid up with, down with, off school with, battling
battle with, fight against, struggle with, died of, passed away from, prescribed
repeat prescription for, refill for, refill of, prescription for
seit ich, seit er, seit sie, gestorben an, kämpft gegen, kampf gegen, behandelt wegen, wegen meiner, wegen seiner
wegen ihrer, wegen meines, fällt aus wegen, krank mit, verschrieben, verordnet
in behandlung mit, rezept für, rezept über, folgerezept für
en seguimiento por, le han detectado, me han detectado, le han diagnosticado, en tratamiento con, me ha recetado
le ha recetado, murió de, lucha contra, enfermo con, enferma con, en reposo por, receta de
me han diagnosticado, diagnosticado, hospitalizado por, hospitalizada por, operado de, operada de, sufre de, sufre
off school * with, off work * with, off school * because of, off work * because of, unfit for work because of
unfit for work due to
unfit due to, absent due to, absent because of, absent with, sick with, ill with, sick because of, complains of
complained of
presents with, presented with, presenting with, rushed to hospital with, rushed in with, signed off because of
allergic reaction to, intolerant to, intolerant of, hospitalised with, hospitalized with, referred with
referred to * for, referral for, referred because of, admitted for, admitted because of, tested negative for
off with a, at home with a, in bed with, vaccinated against
klagt über, klage über, stellt sich * mit, stellt sich vor mit, wegen einer akuten, therapie wegen
krankgeschrieben mit, krankgeschrieben aufgrund, arbeitsunfähig aufgrund, abwesend wegen, entschuldigt wegen
fehlt aufgrund, kur wegen, reha wegen, positiv auf, negativ auf, geimpft gegen, im bett mit
überweisung wegen, eingeliefert wegen, eingeliefert mit, aufgenommen mit, zustand nach, z. n., z.n., verdacht auf eine
v.a., v. a., unterzog sich einer, unterziehe mich einer, gestorben an einem
se plaint de, se plaint d', souffrant de, souffrant d', souffrir de, absent pour, absente pour, absent à cause d'une
cloué au lit par
malade d', consulte pour, adressé pour, adressée pour, admis pour, admise pour, vacciné contre, vaccinée contre
séropositif au, testé positif au, testée positive au, testé positif à, porteur de, porteuse de
suivi psychologique pour, rééducation après, en rémission d'un, décédé d'un
because of * and, going through, living with, diagnosed as, being treated for, under treatment for, on treatment for
on medication for, on tablets for, has been battling, lives with, in therapy for, in recovery from, scheduled for a
wird behandelt wegen, in therapie wegen, nimmt medikamente gegen, medikamente gegen, mittel gegen, lebt mit
operation am
operation an der, eingriff am, soigné pour, soignée pour, sous traitement pour, en rémission de, vit avec
opération du
opération de la, medicado por, medicada por, en terapia por, vive con, operación de, convive con, tratándose de
aquejado de, aquejada de, acude por, acude a urgencias por, se queja de, ausente por
ausencia por, no puede venir por, no puedo ir por, en cama con, vacunado contra, vacunada contra, positivo en
dio positivo en, derivado por, derivada por, intervenido de, intervenida de, se sometió a
physiotherapy after, physio after, rehab after, rehabilitation after, therapy after, recovering after
sick leave after
on leave after, off after, signed off after, treatment after, i've caught, i have caught, has caught, knocked out by
floored by, been hit by, have come down with, in hospital after, turns out it's, turns out to be, biopsy showed
scan showed
test showed, tests showed, xray showed, found to have, was found to have, recovering well from, recovered from
survivor of
physiotherapie nach, krankengymnastik nach, reha nach, kur nach, behandlung nach, krankgeschrieben nach, liege mit
flach mit, zu hause mit, mit * im bett, ausfall wegen, entpuppte sich als, litt an, litt unter
biopsie zeigte, mrt zeigte, im krankenhaus nach, lag mit, plagt sich mit, kämpfe mit, zu kämpfen mit
fisioterapia tras, rehabilitación tras, rehabilitación de, baja tras, tratamiento tras, he pillado, ha pillado
he cogido, ha cogido
me he puesto malo con, me he puesto mala con, la biopsia mostró, en casa con, se recupera de, recuperándose de
recuperándome de, resulta que es, resultó ser, lucha con
kinésithérapie après, kiné après, rééducation suite à, arrêt suite à, suite à une, j'ai attrapé, a attrapé, j'ai chopé
la biopsie a montré, à la maison avec, au lit avec, se remet d'une, se remet d'un, se bat contre, il s'avère que c'est
tratado por, tratada por, rehabilitación por, intolerante a, intolerante al
""")
)
PATIENT = LISTS["patient"] + listed("""
sick note, fit note, sickness, déclaré, angegeben, indicado, declarado, you told us, vous avez indiqué
krankschreibung
guest, passenger, traveller, traveler, visitor, gast, fahrgast, fluggast, passagier, passager, passagère, voyageur
huésped, pasajero, pasajera, viajero, viajera
patient, patients, diagnos*, prescri*, suffer*, treated, treatment, treating, allerg*, medical record
medical history, medical condition, medical leave, medication*, tested positive, positive for, therapy, my
his, her, your
i have, i am, i'm, has been, sick leave, takes, taking, lives with, living with, history of, clinic, doctor, refill
patientin, diagnostiziert, befund, leidet, leide, behandl*, verschreib*, verschrieben, medikament*, krankgeschrieben
vorerkrankung*, krankenakte, mein, meine, meiner, seine, seiner, ihre, ihrer, wegen, arzt, ärztin, nimmt, erkrankt
paciente, diagnóstic*, diagnosticado, diagnosticada, padece, sufre, tratamiento, receta médica, recetó, recetad*
historial médico, medicación, baja médica, mi, su, enfermedad, toma, médico, médica, alergia*, está
i, she, he, we, mother, father, mum, mom, dad, son, daughter, wife, husband, brother, sister, child, kid
grandmother, grandfather, aunt
uncle, partner, off work, off until, absence, appointment, ward, admitted, referred, recover*
prescription, repeat order
each morning, every morning, resident, pupil, conditions, off sick, days off, diagnosis, dx, carer, insured, claimant
ich, er, sie, wir, mutter, vater, sohn, tochter, frau, mann, bruder, schwester, kind, oma, opa, ihr, ihrem
ihrer, ihm, bei ihm, bei ihr, festgestellt
beim arzt, rezept, praxis, fällt aus, ausfall, station, aufnahme, bewohner*, krankmeldung, attest
au bescheinigung, dg., diagnose, hauptdiagnose, behinderung
bekommt, einnehmen, versicherte*, teilnehmer*, grad der behinderung
je, j'ai, il, elle, nous, mon, ma, mes, son, sa, ses, votre, vos, mère, père, fils, fille, femme, mari, frère
sœur, soeur, enfant, grand mère, grand père
patient, patiente, patients, patientes, souffre*, souffr*, atteint*, diagnosti*, traitement, ordonnance*
médecin, docteur, hospitalis*, arrêt maladie, arrêt de travail
prends, prend, pathologie, antécédents, motif, résident*, chambre, suivi, suivie, soigné*, opéré*
yo, él, ella, madre, padre, hijo, hija, mujer, marido, hermano, hermana, niño, niña, abuelo, abuela, tengo
tiene, tomo, pacientes, diagnosticad*, ingreso, ingresad*, baja, receta, recetas, operad*, mis, sus, me han
gp, my gp, wife's, husband's, mum's, mom's, dad's, mother's, father's, son's, daughter's, consultation, follow up
check up, claim, insurance claim, accommodation, reasonable adjustment, adjustments, carries
once daily, twice daily, three times daily, daily, at night, at bedtime, every day, every * hours, as needed, prn, bid
tid, 1 0 1, 1 0 0
0 0 1, 1 1 1, sick day, sick days, absent, absence, excused, ill, unwell, off school, in hospital, discharge summary
discharged, leiden, operiert, täglich, morgens, abends, bei bedarf, krank, arbeitsunfähig, au bis, befunde
untersuchung, nachsorge, entlassbrief, arztbrief, schwerbehindert, in behandlung, mutters, dein, deine, deiner
ta, ton, compte rendu, consultation, certificat, certificat médical, arrêt, absent, absente, absence, souffrant
par jour, fois par jour, le matin, le soir, en cas de besoin, notre fils, notre fille
ausente, ausencia, enfermo, enferma, cada * horas, al día, por la noche, informe médico, certificado
revisión, tu, tus, nuestro, nuestra, padezco, sufro, estoy, ha sido, le han
is off, off today, out sick, out today, mg, µg, mcg, tablets, tablet, capsules, tabletten, tablette, kapseln
comprimidos, comprimido, comprimés, comprimé, gélules, cápsulas
claim, your claim, covered, prise en charge, remboursement, remboursé, kosten für, übernehmen wir, kostenübernahme
kostenzusage, autorizad*, autorización, cubierto, cubierta, reembolso, pre authorisation, prior authorization
out of hospital, they say it's, they found, found out, been through this, waiting list, pe, school trip, sports lesson
sportunterricht, klassenfahrt, ausgang, cours de sport, educación física, excursión
declared, pre existing, preexisting, condition, reason, reason for, grund, motivo, motivo de, fehlt, falta hoy
isolation, quarantine
""")
FIRST = listed("""
bei mir wurde, bei mir wurden, bei mir ist, bei mir hat man, mir wurde, me diagnosticaron, me han diagnosticado
on m'a diagnostiqué, on m'a trouvé, i was diagnosed with, i was told i have
m'a annoncé, m'ont annoncé, m'a diagnostiqué, vient de m'annoncer, vient de me découvrir, vient de me trouver
me dijeron que, me han dicho que, me han encontrado, me acaban de diagnosticar, told me i have, told me it's
soy, soy muy, nací con, i was born with, ich lebe mit, vivo con, je vis avec, i live with, my, i have, i've, i am
i'm, i take, i suffer, i was, mine, ich habe, ich hab, ich leide, ich nehme, ich bin, meine, meiner, meinem, meinen
mein, meines, j'ai, je suis, je souffre, je prends, mon, ma, tengo, padezco, sufro, tomo, estoy, mi, mis
""")
"""Words of the first person."""
MINE = listed("""
my, mein, meine, meiner, meinem, meinen, meines, mi, mis, mon, ma, mes
""")
"""Words that say that something is the speaker's."""
GENERAL = LISTS["general"] + listed("""
hiring, we are hiring, vacancy, vacancies, job id, m/w/d, m/f/d, m/f/x, h/f, f/h, recrute, recrutons, buscamos
se busca
oferta de empleo, offre d'emploi, stellenangebot, suchen wir, wir suchen, stellenausschreibung, search results
results for, suchergebnisse, résultats pour, resultados de búsqueda, topics, themen, thèmes, temas
research, charity, fundraiser, foundation, awareness, museum, a book, the book, new book, books, novel, album
horoscope, zodiac, article
articles, news, magazine, course, conference, guidelines, prevention, trainer, training, study, studies
statistics, donate
forschung, stiftung, spende*, buch, bücher, roman, artikel, ratgeber, horoskop, sternzeichen, vorbeugung
tagung, studie
investigación, fundación, libro, libros, novela, artículo, revista, horóscopo, prevención, campaña, congreso, estudio
guide, podcast, open day, tips, magazines, charity run, explained, explains, lecture, talk, exhibition, novels
series, film, episode, season
recipe, recipes, ml, cream, pillow, gel, serum, balm, shampoo, workshop, event, for everyone, our range
cleanser, monitor, inhaler guide
magazin, redaktion, tipps, vortrag, kurs, für interessierte, creme, kissen, ausstellung, serie, folge
forscher, was hilft, was tun bei
conférence, recherche, livre, revue, association, campagne, dépistage, crème, sérum, oreiller, entrée libre
expliqué, expliquée, comprendre, prévention, journée mondiale, émission
our clinic, our practice, our surgery, our doctors, our specialists, our team, we treat, book online, clinics treat
unsere praxis, unsere klinik, unser team, unsere ärzte, wir behandeln, termine online, sprechstunde
notre cabinet, notre clinique, notre équipe, nos médecins, nous traitons, rendez-vous en ligne
nuestra clínica, nuestro centro, nuestro equipo, nuestros médicos, tratamos, cita online
reportaje, charla, jornada, crema, almohada, guía, película, semana de
leaflet, brochure, learn more, find out, clinical trial, clinical trials, trial of, symptoms of, signs of, causes of
how to, what is
what are, what to do, in case of, get help, helpline, hotline, support group, get vaccinated, department, beds
manage your, managing
protect yourself, explained by, encyclopedia, dictionary, blog, faq, insight, insights, webinar, webinars, campaign
volunteers, volunteer
participants, fundraising, sponsored, insurance covers, covers, policy covers, our services, services include
treatments include
was ist, was sind, was tun, anzeichen, symptome von, symptome und, ursachen, hilfe bei, mittel gegen, notaufnahme
notruf
packungsbeilage, beipackzettel, selbsthilfegruppe, selbsthilfegruppen, abteilung, mehr erfahren, informieren sie sich
lexikon
schützen sie sich, infoabend, infoveranstaltung, saison, ratgeberseite, behandelt alle, wir helfen, unsere leistungen
leistungsspektrum
en savoir plus, qu'est ce que, symptômes de, symptômes du, causes de, que faire, en cas d'urgence, groupe de parole
protégez vous, lits, notice du, nos services, remède, remèdes, conseils, saison de
más información, qué es, qué son, síntomas de, causas de, qué hacer, en caso de, grupo de apoyo, protéjase, camas
prospecto, consejos, remedios, nuestros servicios, temporada de
walk in, drop in, available, in store, in stores, in our, before use, breastfeeding, ask your, may contain, contains
ingredients, traces
do you suffer, symptoms and, treatment and, lowering, lower your, society, league, so geht's, beantragen, senken
vorbeugen, leiden sie, ohne medikamente, zutaten, enthält, spuren von, liga, ortsgruppe, ab oktober
pregunte por, pregunte a, consulte con, hable con su, demandez à votre, parlez en à, fragen sie in, fragen sie ihren
ask at your, talk to your, speak to your, if you are, if you have, if you think, wenn sie, falls sie, si usted
si vous
specialising in, specializing in, specialised in, specialized in, spezialisiert auf, especializad*, spécialisé*
ohne termin
no appointment needed, sin cita previa, sans rendez vous, vacúnese, vacúnate, impfen lassen, lassen sie sich
faites vous vacciner
sufferers, allergiker, betroffene, betroffenen, pollen, pollenflug, people with, patients with, menschen mit
personas con
personnes atteintes, helps people, the singer, the actor, the actress, the footballer, film star, pop star
der schauspieler
die schauspielerin, der sänger, die sängerin, el actor, la actriz, el cantante, la cantante, l'acteur, l'actrice
le chanteur
la chanteuse, celebrity, job opening, 40 h, werde mitglied, join the, become a member, prévenir, souffrez vous
symptômes et, contient, ingrédients, devenez, rejoignez, ligue
prevenir, síntomas y, contiene, ingredientes, asociación, hazte, afíliate, sufre usted, demandez conseil
consulte a su, people have, population, million, millions, a year, per year, percent of, cases, in ten, newly approved
approved by the, suitable for, spf, screening
millionen, pro jahr, der bevölkerung, fälle, zugelassen, welle, par an, millions de
personnes, cas de, muertes, millones, al año
""")
