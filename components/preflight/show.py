"""The manifest as Markdown, for the Kubeflow UI."""

from __future__ import annotations

from collections.abc import Iterable

from components.place import Place
from components.trajectories.manifest import Manifest
from components.trajectories.schema import round_prefix


def as_markdown(manifest: Manifest, *, place: Place) -> str:
    """Where everything of the round is found, what changed since the one before, and what it begins with."""
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
        f"- Report: the page of the stage `report`, once it has ended; the newest of MLflow's run {manifest.run}",
        f"- MLflow: {place.mlflow or 'none'}",
        f"- Store: `{place.store}/{prefix}/`",
        "",
        *_table("", rows.items()),
    ]
    if manifest.changed:
        changes = ((each.key, f"{each.old} → {each.new}") for each in manifest.changed)
        lines += ["", *_table(f"changed since round {manifest.round - 1}", changes)]
    return "\n".join([*lines, "", f"Manifest `{manifest.digest}`", ""])


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {title} | |", "|---|---|", *(f"| {name} | {text.replace('|', '&#124;')} |" for name, text in rows)]
