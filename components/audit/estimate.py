"""What an audit will cost, before it starts: questions, tokens, money, and minutes of training measured on the spot."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.audit.request import AuditRequest
from components.audit.sources import Source
from components.progress import duration
from components.signatures.config import ShadowConfig
from components.signatures.hooks import RoutedText
from components.signatures.proxy import Proxy, make_proxy
from components.signatures.reading import read
from components.signatures.recording import Subject
from components.signatures.training import Example, train
from components.verdicts.probes import Probe, ProbeSet

LETTERS_PER_TOKEN = 4
TIMED_STEPS = 4
ROOMY = 5
"""Controls with which an accusation is possible: their spread shows what chance can do (`verdict.chance_reaches`)."""
READ_AS_STEPS = 1 / 3
"""Reading a batch is a forward pass, about a third of a training step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Questions of one source that have no answer yet.

    Attributes:
        prompt_tokens: about, at four letters a token.
        completion_tokens: at most.
        usd: at most; None where nobody configured a price.
    """

    name: str
    kind: str
    questions: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The cost of an audit.

    Attributes:
        training_seconds: at most; shadows that are stored are not trained again.
        controls: number of models that are known to be independent.
    """

    bills: tuple[Bill, ...]
    training_seconds: float
    controls: int

    def lines(self) -> list[str]:
        """The forecast in words, a line each."""
        lines = []
        for bill in self.bills:
            if not bill.questions:
                lines.append(f"{bill.name}: all answers are there")
                continue
            money = "" if bill.usd is None else f", at most {bill.usd:.2f} US dollars"
            cost = f"about {bill.prompt_tokens:,} tokens to read, at most {bill.completion_tokens:,} to write{money}"
            what_is_asked = "requests" if bill.kind == "endpoint" else "prompts on this machine"
            lines.append(f"{bill.name}: {bill.questions} {what_is_asked}, {cost}")
        prices = [bill.usd for bill in self.bills if bill.usd is not None]
        if len(prices) > 1:
            lines.append(f"together at most {sum(prices):.2f} US dollars")
        if self.training_seconds:
            lines.append(f"shadows: at most {duration(self.training_seconds)} on this machine")
        if self.controls < ROOMY:
            lines.append(
                f"with {self.controls} controls a student is found only where these lie close together, because they "
                f"show what chance can do; {ROOMY} or more of the suspect's kind leave more room"
            )
        return lines


def forecast(
    request: AuditRequest, sources: Sequence[Source], probes: ProbeSet, *, unanswered: Mapping[str, Sequence[Probe]]
) -> Forecast:
    """The cost of what is still to be done.

    Args:
        left: by source, the probes it has not answered.
    """
    bills = tuple(_bill(source, unanswered[source.name]) for source in sources)
    controls = len(request.control_names)
    if request.white_box:
        return Forecast(bills=bills, training_seconds=0.0, controls=controls)
    seconds = training_seconds(
        request.settings.shadow,
        prompts=probes.prompts,
        shadows=len(sources) + len(request.teachers),
    )
    return Forecast(bills=bills, training_seconds=seconds, controls=controls)


def _bill(source: Source, probes: Sequence[Probe]) -> Bill:
    prompt = sum(len(probe.prompt) for probe in probes) // LETTERS_PER_TOKEN
    most = len(probes) * source.answer_tokens
    usd = None
    if source.chat is not None and (source.chat.usd_per_million_prompt or source.chat.usd_per_million_completion):
        usd = (prompt * source.chat.usd_per_million_prompt + most * source.chat.usd_per_million_completion) / 1e6
    return Bill(
        name=source.name,
        kind=source.named.kind,
        questions=len(probes),
        prompt_tokens=prompt,
        completion_tokens=most,
        usd=usd,
    )


def training_seconds(config: ShadowConfig, *, prompts: Sequence[str], shadows: int) -> float:
    """Seconds that all shadows of an audit take at most, from a few real steps on the longest examples there can be;
    where nothing is trained, from reading a batch of them."""
    proxy = make_proxy(config, seed=0, texts=list(prompts))
    most = config.prompt_tokens + config.response_tokens + 2
    ids = [token for prompt in prompts for token in proxy.encode(prompt)] or [proxy.end]
    long = (ids * (most // len(ids) + 1))[:most]
    examples = [Example(ids=long, start=config.prompt_tokens)] * config.batch

    if not config.trained:
        return config.trainings * shadows * len(prompts) / config.batch * _seconds_to_read(proxy, examples)

    def steps(count: int) -> float:
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            train(
                proxy.model,
                examples,
                steps=count,
                rate=config.rate,
                batch=config.batch,
                seed=0,
                checkpoint=Path(folder) / "timed",
                every=config.checkpoint_seconds,
            )
        return time.perf_counter() - began

    steps(1)  # the first step compiles kernels and makes the optimizer's state
    step_seconds = steps(TIMED_STEPS) / TIMED_STEPS
    steps_of_reading = READ_AS_STEPS * len(prompts) / config.batch
    return step_seconds * config.trainings * (config.common_steps + shadows * (config.steps + steps_of_reading))


def _seconds_to_read(proxy: Proxy, examples: Sequence[Example]) -> float:
    texts = [RoutedText(ids=example.ids) for example in examples]
    subject = Subject(name="timed", model_digest="", tokenizer_digest="", probe_digest="")

    def pass_seconds() -> float:
        began = time.perf_counter()
        read(proxy.model, texts, subject=subject, domains=("timed",), replicates=1, batch=len(texts))
        return time.perf_counter() - began

    pass_seconds()  # the first pass compiles kernels
    return pass_seconds()
