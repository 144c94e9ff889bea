"""An analyzer's places, what they become, and what counts where there are none that can be read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bench.privacy.endpoint import serving
from components.endpoints.complaints import RequestRefused
from components.errors import InputError
from components.privacy.analyzer import AnalyzerDetector
from components.privacy.config import Analyzer, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import PrivacyGuard
from tests.components.agents.protocol_server import Answer, serve

TEXT = "Kim Doe has an ulcer. SSN 123-45-6789, kim@example.org"
VENDOR = "http://vendor.example/v1/chat/completions"


def place(entity: str, start: int, end: int, score: float = 0.9) -> dict[str, Any]:
    return {"entity_type": entity, "start": start, "end": end, "score": score, "analysis_explanation": None}


def answer(*places: dict[str, Any]) -> Answer:
    return Answer(raw=json.dumps(places).encode())


NOTHING = answer()


def config(url: str, *, timeout: float = 20.0) -> PrivacyConfig:
    return PrivacyConfig(analyzer=Analyzer(base_url=url, timeout=timeout))


def scan(url: str, *texts: str, timeout: float = 20.0) -> list[list[tuple[str, str, str]]]:
    async def all_of() -> list[list[tuple[str, str, str]]]:
        detectors = Detectors(config(url, timeout=timeout))
        return [
            [(hit.kind, hit.source, text[hit.start : hit.end]) for hit in await detectors.scan(text, anew=True)]
            for text in texts
        ]

    return asyncio.run(all_of())


def test_presidios_names_become_classes_and_what_is_not_private_alone_is_left() -> None:
    found = answer(
        place("PERSON", 0, 7), place("HEALTH", 8, 20), place("US_SSN", 26, 37), place("EMAIL_ADDRESS", 39, 54)
    )
    with serve(found) as server:
        hits = asyncio.run(AnalyzerDetector(Analyzer(base_url=server.url)).scan(TEXT))
    assert [(hit.kind, TEXT[hit.start : hit.end]) for hit in hits] == [
        ("health", "has an ulcer"),
        ("national_id", "123-45-6789"),
        ("email", "kim@example.org"),
    ]
    assert server.paths == ["/v1/analyze"]
    assert server.requests == [{"text": TEXT, "language": "en", "score_threshold": 0.5}]


def test_what_is_below_the_threshold_does_not_count_even_where_the_server_sends_it() -> None:
    with serve(answer(place("HEALTH", 0, 5, 0.4), place("HEALTH", 6, 11, 0.6))) as server:
        assert scan(server.url, "plain words") == [[("health", "analyzer", "words")]]


def test_a_doubt_above_the_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="above its threshold"):
        Analyzer(base_url="http://127.0.0.1:1", threshold=0.3, doubt=0.4)


def test_rules_and_analyzer_are_united_and_it_is_asked_once_about_a_text() -> None:
    with serve(NOTHING, answer(place("SENSITIVE", 2, 12))) as server:
        assert scan(server.url, "kim@example.org", "a confession", "kim@example.org") == [
            [("email", "pattern", "kim@example.org")],
            [("sensitive", "analyzer", "confession")],
            [("email", "pattern", "kim@example.org")],
        ]
    assert [each["text"] for each in server.requests] == ["kim@example.org", "a confession"]


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(raw=b'{"detail": "no"}'),
        Answer(raw=b"["),
        answer(place("HEALTH", 3, 900)),
        answer(place("HEALTH", 3, 3)),
        answer(place("HEALTH", 0, 3, 1.5)),
        answer(place("HEALTH", 0, 3, float("nan"))),
        Answer(status=500),
        Answer(drop=True),
        Answer(hang=3.0),
    ],
    ids=["no list", "half", "outside", "empty", "score", "no score", "error", "dropped", "late"],
)
def test_without_an_answer_a_text_counts_as_private_and_what_the_rules_know_keeps_its_place(wrong: Answer) -> None:
    with serve(wrong) as server:
        plain, found = scan(server.url, "plain", "to kim@example.org", timeout=0.5)
        assert plain == [("other", "no verdict", "plain")]
        assert set(found) == {("other", "no verdict", "to kim@example.org"), ("email", "pattern", "kim@example.org")}


def test_a_silent_analyzer_is_asked_again() -> None:
    with serve(Answer(status=503), NOTHING) as server:
        assert scan(server.url, "plain", "plain") == [[("other", "no verdict", "plain")], []]


def test_an_analyzer_that_is_not_at_home_is_refused() -> None:
    with pytest.raises(ValueError, match=r"privacy\.analyzer .* not at home"):
        config("https://vendor.example")
    assert PrivacyConfig(home=("gpu.lan",), analyzer=Analyzer(base_url="http://gpu.lan:8000"))


def test_an_analyzer_that_does_not_answer_is_named_before_a_round() -> None:
    with serve(NOTHING, Answer(status=404)) as server:
        detector = AnalyzerDetector(Analyzer(base_url=server.url))
        asyncio.run(detector.check())
        with pytest.raises(InputError, match="status 404") as error:
            asyncio.run(detector.check())
    assert server.url in error.value.where


def test_the_gate_puts_names_where_the_analyzer_finds_something_and_wherever_it_stands_again() -> None:
    def places(text: str) -> str:
        return json.dumps([place("SENSITIVE", 8, 23)] if text.startswith("Kim") else [])

    with serving(lambda text, _: places(text), faults=0.0) as server:
        guard = PrivacyGuard(config(server.origin), log=None)
        sent = asyncio.run(guard.outgoing(VENDOR, ["Kim Doe likes green tea, she says.", "One likes green tea here."]))
    assert sent == ["Kim Doe [sensitive], she says.", "One [sensitive] here."]


def test_the_gate_refuses_what_a_silent_analyzer_has_not_read() -> None:
    with serve(Answer(status=500)) as server:
        guard = PrivacyGuard(config(server.url), log=None)
        with pytest.raises(RequestRefused, match="stays at home"):
            asyncio.run(guard.outgoing(VENDOR, ["some plain words"]))
