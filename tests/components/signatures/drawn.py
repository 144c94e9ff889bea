"""Routing profiles drawn at random."""

from __future__ import annotations

import numpy as np

from components.signatures.profile import SLICES, LayerProfile, Profile
from components.signatures.recording import Subject

SUBJECT = Subject(name="m", model_digest="a", tokenizer_digest="b", probe_digest="c")
PROBES = 48


def drawn(seed: int, *, experts: int = 6, layers: int = 2) -> Profile:
    rng = np.random.default_rng(seed)
    return Profile(
        subject=SUBJECT,
        layers=tuple(
            LayerProfile(
                depth=index / max(layers - 1, 1),
                mass=rng.dirichlet(np.full(experts, 0.3), size=(PROBES, SLICES)).astype(np.float32),
            )
            for index in range(layers)
        ),
    )
