"""Whether an operator would take an object of its kind.

The YAML files beside this one are small schemas of our own, with the fields that the chart uses and their neighbours,
after the CRD that each one's first line names (all under Apache-2.0); what they do not list is refused. Of Kubeflow
Trainer it is the models that its own package has.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator
from kubeflow_trainer_api.models import TrainerV1alpha1TrainingRuntime
from pydantic import ValidationError

FOLDER = Path(__file__).parent


def refused(each: dict[str, Any]) -> list[str]:
    """What is wrong with an object, each thing with its place; empty where its operator takes it."""
    if each["kind"] == "TrainingRuntime":
        return _by_its_package(each)
    [crd] = [read for path in sorted(FOLDER.glob("*.yaml")) if (read := _read(path))["names"]["kind"] == each["kind"]]
    group, version = each["apiVersion"].split("/")
    if group != crd["group"] or version not in crd["versions"]:
        return [f"apiVersion: {each['apiVersion']}"]
    errors = Draft7Validator(_closed(crd["openAPIV3Schema"])).iter_errors(each["spec"])
    return [f"{error.json_path}: {error.message}" for error in errors]


def _read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text())
    return read


def _closed(schema: Any) -> Any:
    """As an API server with strict validation reads it: a field that is not listed is an error."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(each) for key, each in schema.items()}
    return {"additionalProperties": False, **closed} if schema.get("type") == "object" else closed


def _by_its_package(each: dict[str, Any]) -> list[str]:
    try:
        read = TrainerV1alpha1TrainingRuntime.from_dict(each)
    except ValidationError as error:
        return [str(error)]
    taken = read.to_dict() if read else {}
    return list(_lost(each["spec"], taken.get("spec", {}), "$.spec"))


def _lost(given: Any, taken: Any, where: str) -> list[str]:
    """Fields that the models passed over."""
    if isinstance(given, dict) and isinstance(taken, dict):
        lost = [f"{where}.{key}: unknown" for key in given if key not in taken]
        return lost + [
            each for key in given if key in taken for each in _lost(given[key], taken[key], f"{where}.{key}")
        ]
    if isinstance(given, list) and isinstance(taken, list):
        pairs = enumerate(zip(given, taken, strict=True))
        return [each for at, (one, other) in pairs for each in _lost(one, other, f"{where}[{at}]")]
    return []
