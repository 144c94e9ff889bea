"""The Kubeflow component of evaluate: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def evaluate(
    config: str,
    job: str,
    teacher: str,
    role: str,
    after: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Plays one agent on held-out seeds and held-out tasks.

    Args:
        config: JSON of an EvaluateConfig; its role and agent are set here.
        job: JSON of a Job: which round, where, by which manifest.
        teacher: JSON of the teacher's AgentConfig.
        role: student, champion, teacher or teacher_without_knowledge.
        after: Digest of the student's model, which is made after the knowledge base.
        metrics: Success rate and interval of each split.

    Returns:
        Digest of the table of episodes.
    """
    import json

    from components.agents.config import LocalConfig
    from components.evaluate.config import EvaluateConfig
    from components.evaluate.run import run as judge
    from components.place import open_knowledge, stage
    from components.trajectories.manifest import read_manifest

    with stage(f"evaluate-{role}", job=job) as here:
        manifest = read_manifest(here)
        models = {"champion": manifest.champion, "student": after}
        agent = LocalConfig(model=models[role]).model_dump() if role in models else json.loads(teacher)
        given = {**json.loads(config), "role": role, "agent": agent}
        result = judge(
            config=EvaluateConfig.model_validate(given),
            round=here,
            knowledge=open_knowledge(here) if role == "teacher" else None,
        )
    for split, found in result.splits.items():
        metrics.log_metric(f"{split}_success_rate", found.success_rate)
        metrics.log_metric(f"{split}_low", found.interval[0])
        metrics.log_metric(f"{split}_high", found.interval[1])
        metrics.log_metric(f"{split}_episodes", found.episodes)
    return result.table_digest
