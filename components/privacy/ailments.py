"""Words of illness: names of illnesses and medicines, labels of them, and words at which such a name ends."""

from __future__ import annotations

from components.privacy.words import listed, lists_of

LISTS = lists_of("health")
CONDITIONS = lists_of("conditions")
ILLNESS = (
    LISTS["illness"]
    + CONDITIONS["illness"]
    + listed("""
type 1 diabetes, type 2 diabetes, diabetes typ 1, diabetes typ 2, diabetes tipo 1, diabetes tipo 2, hepatitis b
hepatitis c, breast cancer, lung cancer, skin cancer, prostate cancer, cáncer de *
diabet*, hiv, aids, cancer, cancers, carcinoma, leukemia, leukaemia, tumor, tumour, tumors, chemotherapy, radiotherapy
depression, depressive, bipolar disorder, bipolar, schizophrenia, anxiety disorder, ptsd, asthma, epilepsy, hepatitis
tuberculosis, parkinson*, alzheimer*, dementia, multiple sclerosis, arthritis, hypertension, high blood pressure
miscarriage, pregnant, pregnancy, abortion, infertility, addiction, alcoholism, alcoholic, rehab, herpes, syphilis
psoriasis, eczema, endometriosis, gout, glaucoma, stroke, angina, ulcer, ulcers, stammering, dyslexia, insomnia
* disease, * disorder, * syndrome, obesity, celiac, coeliac, concussion, hernia, kidney stones, panic attacks
tinnitus, acúfenos, chlamydia, migraine, migraines, crohn*, lupus, heart attack, heart failure, insulin, metformin
sertraline, fluoxetine
prozac, xanax, methadone, biopsy, dialysis, autism, autistic, adhd, kidney failure, eating disorder, anorexia, bulimia
krebs, brustkrebs, darmkrebs, leukämie, depressionen, schizophrenie, epilepsie, schwanger, schwangerschaft, fehlgeburt
abtreibung, bluthochdruck, herzinfarkt, schlaganfall, demenz, suchterkrankung, alkoholabhängig*, multiple sklerose
rheuma, magersucht, angststörung, zuckerkrankheit, chemotherapie, nierenversagen, essstörung, tuberkulose
migräne, schuppenflechte, neurodermitis, gicht, grüner star, grauer star, parkinson*, heuschnupfen, thrombose
arthrose, burnout, rückenleiden, herzfehler, herzschwäche, psychose, magengeschwür, lungenentzündung, blasenschwäche
fettleibigkeit, schlafstörungen, panikattacken, legasthenie, bandscheibenvorfall, nierensteine, gürtelrose
cáncer, leucemia, depresión, esquizofrenia, epilepsia, embarazada, embarazo, aborto, hipertensión, infarto, ictus
demencia, alcoholismo, alcohólico, alcohólica, asma, esclerosis múltiple, quimioterapia, adicción, vih, sida, migraña
psoriasis, párkinson, fibromialgia, gota, glaucoma, úlcera, insomnio, obesidad, celiaquía, celiaco, celíaca, hernia
trastorno de *, enfermedad de *, síndrome de *, cálculos renales, ataques de pánico, dislexia, trombosis, artrosis
migrañas, trastorno de ansiedad, trastorno bipolar, insulina, metformina, anorexia, insuficiencia renal, tuberculosis
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
oberschenkelhalsbruch, bandscheibe*, kinderwunschbehandlung, schwerhörigkeit
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
disease, syndrome, fever, chronic fatigue, disorder, deficiency, infection, infections, cyst, cysts, polyps
blood sugar, gallensteine, hypertonie, autismus, allergie, allergien, entzündung, zyste, zysten, polypen, warzen
zuckerkrank, schwindel, ohnmacht, hörsturz, sehschwäche, magen darm grippe, magen darm, erkältung, nesselsucht
maladie *, syndrome *, angines, kyste, kystes, polype, polypes, rhume des foins, bronchite, pneumonie, ménisque
enfermedad, síndrome, quiste, quistes, pólipos, infección, menisco, resfriado, catarro, neumonía, bronquitis
dysfunction, effusion, insufficiency, impairment, frozen shoulder, tennis elbow, torn *, ruptured *, dislocated *
pulled *
rash, palpitations, vomiting, nausea, dizziness, dizzy spells, hot flushes, panic attack, nosebleeds, swollen *
lump in *, lump
appendix, bypass, heart bypass, stent, hysteroscopy, mastectomy, vasectomy, colonoscopy, endoscopy, gastroscopy
mammogram, smear test
mri scan, ct scan, biopsy result, low ferritin, chlamydia test, ivf cycle, caesarean, c section, knee surgery
hip surgery
glandular fever, scarlet fever, strep throat, sore throat, ear infection, chest infection, bronchitis, back injury
head injury
learning disability, learning difficulties, visually impaired, hearing impaired, partially sighted, hard of hearing
gluten intolerance
lactose intolerance, lactose intolerant, gluten intolerant, nut allergy, peanut allergy, anaphylaxis, epipen, stoma
catheter
wheelchair, hearing aid, hearing aids, prosthetic *, oxygen therapy, chemo, radiation therapy, hormone therapy
psychotherapy
postpartum depression, menopause, period pain, heavy periods, thrush, haemorrhoids, hemorrhoids, piles, hair loss
acne, rosacea
substance abuse, drug problem, gambling addiction, suicidal thoughts, self harming, grief counselling, stress leave
low mood, stage * cancer, in remission, terminal illness, palliative care, hospice care, dialysis patient, organ donor
mangel, mangelerscheinung, ausschlag, mukoviszidose, hypothyreose, fibromes utérins, prééclampsie, artritis
artritis reumatoide
hautausschlag, übelkeit, erbrechen, herzrasen, panikattacke, rückenschmerzen, kreislaufprobleme, kaiserschnitt
darmspiegelung
magenspiegelung, mammographie, abstrich, chemo, strahlentherapie, bestrahlung, psychotherapie, wechseljahre
haarausfall, akne
lernbehinderung, sehbehindert, sehbehinderung, hörgerät, hörgeräte, gehbehindert, gehbehinderung, querschnittslähmung
rollstuhl, pflegebedürftig
suizidgedanken, spielsucht, drogensucht, medikamentensucht, drogenproblem, trauerbegleitung, palliativ, kreuzbandriss
meniskusriss
bänderriss, kur, reha, wundrose, scharlach, mittelohrentzündung, angina, pfeiffersches drüsenfieber, drüsenfieber
erschöpfung
dysfonctionnement *, épanchement *, éruption cutanée, nausées, vomissements, vertiges, palpitations, mal de dos
maux de dos
maux de tête, césarienne, coloscopie, gastroscopie, mammographie, frottis, chimio, radiothérapie, psychothérapie
ménopause, acné
chute de cheveux, handicap *, malvoyant, malvoyante, malentendant, malentendante, appareil auditif, prothèse *
fauteuil roulant
intolérance *, idées suicidaires, addiction *, soins palliatifs, rupture des ligaments, rupture *, déchirure *
luxation *, scarlatine, mononucléose, crise *, appendicite, épuisement, cure thermale
disfunción *, derrame *, erupción, náuseas, vómitos, mareos, palpitaciones, dolor de espalda, cesárea, colonoscopia
gastroscopia
mamografía, citología, quimio, psicoterapia, menopausia, acné, caída del cabello, discapacidad *, audífono, audífonos
prótesis *
silla de ruedas, intolerancia *, ideas suicidas, ludopatía, cuidados paliativos, rotura *, desgarro *, luxación *
escarlatina
mononucleosis, apendicitis, agotamiento, crisis *, lumbalgia, contractura, hombro congelado, tendinitis, alergia *
lice, head lice, nits, norovirus, stomach bug, tummy bug, upset stomach, läuse, kopfläuse, magen darm infekt, poux
gastro, piojos, vih positivo, seropositivo, seropositiva
paralysed, paralyzed, paralysed from *, paralyzed from *, deaf, blind, deafblind, deaf mute, paraplegic
quadriplegic, tetraplegic, amputee, stammer, stutter, mumps, measles, rubella
whooping, impetigo, croup, ringworm, threadworms, hand foot and mouth, cold sore, cold sores
tummy ache, stomach ache, stomachache, earache, toothache, backache, diarrhoea, diarrhea, dehydration, sunstroke
heatstroke, high temperature, tonsils, broken arm, broken leg, broken wrist, wisdom teeth, root canal, cataracts
hip *
egg freezing, sterilisation, sterilization, chemical burn, burns, frostbite, blood pressure, palsy, carpal tunnel
gender *
detox, rehab stay, cold turkey, bypass operation, knee *, pregnancy loss, sick bug, chest pains, swelling, bleeding
gehörlos, taub, taubstumm, blind, stottert, stottern, mumps, röteln, ringelröteln, krupp, hand fuß mund, bauchweh
bauchschmerzen, kopfweh, halsweh, ohrenweh, zahnweh, durchfall, hitzschlag, sonnenstich, grippaler infekt, bandwurm
fieberkrampf, nasenbluten, mandeln, weisheitszähne, wurzelbehandlung, auf den rollstuhl angewiesen, auf einen rollator
künstliche befruchtung, sterilisation, vasektomie, entzug, entziehungskur, stationärer entzug, operation am *, op am *
querschnittgelähmt, querschnittsgelähmt, gelähmt, beinamputiert, atemnot, brennen beim *, kribbeln *, blut im *
schwellung *, ausfluss, juckreiz
sourd, sourde, aveugle, muet, muette, bègue, bégaiement, oreillons, rubéole, roséole, bronchiolite, impétigo, croup
pied main bouche, mal de ventre, mal de gorge, maux de ventre, mal au ventre, mal à la tête, diarrhée, toux
insolation
dents de sagesse, sevrage *, cure de désintoxication, amputé, amputée, paraplégique, ligature *, pose de *, brûlures *
suivi de grossesse, essoufflement, saignements, démangeaisons, envie de vomir
sordo, sorda, ciego, ciega, mudo, muda, tartamudo, tartamuda, paperas, rubéola, boca mano pie, bronquiolitis, impétigo
dolor de *, diarrea, tos, insolación, golpe de calor, muelas del juicio, endodoncia, fecundación *, ligadura *
deshabituación, desintoxicación, parapléjico, parapléjica, amputado, amputada, picor, sangrado, hinchazón, ahogo
en fauteuil roulant, en silla de ruedas, im rollstuhl, in a wheelchair, asthmatic, asthmatics, asthmatiker
asthmatikerin, asthmatique, asmático, asmática, diabetic, diabetiker, diabetikerin
diabétique, diabético, diabética, epileptic, epileptiker, epileptikerin, épileptique, epiléptico, epiléptica, hämophil
hemofílico, hémophile, spastiker, spastic, dyslexic, dyslexique, disléxico, disléxica, legastheniker, legasthenikerin
autista, alkoholiker, alkoholikerin, drogenabhängig, toxicómano, drogodependiente, addicted, addict, süchtig
spielsüchtig
schwerhörig, hörgeschädigt, sehbeeinträchtigt, hörbeeinträchtigt, lernbehindert, geistig behindert, körperbehindert
körperlich eingeschränkt, mobilitätseingeschränkt, eingeschränkte mobilität, gehhilfe, rollator, amputiert
unterschenkelamputiert
registered blind, registered deaf, sight impaired, severely sight impaired, deafened, mobility impaired
reduced mobility, below knee *
limited mobility, mobility scooter, walking frame, guide dog user, learning disabled, non verbal, nonverbal
colour blindness
hipoacúsico, hipoacúsica, hipoacusia, movilidad reducida, invidente, con discapacidad *, pierna amputada
con una * amputada
con un * amputado, con muletas, sordomudo, sordomuda, daltónico, daltónica, malentendant*, mobilité réduite
sourd muet
daltonien, daltonienne, amputé de *, déficient visuel, déficiente visuelle, déficient auditif, à mobilité réduite
spinal fusion, arthroscopy, knee operation, hip operation, back surgery, heart surgery, gastric band, gastric sleeve
tonsillectomy
skin graft, cataract surgery, lasik, chemo session, radiotherapy session, knee arthroscopy, tendon repair, acl repair
wirbelsäulenversteifung, knieoperation, hüftoperation, rückenoperation, herzoperation, magenverkleinerung
schulteroperation
knie op, hüft op, hüft-tep, knie-tep, bandscheiben op, augenoperation, katarakt op, fusión vertebral, operación de *
bypass gástrico
artroscopia, prótesis de *, arthrodèse, arthroscopie, ligamentoplastie, prothèse de *, opération du *, opération de *
sickle cell disease, sickle cell, sickle cell anaemia, sickle cell trait, thalassaemia, haemophilia, cystic fibrosis
huntington's
motor neurone disease, muscular dystrophy, spina bifida, coeliac disease, crohn's, ulcerative colitis, diverticulitis
sichelzellanämie, bluterkrankheit, hämophilie, muskeldystrophie, morbus *, morbus crohn, morbus basedow
morbus bechterew, morbus parkinson, colitis ulcerosa, amyotrophe *, lymphom, lymphdrüsenkrebs
melanom, hirntumor, bauchspeicheldrüsenentzündung, magenschleimhautentzündung, magenschleimhaut*, harnwegsinfekt
blasenentzündung
nasennebenhöhlenentzündung, nierenbeckenentzündung, sehnenscheidenentzündung, wochenbett*, risikoschwangerschaft
eileiter*, anemia falciforme, drepanocitosis, hemofilia, linfoma, melanoma, distrofia muscular, espina bífida, celíaco
neumonía, faringitis
amigdalitis, otitis, cistitis, pielonefritis, conjuntivitis, bursitis, fascitis plantar, vértigo, vértigos
taquicardia, arritmia
drépanocytose, lymphome, mélanome, hémophilie, myopathie, sclérose latérale, spina bifida, colique néphrétique
sinusite, laryngite
pharyngite, cystite, conjonctivite, bursite, tachycardie, arythmie, vertige, dépression post partum
choc anaphylactique
eating issues, self esteem issues, panic disorder, agoraphobia, borderline disorder, psychosis, paranoia
postpartum psychosis, gestational diabetes, ectopic pregnancy, pre eclampsia, preeclampsia, endometrial *
vaginismus, pcos, fibroids
polycystic ovaries, erectile dysfunction, low sperm count, vasectomy reversal, testosterone therapy, puberty blockers
days sober, weeks sober, months sober, years sober, sober since, clean and sober, tage trocken, jahre trocken
trocken seit
weeks pregnant, months pregnant, expecting twins, hochschwanger, monat schwanger, woche schwanger, embarazada de *
enceinte de *
semanas de embarazo, mois de grossesse, risky pregnancy, künstliche befruchtung, samenspende, eizellspende
type 1 diabetic, type 2 diabetic, diabetic, insulin pump, feeding tube, hearing loop user, oxygen at home
heart murmur, irregular heartbeat
norovirus, rotavirus, rsv, strep, scarlatina, hand foot and mouth, epstein barr, pertussis, rubéola
séropositif, séropositive, hiv positive, hiv positiv, lumbago, dolor lumbar
""")
)
MEDICAL_LABEL = (
    LISTS["label"]
    + CONDITIONS["label"]
    + listed("""
diagnosis, allergies, allergy, medications, medication, current medication, blood type, blood group, prescription
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
mental health, psychiatric history, surgical history, family history, injury, injuries
special needs, medical needs, access needs, accessibility needs, additional needs, dietary needs, dietary requirements
support needs
medication list, medicine, rx, prescribed, prescription for, sick leave reason, leave reason, absence reason
cause of absence, reason for leave, nature of illness, nature of disability, medical reason, health declaration
health information
health data, health status, hiv, pregnancy, pregnant, std status, sti status, test results, lab results
working diagnosis, provisional diagnosis, differential diagnosis, discharge diagnosis, admission diagnosis
presenting problem, current conditions, medical alerts, contraindications, food allergies
medication allergies, drug allergies, known allergies, cause of death
krankmeldung, krankmeldungsgrund, fehlgrund, abwesenheitsgrund, grund der abwesenheit, grund der krankmeldung
krankheitsgrund, au grund
au diagnose, medikationsplan, eingriff, verletzung, verletzungen, entlassdiagnose, aufnahmediagnose, arbeitsdiagnose
einweisungsdiagnose, behandlungsdiagnose, schwangerschaft, schwanger, psychische erkrankungen, medikamentenallergien
schwerbehinderung
art der behinderung, merkzeichen, pflegegrad, pflegestufe, gesundheitsangaben, gesundheitsdaten, gesundheitsfragen
besonderheiten gesundheit, förderbedarf, unverträglichkeit, dauermedikamente, verschrieben, verordnetes medikament
fachabteilung, beschwerdebild, untersuchungsergebnis, testergebnis, todesursache, behandlungsanlass, terminanlass
santé mentale, antécédent, chirurgie, blessure, blessures, diagnostic principal, diagnostic retenu
grossesse, enceinte, type de handicap, taux d'incapacité, besoins particuliers, régime alimentaire
allergies alimentaires
allergies médicamenteuses, intolérances, prise en charge, motif d'absence, motif de l'absence, motif de l'arrêt
cause de l'arrêt
arrêt de travail, arrêt maladie, motif d'admission, motif du rendez vous, motif de rendez vous, motif rdv
résultats d'analyse, problème de santé, informations médicales, données de santé, médicament prescrit
traitement prescrit, cause du décès
salud mental, antecedentes quirúrgicos, cirugía, lesión, lesiones, diagnóstico principal, diagnóstico de ingreso
diagnóstico al alta, embarazo, embarazada, tipo de discapacidad, grado de discapacidad, necesidades especiales
alergias alimentarias
alergias a medicamentos, intolerancias, motivo de baja, motivo de la baja, motivo de ausencia, motivo de la ausencia
parte de baja, causa de la baja, motivo de la cita, resultado de la prueba, datos de salud, estado de salud
fármaco, fármacos, medicamento recetado, causa de muerte
pai, projet d'accueil, projet d'accueil individualisé, coded entry, coded diagnosis, clinical code, clinical codes
smoking, smoking status, alcohol intake, units of alcohol, alcohol consumption, drinking habits, drug use
substance use, genetic test, genetic tests, vaccine, vaccines
gestation, menstrual cycle, last period, cycle, contraception
alkoholkonsum, rauchverhalten, raucherstatus, drogenkonsum, gentest, impfstoff, impfstoffe, rezept einlösen
rezept für, e rezept, erezept, verhütung, letzte periode
tabagisme, consommation d'alcool, test génétique, vaccin, contraception, dernières règles, consumo de alcohol
consumo de tabaco, prueba genética, vacuna, anticonceptivos
special assistance, assistance needed, assistance required, assistance type, assistance requested
reason for assistance
blue badge, blue badge holder, reason for test, known conditions, existing conditions, any conditions
underlying conditions, medical background, nature of injury, type of injury, body part injured, injury details
fit note, sick note for
reasonable adjustments, workplace adjustments, exam arrangements, access arrangements, learning support, sen
sen needs
send needs, ehcp, allergy information for, allergies and intolerances, health problem, health issue, health needs
health notes, your health, about your health, current symptoms, main symptoms, reason for calling, what's wrong
prescribed medication
prescription items, items dispensed, treatment plan, current therapy, planned procedure, planned operation
planned surgery
type of surgery, vaccination status, covid status, due date, pregnancy status, weeks pregnant, mental health history
counselling for
begleitservice, betreuungsbedarf, hilfebedarf, art der einschränkung, einschränkung, nachteilsausgleich
förderschwerpunkt
sonderpädagogischer förderbedarf, grund für den test, laufende behandlung, laufende therapie, geplanter eingriff
geplante operation
art der verletzung, verletzter körperteil, unfallfolgen, unfallhergang und verletzung, krankheitsbild, ihre gesundheit
über ihre gesundheit, gesundheitliche beschwerden, gesundheitliche probleme, chronische erkrankungen
chronische krankheiten, allergie, allergien und unverträglichkeiten, impfstatus, errechneter termin, entbindungstermin
schwangerschaftswoche, symptom
asistencia especial, necesidad de asistencia, tipo de asistencia, su salud, sobre su salud, sobre tu salud
problema de salud, adaptaciones curriculares, necesidades educativas, tipo de lesión, parte lesionada
intervención prevista, operación prevista, tratamientos, estado vacunal, fecha prevista de parto
enfermedades crónicas, dolencia, motivo de llamada, motivo de la llamada, qué le pasa, medicación habitual
intolerancia
assistance spéciale, besoin d'assistance, type d'assistance, votre santé, problème médical, aménagement d'épreuves
type de blessure, partie du corps, intervention prévue, statut vaccinal
date prévue d'accouchement, maladies chroniques, motif de l'appel, traitement habituel, intolérance
brings you in, what brings you, what seems to be the problem, describe your symptoms, anything we should know
medical info, medical information, medical details, emergency medical information, nature of complaint
reason for call, your condition, health concerns, was führt sie zu uns, weshalb kommen sie, ihre beschwerden
grund ihres besuchs, medizinische hinweise, medizinische angaben, motif de votre visite, vos symptômes
décrivez vos symptômes, qué le trae, sus síntomas, motivo de su visita, información médica, urgence médicale
""")
)
TAILS = frozenset(
    listed("treatment, therapy, behandlung, therapie, traitement, tratamiento, terapia, surgery, operation, medication")
)
"""Words before an illness that belong to its name."""
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
