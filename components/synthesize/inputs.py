"""The list of episodes that a round's synthesis uses, fixed by its first attempt.

Explorers that are run again retry episodes that failed for infrastructure. So a round may get more episodes after its
synthesis was killed, and then its tables must not come from different data. The first attempt stores the list of
episodes, and later attempts use that list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from components.agents.config import deciding
from components.benchmarks.split import Split
from components.errors import InputError
from components.synthesize.config import OutcomeJudge, RuleJudge, SynthesizeConfig
from components.trajectories.digests import json_digest
from components.trajectories.episodes import list_episodes
from components.trajectories.imports import check_imported, imported_keys
from components.trajectories.phases import EXPLORING
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.rows import episode_row
from components.trajectories.schema import Outcome, Record
from components.trajectories.seen import rows_at
from components.trajectories.store import Store

RULES_VERSION = "2"
"""Part of the inputs: change it whenever the same episodes would give other examples or knowledge."""

GUARDED = ("task_id", "template", "intent", "seed")


class Inputs(Record):
    """Stored at `<round>/inputs/synthesize.json`.

    Attributes:
        settings: digest of everything but the episodes.
        imports: digest of each imported source's episodes.
    """

    settings: str
    episodes: dict[str, str]
    imports: dict[str, str] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        left_out = None if self.imports else {"imports"}
        return hashlib.sha256(self.model_dump_json(exclude=left_out).encode()).hexdigest()


def fixed_inputs(*, config: SynthesizeConfig, split: Split, round: Round) -> Inputs:
    """What this round's synthesis is made from; the episodes in the order of their keys.

    Raises:
        InputError: there are no episodes; one is of a held-out task or seed (names them all), or broken; this round
            was begun with other settings; or an episode of then is gone. Nothing was written.
    """
    key = f"{round.prefix}/inputs/synthesize.json"
    settings = _settings_digest(config, split)
    if not round.store.exists(key):
        imports = {source: imports_digest(round.store, source) for source in config.sources}
        episodes: dict[str, str] = {}
        split.check(_noted(_explored(round), episodes))
        if not episodes and not imports:
            raise InputError(
                "there are no episodes to synthesize from", where=f"{round.prefix}/episodes/", fix="run explore first"
            )
        first_inputs = Inputs(settings=settings, episodes=episodes, imports=imports)
        round.store.put_new(key, first_inputs.model_dump_json().encode())  # another process may be first
    inputs = read_record(round.store, key, Inputs, what="list of a synthesis' episodes")
    if inputs.settings != settings:
        raise InputError(
            "this round's synthesis was begun with another configuration or another split",
            where=f"{round.store.url}/{key}",
            fix="go back to that configuration, or start another run",
        )
    _check_there(round, inputs)
    return inputs


def imports_digest(store: Store, source: str) -> str:
    """Digest over a source's episodes: their keys follow from what they hold.

    Raises:
        InputError: it was taken down, or is not here.
    """
    check_imported(store, source)
    return json_digest(sorted(imported_keys(store, source)))


def _explored(round: Round) -> Iterator[dict[str, Any]]:
    """A row of each episode that counts: of the explorers' tables, or of an episode that is in none."""
    for phase in sorted(EXPLORING):
        keys = list_episodes(round.store, f"{round.prefix}/episodes/{phase}/")
        for row in rows_at(round.store, keys, columns=("digest", "outcome", *GUARDED), row=episode_row):
            if Outcome(row["outcome"]).counts:
                yield row


def _noted(rows: Iterable[dict[str, Any]], episodes: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The rows as a split asks for them; key and digest of each are noted on the way."""
    for row in rows:
        episodes[row["episode_key"]] = row["digest"]
        yield {"id": row["episode_key"], **row}


def _check_there(round: Round, inputs: Inputs) -> None:
    stored = {key for phase in EXPLORING for key in round.store.list(f"{round.prefix}/episodes/{phase}/")}
    missing = [key for key in inputs.episodes if key not in stored]
    if missing:
        raise InputError(
            f"{len(missing)} episodes this round's synthesis was begun with are gone",
            where=missing[0],
            fix="restore them, or start another run",
        )


def _settings_digest(config: SynthesizeConfig, split: Split) -> str:
    record = [RULES_VERSION, deciding(config.model_dump(mode="json")), split.digest()]
    if not isinstance(config.judge, OutcomeJudge | RuleJudge):
        record.append(config.judge.words.digest)
    return json_digest(record)
