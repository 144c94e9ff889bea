"""The Kubeflow component of preflight: reads the form, calls `run`, and hands each stage its own section."""

from typing import NamedTuple

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def preflight(
    recipe: str,
    place: str,
    run: str,
    round: int,
    seed: int,
    overrides: str,
    pods: str,
    summary: dsl.Output[dsl.Markdown],
) -> NamedTuple(  # type: ignore[valid-type]
    "Told",
    [
        ("job", str),
        ("explore_shards", list),
        ("evaluate_shards", list),
        ("tasks", str),
        ("play", str),
        ("teacher", str),
        ("propose", str),
        ("explore", str),
        ("synthesize", str),
        ("distill", str),
        ("evaluate", str),
        ("detect", str),
        ("promote", str),
        ("report", str),
    ],
):
    """Checks everything that can be wrong before anything expensive and writes the round's manifest.

    Args:
        recipe: A recipe's name, or the YAML itself.
        place: A place's name, or the YAML itself.
        run: Name of the run.
        round: Number of the round; 0 for the next.
        seed: Seed of the run.
        overrides: Changes to the recipe as YAML; may be empty.
        pods: JSON of the Pods that the pipeline was compiled with.
        summary: What the round begins with, what changed since the one before, and where to look.

    Returns:
        The Job, which binds every stage to this manifest; the shards of each explore phase, such as "0/2" and "1/2";
        those of each evaluation, none where it is one piece; and as JSON what several stages share and each stage's own
        section.
    """
    from pathlib import Path

    from components.agents.config import with_student
    from components.place import stage
    from components.pods import Pods
    from components.preflight.opening import STAGE, last_job, open_form
    from components.preflight.run import run as check
    from components.preflight.show import as_markdown
    from components.trajectories.attempts import Attempt

    form = open_form(recipe=recipe, place=place, run=run, round=round, seed=seed, overrides=overrides)
    settings, job = form.recipe, form.job
    with stage(STAGE, job=job.model_dump_json()) as opened_round:
        if attempt := Attempt.here(opened_round.store, run=run):
            kubeflow = form.place.kubeflow
            attempt.begin(opened_round, kubeflow=kubeflow.identity if kubeflow else "")
        manifest = check(config=settings, place=job.place, round=opened_round, pods=Pods.model_validate_json(pods))
        text = as_markdown(manifest, place=form.place, attempt=attempt.name if attempt else "")
        Path(summary.path).write_text(text)
    recipe_with_student = settings.model_copy(update={"teacher": with_student(settings.teacher, manifest.student)})
    shards = job.place.explore_shards, job.place.evaluate_shards
    return last_job(job, manifest).model_dump_json(), *shards, *recipe_with_student.sections.values()
