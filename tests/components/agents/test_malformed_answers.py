"""Hundreds of malformed answers over a real socket: each ends as a decision or as a typed error, and soon."""

from __future__ import annotations

import asyncio
import copy
import json
import random
from typing import Any

from components.agents.base import Decision
from components.agents.chat import ChatAgent
from components.agents.checks import check_endpoint
from components.agents.config import ChatConfig
from components.endpoints.complaints import RequestRefused
from components.errors import InfraError, InputError
from tests.components.agents.protocol_server import Answer, serve
from tests.components.agents.turns import make_turn

COUNT = 300
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, float("nan"), "", "text", "\ud83d", "\x00", [], {}, [None], [[]], {"a": 1}),
    *({"type": "text", "text": "ACTION: go_back"}, [{"type": "thinking", "thinking": [1]}], {"error": {"code": 503}}),
    *("<think>ACTION: click [1]", "ACTION: click [2]", "length", "content_filter", "error", "ACTION:" * 5000),
)


def well_formed() -> dict[str, Any]:
    message = {"role": "assistant", "content": "REASON: so\nACTION: click [2]", "refusal": None, "tool_calls": None}
    return {
        "id": "c",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, its own first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, each in inner for place in places(each, (*path, name)))]


def changed(rng: random.Random) -> Any:
    """A completion of which one to three places hold something else, or nothing."""
    value: Any = {"root": well_formed()}
    for _ in range(rng.randint(1, 3)):
        *path, name = rng.choice(places(value)[1:])
        holder = value
        for step in path:
            holder = holder[step]
        if rng.random() < 0.2 and name != "root":
            del holder[name]
        else:
            holder[name] = copy.deepcopy(rng.choice(ODD))
    return value["root"]


def malformed(rng: random.Random) -> Answer:
    data = json.dumps(changed(rng)).encode()
    match rng.randrange(8):
        case 0:
            data = data[: rng.randrange(len(data) + 1)]
        case 1:
            data = bytes(byte if rng.random() > 0.02 else rng.randrange(256) for byte in data)
        case 2:
            data = b"data: " + data + b"\n\ndata: [DONE]\n\n"
    status = rng.choice((200, 200, 200, 200, 200, 400, 404, 413, 422, 429, 500, 529))
    headers = {"Retry-After": rng.choice(("nan", "inf", "-1", "0", "x"))} if rng.random() < 0.1 else {}
    return Answer(status=status, raw=data, headers=headers)


def test_every_malformed_answer_is_a_decision_or_a_typed_error() -> None:
    rng = random.Random(11)
    with serve(*(malformed(rng) for _ in range(COUNT))) as server:
        config = ChatConfig(model="m", base_url=server.url, retries=0, backoff=0.0, timeout=20, budget_tokens=10**9)

        async def main() -> list[Any]:
            agent = ChatAgent(config)
            asked = (agent.decide([make_turn()]) for _ in range(COUNT))
            found = await asyncio.gather(*asked, return_exceptions=True)
            await agent.close()
            return found

        found = asyncio.run(main())
    kinds = {type(each) for each in found}
    assert all(isinstance(each, list | InfraError | InputError) for each in found), kinds
    decisions = [each[0] for each in found if isinstance(each, list)]
    assert all(isinstance(each, Decision) and each.cost.prompt_tokens > 0 for each in decisions)
    assert all(each.cost.completion_tokens >= 0 for each in decisions)
    for each in decisions:
        (each.action + each.reason).encode()  # can be stored
    assert len(decisions) > 30
    assert sum(isinstance(each, InfraError) for each in found) > 100
    assert any(isinstance(each, RequestRefused) for each in found)


def test_before_a_run_a_malformed_answer_is_the_users_to_mend_or_passes() -> None:
    rng = random.Random(5)
    refused: list[InputError] = []
    with serve(*(malformed(rng) for _ in range(60))) as server:
        config = ChatConfig(model="m", base_url=server.url, retries=0, backoff=0.0, timeout=20)
        while len(server.requests) < 60:
            try:
                check_endpoint(config, where="teacher")
            except InputError as error:
                refused.append(error)
    assert 20 < len(refused) < 60
    assert all(error.where and error.fix and len(str(error)) < 2000 for error in refused)
