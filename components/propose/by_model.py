"""The proposer that asks a language model. Each question shows a page or a part of a document, and a persona.

The idea is Self-Instruct's (from documents) and Go-Browse's (from pages); the prompt is ours. Every answer is stored
under a digest of its question, so that nothing is paid twice. An answer that cannot be read as a task with a condition
is left out. Whether the condition can be met is found out later, when the teacher tries.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from components.agents.chat import ChatAgent, CutShort, Messages
from components.benchmarks.sites.form import Check, HttpCheck, PageCheck, RequestCheck, SiteTask, literal, literal_path
from components.documents.text_files import parts_of, read_text
from components.endpoints.complaints import RequestRefused
from components.maps.crawl import harms
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.privacy.episodes import may_leave, page_as_marked
from components.prompt_files import read_prompt_file
from components.proposals.proposal import Proposal
from components.propose.config import ProposeConfig
from components.sites.login import logs_out
from components.text import cleaned
from components.trajectories.digests import json_digest
from components.trajectories.records import read_record
from components.trajectories.rounds import Round

PAGE_CHARS = 4000
MOST_EACH, MOST_LISTS = 8, 8
LIST = re.compile(r"\[\s*\{")
PROMPT = read_prompt_file(Path(__file__).with_name("words") / "ideas-1.md").parts["system"]


class _Sends(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    path: str
    form: dict[str, str] = {}


class _SiteShows(BaseModel):
    path: str
    text: str


class _Idea(BaseModel):
    """A task as the model writes it. Further keys are ignored."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    intent: str
    start: str
    hint: str = ""
    ends_on: str | None = None
    shows: str | None = None
    answer: str | None = None
    sends: _Sends | None = None
    site_shows: _SiteShows | None = None


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Asks about one site, as one of its users sees it. Attributes: `origin`: that of the site when it was mapped."""

    config: ProposeConfig
    round: Round
    map: SiteMap
    site: str
    origin: str
    user: str
    resettable: bool

    async def propose(self) -> tuple[list[Proposal], int]:
        """Proposals, and how many questions they took.

        Raises:
            InputError, InfraError, BudgetError: from the endpoint; the next call goes on from what is kept.
        """
        assert self.config.model is not None
        agent = ChatAgent(self.config.model, ledger=self.round.ledger(self.config.model.model))
        questions = list(self._questions())[: self.config.questions]
        try:
            answers = await asyncio.gather(*(self._answer(agent, messages) for _, _, messages in questions))
        finally:
            await agent.close()
        proposals: dict[str, Proposal] = {}
        for (persona, source, _), answer in zip(questions, answers, strict=True):
            for idea in read_ideas(answer):
                if (proposal := self._proposal(idea, persona=persona, source=source)) is not None:
                    proposals.setdefault(proposal.id, proposal)
        return list(proposals.values()), len(questions)

    def _questions(self) -> Iterator[tuple[str, str, Messages]]:
        """(persona, source, messages): a page of every section, the nearest to the first page first; then documents."""
        depths = self.map.depths()
        sections = sorted(depths, key=lambda section: (depths[section], section))
        pages = [looks[0] for section in sections if (looks := self._pages(section))]
        sources = [(look.address, self._page(look)) for look in pages]
        starts = "\n".join(f"{look.address} ({look.name})" for look in pages)
        for path in self.config.documents:
            parts = parts_of(read_text(Path(path)))
            sources += [
                (f"{path} {n}", f"A PART OF THE MANUAL:\n{part}\n\nPAGES:\n{starts}") for n, part in enumerate(parts)
            ]
        for number, (source, text) in enumerate(sources):
            persona = self.config.personas[number % len(self.config.personas)]
            user = f"YOU ARE: {persona}\n\n{text}"
            yield persona, source, [{"role": "system", "content": PROMPT}, {"role": "user", "content": user}]

    def _pages(self, section: str) -> list[Look]:
        """The pages of a section that a remote model may be shown."""
        return [look for look in self.map.pages(section) if may_leave(f"{self.origin}{look.address}", look.text)]

    def _page(self, look: Look) -> str:
        forms = [
            {
                "sent to": form.address,
                "button": form.button,
                "fields": {field.name: field.label for field in form.visible},
            }
            for form in look.forms
            if form.method == "POST" and form.visible and self.resettable
        ]
        links = "\n".join(f"{link.address} ({link.name})" for link in look.links[:60] if link.shown and link.address)
        text = page_as_marked(look.text, look.purposes)[:PAGE_CHARS]
        return (
            f"PAGE {look.address}: {look.name}\n{text}\n\nLINKS:\n{links}\n\n"
            f"FORMS:\n{json.dumps(forms, ensure_ascii=False)}"
        )

    async def _answer(self, agent: ChatAgent, messages: Messages) -> str:
        key = f"{self.round.prefix}/proposing/{json_digest([agent.info.digest, messages])[:32]}.json"
        try:
            return await asyncio.to_thread(read_record, self.round.store, key, str, what="answer")
        except KeyError:
            pass
        try:
            text, _ = await agent.complete(messages, seed=0)
        except (RequestRefused, CutShort):
            text = ""
        await asyncio.to_thread(self.round.store.put_new, key, json.dumps(text).encode())
        return text

    def _proposal(self, idea: _Idea, *, persona: str, source: str) -> Proposal | None:
        """None where it cannot be a task: its start is on no map, it checks nothing, or it would do harm here."""
        texts = (idea.intent, idea.ends_on or "", idea.sends.path if idea.sends else "")
        if (
            idea.start not in self.map.looks
            or logs_out(*texts)
            or (not self.resettable and (idea.sends or harms(*texts)))
        ):
            return None
        check = {name: value for name, value in _parts(idea, user=self.user).items() if value is not None}
        if not check or not idea.intent.strip():
            return None
        text = f"{self.site} {self.user} {idea.model_dump_json()}"
        task = SiteTask(
            id=f"idea-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}",
            family="proposed idea",
            intent=literal(" ".join(idea.intent.split())),
            site=self.site,
            start=literal(idea.start),
            user=self.user,
            check=Check.model_validate(check),
        )
        region = self.map.sections[idea.start]
        return Proposal(by="model", task=task, region=region, hint=idea.hint, persona=persona, sources=(source,))


def _parts(idea: _Idea, *, user: str) -> dict[str, Any]:
    path, _, query = (idea.ends_on or "").partition("?")
    parameters = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    page = (
        PageCheck(path=literal_path(path), query={literal(a): literal(b) for a, b in parameters.items()})
        if path
        else None
    )
    sends, shows = idea.sends, idea.site_shows
    form = {literal(name): literal(value) for name, value in sends.form.items()} if sends else {}
    return {
        "page": page,
        "text": literal(idea.shows) if idea.shows else None,
        "answer": literal(idea.answer) if idea.answer else None,
        "request": RequestCheck(path=literal_path(sends.path), form=form) if sends else None,
        "http": HttpCheck(path=literal_path(shows.path), text=literal(shows.text), user=user) if shows else None,
    }


def _first_list(answer: str) -> list[Any]:
    for begin in islice(LIST.finditer(answer), MOST_LISTS):
        try:
            objects: list[Any] = cleaned(json.JSONDecoder().raw_decode(answer, begin.start())[0])
        except (ValueError, RecursionError):
            continue
        return objects
    return []


def read_ideas(answer: str) -> list[_Idea]:
    """The ideas in an answer: of its first JSON list of objects those that have the right fields, at most eight."""
    ideas = []
    for data in _first_list(answer)[:MOST_EACH]:
        try:
            ideas.append(_Idea.model_validate(data))
        except ValidationError:
            continue
    return ideas
