"""Check digits of cards, bank accounts and national ids. Functions take a number whose form is already right.

Sources: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN), the United States' rules for social security numbers of before 2011,
Germany's tax id (ISO 7064, mod 11,10) and number of pension insurance (VKVV, 4), Spain's DNI and NIE (mod 23), France's
NIR (mod 97), Italy's codice fiscale, Brazil's CPF (mod 11), Switzerland's AHV number (EAN-13), Germany's number of a
patient (KVNR), Ireland's PPSN (mod 23).
"""

from __future__ import annotations

IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL"), 18),
    **dict.fromkeys(("SI",), 19),
    **dict.fromkeys(("AT", "EE", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "IE"), 22),
    **dict.fromkeys(("AE", "GI"), 23),
    **dict.fromkeys(("CZ", "ES", "MD", "RO", "SA", "SE", "SK"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("AL", "CY", "HU", "LB", "PL"), 28),
    **dict.fromkeys(("BR", "UA"), 29),
    **dict.fromkeys(("MT",), 31),
}
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
CODICE_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def is_card(digits: str) -> bool:
    """A number of a card brand's beginning and length whose check digit is right."""
    first, two, four = digits[:1], int(digits[:2] or 0), int(digits[:4] or 0)
    length = len(digits)
    brand = (
        (first == "4" and length in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and length == 16)
        or (two in (34, 37) and length == 15)
        or ((four == 6011 or two in (64, 65)) and 16 <= length <= 19)
        or (3528 <= four <= 3589 and length == 16)
        or ((two in (36, 38, 39) or 300 <= int(digits[:3] or 0) <= 305) and length == 14)
    )
    return brand and luhn(digits)


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """`text` without spaces, in capitals, as long as its country's are."""
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def is_ssn(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def is_tax_id(digits: str) -> bool:
    """Germany's: eleven digits, one of the first ten twice or thrice."""
    if digits[0] == "0" or max(map(digits[:10].count, digits[:10])) not in (2, 3):
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[10])


def is_pension_number(text: str) -> bool:
    """Germany's: an area, a day of birth, a letter, a serial number and a digit that checks them."""
    digits = text[:8] + f"{ord(text[8]) - ord('A') + 1:02d}" + text[9:11]
    weighted = [int(digit) * weight for digit, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)]
    return sum(product // 10 + product % 10 for product in weighted) % 10 == int(text[11])


def is_dni(text: str) -> bool:
    """Spain's, also a foreigner's (X, Y or Z first)."""
    first = {"X": "0", "Y": "1", "Z": "2"}.get(text[0], text[0])
    return DNI_LETTERS[int(first + text[1:-1]) % 23] == text[-1]


def is_nir(digits: str) -> bool:
    """France's: sex, year, month, place, order and a key of two digits."""
    return 1 <= int(digits[3:5]) <= 42 and 97 - int(digits[:13]) % 97 == int(digits[13:])


def is_codice_fiscale(text: str) -> bool:
    total = 0
    for place, character in enumerate(text[:15]):
        value = int(character) if character.isdigit() else ord(character) - ord("A")
        total += value if place % 2 else CODICE_ODD[value]
    return chr(total % 26 + ord("A")) == text[15]


def is_niss(digits: str) -> bool:
    """Belgium's: a day of birth, a serial number, and what is left of 97 by them (with a 2 before it since 2000)."""
    return int(digits[9:]) in (97 - int(digits[:9]) % 97, 97 - int("2" + digits[:9]) % 97)


def is_cpf(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return True


def is_rut(text: str) -> bool:
    """Chile's, of a person (under fifty million): digits by 2 to 7 from the last on, and what is left of 11."""
    number, check = text[:-1], text[-1].upper()
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(number)))
    return int(number) < 50_000_000 and "0K987654321"[total % 11] == check


def is_ean(digits: str) -> bool:
    """Thirteen digits, every second of which counts thrice; Switzerland's number of the insured is one."""
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10 == 0


def is_kvnr(text: str) -> bool:
    """Germany's number of a patient: a letter and nine digits, the last of which checks the others."""
    digits = f"{ord(text[0]) - ord('A') + 1:02d}{text[1:9]}"
    weighted = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in weighted) % 10 == int(text[9])


def is_ppsn(text: str) -> bool:
    """Ireland's: seven digits, a letter that checks them and, since 2013, one more that counts nine times."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:7], range(8, 1, -1), strict=True))
    total += 9 * (ord(text[8]) - ord("A") + 1) if text[8:] not in ("", "W") else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == text[7]
