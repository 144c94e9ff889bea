"""What a report says of a stored run, as data, as Markdown, and when stages are missing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.drawing.blocks import (
    Block,
    Cell,
    Figure,
    Fold,
    Group,
    Section,
    Table,
    Terms,
    Verbatim,
    Words,
    markdown_text,
    to_html,
    to_markdown,
)
from components.report.about import about
from components.report.choose import Candidate, choose
from components.report.config import ReportConfig
from components.report.explain import answers, beside_last, direction, from_teacher, to_use
from components.report.page import marked, tiles
from components.report.run import assemble, markdown, run
from components.report.sections import all_sections, learning, outcomes
from components.report.success import fall, tasks
from components.results.episodes import Change
from components.results.synthesize import Agreement
from components.trajectories.episodes import save_episode
from components.trajectories.manifest import Difference
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode, Outcome, Step, Target
from tests.components.report.conftest import NEW_TASKS, TASKS, evaluated
from tests.components.results.made import distill_result, promote_result, store, synthesize_result


def test_every_section_has_its_facts(run_of_three: Round) -> None:
    text = markdown(assemble(config=ReportConfig(), round=run_of_three)).replace("\N{NO-BREAK SPACE}", " ")
    assert "the teacher solves 5 more of 30 episodes of held-out seeds: +16.7 points" in text
    assert "The control, a random explorer in the student's place, was not run: chance may find the same." in text
    assert "12 of the 120 entries in the knowledge base came from the student alone." in text
    assert "The teacher accepted 67 % of the student's proposals (30 of 45)" in text
    assert "Distilled from its teacher: yes (distilled)." in text
    assert "p = 0.0039 is the least that 8 parts of the questions can give." in text
    assert "Decision: hold." in text
    assert re.search(r"\| minimum detectable effect \| 14.0 points \|", text)
    assert re.search(r"\| 0 \| – \| 4.4 \| 0 \|", text)  # nothing has been learnt before the first step


def test_the_first_screen_says_whether_it_got_better_which_version_to_use_and_whose_student_it_is(
    run_of_three: Round,
) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    got, last, chance, together, use, whose = answers(data)
    assert got.short == "yes"
    assert got.text.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "The student solves 57 % (39 % to 73 %) of held-out seeds, 0 % at the start: +56.7 points ("
    )
    assert last.question == "Better than the round before"
    assert last.short == "no, worse on held-out seeds, not shown on held-out tasks"
    assert last.text.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "On the same pages the student of round 2 solves 77 % of held-out seeds to this one's 57 %: -20.0 points ("
    )
    assert "; and " in last.text
    assert chance.short == "yes"
    assert chance.text.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "An agent that acts at random on the same pages solves"
    )
    assert together.short == "not shown"
    assert "Alone the student solves 57 %, the teacher 67 %." in together.text.replace("\N{NO-BREAK SPACE}", " ")
    assert use.short == "version 2"
    assert "the champion of round 2" in use.text
    assert "This round's was not promoted" in use.text
    assert whose.short == "yes"
    assert "lies at 0.53 (0.45 to 0.61)" in whose.text
    assert "models that have nothing to do with it at about 1 (here 0.81)." in whose.text
    assert whose.text.endswith("Before training it lay at 1.10. Under 0.69 it counts as distilled.")
    seeds, tasks, distance = tiles(data)
    assert (seeds.value, seeds.direction, seeds.arrow) == ("57\N{NO-BREAK SPACE}%", 1, "\N{UPWARDS ARROW}")
    assert tasks.direction == 1
    assert (distance.value, distance.arrow) == ("0.53", "")


def test_what_is_not_certain_on_one_of_the_splits_is_said_before_any_number(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    facts, audit = data.now.facts, data.now.audit
    assert audit is not None
    unsure = facts.since_start["heldout_tasks"].model_copy(update={"p_value": 0.3})
    facts = facts.model_copy(update={"since_start": {**facts.since_start, "heldout_tasks": unsure}, "explorer": ""})
    audit = audit.model_copy(update={"test": audit.test.model_copy(update={"margin": 0.88})})
    rounds = [*data.rounds[:-1], replace(data.now, facts=facts, audit=audit)]
    got, _, _, together, _, whose = answers(replace(data, rounds=rounds))
    assert got.short == "yes on held-out seeds, not shown on held-out tasks"
    assert together.short == "not tried"
    assert "Under 0.69 it counts as distilled (0.88 in the recipe, less here" in whose.text


def test_a_new_champion_is_the_version_to_use_and_before_any_there_is_none(run_of_three: Round) -> None:
    second = to_use(assemble(config=ReportConfig(), round=run_of_three.at(2)))
    assert second.short == "version 2"
    assert "This round's student is the new champion: +6.0 points (-4.0 to +18.0)" in second.text
    assert "`symbiont export model champion --to FOLDER`" in second.text
    data = assemble(config=ReportConfig(), round=run_of_three.at(1))
    held = promote_result(decision="hold", champion_version="", because="It is better, but the audit is missing.")
    none = to_use(replace(data, rounds=[replace(data.now, promotion=held)]))
    assert none.short == "none yet"
    assert none.text == (
        "No student has been promoted so far. It is better, but the audit is missing. The newest can be used all the "
        "same: `symbiont export model student --to FOLDER`."
    )
    unsure = promote_result(decision="inconclusive", champion_version="")
    said = to_use(replace(data, rounds=[replace(data.now, promotion=unsure)])).text
    assert said.startswith("No student has been promoted so far. It differs by ")


def test_what_overrules_the_distance_is_said_on_the_first_screen(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    assert data.now.audit
    told = {"verdict": "inconclusive", "because": "by the same test start, which is independent, would be accused too"}
    whose = from_teacher(replace(data.now, audit=data.now.audit.model_copy(update=told)))
    assert whose.short == "this audit cannot say"
    assert whose.text.endswith(
        "Under 0.69 it counts as distilled. By the same test start, which is independent, would be accused too."
    )


def test_what_the_audit_says_is_a_sentence(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    assert data.now.audit
    thin = data.now.audit.model_copy(update={"judged": None, "because": "too few probes (now 16)"})
    assert from_teacher(replace(data.now, audit=thin)).text == "Too few probes (now 16)."


def change(gains: int, losses: int, *, p: float) -> Change:
    return Change(pairs=30, gains=gains, losses=losses, difference=(gains - losses) / 30, interval=None, p_value=p)


@pytest.mark.parametrize(
    ("gains", "losses", "interval", "p", "shown"),
    [
        (8, 0, (0.01, 0.09), 0.008, 1),
        (8, 0, (0.0, 0.09), 0.008, 0),
        (8, 0, (0.01, 0.09), 0.05, 0),
        (0, 8, (-0.09, -0.01), 0.008, -1),
        (0, 8, (-0.09, 0.0), 0.008, 0),
        (8, 0, None, 0.008, 1),
        (0, 8, None, 0.008, -1),
    ],
)
def test_better_is_said_where_test_and_interval_both_say_so(
    gains: int, losses: int, interval: tuple[float, float] | None, p: float, shown: int
) -> None:
    change = Change(
        pairs=200, gains=gains, losses=losses, difference=(gains - losses) / 200, interval=interval, p_value=p
    )
    assert direction(change) == shown


def test_phases_are_named_in_words_on_the_page(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    counted = {
        "evaluate-random-heldout_tasks": {"solved": 3},
        "explore-student": {"failed": 1},
        "propose": {"solved": 1},
    }
    now = replace(data.now, facts=data.now.facts.model_copy(update={"outcomes": counted}))
    text = to_markdown(outcomes(replace(data, rounds=[*data.rounds[:-1], now])))
    assert "acting at random on held-out tasks" in text
    assert "student, exploring" in text
    assert "teacher, on proposed tasks" in text


@pytest.mark.parametrize(
    ("found", "short"),
    [
        (change(9, 1, p=0.02), "yes"),
        (change(8, 6, p=0.79), "not shown"),
        (change(1, 9, p=0.02), "no, worse"),
    ],
)
def test_better_is_said_only_where_the_episodes_show_it(run_of_three: Round, found: Change, short: str) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    facts = data.now.facts.model_copy(update={"since_start": {"heldout_seeds": found}})
    assert answers(replace(data, rounds=[*data.rounds[:-1], replace(data.now, facts=facts)]))[0].short == short


def test_a_judge_of_models_stands_beside_the_evaluator(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    assert data.now.synthesis is not None
    assert "Models judged" not in str(outcomes(data).blocks)
    found = Agreement(both_solved=50, both_failed=40, judge_alone=7, evaluator_alone=3, undecided=2)
    synthesis = data.now.synthesis.model_copy(update={"agreement": found})
    [said] = outcomes(replace(data, rounds=[replace(data.now, synthesis=synthesis)])).blocks[1:]
    assert isinstance(said, Words)
    text = said.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "no verdict on 2 trajectories" in text
    assert "Of the other 100 they agree with the evaluator on 90, 83 % to 94 %" in text
    assert "7 were solved by their word alone, 3 by the evaluator's alone" in text


@pytest.mark.parametrize(("points", "every"), [(1, 1), (20, 3), (61, 7), (61, 10), (200, 1), (201, 11), (500, 499)])
def test_the_table_of_the_learning_curve_tells_every_judgement_there_is_room_for(
    run_of_three: Round, points: int, every: int
) -> None:
    curve = [
        {"step": at, "train_loss": 1.0, "tokens": 1, "seconds": 1.0}
        | ({} if at % every else {"validation_loss": 2.0, "action_accuracy": 0.5})
        for at in range(points)
    ]
    data = assemble(config=ReportConfig(), round=run_of_three)
    now = replace(data.now, distillation=distill_result(curve=curve))
    (figure, _) = learning(replace(data, rounds=(now,))).blocks
    assert isinstance(figure, Figure)
    steps = [int(str(row[0])) for row in figure.numbers.rows if not isinstance(row, Group)]
    judged = list(range(0, points, every))
    assert steps == sorted(set(steps))
    assert set(judged) <= set(steps) or (len(judged) > 20 and set(steps) <= set(judged))
    assert judged[-1] in steps
    assert 1 <= len(steps) <= 20


def test_the_page_says_what_was_run(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    terms, *folded = about(data).blocks
    assert isinstance(terms, Terms)
    said = dict(terms.rows)
    assert said["Benchmark"] == "MiniWoB++ 1.1.0"
    assert said["Teacher"] == "scripted: rules written by hand"
    assert said["Judged on"] == "5 training tasks on held-out seeds, 30 episodes; 2 held-out tasks, 12 episodes"
    assert said["Student"].startswith("1.07 million parameters")
    assert said["Recipe"] == "laptop, seed 0, round 3"
    assert said["Code"] == "commit abcdef012345"
    assert said["Place"] == "laptop, Linux x86_64, 2 cores, 8 GB of memory"
    assert said["Time"].startswith("7 min 15 s")
    found = data.now.evaluations["student"]
    one = found.splits["heldout_tasks"].model_copy(update={"by_task": found.splits["heldout_tasks"].by_task[:1]})
    few = found.model_copy(update={"splits": {"heldout_tasks": one}})
    now = replace(data.now, evaluations=data.now.evaluations | {"student": few})
    terms = about(replace(data, rounds=[*data.rounds[:-1], now])).blocks[0]
    assert isinstance(terms, Terms)
    assert dict(terms.rows)["Judged on"] == "1 held-out task, 12 episodes"
    titles = [each.title for each in folded if isinstance(each, Fold)]
    assert titles == ["Digests and versions", "The recipe, defaults filled in", "What the words mean"]


def test_the_page_says_which_images_ran(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    assert data.now.manifest is not None
    images = "registry/tools@sha256:1, registry/explorer@sha256:2"

    def shown(image: str) -> list[tuple[str, ...]]:
        manifest = data.now.manifest.model_copy(update={"image": image}) if data.now.manifest else None
        [fold] = [each for each in about(replace(data, rounds=(replace(data.now, manifest=manifest),))).blocks[1:2]]
        assert isinstance(fold, Fold)
        [table] = fold.blocks
        assert isinstance(table, Table)
        return [row for row in table.rows if isinstance(row, tuple) and row[0] == "image"]

    assert shown(images) == [("image", "registry/tools@sha256:1"), ("image", "registry/explorer@sha256:2")]
    assert shown("") == []


def test_the_page_says_what_changed_since_the_round_before(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    few, many = (
        tuple(Difference(key=f"distill.{number}", old="400", new="800") for number in range(count)) for count in (2, 20)
    )

    def shown(changed: tuple[Difference, ...]) -> Block:
        assert data.now.manifest is not None
        manifest = data.now.manifest.model_copy(update={"changed": changed})
        return about(replace(data, rounds=(replace(data.now, manifest=manifest),))).blocks[1]

    table = shown(few)
    assert isinstance(table, Table)
    assert table.rows == [("distill.0", "400", "800"), ("distill.1", "400", "800")]
    fold = shown(many)
    assert isinstance(fold, Fold)
    assert fold.title == "20 things changed since the round before"


def test_the_table_of_tasks_begins_with_what_the_student_lacks_to_its_teacher(run_of_three: Round) -> None:
    (section,) = tasks(assemble(config=ReportConfig(), round=run_of_three))
    seeds = next(each for each in section.blocks if isinstance(each, Table))
    rounds = ["round 1", "round 2", "round 3"]
    assert list(seeds.header) == ["task", "start", *rounds, "teacher", "random", "stop"]
    groups = [row.title for row in seeds.rows if isinstance(row, Group)]
    assert groups == ["login", "choose", "click", "enter"]  # families, login-user lacks most
    named = [row for row in seeds.rows if not isinstance(row, Group)]
    rows = {row[0].text: row[1:] for row in named if isinstance(row[0], Cell)}
    cells = [cell for cell in rows["login-user"] if isinstance(cell, Cell)][:5]
    assert [cell.text for cell in cells] == ["0/6", "2/6", "3/6", "1/6", "5/6"]
    assert cells[-1].shade == pytest.approx(5 / 6)
    linked = [cell for row in rows.values() for cell in row if isinstance(cell, Cell) and cell.anchor]
    assert linked
    assert {cell.anchor[0] for cell in linked} == {"e"}


def test_every_judged_task_says_what_it_asks_whether_or_not_an_episode_of_it_is_shown(run_of_three: Round) -> None:
    (section,) = tasks(assemble(config=ReportConfig(episodes=1), round=run_of_three))
    tables = [each for each in section.blocks if isinstance(each, Table)]
    named = [row[0] for table in tables for row in table.rows if not isinstance(row, Group)]
    assert len(named) == len(TASKS) + len(NEW_TASKS)
    assert all(isinstance(cell, Cell) and cell.note.startswith('Click on the "Submit" button.') for cell in named)


def test_what_the_student_found_is_counted_against_the_teacher_of_all_rounds(run_of_three: Round) -> None:
    now = assemble(config=ReportConfig(), round=run_of_three).now
    found = now.facts.states
    assert found is not None
    assert now.facts.actions is not None
    # Five tasks of three seeds: each agent's pages name their phase and seed, so each reaches states of its own.
    assert found.student == found.teacher == 15
    assert found.new == 15
    assert found.interval == (pytest.approx(0.796, abs=0.001), 1.0), "15 of 15"
    assert (now.facts.actions.student, now.facts.actions.new) == (15, 15)
    assert now.facts.explorer == "local"
    assert now.synthesis is not None
    alone = {(each.task_id, each.seed) for each in now.synthesis.student_only_solutions}
    assert alone == {("click-tab", 1), ("click-tab", 2)}


def test_a_fall_beyond_chance_is_shown_with_its_tasks_and_without_a_cause(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    (section,) = fall(data)
    text = to_markdown(section)
    # Four tasks lose one seed, login-user goes from three solved to one; nothing is gained.
    assert "it lost 6 episodes and gained 0 (McNemar p = 0.031)" in text
    assert text.index("login-user") < text.index("click-button")
    assert "| login-user | 3 of 6 | 1 of 6 |" in text
    assert "imitat" not in text
    assert "less than chance would explain" in beside_last(data)


def test_a_fall_that_chance_explains_is_one_line_and_no_section(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    noise = data.now.facts.model_copy(update={"since_last": {"heldout_seeds": change(6, 8, p=0.79)}})
    data = replace(data, rounds=[*data.rounds[:-1], replace(data.now, facts=noise)])
    assert fall(data) == []
    assert "gained 6 and lost 8 (McNemar p = 0.79): no difference that these episodes can show." in beside_last(data)


def test_a_run_that_only_gains_has_every_section_but_that_of_a_fall(run_of_three: Round) -> None:
    second = assemble(config=ReportConfig(), round=run_of_three.at(2))
    assert [each.key for each in all_sections(second)] == [
        "run",
        "success",
        "symbiosis",
        "tasks",
        "learning",
        "discovery",
        "outcomes",
        "audit",
        "promotion",
        "cost",
    ]
    assert beside_last(assemble(config=ReportConfig(), round=run_of_three.at(1))) == ""


def test_the_students_episodes_stand_beside_the_teachers_of_the_same_seed(run_of_three: Round) -> None:
    data = assemble(config=ReportConfig(), round=run_of_three)
    judged = [each for each in data.episodes if each.agent == "student, judged"]
    assert judged
    for each in judged:
        assert each.beside is not None
        other = each.beside.episode
        assert (other.task_id, other.seed) == (each.episode.task_id, each.episode.seed)
        assert other.phase == each.episode.phase.replace("student", "teacher")
    assert all(each.beside is None for each in data.episodes if each.agent != "student, judged")
    anchors = [view.anchor for each in data.episodes for view in (each, each.beside) if view]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('heading "A"\n[2] button "Go"\n[12] button "Go"', '[2] button "Go"'),
        ('| Ann | [2] button "Go" |', '[2] button "Go"'),
        ('text "say [2] button "\n  [2] button "Go" disabled', '[2] button "Go"'),
        ('[12] button "Go"', ""),
    ],
)
def test_the_element_that_was_acted_on_is_marked_where_it_stands(text: str, expected: str) -> None:
    target = Target(ref=2, role="button", name="Go", line='button "Go"')
    before, element, after = marked(Step(index=0, url="u", observation=text, action="click [2]", target=target))
    assert before + element + after == text
    assert element == expected
    assert marked(Step(index=0, url="u", observation=text, action="press Enter")) == (text, "", "")


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


def test_of_a_benchmark_without_seeds_new_tasks_come_first_and_training_tasks_are_a_row_apart(tmp_path: Path) -> None:
    round = Round(run="new", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    sites = {task: "shop" for task in TASKS} | dict(zip(NEW_TASKS, ("map", "map+shop"), strict=True))
    others = {"Others": {"all": 0.52, "map": 0.6, "several": 0.29, "elsewhere": 0.1}}
    wrong = {TASKS[0]: "nobody can solve it"}
    for role, solve in (("student", lambda *_: True), ("random", lambda *_: False), ("champion", lambda *_: False)):
        evaluated(round, role, solve, trained="transductive", sites=sites, doubtful=wrong, published=others)
    data = assemble(config=ReportConfig(), round=round)
    text = markdown(data).replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"The student solves 100 % \(.*\) of held-out tasks \(disjoint\), 0 % at the start: \+100", text)
    assert [tile.label.split(" (")[0] for tile in tiles(data)] == ["of held-out tasks, which it never saw"]
    assert "Success on training tasks again (transductive), with 95 % intervals" in text
    assert re.search(r"\| student \| held-out tasks \(disjoint\) \| map \| 100 % \|", text)
    assert "| student | held-out tasks (disjoint) | several | 100 % | 61 % to 100 % | 6 of 6 |" in text
    assert re.search(r"\| acting at random \| held-out tasks \(disjoint\) \| map \| 0 % \|", text)
    assert re.search(r"\| student \| training tasks again \(transductive\) \| mean of templates \| 100 % \|", text)
    rates = re.findall(r"\| Others \| published \| (.+?) \| (.+?) \|", text)
    assert rates == [("all", "52 %"), ("map", "60 %"), ("several", "29 %")]
    assert "Published: other pages." in text
    assert "task | start | round 1 | random |" in text
    assert "so held-out tasks are called too" in to_html(about(data).blocks)
    assert f"Counted, and wrong: {TASKS[0]}: nobody can solve it." in text


hostile = st.text(alphabet="<>&\"'`*_[]()|\\#!~$ \n-+=ab", max_size=30)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(hostile)
def test_no_text_becomes_markup(text: str) -> None:
    table = Table(
        header=(text, "b"),
        rows=[[text, text], Group(title=text), [text, Cell(text=text, shade=0.5)], [Cell(text=text, note=text), text]],
    )
    terms = Terms(rows=[(text, text)])
    blocks = [Words(text), table, terms, Fold(title=text, blocks=[Verbatim(text=text)])]
    section = Section(key="k", title=text, blocks=blocks)
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
        "dl",
        "dt",
        "dd",
        "pre",
        "details",
        "summary",
        "code",
        "span",
        "small",
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
