"""Answers are stored as they arrive: whatever stops an audit, the same request asks only what is missing."""

from __future__ import annotations

from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.audit.answers import AnswerBook, collect_answers, missing
from components.audit.builtin_probes import builtin_probes
from components.audit.references import Named
from components.audit.request import AuditRequest
from components.audit.run import Prepared, conduct, foresee, prepare
from components.endpoints.config import Endpoint
from components.errors import InfraError, InputError
from components.trajectories.open_store import open_store
from components.verdicts import shadows as shadows_module
from tests.components.agents.protocol_server import Answer, serve
from tests.components.audit.vendors import QUICK, SETTINGS, Vendor, request, vendor

FAST = Endpoint(retries=1, backoff=0.01, timeout=5, concurrency=4)
DOMAINS = {row.prompt: row.domain for row in builtin_probes()}


def answering(by: Vendor) -> Callable[[str, int], str]:
    return lambda text, _seed: by(DOMAINS.get(text, "code"), text)


def audit_of(reference: str, folder: Path, *, endpoint: Endpoint = FAST, role: str = "suspect") -> Prepared:
    settings = SETTINGS.model_copy(update={"endpoint": endpoint, "shadow": QUICK})
    wanted: AuditRequest = request(folder / "answers", settings=settings)
    far = Named(name="far", reference=reference)
    changed = {"suspect": far} if role == "suspect" else {"controls": (*wanted.controls, far)}
    wanted = wanted.model_copy(update=changed)
    return prepare(wanted, store=open_store(folder / "store"), work=folder / "work", code="c")


def test_an_endpoint_that_stops_half_way_loses_nothing_and_is_asked_the_rest(
    openai_server: Any, tmp_path: Path
) -> None:
    by = answering(vendor("north", noise=0.15))
    openai_server.answer = by
    ready = audit_of(f"{openai_server.base_url}#m", tmp_path)
    foresee(ready)
    asked = len(openai_server.requests)

    def dies(text: str, seed: int) -> str:
        if len(openai_server.requests) > asked + 70:
            raise ConnectionError("the machine is gone")  # the connection breaks off without an answer
        return by(text, seed)

    openai_server.answer = dies
    _quiet(openai_server)
    with pytest.raises(InfraError, match=r"far stopped answering(.|\n)*of 192 answers are\s+stored") as stopped:
        conduct(ready)
    left = missing(ready.store, ready.sources, ready.probes)["far"]
    assert 192 - 70 <= len(left) < 192 - 60  # those under way were waited for
    assert f"{192 - len(left)} of 192" in str(stopped.value)
    openai_server.answer = by
    openai_server.requests.clear()
    conduct(ready)
    again = [each["messages"][-1]["content"] for each in openai_server.requests]
    assert sorted(again) == sorted(probe.prompt for probe in left)


def _quiet(server: ThreadingHTTPServer) -> None:
    server.handle_error = lambda *_: None  # type: ignore[method-assign]


def test_answers_are_those_of_the_probes_in_their_order(openai_server: Any, tmp_path: Path) -> None:
    by = vendor("centre")
    openai_server.answer = answering(by)
    ready = audit_of(f"{openai_server.base_url}#m", tmp_path)
    answers = collect_answers(ready.store, ready.sources, ready.probes)["far"]
    assert [answer.text for answer in answers] == [by(probe.domain, probe.prompt) for probe in ready.probes]
    assert [answer.probe_id for answer in answers] == [probe.id for probe in ready.probes]
    assert {(answer.prompt_tokens, answer.completion_tokens) for answer in answers} == {(10, 5)}
    assert {each["max_tokens"] for each in openai_server.requests} == {96}


def test_a_refusal_is_the_users_to_mend_and_is_not_tried_again(tmp_path: Path) -> None:
    with serve(Answer(text="no such key", status=401)) as server:
        ready = audit_of(f"{server.url}#m", tmp_path)
        with pytest.raises(InputError, match="no such key"):
            foresee(ready)
        with pytest.raises(InputError, match="no such key"):
            conduct(ready)
        assert len(server.requests) <= 1 + FAST.concurrency


def test_a_few_probes_that_a_filter_refuses_are_answered_by_silence(tmp_path: Path) -> None:
    refusals = [Answer(text="content_filter", status=400)] * 19
    with serve(*refusals, Answer(text="yes")) as server:
        ready = audit_of(f"{server.url}#m", tmp_path)
        answers = collect_answers(ready.store, ready.sources, ready.probes)["far"]
        assert sorted(answer.text for answer in answers) == [""] * 19 + ["yes"] * (192 - 19)
        assert collect_answers(ready.store, ready.sources, ready.probes)["far"] == answers
        assert len(server.requests) == 192


def test_an_endpoint_that_refuses_more_cannot_be_compared(tmp_path: Path) -> None:
    with serve(Answer(text="content_filter", status=400)) as server:
        ready = audit_of(f"{server.url}#m", tmp_path)
        with pytest.raises(InputError, match=r"far refuses \d+ probes and more") as raised:
            collect_answers(ready.store, ready.sources, ready.probes)
        assert "filter" in raised.value.fix
        assert len(server.requests) < 40
    assert len(missing(ready.store, ready.sources, ready.probes)["far"]) == 192


def test_the_key_comes_from_the_environment_and_is_stored_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "sk-secret-value")
    with serve(Answer(text="yes")) as server:
        ready = audit_of(f"{server.url}#m", tmp_path, endpoint=FAST.model_copy(update={"api_key_env": "SOME_KEY"}))
        collect_answers(ready.store, ready.sources, ready.probes)
        assert set(server.keys) == {"Bearer sk-secret-value"}
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"yes" in everything
    assert b"sk-secret-value" not in everything


def test_another_model_or_another_length_of_answers_is_asked_anew(openai_server: Any, tmp_path: Path) -> None:
    openai_server.answer = answering(vendor("north"))
    ready = audit_of(f"{openai_server.base_url}#m", tmp_path)
    collect_answers(ready.store, ready.sources, ready.probes)
    other = audit_of(f"{openai_server.base_url}#n", tmp_path)
    assert len(missing(other.store, other.sources, other.probes)["far"]) == 192
    same = audit_of(f"{openai_server.base_url}#m", tmp_path, endpoint=FAST.model_copy(update={"retries": 3}))
    assert missing(same.store, same.sources, same.probes)["far"] == []


@pytest.mark.parametrize(("vendor_of", "whose"), [("north", "teacher 'north'"), ("student", "suspect 'student'")])
def test_a_control_at_another_address_that_echoes_teacher_or_suspect_is_refused_before_training(
    openai_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vendor_of: str, whose: str
) -> None:
    """As its own control any suspect would be cleared."""
    monkeypatch.setattr(shadows_module, "shadow_block", None)
    by = vendor("north", noise=0.15) if vendor_of == "student" else vendor("north")
    openai_server.answer = answering(by)
    ready = audit_of(f"{openai_server.base_url}#m", tmp_path, role="control")
    with pytest.raises(InputError, match=f"control 'far' is the {whose} itself: it answers all 192 probes"):
        conduct(ready)


def test_a_local_model_answers_once(tiny_model: Path, tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"answer_tokens": 4})
    wanted = request(tmp_path / "answers", settings=settings)
    wanted = wanted.model_copy(update={"suspect": Named(name="tiny", reference=str(tiny_model)), "domains": ()})
    ready = prepare(wanted, store=open_store(tmp_path / "store"), work=tmp_path / "work", code="c")
    some = ready.probes[:40]
    counted = []
    tiny = [source for source in ready.sources if source.name == "tiny"]
    first = collect_answers(ready.store, tiny, some, on_answer=lambda source: counted.append(source.name))
    again = collect_answers(ready.store, tiny, ready.probes[:41], on_answer=lambda source: counted.append(source.name))
    assert counted == ["tiny"] * 41
    assert again["tiny"][:40] == first["tiny"]
    assert all(answer.completion_tokens <= 4 for answer in first["tiny"])
    assert len(AnswerBook(ready.store, tiny[0]).known(ready.probes)) == 41
