"""Instruction and summary of the pieces in a language model's words, as in the paper, instead of fixed phrases.

The paper's prompts and the criteria of its debate over each piece are not published; these are ours. An answer that
cannot be read, or a piece that the endpoint refuses, leaves the fixed phrases in place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from components.agents.chat import ChatAgent, CutShort
from components.agents.config import ChatConfig
from components.endpoints.complaints import RequestRefused
from components.prompt_files import read_prompt_file
from components.synthesize.asking import ask_all
from components.trajectories.knowledge_entry import KnowledgeEntry
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Record

PAGE_CHARS = 3000
PROMPT = read_prompt_file(Path(__file__).with_name("words") / "wording-1.md").parts["system"]
_ANSWER = re.compile(r"INSTRUCTION:\s*(?P<instruction>.+?)\s*\n\s*SUMMARY:\s*(?P<summary>.+)", re.DOTALL)


class Wording(Record):
    instruction: str
    summary: str


def put_into_words(entries: Iterable[KnowledgeEntry], *, writer: ChatConfig, round: Round) -> Iterator[KnowledgeEntry]:
    """The entries with the model's words, in their order. Each is asked about once; the store keeps the answers.

    Raises:
        InputError, InfraError, BudgetError: from the endpoint; the next call goes on from what is kept.
    """
    agent = ChatAgent(writer, ledger=round.ledger(writer.model))
    yield from ask_all(entries, lambda entry: _word(agent, entry, round), close=agent.close)


async def _word(agent: ChatAgent, entry: KnowledgeEntry, round: Round) -> KnowledgeEntry:
    key = f"{round.prefix}/wordings/{agent.info.digest[:16]}/{entry.id}.json"
    try:
        words = await asyncio.to_thread(read_record, round.store, key, Wording, what="wording")
    except KeyError:
        words = await _ask(agent, entry) or Wording(instruction=entry.instruction, summary=entry.summary)
        await asyncio.to_thread(round.store.put_new, key, words.model_dump_json().encode())
    return entry.model_copy(update=words.model_dump())


async def _ask(agent: ChatAgent, entry: KnowledgeEntry) -> Wording | None:
    try:
        text, _ = await agent.complete(_messages(entry), seed=0)
    except (RequestRefused, CutShort):
        return None
    return read_wording(text)


def read_wording(text: str) -> Wording | None:
    """The model's words on one line each; None where the form is not kept."""
    match = _ANSWER.search(text)
    if match is None:
        return None
    return Wording(**{name: " ".join(match[name].split()) for name in ("instruction", "summary")})


def _messages(entry: KnowledgeEntry) -> list[dict[str, str]]:
    parts = [f"GOAL OF THE WHOLE VISIT: {entry.intent}"]
    for step in entry.steps:
        parts.append(f"PAGE:\n{step.observation[:PAGE_CHARS]}")
        parts.append(f"ACTION: {step.described}" + (f"\nREASON: {step.reason}" if step.reason else ""))
    parts.append(f"PAGE AFTERWARDS:\n{entry.end[:PAGE_CHARS]}" if entry.end else "THE VISIT ENDED HERE.")
    return [{"role": "system", "content": PROMPT}, {"role": "user", "content": "\n\n".join(parts)}]
