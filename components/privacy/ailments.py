"""The words of illness: names of illnesses and medicines, what says whose they are, and what says nobody's."""

from __future__ import annotations

from components.privacy.words import listed

ILLNESS = listed("""
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
burnout, rückenleiden, herzfehler, herzschwäche, psychose, magengeschwür, lungenentzündung, blasenschwäche
fettleibigkeit, schlafstörungen, panikattacken, legasthenie, bandscheibenvorfall, nierensteine, gürtelrose
cáncer, leucemia, depresión, esquizofrenia, epilepsia, embarazada, embarazo, aborto, hipertensión, infarto
ictus
demencia, alcoholismo, alcohólico, alcohólica, asma, esclerosis múltiple, quimioterapia, adicción, vih, sida
migraña
psoriasis, párkinson, fibromialgia, gota, glaucoma, úlcera, insomnio, obesidad, celiaquía, celiaco, celíaca, hernia
trastorno de *, enfermedad de *, síndrome de *, cálculos renales, ataques de pánico, dislexia, trombosis, artrosis
migrañas, trastorno de ansiedad, trastorno bipolar, insulina, metformina, anorexia, insuficiencia renal
tuberculosis
shingles, chickenpox, whooping cough, kidney stones, broken *, fractured *, fracture, sprained *, torn ligament
slipped disc, herniated disc
hip replacement, knee replacement, bypass surgery, ivf, hysterectomy, stillbirth, postnatal depression, burnout
nervous breakdown, self harm
suicidal, overdose, long covid, covid, covid 19, coronavirus, the flu, flu, influenza, pneumonia, sepsis
bowel *, sleep apnoea, sleep apnea, seizure, seizures
allergy, allergies, eating disorders, varicose veins, incontinence, impotence, macular degeneration
hearing loss, deafness, blindness
blood clot, blood clots, cleft palate, down's syndrome, stds, std, sti, copd, ocd, ibs, cystic fibrosis
operation, surgery, transplant
paralysis, gallstones, heart disease, heart condition, acid reflux, hay fever, warts, scabies, lice, food poisoning
windpocken, keuchhusten, masern, grippe, zöliakie, reizdarm, wochenbettdepression, knochenbruch
oberschenkelhalsbruch, bandscheibe*
kinderwunschbehandlung
schwerhörigkeit
unfruchtbarkeit, hiv infektion, totgeburt, schwangerschaftsabbruch, nervenzusammenbruch, krampfadern
inkontinenz, höhenangst, gehirnerschütterung
cancer de *, cancer du *, tumeur, diabète, asthme, épilepsie, migraines, enceinte, grossesse, fausse couche
avortement, ivg, fiv
dépression, dépressif, dépressive, burn out, anxiété, crises d'angoisse, crise d'angoisse, crise de panique
attaques de panique, trouble *, troubles *
maladie de *, maladie d'*, syndrome de *, syndrome du *, zona, varicelle, rougeole, coqueluche, grippe, vih
sida, avc, infarctus, crise cardiaque
insuffisance *, sclérose en plaques, hernie discale, hernie, fracture *, entorse, lumbago, goutte, ulcère
eczéma, acouphènes, surdité, cécité
hypertension, cholestérol, alcoolisme, alcoolique, toxicomanie, schizophrénie, bipolaire, autisme, autiste, tdah
dyslexie, apnée du sommeil
intolérance au *, allergie *, allergique *, chimiothérapie, radiothérapie, greffe, opération *, démence
calculs rénaux, phlébite, embolie
stérilité, incontinence, varices, gale, verrues, covid, covid long, insuline, sciatique
cáncer, herpes zóster, varicela, sarampión, tosferina, gripe, covid, covid persistente, hernia discal
fractura *, esguince, infertilidad, fiv
insuficiencia *, apnea del sueño, trastorno *, trastornos *, ataque de ansiedad, crisis de ansiedad, ansiedad
alzhéimer, alzheimer, linfoma
alergia *, operación *, cirugía, trasplante, sordera, ceguera, colesterol, tensión alta, ciática, fibromialgia
parálisis, embolia
sciatica, ischias, whiplash, lazy eye, colour blind, prosthesis, wheelchair user, pacemaker, colostomy
herzschrittmacher, rollstuhlfahrer*, pacemaker, marcapasos
heart failure, liver failure, renal failure, respiratory failure, atrial fibrillation, acid reflux, reflux
urinary tract infection, * infection, high cholesterol, enlarged prostate
underactive thyroid, overactive thyroid, overactive bladder, iron deficiency, * deficiency, back pain
chronic pain, chest pain, cerebral palsy, rheumatic fever, internal bleeding, brain injury
sodbrennen, prellung, zerrung, rheuma, schwindelanfälle, bettnässen, hüftprothese, knieprothese, offenes bein
raucherlunge, hexenschuss, verstauchung
fibrillation *, reflux, infection *, infections *, calculs *, calcul rénal, carence *, fièvre *, douleurs *
hémorragie *, dégénérescence *, paralysie, hémorroïdes, angine, gastro entérite, otite, cystite
fibrilación *, reflujo, infección *, cálculos *, déficit de *, fiebre *, dolor *, hemorragia *, degeneración *
hemorroides, anginas, gastroenteritis, úlcera *, artrosis, enfermedad *
disease, syndrome, fever, chronic fatigue, disorder, deficiency, infection, infections, cyst, cysts, polyps, blood sugar
gallensteine, hypertonie, autismus, allergie, allergien, entzündung, zyste, zysten, polypen, warzen
zuckerkrank, schwindel, ohnmacht, hörsturz, sehschwäche, magen darm grippe, magen darm, erkältung, nesselsucht
maladie *, syndrome *, angines, kyste, kystes, polype, polypes, rhume des foins, bronchite, pneumonie, ménisque
enfermedad, síndrome, quiste, quistes, pólipos, infección, menisco, resfriado, catarro, neumonía, bronquitis
""")
MEDICINE = listed("""
xarelto, eliquis, marcumar, coumadin, plavix, ozempic, wegovy, mounjaro, viagra, cialis, zoloft, lexapro
seroquel, ritalin, concerta, adderall, valium, tavor, ativan, lyrica, humira
enbrel, ventolin, symbicort, spiriva, lipitor, crestor, nexium, synthroid, thyroxin*, l thyroxin*, euthyrox
levothyrox, lantus, humalog, trulicity, januvia, oxycontin, tramal, tilidin, subutex
suboxone, truvada, biktarvy, glivec, keytruda, xolair, botox, depakine, lithium, tegretol, keppra, imigran
aricept, doliprane, dafalgan, spasfon, mirena, orfidal, trankimazin, ventoline, ventolín
antidepressants, antidepressant, antibiotics, painkillers, blood thinners, statins, betablocker*
blutdrucksenker, antidepressiva, schmerzmittel, antidépresseurs, anxiolytiques, antidepresivos, ansiolíticos
""")
DIAGNOSED = listed("""
diagnosed with, suffers from, suffering from, tested positive for, treated for, allergic to
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
me han diagnosticado, le han diagnosticado, diagnosticado, hospitalizado por, hospitalizada por, operado de
operada de, sufre de, sufre
""")
PATIENT = listed("""
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
i, she, he, we, mother, father, mum, mom, dad, son, daughter, wife, husband, brother, sister, child, kid
grandmother, grandfather, aunt
uncle, partner, off work, off until, absence, appointment, ward, admitted, referred, recover*, tablets, pills
prescription, repeat order, pharmacy
each morning, every morning, resident, pupil, conditions, off sick, days off, diagnosis, dx, carer, insured
claimant
ich, er, sie, wir, mutter, vater, sohn, tochter, frau, mann, bruder, schwester, kind, oma, opa, ihr, ihrem
ihrer, ihm, bei ihm, bei ihr, festgestellt
beim arzt, rezept, praxis, fällt aus, ausfall, station, aufnahme, bewohner*, krankmeldung, attest
au bescheinigung, dg., diagnose, hauptdiagnose, behinderung
bekommt, einnehmen, tabletten, versicherte*, teilnehmer*, grad der behinderung
je, j'ai, il, elle, nous, mon, ma, mes, son, sa, ses, votre, vos, mère, père, fils, fille, femme, mari, frère
sœur, soeur, enfant, grand mère, grand père
patient, patiente, patients, patientes, souffre*, souffr*, atteint*, diagnosti*, traitement, ordonnance*
médecin, docteur, hospitalis*, arrêt maladie, arrêt de travail
prends, prend, comprimés, pharmacie, pathologie, antécédents, motif, résident*, chambre, suivi, suivie, soigné*
opéré*
yo, él, ella, madre, padre, hijo, hija, mujer, marido, hermano, hermana, niño, niña, abuelo, abuela, tengo
tiene, tomo, farmacia, pacientes
diagnosticad*, ingreso, ingresad*, baja, receta, recetas, operad*, mis, sus, me han
""")
GENERAL = listed("""
research, charity, fundraiser, foundation, awareness, museum, a book, the book, new book, books, novel, album, horoscope
zodiac
article
articles, news, magazine, course, conference, guidelines, prevention, trainer, training, study, studies
statistics, donate
forschung, stiftung, spende*, buch, bücher, roman, artikel, ratgeber, horoskop, sternzeichen, vorbeugung
tagung, studie
investigación, fundación, libro, libros, novela, artículo, revista, horóscopo, prevención, campaña, congreso
estudio
guide, podcast, open day, tips, magazines, charity run, explained, explains, lecture, talk, exhibition, novels
series, film, episode, season
recipe, recipes, ml, cream, pillow, gel, serum, balm, shampoo, workshop, event, for everyone, our range
cleanser, monitor, inhaler guide
magazin, redaktion, tipps, vortrag, kurs, podcast, für interessierte, creme, kissen, ausstellung, serie, folge
forscher, was hilft, was tun bei
dossier, magazine, conférence, article, recherche, livre, revue, association, campagne, dépistage, crème, sérum
oreiller, entrée libre, film
expliqué, expliquée, comprendre, prévention, journée mondiale, émission, roman
our clinic, our practice, our surgery, our doctors, our specialists, our team, we treat, book online, clinics treat
unsere praxis, unsere klinik, unser team, unsere ärzte, wir behandeln, termine online, sprechstunde
notre cabinet, notre clinique, notre équipe, nos médecins, nous traitons, rendez-vous en ligne
nuestra clínica, nuestro centro, nuestro equipo, nuestros médicos, tratamos, cita online
reportaje, revista, charla, jornada, crema, almohada, guía, película, semana de
""")
MEDICAL_LABEL = listed("""
diagnosis, allergies, allergy, medications, medication, current medication, blood type, blood group
prescription
medical condition, medical conditions, test result, hiv status, disability
active problems, current problems, problem list, past medical history, presenting complaint, chief complaint
reason for visit, reason for appointment, reason for referral, reason for absence, impression, clinical impression
allergen, allergens, allergic to, active ingredient, current treatment
repeat prescription, repeat prescriptions, vaccination, vaccinations, immunisations, immunizations
surgeries, past surgeries, comorbidities, adverse reactions, sick note, intolerances
dauerdiagnose, dauerdiagnosen, verdachtsdiagnose, grund der behandlung, behandlungsgrund, grund des besuchs
besuchsgrund, überweisungsgrund, wirkstoff, wirkstoffe, dauermedikation, medikament, impfungen, impfung, allergene
allergen, operationen, eingriffe, krankheit, erkrankung, gesundheitszustand, symptome, befunde
motif de consultation, motif de la visite, motif d'arrêt, traitement en cours, traitements en cours
ordonnance, médicament, allergènes, allergie, allergies, vaccins, vaccination
antécédents chirurgicaux, antécédents familiaux, affection, affections, affection de longue durée, ald, molécule
antecedentes personales, antecedentes familiares, antecedentes, motivo de consulta, motivo de la consulta
motivo de la visita, medicamento, principio activo, vacunas, alérgenos, patología, patologías
dolencia, dolencias, enfermedad actual, medicación actual, juicio clínico, impresión diagnóstica
diagnose, befund, allergien, blutgruppe, medikation, medikamente, vorerkrankungen, verordnung, behinderung
diagnóstico, alergias, grupo sanguíneo, medicación, receta, discapacidad, enfermedades
medical notes, conditions, health conditions, long term conditions, long term condition, health problems
health issues, referred for, dx, diagnoses
illness, illnesses, disease, symptoms, pathology, reason for admission, medical history, disabilities
impairment, current medicines, medicines, drugs
hauptdiagnose, diagnosen, nebendiagnose, erkrankungen, krankheiten, vorerkrankung
gesundheitliche einschränkungen, einschränkungen, unverträglichkeiten
beschwerden, arznei, arzneimittel, krankengeschichte, anamnese, einweisungsgrund
diagnostic, pathologie, pathologies, antécédents médicaux, antécédents, problèmes de santé, maladies, maladie
allergies et maladies, traitement
traitements, groupe sanguin, handicap, état de santé, médicaments, symptômes, motif d'hospitalisation
motivo de ingreso, enfermedades previas, antecedentes médicos, tratamiento, enfermedad, síntomas
problemas de salud, medicamentos
""")
STOPS = frozenset(
    listed("""
and, or, but, since, for, so, which, that, last, next, who, when, because, at, on, is, was, has, had, have, he
she, i, we, they, my, his, her, your, their, our, to
be, been, about, see, with, by, before, after, until, each, every, if, not, no, take, takes, taking, from, ready
start, told, can't, please, clinic, off, then, as, it, it's
und, oder, aber, seit, für, bei, mit, wegen, hat, haben, ist, war, ich, er, sie, wir, mein, meine, mein, sein
seine, ihr, ihre, dass, weil, wenn, als, am, im, auf, über, nach, vor, von, zu, nicht, wohl, doch, bekommt
nimmt, liegt, wurde, wird
et, ou, mais, depuis, pour, avec, qui, que, parce, est, ai, j'ai, je, il, elle, nous, mon, ma, mes, son, sa, ses
votre, vos, par, dans, sur, pas, prends, prend, avait, au, aux
y, o, pero, desde, para, con, que, es, tiene, tengo, mi, mis, su, sus, yo, él, ella, por, en, no, toma, tomo, está
""")
)
"""Words at which the name of an illness ends."""
