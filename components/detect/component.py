"""The Kubeflow component of detect: a thin call of the round's audit."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def detect(
    config: str,
    job: str,
    teacher: str,
    model: str,
    student: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Checks by their shadows' routing whether the student was distilled from the teacher.

    Args:
        config: JSON of a DetectConfig.
        job: JSON of a Job: which round, where, by which manifest.
        teacher: JSON of the teacher's AgentConfig.
        model: Digest of the student's model.
        student: Digest of the student's table of episodes, which the probes are taken from.
        metrics: P-value and distances.

    Returns:
        The verdict: distilled, independent or inconclusive.
    """
    import asyncio

    from pydantic import TypeAdapter

    from components.agents.build import build_agent
    from components.agents.config import AgentConfig, LocalConfig
    from components.detect.collect import collect
    from components.detect.config import DetectConfig
    from components.detect.controls import unrelated_agents
    from components.detect.run import run
    from components.place import Job, stage
    from components.trajectories.manifest import read_manifest
    from components.trajectories.phases import PRACTISED, evaluate_phase

    settings = DetectConfig.model_validate_json(config)
    serving = Job.model_validate_json(job).place.serving
    with stage("detect", job=job) as round:
        manifest = read_manifest(round)
        configs = {
            "teacher": TypeAdapter(AgentConfig).validate_json(teacher),
            "student": LocalConfig(model=model, reasons=True),
            "start": LocalConfig(model=manifest.start),
            **settings.others,
        }
        agents = {
            name: build_agent(agent_config, store=round.store, work=round.work, serving=serving)
            for name, agent_config in configs.items()
        }
        for agent in agents.values():
            agent.spend_for(round)
        # Of the tasks it was taught: elsewhere a student's words say little of whom it learnt them from.
        prefixes = [f"{round.prefix}/episodes/{evaluate_phase('student', split)}" for split in PRACTISED]
        material = asyncio.run(collect(round.store, prefixes, {**agents, **unrelated_agents()}, config=settings))
        result = run(
            config=settings,
            round=round,
            probes=material.probes,
            responses=material.responses,
            acted=material.acted,
            on_progress=lambda count, total: print(f"detect: {count}/{total}", flush=True),
        )
    metrics.log_metric("p_value", result.p_value)
    for name, distance in result.distances.items():
        metrics.log_metric(f"distance_{name}", distance)
    return result.verdict
