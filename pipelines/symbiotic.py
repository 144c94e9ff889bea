"""One round as a Kubeflow pipeline. Compiled to `symbiotic.yaml`, which a laptop and a cluster both execute.

    preflight -> explore(teacher) -> explore(speculative) -> explore(student)    in parallel shards
              -> synthesize -> distill -> evaluate(student, champion, teacher, teacher without knowledge,
                                                chance: at random, stopping at once)
              -> detect -> promote -> report

Every stage takes its own part of the recipe as JSON, so that a change of one part leaves the others' cache keys alone,
and the job that preflight made. Values that are only passed to say "after this" are digests: real inputs, real keys.
"""

from kfp import dsl

from components.detect.component import detect
from components.distill.component import distill
from components.evaluate.component import evaluate
from components.explore.component import explore
from components.preflight.component import preflight
from components.promote.component import promote
from components.report.component import report
from components.synthesize.component import synthesize

RETRIES = 2  # a stage resumes from what it stored, so trying again is cheap


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


@dsl.pipeline(name="symbiotic-round", description="The student learns from the teacher, and the teacher from both.")  # type: ignore[untyped-decorator]
def symbiotic_round(
    run: str,
    round: int,
    seed: int,
    code: str,
    place: str,
    shards: list,  # type: ignore[type-arg]
    preflight_config: str,
    teacher: str,
    tasks: str,
    play: str,
    explore_config: str,
    synthesize_config: str,
    distill_config: str,
    evaluate_config: str,
    detect_config: str,
    promote_config: str,
    report_config: str,
) -> None:
    """One round of one run.

    Args:
        run: Name of the run; rounds of one run share store, knowledge base and data.
        round: Number of the round, from 1.
        seed: Seed of the run.
        code: Digest of the code the caller compiled with.
        place: JSON of a Place.
        shards: Names of the shards of each explore phase, such as "0/2" and "1/2".
        preflight_config: JSON of a PreflightConfig.
        teacher: JSON of the teacher's AgentConfig.
        tasks: JSON of a TasksConfig: what is played.
        play: JSON of PlaySettings: limits of an episode, and retries.
        explore_config: JSON of an ExploreConfig.
        synthesize_config: JSON of a SynthesizeConfig.
        distill_config: JSON of a DistillConfig.
        evaluate_config: JSON of an EvaluateConfig.
        detect_config: JSON of a DetectConfig.
        promote_config: JSON of a PromoteConfig.
        report_config: JSON of a ReportConfig.
    """
    checked = preflight(
        config=preflight_config, place=place, run=run, round=round, seed=seed, code=code
    ).set_caching_options(False)
    job = checked.outputs["Output"]

    before = None
    for mode in ("teacher", "speculative", "student"):
        explored = explore_phase(
            config=explore_config, job=job, tasks=tasks, play=play, teacher=teacher, mode=mode, shards=shards
        )
        if before is not None:
            explored.after(before)
        before = explored

    examples = synthesize(config=synthesize_config, job=job, tasks=tasks).after(before).set_retry(RETRIES)
    model = distill(config=distill_config, job=job, examples=examples.outputs["Output"]).set_retry(RETRIES)

    judged = {}
    for role in ("student", "champion", "teacher", "teacher_without_knowledge", "random", "stop"):
        judged[role] = evaluate(
            config=evaluate_config,
            job=job,
            tasks=tasks,
            play=play,
            teacher=teacher,
            role=role,
            after=model.outputs["Output"],
        ).set_retry(RETRIES)
        judged[role].set_display_name(f"evaluate {role.replace('_', ' ')}")

    verdict = detect(
        config=detect_config,
        job=job,
        teacher=teacher,
        model=model.outputs["Output"],
        student=judged["student"].outputs["Output"],
    ).set_retry(RETRIES)
    decision = promote(
        config=promote_config,
        job=job,
        model=model.outputs["Output"],
        verdict=verdict.outputs["Output"],
        student=judged["student"].outputs["Output"],
        champion=judged["champion"].outputs["Output"],
    ).set_retry(RETRIES)
    report(
        config=report_config,
        job=job,
        tasks=tasks,
        decision=decision.outputs["Output"],
        teacher=judged["teacher"].outputs["Output"],
        teacher_without_knowledge=judged["teacher_without_knowledge"].outputs["Output"],
        random=judged["random"].outputs["Output"],
        stop=judged["stop"].outputs["Output"],
    ).set_retry(RETRIES)
