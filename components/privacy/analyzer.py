"""A detector of one's own that says where in a text something private stands, by the protocol of Presidio Analyzer.

`symbiont serve-model` speaks it for a reader (`components.models.reader`), and so does Presidio's own server. A text
counts as private if the answer cannot be read, comes too late, or does not come at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from components.endpoints.wire import Wire
from components.errors import InfraError, InputError
from components.privacy.config import Analyzer
from components.privacy.hits import KINDS, Hit, Kind, Source

KIND_OF: dict[str, Kind] = {
    **{kind.upper(): kind for kind in KINDS},
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "bank",
    "US_BANK_NUMBER": "bank",
    "NRP": "sensitive",
}
"""Our class for an analyzer's. What else Presidio names (people, places, dates, web addresses) is not private alone."""
NEVER_DOUBTED: tuple[Source, ...] = ("form", "own list")
_OF_A_COUNTRY = re.compile(r"[A-Z]{2}_[A-Z_]+")
"""Such as US_SSN or ES_NIF: a national id."""


class _Place(BaseModel):
    """What an analyzer says of one place in a text. Its explanations are not read."""

    model_config = ConfigDict(extra="ignore")

    entity_type: str
    start: int = Field(ge=0)
    end: int
    score: float = Field(ge=0, le=1)


_PLACES = TypeAdapter(list[_Place])


class AnalyzerDetector:
    """Asks for the private places of a text."""

    def __init__(self, config: Analyzer) -> None:
        self._config = config
        self.version = f"analyzer {config.base_url} {config.threshold:g} {config.doubt:g}"

    async def scan(self, text: str, *, known: Sequence[Hit] = ()) -> tuple[Hit, ...]:
        """Its hits and the rules' (`known`), which may overlap, in the order of the text.

        Where there is no answer that can be read, one of the whole text and the rules'. What the rules find on a line
        without a place of score `doubt` is `doubted`.
        """
        try:
            places = await self._ask(text)
        except (TimeoutError, InfraError, InputError, ValueError):
            return (*known, Hit(start=0, end=len(text), kind="other", source="no verdict"))
        hits = [
            Hit(start=place.start, end=place.end, kind=kind, source="analyzer")
            for place in places
            if place.score >= self._config.threshold and (kind := _kind(place.entity_type))
        ]
        lines = {line for place in places for line in _lines(text, place.start, place.end)}
        doubts = [
            self._config.doubt > 0
            and hit.source not in NEVER_DOUBTED
            and lines.isdisjoint(_lines(text, hit.start, hit.end))
            for hit in known
        ]
        kept = [replace(hit, source="doubted") if doubt else hit for hit, doubt in zip(known, doubts, strict=True)]
        return tuple(sorted({*hits, *kept}))

    async def check(self) -> None:
        """Asks about a made-up text before a run.

        Raises:
            InputError: no answer that can be read: then all texts of a run would count as private.
        """
        config = self._config
        try:
            await self._ask("The library opens at nine.")
        except (TimeoutError, InfraError, InputError, ValueError) as error:
            raise InputError(
                "the analyzer gives no answer, and everything it is asked about would stay at home: "
                f"{getattr(error, 'what', error)}",
                where=f"teacher.privacy.analyzer ({config.base_url})",
                fix=f"start its server, correct base_url, or raise timeout ({config.timeout:g} s)",
            ) from error

    async def _ask(self, text: str) -> list[_Place]:
        """Places of at least the score at which the rules are no longer doubted.

        Raises:
            ValueError: the answer is no list of places in the text.
        """
        config = self._config
        wire = Wire(config.base_url, key="", timeout=config.timeout)
        least = config.doubt or config.threshold
        try:
            reply = await wire.ask("analyze", {"text": text, "language": config.language, "score_threshold": least})
        finally:
            await wire.close()
        if reply.status != 200:
            raise ValueError(f"it answers with status {reply.status}")
        places = _PLACES.validate_json(reply.text)
        if any(not place.start < place.end <= len(text) for place in places):
            raise ValueError("it names a place outside of the text")
        return [place for place in places if place.score >= least]


def _lines(text: str, start: int, end: int) -> range:
    """Numbers of the lines of a place."""
    return range(text.count("\n", 0, start), text.count("\n", 0, end) + 1)


def _kind(entity: str) -> Kind | None:
    name = entity.upper()
    return KIND_OF.get(name) or ("national_id" if _OF_A_COUNTRY.fullmatch(name) else None)
