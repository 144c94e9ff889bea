"""Which trajectories are good: by outcome, by rule, and by the majority of a model's voices."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.config import ChatConfig, PromptBudget
from components.errors import InputError
from components.results.synthesize import Agreement
from components.synthesize import asking
from components.synthesize import judge as judges
from components.synthesize.config import (
    DebateJudge,
    ModelJudge,
    OutcomeJudge,
    PanelJudge,
    RuleJudge,
    SynthesizeConfig,
)
from components.synthesize.evidence import evidence, pages_that_matter
from components.synthesize.judgement import Judgement, Statement, agreement
from components.synthesize.panel import majority, read_verdict
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Outcome, Step
from tests.components.agents.protocol_server import Answer, serve

MakeEpisode = Callable[..., Episode]


def judge_all(episodes: list[Episode], **how: Any) -> dict[str, Judgement]:
    return {episode.key: judgement for episode, judgement in judges.judge_episodes(episodes, **how)}


@pytest.fixture
def round_1(tmp_path: Path) -> Round:
    return Round(run="run", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)


def test_the_evaluators_outcome(round_1: Round, make_episode: MakeEpisode) -> None:
    episodes = [make_episode(seed=seed, outcome=outcome) for seed, outcome in enumerate(Outcome)]
    judged = judge_all(episodes, judge=OutcomeJudge(), round=round_1)
    assert [judged[episode.key].outcome for episode in episodes] == list(Outcome)
    assert [judged[episode.key].good for episode in episodes] == [True, False, False, False, False]


def test_a_rule_refuses_what_took_too_much_ado(
    round_1: Round, make_episode: MakeEpisode, make_step: Callable[..., Step]
) -> None:
    tidy = make_episode("click [1]", seed=1)
    long = make_episode(*["click [1]"] * 4, seed=2)
    clumsy = make_episode(steps=[make_step("click [9]", feedback="no such element", index=n) for n in range(2)], seed=3)
    failed = make_episode(seed=4, outcome=Outcome.FAILED)
    judged = judge_all([tidy, long, clumsy, failed], judge=RuleJudge(max_errors=1, max_steps=3), round=round_1)
    assert [judged[each.key].good for each in (tidy, long, clumsy, failed)] == [True, False, False, False]
    assert judged[clumsy.key].because == "2 failed actions"


def test_a_rules_limits_may_be_reached_and_not_passed(
    round_1: Round, make_episode: MakeEpisode, make_step: Callable[..., Step]
) -> None:
    def good(errors: int, steps: int) -> bool:
        made = [
            make_step("click [1]", feedback="nothing there" * (index < errors), index=index) for index in range(steps)
        ]
        episode = make_episode(steps=made)
        return judge_all([episode], judge=RuleJudge(max_errors=1, max_steps=3), round=round_1)[episode.key].good

    assert [good(errors, 3) for errors in (0, 1, 2)] == [True, True, False]
    assert [good(0, steps) for steps in (2, 3, 4)] == [True, True, False]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("It clicked Ok.\nVERDICT: solved", "solved"),
        ("**VERDICT:** Failed.", "failed"),
        ("VERDICT: solved\nNo, wait.\nVERDICT: failed", "failed"),
        ("It was solved.", "unreadable"),
        ("VERDICT: perhaps", "unreadable"),
        ("", "unreadable"),
    ],
)
def test_a_verdict_is_read_or_is_unreadable(answer: str, verdict: str) -> None:
    assert read_verdict(answer) == verdict


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ("ssf", Outcome.SOLVED),
        ("sff", Outcome.FAILED),
        ("s??", Outcome.JUDGE_ERROR),  # most voices cannot be read: not a failure of the agent
        ("sf?", Outcome.JUDGE_ERROR),
        ("ss?", Outcome.SOLVED),
        ("???", Outcome.JUDGE_ERROR),
    ],
)
def test_the_majority_of_all_voices_decides(votes: str, outcome: Outcome) -> None:
    answers = [{"s": "VERDICT: solved", "f": "VERDICT: failed", "?": "well"}[vote] for vote in votes]
    assert majority([Statement(by="m", text=answer) for answer in answers]).outcome is outcome


@settings(derandomize=True, max_examples=50)
@given(st.lists(st.sampled_from(["VERDICT: solved", "VERDICT: failed", "?"]), min_size=1, max_size=7), st.randoms())
def test_the_order_of_voices_does_not_matter(answers: list[str], random: Any) -> None:
    said = [Statement(by="m", text=answer) for answer in answers]
    assert majority(said).outcome is majority(random.sample(said, len(said))).outcome


def test_a_model_judges_with_several_voices_once(round_1: Round, make_episode: MakeEpisode, openai_server: Any) -> None:
    def answer(text: str, seed: int) -> str:
        if "unclear" in text:
            return "I cannot say."
        return f"VERDICT: {'solved' if seed < 2 and 'good' in text else 'failed'}"

    openai_server.answer = answer
    model = ChatConfig(model="m", base_url=openai_server.base_url)
    judge = ModelJudge(model=model, voices=3)
    good = make_episode(seed=1, intent="a good one", outcome=Outcome.FAILED)  # the evaluator is not asked
    bad = make_episode(seed=2, intent="a bad one")
    unclear = make_episode(seed=3, intent="an unclear one")
    lost = make_episode(seed=4, outcome=Outcome.INFRA_ERROR)
    episodes = [good, bad, unclear, lost]
    judged = judge_all(episodes, judge=judge, round=round_1)
    assert [judged[each.key].outcome.value for each in episodes] == ["solved", "failed", "judge_error", "infra_error"]
    assert [(vote.by, vote.verdict) for vote in judged[good.key].votes] == [
        ("m", "solved"),
        ("m", "solved"),
        ("m", "failed"),
    ]
    assert (judged[good.key].criteria, judged[good.key].evaluator) == ("success-1", Outcome.FAILED)
    assert len(openai_server.requests) == 9
    assert judge_all(episodes, judge=judge, round=round_1) == judged
    assert len(openai_server.requests) == 9  # kept in the store
    judge_all([good], judge=ModelJudge(model=model, voices=5), round=round_1)
    assert len(openai_server.requests) == 14  # another judge asks anew


def test_a_stream_of_episodes_is_judged_by_one_client_that_keeps_one_sum(
    round_1: Round, make_episode: MakeEpisode, openai_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many are judged at once: a sum of their own for every few would be read by all that come after."""
    monkeypatch.setattr(asking, "AT_ONCE", 2)
    openai_server.answer = lambda _text, _seed: "VERDICT: solved"
    model = ChatConfig(model="m", base_url=openai_server.base_url, budget_tokens=10**6)
    taken: list[int] = []

    def episodes() -> Iterator[Episode]:
        for seed in range(5):
            taken.append(seed)
            yield make_episode(seed=seed)

    stream = judges.judge_episodes(episodes(), judge=ModelJudge(model=model, voices=1), round=round_1)
    assert next(stream)[0].seed == 0
    assert taken == [0, 1]
    assert [episode.seed for episode, judgement in stream if judgement.good] == [1, 2, 3, 4]
    (ledger,) = round_1.store.list("runs/run/ledger/")
    assert json.loads(round_1.store.get(ledger))["closed"]


def test_what_the_judge_will_not_read_has_no_verdict_and_the_others_have(
    round_1: Round, make_episode: MakeEpisode
) -> None:
    with serve(Answer(status=400, text="content_filter"), Answer("VERDICT: solved")) as server:
        judge = ModelJudge(model=ChatConfig(model="m", base_url=server.url, concurrency=1), voices=1)
        episodes = [make_episode(seed=1), make_episode(seed=2)]
        judged = judge_all(episodes, judge=judge, round=round_1)
        assert sorted(each.outcome.value for each in judged.values()) == ["judge_error", "solved"]
        assert judge_all(episodes, judge=judge, round=round_1) == judged
        assert len(server.requests) == 2


def test_a_long_verdict_is_read_in_time_that_grows_with_it_alone() -> None:
    started = time.monotonic()
    assert read_verdict("\n" * 100_000 + "**VERDICT: failed**") == "failed"
    assert read_verdict("- " * 50_000) == "unreadable"
    assert time.monotonic() - started < 5


def test_an_endpoint_that_refuses_ends_in_a_message(round_1: Round, make_episode: MakeEpisode) -> None:
    model = ChatConfig(model="m", base_url="http://127.0.0.1:9/v1", api_key_env="SYMBIONT_NO_SUCH_KEY")
    with pytest.raises(InputError, match="SYMBIONT_NO_SUCH_KEY"):
        judge_all([make_episode()], judge=ModelJudge(model=model), round=round_1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"judge": {"kind": "model", "model": {"kind": "chat", "model": "m", "base_url": "x"}, "voices": 2}},
        {"judge": {"kind": "oracle"}},
        {"train_on": []},
        {"train_on": ["nobody"]},
        {"per_task": 0},
        {"knowlege": {}},
    ],
)
def test_a_wrong_configuration_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        SynthesizeConfig.model_validate(wrong)


def chat(name: str, url: str) -> ChatConfig:
    return ChatConfig(model=name, base_url=url)


def test_several_models_vote_and_their_reasons_are_kept_with_the_verdict(
    round_1: Round, make_episode: MakeEpisode
) -> None:
    said = {name: f"The {name} one thinks so.\nVERDICT: {verdict}" for name, verdict in OPINIONS.items()}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve(Answer(text))) for name, text in said.items()}
        panel = PanelJudge(models=tuple(chat(name, server.url) for name, server in servers.items()))
        episode = make_episode(seed=1, outcome=Outcome.FAILED)
        judged = judge_all([episode], judge=panel, round=round_1)[episode.key]
        [kept] = [key for key in round_1.store.list(f"{round_1.prefix}/judgements/")]
    assert Judgement.model_validate_json(round_1.store.get(kept)) == judged
    assert {(vote.by, vote.verdict, vote.text) for vote in judged.votes} == {
        (name, OPINIONS[name], text) for name, text in said.items()
    }
    assert judged.outcome is Outcome.SOLVED
    spent = [key for key in round_1.store.list("runs/run/ledger/")]
    assert {key.split("/")[3].rpartition("-")[0] for key in spent} == set(said)  # each from its own model's budget


OPINIONS = {"first": "solved", "second": "failed", "third": "solved"}


def test_a_debate_is_led_before_a_third_who_reads_both(round_1: Round, make_episode: MakeEpisode) -> None:
    with (
        serve(Answer("It was done."), Answer("It still was.")) as one,
        serve(Answer("The wrong button."), Answer("Look at step 1.")) as other,
        serve(Answer("Criterion 1 decides.\nVERDICT: failed")) as third,
    ):
        judge = DebateJudge(
            speaks_for=chat("a", one.url), speaks_against=chat("b", other.url), judge=chat("c", third.url)
        )
        episode = make_episode(seed=1)
        judged = judge_all([episode], judge=judge, round=round_1)[episode.key]
        assert judge_all([episode], judge=judge, round=round_1) == {episode.key: judged}
    assert judged.outcome is Outcome.FAILED
    assert [(each.by, each.text) for each in judged.debate] == [
        ("for: a", "It was done."),
        ("against: b", "The wrong button."),
        ("for: a", "It still was."),
        ("against: b", "Look at step 1."),
    ]
    [question] = third.requests
    told = question["messages"][1]["content"]
    assert [told.index(each.text) for each in judged.debate] == sorted(told.index(each.text) for each in judged.debate)
    assert "Everything the goal asks for was done" in question["messages"][0]["content"]
    assert "The wrong button." not in one.requests[0]["messages"][1]["content"]
    assert "The wrong button." in one.requests[1]["messages"][1]["content"]
    assert agreement([judged]) == Agreement(both_solved=0, both_failed=0, judge_alone=0, evaluator_alone=1, undecided=0)


def test_a_judge_reads_the_page_that_answers_and_not_the_first_thousand_characters_of_one(
    make_episode: MakeEpisode, make_step: Callable[..., Step]
) -> None:
    menu = "\n".join(f'[{ref}] link "Entry {ref} of the menu"' for ref in range(10, 500))
    pages = [menu] * 12
    pages[3] = menu + '\ntext "Order 4711 was delivered to Zurich"\n' + menu
    steps = [
        make_step("click [1]", index=index).model_copy(update={"observation": page, "url": f"http://site/{index}"})
        for index, page in enumerate(f'heading "Page {index}"\n{page}' for index, page in enumerate(pages))
    ]
    asked = make_episode(steps=steps, intent="Where was order 4711 delivered?").model_copy(update={"answer": "Zurich"})
    budget = PromptBudget(page=500)
    shown = pages_that_matter(asked, limit=3, room=500 * 4)
    assert any("Order 4711 was delivered to Zurich" in page for page in shown)
    assert shown[-1].startswith("THE LAST PAGE, BEFORE ACTION 12:")
    assert len(shown) == 3
    assert len(evidence(asked, pages=3, budget=budget)) < 4 * (500 + budget.goal * 2 + budget.history)


@pytest.mark.parametrize("room", [40, 200, 1000])
def test_pages_for_a_judge_keep_to_their_room(room: int, make_episode: MakeEpisode) -> None:
    episode = make_episode(*["click [1]"] * 5)
    assert sum(len(page) + 2 for page in pages_that_matter(episode, limit=4, room=room)) <= max(room, 4 * 40)


def test_a_judge_reads_what_the_agent_was_told_beside_the_goal(make_episode: MakeEpisode) -> None:
    budget = PromptBudget(goal=20)
    plain = make_episode(intent="Find it")
    told = evidence(plain.model_copy(update={"notice": 'end with stop "FOUND"'}), pages=1, budget=budget)
    assert told.startswith('GOAL: Find it\n\nNOTICE: end with stop "FOUND"\n\n')
    assert told.replace('NOTICE: end with stop "FOUND"\n\n', "") == evidence(plain, pages=1, budget=budget)
    long = evidence(plain.model_copy(update={"notice": "endless " * 100}), pages=1, budget=budget)
    assert len(long) - len(told) < 4 * budget.goal


def test_an_attempt_without_steps_can_be_judged(make_episode: MakeEpisode) -> None:
    assert evidence(make_episode(steps=[]), pages=4, budget=PromptBudget()).endswith("ANSWER: none")


def test_criteria_of_ones_own_are_judged_by(tmp_path: Path, round_1: Round, make_episode: MakeEpisode) -> None:
    own = tmp_path / "strict-2.md"
    own.write_text("For people.\n\n## criteria\n\nOnly haste counts.\n\n## voice\n\nSay VERDICT: solved or failed.\n")
    with serve(Answer("VERDICT: solved")) as server:
        judge = ModelJudge(model=chat("m", server.url), voices=1, criteria=str(own))
        episode = make_episode()
        judged = judge_all([episode], judge=judge, round=round_1)[episode.key]
    assert judged.criteria == "strict-2"
    assert server.requests[0]["messages"][0]["content"].startswith("Only haste counts.")
    for wrong in (str(tmp_path / "none-1.md"), str(tmp_path / "noversion.md"), "success-99"):
        with pytest.raises(ValueError, match="criteria"):
            ModelJudge(model=chat("m", server.url), criteria=wrong)
    with pytest.raises(ValueError, match="no part against, for, judge"):
        DebateJudge(speaks_for=judge.model, speaks_against=judge.model, judge=judge.model, criteria=str(own))
