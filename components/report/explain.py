"""The report in words: did it get better, which version to use, and is the student its teacher's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.drawing.charts import percent, unbroken
from components.report.model import ReportInput, RoundInput
from components.results.detect import AuditResult
from components.results.episodes import Change
from components.results.evaluate import Rate, SplitResult
from components.results.promote import PromoteResult
from components.statistics import p_in_words
from components.trajectories.phases import Role, SplitName

ROLES: Mapping[Role, str] = {
    "student": "student",
    "champion": "champion before the round",
    "teacher": "teacher with knowledge",
    "teacher_without_knowledge": "teacher without knowledge",
    "random": "acting at random",
    "stop": "stopping at once",
}
LEVEL = 0.05
"""Below this p-value, and with an interval that leaves 0 out, a difference is called one; else it may be chance, and
nothing is explained by it."""
EXPORT = "`symbiont export model {} --to FOLDER`"
IN_A_WORD = {1: "yes", 0: "not shown", -1: "no, worse"}
"""Answers to "is it better?", by direction."""
VERDICTS = {"distilled": "yes", "independent": "no sign of it", "inconclusive": "this audit cannot say"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question somebody has on opening the report, answered: `short` in a word, `text` with what it rests on."""

    question: str
    short: str
    text: str


def start_of(data: ReportInput, split: SplitName) -> SplitResult | None:
    """The model the run began with: the first round's champion where none was registered."""
    first = data.rounds[0]
    if first.promotion is not None and not first.promotion.champion_is_start:
        return None
    return first.success("champion", split)


def interval(result: SplitResult | Rate) -> str:
    low, high = result.interval
    return f"{percent(low)} to {percent(high)}"


def direction(change: Change | None) -> int:
    """1 where it got better, -1 where it got worse, 0 where the episodes show neither.

    As for a promotion, the test (p under `LEVEL`) and the interval must both say so: McNemar's test takes episodes as
    independent, the interval tasks.
    """
    if change is None or change.p_value >= LEVEL:
        return 0
    low, high = change.interval or (change.difference, change.difference)
    return int(low > 0) - int(high < 0)


def by_how_much(change: Change) -> str:
    """The difference with its interval and p, such as `+3.3 points (0.0 to 7.5, p = 0.12)`."""
    if not change.gains and not change.losses:
        return "not one episode differs"
    p = unbroken(p_in_words(change.p_value))
    within = "{:+.1f} to {:+.1f}, ".format(*(100 * end for end in change.interval)) if change.interval else ""
    return f"{100 * change.difference:+.1f} points ({within}{p})"


def answers(data: ReportInput) -> list[Answer]:
    """What the first screen says."""
    if data.now.success("student") is None:
        text = f"Round {data.round} has not evaluated its student yet."
        return [Answer(question="Better than at the start", short="not known yet", text=text)]
    before = [beside_before(data)] if data.now.facts.since_last else []
    beside = [beside_chance(data.now)] if data.now.facts.beside_chance else []
    together = [beside_teacher(data.now)] if data.now.facts.synergy else []
    return [better(data), *before, *beside, *together, to_use(data), from_teacher(data.now)]


def better(data: ReportInput) -> Answer:
    """How far the student has come since the run began, on seeds and on tasks it never saw."""
    since, main = data.now.facts.since_start, data.now.main
    seeds = _progress(data, main, of=data.now.titles[main])
    tasks = _progress(data, "heldout_tasks", of="tasks it never saw") if main != "heldout_tasks" else ""
    count = f" after {data.round} rounds" if data.round > 1 else " after one round"
    text = f"The student solves {seeds}{count}{f'; and {tasks}' if tasks else ''}."
    return Answer(question="Better than at the start", short=_in_words(data.now, since), text=text)


def beside_before(data: ReportInput) -> Answer:
    """How far the student is from the last round's, on both splits."""
    now, before = data.now, data.rounds[-2]
    solved = _beside(now, before, role="student", whose="this one's", changes=now.facts.since_last)
    return Answer(
        question="Better than the round before",
        short=_in_words(now, now.facts.since_last),
        text=f"On the same pages the student of round {before.number} solves {solved}.",
    )


def beside_chance(now: RoundInput) -> Answer:
    """Whether the student is more than what acting at random solves, on both splits."""
    solved = _beside(now, now, role="random", whose="its", changes=now.facts.beside_chance)
    return Answer(
        question="Better than chance",
        short=_in_words(now, now.facts.beside_chance),
        text=f"An agent that acts at random on the same pages solves {solved}.",
    )


def _beside(
    now: RoundInput, earlier: RoundInput, *, role: Role, whose: str, changes: Mapping[SplitName, Change]
) -> str:
    """On each held-out split: the rate of an agent of an earlier round or this one, the student's, and the
    difference."""
    parts = []
    for split, title in now.titles.items():
        student, beside = now.success("student", split), earlier.success(role, split)
        if student and beside and (change := changes.get(split)):
            rates = f"{percent(beside.success_rate)} of {title} to {whose} {percent(student.success_rate)}"
            parts.append(f"{rates}: {by_how_much(change)}")
    return "; and ".join(parts)


def _in_words(now: RoundInput, changes: Mapping[SplitName, Change]) -> str:
    """Whether it is better, on each held-out split where they do not say the same."""
    splits: tuple[SplitName, ...] = (now.main, "heldout_tasks")
    words = {split: IN_A_WORD[direction(changes.get(split))] for split in splits if split in changes}
    if len({*words.values()}) < 2:
        return next(iter(words.values()), IN_A_WORD[0])
    return ", ".join(f"{word} on {now.titles[split]}" for split, word in words.items())


def beside_teacher(now: RoundInput) -> Answer:
    """Whether teacher and student together are more than the teacher alone, and whether it took a student."""
    synergy = now.facts.synergy
    gain = synergy[now.main].gain if now.main in synergy else None
    if now.facts.explorer:
        short, text = IN_A_WORD[direction(gain)], knowledge_gain(now, now.main) if gain else ""
    else:
        short, text = "not tried", "The student explored nothing in this round, so nothing that it found can help."
    student, alone = now.success("student"), now.success("teacher_without_knowledge")
    if student and alone:
        text += f" Alone the student solves {percent(student.success_rate)}, the teacher {percent(alone.success_rate)}."
    return Answer(question="Together better than the teacher alone", short=short, text=text)


def explorer(now: RoundInput) -> str:
    """Who explored in the student's place."""
    return "a random explorer" if now.facts.explorer == "random" else "the student"


def knowledge_content(now: RoundInput) -> str:
    """What of the knowledge base is not the teacher's own, in words."""
    return f"what {explorer(now)} found" if now.facts.explorer else "nothing of the student's"


def knowledge_gain(now: RoundInput, split: SplitName) -> str:
    """What the teacher solves with the knowledge base beside what it solves alone, and beside a random explorer's."""
    synergy = now.facts.synergy[split]
    gained = (
        f"With a knowledge base that holds {knowledge_content(now)}, the teacher solves {_more(synergy.gain)} of "
        f"{synergy.gain.pairs} episodes of {now.titles[split]}: {by_how_much(synergy.gain)} beside the teacher alone."
    )
    if now.facts.explorer == "random":
        return f"{gained} This run is the control: nobody learnt to explore."
    if not now.facts.explorer:
        return f"The student explored nothing in this round. {gained}"
    if synergy.control_gain is None or synergy.beside_control is None:
        return f"{gained} The control, a random explorer in the student's place, was not run: chance may find the same."
    verdict = {1: "more than chance does", 0: "no more than chance may", -1: "less than chance does"}
    chance = f"With a random explorer's finds in their place it solves {_more(synergy.control_gain)}"
    beside = f"{verdict[direction(synergy.beside_control)]}: {by_how_much(synergy.beside_control)}"
    return f"{gained} {chance}; the student finds {beside}."


def _more(change: Change) -> str:
    surplus = change.gains - change.losses
    return f"{abs(surplus)} {'more' if surplus > 0 else 'fewer'}" if surplus else "no more"


def _progress(data: ReportInput, split: SplitName, *, of: str) -> str:
    now, start = data.now.success("student", split), start_of(data, split)
    if now is None:
        return ""
    change = data.now.facts.since_start.get(split)
    since = f": {by_how_much(change)}" if change else ""
    before = f", {percent(start.success_rate)} at the start{since}" if start else ""
    return f"{percent(now.success_rate)} ({interval(now)}) of {of}{before}"


def to_use(data: ReportInput) -> Answer:
    """Which version of the student is the best that the evidence supports, and why not another one."""
    question, promotion = "Which version to use", data.now.promotion
    if promotion is None:
        return Answer(question=question, short="not decided yet", text="The promotion has not been done.")
    if promotion.decision == "promote":
        text = f"This round's student is the new champion: {_difference(promotion)}.{_unproven(promotion)}"
        text += f" To have it: {EXPORT.format('champion')}."
        return Answer(question=question, short=f"version {promotion.version}", text=text)
    if not promotion.champion_version:
        text = (
            f"No student has been promoted so far. {_because(promotion)} The newest can be used all the same: "
            f"{EXPORT.format('student')}."
        )
        return Answer(question=question, short="none yet", text=text)
    came = next((round for round in data.rounds if _version(round) == promotion.champion_version), None)
    rate = came.success("student") if came else None
    origin = f" of round {came.number}" if came else ""
    solved = f", which solved {percent(rate.success_rate)} of {came.titles[came.main]}" if came and rate else ""
    text = f"It is the champion{origin}{solved}: {EXPORT.format('champion')}. This round's was not promoted. "
    text += _because(promotion)
    return Answer(question=question, short=f"version {promotion.champion_version}", text=text)


def _version(round: RoundInput) -> str:
    return round.promotion.version if round.promotion and round.promotion.decision == "promote" else ""


def _because(promotion: PromoteResult) -> str:
    if promotion.decision == "inconclusive" and promotion.pairs:
        return (
            f"It differs by {100 * promotion.difference:+.1f} points, and {promotion.pairs} pairs of episodes can only "
            f"show differences of {100 * promotion.minimum_detectable_effect:.0f} points or more."
        )
    return promotion.because or promotion.reason


def _unproven(promotion: PromoteResult) -> str:
    """A remark about a champion whose gain may be chance."""
    low, _ = promotion.interval or (-1.0, 1.0)
    return f" {promotion.because}" if promotion.because and (promotion.p_value >= promotion.alpha or low <= 0) else ""


def _difference(promotion: PromoteResult) -> str:
    against = "the model the run began with" if promotion.champion_is_start else "the champion before it"
    low, high = (100 * end for end in promotion.interval or (-1.0, 1.0))
    return f"{100 * promotion.difference:+.1f} points ({low:+.1f} to {high:+.1f}) beside {against}"


def from_teacher(now: RoundInput) -> Answer:
    """What the audit found, with the distance it rests on."""
    question, audit = "Distilled from its teacher", now.audit
    if audit is None:
        return Answer(question=question, short="not audited", text="No audit was run in this round.")
    text = sentence(audit.because)
    if audit.judged is not None:
        at = audit.judged.distance
        apart = {pair.suspect: pair.distance.mean for pair in audit.placebos}
        before = f" Before training it lay at {apart.pop('start'):.2f}." if "start" in apart else ""
        ends = dict.fromkeys(f"{end(apart.values()):.2f}" for end in (min, max)) if apart else ()
        spread = f" (here {' to '.join(ends)})" if ends else ""
        text = (
            f"Its behaviour lies at {at.mean:.2f} ({at.low:.2f} to {at.high:.2f}), where the teacher lies at 0 and "
            f"models that have nothing to do with it at about 1{spread}.{before} Under {audit.judged.margin:.2f} it "
            f"counts as distilled{_margin(audit)}."
        )
        if audit.verdict != audit.judged.verdict:
            text += f" {sentence(audit.because)}"
    return Answer(question=question, short=VERDICTS[audit.verdict], text=text)


def _margin(audit: AuditResult) -> str:
    """Why the margin is not the recipe's."""
    if audit.judged is None or audit.judged.margin >= audit.test.margin:
        return ""
    return f" ({audit.test.margin:.2f} in the recipe, less here because few models were compared or they scatter)"


def sentence(words: str) -> str:
    """With a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def headline(data: ReportInput) -> str:
    """The answers on one line, for a place without room."""
    return " ".join(f"{answer.question}: {answer.short}. {answer.text}" for answer in answers(data))


def newest_fall(data: ReportInput) -> tuple[RoundInput, RoundInput] | None:
    """The newest round whose student solved less than the one before by more than chance: (before, after)."""
    pairs = list(zip(data.rounds, data.rounds[1:], strict=False))
    return next(((a, b) for a, b in reversed(pairs) if direction(b.change) < 0), None)


def beside_last(data: ReportInput) -> str:
    """One line on the round before, whichever way it went; empty in a first round."""
    change = data.now.change
    if change is None:
        return ""
    meaning = {
        1: "more than chance would give",
        0: "no difference that these episodes can show",
        -1: "less than chance would explain",
    }[direction(change)]
    return (
        f"Beside round {data.round - 1}, on the same {data.now.titles[data.now.main]}, this round's student gained "
        f"{change.gains} and lost {change.losses} (McNemar {p_in_words(change.p_value)}): {meaning}."
    )


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
    old = {rate.name: rate for rate in before.by_task if rate.episodes}
    changes = [
        TaskRates(task=rate.name, before=old[rate.name], after=rate) for rate in after.by_task if rate.name in old
    ]
    return sorted((change for change in changes if change.rate), key=lambda change: (change.rate, change.task))
