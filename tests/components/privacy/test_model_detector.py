"""A model's verdicts, and what counts where there is none."""

from __future__ import annotations

import asyncio

import pytest

from components.errors import InputError
from components.privacy.config import DetectorModel, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.model import PART, ModelDetector, read_verdict
from tests.components.agents.protocol_server import Answer, serve


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Nothing here.\n[PRIVATE NOT FIND]", None),
        ("A diagnosis.\n[PRIVATE FIND] [HEALTH]", "health"),
        ("[private find] [financial]", "financial"),
        ("[PRIVATE FIND]", "other"),
        ("<think>[PRIVATE FIND] maybe</think>\n[PRIVATE NOT FIND]", None),
        ("[PRIVATE NOT FIND] no: [PRIVATE FIND] [SECURITY]", "security"),
        ("I cannot say.", "other"),
        ("", "other"),
    ],
)
def test_only_a_clear_no_is_one(answer: str, kind: str | None) -> None:
    assert read_verdict(answer) == kind


def scan(url: str, *texts: str, timeout: float = 5.0) -> list[list[tuple[str, str]]]:
    async def all_of() -> list[list[tuple[str, str]]]:
        model = DetectorModel(model="m", base_url=url, timeout=timeout)
        detectors = Detectors(PrivacyConfig(model=model))
        return [[(hit.kind, hit.source) for hit in await detectors.scan(text, anew=True)] for text in texts]

    return asyncio.run(all_of())


def test_rules_and_model_are_united_and_the_model_is_asked_once() -> None:
    with serve(Answer("[PRIVATE NOT FIND]"), Answer("[PRIVATE FIND] [SENSITIVE]")) as server:
        found = scan(server.url, "plain", "kim@example.org", "a confession", "plain")
    assert found == [[], [("email", "pattern")], [("sensitive", "model")], []]
    assert [each["messages"][-1]["content"] for each in server.requests] == ["plain", "a confession"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer("what?"),
        Answer(status=500),
        Answer(drop=True),
        Answer(hang=3.0),
        Answer(raw=b"{"),
        Answer("x", finish="length"),
    ],
    ids=["no verdict", "error", "dropped", "late", "half", "cut"],
)
def test_what_is_no_verdict_counts_as_private(answer: Answer) -> None:
    with serve(answer) as server:
        assert scan(server.url, "plain", timeout=0.5) == [[("other", "no verdict")]]


def test_an_address_where_nobody_listens_counts_as_private_until_somebody_does() -> None:
    assert scan("http://127.0.0.1:9/v1", "plain") == [[("other", "no verdict")]]
    with serve(Answer(status=503), Answer("[PRIVATE NOT FIND]")) as server:
        assert scan(server.url, "plain", "plain") == [[("other", "no verdict")], []]


def test_a_long_text_is_read_to_its_end() -> None:
    with serve(Answer("[PRIVATE NOT FIND]"), Answer("[PRIVATE FIND] [OTHER]")) as server:
        assert scan(server.url, "a " * PART) == [[("other", "model")]]
    assert len(server.requests) == 2


def test_a_model_that_is_not_at_home_is_refused() -> None:
    with pytest.raises(ValueError, match="not at home"):
        PrivacyConfig(model=DetectorModel(model="m", base_url="https://vendor.example/v1"))
    PrivacyConfig(home=("gpu.lan",), model=DetectorModel(model="m", base_url="http://gpu.lan:8000/v1"))


def test_a_detector_that_says_whether_a_text_is_private_passes_the_check() -> None:
    with serve(Answer("[PRIVATE NOT FIND]"), Answer("[PRIVATE FIND] [OTHER]")) as server:
        detector = ModelDetector(DetectorModel(model="m", base_url=server.url))
        asyncio.run(detector.check())
        asyncio.run(detector.check())


@pytest.mark.parametrize(
    ("answer", "said", "fix"),
    [
        (Answer("Certainly! How can I help?"), "gives no verdict.*Certainly", "keeps to a form"),
        (Answer("x", finish="length"), "max_tokens ends its answer", "raise max_tokens"),
        (Answer(status=404), "gives no answer", "correct base_url and model"),
        (Answer(hang=3.0), "gives no answer", "raise timeout"),
    ],
    ids=["no verdict", "cut", "no such model", "late"],
)
def test_a_detector_without_verdicts_is_named_before_a_round_stays_at_home_for_it(
    answer: Answer, said: str, fix: str
) -> None:
    with serve(answer) as server, pytest.raises(InputError, match=said) as error:
        asyncio.run(ModelDetector(DetectorModel(model="m", base_url=server.url, timeout=0.5)).check())
    assert fix in error.value.fix
    assert server.url in error.value.where
