"""Writes what follows from `values.py`: values.yaml, values.schema.json, and the table in the chart's README.

`python -m charts.write`
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from charts.values import Chart
from components.files import write_whole

CHART = Path(__file__).parent / "symbiont"
BEGIN, END = "<!-- values: made by python -m charts.write -->", "<!-- /values -->"


def files() -> dict[Path, str]:
    """Every file that is made, with its text."""
    readme = (CHART / "README.md").read_text()
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return {
        CHART / "values.yaml": "# Every value with its default; profiles/ has four sets to begin with.\n"
        + "\n".join(_yaml(Chart()))
        + "\n",
        CHART / "values.schema.json": json.dumps(_schema(), indent=2) + "\n",
        CHART / "README.md": f"{before}{BEGIN}\n\n{_table()}\n{END}{after}",
    }


def _schema() -> dict[str, Any]:
    made = Chart.model_json_schema()
    made["$schema"] = "http://json-schema.org/draft-07/schema#"
    made["definitions"] = made.pop("$defs")
    # Helm hands every chart the values of its umbrella under this name.
    made["properties"]["global"] = {"type": "object", "description": "an umbrella chart's; not read here"}
    text = json.dumps(made).replace("#/$defs/", "#/definitions/")
    return dict(json.loads(text, object_hook=_closed))


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Names that fit no pattern are refused, as names that no model has."""
    return schema | {"additionalProperties": False} if "patternProperties" in schema else schema


def _yaml(values: BaseModel, indent: str = "") -> Iterator[str]:
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if field.description:
            yield f"{indent}# {field.description}"
        if isinstance(value, BaseModel):
            yield f"{indent}{name}:"
            yield from _yaml(value, indent + "  ")
        else:
            yield f"{indent}{name}: {_flow(value)}"


def _flow(value: Any) -> str:
    plain = (
        [each.model_dump(exclude_defaults=True) if isinstance(each, BaseModel) else each for each in value]
        if isinstance(value, list)
        else value
    )
    return str(yaml.safe_dump(plain, default_flow_style=True, width=1000)).removesuffix("...\n").strip()


def _table() -> str:
    rows = [f"| `{name}` | {default} | {about} |" for name, default, about in _rows(Chart())]
    return "\n".join(["| value | default | |", "|---|---|---|", *rows, ""])


def _rows(values: BaseModel, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in type(values).model_fields.items():
        value, about = getattr(values, name), field.description or ""
        if isinstance(value, BaseModel):
            if about:
                yield f"{prefix}{name}", "", about
            yield from _rows(value, f"{prefix}{name}.")
        else:
            default = "" if value in ("", [], {}) else f"`{_flow(value)}`"
            yield f"{prefix}{name}", default, about.replace("|", "\\|")


if __name__ == "__main__":
    for path, text in files().items():
        write_whole(path, text)
        print(path.relative_to(Path.cwd()))
