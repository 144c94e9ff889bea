"""Workflows, Argo CD's Applications and the kind script name what is really there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.charts.rendered import CHART, render

ROOT = CHART.parents[1]
INFRA = ROOT / "infra"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
ENVIRONMENTS = ("dev", "prod")
RECIPE = json.loads((ROOT / "pipelines" / "recipes" / "recipe.schema.json").read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_rights_are_few(path: Path) -> None:
    text = path.read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    for action in re.findall(r"uses: ([^.\s]\S+)", text):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), f"{action} can be changed under us"
    for job in workflow["jobs"].values():
        assert "uses" in job or job["timeout-minutes"] <= 90
        for step in job.get("steps", ()):
            assert "${{ secrets." not in step.get("run", ""), "a secret in a command line is seen by every process"
            assert "${{ github." not in step.get("run", ""), "text that others chose becomes a command"


def test_a_release_pushes_nothing_before_its_tests_have_passed() -> None:
    folder = ROOT / ".github" / "workflows"
    jobs = yaml.safe_load((folder / "release.yaml").read_text())["jobs"]
    assert jobs["tests"] == {"uses": "./.github/workflows/tests.yaml"}
    assert "workflow_call" in yaml.safe_load((folder / "tests.yaml").read_text())[True], "YAML reads `on` as true"
    before = {name: job.get("needs") for name, job in jobs.items() if name != "tests"}
    assert set(before.values()) <= {"tests", *before}, "each waits for the tests, or for what waits for them"
    assert "tests" in before.values()


def test_every_push_is_tested_with_every_image() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yaml").read_text())
    assert workflow[True]["push"] == {"branches": ["**"]}
    release = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yaml").read_text())
    tested, released = (each["jobs"]["images"]["strategy"]["matrix"]["image"] for each in (workflow, release))
    assert tested == released


def test_a_released_chart_says_where_it_was_made() -> None:
    chart = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yaml").read_text())["jobs"]["chart"]
    assert chart["permissions"]["attestations"] == "write"
    pushed, provenance = chart["steps"][-2:]
    assert provenance["uses"].startswith("actions/attest-build-provenance@")
    assert provenance["with"]["subject-digest"] == f"${{{{ steps.{pushed['id']}.outputs.digest }}}}"
    assert 'echo "digest=$digest" >> "$GITHUB_OUTPUT"' in pushed["run"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_workflows_name_is_there(path: Path) -> None:
    text = path.read_text()
    for named in re.findall(r"(?:infra|charts|\.ci)/[\w./-]+", text):
        assert (ROOT / named).exists(), named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", text)) <= targets
    stages = re.findall(r" AS (\w+)$", (INFRA / "images" / "Dockerfile").read_text(), flags=re.MULTILINE)
    for job in yaml.safe_load(text)["jobs"].values():
        assert set(job.get("strategy", {}).get("matrix", {}).get("image", [])) <= set(stages)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_application_installs_this_chart_with_files_that_are_there(environment: str) -> None:
    application = yaml.safe_load((INFRA / "argocd" / "applications" / f"{environment}.yaml").read_text())
    chart, files = application["spec"]["sources"]
    assert chart["targetRevision"] == yaml.safe_load((CHART / "Chart.yaml").read_text())["version"]
    here = {"$" + files["ref"]: INFRA / "argocd"}
    [values] = [read(each, here) for each in chart["helm"]["valueFiles"]]
    given: dict[str, Any] = yaml.safe_load(values)
    for parameter in chart["helm"]["fileParameters"]:
        section, name = parameter["name"].split(".")
        given.setdefault(section, {})[name] = read(parameter["path"], here)
        jsonschema.validate(yaml.safe_load(given[section][name]), RECIPE)
    assert render(given, name=chart["helm"]["releaseName"])


def read(reference: str, folders: dict[str, Path]) -> str:
    root, _, path = reference.partition("/")
    return (folders[root] / path).read_text()


def test_dev_follows_and_prod_waits() -> None:
    dev, prod = (
        yaml.safe_load((INFRA / "argocd" / "applications" / f"{each}.yaml").read_text())["spec"]["syncPolicy"]
        for each in ENVIRONMENTS
    )
    assert "automated" in dev
    assert "automated" not in prod
    assert "Prune=false" in prod["syncOptions"]


@pytest.mark.parametrize("path", sorted(INFRA.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_bash(path: Path) -> None:
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
    assert "set -" in path.read_text()
