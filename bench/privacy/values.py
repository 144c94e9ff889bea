"""Made-up private values with correct check digits: numbers from a seed, names and the like from a list."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.privacy.checksums import DNI_LETTERS, is_iban, is_tax_id, luhn

LINES = Path(__file__).with_name("lines")
SEEN = LINES / "seen-1.yaml"
LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@cache
def read(path: Path) -> dict[str, Any]:
    """Lists of values, and by class and language lines, of one file."""
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


class Values:
    """Values of one language, by class.

    Args:
        lists: files with names, streets and the like under `values`; a later one's in the place of an earlier one's.
    """

    def __init__(self, language: str, seed: object, *, lists: Sequence[Path] = (SEEN,)) -> None:
        self.language, self._random = language, random.Random(f"{language} {seed}")
        self._lists: dict[str, list[str]] = {}
        for words in lists:
            self._lists |= read(words).get("values", {}).get(language, {})

    def _one_of(self, name: str) -> str:
        return self._random.choice(self._lists[name])

    def of(self, kind: str) -> str:
        """A value of a class, of a kind of its own (`hexkey`), or of a list, whose signs `like` explains."""
        make: Callable[[], str] | None = getattr(self, kind, None)
        return make() if make else self.like(self._one_of(kind))

    def like(self, pattern: str) -> str:
        """Text in which # became a digit, @ a capital letter, ~ a letter or digit, {w} a word."""
        kinds = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTVWXYZ", "~": LETTERS}
        filled = "".join(self._random.choice(kinds.get(letter, letter)) for letter in pattern)
        return re.sub(r"\{w\}", lambda _: self.word(), filled)

    def name(self) -> str:
        return f"{self._one_of('first')} {self._one_of('last')}"

    def word(self) -> str:
        return self._one_of("words")

    def digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))

    def hex(self) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=12))

    def email(self) -> str:
        spelt = unicodedata.normalize("NFKD", self.name().lower()).encode("ascii", "ignore").decode()
        first, last = re.sub("[^a-z ]", "", spelt).split(" ", 1)
        last = last.replace(" ", "")
        host = self._random.choice(("example.org", "mail.example.net", "post.example.com"))
        return self._random.choice((f"{first}.{last}@{host}", f"{first[0]}{last}{self.digits(2)}@{host}"))

    def phone(self) -> str:
        return self.like(self._one_of("phones").format(n=self.digits(3)))

    def address(self) -> str:
        return self._one_of("streets").format(n=self._random.randint(2, 180))

    def birth_date(self) -> str:
        return self._one_of("birth").format(d=self._random.randint(10, 28), y=self._random.randint(1941, 2004))

    def national_id(self) -> str:
        if self.language == "en":
            return f"{self._random.randint(101, 665)}-{self._random.randint(10, 99)}-{self._random.randint(1001, 9999)}"
        if self.language == "es":
            number = self.digits(8)
            return number + DNI_LETTERS[int(number) % 23]
        if self.language == "fr":
            number = self.like("1##") + f"{self._random.randint(1, 12):02d}" + self.like("5#######")
            key = f"{97 - int(number) % 97:02d}"
            spaced = f"{number[0]} {number[1:3]} {number[3:5]} {number[5:7]} {number[7:10]} {number[10:]} {key}"
            return self._random.choice((number + key, spaced))
        while True:
            digits = [*self._random.sample("0123456789", 9)]
            digits.insert(self._random.randrange(1, 9), digits[0])
            for last in "0123456789":
                number = "".join(digits) + last
                if is_tax_id(number):
                    return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"

    def pension(self) -> str:
        """Germany's number of pension insurance (VKVV, paragraph 4): its last digit checks the others."""
        area, letter = self._random.randint(10, 65), self._random.choice("ABCDEFGHKLMNPRSTW")
        born = f"{self._random.randint(1, 28):02d}{self._random.randint(1, 12):02d}{self.digits(2)}"
        serial = self.digits(2)
        digits = f"{area}{born}{ord(letter) - 64:02d}{serial}"
        weighted = (
            int(digit) * weight for digit, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
        )
        check = sum(product // 10 + product % 10 for product in weighted) % 10
        return f"{area} {born} {letter} {serial}{check}"

    def nhs(self) -> str:
        """England's number of a patient: the last of ten digits checks the others by 11."""
        while True:
            number = self.like("4########")
            check = -sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=True)) % 11
            if check < 10:
                return f"{number[:3]} {number[3:6]} {number[6:]}{check}"

    def ahv(self) -> str:
        """Switzerland's number of the insured: thirteen digits, checked as an EAN is."""
        number = self.like("756#########")
        check = -sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(number)) % 10
        return f"{number[:3]}.{number[3:7]}.{number[7:11]}.{number[11:]}{check}"

    def kvnr(self) -> str:
        """Germany's number of a patient (KVNR): a letter and nine digits, the last of which checks the others."""
        letter, number = self._random.choice("ABCDEFGHJKLMNPRSTW"), self.digits(8)
        weighted = [int(digit) * (1 + at % 2) for at, digit in enumerate(f"{ord(letter) - 64:02d}{number}")]
        return f"{letter}{number}{sum(product // 10 + product % 10 for product in weighted) % 10}"

    def nie(self) -> str:
        """Spain's number of a foreigner, whose letter checks its digits."""
        first, number = self._random.choice("012"), self.digits(7)
        return f"{'XYZ'[int(first)]}{number}{DNI_LETTERS[int(first + number) % 23]}"

    def affiliation(self) -> str:
        """Spain's number of social security: province, eight digits, and the remainder of these ten by 97."""
        number = f"{self._random.randint(1, 50):02d}{self.like('1#######')}"
        check = f"{int(number) % 97:02d}"
        return self._random.choice((number + check, f"{number[:2]} {number[2:]} {check}"))

    def austrian(self) -> str:
        """Austria's number of the insured: three digits, one that checks the others by 11, a date of birth."""
        born = f"{self._random.randint(1, 28):02d}{self._random.randint(1, 12):02d}{self.digits(2)}"
        while True:
            serial = f"{self._random.randint(100, 999)}"
            weights = (3, 7, 9, 5, 8, 4, 2, 1, 6)
            check = sum(int(digit) * weight for digit, weight in zip(serial + born, weights, strict=True)) % 11
            if check < 10:
                return f"{serial}{check} {born}"

    def sin(self) -> str:
        """Canada's number of social insurance: nine digits, checked as a card's are."""
        body = self.like("5#######")
        number = next(body + last for last in "0123456789" if luhn(body + last))
        return f"{number[:3]} {number[3:6]} {number[6:]}"

    def taxpayer(self) -> str:
        """France's number of a taxpayer (SPI): its last three digits are the remainder of the others by 511."""
        number = self.like("0#########")
        return f"{number}{int(number) % 511:03d}"

    def card(self) -> str:
        start = self._random.choice(("4", "51", "2720"))
        body = start + self.digits(15 - len(start))
        number = next(body + last for last in "0123456789" if luhn(body + last))
        separator = self._random.choice((" ", "-", ""))
        return separator.join(number[at : at + 4] for at in range(0, 16, 4))

    def bank(self) -> str:
        country, length = {"en": ("GB", 22), "de": ("DE", 22), "es": ("ES", 24), "fr": ("FR", 27)}[self.language]
        letters = "WEST" if country == "GB" else ""
        body = letters + self.digits(length - 4 - len(letters))
        number = next(candidate for check in range(2, 99) if is_iban(candidate := f"{country}{check:02d}{body}"))
        if self._random.random() < 0.5:
            return number
        return " ".join(number[at : at + 4] for at in range(0, length, 4))

    def key(self) -> str:
        tail = "".join(self._random.choices(LETTERS, k=36))
        return self._random.choice(("sk-", "ghp_", "glpat-", "hf_")) + tail

    def hexkey(self) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=self._random.choice((32, 40))))

    def blob(self) -> str:
        return "".join(self._random.choices(LETTERS + "-_", k=40))

    def jwt(self) -> str:
        return "eyJhbGciOiJIUzI1NiJ9.eyJ" + self.blob() + "." + self.blob()

    def cloud(self) -> str:
        return self.like("AKIA" + "@#@@" * 4)

    def code(self) -> str:
        return self.digits(6)

    def password(self) -> str:
        body = "".join(self._random.choices(LETTERS, k=self._random.randint(5, 9)))
        return body + self._random.choice("!?$%&") + self.digits(2)

    def pin(self) -> str:
        return self.digits(4)

    def health(self) -> str:
        return self._one_of("illness")

    def sensitive(self) -> str:
        return self._one_of("sensitive")
