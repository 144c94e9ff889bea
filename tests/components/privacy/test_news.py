"""What newspapers, tables of votes and offers tell of beliefs and deeds; and what people do that shows theirs."""

from __future__ import annotations

import pytest

from tests.components.privacy.marked import RULES, covered, marked

TOLD_TO_ALL = (
    'text "Labour leader Megan Holt said the party would scrap the levy. Conservatives accused her of a U-turn."',
    'text "The Republican majority leader said the vote could come on Monday. Democrats objected."',
    'text "Bürgermeister Karl Hofer (CSU) übergab den Schlüssel."',
    'text "El alcalde de Zamora, Luis Prieto, del PP, inauguró la biblioteca."',
    'text "Le conseiller municipal Marc Dubois (EELV) a voté contre."',
    'table "Sondeo, mayo"\n  | "Partido" | "%" |\n  | "PSOE" | "29,8" |',
    '| "Élu" | "Groupe" |\n| "Claire Morel" | "PS" |',
    '| "Name" | "Partei" | "Wahlkreis" |\n| "Sabine Krall" | "CDU" | "Kiel" |',
    '| "Offence" | "2024" | "2025" |\n| "Burglary" | "1,204" | "1,118" |',
    'text "Jury finds nurse not guilty of manslaughter"',
    'text "Ex-minister jailed for three years for fraud"',
    'text "Le tribunal condamne un promoteur à 18 mois de prison pour escroquerie."',
    'text "Absuelto el exalcalde acusado de prevaricación"',
    'text "Martin Oakley, convicted of murder in 1911, was hanged at Wandsworth."',
    'listitem "Parroquia de Santa Clara: sábados, 19 h"',
    'text "Menú halal o kosher disponible bajo petición"',
    'text "Ob schwul, lesbisch, bi oder trans: alle sind willkommen."',
    'text "Jetzt Mitglied werden: IG BCE, Beitrag ein Prozent vom Brutto"',
    'text "UNISON: join online in five minutes."',
    'text "He was the first Catholic president of the republic."',
    'text "LGBT history month: talks, films and a walking tour"',
)
OF_ONE = (
    'text "Ann Lee asked for 19 March off for «Eid»."',
    'text "Urlaubsantrag Elif Kaya, 20.3., Grund: «Zuckerfest»"',
    'text "Congé demandé par Sarah Azoulay le 23 septembre : «Kippour»"',
    'listitem "Tom Birch, 14 Mill Row, voted «Reform» last time, wants a leaflet"',
    'text "Visita puerta a puerta: la señora Peña votará a «Sumar»."',
    'text "Ann joined the group «Gay Parents Bristol»."',
    'heading "Meine Gruppen"\nlistitem "«Schwule Väter Hamburg»"\nlistitem "Kleingarten Süd"',
    'text "I came out as «gay» to my parents last night."',
    "text \"I'm an «atheist» and my daughter's school makes her pray.\"",
    "text \"School application for Daniel O'Hare, baptised «Catholic», St Anne's parish\"",
    'text "Room 3, Samuel Tesfay, «Eritrean Orthodox»"',
    'text "Ana Ruiz pide librar los días festivos de su confesión («ortodoxa rumana»)."',
    'heading "Casier"\ntext "Candidat : Marc Leroy"\ntext "Condamnation en 2016 pour «vol avec effraction»"',
    'text "Marco wurde 2019 verurteilt wegen «Diebstahls»."',
    'text "Convicted of «theft», 2019"',
)


@pytest.mark.parametrize("text", TOLD_TO_ALL)
def test_what_is_told_of_many_or_of_nobody_named_is_public(text: str) -> None:
    assert [hit for hit in RULES.scan(text) if hit.kind == "sensitive"] == []


@pytest.mark.parametrize("text", OF_ONE)
def test_what_somebody_does_shows_what_he_believes(text: str) -> None:
    assert covered(text) == marked(text)
