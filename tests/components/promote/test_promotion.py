"""Promotion against a real MLflow server and a folder store."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from components import registry
from components.errors import InputError
from components.models.generate import Ask, generate
from components.models.prompting import load_prompting
from components.models.storing import publish_model
from components.models.weights import load_model
from components.promote.config import PromoteConfig
from components.promote.run import run
from components.tracking import mlflow_client
from components.trajectories.manifest import keep_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.tables import write_table
from components.verdicts.finding import Finding
from components.verdicts.policy import Policy
from tests.components.results.made import audit_result, distill_result, evaluate_result, split_result, store
from tests.pipelines.manifests import manifest

START, FIRST, SECOND = "0" * 64, "1" * 64, "2" * 64
DIGESTS = {"data": "d" * 64, "recipe": "r" * 64, "code": "c" * 64, "teacher": "t" * 64}


@pytest.fixture
def config() -> PromoteConfig:
    return PromoteConfig(model_name=f"student-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def round_one(tmp_path: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path / "work")


def evaluated(
    round: Round, *, student: float, champion: float, verdict: str | None = "distilled", errors: int = 0
) -> None:
    """Writes what preflight, evaluate and detect leave: ten tasks with ten seeds, of which a share is solved."""
    keep_manifest(round, manifest(round=round.number))
    for role, share in (("student", student), ("champion", champion)):
        rows = [
            {
                "split": "heldout_seeds" if task < 8 else "heldout_tasks",
                "task_id": f"task-{task}",
                "seed": seed,
                "outcome": "infra_error"
                if task == 0 and seed < errors
                else "solved"
                if seed < share * 10
                else "failed",
            }
            for task in range(10)
            for seed in range(10)
        ]
        info = write_table(round.store, f"{round.prefix}/tables/evaluate-{role}.parquet", rows, sources={"a": "b"})
        splits = {"heldout_seeds": split_result(episodes=80, solved=int(80 * share), success_rate=share)}
        store(round, evaluate_result(role=role, table=info.key, table_digest=info.digest, splits=splits), of=role)
    if verdict is not None:
        store(round, audit_result(verdict=verdict))


@pytest.mark.usefixtures("mlflow_uri")
def test_the_first_round_is_compared_with_the_start_model_and_promoted(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.0)
    result = run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert result.decision == "promote"
    assert result.champion_is_start
    assert (result.pairs, result.gains, result.losses, result.left_out) == (100, 60, 0, 0)
    assert sum(each.gains for each in result.by_task) == 60
    champion = registry.get_alias(config.model_name, registry.CHAMPION)
    challenger = registry.get_alias(config.model_name, registry.CHALLENGER)
    assert champion == challenger
    assert champion is not None
    assert champion.model_digest == FIRST
    for name, digest in DIGESTS.items():
        assert champion.tags[f"symbiont.{name}"] == digest
    assert champion.tags["symbiont.decision"] == "promote"


LOAD = """
import sys
import mlflow
print(repr(mlflow.pyfunc.load_model(sys.argv[1]).predict({"prompt": [sys.argv[2]]})))
"""


def test_a_version_says_how_it_is_asked_and_is_loaded_by_its_name_in_a_fresh_process(
    round_one: Round, config: PromoteConfig, tiny_model: Path, tmp_path: Path, mlflow_uri: str
) -> None:
    import mlflow.pyfunc
    from mlflow.models import Model

    base = shutil.copytree(tiny_model, tmp_path / "base")
    (base / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A base\n")
    digest = publish_model(round_one.store, base)
    store(round_one, distill_result(base="hf:some/base", base_digest=digest))
    evaluated(round_one, student=0.6, champion=0.0)
    run(config=config, round=round_one, challenger=digest, champion=START, digests=DIGESTS)
    name = f"models:/{config.model_name}@champion"
    info = Model.load(name)
    assert info.signature.inputs.input_names() == ["prompt"]
    assert info.signature.outputs.input_names() == ["completion"]
    required = Path(mlflow.pyfunc.get_model_dependencies(name)).read_text()
    assert "torch" in required
    assert "symbiont" not in required, "on the index that name is a stranger's"
    (prompt,) = info.load_input_example(name)["prompt"]
    assert 'Click the button "Ok".' in prompt
    card = round_one.store.get(f"models/{digest}/README.md").decode()
    for words in (
        "hf:some/base",
        "licence apache-2.0",
        "MIT",
        digest,
        DIGESTS["data"],
        "| student | 60%",
        "Audit: distilled",
    ):
        assert words in card, words
    described = mlflow_client().get_model_version_by_alias(config.model_name, "champion").description
    assert described == card
    environment = {**os.environ, "SYMBIONT_MODELS": str(tmp_path / "models"), "MLFLOW_TRACKING_URI": mlflow_uri}
    command = [sys.executable, "-c", LOAD, name, prompt]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    prompting, model = load_prompting(tiny_model), load_model(tiny_model).eval()
    end = prompting.tokenizer.eos_token_id
    asks = [Ask(tokens=prompting.encode_prompt(prompt))]
    (written,) = generate(model, asks, pad=prompting.pad, end=end, max_new_tokens=128)
    assert out.stdout.splitlines()[-1] == repr([prompting.decode(written.tokens)])


@pytest.mark.usefixtures("mlflow_uri")
def test_a_worse_second_round_is_registered_but_the_champion_stays(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.0)
    run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    second = round_one.at(2)
    evaluated(second, student=0.3, champion=0.6)
    result = run(config=config, round=second, challenger=SECOND, champion=FIRST, digests=DIGESTS)
    assert (result.decision, result.version, result.champion_version) == ("hold", "2", "1")
    assert not result.champion_is_start
    assert result.difference == pytest.approx(-0.3)
    champion = registry.get_alias(config.model_name, registry.CHAMPION)
    challenger = registry.get_alias(config.model_name, registry.CHALLENGER)
    assert champion is not None
    assert challenger is not None
    assert (champion.model_digest, challenger.model_digest) == (FIRST, SECOND)


@pytest.mark.usefixtures("mlflow_uri")
def test_a_better_model_that_is_not_the_teachers_is_held(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.0, verdict="independent")
    result = run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert (result.decision, result.champion_version) == ("hold", "")
    assert registry.get_alias(config.model_name, registry.CHAMPION) is None
    assert registry.get_alias(config.model_name, registry.CHALLENGER) is not None


@pytest.mark.usefixtures("mlflow_uri")
@pytest.mark.parametrize(("other", "decision"), [("independent", "promote"), ("distilled", "hold")])
def test_a_policy_decides_and_the_version_says_what_the_audit_found(
    round_one: Round, config: PromoteConfig, other: str, decision: str
) -> None:
    evaluated(round_one, student=0.6, champion=0.0, verdict=None)
    found = audit_result()
    vendor = Finding.model_validate(
        found.model_dump(include=set(Finding.model_fields)) | {"teacher": "vendor", "verdict": other}
    )
    store(round_one, found.model_copy(update={"others": (vendor,)}))
    policy = Policy(distilled_from=("teacher",), independent_of=("vendor",))
    strict = config.model_copy(update={"policy": policy})
    result = run(config=strict, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert (result.decision, result.policy_holds) == (decision, decision == "promote")
    assert result.policy[1] == f"vendor: independent required, found {other}."
    version = registry.get_alias(config.model_name, registry.CHALLENGER)
    assert version is not None
    assert {name: version.tags[f"symbiont.audit.{name}"] for name in ("verdict", "p_value", "teachers", "probes")} == {
        "verdict": "distilled",
        "p_value": "0.0039",
        "teachers": "t" * 64,
        "probes": "b" * 64,
    }
    assert version.tags["symbiont.audit.policy"] == ("holds" if decision == "promote" else "broken")


@pytest.mark.usefixtures("mlflow_uri")
def test_errors_are_left_out_of_the_pairs_and_counted(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.0, errors=3)
    result = run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert (result.pairs, result.left_out, result.gains) == (97, 3, 57)


@pytest.mark.usefixtures("mlflow_uri")
def test_the_same_model_is_held(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.6)
    result = run(config=config, round=round_one, challenger=FIRST, champion=FIRST, digests=DIGESTS)
    assert result.decision == "hold"
    assert "same model" in result.reason


@pytest.mark.usefixtures("mlflow_uri")
@pytest.mark.parametrize("function", ["register_version", "set_alias", "tag_version"])
def test_killed_after_any_write_and_done_again_ends_the_same(
    function: str, round_one: Round, config: PromoteConfig
) -> None:
    evaluated(round_one, student=0.6, champion=0.0)
    program = f"""
import os, signal
from components.promote import run as stage
from components.promote.config import PromoteConfig
from components.trajectories.rounds import Round
from components.trajectories.open_store import open_store
from pathlib import Path
real = stage.{function}
def fatal(*args, **named):
    real(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
stage.{function} = fatal
round = Round(run="r", number=1, seed=0, store=open_store({round_one.store.url!r}), work=Path("unused"))
config = PromoteConfig(model_name={config.model_name!r})
stage.run(config=config, round=round, challenger={FIRST!r}, champion={START!r}, digests={DIGESTS!r})
"""
    killed = subprocess.run([sys.executable, "-c", program], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    result = run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    again = run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert result == again
    assert (result.decision, result.champion_is_start, result.champion_version) == ("promote", True, "1")
    assert [each.version for each in registry.list_versions(config.model_name)] == ["1"]
    champion = registry.get_alias(config.model_name, registry.CHAMPION)
    assert champion is not None
    assert champion.version == "1"


@pytest.mark.usefixtures("mlflow_uri")
def test_a_champion_somebody_else_promoted_meanwhile_stops_the_promotion(
    round_one: Round, config: PromoteConfig
) -> None:
    model = round_one.work
    model.mkdir()
    other = registry.register_version(config.model_name, model=model, model_digest="9" * 64, tags={})
    registry.set_alias(config.model_name, registry.CHAMPION, other.version)
    evaluated(round_one, student=0.6, champion=0.0)
    with pytest.raises(InputError, match=r"champion of .* is now version 1"):
        run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    assert len(registry.list_versions(config.model_name)) == 1


@pytest.mark.usefixtures("mlflow_uri")
def test_other_evidence_for_a_decided_round_is_refused(round_one: Round, config: PromoteConfig) -> None:
    evaluated(round_one, student=0.6, champion=0.0)
    run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
    with pytest.raises(InputError, match="already decided"):
        run(config=config, round=round_one, challenger=SECOND, champion=START, digests=DIGESTS)
    assert len(registry.list_versions(config.model_name)) == 1


def test_a_missing_evaluation_is_named_before_the_registry_is_touched(
    round_one: Round, config: PromoteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"student has not been evaluated.*\n.*evaluate-student.json"):
        run(config=config, round=round_one, challenger=FIRST, champion=START, digests=DIGESTS)
