"""`symbiont preflight`: one table, each failure with its fix; what only pods reach is left to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app

CLUSTER = """
name: here
store: s3://symbiont/main
s3_endpoint: http://s3.symbiont.svc:9000
mlflow: http://mlflow.symbiont.svc:5000
work: /tmp/work
kubeflow: {address: "http://127.0.0.1:9"}
pods: {keys: [{name: teacher, variables: {MY_KEY: key}}]}
"""
RECIPE = "name: mine\nteacher: {kind: chat, model: m, base_url: 'http://127.0.0.1:9/v1', api_key_env: VARIABLE}\n"


def answers(*options: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = CliRunner().invoke(app, ["preflight", "--json", *options])
    return done.exit_code, {each["about"]: each for each in json.loads(done.stdout)}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    for name in ("AWS_ENDPOINT_URL_S3", "MLFLOW_TRACKING_URI", "MY_KEY"):
        monkeypatch.setenv(name, "")
    (tmp_path / "here.yaml").write_text(CLUSTER)
    return str(tmp_path / "here.yaml")


def test_a_machine_that_is_right(tmp_path: Path) -> None:
    code, told = answers("--out", str(tmp_path))
    assert {name: each["state"] for name, each in told.items()} == dict.fromkeys(
        ("disk", "browser", "tasks", "student"), "right"
    )
    assert code == 0


@pytest.mark.parametrize(("variable", "state"), [("MY_KEY", "not asked"), ("OTHER_KEY", "wrong")])
def test_a_teachers_key_has_to_reach_the_pods(variable: str, state: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RECIPE.replace("VARIABLE", variable))
    code, told = answers("--place", place, "--recipe", str(tmp_path / "mine.yaml"), "--out", str(tmp_path / "out"))
    assert told["teacher: m"]["state"] == state
    assert variable in told["teacher: m"]["said"]
    assert told["store s3://symbiont/main"]["state"] == "not asked"
    assert "only pods reach" in told["MLflow http://mlflow.symbiont.svc:5000"]["said"]
    assert told["Kubernetes"]["state"] == "not asked"
    assert "the CPUs of distill's pod" in told["what trains"]["said"]
    assert (code, told["Kubeflow"]["state"]) == (2, "wrong")


@pytest.mark.parametrize(("pods", "state"), [("{}", "wrong"), ("{detect: {accelerators: 1}}", "right")])
def test_shadows_that_live_on_a_gpu_want_one_here_or_in_their_pod(
    pods: str, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.preflight.checks.NVIDIA", tmp_path / "none")
    (tmp_path / "here.yaml").write_text(f"name: here\npods: {pods}\n")
    (tmp_path / "mine.yaml").write_text("name: mine\ndetect: {shadow: {device: cuda}}\n")
    files = ("--place", str(tmp_path / "here.yaml"), "--recipe", str(tmp_path / "mine.yaml"))
    _, told = answers(*files, "--out", str(tmp_path / "out"))
    assert told["shadows"]["state"] == state


def test_sites_that_only_pods_reach_are_left_to_them_and_their_passwords_have_to_reach_the_pods(
    place: str, tmp_path: Path
) -> None:
    (tmp_path / "sites.yaml").write_text(SITES)
    recipe = f"{{name: own, tasks: {{benchmark: sites, options: {{folder: {tmp_path}}}, train: [one], heldout: []}}}}"
    (tmp_path / "own.yaml").write_text(recipe)
    _, told = answers("--place", place, "--recipe", str(tmp_path / "own.yaml"), "--out", str(tmp_path / "out"))
    assert told["site desk: http://desk.symbiont.svc"]["state"] == "not asked"
    assert told["site desk: http://127.0.0.1:9"]["state"] == "wrong"
    assert told["site desk: password of ann"]["state"] == "not asked"
    assert told["site desk: password of bob"]["state"] == "wrong"
    assert "no pod gets the variable BOBS" in told["site desk: password of bob"]["said"]


SITES = """
sites:
  desk:
    at: [http://desk.symbiont.svc, http://127.0.0.1:9]
    login:
      path: /login
      fields: {name: "{user}", password: "{password}"}
      users: {ann: {password_env: MY_KEY}, bob: {password_env: BOBS}}
tasks:
  - {id: one, family: one, intent: Do it., check: {answer: done}}
"""
