"""What notes tell of one whom others look after, what somebody comes for at an hour, and what a test has shown."""

from __future__ import annotations

import pytest

from tests.components.privacy.marked import RULES, covered, marked

PRIVATE = (
    'text "Canteen, table 4: Ann Lee «cannot have any nuts or sesame». Thank you."',
    'text "Camp note: Ann Lee «sleepwalks and needs the lower bunk»."',
    '[2] textbox "Remarks for the school trip" value "«Ann Lee wets the bed, please wake her at ten»."',
    'text "Mrs Okafor «is coeliac and brings her own bread»."',
    'text "Hello, Ann «has chickenpox» and stays at home."',
    'text "Swimming, Ann Lee, 7: «grommets, no diving»"',
    'text "Thu 8:50 «Colposcopy» with Dr Ann Lee"\n[1] link "Cancel or move"',
    'text "Reminder for Ann Lee: Monday 8:15 «wound check». Reply C to cancel your appointment."',
    'text "Result for Ann Lee"\ntext "«Ultrasound: nodule in the left lobe»"',
    'text "Immunisation record of Ann Lee"\nlistitem "«Hepatitis B, second dose»"',
    'text "Doctor, «my knee is thick since Sunday», shall I come in?"',
    '| "Repeat prescription for Ann Lee" | "Last issued" |\n| "«Naproxen 2.5 mg tablets»" | "May" |',
    '[2] textbox "Reason for the refund" value "«I broke my leg and cannot travel»"',
    'text "Küche, Tisch 4: Anna Krüger «verträgt keine Milch»."',
    'text "Übergabe: Frau Krüger «hat nachts einen Anfall gehabt, Epilepsie bekannt»."',
    'text "Di 8:50 Uhr «Magenspiegelung», bitte nüchtern"\n[1] button "Termin absagen"',
    'text "Antrag auf Stellplatz von Anna Krüger"\ntext "Begründung: «schwere Arthrose im Knie»"',
    'text "Aviso para monitores: Ana Ruiz «lleva sonda y come puré». Gracias."',
    'text "A mi abuelo le pasa algo: la señora Ruiz «tiene demencia»."',
    'text "Su próxima cita"\ntext "«Densitometría»"\ntext "Lunes, 9:20, planta 1"\n[1] button "Anular cita"',
    '[2] textbox "Observaciones médicas" value "«Llevo bomba de insulina»"',
    'text "Consigne pour la colonie : Anne Morel «est somnambule et porte un casque»."',
    'text "Mardi 8 h 50 «Fibroscopie»"\ntext "Venez à jeun, avec votre carte Vitale."',
    'heading "Compte rendu, Anne Morel"\ntext "Conclusion : «nodule au sein gauche»."',
)
NOTHING = (
    'listitem "Wheelchair-accessible toilet, 0.2 mi"',
    'text "One in nine adults suffers from it and half do not know."',
    'text "Ring the surgery, Ann Lee said."',
    'text "Thu 18:00 Talk on dementia. All welcome, no booking."\n[1] link "Cancel or move"',
    'text "Your table, Thu 19:30, party of four"\n[1] link "Cancel or change"',
    'text "School trip: please tell us about allergies by Friday."',
    'text "Allergens: milk, eggs, wheat"',
    'text "Dr Ann Lee, dermatologist: acne, eczema, moles"',
    'code "SELECT zona, tos FROM mediciones;"',
    'text "Le robinet ne goutte plus, merci."',
    'heading "Enfermera de salud mental, turno de noche"\nlistitem "Menaje"\nlistitem "Textil"',
    '| "Parte de baja" | "Desde" | "Días" |\n| "Ana Ruiz" | "lunes" | "20" |',
    'text "Klassenfahrt: Bitte bis Freitag Medikamente angeben."',
    'text "Die Baustelle dauert länger als sonst, 9:40 Uhr"\n[1] button "Termin absagen"',
    'text "« Les Gammes » suit une femme atteinte d\'arthrose. En salle le 9 avril."',
)


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_told_of_somebody_is_private_to_its_end(text: str) -> None:
    assert covered(text) == marked(text)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_told_to_all_is_nobodys(text: str) -> None:
    assert not RULES.scan(text)
