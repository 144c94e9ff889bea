"""The answers of all sources to the probes: each is asked for once and stored at once.

An answer is one object of the store, under the digests of the source and of the prompt. When an endpoint fails, or the
process is killed, only the requests under way are lost: the same command asks what has no answer yet.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from components.audit.sources import Source
from components.endpoints.complaints import RequestRefused
from components.errors import InfraError, InputError
from components.trajectories.records import read_record
from components.verdicts.probes import Probe

if TYPE_CHECKING:
    from components.models.prompting import Prompting
    from components.trajectories.store import Store

READ_AHEAD = 16
LOCAL_BATCH = 32
MOST_REFUSED = 0.1
"""Share of the probes that an endpoint may refuse; one that refuses more cannot be compared."""


class Answer(BaseModel):
    """One stored answer. Tokens are those of the endpoint's own count; 0 where nobody counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probe_id: str
    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


OnAnswer = Callable[[Source], None]


class AnswerBook:
    """The stored answers of one source."""

    def __init__(self, store: Store, source: Source) -> None:
        self._store, self.source = store, source
        self._prefix = f"audits/answers/{source.digest[:32]}-{source.answer_tokens}"

    def _key(self, probe: Probe) -> str:
        return f"{self._prefix}/{hashlib.sha256(probe.prompt.encode()).hexdigest()[:32]}.json"

    def known(self, probes: Sequence[Probe]) -> dict[str, Answer]:
        """The stored answers, by probe id."""
        if self.source.given is not None:
            return {probe.id: Answer(probe_id=probe.id, text=self.source.given[probe.id]) for probe in probes}
        keys = set(self._store.list(f"{self._prefix}/"))
        answered = [probe for probe in probes if self._key(probe) in keys]
        with ThreadPoolExecutor(READ_AHEAD) as pool:
            answers = pool.map(
                lambda probe: read_record(self._store, self._key(probe), Answer, what="answer"), answered
            )
            return {probe.id: answer for probe, answer in zip(answered, answers, strict=True)}

    def keep(self, probe: Probe, answer: Answer) -> None:
        self._store.put_new(self._key(probe), answer.model_dump_json().encode())


def missing(store: Store, sources: Sequence[Source], probes: Sequence[Probe]) -> dict[str, list[Probe]]:
    """By source, the probes that it has not answered yet."""
    unanswered = {}
    for source in sources:
        answers = AnswerBook(store, source).known(probes)
        unanswered[source.name] = [probe for probe in probes if probe.id not in answers]
    return unanswered


def collect_answers(
    store: Store, sources: Sequence[Source], probes: Sequence[Probe], *, on_answer: OnAnswer | None = None
) -> dict[str, list[Answer]]:
    """By source, the answers in the probes' order; asks for those that are missing.

    Args:
        on_answer: called after every answer that had to be asked for.

    Raises:
        InfraError: an endpoint stopped answering; says how many answers are stored.
        InputError: an endpoint refuses us or too many of the probes, or a model cannot be loaded.
    """
    answers = {}
    for source in sources:
        book = AnswerBook(store, source)
        answers_by_id = book.known(probes)
        unanswered = [probe for probe in probes if probe.id not in answers_by_id]
        if unanswered and source.chat is not None:
            _ask_endpoint(book, unanswered, count=len(answers_by_id), on_answer=on_answer)
        elif unanswered:
            _ask_model(book, unanswered, on_answer=on_answer)
        if unanswered:
            answers_by_id = book.known(probes)
        answers[source.name] = [answers_by_id[probe.id] for probe in probes]
    return answers


def _ask_endpoint(book: AnswerBook, probes: Sequence[Probe], *, count: int, on_answer: OnAnswer | None) -> None:
    outcome = asyncio.run(_Asking(book, probes, done=count, on_answer=on_answer).run())
    if outcome.failure is not None:
        had = count + outcome.count
        raise InfraError(
            f"{book.source.name} stopped answering: {outcome.failure}\n{had} of {count + len(probes)} answers are "
            "stored; the same command asks the rest"
        ) from outcome.failure


class _Asking:
    """Asks one endpoint many prompts at once.

    After the first failure nothing new is asked, and the requests under way are waited for: their answers are paid for.
    A few probes may be refused, as filters do; their answers are empty.
    """

    def __init__(self, book: AnswerBook, probes: Sequence[Probe], *, done: int, on_answer: OnAnswer | None) -> None:
        self._book, self._left, self._on_answer = book, iter(probes), on_answer
        self._all = done + len(probes)
        self._refused: list[tuple[Probe, RequestRefused]] = []
        self.count = 0
        self.failure: InfraError | None = None

    async def run(self) -> _Asking:
        from components.agents.chat import ChatAgent

        config = self._book.source.chat
        if config is None:
            raise ValueError(f"{self._book.source.name} is no endpoint")
        agent = ChatAgent(config)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(config.concurrency):
                    group.create_task(self._work(agent))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None  # all workers raise the same refusal
        finally:
            await agent.close()
        if self._refused and self.failure is None:
            self._keep_silence()
        return self

    def _refuses_too_many(self) -> bool:
        return len(self._refused) > MOST_REFUSED * self._all

    def _keep_silence(self) -> None:
        if self._refuses_too_many():
            _, error = self._refused[0]
            raise InputError(
                f"{self._book.source.name} refuses {len(self._refused)} probes and more: {error}",
                where=self._book.source.named.reference,
                fix=error.fix,
            )
        for probe, _ in self._refused:
            self._book.keep(probe, Answer(probe_id=probe.id, text=""))

    async def _work(self, agent: Any) -> None:
        for probe in self._left:
            try:
                text, cost = await agent.complete([{"role": "user", "content": probe.prompt}], seed=prompt_seed(probe))
            except RequestRefused as error:
                self._refused.append((probe, error))
                if self._refuses_too_many():
                    return
                continue
            except InfraError as error:
                self.failure = self.failure or error
                return
            answer = Answer(
                probe_id=probe.id,
                text=text,
                prompt_tokens=cost.prompt_tokens,
                completion_tokens=cost.completion_tokens,
            )
            await asyncio.to_thread(self._book.keep, probe, answer)
            self.count += 1
            if self._on_answer is not None:
                self._on_answer(self._book.source)
            if self.failure is not None:
                return


def prompt_seed(probe: Probe) -> int:
    """The same prompt is asked with the same seed; endpoints that know seeds then repeat themselves."""
    return int.from_bytes(hashlib.sha256(probe.prompt.encode()).digest()[:4]) >> 1


def _ask_model(book: AnswerBook, probes: Sequence[Probe], *, on_answer: OnAnswer | None) -> None:
    """A model of a folder, in this process, greedily; answers are stored a batch at a time."""
    from components.models.generate import Ask, generate
    from components.models.weights import load_model

    source = book.source
    prompting = prompting_of(source)
    if source.folder is None:
        raise ValueError(f"{source.name} has no folder")
    model = load_model(source.folder).eval()
    for rows in _batches(probes):
        asks = [Ask(tokens=prompt_tokens(prompting, probe, answer_tokens=source.answer_tokens)) for probe in rows]
        completions = generate(
            model,
            asks,
            pad=prompting.pad,
            end=prompting.tokenizer.eos_token_id,
            max_new_tokens=source.answer_tokens,
        )
        for probe, ask, completion in zip(rows, asks, completions, strict=True):
            text = prompting.decode(completion.tokens).strip()
            book.keep(
                probe,
                Answer(
                    probe_id=probe.id,
                    text=text,
                    prompt_tokens=len(ask.tokens),
                    completion_tokens=len(completion.tokens),
                ),
            )
            if on_answer is not None:
                on_answer(source)


def _batches(probes: Sequence[Probe]) -> Iterator[Sequence[Probe]]:
    for at in range(0, len(probes), LOCAL_BATCH):
        yield probes[at : at + LOCAL_BATCH]


def prompting_of(source: Source) -> Prompting:
    """How a model's folder is addressed: as it says; where it says nothing, by its chat template if it has one."""
    from components.models.prompting import FILE, load_prompting

    if source.folder is None:
        raise ValueError(f"{source.name} has no folder")
    prompting = load_prompting(source.folder)
    if prompting.tokenizer.chat_template and not (source.folder / FILE).is_file():
        return load_prompting(source.folder, template="chat")
    return prompting


def prompt_tokens(prompting: Prompting, probe: Probe, *, answer_tokens: int) -> list[int]:
    """The prompt as the model reads it; its end, where the model's context has no room for all of it."""
    tokens = prompting.encode_prompt(probe.prompt)
    return tokens[-max(1, prompting.context - answer_tokens) :]


def texts_of(answers: Mapping[str, Sequence[Answer]]) -> dict[str, list[str]]:
    """The answers' texts, by source."""
    return {name: [answer.text for answer in texts] for name, texts in answers.items()}
