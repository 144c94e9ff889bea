"""Which episodes a round's synthesis is made from: fixed by its first attempt, for all that follow.

Explorers retry what failed for infrastructure whenever they are run again, so episodes may be added to a round after
its synthesis was killed. Its tables must not then come partly from other data than they began with: the first attempt
writes down what it found, and later ones take just that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import Field

from components.agents.config import deciding
from components.benchmarks.split import Split
from components.errors import InputError
from components.synthesize.config import OutcomeJudge, RuleJudge, SynthesizeConfig
from components.trajectories.digests import json_digest
from components.trajectories.episodes import episode_digest, iter_episodes, load_episodes
from components.trajectories.imports import check_imported, imported_keys
from components.trajectories.phases import EXPLORING
from components.trajectories.records import read_record
from components.trajectories.rounds import Round
from components.trajectories.schema import Episode, Record
from components.trajectories.store import Store

RULES_VERSION = "2"
"""Part of the inputs: change it whenever the same episodes would give other examples or knowledge."""

GUARDED = {"task_id", "template", "intent", "seed"}


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


def fixed_inputs(*, config: SynthesizeConfig, split: Split, round: Round) -> tuple[Inputs, list[Episode]]:
    """What this round's synthesis is made from, and those episodes in the order of their keys.

    Raises:
        InputError: there are no episodes; one is of a held-out task or seed (names them all), or broken; this round
            was begun with other settings; or an episode of then is gone. Nothing was written.
    """
    key = f"{round.prefix}/inputs/synthesize.json"
    settings = _settings_digest(config, split)
    episodes: list[Episode] | None = None
    if not round.store.exists(key):
        imports = {source: imports_digest(round.store, source) for source in config.sources}
        episodes = _explored(round, alone=not imports)
        split.check({"id": each.key, **each.model_dump(include=GUARDED)} for each in episodes)
        digests = {episode.key: episode_digest(episode) for episode in episodes}
        if not round.store.put_new(
            key, Inputs(settings=settings, episodes=digests, imports=imports).model_dump_json().encode()
        ):
            episodes = None  # another process was first
    inputs = read_record(round.store, key, Inputs, what="list of a synthesis' episodes")
    if inputs.settings != settings:
        raise InputError(
            "this round's synthesis was begun with another configuration or another split",
            where=f"{round.store.url}/{key}",
            fix="go back to that configuration, or start another run",
        )
    return inputs, episodes if episodes is not None else _as_then(round, inputs)


def imports_digest(store: Store, source: str) -> str:
    """Digest over a source's episodes: their keys follow from what they hold.

    Raises:
        InputError: it was taken down, or is not here.
    """
    check_imported(store, source)
    return json_digest(sorted(imported_keys(store, source)))


def _explored(round: Round, *, alone: bool) -> list[Episode]:
    """The round's episodes; there must be some where they are learnt from alone."""
    found: list[Episode] = []
    for phase in sorted(EXPLORING):
        found += [
            each for each in iter_episodes(round.store, f"{round.prefix}/episodes/{phase}/") if each.outcome.counts
        ]
    if not found and alone:
        raise InputError(
            "there are no episodes to synthesize from", where=f"{round.prefix}/episodes/", fix="run explore first"
        )
    return found


def _as_then(round: Round, inputs: Inputs) -> list[Episode]:
    missing: Sequence[str] = [key for key in inputs.episodes if not round.store.exists(key)]
    if missing:
        raise InputError(
            f"{len(missing)} episodes this round's synthesis was begun with are gone",
            where=missing[0],
            fix="restore them, or start another run",
        )
    return list(load_episodes(round.store, inputs.episodes))


def _settings_digest(config: SynthesizeConfig, split: Split) -> str:
    record = [RULES_VERSION, deciding(config.model_dump(mode="json")), split.digest()]
    if not isinstance(config.judge, OutcomeJudge | RuleJudge):
        record.append(config.judge.words.digest)
    return json_digest(record)
