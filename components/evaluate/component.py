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
    from typing import Any, cast

    from pydantic import TypeAdapter

    from components.agents.build import build_agent
    from components.agents.config import AgentConfig, LocalConfig, RandomConfig, StopConfig
    from components.benchmarks.config import TasksConfig
    from components.episodes.config import PlaySettings
    from components.evaluate.config import EvaluateConfig
    from components.evaluate.run import play_shard, run
    from components.place import Job, open_knowledge, stage
    from components.trajectories.manifest import read_manifest
    from components.trajectories.phases import Role, evaluation_of

    part, parts = (int(each) for each in shard.split("/"))
    judged = cast("Role", role)
    evaluation = evaluation_of(judged)
    name = evaluation if parts == 1 else f"{evaluation}-{part}-of-{parts}"
    told = Job.model_validate_json(job)
    place = told.place
    with stage(name, job=job) as here:
        agents: dict[str, LocalConfig | RandomConfig | StopConfig] = {
            "champion": LocalConfig(model=read_manifest(here).champion),
            "student": LocalConfig(model=after),
            "random": RandomConfig(),
            "stop": StopConfig(),
        }
        known = agents.get(role) or TypeAdapter(AgentConfig).validate_json(teacher)
        knowledge = open_knowledge(here, vectors=told.vectors) if role == "teacher" else None
        asked: dict[str, Any] = {
            "config": EvaluateConfig.model_validate_json(config),
            "tasks": TasksConfig.model_validate_json(tasks),
            "play": PlaySettings.model_validate_json(play),
            "browser": place.browser,
            "round": here,
            "role": judged,
            "agent": build_agent(
                known, store=here.store, work=here.work, run=here.run, knowledge=knowledge, serving=place.serving
            ),
        }
        if parts > 1:
            return play_shard(**asked, shard=part, shards=parts)
        result = run(**asked)
    for split, found in result.splits.items():
        metrics.log_metric(f"{split}_success_rate", found.success_rate)
        metrics.log_metric(f"{split}_low", found.interval[0])
        metrics.log_metric(f"{split}_high", found.interval[1])
        metrics.log_metric(f"{split}_episodes", found.episodes)
        metrics.log_metric(f"{split}_not_played", sum(found.outcomes.values()) - found.episodes)
    return result.table_digest
