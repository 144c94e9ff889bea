"""The instrument for any models: shadows read everybody's answers, several times from other initial weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.signatures.config import ShadowConfig
from components.signatures.shadow import Block, shadow_block
from components.verdicts.evidence import Cast, Evidence, OnProgress
from components.verdicts.probes import ProbeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadows:
    """Shadows of everybody (`Instrument`).

    Attributes:
        seed: of initial weights and of the order of training.
        work: where finished shadows stay.
    """

    config: ShadowConfig
    seed: int
    work: Path

    def measure(
        self,
        cast: Cast,
        *,
        probes: ProbeSet,
        responses: Mapping[str, Sequence[str]],
        on_progress: OnProgress | None = None,
    ) -> Evidence:
        """As `Instrument.measure`; progress is in shadows."""
        evidence = Evidence(cast, probes=probes)
        for training in range(self.config.trainings):
            block = Block(
                seed=self.seed * 1000 + 2 * training,
                prompts=probes.prompts,
                domains=probes.domain_of,
                names=probes.domains,
                replicates=probes.replicates,
                responses=responses,
                teachers=cast.teachers,
            )
            readings = shadow_block(
                block, config=self.config, work=self.work, on_progress=self._counting(on_progress, training)
            )
            evidence.add_recordings(readings.each(lambda reading: reading.recording))
            evidence.add_profiles(readings.each(lambda reading: reading.profile), teachers=cast.teachers)
        return evidence

    def _counting(self, on_progress: OnProgress | None, training: int) -> OnProgress | None:
        """Progress over all trainings, told of one after another."""
        if on_progress is None:
            return None
        return lambda count, total: on_progress(training * total + count, self.config.trainings * total)
