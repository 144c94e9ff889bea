"""A chat model with a knowledge base: what it is shown, what is recorded, and what it may drop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from components.agents.base import Decision
from components.agents.build import build_agent
from components.agents.config import ChatConfig
from components.agents.hybrid import HybridAgent
from components.agents.reference import StopAgent
from components.agents.retrieval import RetrievalAgent, chosen
from components.agents.scripted.teacher import ScriptedTeacher
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import PrivacyGuard
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, KnowledgeStep
from components.trajectories.schema import Cost
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.components.agents.turns import PAGE, make_turn
from tests.components.vendor import URL, guarded_by, vendor  # noqa: F401
from tests.conftest import OpenAIServer

SPLIT = make_split(open_benchmark("miniwob"))


def entry(name: str, *, intent: str, solved: bool = True) -> KnowledgeEntry:
    step = KnowledgeStep(observation=PAGE, action="click [2]", described='click button "Submit"', reason="it sends")
    return KnowledgeEntry(
        id=name, task_id="click-test", template="t", seed=1, intent=intent, instruction=intent,
        summary=f"About {name}.",
        steps=(step,), end="", found_by="student", solved=solved, round=1, episode_key=f"key/{name}", start=0,
    )  # fmt: skip


@pytest.fixture
def knowledge(tmp_path: Path) -> KnowledgeBase:
    base = KnowledgeBase.open(tmp_path / "knowledge")
    base.add(
        [entry("one", intent="Press submit now"), entry("two", intent="Press submit later", solved=False)], guard=SPLIT
    )
    return base


def ask(server: ProtocolServer, knowledge: KnowledgeBase | None, *, propose: bool = False, **settings: Any) -> Decision:
    config = ChatConfig(model="tiny", base_url=server.url, retries=0, **settings)

    async def main() -> Decision:
        agent = build_agent(config, store=None, work=Path("unused"), knowledge=knowledge)
        assert isinstance(agent, RetrievalAgent) == (knowledge is not None and config.examples > 0)
        try:
            return (await (agent.propose if propose else agent.decide)([make_turn()]))[0]
        finally:
            await agent.close()

    return asyncio.run(main())


def asked(server: ProtocolServer, number: int = 0) -> str:
    return str(server.requests[number]["messages"][1]["content"])


def test_retrieved_pieces_are_shown_with_their_outcome_and_recorded(knowledge: KnowledgeBase) -> None:
    with serve(Answer("REASON: as before\nACTION: click [2]")) as server:
        decision = ask(server, knowledge)
    assert decision.action == "click [2]"
    assert set(decision.retrieved) == {"one", "two"}
    text = asked(server)
    assert "About one." in text
    assert "references are not those of the page shown now" in " ".join(text.split())
    assert "did not reach its goal" in text
    assert text.index("About one.") < text.index("PAGE (")


def test_without_a_knowledge_base_or_without_examples_nothing_is_shown(knowledge: KnowledgeBase) -> None:
    with serve() as server:
        assert ask(server, None).retrieved == ()
        assert ask(server, knowledge, examples=0).retrieved == ()
    assert "EXAMPLE" not in asked(server) + asked(server, 1)


def test_the_model_may_drop_what_does_not_help_and_pays_for_both_requests(knowledge: KnowledgeBase) -> None:
    with serve(Answer("Only the first helps: [1]"), Answer("ACTION: go_back")) as server:
        decision = ask(server, knowledge, filter_examples=True)
    assert len(decision.retrieved) == 1
    assert f"About {decision.retrieved[0]}." in asked(server, 1)
    assert asked(server, 1).count("EXAMPLE ") == 1
    assert decision.cost.prompt_tokens == 200


def test_candidates_are_asked_for_with_the_same_examples(knowledge: KnowledgeBase) -> None:
    with serve(Answer("REASON: a\nACTION: click [2]\nREASON: b\nACTION: go_back")) as server:
        decision = ask(server, knowledge, propose=True)
    assert [one.action for one in decision.candidates] == ["click [2]", "go_back"]
    assert "About one." in asked(server)


def test_queries_for_vectors_are_part_of_what_a_decision_costs(
    knowledge: KnowledgeBase, openai_server: OpenAIServer
) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag", usd_per_million_prompt=1e4)
    with_vectors = KnowledgeBase.open(knowledge.url, embedding=endpoint)
    with_vectors.add([], guard=SPLIT)
    openai_server.tokens = 30
    with serve() as server:
        assert ask(server, with_vectors).cost == Cost(prompt_tokens=130, completion_tokens=10, usd=0.3)
        assert ask(server, knowledge).cost == Cost(prompt_tokens=100, completion_tokens=10)
    by_rules = ScriptedTeacher(knowledge=with_vectors)
    unknown, known = make_turn(intent="Sing"), make_turn(intent='Click on the "Submit" button.')
    first, second = asyncio.run(by_rules.decide([unknown, known]))
    with_vectors.close()
    assert (first.cost, second.cost) == (Cost(prompt_tokens=30, usd=0.3), Cost())


def test_a_step_whose_query_the_guard_lets_out_in_no_form_is_decided_at_home(
    knowledge: KnowledgeBase,
    vendor: OpenAIServer,  # noqa: F811
) -> None:
    class Refusing(PrivacyGuard):
        async def outgoing(self, address: str, body: Any) -> Any:
            return await super().outgoing(address, list(range(100)) if "input" in body else body)

    with_vectors = KnowledgeBase.open(knowledge.url, embedding=EmbeddingEndpoint(base_url=URL, model="bag"))
    with_vectors.add([], guard=SPLIT)
    config = ChatConfig(model="tiny", base_url=URL)
    remote = build_agent(config, store=None, work=Path("unused"), knowledge=with_vectors)
    agent = HybridAgent(remote=remote, local=StopAgent(), detectors=Detectors(PrivacyConfig()))
    count = len(vendor.requests)

    async def decide() -> Decision:
        try:
            return (await agent.decide([make_turn()]))[0]
        finally:
            await agent.close()

    with guarded_by(Refusing(PrivacyConfig(), log=None)):
        decision = asyncio.run(decide())
    assert (decision.action, decision.private) == ('stop ""', ("other",))
    assert len(vendor.requests) == count


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[1, 3]", [1, 3]),
        ("none: []", []),
        ("[2] no, [3,3,9]", [3]),
        ("all of them", []),
        ("", []),
        (f"[{'9' * 9000}, 2]", [2]),
        ("[٣, 1]", [1, 3]),
    ],
)
def test_the_chosen_numbers_are_those_of_the_last_list(text: str, numbers: list[int]) -> None:
    assert chosen(text, count=4) == numbers


def test_another_knowledge_is_another_agent(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    config = ChatConfig(model="tiny", base_url="http://127.0.0.1:9/v1")

    def digest(base: KnowledgeBase | None) -> str:
        return build_agent(config, store=None, work=tmp_path, knowledge=base).info.digest

    before = digest(knowledge)
    assert before == digest(knowledge)
    knowledge.add([entry("three", intent="Press it twice")], guard=SPLIT)
    assert len({before, digest(knowledge), digest(None)}) == 3
