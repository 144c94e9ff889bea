"""The audit's report in a real browser: it says what was found, whom it was held against, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.audit.page import answer, question, render
from components.audit.result import AuditReport, PolicyResult, Subject
from components.audit.run import LIMITS
from components.browser.find import find_browser
from components.verdicts.config import TestConfig
from components.verdicts.finding import Estimate, Finding, HeatMap, Judged, Pair
from tests.components.accessibility import violations

HOSTILE = "</td><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def estimate(mean: float) -> Estimate:
    return Estimate(mean=mean, low=0.8 * mean, high=1.2 * mean)


def judged(suspect: str, controls: tuple[str, ...], distance: float, verdict: Any) -> Judged:
    return Judged(
        suspect=suspect,
        controls=controls,
        nearest_control=controls[0],
        margin=0.7,
        verdict=verdict,
        p_value=0.004,
        p_independent=1.0,
        distance=estimate(distance),
        second=estimate(0.05),
        because="it is near",
    )


def finding(teacher: str, verdict: Any = "distilled", *, layers: int = 6, experts: int = 24) -> Finding:
    names = ("student", "one", "two")
    apart = {"student": 0.1, "one": 0.4, "two": 0.5}
    heat = {name: [[1 / (n + k + 1) for k in range(3)] for n in range(experts)] for name in (teacher, "student", "one")}
    return Finding(
        suspect="student",
        teacher=teacher,
        verdict=verdict,
        p_value=0.008,
        because="it is near",
        judged=judged("student", ("one", "two"), 0.25, verdict),
        placebos=(judged("one", ("two",), 0.9, "independent"), judged("two", ("one",), 1.1, "independent")),
        distances=apart,
        pairs=tuple(
            Pair(
                a=teacher,
                b=name,
                specialization=estimate(apart[name]),
                collaboration=estimate(0.2),
                gromov_wasserstein=estimate(0.3),
                nearest_js=estimate(0.4),
            )
            for name in names
        ),
        noise_floor=estimate(0.05),
        baselines=(),
        heat_maps=tuple(
            HeatMap(layer=f"layer {n}", domains=("sea", "farm", "forge"), values=heat) for n in range(layers)
        ),
    )


def report(*findings: Finding, verdict: Any = "distilled", policy: bool | None = True) -> AuditReport:
    def subject(role: Any, name: str, reference: str = "r") -> Subject:
        digest = f"{name:x<64}"
        return Subject(
            role=role, name=name, reference=reference, kind="model", digest=digest, answers_digest=digest, silent=2
        )

    return AuditReport(
        name="abc",
        verdict=verdict,
        p_value=0.008,
        because="so",
        method="shared shadows",
        subjects=(
            *(subject("teacher", each.teacher) for each in findings),
            subject("suspect", "student", HOSTILE),
            subject("control", "one"),
            subject("base", "two"),
        ),
        findings=findings,
        policy=None if policy is None else PolicyResult(holds=policy, because=("big: distilled required, found it.",)),
        probes=100,
        domains=("sea", "farm", "forge"),
        test=TestConfig(margin=0.8, clearance=0.9),
        limits=LIMITS,
        prompt_tokens=1000,
        completion_tokens=2000,
        probe_digest="p" * 64,
        inputs_digest="i" * 64,
        code_version="c" * 64,
        made_at="2026-11-22T10:00:00+00:00",
        seconds=3.0,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(find_browser()))
        yield launched
        launched.close()


def test_axe_finds_nothing(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "audit.html"
    path.write_text(render(report(finding("big", layers=2, experts=4), finding("other", layers=1, experts=2))))
    page = browser.new_page()
    page.goto(path.as_uri())
    assert violations(page) == []
    page.close()


def test_it_is_read_offline_without_scripts_and_holds_what_a_reader_checks(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "audit.html"
    path.write_text(render(report(finding("big"), finding("other", "independent"))))
    trouble: list[str] = []
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("request", lambda request: None if request.url.startswith("file:") else trouble.append(request.url))
    page.goto(path.as_uri())
    assert page.title() == "Was student distilled from big or other?"
    assert "was distilled from big: student lies at 25" in page.locator("#verdict-in-words").inner_text()
    assert page.locator("#distances .chart").count() == 2
    assert page.locator("#distances .series.suspect circle").count() == 2
    rows = page.locator("#compared table").first.locator("tbody tr")
    assert [rows.nth(n).locator("td").first.inner_text() for n in range(5)] == ["big", "other", "student", "one", "two"]
    assert rows.nth(2).locator("td").nth(4).inner_text() == "98"
    assert "p" * 64 in page.locator("#compared").inner_text()
    assert HOSTILE in rows.nth(2).inner_text()
    assert page.locator("script, img").count() == 0
    assert "The policy holds." in page.locator("#verdict").inner_text()
    assert page.locator("#limits p").all_inner_texts() == list(LIMITS)
    assert "sign-flip" in page.locator("#check").inner_text()
    assert trouble == []
    context.close()


def test_of_many_layers_and_experts_a_few_are_drawn_and_the_rest_is_said_to_be_elsewhere(
    browser: Any, tmp_path: Path
) -> None:
    path = tmp_path / "audit.html"
    path.write_text(render(report(finding("big"))))
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.locator("#experts figure").count() == 4 * 3
    assert page.locator("#experts figure").first.locator(".chart rect.cell").count() == 16 * 3
    said = page.locator("#experts").inner_text()
    assert "4 of 6 layers are drawn; audit.json holds all" in said
    assert "layer 0" in said
    assert "layer 5" in said
    page.close()


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("independent", "student is no closer to big than models that are known to be independent"),
        ("inconclusive", "must not be quoted as speaking for or against student"),
    ],
)
def test_a_verdict_that_accuses_nobody_says_what_it_is_not(verdict: Any, words: str) -> None:
    found = report(finding("big", verdict), verdict=verdict, policy=None)
    assert words in answer(found)
    assert question(found) == "Was student distilled from big?"
    assert "policy" not in render(found).partition("</style>")[2].lower()


def test_an_audit_that_measured_nothing_is_a_page_too() -> None:
    from components.verdicts.evidence import Cast
    from components.verdicts.findings import untested

    cast = Cast(teachers=("big",), suspect="student", controls=("one", "two"))
    page = render(report(untested(cast, "big", "student answered none of the probes"), verdict="inconclusive"))
    assert "nothing was measured, because student answered none of the probes" in page
    assert "No control was tested" in page
