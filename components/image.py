"""The container images that stages run in: they hold this package, so nothing is installed at run time."""

from __future__ import annotations

from typing import Literal

Kind = Literal["tools", "explorer", "trainer"]


def released(kind: Kind) -> str:
    """Address of this release's image of a kind; a place names others (`pods.images`)."""
    return f"ghcr.io/symbiont/{kind}:0.1.0"


VARIABLE = "SYMBIONT_STAGE_IMAGE"
"""Holds, in the pod of a stage that asks for further pods, the image that it runs itself."""
IMAGE = released("explorer")
"""What a component names for itself; a pipeline gives each of its tasks the smallest that does its work."""
