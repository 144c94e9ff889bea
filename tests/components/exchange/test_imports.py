"""Published trajectories become episodes: once, whole, in our words, and with mistakes named by line and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.errors import InputError
from components.exchange import imports
from components.exchange.export import Export
from components.exchange.imports import import_file
from components.trajectories.episodes import iter_episodes, save_episode
from components.trajectories.imports import ImportRecord, sources
from components.trajectories.listing import EpisodeFilter, find_episodes
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Origin, Outcome, Step
from components.trajectories.store import Store
from tests.components.exchange.published import a3_row, adp_row, api, done, finish, tree, web, write

ORIGIN = Origin(source="a-set", licence="CC-BY-4.0")


@pytest.fixture
def folder(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def take_in(store: Store, path: Path, form: Any = "a3", origin: Origin = ORIGIN) -> ImportRecord:
    return import_file(store, path, form=form, origin=origin)


def episodes(store: Store, source: str = "a-set") -> list[Episode]:
    return sorted(iter_episodes(store, f"runs/@{source}/"), key=lambda episode: episode.intent)


def actions(episode: Episode) -> list[tuple[str, bool]]:
    """What was done, and whether it may be learnt."""
    return [(step.action, not step.feedback) for step in episode.steps]


def test_a_training_file_of_a3_synth_becomes_episodes(folder: Store, tmp_path: Path) -> None:
    rows = [
        a3_row("Buy red shoes", done("click('a40')", "I see\nshoes.")),
        a3_row("Buy red shoes", done("fill('31', 'it\\'s red')"), picture=False),
        a3_row("Buy red shoes", done("send_msg_to_user('Done')")),
        a3_row("Sort the bags", done("select_option('32', 'Oldest')"), url="about:blank"),
        a3_row("Sort the bags", done("report_infeasible('no bags')")),
    ]
    record = take_in(folder, write(tmp_path / "train.jsonl", rows))
    assert (record.episodes, record.steps, record.unread, record.left_out) == (2, 5, 0, {})
    shoes, bags = episodes(folder)
    assert actions(shoes) == [("click [1]", True), ('type [3] "it\'s red"', True), ('stop "Done"', True)]
    assert actions(bags) == [('select [4] "Oldest"', True), ('stop "N/A"', True)]
    assert (shoes.answer, shoes.outcome, shoes.origin) == ("Done", Outcome.SOLVED, ORIGIN)
    first = shoes.steps[0]
    assert (first.title, first.url, first.reason) == ("One Stop Market", "http://shop.example.org/", "I see\nshoes.")
    assert first.target is not None
    assert first.target.line == 'link "Shoes"'
    assert first.observation.splitlines() == [
        '[1] link "Shoes"',
        '[2] link "Bags"',
        '[3] textbox "Search"',
        '[4] combobox value "Newest" options "Newest", "Oldest" collapsed',
        'text "It\'s all on sale"',
    ]


def test_a_trajectory_of_the_agent_data_protocol_becomes_an_episode(folder: Store, tmp_path: Path) -> None:
    rows = [
        adp_row(
            "Find the bags",
            web(),
            api("click", bid='"a41"'),  # as Go-Browse writes strings
            web(),
            api("type", bid="31", text="bags", press_enter_after="1"),
            web(),
            api("scroll", delta_x=0, delta_y=-500),
            api("keyboard_press", key="Enter"),
            finish("Two bags"),
            source="go-browse-wa",
        ),
        adp_row("Fail", web(), api("noop"), reward=0.0),
        adp_row("Write code", {"class_": "code_action", "language": "bash", "content": "ls", "description": None}),
        adp_row("Talk", finish("nothing to see")),
        adp_row(" ", web(), api("noop")),
    ]
    record = take_in(folder, write(tmp_path / "std.jsonl", rows), "adp")
    assert (record.episodes, sum(record.left_out.values()), len(record.left_out)) == (2, 3, 3)
    failed, found = episodes(folder)
    assert [action for action, _ in actions(found)] == [
        "click [2]",
        'type [3] "bags" enter',
        "scroll up",
        'press "Enter"',
        'stop "Two bags"',
    ]
    assert (found.answer, found.outcome, failed.outcome) == ("Two bags", Outcome.SOLVED, Outcome.FAILED)


@pytest.mark.parametrize(
    "action",
    [
        "hover('a40')",
        "click('12')",  # a banner: no agent of ours can act on it
        "click('a40', button='right'); click('a41')",
        "fill('31')",
        "press('31', 'no such key')",
        "select_option('32', ['Newest', 'Oldest'])",
        "click(open('/etc/passwd').read())",
        "__import__('os').system('true')",
        "(" * 5000,
    ],
)
def test_what_has_no_counterpart_is_kept_and_not_learnt(folder: Store, tmp_path: Path, action: str) -> None:
    rows = [a3_row("Buy", done("click('a40')")), a3_row("Buy", done(action)), a3_row("Buy", "I give up.")]
    assert take_in(folder, write(tmp_path / "x.jsonl", rows)).unread == 2
    [episode] = episodes(folder)
    assert [learnt for _, learnt in actions(episode)] == [True, False, False]
    assert episode.steps[1].action == action


def test_mistakes_are_named_by_file_line_and_field_before_anything_is_stored(folder: Store, tmp_path: Path) -> None:
    good = a3_row("Buy", done("click('a40')"))
    without_goal = json.loads(json.dumps(good).replace("## Goal:", "Goal:"))
    without_tab = json.loads(json.dumps(good).replace("(active tab)", ""))
    path = write(
        tmp_path / "x.jsonl", [good, "{", without_goal, good[:2], [*good[:2], {"role": "nobody"}], without_tab]
    )
    with pytest.raises(InputError) as caught:
        take_in(folder, path)
    said = str(caught.value)
    assert str(path) in said
    for line in ("line 2: no JSON", "line 3, field 1.content: there is no `## Goal:`", "line 4: three messages"):
        assert line in said
    assert "line 5, field 2.role" in said
    assert "line 6, field 1.content" in said
    assert "line 1" not in said
    assert list(folder.list()) == []


def test_a_part_of_an_unknown_class_is_a_mistake_with_its_place(folder: Store, tmp_path: Path) -> None:
    rows = [adp_row("Buy", web(), {"class_": "dance"}), adp_row("Buy", web(), {**api("click"), "kwargs": 3})]
    with pytest.raises(InputError, match=r"(?s)line 1, field content\.2.*line 2, field content\.2\.api_action\.kwargs"):
        take_in(folder, write(tmp_path / "x.jsonl", rows), "adp")


def test_importing_again_changes_nothing(folder: Store, tmp_path: Path) -> None:
    rows = [a3_row("Buy", done("click('a40')")), a3_row("Sell", done("click('a41')"))]
    path = write(tmp_path / "x.jsonl", rows)
    first = take_in(folder, path)
    before = {key: folder.get(key) for key in folder.list()}
    assert take_in(folder, path) == first
    assert {key: folder.get(key) for key in folder.list()} == before
    more = write(tmp_path / "y.jsonl", [*rows, a3_row("Give away", done("click('a41')"))])
    assert take_in(folder, more).episodes == 3
    assert len(episodes(folder)) == 3
    assert sources(folder) == ["a-set"]


def test_a_killed_import_goes_on(folder: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [a3_row(f"Buy {number}", done("click('a40')")) for number in range(6)]
    path = write(tmp_path / "x.jsonl", rows)
    written = list[str]()

    def save(store: Store, episode: Episode) -> bool:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(episode.key)
        return save_episode(store, episode)

    monkeypatch.setattr(imports, "save_episode", save)
    with pytest.raises(KeyboardInterrupt):
        take_in(folder, path)
    assert len(episodes(folder)) == 3
    done_before = {key: folder.get(key) for key in written}
    monkeypatch.setattr(imports, "save_episode", save_episode)
    assert take_in(folder, path).episodes == 6
    assert len(episodes(folder)) == 6
    assert {key: folder.get(key) for key in written} == done_before


def test_one_licence_a_source(folder: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", [a3_row("Buy", done("click('a40')"))])
    take_in(folder, path)
    other = write(tmp_path / "y.jsonl", [a3_row("Sell", done("click('a40')"))])
    with pytest.raises(InputError, match="is here under the licence"):
        take_in(folder, other, origin=Origin(source="a-set", licence="MIT"))
    with pytest.raises(InputError, match="cannot be the name of a source"):
        take_in(folder, other, origin=Origin(source="../x", licence="MIT"))


def test_what_we_export_comes_back_as_it_was(
    folder: Store, tmp_path: Path, make_episode: Callable[..., Episode], make_step: Callable[..., Step]
) -> None:
    acts = ('type [2] "bob" enter', 'note "x"', "scroll down", 'goto "http://site/"', "go_back", "wait", 'press "Tab"')
    steps = [make_step(act, index=number, page=f"Page {number}") for number, act in enumerate((*acts, 'stop "7"'))]
    steps[3] = steps[3].model_copy(update={"feedback": "no such page"})
    episode = make_episode(steps=steps, outcome=Outcome.FAILED)
    save_episode(folder, episode)
    made = Export(store=folder, filter=EpisodeFilter(), format="adp", to=tmp_path / "x.jsonl", licence="MIT")
    made.run()
    other = open_store(tmp_path / "other")
    take_in(other, tmp_path / "x.jsonl", "adp")
    [back] = episodes(other)
    names = {"observation", "action", "reason", "feedback", "target", "url"}
    assert [step.model_dump(include=names) for step in back.steps] == [step.model_dump(include=names) for step in steps]
    assert (back.outcome, back.intent) == (episode.outcome, episode.intent)


def test_imported_episodes_are_found_shown_and_exported_with_their_licence(folder: Store, tmp_path: Path) -> None:
    take_in(folder, write(tmp_path / "x.jsonl", [a3_row("Buy", done("click('a40')"), page=tree("Shoes"))]))
    assert [episode.intent for episode in find_episodes(folder, EpisodeFilter(run="@a-set"))] == ["Buy"]
    Export(store=folder, filter=EpisodeFilter(), format="messages", to=tmp_path / "y.jsonl", licence="MIT").run()
    [row] = [json.loads(line) for line in (tmp_path / "y.jsonl").read_text().splitlines()]
    assert (row["source"], row["licence"]) == ("a-set", "CC-BY-4.0")
