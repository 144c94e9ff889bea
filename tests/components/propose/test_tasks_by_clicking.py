"""Tasks for an application of a single page, which nobody wrote and no address leads to: proposed, tried, played."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.config import TasksConfig
from components.browser.settings import BrowserSettings
from components.episodes.config import PlaySettings
from components.maps.deeds import WRITTEN, Act
from components.maps.state_map import StateMap, Try
from components.propose.click_templates import ClickTemplates
from components.propose.config import ProposeConfig
from components.propose.evidence import Evidence
from components.propose.run import run
from components.results.propose import ProposeResult
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

PLANNER = Path(__file__).parent / "planner"
TASKS = TasksConfig(benchmark="sites", options={"folder": str(PLANNER)}, train=())


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ProposeResult]:
    folder = tmp_path_factory.mktemp("planner")
    here = Round(run="r", number=1, seed=0, store=open_store(folder / "store"), work=folder)
    config = ProposeConfig(by=("clicks",), clicks=24)
    found = run(
        config=config,
        tasks=TASKS,
        play=PlaySettings(),
        browser=BrowserSettings(pages=2),
        round=here,
        agent=ScriptedTeacher(),
    )
    return folder, found


def test_what_clicking_shows_is_proposed_done_by_rules_and_played(planner: tuple[Path, ProposeResult]) -> None:
    folder, found = planner
    tasks = {each.intent: each for each in found.proposals}
    for intent in (
        'Open "Settings".',
        'Press "New plan".',
        'Open "Plan boots".',
        'Open "Plan boots" and there press "Delete plan".',
        'Open "New plan" and there put "Notes from Tuesday" into "Title", then press "Add".',
        'Open "Settings" and there switch "Ring the bell".',
        'Open "Settings" and there choose "Green" under "Red".',
    ):
        assert (tasks[intent].status, tasks[intent].solved) == ("played", 1), tasks.get(intent, sorted(tasks))
        assert tasks[intent].by == "clicks"
    assert tasks['Open "Plan boots".'].cases >= 3
    _, split = TASKS.model_copy(update={"proposed": found.tasks}).open(open_store(folder / "store"))
    assert set(split.train) == {each.id for each in found.played}


def test_the_map_of_states_is_kept_with_the_result(planner: tuple[Path, ProposeResult]) -> None:
    by_clicks = next(each for each in planner[1].maps if each.by == "clicks")
    depths = {each.section: each.depth for each in by_clicks.sections}
    assert depths["/"] == 0
    assert depths["/#/settings > Red"] == 2
    assert ("/#/settings", "/#/settings > Red", 1) in by_clicks.edges
    assert by_clicks.known[0] == 1
    assert by_clicks.known[-1] == sum(each.pages for each in by_clicks.sections) == 5


def act(name: str, *, kind: str = "click", role: str = "button", beside: str = "", text: str = "") -> Act:
    return Act(kind=kind, role=role, name=name, beside=beside, nth=1, text=text)  # type: ignore[arg-type]


def seen(*way: Act, text: str, last: int = 1, structure: str = "a") -> Try:
    return Try(way=way, last=min(last, len(way)), address="/", structure=structure, text=text)


SETTINGS = """heading "Settings"
text "Bell"
[1] clickable .on
text "Lamp"
[2] clickable .on
[3] button "Add"
"""


def test_a_switch_is_told_by_its_label_and_not_by_itself() -> None:
    """There was an `.off` before, and either switch gives one more."""
    start = seen(text=SETTINGS + "[4] clickable .off\n")
    flipped = [
        seen(act("", role="clickable", beside=name), text=start.text.replace(f'"{name}"\n[{n}] clickable .on', text))
        for n, name, text in ((1, "Bell", '"Bell"\n[1] clickable .off'), (2, "Lamp", '"Lamp"\n[2] clickable .off'))
    ]
    evidence = Evidence(StateMap([start, *flipped]))
    assert evidence.of(flipped[0], before=start) == ('text "Bell"\nclickable .off',)
    assert evidence.of(flipped[1], before=start) == ('text "Lamp"\nclickable .off',)


def test_choosing_what_is_chosen_already_is_no_task() -> None:
    page = 'heading "Colour"\n[1] clickable "Red ▾"\n'
    opened = seen(act("Red ▾", role="clickable"), text=f'{page}[2] clickable "Red"\n[3] clickable "Blue"\n')
    chosen = [
        seen(act("Red ▾", role="clickable"), act(name, role="clickable"), text=page.replace("Red", name))
        for name in ("Red", "Blue")
    ]
    map = StateMap([seen(text=page), opened, *chosen])
    found = [each.intents[0] for each in ClickTemplates(map=map, start="/", site="s", user="").propose()]
    assert found == ['Open "Red ▾".', 'Choose "Blue" under "Red ▾".']


def test_a_count_alone_is_no_name() -> None:
    page = 'heading "Feed"\n[1] button "178"\n[2] button "Saved 3"\n'
    tried = [
        seen(act(name), text=page.replace(old, new) + f'text "{name}"\n')
        for name, old, new in (("178", "178", "179"), ("Saved 3", "Feed", "Saved"))
    ]
    map = StateMap([seen(text=page), *tried])
    found = [each.intents[0] for each in ClickTemplates(map=map, start="/", site="s", user="").propose()]
    assert found == ['Press "Saved".']


def test_what_was_written_counts_where_the_page_says_it_and_not_in_its_field() -> None:
    dialog = seen(act("Add"), text=SETTINGS + '[4] textbox "Title"\n[5] button "Save"\n')
    way = (act("Add"), act("Title", kind="type", role="textbox", text=WRITTEN[0]), act("Save"))
    refused = seen(*way, last=2, text=dialog.text.replace('"Title"', f'"Title" value "{WRITTEN[0]}"'))
    taken = seen(*way, last=2, text=SETTINGS + f'text "{WRITTEN[0]}"\ntext "Saved."\n')
    for last, blocks in ((refused, ()), (taken, (f'text "{WRITTEN[0]}"',))):
        map = StateMap([seen(text=SETTINGS), dialog, last])
        assert Evidence(map).of(last, before=dialog, word=WRITTEN[0]) == blocks
    [fill] = [
        each
        for each in ClickTemplates(map=map, start="/", site="s", user="").propose()
        if each.task.family == "proposed fill"
    ]
    assert fill.task.intent == 'Open "Add" and there put "{v0}" into "Title", then press "Save".'
    assert fill.task.check.lines == ('text "{v0}"',)
    assert len({case["v0"] for case in fill.cases}) == len(fill.cases) == 12
