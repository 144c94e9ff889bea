"""Terraform's own tests, where terraform is here and its provider can be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

EKS = Path(__file__).resolve().parents[2] / "infra" / "terraform" / "eks"


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not here")
def test_the_cluster_is_planned_as_its_tests_say(tmp_path: Path) -> None:
    """In a copy, since terraform keeps its provider beside the files. Nothing is applied and no account is asked."""
    folder = shutil.copytree(EKS, tmp_path / "eks", ignore=shutil.ignore_patterns(".terraform*"))

    def terraform(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        return subprocess.run(
            ["terraform", f"-chdir={folder}", *words, "-no-color"], env=environment, capture_output=True, text=True
        )

    begun = terraform("init", "-backend=false", "-input=false")
    if begun.returncode and "query available provider packages" in begun.stderr:
        pytest.skip("terraform's registry does not answer, and no folder has the provider")
    for said in (begun, terraform("validate"), terraform("test")):
        assert said.returncode == 0, said.stdout + said.stderr
    runs = len(re.findall(r'^run "', (folder / "tests" / "eks.tftest.hcl").read_text(), flags=re.MULTILINE))
    assert f"Success! {runs} passed, 0 failed." in said.stdout
