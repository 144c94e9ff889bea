"""Maps of what no address tells: which states there are, what is done next, what is never done, what a kill costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from components.benchmarks.sites.benchmark import OwnSites
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.errors import InfraError
from components.maps.clicking import Clicking
from components.maps.deeds import Act, Reading
from components.maps.kept import KeptMap
from components.maps.state_map import StateMap, Try, section_of
from components.sites.config import Site
from components.sites.replica import Replica
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round

PLANNER = Path(__file__).parents[1] / "propose" / "planner"
LIST = """[1] clickable "Plans 2"
heading "Plans"
[2] button "New plan"
[3] button "Edit"
text "Boots"
[4] button "Edit"
text "Bell"
text "It rings."
[5] clickable .on
[6] clickable "Log out"
[7] combobox "Colour" value "Red" options "Red", "Blue"
[8] textbox "Due date"
"""


def clicked(map: StateMap, *, deeds: int, keep: Callable[[Try], None] = lambda _: None) -> StateMap:
    async def walk() -> None:
        sites = OwnSites(folder=PLANNER)
        pool = BrowserPool(settings=BrowserSettings(pages=1))
        async with sites, pool, sites.visit_as("", sites=("planner",), store=None) as visit:
            replica = visit.replicas["planner"]
            walk = Clicking(replica=replica, cookies=(), start="/", deeds=deeds, pause=0, keep=keep)
            await walk.over(map, pool)

    asyncio.run(walk())
    return map


def names(tried: Try) -> list[str]:
    return [act.name or act.beside for act in tried.way]


def test_clicking_shows_what_no_address_does_and_finds_it_again_after_each_deed(tmp_path: Path) -> None:
    """Whoever was killed goes on, and every way begins with the five plans that some deeds delete or add to."""
    here = Round(run="r", number=1, seed=0, store=open_store(tmp_path), work=tmp_path)
    kept = KeptMap(Try, here, site="planner", user="")

    def killed(tried: Try) -> None:
        kept.keep(tried)
        if len(tried.way) > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clicked(StateMap(), deeds=100, keep=killed)
    before = len(list(kept.met()))
    map = clicked(StateMap(kept.met()), deeds=100, keep=kept.keep)
    assert [each.way for each in kept.met()] == [each.way for each in map.tries]
    assert len({each.way for each in map.tries}) == len(map.tries) > before > 1
    assert map.next() is None
    assert not any(each.feedback for each in map.tries)
    found = {map.name(state) for state in map.states.values()}
    assert {"/", "/ > New plan", "/#/plan/*", "/#/settings", "/#/settings > Red"} <= found
    assert not any("Log out" in names(each) for each in map.tries)
    at_start = [each for each in map.tries if names(each) == ["Plans 5"]]
    assert ["Plan boots", "Delete plan"] in [names(each) for each in map.tries]
    assert 'clickable "Plan stoves"' in at_start[0].text


def test_what_a_deed_wrote_is_known_however_the_walk_ends() -> None:
    def fails(tried: Try) -> None:
        if "Delete plan" in names(tried):
            raise InfraError("the store is away")

    async def walk() -> bool:
        sites = OwnSites(folder=PLANNER)
        pool = BrowserPool(settings=BrowserSettings(pages=1))
        async with sites, pool, sites.visit_as("", sites=("planner",), store=None) as visit:
            replica = visit.replicas["planner"]
            walk = Clicking(replica=replica, cookies=(), start="/", deeds=100, pause=0, keep=fails)
            with pytest.raises(InfraError, match="away"):
                await walk.over(StateMap(), pool)
            return replica.wrote

    assert asyncio.run(walk())


def test_a_site_that_nothing_brings_back_is_not_clicked_over(tmp_path: Path) -> None:
    replica = Replica(name="x", site=Site(at=("http://127.0.0.1:9",)), folder=tmp_path, address="http://127.0.0.1:9")
    map = StateMap()

    async def walk() -> None:
        async with BrowserPool(settings=BrowserSettings(pages=1)) as pool:
            clicking = Clicking(
                replica=replica, cookies=(), start="/", deeds=9, pause=0, keep=lambda _: pytest.fail("clicked")
            )
            await clicking.over(map, pool)

    asyncio.run(walk())
    assert not map.tries


def test_an_element_is_told_by_its_name_or_by_the_text_beside_it() -> None:
    reading = Reading(LIST)
    acts = [offer.deed[0] for offer in reading.offers()]
    assert [(act.kind, act.name, act.beside, act.nth, act.text) for act in acts] == [
        ("click", "Plans 2", "", 1, ""),
        ("click", "New plan", "", 1, ""),
        ("click", "Edit", "", 1, ""),
        ("click", "Edit", "Boots", 2, ""),
        ("click", "", "Bell", 1, ""),
        ("select", "Colour", "", 1, "Blue"),
    ]
    assert [reading.called(act) for act in acts] == [
        ("Plans 2", ""),
        ("New plan", ""),
        ("", ""),
        ("Edit", "Boots"),
        ("", "Bell"),
        ("Colour", ""),
    ]
    assert [str(reading.find(act)) for act in acts[2:6]] == [
        "click [3]",
        "click [4]",
        "click [5]",
        'select [7] "Blue"',
    ]
    assert reading.find(Act(kind="click", role="button", name="Edit", beside="", nth=3)) is None


def test_the_label_of_a_box_to_tick_stands_behind_it_and_of_anything_else_before() -> None:
    rows = 'heading "Reminders"\n[1] checkbox checked\ntext "A week before"\n[2] checkbox\ntext "A day after"\n'
    acts = [offer.deed[0] for offer in Reading(rows).offers()]
    assert [act.beside for act in acts] == ["A week before", "A day after"]


def test_what_was_there_before_belongs_to_the_state_before() -> None:
    known = Reading(LIST).signs
    dialog = LIST + '[9] textbox "Title"\n[10] button "Add"\n[11] button "Cancel"\n'
    deeds = [[(act.kind, act.name) for act in offer.deed] for offer in Reading(dialog).offers(known=known)]
    assert deeds == [
        [("click", "Add")],
        [("click", "Cancel")],
        [("type", "Title"), ("click", "Add")],
    ]


def test_a_list_is_searched_for_words_of_its_entries() -> None:
    page = """[1] textbox "Find"
[2] clickable "Location"
text "Showing 3 of 3 results"
[3] link "Winter boots"
[4] link "Garden chairs"
[5] link "A kettle"
"""
    field, _, _ = page.partition("[2]")
    for text, words in ((page, ["Winter", "Garden"]), (f'{field}text "Showing"', ["Showing"])):
        assert [offer.deed[0].text for offer in Reading(text).offers() if offer.run == "looks for"] == words


def seen(*way: str, text: str, address: str = "/", structure: str = "a") -> Try:
    acts = tuple(Act(kind="click", role="button", name=name, beside="", nth=1) for name in way)
    return Try(way=acts, last=min(1, len(way)), address=address, structure=structure, text=text)


def buttons(*names: str) -> str:
    return "\n".join(f'[{n}] button "{name}"' for n, name in enumerate(names, 1))


def test_what_only_ticks_or_sorts_is_no_state_and_what_opens_in_place_is() -> None:
    map = StateMap([seen(text=buttons("Menu", "Sort"))])
    map.add(seen("Sort", text=buttons("Sort", "Menu"), structure="b"))
    assert len(map.states) == 1
    map.add(seen("Menu", text=buttons("Menu", "Sort", "Copy")))
    assert [map.name(state) for state in map.states.values()] == ["/", "/ > Menu"]


def test_neighbours_that_show_nothing_new_wait_for_what_may() -> None:
    rows = [f"Row {n}" for n in range(20)]
    text = buttons(*rows) + '\ntext "and"\n[30] clickable "Menu"'
    map = StateMap([seen(text=text)])
    done = []
    for _ in range(3):
        chosen = map.next()
        assert chosen is not None
        done.append(chosen[1][0].name)
        map.add(seen(done[-1], text=text).model_copy(update={"way": chosen[1]}))
    assert done == ["Row 0", "Menu", "Row 1"]


def test_addresses_with_numbers_are_of_one_section() -> None:
    assert section_of("/#/issues/issue_53") == section_of("/#/issues/issue_7") == "/#/issues/*"
    assert section_of("/#/boards") == "/#/boards"
