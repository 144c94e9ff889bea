"""The Kubeflow component of promote: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def promote(
    config: str,
    job: str,
    model: str,
    verdict: str,
    student: str,
    champion: str,
    metrics: dsl.Output[dsl.Metrics],
    summary: dsl.Output[dsl.Markdown],
) -> str:
    """Makes the student the champion when the evidence says so.

    Args:
        config: JSON of a PromoteConfig.
        job: JSON of a Job: which round, where, by which manifest.
        model: Digest of the student's model.
        verdict: The audit's: distilled, independent or inconclusive.
        student: Digest of the student's table of episodes.
        champion: Digest of the champion's table of episodes.
        metrics: Rates, difference and statistics.
        summary: The decision and its reason.

    Returns:
        The decision: promote, hold or inconclusive.
    """
    from pathlib import Path

    from components.place import stage
    from components.promote.config import PromoteConfig
    from components.promote.run import run
    from components.results.distill import DistillResult
    from components.results.place import read
    from components.trajectories.manifest import read_manifest

    with stage("promote", job=job) as round:
        manifest = read_manifest(round)
        distilled = read(round, DistillResult)
        result = run(
            config=PromoteConfig.model_validate_json(config),
            round=round,
            challenger=model,
            champion=manifest.champion,
            digests={
                "data": distilled.inputs if distilled else "",
                "recipe": manifest.recipe,
                "code": manifest.code,
                "teacher": manifest.teacher.digest,
                "manifest": manifest.digest,
            },
            verdict=verdict,
        )
        Path(summary.path).write_text(f"# {result.decision}\n\n{result.reason}\n")
    for name in ("challenger_rate", "champion_rate", "difference", "p_value", "minimum_detectable_effect"):
        metrics.log_metric(name, getattr(result, name))
    return result.decision
