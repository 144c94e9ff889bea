"""Examining: who said nothing, what an instrument is asked, and what becomes of its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from components.signatures.measurement import Measurement
from components.signatures.profile import SLICES, LayerProfile, Profile
from components.signatures.recording import LayerRecording, Recording, Subject
from components.signatures.signature import LayerSignature, Signature
from components.verdicts.config import TestConfig
from components.verdicts.evidence import Cast, Evidence, OnProgress
from components.verdicts.findings import examine, heat_maps
from components.verdicts.probes import Probe, ProbeSet

REPLICATES, EXPERTS = 6, 5
PROBES = ProbeSet.of(
    [Probe(id=str(n), domain="abc"[n % 3], prompt=f"question {n}") for n in range(72)], replicates=REPLICATES
)
SUBJECT = Subject(name="", model_digest="", tokenizer_digest="", probe_digest="")
TEST = TestConfig(replicates=REPLICATES)
CONTROLS = ("one", "two", "three", "four")


class Drawn:
    """An instrument whose routing is drawn: alike for those whose answers are alike, letter by letter."""

    def __init__(self, *, noise: float = 0.05) -> None:
        self.noise = noise
        self.asked: list[tuple[Cast, set[str]]] = []

    def measure(
        self,
        cast: Cast,
        *,
        probes: ProbeSet,
        responses: Mapping[str, Sequence[str]],
        on_progress: OnProgress | None = None,
    ) -> Evidence:
        self.asked.append((cast, set(responses)))
        profiles = {
            name: self._profile(texts[0][0], own=number) for number, (name, texts) in enumerate(responses.items())
        }
        recordings = {name: self._recording(texts[0][0]) for name, texts in responses.items()}
        evidence = Evidence(cast, probes=probes)
        evidence.add_recordings(
            Measurement(first=recordings, second={name: recordings[name].elsewhere() for name in cast.teachers})
        )
        second = {name: self._profile(responses[name][0][0], own=99) for name in cast.teachers}
        evidence.add_profiles(Measurement(first=profiles, second=second), teachers=cast.teachers)
        if on_progress is not None:
            on_progress(1, 1)
        return evidence

    def _profile(self, manner: str, *, own: int) -> Profile:
        shape = (len(PROBES), SLICES, EXPERTS)
        mass = np.random.default_rng(ord(manner)).dirichlet(np.full(EXPERTS, 0.3), size=shape[:2])
        mass = mass + self.noise * np.random.default_rng([ord(manner), own]).normal(size=shape)
        return Profile(subject=SUBJECT, layers=(LayerProfile(depth=0.0, mass=mass.astype(np.float32)),))

    def _recording(self, manner: str) -> Recording:
        mass = np.random.default_rng(ord(manner)).gamma(0.5, size=(REPLICATES, 3, EXPERTS))
        together = np.ones((REPLICATES, EXPERTS, EXPERTS)) - np.eye(EXPERTS)
        layer = LayerRecording(
            name="l", depth=0.0, top_k=2, counts=mass, mass=mass, entropy=mass.sum(2), together=together
        )
        return Recording(
            subject=SUBJECT, domains=PROBES.domains, tokens=mass.sum(2), items=mass.sum(2), layers=(layer,)
        )


def said(**manners: str) -> dict[str, list[str]]:
    return {name: [manner] * len(PROBES) for name, manner in manners.items()}


CONTROLS_SAID = said(one="a", two="b", three="c", four="d")


def cast(*teachers: str, controls: Sequence[str] = CONTROLS) -> Cast:
    return Cast(teachers=teachers, suspect="suspect", controls=tuple(controls))


def test_the_suspect_is_found_to_be_of_the_teacher_whose_manner_it_has_and_of_no_other() -> None:
    responses = CONTROLS_SAID | said(mine="m", other="o", suspect="m")
    found = examine(cast("other", "mine"), instrument=Drawn(), probes=PROBES, responses=responses, test=TEST)
    assert list(found) == ["other", "mine"]
    assert found["mine"].verdict == "distilled", found["mine"].because
    assert found["other"].verdict != "distilled", found["other"].because
    mine = found["mine"]
    assert mine.judged is not None
    assert mine.p_value == pytest.approx(2 * mine.judged.p_value)  # two were asked about
    assert [one.suspect for one in mine.placebos] == list(CONTROLS)
    assert set(mine.distances) == {"suspect", *CONTROLS}
    assert mine.distances["suspect"] == 0.0  # the same routing by domains
    assert set(mine.heat_maps[0].values) == {"mine", "suspect", mine.judged.nearest_control}
    assert {name for each in mine.baselines for name in each.similarity} == {"suspect", *CONTROLS}


def test_who_said_nothing_is_left_out_and_only_a_silent_teachers_own_finding_is_open() -> None:
    responses = CONTROLS_SAID | said(mine="m", mute=" ", suspect="m", five="")
    instrument = Drawn()
    asked = cast("mute", "mine", controls=(*CONTROLS, "five"))
    found = examine(asked, instrument=instrument, probes=PROBES, responses=responses, test=TEST)
    assert found["mute"].verdict == "inconclusive"
    assert found["mute"].because == "mute answered none of the 72 probes"
    assert found["mine"].verdict == "distilled"
    assert found["mine"].judged is not None
    assert found["mine"].p_value == found["mine"].judged.p_value  # one was asked about, in the end
    assert instrument.asked == [(cast("mine"), {"mine", "suspect", *CONTROLS})]


@pytest.mark.parametrize(
    ("silent", "because"),
    [
        (("suspect",), "suspect answered none of the 72 probes"),
        (("mine", "other"), "mine and other answered none of the 72 probes"),
        (("one", "two", "three"), "1 of the controls said anything, 2 are needed"),
    ],
)
def test_too_much_silence_measures_nothing(silent: tuple[str, ...], because: str) -> None:
    responses = CONTROLS_SAID | said(mine="m", other="o", suspect="m") | said(**dict.fromkeys(silent, " "))
    instrument = Drawn()
    found = examine(cast("mine", "other"), instrument=instrument, probes=PROBES, responses=responses, test=TEST)
    assert [each.verdict for each in found.values()] == ["inconclusive"] * 2
    assert all(each.because.startswith(because) and each.judged is None for each in found.values())
    assert instrument.asked == []


def test_two_controls_are_enough() -> None:
    responses = said(one="a", two="b", mine="m", suspect="m", three="", four=" ")
    found = examine(cast("mine"), instrument=Drawn(), probes=PROBES, responses=responses, test=TEST)
    assert found["mine"].judged is not None
    assert found["mine"].judged.controls == ("one", "two")


def test_what_the_caller_knows_to_be_thin_is_not_measured() -> None:
    instrument = Drawn()
    responses = CONTROLS_SAID | said(mine="m", suspect="m")
    found = examine(
        cast("mine"), instrument=instrument, probes=PROBES, responses=responses, test=TEST, thin="it is too dark"
    )
    assert (found["mine"].because, found["mine"].p_value, instrument.asked) == ("it is too dark", 1.0, [])


def test_a_control_of_the_teachers_own_kind_takes_an_accusation_back() -> None:
    responses = CONTROLS_SAID | said(mine="m", suspect="m", two="m", five="e", six="f")
    asked = cast("mine", controls=(*CONTROLS, "five", "six"))
    found = examine(asked, instrument=Drawn(), probes=PROBES, responses=responses, test=TEST)["mine"]
    assert found.verdict == "inconclusive", found.because


def layer(name: str, depth: float, rows: list[list[float]]) -> LayerSignature:
    values = np.array(rows)
    square = np.zeros((len(rows), len(rows)))
    return LayerSignature(
        name=name, depth=depth, specialization=values, raw_specialization=values, collaboration=square
    )


def test_a_heat_map_shows_the_layer_nearest_in_depth_with_experts_in_the_teachers_order() -> None:
    low, high = [[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.3, 0.7]]
    teacher = Signature(domains=("x", "y"), layers=(layer("first", 0.0, low), layer("last", 1.0, high)))
    other = Signature(
        domains=("x", "y"),
        layers=(layer("0", 0.0, low[::-1]), layer("1", 0.4, [[0.5, 0.5]] * 2), layer("2", 1.0, high[::-1])),
    )
    made = heat_maps({"t": teacher, "o": other}, sources=("t", "o"))
    assert [each.layer for each in made] == ["first", "last"]
    assert [each.values["o"] for each in made] == [low, high]
    assert [each.values["t"] for each in made] == [low, high]


def test_probes_are_dealt_out_domain_by_domain_and_a_domain_goes_on_where_the_last_one_stopped() -> None:
    mixed = [Probe(id=str(n), domain=domain, prompt="") for n, domain in enumerate("bbaab")]
    dealt = ProbeSet.of(mixed, replicates=3)
    assert dealt.domains == ("a", "b")
    assert dealt.domain_of == (1, 1, 0, 0, 1)
    assert dealt.replicates == (2, 0, 0, 1, 1)
    assert (len(dealt), dealt[2], list(dealt[1:3])) == (5, mixed[2], mixed[1:3])
    assert dealt.digest == ProbeSet.of(mixed, replicates=2).digest != ProbeSet.of(mixed[::-1], replicates=3).digest
