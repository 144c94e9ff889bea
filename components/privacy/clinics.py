"""Words of clinics: measurements and tests of a body, what a clinic is for, and visits to one."""

from __future__ import annotations

from components.privacy.words import listed

CODED = listed("""
icd, icd 10, icd 10 cm, icd 9, icd 11, diagnos*, dx, cim, cim 10, cie, cie 10, icpc, main code, principal diagnosis
nebendiagnose
hauptdiagnose
""")
"""Labels before the code of a diagnosis."""
MEASURED = listed("""
hba1c, a1c, ldl, hdl, tsh, psa, crp, inr, egfr, gfr, ferritin, hemoglobin, haemoglobin, glucose, fasting glucose
blood sugar
blood pressure, bp, cholesterol, total cholesterol, creatinine, leukocytes, white cell count, platelets, triglycerides
viral load
cd4, cd4 count, bmi, phq 9, phq9, gad 7, gad7, fev1, vitamin d, heart rate, resting heart rate, body fat
oxygen saturation, spo2
testosterone, t4, ft4, uric acid, gamma gt, ggt, troponin, d dimer, sperm count
hämoglobin, glukose, blutzucker, blutdruck, cholesterin, gesamtcholesterin, kreatinin, leukozyten, thrombozyten
triglyceride, viruslast
ruhepuls, harnsäure, gamma gt, troponin, kreatininwert, langzeitzucker, nüchternzucker
hémoglobine, glycémie, tension artérielle, cholestérol, créatinine, leucocytes, plaquettes, triglycérides
charge virale
fréquence cardiaque, acide urique, ferritine, imc
hemoglobina, glucemia, presión arterial, colesterol, creatinina, leucocitos, plaquetas, triglicéridos, carga viral
frecuencia cardíaca, ácido úrico, ferritina, glucosa, tensión arterial
gdb, grad der behinderung, pflegegrad, pflegestufe, grado de discapacidad, taux d'incapacité, taux d'invalidité
disability rating
degree of disability, grade of disability, apgar
schwangerschaftswoche, ssw, weeks pregnant, gestational age, semaine de grossesse, semana de embarazo
semanas de embarazo, audit c, mmse
""")
"""Measurements of a body."""
TESTED = listed("""
hiv*, vih*, hepatitis*, hcv, hbv, hpv, covid*, sars cov 2, pcr, antigen*, std, sti, pregnancy test, drug test
drug screen, tb test
chlamydia, gonorrhea, gonorrhoea, syphilis, herpes, tuberculosis, lyme, strep, brca, brca1, brca2, biopsy, smear, pap
pap test
mammogram, allergy test, gentest, genetic test, schwangerschaftstest, drogentest, biopsie, abstrich, test vih
test de grossesse
test de dépistage, prueba de embarazo, prueba de vih, prueba de covid, biopsia, citología, borreliose, test results
test result
testergebnis, résultat du test, resultado de la prueba, resultado vih, résultat vih
""")
BLOOD = listed("""
blood type, blood group, bloodtype, blutgruppe, groupe sanguin, grupo sanguíneo, grupo sanguineo
""")
SPECIALTY = listed("""
oncolog*, cardiolog*, psychiatr*, psycholog*, psychotherap*, gynaecolog*, gynecolog*, obstetric*, urolog*, dermatolog*
neurolog*
nephrolog*, haematolog*, hematolog*, gastroenterolog*, rheumatolog*, endocrinolog*, pulmonolog*, proctolog*, fertility
antenatal
maternity, prenatal, memory clinic, pain clinic, diabetes clinic, diabetic clinic, hiv clinic, sexual health
gum clinic, eating disorder*
breast clinic, colorectal, palliative, hospice, dialysis, chemotherapy, radiotherapy, addiction*, detox, rehab
rehabilitation, mental health
crisis team, camhs, abortion clinic, gender clinic, transplant, stroke unit, ivf
onkolog*, kardiolog*, psychiatrie, psychiater*, gynäkolog*, frauenarzt*, frauenärzt*, dermatolog*, hautarzt*
nephrolog*, hämatolog*
rheumatolog*, endokrinolog*, pneumolog*, lungenarzt, kinderwunsch*, geburtshilfe, schmerzambulanz, suchtberatung
suchtklinik, entzug
tagesklinik, strahlentherapie, brustzentrum, hiv ambulanz, schwangerenberatung, schwangerschaftsberatung, hebamme
neurochirurgie
cancérolog*, oncolog*, cardiolog*, psychiatrie, psychiatre, gynécolog*, sage femme, obstétrique, maternité
dermatolog*, néphrolog*
hématolog*, rhumatolog*, endocrinolog*, pneumolog*, addictolog*, pma, centre de dépistage, cegidd, soins palliatifs
hémodialyse
oncología, oncólog*, cardiología, cardiólog*, psiquiatr*, psicólog*, psicología, ginecolog*, ginecólog*, obstetricia
matrona, dermatología
dermatólog*, urología, urólog*, neurología, neurólog*, nefrología, hematología, reumatología, endocrin*, neumología
hemodiálisis
reproducción asistida, unidad del dolor, salud mental, cuidados paliativos, desintoxicación
""")
"""Kinds of clinics and departments."""
SPECIALTY += tuple(
    f"{of}{joint}{place}"
    for joint in ("", " ")
    for of in listed("""
sucht, drogen, alkohol, methadon, substitutions, schmerz, kinderwunsch, gedächtnis, demenz, hiv, aids, diabetes
krebs, tumor, brust, brustkrebs, psychiatrie, psychotherapie, psychosomatik, trauma, essstörungs, adipositas, rheuma
epilepsie, schwangeren, schwangerschafts, wochenbett, parkinson, ms, schlaf, allergie, haut, herz, nieren, dialyse
leber
lungen, palliativ, hepatitis, transgender, gender, sti, std, onkologie, kardiologie, neurologie, urologie
gynäkologie, proktologie, gastroenterologie, infektions, depressions, angst, borderline, adhs, stoma, mukoviszidose
""")
    for place in listed("""
sprechstunde, ambulanz, klinik, tagesklinik, beratung, beratungsstelle, station, zentrum, praxis, gruppe, therapie
""")
) + listed("""
memory service, memory clinic, breast unit, breast care, burns unit, stroke clinic, warfarin clinic, anticoagulation
wound clinic, stoma care, methadone clinic, needle exchange, drug and alcohol, alcohol service, talking therapies, iapt
perinatal, early pregnancy unit, early pregnancy, epau, antenatal clinic, colposcopy, endoscopy unit, chemo unit
haemodialysis, hepatology, infectious diseases, tb clinic, travel clinic, sleep clinic, epilepsy clinic, ms clinic
parkinson's clinic, asthma clinic, copd clinic, heart failure clinic, weight management, bariatric, lipid clinic
gender identity clinic, paediatric oncology, ccu, nicu, psych ward, psychiatric unit, counselling service, counseling
oncológic*, psiquiátric*, cardiológic*, neurológic*, unidad de mama, unidad de trastornos *, unidad de adicciones
unidad de fertilidad, fertilidad, conductas adictivas, planificación familiar, unidad de paliativos, hospital de día
consulta de vih, infecciosas, enfermedades infecciosas, unidad de ictus, unidad de lesionados medulares, rehabilitación
alergología, alergólog*, urgencias psiquiátricas, diálisis, quimioterapia, radioterapia, obstétric*, dermatológic*
consultation mémoire, centre d'addictologie, psychiatrique, oncologique, service de cancérologie, dialyse
chimiothérapie
radiothérapie, procréation médicale, planning familial, cmp, csapa, caarud, unité douleur, centre antidouleur, sénologie
maladies infectieuses, hépatolog*, pneumolog*, allergolog*, neurolog*, urolog*, hôpital de jour, soins de suite
centre de la mémoire, maternité, grossesse pathologique, diabétolog*, nutrition et obésité
""")
BOOKED = listed("""
upcoming visit, upcoming visits, your visits, scheduled appointments, appointment reminder, appointment request
upcoming appointment, upcoming appointments, next appointment, your appointment, your appointments, my appointments
appointment confirmed, appointment details, appointment booked, past appointments, past visits, recent visits
your visit
visit summary, your referral, referrals, referral, your booking, scheduled visits, your next visit, after visit summary
nächster termin, nächste termine, ihr termin, ihre termine, meine termine, mein termin, dein termin, termin bestätigt
terminbestätigung, gebuchter termin, ihre überweisung, vergangene termine, terminerinnerung
próxima cita, próximas citas, su cita, sus citas, tu cita, tus citas, mis citas, cita confirmada, citas pendientes
cita reservada, derivaciones, volante, recordatorio de cita, historial de citas, prochain rendez vous
prochains rendez vous
votre rendez vous, vos rendez vous, mon rendez vous, mes rendez vous, rendez vous confirmé, rendez vous à venir
rappel de rendez vous, rendez vous passés, vos consultations, mes consultations
""")
"""Headings of somebody's appointments."""
VISIT = listed("""
appointment, appointments, appt, outpatient, outpatients, inpatient, referral, referred, refer, admitted, admission
ward, visit, seen by
see, seeing, seen, session, sessions, consultation, follow up, booked, booking, scheduled, check up, discharged
waiting list, transferred
termin, termine, überweisung, überwiesen, ambulanz, station, aufnahme, aufgenommen, nachsorge, kontrolle, sprechstunde
vorstellung
verlegt, eingewiesen, entlassen, sitzung, wartezeit, klinikaufenthalt
rendez vous, rdv, hospitalisé*, admis, admise, consultation, consulté, adressé*, orienté*, suivi, suivie, séance
transféré*
cita, citas, ingresad*, ingreso, derivad*, derivación, volante, consulta, sesión, revisión, trasladad*, seguimiento
""")
"""Words for a visit to one."""
OWN = listed("""
my, your, his, her, our son's, our daughter's, i have, i've, i'm, patient, mr, mrs, ms, miss, for you
mein, meine, meinen, meinem, meiner, ihr, ihre, ihren, ihrem, ihrer, dein, deine, deinen, deinem, deiner, sein, seine
patient, patientin
herr, herrn, frau, ich
mon, ma, mes, votre, vos, ton, ta, tes, son, sa, ses, j'ai, patiente, m., mme, monsieur, madame
mi, mis, tu, tus, su, sus, tengo, paciente, sr., sra., don, doña, d., dª
""")
"""Words that say whose something is."""
