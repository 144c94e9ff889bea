"""Made-up results of stages, each of the form its stage writes; `changes` are what a test is about."""

from __future__ import annotations

from components.results.detect import AuditResult
from components.results.distill import DistillResult
from components.results.evaluate import EvaluateResult, SplitResult
from components.results.place import Result, result_key
from components.results.promote import PromoteResult
from components.results.synthesize import SynthesizeResult
from components.trajectories.rounds import Round


def store(round: Round, result: Result, *, of: str = "") -> None:
    """Puts a result where its stage would."""
    name = f"{result.stage}-{of}" if of else result.stage
    round.store.put_new(result_key(round, name), result.model_dump_json(indent=1).encode())


def evaluate_result(**changes: object) -> EvaluateResult:
    fields = {
        "run": "r",
        "round": 1,
        "role": "student",
        "agent": {"name": "a", "kind": "local", "digest": "a"},
        "inputs": "i",
        "splits": {},
        "table": "t",
        "table_digest": "d",
        "seconds": 30.0,
    }
    return EvaluateResult.model_validate({**fields, **changes})


def split_result(**changes: object) -> SplitResult:
    fields = {
        "split": "heldout_seeds",
        "episodes": 80,
        "solved": 40,
        "success_rate": 0.5,
        "interval": (0.4, 0.6),
        "task_interval": None,
        "by_family": (),
        "by_task": (),
        "outcomes": {},
        "steps_per_solved": None,
        "seconds_per_solved": None,
        "usd_per_solved": None,
        "tokens": 0,
        "usd": 0.0,
    }
    return SplitResult.model_validate({**fields, **changes})


def distill_result(**changes: object) -> DistillResult:
    fields = {
        "inputs": "i",
        "model_digest": "m",
        "base": "b",
        "base_digest": "b",
        "sources": {},
        "parameters": 1_066_112,
        "examples": {"click-button": 40},
        "validation_examples": 57,
        "cut": 0,
        "lengths": {"1-64": 40},
        "curve": (
            {
                "step": 0,
                "train_loss": None,
                "validation_loss": 4.4,
                "action_accuracy": 0.0,
                "tokens": 0,
                "seconds": 0.0,
            },
        ),
    }
    return DistillResult.model_validate({**fields, **changes})


def judged(suspect: str, *, mean: float, verdict: str = "inconclusive") -> dict[str, object]:
    """A test of one model, its distance with an interval of 0.08 on both sides."""
    return {
        "suspect": suspect,
        "controls": ("start", "unrelated-end"),
        "nearest_control": "unrelated-end",
        "margin": 0.69,
        "verdict": verdict,
        "p_value": 0.0039,
        "p_independent": 1.0,
        "distance": {"mean": mean, "low": mean - 0.08, "high": mean + 0.08},
        "second": {"mean": 0.0, "low": -0.1, "high": 0.1},
        "because": f"it lies at {mean}",
    }


def audit_result(**changes: object) -> AuditResult:
    values = [[0.7, 0.1, 0.1, 0.1], [0.1, 0.6, 0.2, 0.1], [0.2, 0.2, 0.5, 0.1], [0.05, 0.1, 0.15, 0.7]]
    fields = {
        "suspect": "student",
        "teacher": "teacher",
        "verdict": "distilled",
        "p_value": 0.0039,
        "because": "The student lies nearer to the teacher than every control does.",
        "judged": judged("student", mean=0.53, verdict="distilled"),
        "placebos": (judged("unrelated-end", mean=0.81), judged("start", mean=1.1)),
        "distances": {"student": 0.081, "unrelated-end": 0.312, "start": 0.387},
        "pairs": (),
        "noise_floor": None,
        "baselines": (),
        "heat_maps": (
            {
                "layer": "layer 0",
                "domains": ("clicking", "typing", "choosing from lists", "tables"),
                "values": {"teacher": values, "student": values[::-1]},
            },
        ),
        "probes": 188,
        "domains": ("clicking", "typing", "choosing from lists", "tables"),
        "test": {"margin": 0.69},
        "limits": ("A verdict about responses says nothing about how they were obtained.",),
        "inputs": "i",
        "probe_digest": "b" * 64,
        "seconds": 44.0,
    }
    return AuditResult.model_validate({**fields, **changes})


def promote_result(**changes: object) -> PromoteResult:
    fields = {
        "run": "r",
        "round": 1,
        "inputs": "i",
        "decision": "promote",
        "reason": "The challenger solved 60.0% and the champion 0.0% of 42 paired episodes.",
        "challenger": "c" * 64,
        "champion": "b" * 64,
        "champion_is_start": True,
        "pairs": 42,
        "left_out": 1,
        "gains": 20,
        "losses": 4,
        "challenger_rate": 0.6,
        "champion_rate": 0.2,
        "difference": 0.4,
        "interval": (0.3, 0.52),
        "p_value": 0.0004,
        "minimum_detectable_effect": 0.14,
        "alpha": 0.05,
        "power": 0.8,
        "by_task": ({"task_id": "login-user", "split": "heldout_seeds", "pairs": 6, "gains": 0, "losses": 3},),
        "verdict": "distilled",
        "required_verdict": "distilled",
        "model_name": "student",
        "version": "1",
        "champion_version": "1",
    }
    return PromoteResult.model_validate({**fields, **changes})


def synthesize_result(**changes: object) -> SynthesizeResult:
    fields = {
        "run": "r",
        "round": 1,
        "inputs": "i",
        "judge": "outcome",
        "episodes": {},
        "learnt_from": {},
        "examples": {},
        "dropped": {},
        "tables": {},
        "proposed": 0,
        "accepted": 0,
        "acceptance_rate": None,
        "student_only_solutions": (),
        "knowledge_entries": 0,
        "knowledge_added": {},
        "knowledge_from_student": 0,
        "knowledge_digest": "k",
    }
    return SynthesizeResult.model_validate({**fields, **changes})
