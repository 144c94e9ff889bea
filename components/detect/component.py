"""The Kubeflow components of detect: thin calls of the round's audit and of the audit of models from elsewhere."""

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

    from components.agents.config import AgentConfig, LocalConfig, build_agent
    from components.detect.collect import collect
    from components.detect.config import DetectConfig
    from components.detect.controls import unrelated_agents
    from components.detect.run import run as audit
    from components.place import stage
    from components.trajectories.manifest import read_manifest

    settings = DetectConfig.model_validate_json(config)
    with stage("detect", job=job) as here:
        manifest = read_manifest(here)
        known = {
            "teacher": TypeAdapter(AgentConfig).validate_json(teacher),
            "student": LocalConfig(model=model, reasons=True),
            "start": LocalConfig(model=manifest.start),
            **settings.others,
        }
        agents = {name: build_agent(each, store=here.store, work=here.work) for name, each in known.items()}
        # Held-out seeds of the tasks it was taught: elsewhere a student's words say little of whom it learnt them from.
        met = [f"{here.prefix}/episodes/evaluate-student-heldout_seeds"]
        asked = asyncio.run(collect(here.store, met, {**agents, **unrelated_agents()}, config=settings))
        result = audit(
            config=settings,
            round=here,
            probes=asked.probes,
            responses=asked.responses,
            acted=asked.acted,
            on_progress=lambda done, total: print(f"detect: {done}/{total}", flush=True),
        )
    metrics.log_metric("p_value", result.p_value)
    for name, distance in result.distances.items():
        metrics.log_metric(f"distance_{name}", distance)
    return result.verdict


@dsl.component(base_image=IMAGE, install_kfp_package=False)  # type: ignore[untyped-decorator]
def audit(
    request: str,
    place: str,
    code: str,
    page: dsl.Output[dsl.HTML],
    numbers: dsl.Output[dsl.Artifact],
    metrics: dsl.Output[dsl.Metrics],
) -> str:
    """Checks whether a model from elsewhere was distilled from one of the teachers.

    Args:
        request: JSON of an AuditRequest, as `symbiont audit ... --arguments` prints it.
        place: JSON of a Place with store and work folder.
        code: Digest of the code the request was made with.
        page: The report.
        numbers: The report as JSON.
        metrics: P-value, tokens, and whether the policy holds.

    Returns:
        The verdict: distilled, independent or inconclusive.
    """
    from pathlib import Path

    from components.detect.audit import conduct, foresee, prepare
    from components.detect.page import render
    from components.detect.registry import tag_suspect
    from components.detect.request import AuditRequest
    from components.place import Place, announce
    from components.trajectories.store import open_store

    here = Place.model_validate_json(place)
    announce(here)
    prepared = prepare(
        AuditRequest.model_validate_json(request), store=open_store(here.store), work=Path(here.work), code=code
    )
    if prepared.known() is None:
        print("\n".join(foresee(prepared).lines()), flush=True)
    report = conduct(prepared, on_progress=lambda done, total: print(f"audit: {done}/{total}", flush=True))
    tag_suspect(report)
    Path(page.path).write_text(render(report), encoding="utf-8")
    Path(numbers.path).write_text(report.model_dump_json(indent=2), encoding="utf-8")
    metrics.log_metric("p_value", report.p_value)
    metrics.log_metric("tokens", report.prompt_tokens + report.completion_tokens)
    if report.policy is not None:
        metrics.log_metric("policy_holds", float(report.policy.holds))
    return report.verdict
