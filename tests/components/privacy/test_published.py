"""Published numbers are nobody's; accounts of bodies are public; keys and codes of locks are found by how they look."""

from __future__ import annotations

import pytest

from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors

SCAN = Detectors(PrivacyConfig()).scan_now


@pytest.mark.parametrize(
    "text",
    [
        'heading "Test cards"\ntext "5555 5555 5555 4444"',
        '| "4242 4242 4242 4242" | "Succeeds" |',
        'listitem "4111 1111 1111 1111 : acceptée"',
        'text "Association Rivières vivantes, IBAN FR14 2004 1010 0505 0001 3M02 606"',
        'text "Invoice of Larch Print Ltd, IBAN IE29 AIBK 9311 5212 3456 78, ref 2231"',
        '[9] textbox "Sort code" value "20-11-47"',
        'text "Störung melden: Zentrale der Stadtwerke, Tel. 0341 9476-0, rund um die Uhr"',
        'listitem "Plaza Nueva 6, tel. 956 11 91 40, hasta las 22 h"',
        'text "Zum Wahlprogramm 2027"',
        '[12] textbox "Trajet domicile-travail" value "14 km"',
    ],
)
def test_samples_bodies_and_services_are_nobodys(text: str) -> None:
    assert SCAN(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('text "Card on file: 4242 4242 4242 4242"', "4242 4242 4242 4242"),
        ('[3] textbox "Card number" value "4242 4242 4242 4242"', "4242 4242 4242 4242"),
        (
            'text "Lastschrift an Turnverein Lage, IBAN DE89 3704 0044 0532 0130 00"',
            "DE89 3704 0044 0532 0130 00",
        ),
        ('text "Der Schlüssel liegt im Tresor neben der Haustür, Code 4402."', "4402"),
        ('text "Pour entrer dans la résidence, tapez 6288 au digicode"', "6288"),
        ('text "La caja fuerte del armario es 9024"', "9024"),
        ('[3] textbox "Signierschlüssel für Anmeldung" value "297acf152d3ce34a"', "297acf152d3ce34a"),
        ('text "whsec_4fK9sLq0ZxVb72NmPrTyWdEa"', "whsec_4fK9sLq0ZxVb72NmPrTyWdEa"),
        ('text "Recovery phrase: orbit canyon velvet hammer lemon puzzle"', "orbit canyon velvet hammer lemon puzzle"),
        (
            'text "Vive en Urbanización Los Olivos, chalet 131, 29630 Benalmádena"',
            "Urbanización Los Olivos, chalet 131, 29630 Benalmádena",
        ),
    ],
)
def test_what_is_somebodys_stays_private(text: str, value: str) -> None:
    start = text.index(value)
    assert any(hit.start <= start and start + len(value) <= hit.end for hit in SCAN(text))
