"""Notices, news, animals, works and packages: public, and what is like them not."""

from __future__ import annotations

import pytest

from tests.components.privacy.marked import RULES, covered, marked

EVERYBODYS = (
    'code "npm install vitest@1.6.0 @types/jest@29.5.1"',
    'code "uses: docker/login-action@v3.1.0"',
    'code "ssh -p 22 backup@vault.northwind.net"',
    'text "Boost us: @harbourchoir@chaos.social"',
    'text "Icons: tile@2x.png, choir-unsubscribe@lists.harbour.org"',
    'contentinfo\n  text "Huber Holzbau, franz.huber@t-online.de"',
    'heading "Zimmerei Stark"\ntext "Mühlgasse 8, 83022 Rosenheim"\ntext "08031 55 01 10"',
    'text "Single-storey extension at 9 Pine Grove, York YO31 8AB. Objections by 3 June."',
    'text "Umbau und Sanierung: Talstraße 12, 72072 Tübingen"',
    'text "Vide-grenier dimanche, 14 rue du Moulin, dès 8 h"',
    'text "Rastrillo benéfico, calle Olmo 7, sábado de 10 a 14"',
    'listitem "99 River Street (1954), drama, 88 min"',
    'heading "31 Alder Avenue, Perth"\ntext "Two bathrooms, three bedrooms, garden"',
    '| "Arrêt" | "Adresse" | "Heure" |\n| "Gare" | "3 rue Basse, 74000 Annecy" | "8 h 10" |',
    'text "Bitte schreiben Sie an info@zimmerei-stark.de oder rufen Sie an: 08031 55 01 10"',
    'text "Roof repairs, no job too small, free quotes, 01904 550 110"',
    'text "Tel: +44 20 7946 0100 Fax: +44 20 7946 0101"',
    'text "Boxerhündin Kira, geboren am 04.02.2022, kastriert und gechipt"',
    '| "Name" | "Geboren" | "Rasse" |\n| "Kira" | "04.02.2022" | "Boxer" |',
    'text "Our red wolf cub was born on 2 May 2023. Visit her from Monday."',
    '| "Player" | "Date of birth" | "Caps" |\n| "Ida Lund" | "3 May 1996" | "12" |',
    'term "Born"\ntext "3 May 1961"\nterm "Genres"\ntext "Folk"',
    'text "The brewery was born on 2 May 1988 in a barn."',
    'text "Am 3. Mai ist Marx’ Geburtstag, Eintritt ins Museum frei"',
    'text "A PPS number has seven digits and one or two letters, like 1234567T."',
    'text "RFC: LUM990412QK3, CUIT 30-50001091-2"',
)
SOMEBODYS = (
    'text "Write to «franz.huber@t-online.de», Franz"',
    'contentinfo\n  text "Signed in as «ida.lund@example.com», your account"',
    'text "We moved to «9 Pine Grove, York YO31 8AB», come round"',
    'text "Parada 3: familia Rey, «calle Olmo 7»"',
    '| "Stop" | "Guest" | "Pick-up" |\n| "2" | "Ida Lund" | "«31 Alder Avenue, Perth PH1 2AB»" |',
    'term "Urgence"\ntext "Mère : «06 39 98 11 22»"',
    'text "The plumber comes at nine, he should ring «07700 900417» first"',
    'text "Ida, born «2 May 2016», is allergic to dogs"',
    'text "Rider: Ida Lund, born «2 May 2009», horse: Comet"',
    'text "Owner: Ida Lund, born «2 May 1990», dog: Rex"',
    'text "Age check passed «14 Feb 1991», as on the document shown to driver"',
    'text "Altersprüfung: «14.02.1991»"',
    '| "Player" | "Date of birth" | "Pass" |\n| "Ida Lund" | "«3 May 2012»" | "44" |',
    'text "Your PPS number is «1234567T»"',
    'text "CUIL «20-12345678-6»"',
    'text "Gepäck: Marke «G-417» bitte vorzeigen"',
    'heading "Abholung"\nterm "À présenter au guichet"\ntext "«QK-318»"',
    'text "Familie Egger, «Dorf 41, 6883 Au»"',
)


@pytest.mark.parametrize("page", EVERYBODYS)
def test_what_is_told_to_everybody_or_is_born_without_being_somebody_is_not_private(page: str) -> None:
    assert RULES.scan(page) == []


@pytest.mark.parametrize("page", SOMEBODYS)
def test_what_looks_like_a_notice_and_is_somebodys_is_found(page: str) -> None:
    assert covered(page) == marked(page)
