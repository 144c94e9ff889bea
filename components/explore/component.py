"""The Kubeflow component of explore: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def explore(
    config: str,
    job: str,
    tasks: str,
    play: str,
    teacher: str,
    mode: str,
    shard: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Plays one shard of a round's training tasks in one mode.

    Args:
        config: JSON of an ExploreConfig.
        job: JSON of a Job: which round, where, by which manifest.
        tasks: JSON of a TasksConfig.
        play: JSON of PlaySettings.
        teacher: JSON of the teacher's AgentConfig.
        mode: teacher, speculative or student.
        shard: Which part of how many, such as "0/2".
        metrics: Success, states and speed.

    Returns:
        Digest of what the episodes depend on.
    """
    from typing import cast

    from pydantic import TypeAdapter

    from components.agents.config import AgentConfig
    from components.benchmarks.config import TasksConfig
    from components.episodes.config import PlaySettings
    from components.errors import InputError
    from components.explore.config import ExploreConfig
    from components.explore.run import run
    from components.place import Job, open_knowledge, stage
    from components.trajectories.manifest import read_manifest
    from components.trajectories.phases import Mode, explore_phase

    part, parts = (int(number) for number in shard.split("/"))
    explored_mode = cast("Mode", mode)
    phase = explore_phase(explored_mode)
    name = phase if parts == 1 else f"{phase}-{part}-of-{parts}"
    parsed_job = Job.model_validate_json(job)
    with stage(name, job=job) as round:
        result = run(
            config=ExploreConfig.model_validate_json(config),
            tasks=TasksConfig.model_validate_json(tasks),
            play=PlaySettings.model_validate_json(play),
            browser=parsed_job.place.browser,
            serving=parsed_job.place.serving,
            round=round,
            mode=explored_mode,
            shard=part,
            shards=parts,
            teacher=TypeAdapter(AgentConfig).validate_json(teacher),
            student=read_manifest(round).student,
            # What earlier rounds learnt; this round's own knowledge is made of what is explored here.
            knowledge=open_knowledge(round, until_round=round.number - 1, vectors=parsed_job.vectors)
            if round.number > 1
            else None,
        )
        for cause, count in result.causes.items():
            print(f"{phase}: {count} episodes not played: {cause}; see {round.prefix}/errors/", flush=True)
        if result.stopped:
            fix = "raise that budget in the recipe; the same command then goes on from what was played"
            raise InputError(f"exploring stopped early: {result.stopped}", where="teacher", fix=fix)
    metrics.log_metric("success_rate", result.success_rate)
    metrics.log_metric("states", result.states)
    metrics.log_metric("new_states", result.new_states)
    metrics.log_metric("episodes_per_second", result.episodes_per_second)
    for outcome, count in result.outcomes.items():
        metrics.log_metric(outcome, count)
    return result.inputs
