"""The manifest as Markdown, for the Kubeflow UI."""

from __future__ import annotations

from components.trajectories.manifest import Manifest


def as_markdown(manifest: Manifest) -> str:
    """A table of everything the round begins with."""
    rows = {
        "teacher": f"{manifest.teacher.name} ({manifest.teacher.kind}) `{manifest.teacher.digest[:12]}`",
        "student": f"`{manifest.student[:12]}`",
        "champion": f"`{manifest.champion[:12]}`",
        "start": f"`{manifest.start[:12]}`",
        "benchmark": f"{manifest.benchmark} {manifest.benchmark_version}",
        "recipe": f"`{manifest.recipe[:12]}`",
        "code": f"`{manifest.code[:12]}`",
        "earlier tables": str(len(manifest.data)),
        "packages": ", ".join(f"{name} {version}" for name, version in manifest.packages.items()),
    }
    lines = [f"# Round {manifest.round} of {manifest.run}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in rows.items()]
    return "\n".join([*lines, "", f"Manifest `{manifest.digest}`", ""])
