"""Whether a chat model's endpoint will do, asked before anything expensive."""

from __future__ import annotations

import asyncio

from components.agents.base import Turn
from components.agents.chat import UNSAID, UNSAID_FIX, ChatAgent, Messages, has_words
from components.agents.config import ChatConfig
from components.browser.observation import Element, Observation
from components.endpoints.complaints import RequestRefused, complaint_of
from components.endpoints.completions import read_json
from components.endpoints.wire import Reply, Unanswered
from components.errors import InfraError, InputError

LONGEST = 30.0
"""Seconds a request of a check may take."""
NOT_IMPLEMENTED = 501
SHOWN = 10
"""Names of served models that a message lists."""


def check_endpoint(config: ChatConfig, *, where: str, messages: Messages | None = None) -> None:
    """Asks for the list of models, which costs nothing, then one question in the form of the run.

    Args:
        where: the agent's place in the recipe or command, such as `teacher`; errors name it.
        messages: the question; None: a turn of a made-up page, which must be answered with an action.

    Raises:
        InputError: it cannot be reached, refuses the key, the model or the form of the request, does not speak the
            protocol, or `max_tokens` ends its answer too early. Says which setting would help.
    """
    asyncio.run(_check(config, where=where, messages=messages))


async def _check(config: ChatConfig, *, where: str, messages: Messages | None) -> None:
    patience = {"timeout": min(config.timeout, LONGEST), "retries": min(config.retries, 1)}
    agent = ChatAgent(config.model_copy(update=patience))
    try:
        served = await _served(agent, where=where)
        await _question(agent, where=where, messages=messages, served=served)
    finally:
        await agent.close()


async def _served(agent: ChatAgent, *, where: str) -> str:
    """The models that the endpoint lists, as a remark for error messages; empty where it lists none."""
    address = f"{agent.wire.base_url}/models"
    try:
        reply = await agent.wire.ask("models")
    except Unanswered as error:
        raise InputError(
            f"the endpoint of {where} cannot be reached: {error}",
            where=f"{where}.base_url ({agent.config.base_url})",
            fix=f"start its server or correct base_url; `curl {address}` should answer",
        ) from error
    if reply.status in (401, 403):
        complaint = complaint_of(reply, secret=agent.wire.key)
        fix = f"check the key in {agent.config.api_key_env or 'api_key_env (none is configured)'}"
        raise InputError(f"the endpoint of {where} refuses us: {complaint}", where=address, fix=fix)
    if reply.status >= 500 and reply.status != NOT_IMPLEMENTED:
        raise InputError(
            f"the endpoint of {where} is broken: HTTP {reply.status}", where=address, fix="repair or restart the server"
        )
    names = _names(reply)  # any other answer comes from a server that is there; not every one lists its models
    return f" (it serves: {', '.join(names[:SHOWN])})" if names else ""


def _names(reply: Reply) -> list[str]:
    try:
        listed = read_json(reply.text)
    except ValueError:
        return []
    cards = listed.get("data") if isinstance(listed, dict) else None
    ids = (card.get("id") for card in cards if isinstance(card, dict)) if isinstance(cards, list) else ()
    return sorted(name for name in ids if isinstance(name, str))


async def _question(agent: ChatAgent, *, where: str, messages: Messages | None, served: str) -> None:
    config, enough = agent.config, has_words if messages else agent.acts
    question, form = (messages, None) if messages else agent.question(EXAMPLE)
    try:
        completion, _ = await agent.ask(question, seed=0, form=form)
    except RequestRefused as error:
        raise InputError(str(error), where=where, fix=error.fix) from error
    except InputError as error:
        raise InputError(f"{error.what}{served}", where=f"{where} ({config.base_url})", fix=error.fix) from error
    except InfraError as error:
        raise InputError(
            f"the endpoint of {where} gives no answer that can be used: {error}",
            where=config.base_url,
            fix="repair or restart the server, wait if it is busy, or give the address of a server of the OpenAI "
            "protocol; it ends in /v1 on most",
        ) from error
    if completion.cut and not enough(completion.text):
        raise InputError(
            f"max_tokens ({config.max_tokens}) ends the answers of model {config.model!r} before they say what was "
            "asked",
            where=f"{where}.max_tokens",
            fix="raise max_tokens (an audit's answer_tokens); a model that thinks before it answers needs thousands",
        )
    if completion.unsaid:
        raise InputError(
            f"the endpoint of {where} gives nothing to read: {UNSAID}", where=config.base_url, fix=UNSAID_FIX
        )


EXAMPLE = Turn(
    episode="check/0",
    task_id="check",
    template="",
    intent='Click the button "Ok".',
    observation=Observation(
        url="http://localhost/",
        title="Check",
        text='heading "Check"\n[1] button "Ok"',
        elements={1: Element(ref=1, role="button", name="Ok", line='button "Ok"')},
    ),
    history=(),
)
"""A turn on a made-up page, so that the check sends nothing of a run."""
