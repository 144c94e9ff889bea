"""A model of one's own that says whether a text is private, in the paper's classes and form (AgentSymbiotic, app. J).

The paper's prompt is not copied: these are our words for its list. What cannot be read, comes too late or does not
come at all counts as private.
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
"""Characters of a text that are asked about at once, and that two parts share."""
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
    """Asks for a verdict on a whole text; it gives no places in it."""

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
                known = answer is not None and _VERDICT.search(answer)
                return Hit(start=0, end=len(text), kind=kind, source="model" if known else "no verdict")
        return None

    async def check(self) -> None:
        """Asks about a text that is nobody's.

        Raises:
            InputError: there is no answer, or no verdict in it; of a run's every text it would be the same.
        """
        config, where = self._config, "teacher.privacy.model"
        try:
            answer = await self._said("The library opens at nine.")
        except (TimeoutError, InfraError, InputError, ValueError) as error:
            raise InputError(
                f"the detector {config.model!r} gives no answer, and everything it is asked about would stay at home: "
                f"{getattr(error, 'what', error)}",
                where=f"{where} ({config.base_url})",
                fix=f"start its server, correct base_url and model, or raise timeout ({config.timeout:g} s)",
            ) from error
        if answer is None or not _VERDICT.search(answer):
            raise InputError(
                f"the detector {config.model!r} gives no verdict, and everything it is asked about would stay at home: "
                + ("max_tokens ends its answer" if answer is None else f"it says {answer.strip()[:80]!r}"),
                where=f"{where} ({config.base_url})",
                fix=f"raise max_tokens ({config.max_tokens}) for a model that thinks, or take one that keeps to a form",
            )

    async def _ask(self, text: str) -> str | None:
        """The model's words; None where there are none."""
        try:
            return await self._said(text)
        except (TimeoutError, InfraError, InputError, ValueError):
            return None

    async def _said(self, text: str) -> str | None:
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
    """The class an answer names; None only where it says that nothing is private, and nothing else."""
    said = answer.rpartition("</think>")[2]
    verdicts = [*_VERDICT.finditer(said)]
    if verdicts and all(verdict["none"] for verdict in verdicts):
        return None
    named = _CLASS.findall(said)
    return KIND_OF[named[-1].upper()] if verdicts and named else "other"


def _parts(text: str) -> Iterator[str]:
    for start in range(0, max(len(text) - OVERLAP, 1), PART - OVERLAP):
        yield text[start : start + PART]
