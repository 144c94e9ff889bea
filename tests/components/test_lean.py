"""What nobody asks for is not imported, and can be afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

AGENT = """
import sys
from pathlib import Path
from components.agents.local import LocalAgent

agent = LocalAgent(Path(sys.argv[1]))
print("torch" in sys.modules)
agent.load()
print("torch" in sys.modules, [name for name in ("scipy", "boto3") if name in sys.modules])
import boto3, scipy.optimize
"""
TRANSPORT = """
import sys
import numpy as np
from components.signatures.distances import gromov_wasserstein

print(gromov_wasserstein(np.eye(3), np.eye(3)))
print([name for name in ("sklearn", "networkx") if name in sys.modules])
import sklearn.cluster, networkx
"""


def said(program: str, *arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_an_agent_imports_torch_with_its_model_and_with_that_nothing_of_other_models(tiny_model: Path) -> None:
    assert said(AGENT, str(tiny_model)) == ["False", "True []"]


def test_a_distance_by_transport_imports_no_clustering() -> None:
    assert said(TRANSPORT) == ["0.0", "[]"]
