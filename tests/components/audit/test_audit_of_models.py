"""An audit of models from elsewhere: finds which teacher, if any; refuses what can decide nothing; repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from components.audit.config import AuditSettings
from components.audit.references import Named, parse_named
from components.audit.request import AuditRequest, check_request
from components.audit.result import AuditReport
from components.audit.run import Prepared, conduct, foresee, overall, prepare
from components.endpoints.config import Endpoint
from components.errors import InputError
from components.trajectories.open_store import open_store
from components.verdicts import shadows as shadows_module
from components.verdicts.finding import Finding
from components.verdicts.policy import Policy
from tests.components.audit.vendors import QUICK, SETTINGS, request, said, vendor

torch.set_num_threads(1)


def prepared(wanted: AuditRequest, folder: Path) -> Prepared:
    return prepare(wanted, store=open_store(folder / "store"), work=folder / "work", code="c")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, AuditReport]:
    folder = tmp_path_factory.mktemp("audit")
    ready = prepared(request(folder / "answers", teachers=("north", "centre")), folder)
    return ready, conduct(ready)


def test_the_student_is_found_to_be_of_its_own_teacher_and_of_no_other(made: tuple[Prepared, AuditReport]) -> None:
    _, report = made
    assert report.verdicts["north"] == "distilled", report.because
    assert report.verdicts["centre"] != "distilled"
    assert report.verdict == "distilled"
    assert "north" in report.because
    assert all(one.verdict != "distilled" for finding in report.findings for one in finding.placebos)


def test_asking_about_two_teachers_is_corrected_for(made: tuple[Prepared, AuditReport]) -> None:
    north, centre = made[1].findings
    assert north.judged is not None
    assert north.p_value == pytest.approx(2 * north.judged.p_value)
    assert made[1].p_value == north.p_value <= 0.05
    assert centre.p_value > 0.05


def test_a_finished_audit_is_not_repeated_and_holds_all_that_was_compared(
    made: tuple[Prepared, AuditReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, report = made
    monkeypatch.setattr(shadows_module, "shadow_block", None)
    assert conduct(ready) == report
    assert [subject.name for subject in report.subjects] == ["north", "centre", "student", "south", "east", "west"]
    assert len({subject.digest for subject in report.subjects}) == 6
    assert {pair.b for pair in report.findings[0].pairs} == {"student", "south", "east", "west"}
    assert set(report.findings[1].heat_maps[0].values) >= {"centre", "student"}
    asked = AuditReport.model_validate_json(ready.store.get(ready.key))
    assert asked == report


def test_the_cost_is_known_before_anything_is_asked(tmp_path: Path) -> None:
    wanted = request(tmp_path)
    prices = Endpoint(usd_per_million_prompt=1.0, usd_per_million_completion=4.0)
    endpoints = {"http://127.0.0.1:9/v1": prices}
    wanted = wanted.model_copy(
        update={
            "teachers": (Named(name="far", reference="http://127.0.0.1:9/v1#m"),),
            "settings": SETTINGS.model_copy(update={"endpoints": endpoints, "shadow": QUICK}),
        }
    )
    ready = prepared(wanted, tmp_path)
    with pytest.raises(InputError, match="cannot be reached"):
        foresee(ready)
    from components.audit.answers import missing
    from components.audit.estimate import forecast

    found = forecast(wanted, ready.sources, ready.probes, unanswered=missing(ready.store, ready.sources, ready.probes))
    far = found.bills[0]
    assert (far.name, far.questions, far.completion_tokens) == ("far", 192, 192 * 96)
    assert far.usd == pytest.approx((far.prompt_tokens + 4 * far.completion_tokens) / 1e6)
    assert found.training_seconds > 0
    assert "192 requests" in found.lines()[0]
    assert "at most 0.08 US dollars" in found.lines()[0]
    assert f"with {len(wanted.control_names)} controls a student is found only where" in found.lines()[-1]


Spoil = Callable[[AuditRequest, Path], AuditRequest]


def other(folder: Path, name: str, content: str) -> Named:
    (folder / f"{name}.jsonl").write_text(content)
    return Named(name=name, reference=str(folder / f"{name}.jsonl"))


def without_controls(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"controls": (), "base": wanted.base})


def own_teacher_as_control(wanted: AuditRequest, _: Path) -> AuditRequest:
    again = Named(name="again", reference=wanted.teachers[0].reference)
    return wanted.model_copy(update={"controls": (*wanted.controls, again)})


def copied_teacher_as_control(wanted: AuditRequest, folder: Path) -> AuditRequest:
    return wanted.model_copy(update={"controls": (*wanted.controls, other(folder, "copy", said(vendor("north"))))})


def one_name_twice(wanted: AuditRequest, folder: Path) -> AuditRequest:
    south = other(folder, "more", said(vendor("centre"))).model_copy(update={"name": "south"})
    return wanted.model_copy(update={"controls": (*wanted.controls, south)})


def too_few_probes(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"settings": AuditSettings(probes_per_replicate=40)})


def one_domain(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"domains": ("code",)})


def unknown_domain(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"domains": ("code", "cookin")})


def probe_twice(wanted: AuditRequest, _: Path) -> AuditRequest:
    from components.audit.builtin_probes import builtin_probes

    return wanted.model_copy(update={"probes": (*builtin_probes(), builtin_probes()[3])})


def half_answered(wanted: AuditRequest, folder: Path) -> AuditRequest:
    short = "".join(said(vendor("south")).splitlines(keepends=True)[:100])
    return wanted.model_copy(update={"suspect": other(folder, "short", short)})


def answered_twice(wanted: AuditRequest, folder: Path) -> AuditRequest:
    lines = said(vendor("south"))
    return wanted.model_copy(update={"suspect": other(folder, "twice", lines + lines.splitlines()[7])})


def no_answers(wanted: AuditRequest, folder: Path) -> AuditRequest:
    return wanted.model_copy(update={"suspect": other(folder, "odd", '{"probe_id": "a"}\n')})


def no_model(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"suspect": Named(name="gone", reference="/nowhere/model")})


def no_key(wanted: AuditRequest, _: Path) -> AuditRequest:
    settings = wanted.settings.model_copy(update={"endpoint": Endpoint(api_key_env="SYMBIONT_NO_SUCH_KEY")})
    far = Named(name="far", reference="http://127.0.0.1:9/v1#m")
    return wanted.model_copy(update={"suspect": far, "settings": settings})


def many_teachers(wanted: AuditRequest, folder: Path) -> AuditRequest:
    more = tuple(other(folder, f"t{n}", said(vendor("centre"))) for n in range(4))
    return wanted.model_copy(update={"teachers": (*wanted.teachers, *more)})


def strange_policy(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"policy": Policy(independent_of=("someone",))})


def white_box_of_answers(wanted: AuditRequest, _: Path) -> AuditRequest:
    return wanted.model_copy(update={"white_box": True})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_controls, "1 controls are too few for a verdict, 2 are needed"),
        (own_teacher_as_control, "control 'again' is the teacher 'north' itself: it has the same reference"),
        (copied_teacher_as_control, "control 'copy' is the teacher 'north' itself: what is in it is the same"),
        (one_name_twice, "two models of this audit are called 'south'"),
        (too_few_probes, "192 probes are too few for a verdict, 320 are needed"),
        (one_domain, "specialization needs at least 2"),
        (unknown_domain, "no probe is of the domain 'cookin'(.|\n)*did you mean 'cooking'"),
        (probe_twice, "1 probe ids occur more than once, first 'advice-04'"),
        (half_answered, "92 of 192 probes have no answer here, first 'explanation-05'"),
        (answered_twice, "'advice-08' is answered twice(.|\n)*line 193"),
        (no_answers, "not an answer: Field required(.|\n)*line 1"),
        (no_model, "no model called '/nowhere/model'"),
        (no_key, "SYMBIONT_NO_SUCH_KEY(.|\n)*is not set"),
        (many_teachers, "5 teachers are too many for 6 replicates"),
        (strange_policy, "the policy names 'someone'"),
        (white_box_of_answers, "north is a file of answers; its routing cannot be seen"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_can_decide_nothing_is_refused_before_anything_is_written(
    tmp_path: Path, spoil: Spoil, message: str
) -> None:
    wanted = spoil(request(tmp_path / "answers"), tmp_path)
    with pytest.raises(InputError, match=message) as found:
        foresee(prepared(wanted, tmp_path))
    assert found.value.fix
    assert not (tmp_path / "work").exists()
    assert not (tmp_path / "store").exists()


def test_a_silent_suspect_is_inconclusive_and_nothing_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadows_module, "shadow_block", None)
    wanted = request(tmp_path / "answers")
    mute = other(tmp_path, "mute", said(lambda _domain, _prompt: " "))
    report = conduct(prepared(wanted.model_copy(update={"suspect": mute}), tmp_path))
    assert (report.verdict, report.because) == ("inconclusive", "mute answered none of the 192 probes")
    assert next(subject.silent for subject in report.subjects if subject.role == "suspect") == 192
    assert report.findings[0].judged is None


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["independent", "independent"], "independent"),
        (["independent", "inconclusive"], "inconclusive"),
        (["inconclusive", "distilled"], "distilled"),
    ],
)
def test_of_several_teachers_one_is_enough_to_accuse_and_all_are_needed_to_clear(
    verdicts: list[str], expected: str
) -> None:
    found = [
        Finding.model_construct(teacher=f"t{n}", verdict=verdict, because="so", p_value=0.01)  # type: ignore[call-arg]
        for n, verdict in enumerate(verdicts)
    ]
    assert overall(found)[0] == expected


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("hf:owner/some-model", "some-model", "model"),
        ("models:/student@champion", "student@champion", "model"),
        ("models:/student/3", "student-3", "model"),
        ("https://host:8000/v1#org/big-1.5", "big-1.5", "endpoint"),
        ("mine=https://host/v1#m?a=b", "mine", "endpoint"),
        ("base", "base", "model"),
    ],
)
def test_a_reference_has_a_kind_and_a_name(text: str, name: str, kind: str) -> None:
    found = parse_named(text, where="--teacher")
    assert (found.name, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://host/v1", "does not say which model"),
        ("https://user:secret@host/v1#m", "secrets do not belong on a command line"),
        ("https://host/v1?key=secret#m", "secrets do not belong on a command line"),
        ("///", "gives no name"),
    ],
)
def test_a_reference_that_says_too_little_or_too_much_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as found:
        parse_named(text, where="--teacher")
    assert "secret@" not in str(found.value)
    assert "key=" not in str(found.value)


def test_a_folder_with_an_equals_sign_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a=b").mkdir()
    assert parse_named(str(tmp_path / "a=b"), where="--teacher").name == "a-b"


def test_settings_for_an_endpoint_nobody_is_at_are_noticed(tmp_path: Path) -> None:
    settings = {"endpoints": {"https://typo/v1": {"api_key_env": "K"}}}
    with pytest.raises(ValueError, match="https://typo/v1"):
        AuditRequest.model_validate({**request(tmp_path).model_dump(), "settings": settings})


def test_the_built_in_probes_are_enough_and_always_the_same(tmp_path: Path) -> None:
    from components.audit.builtin_probes import builtin_probes

    probes = check_request(request(tmp_path).model_copy(update={"settings": AuditSettings()}))
    assert len(probes) == 192 == len({probe.prompt for probe in probes})
    assert len(probes.domains) == 8
    assert list(probes) == [row.probe() for row in builtin_probes()]
    assert probes.digest[:12] == "33156741feb8"
