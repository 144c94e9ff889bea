"""The report in words: what the round came to, and why it was worse than the one before where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.drawing.charts import percent
from components.report.model import ReportInput, RoundInput
from components.results.evaluate import Rate, SplitResult
from components.trajectories.phases import Role, SplitName

ROLES: Mapping[Role, str] = {
    "student": "student",
    "champion": "champion",
    "teacher": "teacher with knowledge",
    "teacher_without_knowledge": "teacher without knowledge",
}
SPLITS: Mapping[SplitName, str] = {"heldout_seeds": "held-out seeds", "heldout_tasks": "held-out tasks"}


def start_of(data: ReportInput, split: SplitName = "heldout_seeds") -> SplitResult | None:
    """The untrained start model: the first round's champion where none was registered."""
    first = data.rounds[0]
    if first.promotion is not None and not first.promotion.champion_is_start:
        return None
    return first.success("champion", split)


def interval(found: SplitResult) -> str:
    low, high = found.interval
    return f"{percent(low)} to {percent(high)}"


def headline(data: ReportInput) -> str:
    """One or two sentences that say what this round came to."""
    now = data.now.success("student")
    if now is None:
        return f"Round {data.round} has not evaluated its student yet."
    text = f"The student solves {percent(now.success_rate)} of held-out seeds ({interval(now)})"
    before = data.rounds[-2].success("student") if len(data.rounds) > 1 else start_of(data)
    if before is not None:
        origin = f"after round {data.rounds[-2].number}" if len(data.rounds) > 1 else "before any training"
        text += f"; it was {percent(before.success_rate)} {origin}"
    promotion = data.now.promotion
    if promotion is None:
        return text + "."
    moved = {
        "promote": f"It is the new champion, version {promotion.version}.",
        "hold": "It was not promoted.",
        "inconclusive": "It was not promoted: the evidence is not enough either way.",
    }
    return f"{text}. {moved.get(promotion.decision, promotion.decision)}"


def first_loss(data: ReportInput) -> tuple[RoundInput, RoundInput] | None:
    """The first round whose student solved less of the held-out seeds than the round before: (before, after)."""
    for before, after in zip(data.rounds, data.rounds[1:], strict=False):
        a, b = before.success("student"), after.success("student")
        if a and b and b.success_rate < a.success_rate:
            return before, after
    return None


def explain_loss(before: RoundInput, after: RoundInput) -> list[str]:
    """Sentences about a loss: how large, whether chance alone would do it, and what else changed with it."""
    a, b = before.success("student"), after.success("student")
    if a is None or b is None:
        return []
    drop = a.success_rate - b.success_rate
    text = [
        f"Round {after.number} is the first to lose: its student solved {percent(b.success_rate)} of held-out seeds "
        f"after {percent(a.success_rate)} in round {before.number}, {100 * drop:.1f} points less."
    ]
    if (change := after.facts.change) is not None:
        likely = "chance alone may explain it" if change.p_value >= 0.05 else "chance alone does not explain it"
        text.append(
            f"On the same seeds it lost {change.losses} episodes and gained {change.gains} "
            f"(McNemar p = {change.p_value:.2g}): {likely}."
        )
    changes = task_changes(a, b)
    lost, won = [each for each in changes if each.rate < 0], [each for each in changes if each.rate > 0]
    text.append(f"{len(lost)} tasks lost and {len(won)} gained.")
    text += _accuracy_words(before, after)
    promotion = after.promotion
    if promotion is not None and promotion.decision != "promote":
        text.append("The champion did not change, so the next round's comparison is still with the better model.")
    return text


def _accuracy_words(before: RoundInput, after: RoundInput) -> list[str]:
    """Tells forgetting from bad luck in the episodes: did the student also imitate worse?"""
    a, b = final_accuracy(before), final_accuracy(after)
    if a is None or b is None:
        return []
    if b < a - 0.005:
        return [
            f"Its action accuracy on validation steps fell too ({percent(a)} to {percent(b)}): it learnt less well."
        ]
    return [
        f"Its action accuracy on validation steps did not fall ({percent(a)} to {percent(b)}): it imitates as well as "
        "before, and loses where imitation was not enough."
    ]


def final_accuracy(round: RoundInput) -> float | None:
    """The last action accuracy distillation measured."""
    curve = round.distillation.curve if round.distillation else ()
    return next((each.action_accuracy for each in reversed(curve) if each.action_accuracy is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRates:
    """One task before and after, both judged; `rate` is the change of its success rate."""

    task: str
    before: Rate
    after: Rate

    @property
    def rate(self) -> float:
        return self.after.success_rate - self.before.success_rate


def task_changes(before: SplitResult, after: SplitResult) -> list[TaskRates]:
    """Every task judged in both whose rate changed, greatest loss first."""
    old = {each.name: each for each in before.by_task if each.episodes}
    both = [TaskRates(task=each.name, before=old[each.name], after=each) for each in after.by_task if each.name in old]
    return sorted((each for each in both if each.rate), key=lambda each: (each.rate, each.task))
