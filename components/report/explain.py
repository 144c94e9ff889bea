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
"""A direction, to a question of whether it is better."""
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


def interval(found: SplitResult | Rate) -> str:
    low, high = found.interval
    return f"{percent(low)} to {percent(high)}"


def direction(change: Change | None) -> int:
    """1 where episodes show that it got better, -1 worse, 0 where they show neither.

    As for a promotion, test and interval must both say so: the one takes episodes as independent, the other tasks.
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


def _beside(now: RoundInput, then: RoundInput, *, role: Role, whose: str, changes: Mapping[SplitName, Change]) -> str:
    """What an agent of a round solves of each held-out split, what this round's student does, and the difference."""
    said = []
    for split, title in now.titles.items():
        student, other = now.success("student", split), then.success(role, split)
        if student and other and (change := changes.get(split)):
            rates = f"{percent(other.success_rate)} of {title} to {whose} {percent(student.success_rate)}"
            said.append(f"{rates}: {by_how_much(change)}")
    return "; and ".join(said)


def _in_words(now: RoundInput, changes: Mapping[SplitName, Change]) -> str:
    """Whether it is better, on each held-out split where they do not say the same."""
    splits: tuple[SplitName, ...] = (now.main, "heldout_tasks")
    found = {split: IN_A_WORD[direction(changes.get(split))] for split in splits if split in changes}
    if len({*found.values()}) < 2:
        return next(iter(found.values()), IN_A_WORD[0])
    return ", ".join(f"{word} on {now.titles[split]}" for split, word in found.items())


def beside_teacher(now: RoundInput) -> Answer:
    """Whether teacher and student together are more than the teacher alone, and whether it took a student."""
    found = now.facts.synergy
    gain = found[now.main].gain if now.main in found else None
    if now.facts.explorer:
        short, text = IN_A_WORD[direction(gain)], found_more(now, now.main) if gain else ""
    else:
        short, text = "not tried", "The student explored nothing in this round, so nothing that it found can help."
    student, alone = now.success("student"), now.success("teacher_without_knowledge")
    if student and alone:
        text += f" Alone the student solves {percent(student.success_rate)}, the teacher {percent(alone.success_rate)}."
    return Answer(question="Together better than the teacher alone", short=short, text=text)


def explorer(now: RoundInput) -> str:
    """Who explored in the student's place."""
    return "a random explorer" if now.facts.explorer == "random" else "the student"


def held(now: RoundInput) -> str:
    """What was found in the student's place and stands in the knowledge base."""
    return f"what {explorer(now)} found" if now.facts.explorer else "nothing of the student's"


def found_more(now: RoundInput, split: SplitName) -> str:
    """What knowledge with the student's finds lets the teacher solve, and what it would be with those of chance."""
    found = now.facts.synergy[split]
    said = (
        f"With a knowledge base that holds {held(now)}, the teacher solves {_more(found.gain)} of {found.gain.pairs} "
        f"episodes of {now.titles[split]}: {by_how_much(found.gain)} beside the teacher alone."
    )
    if now.facts.explorer == "random":
        return f"{said} This run is the control: nobody learnt to explore."
    if not now.facts.explorer:
        return f"The student explored nothing in this round. {said}"
    if found.control_gain is None or found.beside_control is None:
        return f"{said} The control, a random explorer in the student's place, was not run: chance may find the same."
    verdict = {1: "more than chance does", 0: "no more than chance may", -1: "less than chance does"}
    chance = f"With a random explorer's finds in their place it solves {_more(found.control_gain)}"
    beside = f"{verdict[direction(found.beside_control)]}: {by_how_much(found.beside_control)}"
    return f"{said} {chance}; the student finds {beside}."


def _more(change: Change) -> str:
    more = change.gains - change.losses
    return f"{abs(more)} {'more' if more > 0 else 'fewer'}" if more else "no more"


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
    question, found = "Which version to use", data.now.promotion
    if found is None:
        return Answer(question=question, short="not decided yet", text="The promotion has not been done.")
    if found.decision == "promote":
        text = f"This round's student is the new champion: {_difference(found)}.{_unproven(found)}"
        text += f" To have it: {EXPORT.format('champion')}."
        return Answer(question=question, short=f"version {found.version}", text=text)
    if not found.champion_version:
        text = (
            f"No student has been promoted so far. {_because(found)} The newest can be used all the same: "
            f"{EXPORT.format('student')}."
        )
        return Answer(question=question, short="none yet", text=text)
    came = next((each for each in data.rounds if _version(each) == found.champion_version), None)
    rate = came.success("student") if came else None
    origin = f" of round {came.number}" if came else ""
    solved = f", which solved {percent(rate.success_rate)} of {came.titles[came.main]}" if came and rate else ""
    text = f"It is the champion{origin}{solved}: {EXPORT.format('champion')}. This round's was not promoted. "
    text += _because(found)
    return Answer(question=question, short=f"version {found.champion_version}", text=text)


def _version(round: RoundInput) -> str:
    return round.promotion.version if round.promotion and round.promotion.decision == "promote" else ""


def _because(found: PromoteResult) -> str:
    if found.decision == "inconclusive" and found.pairs:
        return (
            f"It differs by {100 * found.difference:+.1f} points, and {found.pairs} pairs of episodes can only show "
            f"differences of {100 * found.minimum_detectable_effect:.0f} points or more."
        )
    return found.because or found.reason


def _unproven(found: PromoteResult) -> str:
    """What is to be known of a champion whose gain may be chance."""
    low, _ = found.interval or (-1.0, 1.0)
    return f" {found.because}" if found.because and (found.p_value >= found.alpha or low <= 0) else ""


def _difference(found: PromoteResult) -> str:
    against = "the model the run began with" if found.champion_is_start else "the champion before it"
    low, high = (100 * end for end in found.interval or (-1.0, 1.0))
    return f"{100 * found.difference:+.1f} points ({low:+.1f} to {high:+.1f}) beside {against}"


def from_teacher(now: RoundInput) -> Answer:
    """What the audit found, with the distance it rests on."""
    question, found = "Distilled from its teacher", now.audit
    if found is None:
        return Answer(question=question, short="not audited", text="No audit was run in this round.")
    text = sentence(found.because)
    if found.judged is not None:
        at = found.judged.distance
        apart = {each.suspect: each.distance.mean for each in found.placebos}
        before = f" Before training it lay at {apart.pop('start'):.2f}." if "start" in apart else ""
        ends = dict.fromkeys(f"{end(apart.values()):.2f}" for end in (min, max)) if apart else ()
        others = f" (here {' to '.join(ends)})" if ends else ""
        text = (
            f"Its behaviour lies at {at.mean:.2f} ({at.low:.2f} to {at.high:.2f}), where the teacher lies at 0 and "
            f"models that have nothing to do with it at about 1{others}.{before} Under {found.judged.margin:.2f} it "
            f"counts as distilled{_margin(found)}."
        )
        if found.verdict != found.judged.verdict:
            text += f" {sentence(found.because)}"
    return Answer(question=question, short=VERDICTS[found.verdict], text=text)


def _margin(found: AuditResult) -> str:
    """Why the margin is not the recipe's."""
    if found.judged is None or found.judged.margin >= found.test.margin:
        return ""
    return f" ({found.test.margin:.2f} in the recipe, less here because few models were compared or they scatter)"


def sentence(words: str) -> str:
    """With a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def headline(data: ReportInput) -> str:
    """The answers on one line, for a place without room."""
    return " ".join(f"{each.question}: {each.short}. {each.text}" for each in answers(data))


def fell(data: ReportInput) -> tuple[RoundInput, RoundInput] | None:
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
    old = {each.name: each for each in before.by_task if each.episodes}
    both = [TaskRates(task=each.name, before=old[each.name], after=each) for each in after.by_task if each.name in old]
    return sorted((each for each in both if each.rate), key=lambda each: (each.rate, each.task))
