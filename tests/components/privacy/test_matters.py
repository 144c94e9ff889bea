"""Illnesses, faiths and unions of which a line tells everybody, whoever is named in it; and those that somebody has."""

from __future__ import annotations

import pytest

from tests.components.privacy.marked import RULES, covered, marked

MATTERS = (
    'text "By Rosa Whitlow: Why more men talk about depression and what employers can do."',
    'text "Experience with dementia patients desirable"',
    'text "Union members at the railway vote on a new offer, the RMT said. Tom Reddish reports from Crewe."',
    'text "New drug slows Alzheimer\'s, trial led by Prof Ian Holt finds"',
    'heading "Our treatments"\nlistitem "Acupuncture"\nlistitem "Dialysis"',
    'link "Hay fever and allergies (34 products)"',
    '[8] button "Liste als CSV"',
    'text "Bei Asthma, Epilepsie oder in der Schwangerschaft vor der Einnahme Arzt fragen."',
    'text "Professorin Ilse Wolter forscht seit Jahren zu Alzheimer."',
    'text "Buchtipp: Leben mit Multipler Sklerose, von Sabine Ohl, 19,90 €"',
    'heading "Zusatzstoffe und Allergene"\nlistitem "G: Milch und Laktose"\nlistitem "H: Nüsse"',
    '| "Partei" | "Stimmen" |\n| "CDU" | "31,2 %" |',
    '| "Religion" | "Part" |\n| "Catholique" | "29 %" |',
    'heading "Nos soins"\nlistitem "Kinésithérapie"\nlistitem "Suivi du diabète"',
    'text "La professeure Claire Morin étudie la maladie de Parkinson."',
    'text "Desde el lunes, vacuna de la gripe para mayores de 60 y embarazadas."',
    'text "Curso: el autismo en el aula, con Pedro Lara"',
)
SOMEBODYS = (
    'text "Rosa Whitlow, who reports for the school paper, has «epilepsy»."',
    'text "Interview with Rosa Whitlow: I was told in March that I have «lymphoma»."',
    'text "Course: swimming. My son has «asthma» and brings his spray."',
    'text "Anke Berger leitet den Chor nicht, sie fällt aus wegen «eines Bandscheibenvorfalls»."',
    'text "Bei mir wurde letztes Jahr «Zöliakie» diagnostiziert, seitdem schlafe ich schlecht."',
    'heading "Vendredi"\nlistitem "9 h 00 Point équipe"\nlistitem "15 h 30 «Dialyse»"',
    '[3] textbox "Worauf müssen wir im Zeltlager achten?" value "«nimmt Medikinet»"',
    '[6] radio "«Bisexual»" checked',
    '[4] radio "«Type 2 diabetes»" checked',
    '| "Salarié" | "Adhérent" | "Heures" |\n| "Claire Morin" | "«CFDT»" | "12" |',
    'term "Militante de"\ntext "«BNG»"',
    'text "Me condenaron por «hurto» en 2016."',
    'text "Unsere Tochter ist «gegen Erdnüsse allergisch»."',
)


@pytest.mark.parametrize("text", MATTERS)
def test_what_is_told_to_everybody_is_nobodys_whoever_is_named(text: str) -> None:
    assert not [hit for hit in RULES.scan(text) if hit.kind in ("health", "sensitive")]


@pytest.mark.parametrize("text", SOMEBODYS)
def test_what_somebody_is_said_to_have_or_to_be_is_private(text: str) -> None:
    assert covered(text) == marked(text)
