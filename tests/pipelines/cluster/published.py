"""The published API, read from its generated client: paths, methods, query parameters, types of bodies and answers.

What a server of ours refuses follows from it, so that a test cannot agree with a client about an API that is not there.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import kfp_server_api

SERVICES = ("Experiment", "Healthz", "Pipeline", "PipelineUpload", "RecurringRun", "Run")
PLAIN = {"str": str, "int": int, "bool": bool, "object": (dict, list, str, int, float, bool, type(None))}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation. `body` and `answer` are names of models; `body` may be empty."""

    name: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    body: str
    answer: str


@cache
def routes() -> tuple[Route, ...]:
    return tuple(route for service in SERVICES for route in _routes_of(getattr(kfp_server_api, f"{service}ServiceApi")))


def _routes_of(service: type) -> Iterator[Route]:
    for name, method in inspect.getmembers(service, inspect.isfunction):
        if not name.endswith("_with_http_info"):
            continue
        source = inspect.getsource(method)
        told = re.search(r"call_api\(\s*'(?P<path>[^']+)', '(?P<method>[A-Z]+)'", source)
        assert told, name
        body = re.search(r"body_params = local_var_params\['(\w+)'\]", source)
        kind = re.search(rf":type {body[1]}: (\w+)", source) if body else None
        answer = re.search(r"response_type='(\w+)'", source)
        assert answer, name
        yield Route(
            name=name.removesuffix("_with_http_info"),
            method=told["method"],
            path=re.compile(re.sub(r"\{([\w.]+)\}", r"(?P<\1>[^/:]+)", told["path"]).replace(".", "_")),
            query=frozenset(re.findall(r"query_params\.append\(\('([\w.]+)'", source)),
            body=kind[1] if kind else "",
            answer=answer[1],
        )


def mistakes(value: Any, kind: str, at: str = "body") -> Iterator[str]:
    """What is wrong with a value of JSON that is to be of a published type: unknown fields, types, words."""
    if inner := re.fullmatch(r"list\[(.+)\]", kind):
        if not isinstance(value, list):
            yield f"{at} is no list"
            return
        for index, each in enumerate(value):
            yield from mistakes(each, inner[1], f"{at}[{index}]")
    elif inner := re.fullmatch(r"dict\(str, (.+)\)", kind):
        if not isinstance(value, dict):
            yield f"{at} is no object"
            return
        for key, each in value.items():
            yield from mistakes(each, inner[1], f"{at}.{key}")
    elif kind in PLAIN:
        if not isinstance(value, PLAIN[kind]) or (kind == "int" and isinstance(value, bool)):
            yield f"{at} is no {kind}: {value!r}"
    elif kind == "datetime":
        datetime.fromisoformat(value)
    else:
        yield from _of_model(value, getattr(kfp_server_api, kind), at)


def _of_model(value: Any, model: Any, at: str) -> Iterator[str]:
    if words := getattr(model, "allowable_values", None):
        if value not in words:
            yield f"{at}: {value!r} is none of {words}"
        return
    if not isinstance(value, dict):
        yield f"{at} is no object"
        return
    kinds = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
    for key, each in value.items():
        if key not in kinds:
            yield f"unknown field {at}.{key}"
        else:
            yield from mistakes(each, kinds[key], f"{at}.{key}")
