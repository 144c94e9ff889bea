"""The audit of models from elsewhere as a Kubeflow pipeline of its own. Compiled to `audit.yaml`.

It runs the same engine as `symbiont audit models`, which prints its arguments with `--arguments`.
"""

from kfp import dsl

from components.audit.component import audit

RETRIES = 2  # answers are stored as they arrive, so trying again asks only what is missing


@dsl.pipeline(name="audit", description="Whether a model was distilled from one of these teachers.")  # type: ignore[untyped-decorator]
def audit_of_models(request: str, place: str, code: str) -> str:
    """One audit.

    Args:
        request: JSON of an AuditRequest: teachers, suspect, controls, probes, settings, policy.
        place: JSON of a Place.
        code: Digest of the code the request was made with.

    Returns:
        The verdict.
    """
    # Not from a cache: an endpoint may serve another model tomorrow. What was asked for this audit, the store knows.
    found = audit(request=request, place=place, code=code).set_caching_options(False).set_retry(RETRIES)
    return found.outputs["Output"]  # type: ignore[no-any-return]
