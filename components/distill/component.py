"""The Kubeflow component of distill: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def distill(
    config: str,
    job: str,
    examples: str,
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Trains the round's student on the examples of this round and the earlier ones.

    Args:
        config: JSON of a DistillConfig.
        job: JSON of a Job: which round, where, by which manifest.
        examples: Digest of the round's table of examples.
        metrics: Loss, accuracy and sizes.

    Returns:
        Digest of the student's model.
    """
    import os

    from components.distill.config import DistillConfig
    from components.distill.run import run
    from components.image import VARIABLE
    from components.place import Job, stage
    from components.results.distill import Point
    from components.trajectories.manifest import read_manifest

    settings = DistillConfig.model_validate_json(config)
    place = Job.model_validate_json(job).place
    image = os.environ.get(VARIABLE, "")

    def show(point: Point) -> None:
        loss = "" if point.train_loss is None else f", loss {point.train_loss:.3f} nats per token"
        accuracy = "" if point.action_accuracy is None else f", accuracy {point.action_accuracy:.2f}"
        print(f"distill: step {point.step}{loss}{accuracy}", flush=True)

    with stage("distill", job=job) as round:
        manifest = read_manifest(round)
        before = {"champion": manifest.champion, "latest": manifest.student, "nothing": manifest.start}
        base = before[settings.continue_from]
        reference = "" if base == manifest.start else base
        result = run(
            config=settings,
            round=round,
            devices=place.training,
            image=image,
            base=reference,
            start=manifest.start,
            on_progress=show,
        )
    if result.worse_than_start:
        print("distill: held-out actions are predicted worse than before the training", flush=True)
    last = result.curve[-1]
    for name in ("train_loss", "validation_loss", "action_accuracy"):
        if (value := getattr(last, name)) is not None:
            metrics.log_metric(name, value)
    metrics.log_metric("parameters", result.parameters)
    metrics.log_metric("examples", sum(result.examples.values()))
    return result.model_digest
