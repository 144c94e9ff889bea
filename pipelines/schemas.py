"""JSON Schemas of recipes, places and schedules, for editors that complete and check keys, and of `summary.json`, for
programs; `symbiont compile` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components.files import write_whole
from components.place import Place
from components.preflight.config import Recipe
from pipelines.cluster.schedules import Schedules
from pipelines.summary import Summary

HERE = Path(__file__).parent
OF_SUMMARY = HERE.parent / "docs" / "summary.schema.json"


def schemas() -> dict[str, str]:
    """The schema of a `recipe`, a `place` and a file of schedules, as JSON."""
    recipe = Recipe.model_json_schema()
    policy = recipe["$defs"]["PromoteConfig"]["properties"]["policy"]
    policy["anyOf"].append({"type": "string", "description": "a YAML file of a policy, relative to the recipe"})
    place, schedule = Place.model_json_schema(), Schedules.model_json_schema()
    return {"recipe": _as_json(recipe), "place": _as_json(place), "schedule": _as_json(schedule)}


def schema_path(kind: str) -> Path:
    """Where the shipped files look for it."""
    return HERE / f"{kind}s" / f"{kind}.schema.json"


def summary_schema() -> str:
    """The schema of `summary.json`, in which every key stands always."""
    return _as_json(Summary.model_json_schema(mode="serialization"))


def write_schemas() -> list[Path]:
    """Writes those of the shipped files beside them, and the summary's where there are docs: in a checkout."""
    paths = [write_whole(schema_path(kind), text) for kind, text in schemas().items()]
    return [*paths, write_whole(OF_SUMMARY, summary_schema())] if OF_SUMMARY.parent.is_dir() else paths


def _as_json(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=1) + "\n"
