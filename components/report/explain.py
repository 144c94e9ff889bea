"""The report in words: what the round came to, and why it was worse than the one before where it was."""

from __future__ import annotations

from components.drawing.charts import percent
from components.report.model import ReportInput, RoundInput, Success

ROLES = {
    "student": "student",
    "champion": "champion",
    "teacher": "teacher with knowledge",
    "teacher_without_knowledge": "teacher without knowledge",
}
SPLITS = {"heldout_seeds": "held-out seeds", "heldout_tasks": "held-out tasks"}


def student(round: RoundInput, split: str = "heldout_seeds") -> Success | None:
    return round.success.get("student", {}).get(split)


def start_of(data: ReportInput, split: str = "heldout_seeds") -> Success | None:
    """The untrained start model: the first round's champion where none was registered."""
    first = data.rounds[0]
    if first.promotion is not None and not first.promotion.champion_is_start:
        return None
    return first.success.get("champion", {}).get(split)


def headline(data: ReportInput) -> str:
    """One or two sentences that say what this round came to."""
    now = student(data.now)
    if now is None:
        return f"Round {data.round} has not evaluated its student yet."
    text = (
        f"The student solves {percent(now.success_rate)} of held-out seeds ({percent(now.low)} to {percent(now.high)})"
    )
    before = student(data.rounds[-2]) if len(data.rounds) > 1 else start_of(data)
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
        a, b = student(before), student(after)
        if a and b and b.success_rate < a.success_rate:
            return before, after
    return None


def explain_loss(before: RoundInput, after: RoundInput) -> list[str]:
    """Sentences about a loss: how large, whether chance alone would do it, and what else changed with it."""
    a, b = student(before), student(after)
    if a is None or b is None:
        return []
    drop = a.success_rate - b.success_rate
    text = [
        f"Round {after.number} is the first to lose: its student solved {percent(b.success_rate)} of held-out seeds "
        f"after {percent(a.success_rate)} in round {before.number}, {100 * drop:.1f} points less."
    ]
    if (change := after.change) is not None:
        likely = "chance alone may explain it" if change.p_value >= 0.05 else "chance alone does not explain it"
        text.append(
            f"On the same seeds it lost {change.losses} episodes and gained {change.gains} "
            f"(McNemar p = {change.p_value:.2g}): {likely}."
        )
    changes = task_changes(a, b)
    lost, won = [each for each in changes if each[1] < 0], [each for each in changes if each[1] > 0]
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
    return next((each.action_accuracy for each in reversed(round.learning) if each.action_accuracy is not None), None)


def task_changes(before: Success, after: Success) -> list[tuple[str, float, str]]:
    """(task, change in rate, `7/8 to 3/8`) of every task judged in both and changed, greatest loss first."""
    found = []
    for task in before.by_task.keys() & after.by_task.keys():
        (a, n), (b, m) = before.by_task[task], after.by_task[task]
        if n and m and a / n != b / m:
            found.append((task, b / m - a / n, f"{a}/{n} to {b}/{m}"))
    return sorted(found, key=lambda each: (each[1], each[0]))
