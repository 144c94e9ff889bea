"""What a report says of a stored run, as data, as Markdown, and when stages are missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.drawing.blocks import Section, Table, Words, markdown_text, to_html, to_markdown
from components.report.choose import Candidate, choose
from components.report.config import ReportConfig
from components.report.explain import headline
from components.report.run import assemble, markdown, run
from components.report.sections import all_sections
from components.trajectories.episodes import save_episode
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step
from tests.components.results.made import store, synthesize_result


def test_every_section_has_its_facts(run_of_three: Round) -> None:
    text = markdown(assemble(config=ReportConfig(), round=run_of_three)).replace("\N{NO-BREAK SPACE}", " ")
    assert "The student solves 57 % of held-out seeds" in text
    assert "it was 77 % after round 2. It was not promoted." in text
    assert "With the knowledge base the teacher solves 83 % of held-out seeds, without it 67 %: +16.7 points" in text
    assert "12 of the 120 entries in the knowledge base came from the student alone." in text
    assert "The teacher accepted 67 % of the student's proposals (30 of 45)" in text
    assert "Verdict: distilled (p = 0.0039)." in text
    assert "Decision: hold." in text
    assert re.search(r"\| minimum detectable effect \| 14.0 points \|", text)
    assert re.search(r"\| 0 \| – \| 4.4 \| 0 \|", text)  # nothing has been learnt before the first step


def test_what_the_student_found_is_counted_against_the_teacher_of_all_rounds(run_of_three: Round) -> None:
    now = assemble(config=ReportConfig(), round=run_of_three).now
    found = now.facts.states
    assert found is not None
    # Five tasks of three seeds: each agent's pages name their phase and seed, so each reaches states of its own.
    assert found.student == found.teacher == 15
    assert found.new == 15
    assert now.synthesis is not None
    alone = {(each.task_id, each.seed) for each in now.synthesis.student_only_solutions}
    assert alone == {("click-tab", 1), ("click-tab", 2)}


def test_the_first_loss_is_explained_with_the_tasks_that_lost(run_of_three: Round) -> None:
    (section,) = (
        each for each in all_sections(assemble(config=ReportConfig(), round=run_of_three)) if each.key == "loss"
    )
    text = to_markdown(section).replace("\N{NO-BREAK SPACE}", " ")
    assert "Round 3 is the first to lose" in text
    # Four tasks lose one seed, login-user goes from three solved to one; nothing is gained.
    assert "lost 6 episodes and gained 0 (McNemar p = 0.031): chance alone does not explain it" in text
    assert "action accuracy on validation steps fell too" in text
    assert text.index("login-user") < text.index("click-button")
    assert "3/6 to 1/6" in text


def test_a_run_that_only_gains_has_no_loss_to_explain(run_of_three: Round) -> None:
    second = assemble(config=ReportConfig(), round=run_of_three.at(2))
    assert [each.key for each in all_sections(second)] == [
        "success",
        "learning",
        "discovery",
        "outcomes",
        "audit",
        "promotion",
        "cost",
    ]
    assert "it was 47" in headline(second)
    first = assemble(config=ReportConfig(), round=run_of_three.at(1))
    assert "before any training" in headline(first)


def test_the_same_results_make_the_same_page_once(run_of_three: Round, tmp_path: Path) -> None:
    first = run(config=ReportConfig(), round=run_of_three, out=tmp_path / "a.html")
    again = run(config=ReportConfig(), round=run_of_three, out=tmp_path / "b.html")
    assert first == again
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    other = run(config=ReportConfig(episodes=5), round=run_of_three)
    assert other.page != first.page


def test_pages_the_teacher_saw_in_an_earlier_round_are_not_new(tmp_path: Path) -> None:
    first = Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    second = first.at(2)
    pages = {"explore-teacher": ["a", "b"], "explore-student": ["b", "c"]}
    later = {"explore-teacher": ["d"], "explore-student": ["a", "c", "d", "e"]}
    for round, seen in ((first, pages), (second, later)):
        for phase, texts in seen.items():
            save_episode(round.store, seeing(round, phase, texts))
        store(round, synthesize_result())
    found = [run(config=ReportConfig(), round=round).facts.states for round in (first, second)]
    assert [each.new for each in found if each] == [1, 2]  # c; then c and e, which only the student had seen


def seeing(round: Round, phase: str, texts: list[str]) -> Episode:
    """An episode whose pages read so, each time with another reference."""
    return Episode(
        run=round.run,
        round=round.number,
        phase=phase,
        benchmark="b",
        task_id="t",
        family="f",
        template="t",
        seed=0,
        intent="i",
        start_url="http://x/",
        agent=AgentInfo(name="a", kind="k", digest="d"),
        steps=tuple(
            Step(index=i, url="u", observation=f'[{i + round.number}] button "{text}"', action="a")
            for i, text in enumerate(texts)
        ),
        outcome=Outcome.FAILED,
        started_at="2026-01-01T00:00:00+00:00",
        seconds=1.0,
    )


def test_an_unfinished_round_is_reported_with_what_there_is(tmp_path: Path) -> None:
    empty = Round(run="new", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    result = run(config=ReportConfig(), round=empty, out=tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    for words in ("has not evaluated its student yet", "No audit was run", "Nothing was decided", "No episode of this"):
        assert words in text
    assert result.facts.outcomes == {}


hostile = st.text(alphabet="<>&\"'`*_[]()|\\#!~$ \n-+=ab", max_size=30)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(hostile)
def test_no_text_becomes_markup(text: str) -> None:
    section = Section(key="k", title=text, blocks=[Words(text), Table(header=(text, "b"), rows=[[text, text]])])
    html = to_html(section.blocks)
    tags = re.findall(r"<[^>]*>", html)
    assert {re.split(r"[ >]", tag.strip("</"))[0] for tag in tags} <= {
        "p",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    written = to_markdown(section)
    assert "<" not in written
    assert not re.search(r"(?<!\\)[`*\[\]$~!]", written)
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in rows)
    assert "\n" not in markdown_text(text)


def candidates(count: int) -> list[Candidate]:
    phases = ("explore-teacher", "explore-student", "evaluate-student-heldout_seeds")
    return [
        Candidate(
            key=f"{phase}/task-{i % 7}/{i}",
            phase=phase,
            task_id=f"task-{i % 7}",
            outcome="solved" if i % 10 == 0 else "failed",
            why="solved by the student alone" if phase == "explore-student" and i < 4 else "",
        )
        for phase in phases
        for i in range(count)
    ]


def test_the_sample_holds_what_is_noted_and_a_spread_of_the_rest() -> None:
    chosen = choose(candidates(60), count=30)
    assert len(chosen) == 30
    assert chosen == choose(list(reversed(candidates(60))), count=30)
    assert sum(bool(each.why) for each in chosen) == 4
    assert all(each.why for each in chosen[:4])
    for phase in ("explore-teacher", "explore-student", "evaluate-student-heldout_seeds"):
        mine = [each for each in chosen if each.phase == phase and not each.why]
        assert len(mine) >= 8
        assert len({each.task_id for each in mine}) >= 5
        assert "solved" in {each.outcome for each in mine}


@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_sample_is_never_larger_than_asked_or_there_is(count: int) -> None:
    assert len(choose(candidates(10), count=count)) == min(count, 30)
