"""One round as a Kubeflow pipeline. Compiled to `symbiotic.yaml`, which a laptop and a cluster both execute.

    preflight -> explore(teacher) -> explore(speculative) -> explore(student)    in parallel shards
              -> synthesize -> distill -> evaluate(student, champion, teacher, teacher without knowledge,
                                                chance: at random, stopping at once)
              -> detect -> promote -> report

Preflight reads recipe and place and hands every stage its own section as JSON, so that a change of one section leaves
the others' cache keys alone, and the job that it made. Values that are only passed to say "after this" are digests:
real inputs, real keys.
"""

from kfp import dsl, kubernetes

from components.detect.component import detect
from components.distill.component import distill
from components.evaluate.component import evaluate
from components.explore.component import explore
from components.image import IMAGE
from components.preflight.component import preflight
from components.promote.component import promote
from components.report.component import report
from components.synthesize.component import synthesize

DOCUMENTS = "/etc/symbiont"
"""Where preflight looks for recipes and places (`components/preflight/documents.py`)."""
KEYS = {
    "symbiont-store": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "symbiont-mlflow": ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"),
}
"""Secrets of the cluster that every stage reads, where they are there; a pod identity needs none."""
RETRIES = 2  # a stage resumes from what it stored, so trying again is cheap


def give_keys(task: dsl.PipelineTask) -> None:
    for secret, names in KEYS.items():
        kubernetes.use_secret_as_env(task, secret, {name: name for name in names}, optional=True)


@dsl.pipeline(name="explore-phase")  # type: ignore[untyped-decorator]
def explore_phase(
    config: str,
    job: str,
    tasks: str,
    play: str,
    teacher: str,
    mode: str,
    shards: list,  # type: ignore[type-arg]
) -> None:
    """One mode in parallel shards.

    A pipeline of its own because kfp.local hands a loop's body the loop's item in place of every other task's output;
    what a nested pipeline was given as an input arrives as it is.
    """
    with dsl.ParallelFor(items=shards, name="shards") as shard:
        explored = explore(config=config, job=job, tasks=tasks, play=play, teacher=teacher, mode=mode, shard=shard)
        explored.set_retry(RETRIES)
        give_keys(explored)


@dsl.pipeline(name="symbiotic-round", description="The student learns from the teacher, and the teacher from both.")  # type: ignore[untyped-decorator]
def symbiotic_round(
    recipe: str = "laptop",
    place: str = "cluster",
    run: str = "main",
    round: int = 0,
    seed: int = 0,
    overrides: str = "",
) -> None:
    """One round of one run.

    Args:
        recipe: What to do: the name of a recipe (shipped, or in the ConfigMap symbiont-recipes), or its YAML.
        place: Where to do it: the name of a place (shipped, or in the ConfigMap symbiont-places), or its YAML.
        run: Name of the line of rounds. Knowledge, examples, student and champion carry over from round to round.
        round: 0 does the next round, or goes on with the one that is unfinished; a number does that one.
        seed: Another seed explores other pages and trains in another order.
        overrides: YAML laid over the recipe, for instance {distill: {steps: 800}}.
    """
    told = preflight(recipe=recipe, place=place, run=run, round=round, seed=seed, overrides=overrides, image=IMAGE)
    told.set_caching_options(False)
    for kind in ("recipes", "places"):
        name, folder = f"symbiont-{kind}", f"{DOCUMENTS}/{kind}"
        kubernetes.use_config_map_as_volume(told, config_map_name=name, mount_path=folder, optional=True)
    job, tasks, play, teacher = (told.outputs[name] for name in ("job", "tasks", "play", "teacher"))

    before = None
    for mode in ("teacher", "speculative", "student"):
        explored = explore_phase(
            config=told.outputs["explore"],
            job=job,
            tasks=tasks,
            play=play,
            teacher=teacher,
            mode=mode,
            shards=told.outputs["shards"],
        )
        if before is not None:
            explored.after(before)
        before = explored

    examples = synthesize(config=told.outputs["synthesize"], job=job, tasks=tasks).after(before).set_retry(RETRIES)
    model = distill(config=told.outputs["distill"], job=job, examples=examples.outputs["Output"]).set_retry(RETRIES)

    judged = {}
    for role in ("student", "champion", "teacher", "teacher_without_knowledge", "random", "stop"):
        judged[role] = evaluate(
            config=told.outputs["evaluate"],
            job=job,
            tasks=tasks,
            play=play,
            teacher=teacher,
            role=role,
            after=model.outputs["Output"],
        ).set_retry(RETRIES)
        judged[role].set_display_name(f"evaluate {role.replace('_', ' ')}")

    verdict = detect(
        config=told.outputs["detect"],
        job=job,
        teacher=teacher,
        model=model.outputs["Output"],
        student=judged["student"].outputs["Output"],
    ).set_retry(RETRIES)
    decision = promote(
        config=told.outputs["promote"],
        job=job,
        model=model.outputs["Output"],
        verdict=verdict.outputs["Output"],
        student=judged["student"].outputs["Output"],
        champion=judged["champion"].outputs["Output"],
    ).set_retry(RETRIES)
    shown = report(
        config=told.outputs["report"],
        job=job,
        tasks=tasks,
        decision=decision.outputs["Output"],
        teacher=judged["teacher"].outputs["Output"],
        teacher_without_knowledge=judged["teacher_without_knowledge"].outputs["Output"],
        random=judged["random"].outputs["Output"],
        stop=judged["stop"].outputs["Output"],
    ).set_retry(RETRIES)
    for task in (told, examples, model, *judged.values(), verdict, decision, shown):
        give_keys(task)
