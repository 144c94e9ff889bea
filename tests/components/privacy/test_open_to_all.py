"""Mailboxes of roles, examples in code and fields, lists of branches and routes: public, and what is like them not."""

from __future__ import annotations

import pytest

from tests.components.privacy.marked import RULES, covered, marked

NOBODYS = (
    '[3] textbox "you@company.com"',
    '[3] textbox "z. B. vorname.nachname@firma.de" value ""',
    '[4] textbox "06 12 34 56 78"',
    '[6] textbox "31/12/1990"',
    'code "name,email,phone Jane Doe,jane.doe@example.com,555-0100"',
    'code "card_number: 4242424242424242, exp: 12/34, cvc: 123"',
    'text "customer-support@shop.com, support-eu@shop.com, info.berlin@praxis.de, atencioncliente@hotel.es"',
    'text "service.clients@boutique.fr, nordlicht-kontakt@nordlicht.de, no-responder@banco.es, ne-pas-repondre@b.fr"',
    'text "git@github.com:acme/site.git, 49699333+bot@users.noreply.github.com"',
    'table "Our branches"\n  | "Town" | "Address" | "Telephone" |\n'
    '  | "Leeds" | "14 Park Row, Leeds LS1 5HD" | "0113 496 0110" |',
    '| "Filiale" | "Anschrift" | "Telefon" |\n| "Ulm" | "Neue Straße 40, 89073 Ulm" | "0731 555 01 10" |',
    'heading "Kontakt"\ntext "Tel. 0731 555 01 10"\ntext "Fax 0731 555 01 11"',
    'text "Impressum"\ntext "Tel.: 0731 5550110"',
    'article "Harbour Books"\n  text "4.6 (212 reviews)"\n'
    '  text "12 Quay Street, Bristol BS1 4DJ"\n  text "0117 496 0123"',
    'listitem "Nach 300 m links abbiegen auf Hauptstraße 12"',
    'text "Agences : Lyon 04 78 42 11 22, Metz 03 87 55 01 30"',
    'text "Retouren an: Modehaus Lindner Retourenabteilung, Industriestraße 7, 89073 Ulm"',
    'text "Escritora gallega, nacida el 24 de febrero de 1837 en Santiago."',
    'text "Frida Kahlo (6 July 1907 – 13 July 1954) was a painter"',
    'text "Teilnehmen kann, wer vor dem 01.01.2008 geboren ist"',
)
SOMEBODYS = (
    '[3] textbox "Email" value "«john.doe@example.com»"',
    '[3] textbox "Phone" value "«0151 23456789»"',
    'text "Signed in as «jane.doe@northwind.com», reply to «tomas.ruiz@example.com»"',
    'text "«sarah.service@gmail.com» and «support.tom.bauer@gmx.de» and «m.presse@web.de»"',
    'table "Staff by office"\n  | "Name" | "Office" | "Mobile" |\n  | "Anna Keller" | "Leeds" | "«07700 900123»" |',
    'table "Our branches"\n  | "Member" | "Telephone" |\n  | "Leeds" | "«0113 496 0110»" |',
    'heading "My profile"\ntext "Phone: «0113 496 0110»"',
    'text "Turn left at the church, I live at «12 Mill Lane, Leeds LS10 1AB»"',
    'text "nacida el «24 de febrero de 1987»"',
)


@pytest.mark.parametrize("page", NOBODYS)
def test_what_everybody_may_know_or_nobody_has_is_not_private(page: str) -> None:
    assert RULES.scan(page) == []


@pytest.mark.parametrize("page", SOMEBODYS)
def test_what_is_somebodys_stays_private(page: str) -> None:
    assert covered(page) == marked(page)
