"""Where a stage is: which round of which run, with which store and which scratch folder.

Stages meet here and nowhere else: each writes under `prefix` of the store and reads what earlier stages wrote there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.trajectories.ledger import Ledger
from components.trajectories.schema import round_prefix

if TYPE_CHECKING:
    from components.trajectories.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of one run.

    Attributes:
        number: counted from 1; 0 stands for the models a run begins with.
        work: a local folder that outlives a killed process (checkpoints, caches); what is in it can be made again.
    """

    run: str
    number: int
    seed: int
    store: Store
    work: Path

    @property
    def prefix(self) -> str:
        return round_prefix(run=self.run, round=self.number)

    def at(self, number: int) -> Round:
        """The same run at another round."""
        return Round(run=self.run, number=number, seed=self.seed, store=self.store, work=self.work)

    def ledger(self, model: str) -> Ledger:
        """What the run has spent on a model."""
        return Ledger(self.store, run=self.run, model=model)


def done_key(round: Round) -> str:
    """Where it stands that a round is finished, and how long it took."""
    return f"{round.prefix}/done.json"
