"""The student's action stands when the teacher would do the same to the same element, else the teacher's best does."""

import asyncio
import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.agents.base import Agent, Decision, Turn
from components.agents.batching import Batcher
from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig
from components.agents.label import label
from components.agents.speculate import SpeculativeAgent, combine
from components.browser.observation import Element, Observation
from components.errors import InfraError
from components.trajectories.schema import AgentInfo, Candidate, Cost
from tests.conftest import OpenAIServer

LINES = {1: 'button "Ok"', 2: 'button "Cancel"', 3: 'button "Ok"', 4: 'textbox "Name"'}
PAGE = Observation(
    url="http://site/",
    title="",
    text="\n".join(f"[{ref}] {line}" for ref, line in LINES.items()),
    elements={
        ref: Element(ref=ref, role=line.split()[0], name=line.split('"')[1], line=line) for ref, line in LINES.items()
    },
)


def teacher_says(*actions: str) -> Decision:
    candidates = tuple(Candidate(action=action, reason=f"because {action}") for action in actions)
    return Decision(
        action=actions[0], reason=candidates[0].reason, candidates=candidates, cost=Cost(usd=1.0), seconds=2
    )


@pytest.mark.parametrize(
    ("proposed", "listed", "accepted"),
    [
        ("click [1]", ["click [1]"], True),
        ("click [3]", ["click [1]"], True),  # another button of the same text
        ("click [3]", ["click [2]", "click [1]"], True),  # not the teacher's first choice
        ("click [2]", ["click [1]"], False),
        ('type [4] "bob"', ['type [4] "bob" enter'], False),
        ('type   [4]  "b\\u006fb"', ['type [4] "bob"'], True),  # another spelling of the same
        ("click the button", ["click the button"], False),  # no action at all, whoever says it
        ("click [9]", ["click [1]"], False),  # not on the page
        ('stop ""', ['stop ""'], True),
    ],
)
def test_equality_is_of_meaning(proposed: str, listed: list[str], accepted: bool) -> None:
    decision = combine(PAGE, Decision(action=proposed, reason="mine"), teacher_says(*listed))
    assert decision.speculation is not None
    assert decision.speculation.accepted is accepted
    assert decision.speculation.proposed.action == proposed
    assert [candidate.action for candidate in decision.speculation.candidates] == listed
    expected = (proposed, "mine", "student") if accepted else (listed[0], f"because {listed[0]}", "teacher")
    assert (decision.action, decision.reason, decision.decided_by) == expected


def test_an_accepted_action_without_reason_takes_the_agreeing_candidates() -> None:
    decision = combine(PAGE, Decision(action="click [3]"), teacher_says("click [2]", "click [1]"))
    assert (decision.action, decision.reason) == ("click [3]", "because click [1]")


def test_a_teacher_without_candidates_decides_by_its_own_action() -> None:
    decision = combine(PAGE, Decision(action="click [1]"), Decision(action='stop ""', reason="lost"))
    assert (decision.action, decision.reason, decision.decided_by) == ('stop ""', "lost", "teacher")
    assert decision.speculation is not None
    assert not decision.speculation.accepted


@pytest.mark.parametrize(
    ("done", "told", "labels", "agreed"),
    [
        ("click [2]", "click [1]", ["click [1]"], False),
        ("click [3]", "click [1]", ["click [1]"], True),
        ("click the button", 'type  [4]  "b\\u006fb"', ['type [4] "bob"'], False),
        ("click [2]", 'click [1] button "Ok"', ["click [1]"], False),  # with an echo of its line
        ("click [2]", 'stop "42"', ['stop "42"'], False),
        ("click [2]", 'stop ""', [], False),  # the teacher gives up
        ("click [2]", "click the button", [], False),  # or writes no action
        ("click [2]", "click [9]", [], False),
    ],
)
def test_a_labelled_student_does_its_own_and_the_teachers_word_stands_beside(
    done: str, told: str, labels: list[str], agreed: bool
) -> None:
    decision = label(PAGE, Decision(action=done, reason="mine", seconds=1), teacher_says(told))
    assert (decision.action, decision.reason, decision.cost.usd, decision.seconds) == (done, "mine", 1.0, 2)
    assert decision.speculation is not None
    assert [each.action for each in decision.speculation.candidates] == labels
    assert all(each.reason == f"because {told}" for each in decision.speculation.candidates)
    assert decision.speculation.accepted is agreed


actions = st.sampled_from([f"click [{ref}]" for ref in (*LINES, 9)] + ['type [4] "a"', 'stop ""', "nonsense"])


@settings(derandomize=True, max_examples=60)
@given(proposed=actions, listed=st.lists(actions, min_size=1, max_size=4))
def test_the_executed_action_is_the_proposal_or_the_first_candidate(proposed: str, listed: list[str]) -> None:
    decision = combine(PAGE, Decision(action=proposed), teacher_says(*listed))
    assert decision.speculation is not None
    assert decision.action == (proposed if decision.speculation.accepted else listed[0])
    assert (decision.decided_by == "student") is decision.speculation.accepted


class Fixed(Agent):
    """Says the same for every turn and keeps the sizes of its calls; waits where the turn's episode is named `slow`."""

    def __init__(self, name: str, decision: Decision, *, batch_size: int = 1) -> None:
        self.info = AgentInfo(name=name, kind="fixed", digest=name)
        self.decision, self.batch_size, self.closed = decision, batch_size, False
        self.calls: list[int] = []
        self.go_on = asyncio.Event()

    async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
        self.calls.append(len(turns))
        if self.batch_size == 1 and turns[0].episode == "slow":
            await self.go_on.wait()
        return [self.decision for _ in turns]

    async def close(self) -> None:
        self.closed = True


def turn_of(episode: str) -> Turn:
    return Turn(episode=episode, task_id="t", template="t", intent="Ok", observation=PAGE, history=())


def test_steps_that_wait_together_share_a_batch_of_the_student_and_both_costs_are_counted() -> None:
    paid = Cost(prompt_tokens=20, completion_tokens=3, usd=0.25)
    student = Fixed("student", Decision(action="click [3]", cost=paid), batch_size=32)
    paid = Cost(prompt_tokens=100, completion_tokens=40, usd=0.5)
    teacher = Fixed("teacher", Decision(action="click [1]", reason="ok", cost=paid))
    agent = SpeculativeAgent(student=student, teacher=teacher)

    async def play() -> list[Decision]:
        decisions = await agent.decide([turn_of(str(number)) for number in range(5)])
        await agent.close()
        return decisions

    decisions = asyncio.run(play())
    assert [decision.action for decision in decisions] == ["click [3]"] * 5
    assert decisions[0].cost == Cost(prompt_tokens=120, completion_tokens=43, usd=0.75)
    assert (student.calls, teacher.calls) == ([5], [1] * 5)
    assert student.closed
    assert teacher.closed


def test_a_step_waits_for_its_own_teachers_answer_and_no_other() -> None:
    """As the runner asks: one slow answer of the teacher, and thirty steps that go on beside it."""
    student = Fixed("student", Decision(action="click [3]"), batch_size=32)
    teacher = Fixed("teacher", Decision(action="click [1]"))
    batcher = Batcher(SpeculativeAgent(student=student, teacher=teacher))

    async def steps(name: str, count: int) -> int:
        with batcher.episode():
            for _ in range(count):
                await batcher.decide([turn_of(name)])
        return count

    async def play() -> tuple[list[int], bool]:
        slow = asyncio.create_task(steps("slow", 1))
        quick = await asyncio.wait_for(asyncio.gather(*(steps(f"quick/{n}", 3) for n in range(10))), 30)
        waiting = not slow.done()
        teacher.go_on.set()
        await slow
        return quick, waiting

    assert asyncio.run(play()) == ([3] * 10, True)


def test_an_endpoint_that_is_slow_to_one_holds_up_nobody_else_and_is_kept_busy(openai_server: OpenAIServer) -> None:
    """Over real requests: thirty-two episodes share eight, one of which is answered only when all others are over."""
    over, others, numbers = threading.Event(), threading.Barrier(7), itertools.count()

    def answer(text: str, _seed: int) -> str:
        if "the slow one" in text:
            over.wait(60)
        elif next(numbers) < 7:
            others.wait(40)  # until seven are asked beside the slow one
        return "REASON: it is.\nACTION: click [1]"

    openai_server.answer = answer
    config = ChatConfig(model="m", base_url=openai_server.base_url, concurrency=8)

    async def steps(batcher: Batcher, goal: str) -> None:
        with batcher.episode():
            for _ in range(3):
                await batcher.decide([replace(turn_of("quick"), intent=goal)])

    async def play() -> bool:
        student = Fixed("student", Decision(action="click [3]"), batch_size=32)
        batcher = Batcher(SpeculativeAgent(student=student, teacher=ChatAgent(config)))
        slow = asyncio.create_task(steps(batcher, "the slow one"))
        await asyncio.wait_for(asyncio.gather(*(steps(batcher, f"goal {n}") for n in range(31))), 50)
        waited = not slow.done()
        over.set()
        await slow
        await batcher.close()
        return waited

    assert asyncio.run(play())
    assert not others.broken


def test_a_teacher_that_fails_fails_its_own_step() -> None:
    class Failing(Fixed):
        async def decide(self, turns: Sequence[Turn]) -> list[Decision]:
            if turns[0].episode == "bad":
                raise InfraError("the teacher is gone")
            return await super().decide(turns)

    agent = SpeculativeAgent(
        student=Fixed("student", Decision(action="click [3]"), batch_size=32),
        teacher=Failing("teacher", Decision(action="click [1]")),
    )

    async def play() -> list[object]:
        asked = (agent.decide([turn_of(name)]) for name in ("bad", "good"))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    bad, good = asyncio.run(play())
    assert isinstance(bad, InfraError)
    assert isinstance(good, list)


def test_another_teacher_is_another_agent() -> None:
    student, first, second = (Fixed(name, Decision(action='stop ""')) for name in ("student", "first", "second"))
    agents = [SpeculativeAgent(student=student, teacher=teacher) for teacher in (first, second)]
    assert agents[0].info.digest != agents[1].info.digest
