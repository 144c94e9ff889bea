"""The Kubeflow component of evaluate: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def evaluate(
    config: str,
    job: str,
    tasks: str,
    play: str,
    teacher: str,
    role: str,
    after: str,
    shard: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Plays one agent on held-out seeds and held-out tasks, or a shard of that.

    Args:
        config: JSON of an EvaluateConfig.
        job: JSON of a Job: which round, where, by which manifest.
        tasks: JSON of a TasksConfig.
        play: JSON of PlaySettings.
        teacher: JSON of the teacher's AgentConfig.
        role: student, champion, teacher, teacher_without_knowledge, random or stop.
        after: Digest of the student's model, which is made after the knowledge base.
        shard: Which part of how many, such as "0/2"; "0/1": everything, of what shards left.
        metrics: Success rate and interval of each split; of a shard nothing.

    Returns:
        Digest of the table of episodes; of a shard that of what the evaluation depends on.
    """
    from typing import cast

    from pydantic import TypeAdapter

    from components.agents.build import build_agent
    from components.agents.config import AgentConfig, LocalConfig, RandomConfig, StopConfig
    from components.benchmarks.config import TasksConfig
    from components.episodes.config import PlaySettings
    from components.evaluate.config import EvaluateConfig
    from components.evaluate.run import phases_of, play_shard, run
    from components.place import Job, open_knowledge, stage
    from components.trajectories.manifest import read_manifest
    from components.trajectories.phases import Role, evaluation_of

    number, shards = (int(part) for part in shard.split("/"))
    judged, settings = cast("Role", role), EvaluateConfig.model_validate_json(config)
    evaluation = evaluation_of(judged)
    name = evaluation if shards == 1 else f"{evaluation}-{number}-of-{shards}"
    parsed_job = Job.model_validate_json(job)
    place = parsed_job.place
    with stage(name, job=job) as round:
        agents: dict[str, LocalConfig | RandomConfig | StopConfig] = {
            "champion": LocalConfig(model=read_manifest(round).champion),
            "student": LocalConfig(model=after),
            "random": RandomConfig(),
            "stop": StopConfig(),
        }
        agent_config = agents.get(role) or TypeAdapter(AgentConfig).validate_json(teacher)
        knowledge = open_knowledge(round, vectors=parsed_job.vectors) if role == "teacher" else None
        phases = phases_of(
            config=settings,
            tasks=TasksConfig.model_validate_json(tasks),
            play=PlaySettings.model_validate_json(play),
            browser=place.browser,
            round=round,
            role=judged,
            agent=build_agent(
                agent_config,
                store=round.store,
                work=round.work,
                knowledge=knowledge,
                serving=place.serving,
            ),
        )
        if shards > 1:
            return play_shard(phases, config=settings, role=judged, shard=number, shards=shards)
        result = run(phases, config=settings, role=judged)
    for split, figures in result.splits.items():
        metrics.log_metric(f"{split}_success_rate", figures.success_rate)
        metrics.log_metric(f"{split}_low", figures.interval[0])
        metrics.log_metric(f"{split}_high", figures.interval[1])
        metrics.log_metric(f"{split}_episodes", figures.episodes)
        metrics.log_metric(f"{split}_not_played", sum(figures.outcomes.values()) - figures.episodes)
    return result.table_digest
