"""The page in a real browser, as a reader uses it: with and without JavaScript, wide and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from components.browser.find import find_browser
from components.report.config import ReportConfig
from components.report.run import run
from components.trajectories.rounds import Round
from tests.components.accessibility import violations


@pytest.fixture(scope="module")
def report(run_of_three: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    run(config=ReportConfig(), round=run_of_three, out=path)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(find_browser()))
        yield launched
        launched.close()


@contextmanager
def opened(browser: Any, path: Path, **settings: Any) -> Iterator[tuple[Any, list[str]]]:
    """The report in a fresh context, and everything that went wrong or left the page."""
    trouble: list[str] = []

    def leaves(request: Any) -> None:
        if not request.url.startswith(("file:", "data:")):
            trouble.append(request.url)

    context = browser.new_context(**settings)
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", leaves)
    page.goto(path.as_uri())
    yield page, trouble
    context.close()


def shown(page: Any, part: str = "") -> Any:
    """The episodes that are to be seen, or this part of them."""
    return page.locator(f".episode:visible {part}")


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_and_steps_work_with_and_without_javascript(browser: Any, report: Path, scripts: bool) -> None:
    with opened(browser, report, java_script_enabled=scripts) as (page, trouble):
        everything = shown(page).count()
        assert everything == 60
        page.locator("#by-outcome").select_option(label="failed")
        failed = shown(page).count()
        assert 0 < failed < everything
        assert set(shown(page, ".chip").all_inner_texts()) == {"failed"}
        page.locator("#by-task").select_option(label="click-tab")
        page.locator("#by-agent").select_option(label="teacher")
        assert 0 < shown(page).count() < failed
        assert set(shown(page, ".task").all_inner_texts()) == {"click-tab"}
        episode = shown(page).first
        assert not episode.locator(".body").is_visible()
        episode.locator("summary").first.click()
        assert step_in(episode).startswith("click [1]")
        assert "There is no element [1]" in episode.locator(".step:visible .feedback").inner_text()
        assert 'text "explore-teacher' in episode.locator(".step:visible pre").inner_text()
        episode.locator(".step:visible label", has_text="Next step").click()
        assert step_in(episode) == "click [2]"
        episode.locator(".steps > label", has_text="3").click()
        assert step_in(episode) == "click [3]"
        page.keyboard.press("ArrowLeft")
        assert step_in(episode) == "click [2]"
        assert episode.locator(".step:visible").count() == 1
        picture = episode.locator(".step:visible .seen")
        assert picture.is_visible()
        assert picture.get_attribute("viewBox") == "0 0 160 210"
        assert episode.locator(".step:visible mark").inner_text() == '[2] button "Submit"'
        page.locator("#by-outcome").select_option(label="all")
        page.locator("#by-task").select_option(label="all")
        page.locator("#by-agent").select_option(label="all")
        assert shown(page).count() == everything
        assert trouble == []


def step_in(episode: Any) -> str:
    return str(episode.locator(".step:visible .act").inner_text())


def test_the_text_search_narrows_and_counts_what_is_left(browser: Any, report: Path) -> None:
    with opened(browser, report) as (page, trouble):
        assert page.locator("#count").inner_text() == "60 of 60 episodes shown"
        page.locator("#search").fill("explore-speculative")
        page.wait_for_function("document.getElementById('count').textContent[0] !== '6'")
        assert set(shown(page, ".who").all_inner_texts()) == {"speculative"}
        assert page.locator("#count").inner_text() == f"{shown(page).count()} of 60 episodes shown"
        assert trouble == []
    with opened(browser, report, java_script_enabled=False) as (page, _):
        assert not page.locator("#search").is_visible()


def test_hostile_text_is_shown_and_never_runs(browser: Any, report: Path) -> None:
    with opened(browser, report) as (page, trouble):
        page.locator("#search").fill("owned")
        page.wait_for_function("document.getElementById('count').textContent[0] !== '6'")
        assert shown(page).count() > 0
        assert page.locator(".episode script").count() == 0
        assert page.locator("img[onerror]").count() == 0
        shown(page, "> summary").first.click()
        assert "document.title='owned'" in shown(page, ".intent").first.inner_text()
        assert "</pre><script>" in shown(page, "pre:visible").first.inner_text()
        assert page.title() == "Round 3 of symbiont-demo"
        assert trouble == []


def test_the_policy_stops_a_script_that_would_get_in(browser: Any, report: Path) -> None:
    with opened(browser, report) as (page, trouble):
        page.evaluate("""() => {
          const script = document.createElement('script');
          script.textContent = "document.title = 'owned'";
          document.body.append(script);
          const image = document.createElement('img');
          image.src = 'http://127.0.0.1:9/leak';
          document.body.append(image);
        }""")
        page.wait_for_timeout(100)
        assert page.title() != "owned"
        refused = "\n".join(trouble)
        assert "script-src" in refused
        assert "img-src" in refused


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen_and_text_is_legible(
    browser: Any, report: Path, scheme: str
) -> None:
    phone = {"width": 390, "height": 844}
    with opened(browser, report, viewport=phone, is_mobile=True, has_touch=True, color_scheme=scheme) as (
        page,
        trouble,
    ):
        page.locator("#e0 > summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("#success .chart").first.is_visible()
        assert page.evaluate(LEAST_LETTERS) >= 11
        colours = page.evaluate(COLOURS, ["--ink", "--paper"])
        assert contrast(*colours) > 7
        assert trouble == []


LEAST_LETTERS = """() => Math.min(...[...document.querySelectorAll('.chart')].flatMap(chart => {
  const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
  const text = chart.querySelector('text');
  return scale && text ? [scale * parseFloat(getComputedStyle(text).fontSize)] : [];
}))"""
COLOURS = """names => names.map(name => {
  const [, digits] = getComputedStyle(document.documentElement).getPropertyValue(name).trim().split('#');
  return `rgb(${[0, 2, 4].map(at => parseInt(digits.slice(at, at + 2), 16)).join(', ')})`; })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_stand_out_from_what_they_are_on(browser: Any, report: Path, scheme: str) -> None:
    """As WCAG 2 asks: 4.5 for text, 3 for what is drawn; parts of one bar differ in lightness too."""
    with opened(browser, report, color_scheme=scheme) as (page, _):
        for text in ("--ink", "--soft", "--student", "--good", "--bad"):
            for ground in ("--paper", "--card", "--wash"):
                assert contrast(*page.evaluate(COLOURS, [text, ground])) >= 4.5, (text, ground)
        for name in ("student", "teacher", "plain", "solved", "failed", "env_error", "judge_error", "infra_error"):
            assert contrast(*page.evaluate(COLOURS, [f"--{name}", "--card"])) >= 3, name
        assert contrast(*page.evaluate(COLOURS, ["--ink", "--mark"])) >= 4.5


def test_axe_finds_nothing(browser: Any, run_of_three: Round, tmp_path: Path) -> None:
    run(config=ReportConfig(episodes=4), round=run_of_three, out=tmp_path / "report.html")
    with opened(browser, tmp_path / "report.html") as (page, _):
        assert violations(page) == []


def test_axe_would_find_what_nobody_can_read(browser: Any, tmp_path: Path) -> None:
    body = '<main><h1>Page</h1><p style="color: #777; background: #999">words</p><svg role="img"></svg></main>'
    (tmp_path / "bad.html").write_text(f"<!doctype html><html lang=en><title>Page</title>{body}</html>")
    with opened(browser, tmp_path / "bad.html") as (page, _):
        found = [each.split(",")[0] for each in violations(page)]
    assert found == ["color-contrast (light", "svg-img-alt (light", "color-contrast (dark"]


def test_tables_that_are_scrolled_can_be_reached_by_the_keyboard(browser: Any, report: Path) -> None:
    with opened(browser, report) as (page, _):
        assert page.locator(".scroll").count() > 5
        assert page.locator(".scroll:not([tabindex='0'])").count() == 0


def test_on_paper_the_numbers_are_shown_and_what_is_for_a_screen_is_not(browser: Any, report: Path) -> None:
    with opened(browser, report) as (page, _):
        numbers = page.locator("#success figure details table").first
        assert not numbers.is_visible()
        page.emulate_media(media="print")
        assert numbers.is_visible()
        assert page.locator("#audit figure").first.is_visible()
        for hidden in ("#trajectories", "nav", "#audit details.screen figure", "#run details.screen"):
            assert not page.locator(hidden).first.is_visible(), hidden


def contrast(one: str, other: str) -> float:
    """Of two `rgb(r, g, b)` colours, as WCAG 2 measures it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
