"""The words of synthetic pages: a small list of everyday English, and pseudo-words that mean nothing.

Most labels are made of pseudo-words, so that a model can only learn to copy them, never to remember them.
"""

from __future__ import annotations

from random import Random

_COMMON = """
    the of and to in is it for on with as at by from this that all any one two three four five six seven eight
    nine ten first second third fourth fifth last next each every other another same more most less least only
    also not no yes or then before after above below under over between beside near inside outside left right
    top bottom middle you your they their has have had was were will can could should would must may what where
    when which who how why name title user people person group team member owner author sender reader friend
    guest city country street state address phone mail message letter text word line list table row column cell
    page form field box item part piece date day week month year hour minute time today morning evening number
    amount price total sum count size width height length weight level score rank order kind class mode status
    color shape image picture photo red green blue yellow black white orange purple pink gray brown small large
    big little long short high low old new open close save load send share print copy move find search show hide
    add remove edit change set reset clear start begin finish done ready cancel accept submit choose pick use
    make take give get put keep let see look read write say tell ask answer call help work play run walk go come
    leave stay turn follow reply forward back home menu view about news sport music film book story game food
    water bread milk fruit apple house room door window wall floor garden road river mountain forest island lake
    sea sun moon star sky rain snow wind dog cat bird fish horse cow sheep tree flower leaf stone sand fire
    light dark cold warm hot cool soft hard fast slow happy sad good bad best worst true false free full empty
    rich poor safe simple easy plain main public private local information account profile password login
    register setting option result report detail summary comment review product store cart shop market bank card
    money cost sale offer gift ticket travel flight train bus car hotel trip doctor school teacher student
    lesson course office company job project task plan goal event meeting party holiday please contain contains
    contained equal equals starts end ends exactly named called labeled into button link tab checkbox radio
    slider icon heading paragraph
"""
COMMON = tuple(_COMMON.split())
ROLES = ("button", "link", "checkbox", "radio", "textbox", "tab", "menuitem", "combobox", "clickable", "option")
STATIC_ROLES = ("text", "heading", "cell", "label", "row", "image", "paragraph", "listitem")

_ONSETS = "b c d f g h j k l m n p r s t v w z bl br ch cl cr dr fl fr gr ph pl pr qu sh sl sn sp st th tr"
_VOWELS = "a e i o u ae ai ea ee ia ie io oa oo ou ui"
_CODAS = "b d g k l m n p r s t x ck ll nd ng nt rd rk rn rt sh ss st th"
ONSETS, VOWELS, CODAS = _ONSETS.split(), _VOWELS.split(), ["", "", "", *_CODAS.split()]


def pseudo_word(rng: Random) -> str:
    """One to four syllables, lower case."""
    parts = (rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(rng.choice((1, 1, 1, 2, 2, 3))))
    return "".join(parts)


def rare_name(rng: Random) -> str:
    """A capitalized name of two to nine random letters, which can only be copied."""
    few = rng.sample("abcdefghijklmnopqrstuvwxyz", rng.randint(3, 6))
    return "".join(rng.choice(few) for _ in range(rng.randint(2, 9))).capitalize()


def word(rng: Random) -> str:
    return rng.choice(COMMON) if rng.random() < 0.5 else pseudo_word(rng)


def cased(rng: Random, text: str) -> str:
    style = rng.random()
    if style < 0.4:
        return text
    return text.title() if style < 0.7 else (text.capitalize() if style < 0.9 else text.upper())


def number(rng: Random) -> str:
    """Digits as pages show them: counts, prices, dates, phone numbers."""
    kind = rng.randrange(6)
    if kind < 2:
        return str(rng.randrange(10 ** rng.randint(1, 4)))
    if kind == 2:
        return f"${rng.randrange(1000)}.{rng.randrange(100):02d}"
    if kind == 3:
        return f"{rng.randint(1, 12):02d}/{rng.randint(1, 28):02d}/{rng.randint(1990, 2030)}"
    if kind == 4:
        return f"{rng.randint(0, 23)}:{rng.randrange(60):02d}"
    return "-".join(str(rng.randrange(100, 1000)) for _ in range(2))


def label(rng: Random) -> str:
    """A random name of an element: words, a number, an address, a handle, or random characters."""
    kind = rng.random()
    if kind < 0.12:
        return rare_name(rng)
    if kind < 0.72:
        return cased(rng, " ".join(word(rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))))
    if kind < 0.82:
        return number(rng)
    if kind < 0.88:
        return f"{pseudo_word(rng)}@{pseudo_word(rng)}.{rng.choice(('com', 'org', 'net'))}"
    if kind < 0.94:
        return "@" + pseudo_word(rng)
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 6)))


def hint(rng: Random) -> str:
    """What a page shows of an element without a name: `#id` or `.class`, of one or two words."""
    parts = [word(rng) for _ in range(rng.choice((1, 1, 2)))]
    return "#" + "-".join(parts) if rng.random() < 0.5 else "".join(f".{part}" for part in parts)


def sentence(rng: Random) -> str:
    return cased(rng, " ".join(word(rng) for _ in range(rng.randint(3, 9)))).capitalize() + rng.choice((".", "", "!"))
