"""The Kubeflow component of finish: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def finish(place: str, run: str, status: dsl.PipelineTaskFinalStatus, summary: dsl.Output[dsl.Markdown]) -> str:
    """Whatever became of a round, frees what it held and writes how it ended.

    Args:
        place: A place's name, or the YAML itself.
        run: Name of the run.
        status: What Kubeflow says of the stages.
        summary: How it ended, and why.

    Returns:
        done, failed or stopped.
    """
    import os
    from pathlib import Path

    from components.finish.pods import asked_to_end, end_pods
    from components.finish.run import as_markdown
    from components.finish.run import run as end
    from components.place import announce, place_of_form
    from components.trajectories.attempts import ATTEMPT
    from components.trajectories.open_store import open_store

    parsed_place = place_of_form(place)
    announce(parsed_place)
    attempt = os.environ.get(ATTEMPT, "")
    if not attempt:
        Path(summary.path).write_text("# not known\n\nThe orchestrator gave this attempt no name.\n")
        return "failed"
    try:
        ended = end(open_store(parsed_place.store), run=run, attempt=attempt, stopped=asked_to_end(status.state))
        Path(summary.path).write_text(as_markdown(ended))
    finally:  # GPUs are given back whatever became of the store
        end_pods(parsed_place, attempt=attempt)
    return ended.state
