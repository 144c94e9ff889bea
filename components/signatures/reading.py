"""A mixture-of-experts reads texts once, and leaves its routing by domain and replicate and by probe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from components.errors import InputError
from components.signatures.hooks import Recorder, RoutedText, batches, pad
from components.signatures.profile import Profile
from components.signatures.recording import Recording, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one pass leaves: sums over whole texts, and means over the parts of each answer."""

    recording: Recording
    profile: Profile

    def save(self, path: Path) -> None:
        """Writes two files; the recording, which has the path's own name, last."""
        self.profile.save(_profile_path(path))
        self.recording.save(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads what `save` wrote.

        Raises:
            InputError: a file is missing or is none of ours.
        """
        return cls(recording=Recording.load(path), profile=Profile.load(_profile_path(path)))


def read(
    model: Any, texts: Iterable[RoutedText], *, subject: Subject, domains: Sequence[str], replicates: int, batch: int
) -> Reading:
    """Runs the model over the texts, `batch` at a time. The texts may be a generator.

    Raises:
        InputError: the model has no routed experts, or there is no text.
    """
    import torch

    training = model.training
    recorder = Recorder(model, domains=len(domains), replicates=replicates)
    model.eval()
    any_text = False
    with recorder, torch.inference_mode():
        for rows in batches(texts, batch):
            any_text = True
            ids, mask, _ = pad(rows)
            recorder.begin(rows)
            # The model without its head: the logits over the vocabulary would cost most of a small model's time.
            model.base_model(input_ids=ids.to(model.device), attention_mask=mask.to(model.device), use_cache=False)
    model.train(training)
    if not any_text:
        raise InputError("there is no text to record the routing of", where=subject.name, fix="give at least one probe")
    return Reading(
        recording=recorder.recording(subject=subject, domains=domains), profile=recorder.profile(subject=subject)
    )


def _profile_path(recording: Path) -> Path:
    return recording.with_suffix(".profile.safetensors")
