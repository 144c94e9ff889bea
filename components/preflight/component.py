"""The Kubeflow component of preflight: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def preflight(
    config: str, place: str, run: str, round: int, seed: int, code: str, summary: dsl.Output[dsl.Markdown]
) -> str:
    """Checks everything that can be wrong before anything expensive and writes the round's manifest.

    Args:
        config: JSON of a PreflightConfig.
        place: JSON of a Place.
        run: Name of the run.
        round: Number of the round, from 1.
        seed: Seed of the run.
        code: Digest of the code the caller compiled with; the image must hold the same.
        summary: The manifest for a reader.

    Returns:
        JSON of the Job: every other stage takes it, so each is bound to this manifest.
    """
    from pathlib import Path

    from components.agents.config import HybridConfig
    from components.place import Job, Place, stage
    from components.preflight.config import PreflightConfig
    from components.preflight.run import run as check
    from components.preflight.show import as_markdown

    checked = PreflightConfig.model_validate_json(config)
    privacy = checked.teacher.privacy if isinstance(checked.teacher, HybridConfig) else None
    job = Job(place=Place.model_validate_json(place), run=run, round=round, seed=seed, privacy=privacy)
    with stage("preflight", job=job.model_dump_json()) as here:
        manifest = check(config=checked, round=here, code=code)
        Path(summary.path).write_text(as_markdown(manifest))
    return job.model_copy(update={"manifest": manifest.digest}).model_dump_json()
