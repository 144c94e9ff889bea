"""Sites that run already are opened before a round: each address, and the passwords of who logs in."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from components.errors import InputError
from components.loopback import free_ports
from components.place import Place
from components.preflight.documents import recipe_of_form
from components.preflight.questions import Answer, ask, check
from components.preflight.run import recipe_sites
from components.preflight.sites import site_questions
from components.sites.config import Site
from tests.serving import Answering, served


class _Handler(Answering):
    def do_GET(self) -> None:
        self.answer("", status={"/": 302, "/up": 200, "/login": 401}.get(self.path, 503))


@pytest.fixture
def address() -> Iterator[str]:
    with served(ThreadingHTTPServer(("127.0.0.1", 0), _Handler)) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}"


def answers(site: Site) -> dict[str, Answer]:
    return {each.about: ask(each) for each in site_questions({"desk": site})}


@pytest.mark.parametrize(("ready", "state"), [("/up", "right"), ("/login", "right"), ("/broken", "wrong")])
def test_a_site_is_up_that_answers_below_500(address: str, ready: str, state: str) -> None:
    [answer] = answers(Site(at=(address,), ready=ready)).values()
    assert answer.about == f"site desk: {address}"
    assert answer.state == state
    assert (f"answers GET {ready} with 503" in answer.said) == (state == "wrong")


def test_each_address_is_opened_and_one_that_nobody_answers_is_named_with_its_mend(address: str) -> None:
    [port] = free_ports(1)
    away = f"http://127.0.0.1:{port}"
    told = answers(Site(at=(address, away), ready="/up"))
    assert told[f"site desk: {address}"].state == "right"
    wrong = told[f"site desk: {away}"]
    assert (wrong.state, wrong.where) == ("wrong", away)
    assert "correct sites.desk" in wrong.fix


def test_a_password_that_nobody_set_is_asked_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    login = {"path": "/login", "fields": {"name": "{user}"}, "users": {"ann": {"password_env": "DESK_PASSWORD"}}}
    site = Site.model_validate({"at": [address], "ready": "/up", "login": login})
    monkeypatch.delenv("DESK_PASSWORD", raising=False)
    with pytest.raises(InputError, match="password of user ann is not set") as wrong:
        check(site_questions({"desk": site}))
    assert "export DESK_PASSWORD" in wrong.value.fix
    monkeypatch.setenv("DESK_PASSWORD", "nna")
    check(site_questions({"desk": site}))


def test_the_sites_are_those_of_the_recipes_tasks(address: str, tmp_path: Path) -> None:
    task = {"id": "one", "family": "one", "intent": "Do it.", "check": {"answer": "done"}}
    content = {"sites": {"desk": {"at": [address], "ready": "/up"}}, "tasks": [task]}
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump(content))
    tasks = f"tasks: {{benchmark: sites, options: {{folder: {tmp_path}}}, train: [one], heldout: []}}"
    own = recipe_of_form(f"{{name: own, {tasks}}}")
    assert {name: site.at for name, site in recipe_sites(own, Place(name="here")).items()} == {"desk": (address,)}
    pages = recipe_of_form("{name: pages, tasks: {train: [click-button], heldout: [click-link]}}")
    assert recipe_sites(pages, Place(name="here")) == {}
    elsewhere = recipe_of_form(f"{{name: own, {tasks.replace(str(tmp_path), '/nowhere')}}}")
    assert recipe_sites(elsewhere, Place(name="here")) == {}, "which the question about tasks says"
