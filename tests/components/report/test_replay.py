"""Stored episodes are played again on their real pages for pictures, and only pages that read the same are shown."""

from __future__ import annotations

import asyncio

import pytest

from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.config import TasksConfig
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.episodes.play import Attempt, Identity
from components.report.replay import Replay
from components.trajectories.schema import Episode, Outcome

PAGES = BrowserSettings(pages=1)
ROOM = 1_000_000


@pytest.fixture(scope="module")
def played() -> Episode:
    """Two steps of the scripted teacher: a choice in a list, and a click."""

    async def play() -> Episode:
        benchmark, _ = TasksConfig().open()
        async with benchmark as opened, BrowserPool(settings=PAGES) as pool, pool.page() as page:
            attempt = Attempt(
                page=page,
                benchmark=opened,
                task=opened.tasks["choose-list"],
                seed=1_000_000,
                agent=ScriptedTeacher(),
                identity=Identity(run="r", round=1, phase="evaluate-teacher-heldout_seeds"),
                settings=PlaySettings(),
            )
            return await attempt.play()

    episode = asyncio.run(play())
    assert episode.outcome is Outcome.SOLVED
    assert len(episode.steps) == 2
    return episode


def replay(*, seconds: float = 60.0) -> Replay:
    return Replay(tasks=TasksConfig(), browser=PAGES, seconds=seconds)


def test_every_step_is_pictured_with_the_place_it_acted_on(played: Episode) -> None:
    found = replay().pictures([played], room=ROOM)[played.key]
    assert list(found) == [0, 1]
    for picture in found.values():
        assert picture.png.startswith(b"\x89PNG")
        width, height = picture.size
        assert 160 <= width < 1280, "the part of the page that holds anything, not the whole viewport"
        assert picture.point is not None
        assert 0 < picture.point[0] < width
        assert 0 < picture.point[1] < height
    assert found[0].png != found[1].png


def test_from_where_the_page_reads_otherwise_there_is_no_picture(played: Episode) -> None:
    second = played.steps[1].model_copy(update={"observation": played.steps[1].observation + '\ntext "more"'})
    changed = played.model_copy(update={"steps": (played.steps[0], second)})
    assert list(replay().pictures([changed], room=ROOM)[played.key]) == [0]
    other = played.model_copy(update={"seed": 1_000_001})
    assert replay().pictures([other], room=ROOM) == {}


@pytest.mark.parametrize(
    ("changes", "seconds", "room"),
    [({"evaluator_checksum": "of another release"}, 60.0, ROOM), ({}, 0.0, ROOM), ({}, 60.0, 0)],
)
def test_other_pages_no_time_and_no_room_give_no_pictures(
    played: Episode, changes: dict[str, str], seconds: float, room: int
) -> None:
    assert replay(seconds=seconds).pictures([played.model_copy(update=changes)], room=room) == {}


def test_what_goes_wrong_in_one_episode_leaves_the_others_their_pictures(
    played: Episode, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = played.model_copy(update={"task_id": "no-such-task"})
    found = replay().pictures([broken, played], room=ROOM)
    assert set(found) == {played.key}
    assert "no more pictures of" in capsys.readouterr().err


def test_without_a_browser_or_the_pages_there_are_no_pictures_and_a_word_why(
    played: Episode, capsys: pytest.CaptureFixture[str]
) -> None:
    away = BrowserSettings(executable="/no/such/browser")
    assert Replay(tasks=TasksConfig(), browser=away, seconds=60.0).pictures([played], room=ROOM) == {}
    other = TasksConfig(benchmark="no-such-benchmark")
    assert Replay(tasks=other, browser=PAGES, seconds=60.0).pictures([played], room=ROOM) == {}
    assert capsys.readouterr().err.count("no more pictures:") == 2
