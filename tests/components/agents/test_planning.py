"""A plan of parts that scopes what is told, pages remembered by highlights, and words that say where they come from."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import pytest

from components.agents import prompts
from components.agents.base import Decision, Past, Turn
from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig
from components.agents.plan import plan_of
from components.browser.actions import ActionError, parse_action
from components.errors import InputError
from components.prompt_files import read_prompt_file
from tests.components.agents.protocol_server import Answer, ProtocolServer, serve
from tests.components.agents.turns import make_turn, past

BRANCHED = [
    past("click [1]", reason="to begin"),
    past('branch 0 "find the order"'),
    past('note "it is order 17"'),
    past("click [2]", reason="the list of orders"),
]
PRUNED = [*BRANCHED, past('prune 0 "there is no such order"')]


def ask(server: ProtocolServer, turn: Turn, *, propose: bool = False, **settings: Any) -> Decision:
    async def main() -> Decision:
        agent = ChatAgent(ChatConfig(model="tiny", base_url=server.url, retries=0, timeout=20, **settings))
        try:
            return (await (agent.propose if propose else agent.decide)([turn]))[0]
        finally:
            await agent.close()

    return asyncio.run(main())


def told(history: list[Past], **settings: Any) -> str:
    with serve(Answer()) as server:
        ask(server, make_turn(history=history), **settings)
        return "\n".join(message["content"] for message in server.requests[0]["messages"])


def test_a_part_of_the_plan_is_told_its_own_steps_and_every_note() -> None:
    text = told([*BRANCHED, past("click [3]", reason="the newest")], plan=True)
    assert "PLAN (you are at part 1):\n0. the goal\n  1. find the order <- you are here" in text
    assert "the list of orders" in text
    assert "the newest" in text
    assert "to begin" not in text
    back = told(PRUNED, plan=True)
    assert "0. the goal <- you are here\n  1. find the order (given up: there is no such order)" in back
    assert "to begin" in back
    assert "the list of orders" not in back
    assert 'note "it is order 17"' in back, "a note outlives its part"
    assert 'prune 0 "there is no such order"' in back, "and so does why it was given up"


def test_who_does_not_plan_is_told_everything_and_of_no_plan() -> None:
    text = told(BRANCHED)
    assert "PLAN" not in text
    assert "prune" not in text
    assert "to begin" in text


def test_what_is_given_up_stays_so_and_what_stands_can_be_gone_on_with() -> None:
    history = [past('branch 0 "a"'), past('branch 1 "b"'), past('branch 0 "c"'), past('prune 1 "b was better"')]
    plan = plan_of(history)
    assert plan.at == 1
    assert [(part.number, part.above, bool(part.given_up)) for part in plan.parts] == [
        (0, None, False),
        (1, 0, False),
        (2, 1, True),
        (3, 0, True),
    ]
    for wrong in ("branch", "prune"):
        with pytest.raises(ActionError, match="no part 3 that stands; its parts are 0, 1"):
            plan.check(parse_action(f'{wrong} 3 "x"'))
    assert plan_of([*history, past('branch 3 "x"', feedback="the plan has no part 3")]).at == 1
    assert plan_of([*history, past('branch 1 "d"')]).parts[4].above == 1


def test_a_plan_s_actions_are_none_of_an_agent_that_does_not_plan() -> None:
    page = make_turn().observation
    assert str(parse_action('branch 0 "a \\"b\\""', page, plans=True)) == 'branch 0 "a \\"b\\""'
    for text in ('branch 0 "a"', 'prune 0 "b"'):
        with pytest.raises(ActionError, match=r"there is no action .*note, wait, stop$"):
            parse_action(text, page)
    for text in ("branch 0", 'branch "a"', 'branch [1] "a"', 'prune 0 "a" enter', 'branch 1234 "a"'):
        with pytest.raises(ActionError, match="is not a valid"):
            parse_action(text, page, plans=True)


ANSWER = "PAGE: A form for names.\nHIGHLIGHT: [2], [9]\nREASON: it is there\nACTION: click [2]"
IN_JSON = {"page": "A form for names.", "highlight": [2, 9], "reason": "it is there", "action": "click", "ref": 2}


@pytest.mark.parametrize("constrained", [False, True])
def test_what_a_page_is_remembered_by_is_asked_and_kept(constrained: bool) -> None:
    with serve(Answer(json.dumps(IN_JSON) if constrained else ANSWER)) as server:
        decision = ask(server, make_turn(), recall=True, constrained=constrained)
        (request,) = server.requests
    assert (decision.action, decision.reason) == ("click [2]", "it is there")
    assert (decision.description, decision.highlight) == ("A form for names.", 'button "Submit"')
    asked = request["messages"][1]["content"]
    assert ('"highlight":' if constrained else "HIGHLIGHT: ") in asked
    with serve(Answer(ANSWER)) as server:
        plain = ask(server, make_turn())
        assert "HIGHLIGHT" not in server.requests[0]["messages"][1]["content"]
    assert (plain.description, plain.highlight) == ("", "")


def test_candidates_and_what_is_remembered_come_together() -> None:
    record = {"page": "A form.", "highlight": [1], "candidates": [{"action": "branch", "number": 0, "text": "a"}]}
    with serve(Answer(json.dumps(record))) as server:
        decision = ask(server, make_turn(), propose=True, recall=True, plan=True, constrained=True)
        schema = server.requests[0]["response_format"]["json_schema"]["schema"]
    assert [each.action for each in decision.candidates] == ['branch 0 "a"']
    assert (decision.description, decision.highlight) == ("A form.", 'textbox "Name"')
    assert {"page", "highlight", "candidates"} == set(schema["properties"])
    each = schema["properties"]["candidates"]["items"]
    assert "prune" in each["properties"]["action"]["enum"]
    assert each["required"] == list(each["properties"])


def test_past_pages_are_told_by_highlights_else_by_their_description() -> None:
    def step(observation: str, highlight: str) -> Past:
        return dataclasses.replace(
            past("click [1]"), observation=observation, description="A list of orders.", highlight=highlight
        )

    few, many = 'link "Order 17"\nlink "Order 18"', "\n".join(f'link "Order {n}"' for n in range(31))
    text = told([step("one", few), step("two", many), step(make_turn().observation.text, few)], recall=True)
    assert '1. click [1]\n   on the page: \n      link "Order 17"\n      link "Order 18"' in text
    assert "2. click [1]\n   on the page: A list of orders." in text
    assert "3. click [1]\n   on the page: the one that is shown now" in text
    assert "Order 30" not in text
    assert "on the page" not in told([step("one", few)])


def test_the_form_of_the_answer_is_told() -> None:
    turn = dataclasses.replace(make_turn(), notice='end with stop "RETRIEVE: value"')
    _, asked = prompts.chat_messages(turn)
    assert 'NOTICE: end with stop "RETRIEVE: value"' in asked["content"]
    system, asked = prompts.chat_messages(make_turn())
    assert "NOTICE" not in asked["content"]
    assert 'stop "N/A"' in system["content"]


def test_an_agent_names_the_file_that_its_words_come_from() -> None:
    with serve() as server:
        agent = ChatAgent(ChatConfig(model="tiny", base_url=server.url))
        assert agent.info.prompt == "chat-3" == prompts.CHAT.name
        planning = ChatAgent(ChatConfig(model="tiny", base_url=server.url, plan=True))
    assert agent.info.digest != planning.info.digest
    assert (agent.plans, planning.plans) == (False, True)


def test_a_file_of_prompts_says_its_version_and_has_parts(tmp_path: Any) -> None:
    for name, text in (("mine.md", "## a\n\nx"), ("mine-1.md", "no parts")):
        (tmp_path / name).write_text(text)
        with pytest.raises(InputError, match="prompts"):
            read_prompt_file(tmp_path / name)
    (tmp_path / "good-2.md").write_text("About.\n\n## first\n\na\n# b\n\n## second part\n\nc {x}\n")
    found = read_prompt_file(tmp_path / "good-2.md")
    assert (found.name, dict(found.parts)) == ("good-2", {"first": "a\n# b", "second part": "c {x}"})


def test_a_student_reads_heading_and_notes_where_it_was_taught_to() -> None:
    page = dataclasses.replace(
        make_turn().observation, url="http://127.0.0.1:4711/topic/1?page=2#c3", title='My "topic"'
    )
    turn = dataclasses.replace(
        make_turn(history=[past('note "order 17"'), past("click [1]"), past('branch 0 "x"')]), observation=page
    )
    assert prompts.student_prompt(turn).startswith("GOAL: Press submit\nLAST: click [1]\nPAGE:\n[1] textbox")
    read = prompts.student_prompt(turn, reads=("heading", "notes"))
    assert read.startswith(
        'GOAL: Press submit\nLAST: click [1]\nNOTES: "order 17"\nPAGE ("My \\"topic\\"", "/topic/1?page=2#c3"):\n[1] '
    )


def test_a_student_reads_the_notice_where_it_was_taught_to_and_there_is_one() -> None:
    plain = make_turn()
    turn = dataclasses.replace(plain, notice='End with  stop\n"DONE"')
    assert prompts.student_prompt(turn) == prompts.student_prompt(plain)
    assert prompts.student_prompt(plain, reads=("notice",)) == prompts.student_prompt(plain)
    read = prompts.student_prompt(turn, reads=("notice",))
    assert read.startswith('GOAL: Press submit\nNOTICE: End with stop "DONE"\nLAST: none\nPAGE:\n[1] textbox')
    long = dataclasses.replace(plain, notice="endless " * 1000)
    assert len(prompts.student_prompt(long, reads=("notice",))) < len(prompts.student_prompt(plain)) + 1600
