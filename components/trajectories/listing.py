"""Finds episodes in a store, with their outcomes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.errors import InputError
from components.trajectories.episodes import list_episodes, load_episodes
from components.trajectories.rows import EPISODE_COLUMNS, episode_row
from components.trajectories.schema import Episode, Outcome
from components.trajectories.seen import rows_at
from components.trajectories.store import Store, check_key

KEY_PARTS = 7
MOST_NAMED = 40
FILTER_COLUMNS = ("outcome", "agent", "agent_kind", "agent_digest")
"""Columns of a row that the filter looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFilter:
    """Which episodes to list; what is left empty matches everything.

    Attributes:
        phase: the whole name or its beginning (`explore`, `explore-student`).
        agent: a part of the agent's name, or its kind, or the beginning of its digest.
        text: found in the intent, the message, an action or a reason, whatever its case.
    """

    run: str = ""
    round: int | None = None
    phase: str = ""
    task_id: str = ""
    seed: int | None = None
    outcome: str = ""
    agent: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if self.outcome and self.outcome not in tuple(Outcome):
            raise _unknown("outcome", self.outcome, [outcome.value for outcome in Outcome])
        if self.run:
            check_key(self.run)

    def takes_key(self, key: str) -> bool:
        """Whether the filter may take the episode at `runs/<run>/round-<n>/episodes/<phase>/<task>/<seed>.json.zst`."""
        parts = key.split("/")
        if len(parts) != KEY_PARTS:
            return False
        _, run, round_name, _, phase, task_id, file = parts
        return (
            self.run in ("", run)
            and (self.round is None or round_name == f"round-{self.round:03d}")
            and phase.startswith(self.phase)
            and self.task_id in ("", task_id)
            and (self.seed is None or file.split(".")[0] == str(self.seed))
        )

    def check(self, keys: Sequence[str]) -> None:
        """Compares the filter's run, phase and task with the episodes that there are.

        Raises:
            InputError: no episode is of that run, phase or task; names the nearest, or all there are.
        """
        parts = [parts for key in keys if len(parts := key.split("/")) == KEY_PARTS]
        for field, value, names, matches in (
            ("run", self.run, {key_parts[1] for key_parts in parts}, str.__eq__),
            ("phase", self.phase, {key_parts[4] for key_parts in parts}, str.startswith),
            ("task", self.task_id, {key_parts[5] for key_parts in parts}, str.__eq__),
        ):
            if value and names and not any(matches(name, value) for name in names):
                raise _unknown(field, value, sorted(names))

    def takes(self, episode: Episode) -> bool:
        agent = episode.agent
        row = {"agent": agent.name, "agent_kind": agent.kind, "agent_digest": agent.digest, "outcome": episode.outcome}
        return self.takes_row(row) and (not self.text or self.text.casefold() in _searchable(episode))

    def takes_row(self, row: Mapping[str, Any]) -> bool:
        """Whether the filter takes a row, by outcome and agent: a row holds no texts."""
        return self.outcome in ("", row["outcome"]) and (
            self.agent in row["agent"] or self.agent == row["agent_kind"] or row["agent_digest"].startswith(self.agent)
        )


def find_episodes(store: Store, filter: EpisodeFilter) -> Iterator[Episode]:
    """The episodes the filter takes, in the order of their keys; only objects whose key fits are read.

    Raises:
        InputError: an object is broken (see `decode_episode`), or the filter names what is not there.
    """
    return (episode for episode in load_episodes(store, _fitting(store, filter)) if filter.takes(episode))


def list_rows(
    store: Store, filter: EpisodeFilter, *, columns: Sequence[str] = tuple(EPISODE_COLUMNS)
) -> list[dict[str, Any]]:
    """One row per episode, as in `rows.episode_row`, from the tables of the phases; other episodes are read
    themselves."""
    if filter.text:
        return [episode_row(episode) for episode in find_episodes(store, filter)]
    rows = rows_at(store, _fitting(store, filter), columns=(*columns, *FILTER_COLUMNS), row=episode_row)
    return [row for row in rows if filter.takes_row(row)]


def _fitting(store: Store, filter: EpisodeFilter) -> list[str]:
    """Keys of the episodes that the filter may take, in their order."""
    keys = list(list_episodes(store, "runs/"))
    filter.check(keys)
    return [key for key in keys if filter.takes_key(key)]


def _unknown(field: str, name: str, names: Sequence[str]) -> InputError:
    close = difflib.get_close_matches(name, names, n=3)
    fix = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are {', '.join(names[:MOST_NAMED])}"
    return InputError(f"no episode's {field} is called {name!r}", where=f"--{field}", fix=fix)


def _searchable(episode: Episode) -> str:
    parts = [episode.intent, episode.message]
    parts += [f"{step.action} {step.reason}" for step in episode.steps]
    return "\n".join(parts).casefold()
