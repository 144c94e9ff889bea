"""The manifest as Markdown, for the Kubeflow UI."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from components.place import Place, is_inside
from components.trajectories.manifest import Manifest
from components.trajectories.schema import round_prefix


def as_markdown(manifest: Manifest, *, place: Place, attempt: str) -> str:
    """Where everything of the round is found, what changed since the one before, and what it begins with.

    Args:
        attempt: Kubeflow's id of this run; empty where it has none.
    """
    rows = {
        "teacher": f"{manifest.teacher.name} ({manifest.teacher.kind}) `{manifest.teacher.digest[:12]}`",
        "student": f"`{manifest.student[:12]}`",
        "champion": f"`{manifest.champion[:12]}`",
        "start": f"`{manifest.start[:12]}`",
        "benchmark": f"{manifest.benchmark} {manifest.benchmark_version}",
        "recipe": f"`{manifest.recipe[:12]}`",
        "code": f"`{manifest.code[:12]}`",
        "image": f"`{manifest.image}`" if manifest.image else "none",
        "earlier tables": str(len(manifest.data)),
        "packages": ", ".join(f"{name} {version}" for name, version in manifest.packages.items()),
    }
    prefix = round_prefix(run=manifest.run, round=manifest.round)
    lines = [
        f"# Round {manifest.round} of {manifest.run}",
        "",
        f"- Report: artifact `page` of the stage `report` in {_run(place, attempt)}, once it has ended; and in MLflow",
        f"- MLflow: {_linked(place.mlflow) if place.mlflow else 'none'}, the newest report run of {manifest.run}",
        f"- Store: {_stored(place, prefix)}",
        "",
        *_table("", rows.items()),
    ]
    if manifest.changed:
        changes = ((change.key, f"{change.old} → {change.new}") for change in manifest.changed)
        lines += ["", *_table(f"changed since round {manifest.round - 1}", changes)]
    return "\n".join([*lines, "", f"Manifest `{manifest.digest}`", ""])


def _run(place: Place, attempt: str) -> str:
    linkable = place.kubeflow and place.kubeflow.ui and attempt
    return f"[this run]({place.kubeflow.link(attempt)})" if place.kubeflow and linkable else "this run"


def _linked(address: str) -> str:
    """A link, where more than pods can follow it."""
    return f"`{address}`" if is_inside(address) else f"<{address}>"


def _stored(place: Place, prefix: str) -> str:
    """Amazon's S3 has a console; of other stores none is known."""
    address = f"{place.store}/{prefix}/"
    scheme, _, path = address.partition("://")
    if scheme != "s3" or place.s3_endpoint:
        return f"`{address}`"
    bucket, _, key = path.partition("/")
    return f"[{address}](https://console.aws.amazon.com/s3/buckets/{bucket}?prefix={quote(key)})"


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {title} | |", "|---|---|", *(f"| {name} | {text.replace('|', '&#124;')} |" for name, text in rows)]
