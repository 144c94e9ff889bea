"""The package's evaluators, asked about one episode: its answer and its network record, nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from components.benchmarks.base import Evaluation
from components.benchmarks.webarena.answers import read_answer
from components.benchmarks.webarena.tasks import package_version
from components.trajectories.schema import Outcome

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def judge(task_id: str, *, answer: str | None, network: Path, addresses: Mapping[str, str]) -> Evaluation:
    """The package's verdict. Blocking; its first call imports the package, which takes seconds.

    If an answer makes the evaluator of answers fail, the agent failed; if another evaluator fails, it is a judge error.
    Neither message nor `judged` contain the expected values: they are stored where agents learn.

    Args:
        network: HAR file of the whole episode.
        addresses: of the replicas that were played on, by site.
    """
    response = read_answer(answer, wrote=_wrote(network))
    result = _package(tuple(sorted(addresses.items()))).evaluate_task(
        task_id=int(task_id), agent_response=response.fields, network_trace=network
    )
    parts = [_part(evaluator_result) for evaluator_result in result.evaluators_results]
    broken = [part["evaluator"] for part in parts if part["status"] == "error"]
    outcome = Outcome.SOLVED if result.score == 1.0 else Outcome.FAILED
    if result.status == "error" and broken != ["AgentResponseEvaluator"]:
        outcome = Outcome.JUDGE_ERROR
    lacking = [name for part in parts for name in part["lacking"]]
    return Evaluation(
        outcome=outcome,
        reward=float(result.score),
        message="; ".join(lacking) or ("" if outcome is Outcome.SOLVED else f"the evaluator says {result.status}"),
        judged={
            "package": f"webarena-verified {package_version()}",
            "evaluator_checksum": result.webarena_verified_evaluator_checksum,
            "data_checksum": result.webarena_verified_data_checksum,
            "revision": result.task_revision,
            "addresses": dict(addresses),
            "response": response.fields,
            "as_written": response.as_written,
            "status": str(result.status),
            "evaluators": parts,
        },
    )


def _part(result: Any) -> dict[str, Any]:
    failed = [assertion.assertion_name for assertion in result.assertions or () if not assertion.is_success]
    return {
        "evaluator": result.evaluator_name,
        "status": str(result.status),
        "lacking": failed or (["it broke"] if result.status == "error" else []),
    }


def _wrote(network: Path) -> bool:
    entries = json.loads(network.read_bytes())["log"]["entries"]
    return any(entry["request"]["method"] not in READS for entry in entries)


@lru_cache(maxsize=16)
def _package(addresses: tuple[tuple[str, str], ...]) -> Any:
    """The package over sites at these addresses; loading its tasks takes a fifth of a second."""
    from webarena_verified import WebArenaVerified
    from webarena_verified.types.config import WebArenaVerifiedConfig

    logging.getLogger("WebArena-Verified").setLevel(logging.CRITICAL)  # what it says stands in its result
    environments = {f"__{site.upper()}__": {"urls": [address]} for site, address in addresses}
    return WebArenaVerified(config=WebArenaVerifiedConfig.model_validate({"environments": environments}))
