"""Commands in the guides to a cluster exist, and those that no test runs say what they need."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from helm_python.chart import Chart

from charts.values import Images
from charts.write import files
from components.agents.config import ChatConfig
from components.place import Place
from components.trajectories.episodes import blob_key
from pipelines.cluster.reasons import NO_CONFIG, NO_IMAGE, TAKEN
from tests.charts.rendered import CHART, names, objects, render, values

ROOT = Path(__file__).resolve().parents[2]
GUIDES = (
    "docs/cluster.md",
    "charts/symbiont/README.md",
    "infra/argocd/README.md",
    "infra/images/README.md",
    "infra/kind/README.md",
    "infra/terraform/eks/README.md",
)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("helm", "kubectl", "terraform", "symbiont", "aws", "cosign", "docker")
"""Programs that ask a cluster or a cloud; make's targets are looked up by the tests of README."""
OBJECT = re.compile(r"\b(service|job|statefulset|deployment|configmap)[/ ](symbiont[\w-]*)")
KINDS = {"statefulset": "StatefulSet", "configmap": "ConfigMap"}


def blocks(guide: str, *languages: str) -> list[str]:
    return [body for language, body in FENCED.findall((ROOT / guide).read_text()) if language in languages]


def commands() -> Iterator[str]:
    for guide in GUIDES:
        for body in blocks(guide, "", "sh", "bash"):
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


VALUES = [
    yaml.safe_load(body)
    for guide in ("charts/symbiont/README.md", "infra/terraform/eks/README.md")
    for body in blocks(guide, "yaml")
]
"""Every file of values that a guide shows."""


@pytest.mark.parametrize("given", VALUES, ids=lambda given: "+".join(given))
def test_values_that_a_guide_shows_are_taken(given: dict[str, Any]) -> None:
    assert render(values("existing") | given)


def test_the_training_that_the_guide_shows_becomes_the_job_that_it_says() -> None:
    text = (ROOT / "docs/cluster.md").read_text()
    [body] = [each for each in blocks("docs/cluster.md", "") if each.startswith("training:")]
    given = values("existing") | yaml.safe_load(body)
    devices = given["training"].pop("gpusPerNode")
    del given["training"]
    [places] = [each for each in render(given) if each["metadata"]["name"] == "symbiont-places"]
    training = Place.model_validate(yaml.safe_load(places["data"]["cluster.yaml"])).training
    assert training.job
    nodes, each = training.job.nodes, training.processes // training.job.nodes
    assert each == devices
    assert f"`numNodes: {nodes}` and `numProcPerNode: {each}`" in text


def test_a_served_teacher_is_named_alike_by_the_guide_the_notes_and_its_server() -> None:
    [body] = [each for each in blocks("docs/cluster.md", "yaml") if each.startswith("teacher:")]
    told = yaml.safe_load(body)["teacher"]
    with Chart.load(CHART) as chart:
        rendered = chart.render(values("production"), name="symbiont", namespace="my-profile")
    [line] = re.findall(r"^Teacher: (.*)$", rendered["symbiont/templates/NOTES.txt"], re.MULTILINE)
    assert yaml.safe_load(line) == told
    named = ChatConfig.model_validate(told)
    found = objects(text for path, text in rendered.items() if path.endswith(".yaml"))
    served = {each["kind"]: each.get("spec", {}) for each in found if each["metadata"]["name"] == "symbiont-teacher"}
    [container] = served["Deployment"]["template"]["spec"]["containers"]
    assert f"--served-model-name={named.model}" in container["args"]
    [port] = served["Service"]["ports"]
    assert named.base_url == f"http://symbiont-teacher.my-profile.svc:{port['port']}/v1"
    [places] = [each for each in found if each["metadata"]["name"] == "symbiont-places"]
    keys = Place.model_validate(yaml.safe_load(places["data"]["cluster.yaml"])).pods.keys
    assert named.api_key_env in {variable for key in keys for variable in key.variables}


def test_nobody_is_told_to_ask_for_the_logs_of_a_pod_that_is_gone() -> None:
    """Helm 3 deletes what succeeded before `helm test --logs` looks for it, and ends as if it had failed."""
    texts = [
        *LINES,
        *((ROOT / path).read_text() for path in ("infra/kind/up.sh", "charts/symbiont/templates/NOTES.txt")),
    ]
    assert any("helm test" in text for text in texts)
    assert not any(re.search(r"helm test.*--logs", text) for text in texts)


def test_one_command_prints_the_images_of_a_release_and_its_rounds() -> None:
    [line] = [each for each in LINES if each.startswith("helm template")]
    words = shlex.split(line.partition(" | ")[2], comments=True)
    [program] = [word for word in words if word.startswith("s/")]
    with Chart.load(CHART) as chart:
        rendered = "\n".join(chart.render(values("try"), name="symbiont", namespace="kubeflow").values())
    printed = subprocess.run(["sed", "-nE", program], input=rendered, capture_output=True, text=True, check=True).stdout
    images = Images().model_dump()
    wanted = {
        images[name]["repository"] for name in ("tools", "explorer", "trainer", "mlflow", "postgres", "seaweedfs")
    }
    assert {each.rpartition(":")[0] for each in printed.split()} == wanted


def test_what_may_be_deleted_is_called_as_it_is_stored() -> None:
    text = (ROOT / "docs/cluster.md").read_text().partition("## What is kept")[2].partition("## Restore")[0]
    may, never = text.split("Never, of any round:")
    for suffix in ("png", "har", "json", "html"):
        ending = blob_key("0" * 64, suffix).partition("0" * 64)[2]
        assert f"`blobs/**{ending}`" in (may if suffix in ("png", "har") else never)


def test_what_is_verified_is_what_the_release_signs() -> None:
    text = (ROOT / "charts/symbiont/README.md").read_text()
    [path, tag] = re.findall(r"IDENTITY=https://github.com/symbiont/symbiont/(\S+)@refs/tags/v(\S+)", text)[0]
    workflow = (ROOT / path).read_text()
    assert tag == yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    assert 'tags: ["v*"]' in workflow
    for named in re.findall(r"ghcr.io/symbiont/(\S+):", "\n".join(each for each in LINES if each.startswith("cosign"))):
        signed = "$REGISTRY/charts/symbiont@" if "/" in named else "$REGISTRY/$IMAGE@"
        assert f'cosign sign --yes "{signed}' in workflow, named
    assert "--provenance=mode=max" in workflow, "of buildx, which puts it into the index that is signed"


def test_alerts_that_the_guide_lists_are_those_of_the_chart() -> None:
    template = (CHART / "templates" / "monitoring.yaml").read_text()
    table = (ROOT / "charts/symbiont/README.md").read_text().partition("## Alerts")[2].partition("## Values")[0]
    made = re.findall(r"alert: (\w+)", template)
    assert re.findall(r"`(Symbiont\w+)`", table) == made
    for metric in re.findall(r"`(\w+[_:]\w+)`", table):
        assert metric in template, metric


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
