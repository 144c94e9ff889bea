"""A detector model of one's own: says whether a text is private, in the paper's classes (AgentSymbiotic, app. J).

The prompt is ours, with the paper's list of classes. A text counts as private if the answer cannot be read, comes too
late, or does not come at all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from components.endpoints.complaints import check_reply
from components.endpoints.completions import read_completion
from components.endpoints.config import api_key
from components.endpoints.wire import Wire
from components.errors import InfraError, InputError
from components.privacy.config import DetectorModel
from components.privacy.hits import Hit, Kind
from components.prompt_files import read_prompt_file

PROMPT = read_prompt_file(Path(__file__).with_name("prompts") / "verdict-1.md").parts["system"]
PART, OVERLAP = 12_000, 500
"""Characters of a text in one question, and characters that two neighbouring parts share."""
MOST_PARTS = 8

_VERDICT = re.compile(r"\[PRIVATE (?P<none>NOT )?FIND\]", re.IGNORECASE)
_CLASS = re.compile(r"\[(PERSONAL|FINANCIAL|HEALTH|SECURITY|SENSITIVE|OTHER)\]", re.IGNORECASE)
KIND_OF: dict[str, Kind] = {
    "PERSONAL": "personal",
    "FINANCIAL": "financial",
    "HEALTH": "health",
    "SECURITY": "security",
    "SENSITIVE": "sensitive",
    "OTHER": "other",
}


class ModelDetector:
    """Asks for a verdict on a whole text; the model gives no places in it."""

    def __init__(self, config: DetectorModel) -> None:
        self._config = config
        self._key = api_key(config.api_key_env, whose=f"model {config.model!r}")
        self.version = f"model {config.model} {hashlib.sha256(PROMPT.encode()).hexdigest()[:8]}"

    async def scan(self, text: str) -> Hit | None:
        """A hit of the whole text, or None where the model finds nothing in any part of it."""
        parts = [*_parts(text)]
        if len(parts) > MOST_PARTS:
            return Hit(start=0, end=len(text), kind="other", source="no verdict")
        for part in parts:
            answer = await self._ask(part)
            kind = "other" if answer is None else read_verdict(answer)
            if kind is not None:
                has_verdict = answer is not None and _VERDICT.search(answer)
                return Hit(start=0, end=len(text), kind=kind, source="model" if has_verdict else "no verdict")
        return None

    async def check(self) -> None:
        """Asks about a made-up text before a run.

        Raises:
            InputError: no answer, or no verdict in it: then all texts of a run would count as private.
        """
        config, place = self._config, "teacher.privacy.model"
        try:
            answer = await self._complete("The library opens at nine.")
        except (TimeoutError, InfraError, InputError, ValueError) as error:
            raise InputError(
                f"the detector {config.model!r} gives no answer, and everything it is asked about would stay at home: "
                f"{getattr(error, 'what', error)}",
                where=f"{place} ({config.base_url})",
                fix=f"start its server, correct base_url and model, or raise timeout ({config.timeout:g} s)",
            ) from error
        if answer is None or not _VERDICT.search(answer):
            raise InputError(
                f"the detector {config.model!r} gives no verdict, and everything it is asked about would stay at home: "
                + ("max_tokens ends its answer" if answer is None else f"it says {answer.strip()[:80]!r}"),
                where=f"{place} ({config.base_url})",
                fix=f"raise max_tokens ({config.max_tokens}) for a model that thinks, or take one that keeps to a form",
            )

    async def _ask(self, text: str) -> str | None:
        """The model's words; None where there are none."""
        try:
            return await self._complete(text)
        except (TimeoutError, InfraError, InputError, ValueError):
            return None

    async def _complete(self, text: str) -> str | None:
        """The model's words; None where `max_tokens` ended them."""
        config = self._config
        wire = Wire(config.base_url, key=self._key, timeout=config.timeout)
        request = {
            "model": config.model,
            "messages": [{"role": "system", "content": PROMPT}, {"role": "user", "content": text}],
            "max_tokens": config.max_tokens,
            "temperature": 0,
        }
        try:
            reply = await wire.ask("chat/completions", request)
            check_reply(reply, where=config.base_url, model=config.model, secret=self._key)
            completion = read_completion(reply.text)
        finally:
            await wire.close()
        return None if completion.cut else completion.text


def read_verdict(answer: str) -> Kind | None:
    """The class that an answer names; None only where all its verdicts say that nothing is private."""
    words = answer.rpartition("</think>")[2]
    verdicts = [*_VERDICT.finditer(words)]
    if verdicts and all(verdict["none"] for verdict in verdicts):
        return None
    classes = _CLASS.findall(words)
    return KIND_OF[classes[-1].upper()] if verdicts and classes else "other"


def _parts(text: str) -> Iterator[str]:
    for start in range(0, max(len(text) - OVERLAP, 1), PART - OVERLAP):
        yield text[start : start + PART]
