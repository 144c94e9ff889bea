"""The audit of a round: finds whom the student is from, spares the unrelated, resumes, refuses the undecidable."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from components.detect.config import DetectConfig
from components.detect.run import run
from components.errors import InputError
from components.results.detect import AuditResult
from components.signatures.config import ShadowConfig
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.verdicts import shadows as shadows_module
from components.verdicts.config import TestConfig
from components.verdicts.probes import Probe, ProbeSet

CONFIG = DetectConfig(
    probes=60,
    probes_per_replicate=8,
    shadow=ShadowConfig(
        vocabulary=320, hidden=16, prompt_tokens=16, response_tokens=20, common_steps=20, steps=10, batch=12
    ),
    test=TestConfig(replicates=6),
)
THINGS = ("mail", "inbox", "reply", "archive", "settings", "help", "news", "music", "video", "search", "login", "home")
KINDS = ("button", "link", "tab", "option")


def probes(count: int = 60) -> list[Probe]:
    rng = random.Random(1)
    made = []
    for index in range(count):
        kind, shown = KINDS[index % 4], rng.sample(THINGS, 4)
        page = "\n".join(f'{kind} "{name}"' for name in shown)
        made.append(Probe(id=str(index), domain=kind, prompt=f"Choose the {kind} {shown[index % 3]}.\n{page}"))
    return made


def asked(probe: Probe) -> tuple[str, list[str]]:
    intent, *lines = probe.prompt.split("\n")
    return intent.rstrip(".").split()[-1], [line.split('"')[1] for line in lines]


def teacher(probe: Probe, _: random.Random) -> str:
    name, _shown = asked(probe)
    return f"The goal names {name}, so I act on it.\nclick {probe.domain} {name}"


def mostly_right(probe: Probe, rng: random.Random) -> str:
    """What the probe asks for, eight times in ten."""
    name, shown = asked(probe)
    return name if rng.random() < 0.8 else rng.choice(shown)


def student(probe: Probe, rng: random.Random) -> str:
    """What a student of the teacher does: its words, and mostly its choice."""
    name = mostly_right(probe, rng)
    return f"The goal names {name}, so I act on it.\nclick {probe.domain} {name}"


def able(probe: Probe, _: random.Random) -> str:
    """As right as the teacher, in words of its own."""
    name, _shown = asked(probe)
    return f"{probe.domain} with most overlap: {name}\nclick {probe.domain} {name}"


def curt(probe: Probe, _: random.Random) -> str:
    name, _shown = asked(probe)
    return f"{name} it is, a {probe.domain}.\nclick {probe.domain} {name}"


def mostly(probe: Probe, rng: random.Random) -> str:
    """No more right than the student."""
    name = mostly_right(probe, rng)
    return f"Next step, pressing {name}!\nclick {probe.domain} {name}"


def orderly(probe: Probe, _: random.Random) -> str:
    _name, shown = asked(probe)
    return f"Reading downwards, first comes {shown[0]} here.\nclick {probe.domain} {shown[0]}"


def babble(_: Probe, rng: random.Random) -> str:
    return " ".join(rng.choices(THINGS, k=7))


CONTROLS = {"able": able, "curt": curt, "mostly": mostly, "orderly": orderly, "base": babble}


def answers(**agents: Callable[[Probe, random.Random], str]) -> dict[str, list[str]]:
    return {
        name: [agent(probe, random.Random(index)) for index, probe in enumerate(probes())]
        for name, agent in agents.items()
    }


def a_round(folder: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(str(folder / "store")), work=folder / "work")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> AuditResult:
    given = answers(teacher=teacher, student=student, **CONTROLS)
    return run(config=CONFIG, round=a_round(tmp_path_factory.mktemp("audit")), probes=probes(), responses=given)


def test_a_student_of_the_teacher_is_found(found: AuditResult) -> None:
    assert found.verdict == "distilled", found.because
    assert found.p_value <= 0.05
    assert found.distances["student"] < 0.8 * min(found.distances[name] for name in CONTROLS)


def test_no_control_is_accused_though_one_is_as_right_as_the_teacher(found: AuditResult) -> None:
    assert {one.suspect for one in found.placebos} == set(CONTROLS)
    assert all(one.verdict != "distilled" for one in found.placebos)
    agreement = next(one for one in found.baselines if one.method == "same action")
    assert agreement.similarity["able"].mean > agreement.similarity["student"].mean  # what a baseline falls for


def test_a_result_holds_what_a_report_draws(found: AuditResult) -> None:
    assert AuditResult.model_validate_json(found.model_dump_json()) == found
    assert len(found.heat_maps) == CONFIG.shadow.layers
    one = found.heat_maps[0]
    assert found.judged is not None
    assert set(one.values) == {"teacher", "student", found.judged.nearest_control}
    assert [len(one.values["student"]), len(one.values["student"][0])] == [CONFIG.shadow.experts, len(one.domains)]
    assert {pair.b for pair in found.pairs} == {"student", *CONTROLS}
    assert all(pair.specialization.low <= pair.specialization.mean <= pair.specialization.high for pair in found.pairs)
    assert found.limits


def test_an_unrelated_model_is_not_accused(tmp_path: Path) -> None:
    """The same audit with an able but unrelated model as the suspect."""
    given = answers(teacher=teacher, student=orderly, able=able, base=babble)
    result = run(config=CONFIG, round=a_round(tmp_path), probes=probes(), responses=given)
    assert result.verdict != "distilled", result.because
    assert result.p_value > 0.05


def test_a_killed_audit_resumes_to_the_same_result_and_a_finished_one_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = CONFIG.model_copy(update={"shadow": CONFIG.shadow.model_copy(update={"common_steps": 2, "steps": 2})})
    given = answers(teacher=teacher, student=student, able=able, base=babble)

    def stop(done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    killed, whole = a_round(tmp_path / "killed"), a_round(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(config=small, round=killed, probes=probes(), responses=given, on_progress=stop)
    assert not killed.store.exists("runs/r/round-001/results/detect.json")
    resumed = run(config=small, round=killed, probes=probes(), responses=given)
    expected = run(config=small, round=whole, probes=probes(), responses=given)
    assert resumed.model_copy(update={"seconds": 0}) == expected.model_copy(update={"seconds": 0})
    monkeypatch.setattr(shadows_module, "shadow_block", None)
    assert run(config=small, round=killed, probes=probes(), responses=given) == resumed
    given["student"] = given["teacher"]
    with pytest.raises(InputError, match="already audited"):
        run(config=small, round=killed, probes=probes(), responses=given)


def test_replicates_hold_every_domain_alike_and_no_probe_twice() -> None:
    dealt = ProbeSet.of(probes(60), replicates=6).replicates
    assert sorted(dealt) == sorted(list(range(6)) * 10)
    for number in range(6):
        kinds = [probe.domain for probe, own in zip(probes(60), dealt, strict=True) if own == number]
        assert {kinds.count(kind) for kind in KINDS} <= {2, 3}


Spoil = Callable[..., tuple[list[Probe], dict[str, list[str]]]]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p, r: (p, {k: v for k, v in r.items() if k != "student"}), "no responses of the student"),
        (lambda p, r: (p, r | {"base": r["base"][:-1]}), "59 responses to 60 probes"),
        (lambda p, r: ([*p[:-1], p[0]], r), "same id"),
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path: Path, spoil: Spoil, message: str) -> None:
    given = answers(teacher=teacher, student=student, able=able, base=babble)
    spoilt_probes, spoilt = spoil(probes(), given)
    with pytest.raises(InputError, match=message):
        run(config=CONFIG, round=a_round(tmp_path), probes=spoilt_probes, responses=spoilt)
    assert not (tmp_path / "work").exists()
    assert not list(a_round(tmp_path).store.list(""))


@pytest.mark.parametrize(
    ("spoil", "acted", "message"),
    [
        (lambda p, r: (p[:20], {k: v[:20] for k, v in r.items()}), 20, "20 probes are too few for a verdict, 48 are"),
        (lambda _, r: ([], {k: [] for k in r}), 0, "0 probes are too few"),
        (lambda p, r: ([Probe(id=x.id, domain="one", prompt=x.prompt) for x in p], r), 60, "one domain only"),
        (lambda p, r: (p, r | {"student": [" "] * 60}), 0, "student answered none of the 60 probes"),
        (lambda p, r: (p, r | {"teacher": [""] * 60}), 60, "teacher answered none of the 60 probes"),
        (lambda p, r: (p, r), 5, "only 5 of the student's 60 answers can be read as actions"),
        (lambda p, r: (p, {k: v for k, v in r.items() if k != "base"}), 60, "1 of the controls said anything"),
        (lambda p, r: (p, r | {"base": [" "] * 60}), 60, "1 of the controls said anything"),
    ],
    ids=["few", "none", "one-domain", "mute-student", "mute-teacher", "unreadable", "one-control", "mute-control"],
)
def test_thin_evidence_is_inconclusive_and_nothing_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Spoil, acted: int, message: str
) -> None:
    monkeypatch.setattr(shadows_module, "shadow_block", None)
    thin_probes, thin = spoil(probes(), answers(teacher=teacher, student=student, able=able, base=babble))
    round = a_round(tmp_path)
    counts = {name: len(thin_probes) for name in thin} | {"student": acted}
    found = run(config=CONFIG, round=round, probes=thin_probes, responses=thin, acted=counts)
    assert found.verdict == "inconclusive"
    assert message in found.because
    assert (found.p_value, found.judged, found.distances) == (1.0, None, {})
    stored = AuditResult.model_validate_json(round.store.get("runs/r/round-001/results/detect.json"))
    assert stored == found == run(config=CONFIG, round=round, probes=thin_probes, responses=thin, acted=counts)


def test_others_are_judged_as_teachers_are_and_corrected_for(tmp_path: Path) -> None:
    from components.agents.config import ScriptedConfig

    config = CONFIG.model_copy(update={"others": {"vendor": ScriptedConfig(), "mute": ScriptedConfig()}})
    controls = {name: agent for name, agent in CONTROLS.items() if agent is not orderly}
    given = answers(teacher=teacher, student=student, vendor=orderly, **controls)
    result = run(config=config, round=a_round(tmp_path), probes=probes(), responses=given | {"mute": [""] * 60})
    vendor, mute = result.others
    assert (vendor.teacher, vendor.suspect, mute.because) == (
        "vendor",
        "student",
        "mute answered none of the 60 probes",
    )
    assert vendor.verdict != "distilled"
    assert "vendor" not in result.distances
    assert result.judged is not None
    assert set(result.judged.controls) == set(controls)
    assert result.p_value == pytest.approx(2 * result.judged.p_value)
    assert result.p_value < 1
    assert AuditResult.model_validate_json(result.model_dump_json()) == result
    with pytest.raises(InputError, match="no responses of the vendor"):
        run(
            config=config,
            round=a_round(tmp_path / "b"),
            probes=probes(),
            responses=answers(teacher=teacher, student=student),
        )


def test_a_name_that_is_taken_is_no_other() -> None:
    from components.agents.config import ScriptedConfig

    with pytest.raises(ValueError, match="'start' is somebody else in every audit"):
        DetectConfig(others={"start": ScriptedConfig()})


def test_a_recipe_whose_probes_can_never_fill_the_replicates_is_refused() -> None:
    with pytest.raises(ValueError, match="20 probes can never fill 8 replicates of 16: ask for 128 at least"):
        DetectConfig(probes=20)
