"""What the guides to a cluster tell a person to type is there, and says what it needs where no test runs it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from charts.write import files
from pipelines.cluster.reasons import NO_CONFIG, NO_IMAGE, TAKEN
from tests.charts.rendered import names, render, values

ROOT = Path(__file__).resolve().parents[2]
GUIDES = (
    "docs/cluster.md",
    "charts/symbiont/README.md",
    "infra/argocd/README.md",
    "infra/images/README.md",
    "infra/kind/README.md",
    "infra/terraform/eks/README.md",
)
FENCED = re.compile(r"^```(?:sh|bash)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("helm", "kubectl", "terraform", "symbiont", "aws")
"""Programs that ask a cluster or a cloud; make's targets are looked up by the tests of README."""
OBJECT = re.compile(r"\b(service|job|statefulset|deployment|configmap)[/ ](symbiont[\w-]*)")
KINDS = {"statefulset": "StatefulSet", "configmap": "ConfigMap"}


def commands() -> Iterator[str]:
    for guide in GUIDES:
        for body in FENCED.findall((ROOT / guide).read_text()):
            lines = re.sub(r"\\\n\s*", " ", body).splitlines()
            yield from (line for line in lines if line.partition(" ")[0] in ELSEWHERE)


LINES = sorted(set(commands()))


@pytest.mark.parametrize("line", LINES)
def test_what_no_test_runs_says_what_it_needs(line: str) -> None:
    assert re.search(r"# needs \w", line)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("helm") and "charts/symbiont" in line])
def test_helm_is_given_files_and_values_that_are_there(line: str) -> None:
    words = shlex.split(line, comments=True)
    assert (ROOT / "charts" / "symbiont" / "Chart.yaml").exists()
    given: dict[str, Any] = {}
    for option, value in pairwise(words):
        if option in ("-f", "--values"):
            assert (ROOT / value).exists()
        elif option in ("--set", "--set-file"):
            name, _, text = value.partition("=")
            *sections, last = name.split(".")
            inner = given
            for section in sections:
                inner = inner.setdefault(section, {})
            inner[last] = yaml.safe_load(text) if option == "--set" else text
    [schema] = [text for path, text in files().items() if path.name == "values.schema.json"]
    jsonschema.validate(given, yaml.safe_load(schema))


@cache
def made() -> set[str]:
    """Everything that a release called symbiont makes, with the sync."""
    compiled = (ROOT / "pipelines" / "symbiotic.yaml").read_text()
    given = values("try") | {"kubeflow": {"sync": True, "pipeline": compiled}, "schedules": "schedules: {}\n"}
    return set(names(render(given, name="symbiont")))


def test_objects_that_are_named_are_those_that_the_chart_makes() -> None:
    texts = [(ROOT / guide).read_text() for guide in GUIDES]
    named = {(kind, name) for text in texts for kind, name in OBJECT.findall(text)}
    assert len(named) >= 4
    for kind, name in named:
        assert f"{KINDS.get(kind, kind.capitalize())}/{name}" in made(), f"{kind}/{name}"


def test_secrets_that_are_made_are_those_that_the_profile_names() -> None:
    told = set(re.findall(r"create secret generic (\S+)", (ROOT / "charts/symbiont/README.md").read_text()))
    given, asks = values("try"), values("production")["serving"]["teacher"]["apiKeySecret"]
    assert told == {given["store"]["secret"], given["mlflow"]["secret"], given["mlflowServer"]["secret"], asks}


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of the guide."""
    text = (ROOT / "docs/cluster.md").read_text().partition(f"{heading}\n")[2]
    [table] = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)[:1]
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()[2:]]


def test_the_form_in_the_guide_is_that_of_the_pipeline() -> None:
    pipeline = next(yaml.safe_load_all((ROOT / "pipelines" / "symbiotic.yaml").read_text()))
    fields = pipeline["root"]["inputDefinitions"]["parameters"]
    kinds = {"STRING": "string", "NUMBER_INTEGER": "integer"}
    made = {f"{name} - {kinds[each['parameterType']]}": each["defaultValue"] for name, each in fields.items()}
    told = {name.strip("`"): default.strip("`") for name, default, _ in rows("## The first round, in the UI")}
    assert told == {name: str(default).removesuffix(".0") for name, default in made.items()}


def test_what_the_guide_says_of_pods_is_what_is_read_of_them() -> None:
    told = {reason for row in rows("## When a pod does not run") for reason in re.findall(r"`(\w+)`", row[0])}
    known = {*NO_IMAGE, *NO_CONFIG, *TAKEN, "Unschedulable", "OOMKilled", "Evicted", "DeadlineExceeded"}
    assert told <= known
    assert {"Unschedulable", "OOMKilled", "Evicted", "Preempted", "NodeLost", "ImagePullBackOff"} <= told


def test_nobody_is_told_to_install_somebody_elses_package() -> None:
    """The Python index has another package called symbiont; ours is installed from its checkout."""
    for folder in ("README.md", "docs", "components", "pipelines", "charts", "infra"):
        for path in (ROOT / folder).rglob("*") if (ROOT / folder).is_dir() else (ROOT / folder,):
            if path.suffix in (".md", ".py", ".yaml", ".sh"):
                assert not re.search(r"pip install ['\"]?symbiont\b", path.read_text()), path
