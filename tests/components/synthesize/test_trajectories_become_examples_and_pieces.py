"""Good trajectories become examples and pieces of knowledge: each once, without what led nowhere, no task too many."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.prompts import render, student_prompt
from components.browser.observation import Observation
from components.browser.steps import action_in_words
from components.models.prompting import Reads
from components.synthesize import merging
from components.synthesize.config import KnowledgeConfig
from components.synthesize.discoveries import student_only
from components.synthesize.examples import COLUMNS, example_rows
from components.synthesize.merging import merge_equal
from components.synthesize.pieces import kept_pieces, pieces
from components.synthesize.select import capped, distinct, good_ones, learnt_steps
from components.synthesize.trajectories import JudgedEpisode, trajectory_id
from components.synthesize.wording import read_wording
from components.trajectories.knowledge_entry import KnowledgeEntry
from components.trajectories.rows import episode_row
from components.trajectories.schema import Candidate, Episode, Outcome, Speculation, Step
from tests.components.agents.turns import make_turn

MakeEpisode = Callable[..., Episode]
MakeStep = Callable[..., Step]


def tried(episodes: list[Episode]) -> list[JudgedEpisode]:
    return [JudgedEpisode.of(episode, outcome=episode.outcome, evaluator=None) for episode in episodes]


def pieces_of(episodes: list[Episode], config: KnowledgeConfig) -> list[KnowledgeEntry]:
    by_key = {episode.key: episode for episode in episodes}
    return list(
        kept_pieces(tried(episodes), read_episodes=lambda keys: [by_key[key] for key in keys], config=config, seed=0)
    )


def test_an_action_is_described_by_its_element(make_step: MakeStep) -> None:
    assert action_in_words(make_step('type [2] "bob" enter')) == 'type textbox "Name" "bob" enter'
    assert action_in_words(make_step("scroll down")) == "scroll down"
    assert action_in_words(make_step("no action at all")) == "no action at all"


def test_equal_trajectories_count_once_and_the_teachers_stays(make_episode: MakeEpisode, make_step: MakeStep) -> None:
    student = make_episode(phase="explore-student", steps=[make_step("click [1]", reason="")], seed=1)
    teacher = make_episode(phase="explore-teacher", steps=[make_step("click [1]", reason="so")], seed=2)
    other = make_episode(phase="explore-student", steps=[make_step("click [2]")], seed=3)
    dropped: Counter[str] = Counter()
    episodes = [student, other, teacher]
    kept = distinct(good_ones(tried(episodes)), dropped)
    assert [each.key for each in kept] == [teacher.key, other.key]
    assert dropped["equal trajectory"] == 1
    assert trajectory_id(student) == trajectory_id(teacher) != trajectory_id(other)


@pytest.mark.parametrize("notice", ["", "end with\n stop " + "x" * 3000])
def test_an_example_is_cut_as_the_student_that_acts(
    notice: str, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    page = "\n".join(f'[{ref}] button "Number {ref}"' for ref in range(1, 300))
    step = make_step("click [1]").model_copy(update={"observation": page})
    [row, _] = example_rows(make_episode(steps=[step]).model_copy(update={"notice": notice}), [step])
    seen = Observation(url=step.url, title=step.title, text=page, elements={})
    turn = dataclasses.replace(make_turn(intent=row["prompt_intent"]), observation=seen, notice=notice)
    reads: tuple[Reads, ...] = ("heading", "notes", "notice")
    taught = render(
        intent=row["prompt_intent"],
        last=row["history"],
        observation=row["observation"],
        fits=lambda text: len(text) < 4000,
        **{name: row[name] for name in reads},
    )
    assert student_prompt(turn, reads=reads, fits=lambda text: len(text) < 4000) == taught
    assert len(taught) < 4000
    assert ("NOTICE: end with stop xxx" in taught) == bool(notice)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(
    found=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.sampled_from(["teacher", "student", "speculative"])),
        unique=True,
        max_size=25,
    ),
    cap=st.integers(1, 5),
    order=st.randoms(),
)
def test_no_task_has_more_than_its_share(
    make_episode: MakeEpisode, found: list[tuple[str, int, str]], cap: int, order: Any
) -> None:
    episodes = tried([make_episode(task_id=task, seed=seed, phase=f"explore-{by}") for task, seed, by in found])
    dropped: Counter[str] = Counter()
    chosen = capped(episodes, per_task=cap, seed=3, dropped=dropped)
    per_task = Counter(episode.task_id for episode in episodes)
    assert Counter(e.task_id for e in chosen) == {task: min(cap, number) for task, number in per_task.items()}
    assert len(chosen) + dropped["over the task's share"] == len(episodes)
    shuffled = order.sample(episodes, len(episodes))
    assert capped(shuffled, per_task=cap, seed=3, dropped=Counter()) == chosen
    for task, finders in {e.task_id: {x.finder for x in episodes if x.task_id == e.task_id} for e in episodes}.items():
        taken = {each.finder for each in chosen if each.task_id == task}
        assert len(taken) == min(cap, len(finders))  # the finders take turns


def test_steps_that_led_nowhere_are_not_learnt(make_episode: MakeEpisode, make_step: MakeStep) -> None:
    steps = [
        make_step("click [9]", index=0, page="a", feedback="there is no element 9"),
        make_step("click [1]", index=1, page="a"),  # the page stays: without effect
        make_step("scroll down", index=2, page="a"),  # may work on what the text does not show
        make_step('type [2] "x"', index=3, page="a"),
        make_step("click [1]", index=4, page="b"),
    ]
    dropped: Counter[str] = Counter()
    episode = make_episode(steps=steps, phase="explore-student")
    kept = learnt_steps(episode, drop_useless=True, dropped=dropped)
    assert [step.index for step in kept] == [2, 3, 4]
    assert dropped == {"step with an error": 1, "step without effect": 1}
    rows = [row for row in example_rows(episode, kept) if row["kind"] == "action"]
    assert [row["history"] for row in rows] == ['click [1] button "Ok"', "scroll down", 'type [2] "x" textbox "Name"']
    assert [step.index for step in learnt_steps(episode, drop_useless=False, dropped=Counter())] == [1, 2, 3, 4]


@pytest.mark.parametrize("phase", ["explore-teacher", "explore-speculative", "imported"])
def test_what_a_teacher_does_is_learnt_though_the_page_shows_nothing_of_it(
    make_episode: MakeEpisode, make_step: MakeStep, phase: str
) -> None:
    steps = [
        make_step("click [1]", index=0, page="a"),  # ONE, then TWO: the page stays what it is
        make_step("click [2]", index=1, page="a"),
    ]
    dropped: Counter[str] = Counter()
    episode = make_episode(steps=steps, phase=phase)
    assert learnt_steps(episode, drop_useless=True, dropped=dropped) == steps
    assert not dropped


def test_a_step_gives_two_examples_and_one_without_reason(make_episode: MakeEpisode, make_step: MakeStep) -> None:
    episode = make_episode(steps=[make_step("click [1]", reason="why"), make_step("click [2]", index=1, reason="")])
    rows = list(example_rows(episode, episode.steps))
    assert [(row["kind"], row["reason"], row["action"]) for row in rows] == [
        ("action", "", "click [1]"),
        ("reason_action", "why", "click [1]"),
        ("action", "", "click [2]"),
    ]
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert len({row["example_id"] for row in rows}) == 3


def test_equal_examples_are_merged_and_weigh_the_root_of_their_number(
    tmp_path: Path, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    episodes = [make_episode(steps=[make_step("click [1]", reason="")], seed=seed) for seed in range(4)]
    dropped: Counter[str] = Counter()
    [row] = merge_equal((row for e in episodes for row in example_rows(e, e.steps)), dropped, scratch=tmp_path)
    assert (row["weight"], row["seed"], dropped["equal example"]) == (2.0, 0, 3)


def test_examples_that_wait_on_the_disk_come_out_as_those_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_episode: MakeEpisode, make_step: MakeStep
) -> None:
    episodes = [
        make_episode(steps=[make_step("click [1]", page=f"Zo\u00eb\n{seed % 40}")], seed=seed) for seed in range(100)
    ]
    rows = [row for episode in episodes for row in example_rows(episode, episode.steps)]
    found = []
    for held in (merging.HELD_CHARS, 3000):
        monkeypatch.setattr(merging, "HELD_CHARS", held)
        (scratch := tmp_path / str(held)).mkdir()
        dropped: Counter[str] = Counter()
        found.append((list(merge_equal(rows, dropped, scratch=scratch)), dropped))
    assert any((tmp_path / "3000").iterdir())
    assert found[0] == found[1]
    assert [row["example_id"] for row in found[0][0]] == sorted({row["example_id"] for row in rows})


def test_a_rejected_proposal_is_not_what_is_learnt(make_episode: MakeEpisode, make_step: MakeStep) -> None:
    """Equation 6: the executed pair, where the paper's algorithm 2 appends the student's."""
    proposal = Speculation(
        proposed=Candidate(action='stop ""'), candidates=(Candidate(action="click [1]"),), accepted=False
    )
    episode = make_episode(phase="explore-speculative", steps=[make_step("click [1]", speculation=proposal)])
    rows = list(example_rows(episode, episode.steps))
    assert {row["action"] for row in rows} == {"click [1]"}
    assert {row["source"] for row in rows} == {"speculative"}


@settings(derandomize=True, max_examples=20, deadline=None)
@given(steps=st.integers(1, 7), longest=st.integers(1, 4))
def test_every_stretch_between_observations_is_a_piece(make_episode: MakeEpisode, steps: int, longest: int) -> None:
    episode = make_episode(*["click [1]"] * steps)
    found = list(pieces(episode, solved=True, longest=longest))
    spans = {(piece.start, len(piece.steps)) for piece in found}
    expected = {(b, e - b) for b in range(steps) for e in range(b + 1, steps + 1) if e - b <= longest or e - b == steps}
    assert spans == expected
    assert len(found) == len({piece.id for piece in found}) == len(expected)
    for piece in found:
        after = piece.start + len(piece.steps)
        assert piece.end == (episode.steps[after].observation if after < steps else "")


def test_a_piece_says_what_it_does_and_whose_it_is(make_episode: MakeEpisode) -> None:
    episode = make_episode('type [2] "bob"', "click [1]", phase="explore-student", intent="Send bob")
    whole, part = None, None
    for piece in pieces(episode, solved=True, longest=2):
        whole = piece if len(piece.steps) == 2 else whole
        part = piece if piece.start == 1 else part
    assert whole is not None
    assert part is not None
    assert (whole.instruction, whole.found_by, whole.episode_key) == ("Send bob", "student", episode.key)
    assert part.instruction == 'Click button "Ok".'
    assert part.summary == (
        'Towards the goal "Send bob". After 1 other steps: click button "Ok" because because. '
        "With that the goal was reached."
    )


def test_failures_enter_knowledge_only_on_demand(make_episode: MakeEpisode) -> None:
    good, bad = make_episode(seed=1), make_episode(seed=2, outcome=Outcome.FAILED)
    for failures, solved in ((False, [True]), (True, [True, False])):
        config = KnowledgeConfig(failures=failures)
        found = pieces_of([good, bad], config)
        assert [piece.solved for piece in found] == solved


def test_each_finder_has_its_share_of_knowledge(make_episode: MakeEpisode) -> None:
    episodes = [make_episode(seed=seed, phase=f"explore-{by}") for by in ("teacher", "student") for seed in range(5)]
    episodes = [e.model_copy(update={"intent": f"{e.phase} {e.seed}"}) for e in episodes]
    found = pieces_of(episodes, KnowledgeConfig(per_task=2))
    assert Counter(piece.found_by for piece in found) == {"teacher": 2, "student": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("INSTRUCTION: Click Ok.\nSUMMARY: It\nwas done.", ("Click Ok.", "It was done.")),
        ("thinking...\nINSTRUCTION:  a\n\nSUMMARY: b", ("a", "b")),
        ("SUMMARY: b", None),
        ("", None),
    ],
)
def test_a_models_words_are_read_or_left(text: str, words: tuple[str, str] | None) -> None:
    found = read_wording(text)
    assert (found and (found.instruction, found.summary)) == words


def test_a_discovery_is_what_the_teacher_tried_and_failed(make_episode: MakeEpisode, make_step: MakeStep) -> None:
    solved, failed = Outcome.SOLVED, Outcome.FAILED
    own = [make_step("click [1]", decided_by="student")]
    episodes = [
        make_episode(task_id="new-task", seed=1, outcome=failed),
        make_episode(task_id="new-task", seed=5, phase="explore-student"),
        make_episode(task_id="new-seed", seed=1, outcome=failed),
        make_episode(task_id="new-seed", seed=2, outcome=solved),
        make_episode(task_id="new-seed", seed=1, phase="explore-student"),
        make_episode(task_id="new-seed", seed=9, phase="explore-student"),  # the teacher never tried it
        make_episode(task_id="known", seed=1, outcome=failed),
        make_episode(task_id="known", seed=1, phase="explore-speculative"),  # solved by a correction
        make_episode(task_id="known", seed=1, phase="explore-student"),
        make_episode(task_id="own", seed=1, outcome=failed),
        make_episode(task_id="own", seed=1, phase="explore-speculative", steps=own),  # no correction in it
        make_episode(task_id="own", seed=1, phase="explore-student"),
        make_episode(task_id="untried", seed=1, phase="explore-student"),
        make_episode(task_id="hard", seed=1, outcome=failed),
        make_episode(task_id="hard", seed=1, phase="explore-student", outcome=failed),
    ]
    found = student_only([episode_row(episode) for episode in episodes], round=1)
    assert [(each.kind, each.task_id, each.seed) for each in found] == [
        ("seed", "new-seed", 1),
        ("task", "new-task", 5),
        ("task", "own", 1),
    ]
    assert student_only([episode_row(episode) for episode in episodes], round=2) == ()
