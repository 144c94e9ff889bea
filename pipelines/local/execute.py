"""Executes the compiled pipeline once with kfp.local: `python -m pipelines.local.execute REQUEST.json`.

A process of its own, under a guard, because kfp.local changes the root logger, replaces `print` and passes no signal on
to the stages. The request holds the pipeline's file, its arguments and the folder for its artifacts.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from pathlib import Path

from components.errors import ExitCode
from components.guard import sweep_seldom


def main() -> None:
    sweep_seldom()
    request = json.loads(Path(sys.argv[1]).read_text())
    warnings.simplefilter("ignore")  # kfp warns of every image without "python" in its name
    from kfp import components, local

    workspace = tempfile.mkdtemp(prefix="workspace-")  # kfp.local deletes it after the run
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=request["artifacts"], workspace_root=workspace)
    round = components.load_component_from_file(request["pipeline"])
    try:
        round(**request["arguments"])
    except RuntimeError as error:
        print(f"[pipeline] {error}", flush=True)
        sys.exit(ExitCode.INFRA)


if __name__ == "__main__":
    main()
