"""The Kubeflow component of report: a thin call of `run`."""

from kfp import dsl

from components.image import IMAGE


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def report(
    config: str,
    job: str,
    tasks: str,
    decision: str,
    teacher: str,
    teacher_without_knowledge: str,
    random: str,
    stop: str,
    page: dsl.Output[dsl.HTML],
    summary: dsl.Output[dsl.Markdown],
) -> str:
    """Writes the round's report: one HTML file, shown in the Kubeflow UI as well.

    Args:
        config: JSON of a ReportConfig.
        job: JSON of a Job: which round, where, by which manifest.
        tasks: JSON of a TasksConfig, whose pages are shown again.
        decision: What promote decided.
        teacher: Digest of the teacher's table of episodes.
        teacher_without_knowledge: Digest of the table of episodes of the teacher without the knowledge base.
        random: Digest of the table of episodes of the agent that acts at random.
        stop: Digest of the table of episodes of the agent that stops at once.
        page: The report.
        summary: The same without the trajectories, for a quick look.

    Returns:
        Digest of the page.
    """
    from pathlib import Path

    from components.benchmarks.config import TasksConfig
    from components.place import Job, mark_done, stage
    from components.report.config import ReportConfig
    from components.report.replay import Replay
    from components.report.run import assemble, markdown, run
    from components.report.track import track_report

    settings = ReportConfig.model_validate_json(config)
    with stage("report", job=job) as round:
        browser = Job.model_validate_json(job).place.browser
        tasks_config = TasksConfig.model_validate_json(tasks)
        replay = Replay(tasks=tasks_config, browser=browser, seconds=settings.replay_seconds, store=round.store)
        result = run(config=settings, round=round, out=Path(page.path), replay=replay)
        data = assemble(config=settings, round=round)
        track_report(data, page=Path(page.path).read_bytes(), store=round.store.url)
        Path(summary.path).write_text(markdown(data))
    mark_done(round)  # after the stage, whose own time is part of the report
    return result.page
