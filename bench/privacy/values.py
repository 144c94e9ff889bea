"""Made-up private values, right in every check digit and nobody's: numbers from a seed, names from a list."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import cast

from components.privacy.checksums import DNI_LETTERS, is_iban, is_tax_id, luhn
from components.privacy.hits import Kind

FIRST = {
    "en": ("Alice", "Tom", "Grace", "Oliver", "Ruth", "Neil"),
    "de": ("Jürgen", "Anke", "Heike", "Lars", "Ute", "Bernd"),
    "es": ("Lucía", "Pablo", "Inés", "Álvaro", "Marta", "Íñigo"),
}
LAST = {
    "en": ("Harper", "Stone", "Wells", "Carver", "Lang", "Moss"),
    "de": ("Weiß", "Krüger", "Vogt", "Lindner", "Busch", "Ahrens"),
    "es": ("García", "Núñez", "Vidal", "Ortega", "Peña", "Robles"),
}
WORDS = ("lamp", "kettle", "bicycle", "scarf", "notebook", "garden", "mirror", "violin")
STREETS = {
    "en": (
        "{n} Maple Street",
        "{n} Old Mill Road, Dover",
        "{n} W. Lake Avenue, Apt 4",
        "{n} Church Lane, Leeds LS1 4AB",
    ),
    "de": ("Gartenstraße {n}", "Am Mühlbach {n}, 24103 Kiel", "Hauptstr. {n}", "Rosenweg {n}, 80331 München"),
    "es": ("Calle del Olmo {n}", "Avenida de la Paz, {n}", "Plaza San Juan {n}, 46001 Valencia", "Paseo del Prado {n}"),
}
BIRTH = {
    "en": ("{d} May {y}", "March {d}, {y}", "{y}-07-{d}", "{d}/11/{y}"),
    "de": ("{d}.05.{y}", "{d}. März {y}", "{d}.11.{y}"),
    "es": ("{d} de mayo de {y}", "{d}/11/{y}", "{d}-03-{y}"),
}
ILLNESS = {
    "en": ("type 2 diabetes", "depression", "epilepsy", "breast cancer", "asthma", "hepatitis C", "bipolar disorder"),
    "de": ("Diabetes", "Depression", "Epilepsie", "Brustkrebs", "Migräne", "Multiple Sklerose", "Angststörung"),
    "es": ("diabetes", "depresión", "epilepsia", "cáncer de mama", "asma", "esclerosis múltiple", "hipertensión"),
}
SENSITIVE = {
    "en": ("Catholic", "Muslim", "Roma", "Labour party", "bisexual", "two counts of theft", "Sikh"),
    "de": ("evangelisch", "muslimisch", "Roma", "Die Grünen", "homosexuell", "Diebstahl 2009", "jüdisch"),
    "es": ("católica", "musulmana", "gitana", "socialista", "homosexual", "hurto en 2009", "judía"),
}
LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Values:
    """Values of one language, by class."""

    def __init__(self, language: str, seed: object) -> None:
        self.language, self._random = language, random.Random(f"{language} {seed}")

    def of(self, kind: Kind) -> str:
        return cast("Callable[[], str]", getattr(self, kind))()

    def name(self) -> str:
        return f"{self._random.choice(FIRST[self.language])} {self._random.choice(LAST[self.language])}"

    def word(self) -> str:
        return self._random.choice(WORDS)

    def digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))

    def hex(self) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=12))

    def email(self) -> str:
        first, last = self.name().lower().translate(str.maketrans("áéíóúñüßå", "aeiounusa")).split()
        host = self._random.choice(("example.org", "mail.example.net", "post.example.com"))
        return self._random.choice((f"{first}.{last}@{host}", f"{first[0]}{last}{self.digits(2)}@{host}"))

    def phone(self) -> str:
        end = self.digits(3)
        numbers = {
            "en": (f"+1 202 555 0{end}", f"(212) 555-0{end}", f"+44 7700 900{end}", f"020 7946 0{end}"),
            "de": (f"+49 30 23125 {end}", f"0171 3920 {end}", f"030/23125{end}", f"0049 69 90009 {end}"),
            "es": (f"+34 612 345 {end}", f"612 345 {end}", f"91 123 4{end}", f"+34 91 1234 {end}"),
        }
        return self._random.choice(numbers[self.language])

    def address(self) -> str:
        return self._random.choice(STREETS[self.language]).format(n=self._random.randint(2, 180))

    def birth_date(self) -> str:
        form = self._random.choice(BIRTH[self.language])
        return form.format(d=self._random.randint(10, 28), y=self._random.randint(1941, 2004))

    def national_id(self) -> str:
        if self.language == "en":
            return f"{self._random.randint(101, 665)}-{self._random.randint(10, 99)}-{self._random.randint(1001, 9999)}"
        if self.language == "es":
            number = self.digits(8)
            return number + DNI_LETTERS[int(number) % 23]
        while True:
            digits = [*self._random.sample("0123456789", 9)]
            digits.insert(self._random.randrange(1, 9), digits[0])
            for last in "0123456789":
                number = "".join(digits) + last
                if is_tax_id(number):
                    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"

    def card(self) -> str:
        start = self._random.choice(("4", "51", "2720"))
        body = start + self.digits(15 - len(start))
        number = next(body + last for last in "0123456789" if luhn(body + last))
        separator = self._random.choice((" ", "-", ""))
        return separator.join(number[at : at + 4] for at in range(0, 16, 4))

    def bank(self) -> str:
        country, length = {"en": ("GB", 22), "de": ("DE", 22), "es": ("ES", 24)}[self.language]
        letters = "WEST" if country == "GB" else ""
        body = letters + self.digits(length - 4 - len(letters))
        number = next(each for check in range(2, 99) if is_iban(each := f"{country}{check:02d}{body}"))
        if self._random.random() < 0.5:
            return number
        return " ".join(number[at : at + 4] for at in range(0, length, 4))

    def key(self) -> str:
        tail = "".join(self._random.choices(LETTERS, k=36))
        return self._random.choice(("sk-", "ghp_", "glpat-", "hf_")) + tail

    def code(self) -> str:
        return self.digits(6)

    def password(self) -> str:
        body = "".join(self._random.choices(LETTERS, k=self._random.randint(5, 9)))
        return body + self._random.choice("!?$%&") + self.digits(2)

    def health(self) -> str:
        return self._random.choice(ILLNESS[self.language])

    def sensitive(self) -> str:
        return self._random.choice(SENSITIVE[self.language])
