"""The Kubeflow component of synthesize: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def synthesize(config: str, job: str, tasks: str, metrics: dsl.Output[dsl.Metrics]) -> str:
    """Makes training examples and knowledge of the round's episodes.

    Args:
        config: JSON of a SynthesizeConfig.
        job: JSON of a Job: which round, where, by which manifest.
        tasks: JSON of a TasksConfig, whose split guards the data.
        metrics: Numbers of examples and of pieces of knowledge.

    Returns:
        Digest of the table of examples.
    """
    from components.benchmarks.config import TasksConfig
    from components.place import stage
    from components.synthesize.config import SynthesizeConfig
    from components.synthesize.run import run

    with stage("synthesize", job=job) as round:
        result = run(
            config=SynthesizeConfig.model_validate_json(config),
            tasks=TasksConfig.model_validate_json(tasks),
            round=round,
        )
    for kind, counts in result.examples.items():
        metrics.log_metric(f"examples_{kind}", sum(counts.values()))
    metrics.log_metric("knowledge_entries", result.knowledge_entries)
    metrics.log_metric("knowledge_from_student", result.knowledge_from_student)
    metrics.log_metric("student_only_solutions", len(result.student_only_solutions))
    if result.acceptance_rate is not None:
        metrics.log_metric("acceptance_rate", result.acceptance_rate)
    if result.agreement is not None and result.agreement.decided:
        metrics.log_metric("judge_agreement", result.agreement.agreed / result.agreement.decided)
    return result.examples_digest
