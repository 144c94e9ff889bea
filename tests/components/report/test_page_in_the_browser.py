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


@pytest.fixture(scope="module")
def report(run_of_three: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    run(config=ReportConfig(), round=run_of_three, out=path)
    return path


@contextmanager
def opened(path: Path, **settings: Any) -> Iterator[tuple[Any, list[str]]]:
    """The report in a fresh context, and everything that went wrong or left the page."""
    from playwright.sync_api import sync_playwright

    trouble: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_context(**settings).new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.on(
            "request",
            lambda request: trouble.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
        )
        page.goto(path.as_uri())
        yield page, trouble
        browser.close()


def shown(page: Any) -> list[Any]:
    return [each for each in page.locator(".episode").all() if each.is_visible()]


@pytest.mark.parametrize("scripts", [True, False])
def test_filters_and_steps_work_with_and_without_javascript(report: Path, scripts: bool) -> None:
    with opened(report, java_script_enabled=scripts) as (page, trouble):
        everything = len(shown(page))
        assert everything == 60
        page.locator("#by-outcome").select_option(label="failed")
        failed = shown(page)
        assert 0 < len(failed) < everything
        assert {each.locator(".chip").inner_text() for each in failed} == {"failed"}
        page.locator("#by-task").select_option(label="click-tab")
        page.locator("#by-agent").select_option(label="teacher")
        narrow = shown(page)
        assert 0 < len(narrow) < len(failed)
        assert {each.locator(".task").inner_text() for each in narrow} == {"click-tab"}
        episode = narrow[0]
        assert not episode.locator(".body").is_visible()
        episode.locator("summary").first.click()
        assert step_in(episode).startswith("click [1]")
        assert "There is no element [1]" in episode.locator(".step:visible .feedback").inner_text()
        assert 'button "explore-teacher' in episode.locator(".step:visible pre").inner_text()
        episode.locator(".step:visible label", has_text="Next step").click()
        assert step_in(episode) == "click [2]"
        episode.locator(".steps > label", has_text="3").click()
        assert step_in(episode) == "click [3]"
        page.keyboard.press("ArrowLeft")
        assert step_in(episode) == "click [2]"
        assert episode.locator(".step:visible").count() == 1
        picture = episode.locator(".step:visible img")
        assert (
            picture.evaluate("image => image.complete && image.naturalWidth") == 160
            if scripts
            else picture.is_visible()
        )
        page.locator("#by-outcome").select_option(label="all")
        page.locator("#by-task").select_option(label="all")
        page.locator("#by-agent").select_option(label="all")
        assert len(shown(page)) == everything
        assert trouble == []


def step_in(episode: Any) -> str:
    return str(episode.locator(".step:visible .act").inner_text())


def test_the_text_search_narrows_and_counts_what_is_left(report: Path) -> None:
    with opened(report) as (page, trouble):
        assert page.locator("#count").inner_text() == "60 of 60 episodes shown"
        page.locator("#search").fill("explore-speculative")
        page.wait_for_function("document.getElementById('count').textContent[0] !== '6'")
        left = shown(page)
        assert {each.locator(".who").first.inner_text() for each in left} == {"speculative"}
        assert page.locator("#count").inner_text() == f"{len(left)} of 60 episodes shown"
        assert trouble == []
    with opened(report, java_script_enabled=False) as (page, _):
        assert not page.locator("#search").is_visible()


def test_hostile_text_is_shown_and_never_runs(report: Path) -> None:
    with opened(report) as (page, trouble):
        page.locator("#by-task").select_option(label="enter-text")
        episode = shown(page)[0]
        assert page.locator(".episode script").count() == 0
        assert page.locator("img[onerror]").count() == 0
        for summary in page.locator(".episode > summary").all():
            if summary.is_visible():
                summary.click()
        assert "document.title='owned'" in page.locator("#trajectories").inner_text()
        assert page.title() == "Round 3 of symbiont-demo"
        assert episode.is_visible()
        assert trouble == []


def test_the_policy_stops_a_script_that_would_get_in(report: Path) -> None:
    with opened(report) as (page, trouble):
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
def test_on_a_phone_nothing_is_wider_than_the_screen_and_text_is_legible(report: Path, scheme: str) -> None:
    phone = {"width": 390, "height": 844}
    with opened(report, viewport=phone, is_mobile=True, has_touch=True, color_scheme=scheme) as (page, trouble):
        page.locator("#e0 > summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator("#success .chart").first.is_visible()
        colours = page.evaluate(
            "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert contrast(*colours) > 7
        assert trouble == []


def contrast(one: str, other: str) -> float:
    """Of two `rgb(r, g, b)` colours, as WCAG 2 measures it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
