"""What an audit leaves at the suspect's version in the MLflow registry."""

from __future__ import annotations

from components.audit.result import AuditReport
from components.verdicts.policy import audit_tags

REGISTRY = "models:/"


def tag_suspect(report: AuditReport) -> bool:
    """Writes what was found to the suspect's version; False where the suspect is in no registry.

    Raises:
        InfraError: MLflow does not answer.
    """
    from components.models.files import registered_version
    from components.registry import tag_version

    suspect = next(subject for subject in report.subjects if subject.role == "suspect")
    if not suspect.reference.startswith(REGISTRY):
        return False
    version = registered_version(suspect.reference)
    tags = audit_tags(
        verdict=report.verdict,
        p_value=report.p_value,
        teachers=",".join(subject.digest for subject in report.subjects if subject.role == "teacher"),
        probes=report.probe_digest,
        policy=report.policy.holds if report.policy else None,
    )
    tag_version(version.name, version.version, tags=tags)
    return True
