"""What an attempt at a round leaves of its form: where it began, or what is wrong with it, which its end repeats."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.errors import InputError
from components.finish.component import finish
from components.place import Kubeflow
from components.preflight.component import preflight
from components.trajectories.attempts import ATTEMPT, Attempt
from components.trajectories.open_store import open_store


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """The one that the stages here belong to."""
    monkeypatch.setenv(ATTEMPT, "one")
    return Attempt(store=open_store(str(tmp_path / "store")), run="main", name="one")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"recipe": "nightli"}, "nightli"),
        ({"round": 7}, "round 7 of run main cannot begin"),
        ({"overrides": "distil: {steps: 5}"}, "did you mean 'distill'?"),
    ],
)
def test_a_mistake_in_the_form_is_told_by_log_attempt_and_end(
    form: dict[str, Any],
    attempt: Attempt,
    wrong: dict[str, Any],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError) as raised:
        preflight.python_func(**{**form, **wrong})
    assert said in str(raised.value)
    [failure] = attempt.failures()
    assert (failure.stage, failure.what, failure.fix) == ("preflight", raised.value.what, raised.value.fix)
    assert f"[stage] preflight failed: {raised.value.what.splitlines()[0]}" in capsys.readouterr().out
    summary = tmp_path / "end.md"
    status = SimpleNamespace(state="FAILED")
    ended = finish.python_func(
        place=form["place"], run="main", status=status, summary=SimpleNamespace(path=str(summary))
    )
    assert ended == "failed"
    assert summary.read_text().startswith(f"# failed in preflight\n\n{raised.value.what}\n")
    assert raised.value.fix in summary.read_text()


def test_a_mistake_that_is_mended_in_the_next_attempt_is_none_of_that_ones(
    form: dict[str, Any], attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError):
        preflight.python_func(**{**form, "round": 7})
    with pytest.raises(InputError, match="round 7"):
        preflight.python_func(**form)  # a further try of the same pod has the same form: it ends with the same words
    monkeypatch.setenv(ATTEMPT, "two")
    preflight.python_func(**form)
    two = Attempt(store=attempt.store, run="main", name="two")
    assert two.failures() == []
    assert two.begun is not None


def test_a_place_that_is_wrong_is_said_in_the_log_of_the_pod(
    form: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError):
        preflight.python_func(**{**form, "place": "{name: here, stor: /data}"})
    assert "[stage] preflight failed: line 1: unknown key 'stor'" in capsys.readouterr().out


def test_an_attempt_says_on_which_kubeflow_it_began(form: dict[str, Any], attempt: Attempt) -> None:
    kubeflow = Kubeflow(ui="https://kubeflow.example.com", namespace="agents")
    told = f"kubeflow: {{ui: '{kubeflow.ui}', namespace: {kubeflow.namespace}}}"
    preflight.python_func(**{**form, "place": form["place"].replace("name: here", f"name: here, {told}")})
    assert attempt.begun is not None
    assert attempt.begun.kubeflow == kubeflow.identity
