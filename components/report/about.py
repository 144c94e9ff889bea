"""What was run: the block for readers who were sent the page without context."""

from __future__ import annotations

from components.drawing.blocks import Block, Fold, Section, Table, Terms, Verbatim, Words
from components.progress import duration
from components.report.model import ReportInput, RoundInput

TEACHERS = {
    "scripted": "rules written by hand",
    "chat": "a model behind an endpoint",
    "local": "a model on the same machine",
    "hybrid": "a remote model, and one at home for private pages",
}
MEANINGS = (
    ("student", "the small model that is trained in every round; a challenger while it is compared with the champion"),
    ("teacher", "whom it learns from: a larger model or written rules, with what earlier rounds found at hand"),
    ("start", "the model that the run began with, before it learnt anything here"),
    ("champion", "the best student so far; until one is promoted, the start"),
    ("chance", "an agent that does at random what the page allows: what more is solved was learnt"),
    ("held-out seeds", "tasks it was trained on, with other names, numbers and layouts than it met in training"),
    ("held-out tasks", "tasks that no training episode was of: whether it learnt more than these tasks"),
    ("knowledge", "pieces of solved episodes that the teacher may look up; the student's finds are among them"),
    ("points", "a difference of two percentages, on the very same pages"),
    ("p", "how often chance alone makes so large a difference; certain: under 0.05, and an interval without zero"),
    ("audit", "a test of the student's answers alone: were they learnt from this teacher's?"),
    ("control", "what certainly does not come from the teacher: the start, and fixed rules (unrelated-...)"),
    ("teacher again", "the teacher's same answers, learnt by a second reader: how far apart chance alone sets two"),
)
WITHOUT_SEEDS = (
    ("disjoint", "so held-out tasks are called too where a task has no other pages: nothing of them was learnt from"),
    ("transductive", "training tasks played again: how well they were learnt, and nothing of new ones"),
)

DIGESTS = {
    "evaluator_checksum": "evaluator",
    "student": "student before this round",
    "champion": "champion before this round",
}
FEW_CHANGES = 8


def about(data: ReportInput) -> Section:
    """Benchmark, tasks, teacher, student, recipe, code, date, machine and time; digests and recipe folded away."""
    now = data.now
    blocks: list[Block] = [Terms(rows=[*_facts(data)]), *_changed(data)]
    if now.manifest is None:
        blocks = [Words("Preflight has not been run, so there is no record of what was run.")]
    if digests := _digests(now):
        table = Table(header=("what", "digest or version"), rows=digests, names=2)
        blocks.append(Fold(title="Digests and versions", blocks=[table], printed=False))
    if now.notes and now.notes.recipe:
        recipe = Fold(title="The recipe, defaults filled in", blocks=[Verbatim(text=now.notes.recipe)], printed=False)
        blocks.append(recipe)
    blocks.append(
        Fold(
            title="What the words mean",
            blocks=[Terms(rows=[*MEANINGS, *(WITHOUT_SEEDS if now.main == "heldout_tasks" else ())])],
        )
    )
    return Section(key="run", title="What was run", blocks=blocks)


def _facts(data: ReportInput) -> list[tuple[str, str]]:
    now, facts = data.now, list[tuple[str, str]]()
    manifest, notes = now.manifest, now.notes
    if manifest:
        teacher = f"{manifest.teacher.name}: {TEACHERS.get(manifest.teacher.kind, manifest.teacher.kind)}"
        benchmark = (notes.benchmark if notes else "") or manifest.benchmark
        facts += [("Benchmark", f"{benchmark} {manifest.benchmark_version}"), ("Teacher", teacher)]
    if tasks := _tasks(now):
        facts.append(("Judged on", tasks))
    if now.distillation:
        millions = now.distillation.parameters / 1e6
        facts.append(("Student", f"{millions:.3g} million parameters, trained from {_base(now)}"))
    if manifest:
        facts.append(("Recipe", f"{_recipe_name(now)}, seed {manifest.seed}, round {data.round}"))
        code = f"commit {notes.commit[:12]}" if notes and notes.commit else f"digest {manifest.code[:12]}"
        facts += [("Code", code), ("Date", manifest.created_at.replace("T", " ").replace("+00:00", " UTC"))]
    place = ", ".join(filter(None, (manifest.place if manifest else "", notes.machine if notes else "")))
    if place:
        facts.append(("Place", place))
    if now.seconds:
        facts.append(("Time", f"{duration(sum(now.seconds.values()))} in all stages of this round together"))
    if now.attempts:
        facts.append(("Earlier attempts", "; ".join(ending.splitlines()[0] for ending in now.attempts)))
    return facts


def _changed(data: ReportInput) -> list[Block]:
    """What was changed since the round before; a few lines are shown unfolded."""
    manifest = data.now.manifest
    if manifest is None or not manifest.changed:
        return []
    rows = [(change.key, change.old, change.new) for change in manifest.changed]
    table = Table(header=("changed since the round before", "then", "now"), rows=rows, names=3)
    if len(rows) <= FEW_CHANGES:
        return [table]
    return [Fold(title=f"{len(rows)} things changed since the round before", blocks=[table])]


def _base(now: RoundInput) -> str:
    """What training started from, in words where it is one of the round's own models."""
    base, manifest = now.distillation.base_digest if now.distillation else "", now.manifest
    if manifest and base == manifest.start:
        return f"the model the run began with ({base[:12]})"
    if manifest and base == manifest.student:
        return f"the last round's student ({base[:12]})"
    return now.distillation.base[:60] if now.distillation else ""


def _tasks(now: RoundInput) -> str:
    words = {
        "heldout_seeds": "training {} on held-out seeds",
        "heldout_tasks": "held-out {}",
        "transductive": "training {} again",
    }
    student = now.evaluations.get("student")
    splits = student.splits.items() if student else ()
    parts = []
    for split, result in splits:
        tasks = words[split].format("task" if len(result.by_task) == 1 else "tasks")
        parts.append(f"{len(result.by_task)} {tasks}, {result.episodes} episode{'' if result.episodes == 1 else 's'}")
    return "; ".join(parts)


def _recipe_name(now: RoundInput) -> str:
    """As the recipe calls itself; its digest where the recipe was not kept."""
    first = now.notes.recipe.partition("\n")[0] if now.notes else ""
    if first.startswith("name: "):
        return first.removeprefix("name: ")
    return now.manifest.recipe[:12] if now.manifest else ""


def _digests(now: RoundInput) -> list[tuple[str, str]]:
    rows, manifest = list[tuple[str, str]](), now.manifest
    if manifest:
        names = ("recipe", "code", "split", "evaluator_checksum", "start", "student", "champion")
        rows += [("manifest", manifest.digest)]
        rows += [(DIGESTS.get(name, name), str(getattr(manifest, name))) for name in names]
        rows += [("teacher", manifest.teacher.digest)]
        rows += [("image", image) for image in filter(None, manifest.image.split(", "))]
    if now.distillation:
        rows += [("model this round made", now.distillation.model_digest), ("its data", now.distillation.inputs)]
    return rows + list(manifest.packages.items() if manifest else ())
