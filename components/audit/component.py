"""The Kubeflow component of audit: a thin call of `conduct`."""

from kfp import dsl

from components.image import IMAGE


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
        request: JSON of an AuditRequest, as `symbiont audit models ... --arguments` prints it.
        place: JSON of a Place with store and work folder.
        code: Digest of the code the request was made with.
        page: The report.
        numbers: The report as JSON.
        metrics: P-value, tokens, and whether the policy holds.

    Returns:
        The verdict: distilled, independent or inconclusive.
    """
    from pathlib import Path

    from components.audit.page import render
    from components.audit.request import AuditRequest
    from components.audit.run import conduct, foresee, prepare
    from components.audit.tags import tag_suspect
    from components.place import Place, announce
    from components.trajectories.open_store import open_store

    parsed_place = Place.model_validate_json(place)
    announce(parsed_place)
    prepared = prepare(
        AuditRequest.model_validate_json(request),
        store=open_store(parsed_place.store),
        work=Path(parsed_place.work),
        code=code,
    )
    if prepared.known() is None:
        print("\n".join(foresee(prepared).lines()), flush=True)
    report = conduct(prepared, on_progress=lambda count, total: print(f"audit: {count}/{total}", flush=True))
    tag_suspect(report)
    Path(page.path).write_text(render(report), encoding="utf-8")
    Path(numbers.path).write_text(report.model_dump_json(indent=2), encoding="utf-8")
    metrics.log_metric("p_value", report.p_value)
    metrics.log_metric("tokens", report.prompt_tokens + report.completion_tokens)
    if report.policy is not None:
        metrics.log_metric("policy_holds", float(report.policy.holds))
    return report.verdict
