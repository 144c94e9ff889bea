"""The same step on a page with other references and other names: what makes a tiny student look instead of remember.

Ours, not the paper's. A thousand steps of fifty tasks are soon learnt by heart (measured: see docs/log.md): which
reference the button usually has, which names there are. A variant renumbers the references and replaces words that
goal, page and action share by made-up ones, everywhere at once, so that what remains to be learnt is the relation.
Words that stand unquoted on the page or in the action (roles, states, hints, verbs) keep their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from components.models.lessons.words import pseudo_word

TEXTS = ("prompt_intent", "history", "observation", "reason", "action")
READ = ("notes", "heading", "notice")
"""Of a student that reads them."""
WORDS_REPLACED = 0.6
"""Share of the words of a page and of a goal that a variant replaces."""
_CONNECTIVES = "a an and are as at by for from if in into is it not of on or that the then this to with"
CONNECTIVES = frozenset(_CONNECTIVES.split())

_PRINTED_REF = re.compile(r"(?:^[ ]*|\| |(?<= ))\[(\d+)\](?= )", re.MULTILINE)
_SAID_REF = re.compile(r"\[(\d+)\]")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])")


def variant(row: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    """The example with other references and other names; equal names stay equal, also in another case."""
    texts = {name: row[name] or "" for name in (*TEXTS, *READ) if name in row}
    renumber = _renumbering(texts["observation"], rng)
    rename = _renaming(texts, rng)
    out = {name: rename(text) if name == "prompt_intent" else renumber(rename(text)) for name, text in texts.items()}
    return {**row, **out}


def _renumbering(page: str, rng: Random) -> Callable[[str], str]:
    refs = sorted({int(number) for number in _PRINTED_REF.findall(page)})
    if rng.random() < 0.5:
        room = max(100, 2 * len(refs) + 1)
        numbers = rng.sample(range(1, room), len(refs))
        if rng.random() < 0.5:
            numbers.sort()
    else:
        shift = rng.randrange(60)
        numbers = [ref + shift for ref in refs]
    new = dict(zip(refs, numbers, strict=True))

    def renumber(text: str) -> str:
        unquoted: list[str] = []
        end = 0
        for quoted in _QUOTED.finditer(text):  # a name may hold brackets of its own
            unquoted += (_renumbered(text[end : quoted.start()], new), quoted[0])
            end = quoted.end()
        return "".join((*unquoted, _renumbered(text[end:], new)))

    return renumber


def _renumbered(text: str, new: Mapping[int, int]) -> str:
    return _SAID_REF.sub(lambda match: f"[{new.get(int(match[1]), int(match[1]))}]", text)


def _renaming(texts: Mapping[str, str], rng: Random) -> Callable[[str], str]:
    page = texts["observation"]
    quoted = {word.lower() for part in _QUOTED.findall(page + texts["action"]) for word in _WORD.findall(part)}
    fixed = {word.lower() for word in _WORD.findall(_QUOTED.sub('""', f"{page}\n{texts['action']}"))} | CONNECTIVES
    new = {word: pseudo_word(rng) for word in sorted(quoted - fixed) if rng.random() < WORDS_REPLACED}

    def rename(text: str) -> str:
        return _WORD.sub(lambda match: _cased_like(match[0], new.get(match[0].lower(), match[0])), text)

    return rename


def _cased_like(model: str, word: str) -> str:
    if model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
