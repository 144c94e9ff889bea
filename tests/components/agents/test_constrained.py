"""Answers that the endpoint constrains: the schema is that of the page, and what comes back is an action."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest

from components.agents import constrained
from components.agents.base import Decision
from components.agents.chat import ChatAgent
from components.agents.checks import check_endpoint
from components.agents.config import ChatConfig
from components.agents.prompts import Asking
from components.browser.actions import parse_action
from components.browser.observation import Element, Observation
from components.errors import InputError
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.components.agents.turns import make_turn


def make_config(server: ProtocolServer, **settings: Any) -> ChatConfig:
    return ChatConfig(model="tiny", base_url=server.url, retries=0, timeout=20, constrained=True, **settings)


def ask(server: ProtocolServer, *, propose: bool = False, **settings: Any) -> Decision:
    async def main() -> Decision:
        agent = ChatAgent(make_config(server, **settings))
        try:
            return (await (agent.propose if propose else agent.decide)([make_turn()]))[0]
        finally:
            await agent.close()

    return asyncio.run(main())


def answer(action: str, ref: int | None = None, text: str | None = None, enter: bool = False) -> dict[str, Any]:
    return {"reason": "so it is", "action": action, "ref": ref, "text": text, "enter": enter}


def test_the_schema_names_the_references_of_the_page_and_the_answer_is_its_action() -> None:
    with serve(Answer(json.dumps(answer("type", 1, 'a "b"', True)))) as server:
        decision = ask(server)
        (request,) = server.requests
    assert (decision.action, decision.reason) == (r'type [1] "a \"b\"" enter', "so it is")
    parse_action(decision.action)
    form = request["response_format"]["json_schema"]
    assert form["strict"] is True
    properties = form["schema"]["properties"]
    assert properties["ref"]["enum"] == [1, 2, None]
    assert "click" in properties["action"]["enum"]
    assert form["schema"]["required"] == list(properties)
    assert '"ref": 2' in request["messages"][1]["content"], "the worked example is in the same form"
    assert "ACTION:" not in request["messages"][1]["content"]


def test_candidates_are_a_list() -> None:
    listed = {"candidates": [answer("click", 2), answer("stop", text=""), answer("go_back")]}
    with serve(Answer(json.dumps(listed))) as server:
        decision = ask(server, propose=True, candidates=2)
        (request,) = server.requests
    assert [one.action for one in decision.candidates] == ["click [2]", 'stop ""']
    assert request["response_format"]["json_schema"]["schema"]["properties"]["candidates"]["type"] == "array"
    assert "at most 2" in request["messages"][1]["content"]


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        (json.dumps(answer("scroll", 4, "down", True)), ["scroll down"]),
        (json.dumps(answer("go_back", 4, "x", True)), ["go_back"]),
        (json.dumps(answer("click", 2, "Submit", True)), ["click [2]"]),
        (json.dumps([answer("click", 2), "noise", None, {"ref": 3}, answer("go_back")]), ["click [2]", "go_back"]),
        ('<think>{"action": "click", "ref": 1}</think>{"action": "click", "ref": 2}', ["click [2]"]),
        ("REASON: it ignored the form\nACTION: click [2]", ["click [2]"]),
        ('{"action": "click", "ref": "two"}', []),
        ('{"candidates": null}', []),
        ('{"candidates": {"action": "click"}}', []),
        ("[" * 50_000, []),
        ('{"action": "click", "ref": 2', []),
        ("3", []),
        ("null", []),
        ("", []),
    ],
)
def test_what_comes_back_is_read(text: str, actions: list[str]) -> None:
    assert [each.action for each in constrained.read_answer(text)] == actions


def test_an_action_without_its_reference_is_told_so_by_the_parser() -> None:
    (candidate,) = constrained.read_answer(json.dumps(answer("click")))
    with pytest.raises(ValueError):
        parse_action(candidate.action)


def test_a_page_of_too_many_references_is_not_listed() -> None:
    elements = {
        n: Element(ref=n, role="link", name="x", line='link "x"') for n in range(constrained.MOST_REFERENCES + 1)
    }
    page = dataclasses.replace(make_turn().observation, elements=elements)
    schema = constrained.response_format(page, Asking())["json_schema"]["schema"]
    assert "enum" not in schema["properties"]["ref"]
    bare = Observation(url="u", title="", text="", elements={})
    schema = constrained.response_format(bare, Asking())["json_schema"]["schema"]
    assert schema["properties"]["ref"]["enum"] == [None]


def test_the_check_asks_in_this_form_and_names_the_setting() -> None:
    with serve(Answer(json.dumps(answer("click", 1)))) as server:
        check_endpoint(make_config(server), where="teacher")
        assert "response_format" in server.requests[0]
    refusal = {"error": {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported"}}
    with (
        serve(Answer(status=400, raw=json.dumps(refusal).encode())) as server,
        pytest.raises(InputError) as raised,
    ):
        check_endpoint(make_config(server), where="teacher")
    assert "constrained: false" in raised.value.fix


def test_the_form_is_part_of_who_decides() -> None:
    digests = {
        ChatAgent(ChatConfig(model="m", base_url="http://127.0.0.1:9/v1", constrained=each)).info.digest
        for each in (True, False)
    }
    assert len(digests) == 2
