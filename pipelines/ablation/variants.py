"""The variants of an ablation: what each has, and what it changes in the recipe."""

from __future__ import annotations

from dataclasses import dataclass

NO_REASONS, NO_SPECULATION = "distill.reason_weight=0", "explore.speculative_seeds=0"
NO_EXPLORER, NO_LABELS = "explore.student_seeds=0", "explore.labels=false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """`changes` as `--set` takes them."""

    about: str
    changes: tuple[str, ...] = ()


VARIANTS = {
    "sft": Variant(about="the teacher's solutions, actions alone", changes=(NO_REASONS, NO_SPECULATION, NO_EXPLORER)),
    "multi-task": Variant(about="sft, and reasons with the actions", changes=(NO_SPECULATION, NO_EXPLORER)),
    "speculative": Variant(
        about="sft, and what the student proposed and the teacher checked", changes=(NO_REASONS, NO_EXPLORER)
    ),
    "both": Variant(about="sft, reasons and speculative episodes", changes=(NO_EXPLORER,)),
    "random-exploration": Variant(
        about="both, and what a random explorer found in the student's place: the control",
        changes=("explore.explorer=random", NO_LABELS),
    ),
    "student-exploration": Variant(
        about="both, and what the student found", changes=("explore.explorer=student", NO_LABELS)
    ),
    "labels": Variant(
        about="all that, and what the teacher would have done where the student got lost",
        changes=("explore.explorer=student", "explore.labels=true"),
    ),
}
"""In the order they are run: the control comes before the run whose report it stands in."""
