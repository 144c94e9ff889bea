"""The Kubeflow component of propose: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def propose(
    config: str,
    job: str,
    tasks: str,
    play: str,
    teacher: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Proposes training tasks for the round's sites; where nobody is to propose, hands on the tasks as they are.

    Args:
        config: JSON of a ProposeConfig.
        job: JSON of a Job: which round, where, by which manifest.
        tasks: JSON of a TasksConfig.
        play: JSON of PlaySettings.
        teacher: JSON of the teacher's AgentConfig.
        metrics: Proposals by fate, and pages of the map.

    Returns:
        JSON of a TasksConfig: the tasks of this round.
    """
    from components.benchmarks.config import TasksConfig
    from components.place import Job, open_knowledge, stage
    from components.propose.config import ProposeConfig

    parsed_job = Job.model_validate_json(job)
    settings, given = ProposeConfig.model_validate_json(config), TasksConfig.model_validate_json(tasks)
    with stage("propose", job=job) as round:
        if not settings.by:  # and nothing of what follows is imported
            return given.model_dump_json()
        from collections import Counter

        from pydantic import TypeAdapter

        from components.agents.build import build_agent
        from components.agents.config import AgentConfig
        from components.episodes.config import PlaySettings
        from components.propose.run import run

        agent = build_agent(
            TypeAdapter(AgentConfig).validate_json(teacher),
            store=round.store,
            work=round.work,
            knowledge=open_knowledge(round, until_round=round.number - 1, vectors=parsed_job.vectors)
            if round.number > 1
            else None,
        )
        result = run(
            config=settings,
            tasks=given,
            play=PlaySettings.model_validate_json(play),
            browser=parsed_job.place.browser,
            round=round,
            agent=agent,
        )
    for status, count in Counter(proposal.status for proposal in result.proposals).items():
        metrics.log_metric(status, count)
    metrics.log_metric("pages", sum(len(map.known) for map in result.maps))
    return given.model_copy(update={"proposed": result.tasks}).model_dump_json()
