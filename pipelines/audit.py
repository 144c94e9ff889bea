"""The audit of models from elsewhere as a Kubeflow pipeline of its own. Compiled to `audit.yaml`.

It runs the same engine as `symbiont audit models`, which prints its arguments with `--arguments`.
"""

from kfp import dsl
from kfp.dsl.graph_component import GraphComponent

from components.audit.component import audit
from components.place import Place
from pipelines.pods import dress, lifetime


def audit_for(place: Place) -> GraphComponent:
    """The audit, in the pod that a place gives it."""
    pods, work = place.pods, place.work

    @dsl.pipeline(  # type: ignore[untyped-decorator]
        name="audit",
        description="Whether a model was distilled from one of these teachers.",
        pipeline_config=lifetime(pods),
    )
    def audit_of_models(request: str, place: str, code: str) -> str:
        """One audit.

        Args:
            request: JSON of an AuditRequest: teachers, suspect, controls, probes, settings, policy.
            place: JSON of a Place.
            code: Digest of the code the request was made with.

        Returns:
            The verdict.
        """
        # Not from a cache: an endpoint may serve another model tomorrow. The store knows what was asked.
        result = audit(request=request, place=place, code=code).set_caching_options(False)
        dress(result, "audit", pods=pods, work=work)
        return result.outputs["Output"]  # type: ignore[no-any-return]

    return audit_of_models
