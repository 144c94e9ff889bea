"""Your own web application as a benchmark: every part of a check true and false, sites that misbehave, wrong files."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.agents.base import Agent, Turn
from components.benchmarks.base import Visit
from components.benchmarks.registry import open_benchmark
from components.benchmarks.sites.benchmark import OwnSites
from components.benchmarks.sites.cases import shuffled, wording_of
from components.benchmarks.sites.form import SiteTask
from components.benchmarks.sites.visit import SiteVisit
from components.benchmarks.split import HELDOUT_SEEDS, case_of, make_split
from components.browser.pool import BrowserPool
from components.browser.sent import Request
from components.browser.settings import BrowserSettings, View
from components.errors import InputError
from components.trajectories.schema import Episode, Outcome
from tests.components.episodes.parts import RuleAgent, play_visit

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/own-sites"
During = Callable[[SiteVisit], None]
Play = tuple[str, int, tuple[str, ...]]


def moving(*moves: str, during: During | None = None, visit: SiteVisit | None = None) -> RuleAgent:
    """Makes these moves; `[name]` in them is that element, SITE the site's address. `during` comes before the last."""

    def rule(turn: Turn) -> str:
        number = len(turn.history)
        if during is not None and visit is not None and number == len(moves) - 1:
            during(visit)
        if number >= len(moves):
            return 'stop ""'
        refs = {element.name: ref for ref, element in turn.observation.elements.items()}
        site = "/".join(turn.observation.url.split("/", 3)[:3])
        return re.sub(r"\[([\w ]+)\]", lambda name: f"[{refs[name[1]]}]", moves[number].replace("SITE", site))

    return RuleAgent(rule)


def played(plan: list[Play], *, folder: Path = EXAMPLE, during: During | None = None, **browser: Any) -> list[Episode]:
    """One episode of each task and seed, one after the other, on the folder's sites."""

    async def run() -> list[Episode]:
        settings = BrowserSettings(pages=1, **browser)
        async with OwnSites(folder=folder) as benchmark, BrowserPool(settings=settings) as pool:
            return [await one(benchmark, pool, *each) for each in plan]

    async def one(benchmark: OwnSites, pool: BrowserPool, name: str, seed: int, moves: tuple[str, ...]) -> Episode:
        def agent(visit: Visit) -> Agent:
            assert isinstance(visit, SiteVisit)
            return moving(*moves, during=during, visit=visit)

        return await play_visit(benchmark, pool, name, seed=seed, agent=agent)

    return asyncio.run(run())


def folder_with(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of the example with something else in its file."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    content = yaml.safe_load((EXAMPLE / "sites.yaml").read_text())
    change(content)
    (folder / "sites.yaml").write_text(yaml.safe_dump(content))
    return folder


def task_with(**check: Any) -> Callable[[dict[str, Any]], object]:
    """The file with one task, which begins at the list of tools as ann, and this check."""
    task = {"id": "one", "family": "one", "intent": "Do it.", "user": "ann", "check": check}
    return lambda content: content.update(tasks=[task], heldout=[])


OPEN, LEND = "click [drill]", "click [Lend it to me]"
LENT = {"query": "select holder from tool where name = 'drill'", "equals": "ann"}


def test_every_part_of_a_check_holds_after_the_deed_and_not_without_it(tmp_path: Path) -> None:
    parts: dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]] = {
        "answer": ({"answer": "5"}, (OPEN, 'stop "5."'), (OPEN, 'stop "6"')),
        "page": ({"page": {"path": "/tool/d*"}}, (OPEN,), ("click [saw]",)),
        "query": ({"page": {"path": "/", "query": {"q": "1"}}}, ('goto "SITE/?a=2&q=1"',), ('goto "SITE/?q=2"',)),
        "text": ({"text": "Shelf 5."}, (OPEN,), ("click [saw]",)),
        "request": ({"request": {"path": "/lend", "form": {"tool": "drill"}}}, (OPEN, LEND), ("click [saw]", LEND)),
        "sql": ({"sql": LENT}, (OPEN, LEND), ("click [saw]", LEND)),
        "http": ({"http": {"path": "/tool/drill", "text": "ann has it"}}, (OPEN, LEND), (OPEN,)),
        "user": ({"http": {"path": "/tool/drill", "user": "ann", "text": "ann has"}}, (OPEN, LEND), (OPEN,)),
    }

    def change(content: dict[str, Any]) -> None:
        common = {"family": "one", "intent": "Do it.", "user": "ann", "steps": 4}
        content.update(tasks=[{"id": name, **common, "check": parts[name][0]} for name in parts], heldout=[])

    plan = [(name, 0, moves) for name, (_, *both) in parts.items() for moves in both]
    episodes = played(plan, folder=folder_with(tmp_path, change))
    ended = iter(episodes)
    for name in parts:
        right, wrong = next(ended), next(ended)
        assert right.outcome is Outcome.SOLVED, f"{name}: {right.message}"
        assert wrong.outcome is Outcome.FAILED, f"{name}: {wrong.message}"


def test_the_example_is_solved_by_its_deeds_and_judged_where_the_agent_cannot_write() -> None:
    shelf, opened, lent, typed, forged = played(
        [
            ("which-shelf", 0, (OPEN, 'stop "5"')),
            ("open-tool", 1, (OPEN,)),
            ("lend", 1, (OPEN, LEND)),
            ("open-tool", 1, ('goto "SITE/tool/drill"',)),
            ("lend", 1, (OPEN, 'stop "ann has it."')),
        ]
    )
    assert [shelf.outcome, opened.outcome, lent.outcome] == [Outcome.SOLVED] * 3
    assert [typed.outcome, forged.outcome] == [Outcome.FAILED] * 2
    assert typed.message == "the page was opened by its address"


def break_down(visit: SiteVisit) -> None:
    """The site's database is gone: whatever it is asked, the connection ends without an answer."""
    (replica,) = visit.replicas.values()
    replica.stop()


def sign_out(visit: SiteVisit) -> None:
    (replica,) = visit.replicas.values()
    assert replica.data is not None
    with closing(sqlite3.connect(replica.data / "desk.sqlite3")) as desk, desk:
        desk.execute("delete from session")


MOODY = """
import itertools, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked = itertools.count(1)

class Moody(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(600)
        status = {"/broken": 500, "/broken.js": 503, "/busy": 429, "/missing": 404}.get(self.path, 200)
        if self.path == "/tired":
            status = 200 if next(asked) < 3 else 503
        names = ("broken", "busy", "bare", "slow", "missing", "fine")
        links = "".join(f'<a href="/{name}">{name}</a> ' for name in names)
        links += "<script src=/broken.js></script>" * (self.path == "/bare")
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<h1>{status} of {self.path}</h1>{links}".encode())
    def log_message(self, *_): pass

ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Moody).serve_forever()
"""


def test_a_site_that_fails_or_is_too_slow_is_not_the_agents_failure(tmp_path: Path) -> None:
    (tmp_path / "moody.py").write_text(MOODY)
    site = {"start": ["{python}", "moody.py", "{host}", "{port}"]}
    task = {"id": "fine", "family": "f", "intent": "Go.", "check": {"page": {"path": "/fine"}}}
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump({"sites": {"moody": site}, "tasks": [task]}))
    ending = 'stop ""'
    broken, busy, bare, missing, all_the_same = played(
        [
            ("fine", 0, ("click [broken]", ending)),
            ("fine", 0, ("click [busy]", ending)),
            ("fine", 0, ("click [bare]", ending)),
            ("fine", 0, ("click [missing]", ending)),
            ("fine", 0, ("click [broken]", "click [fine]")),
        ],
        folder=tmp_path,
    )
    assert (broken.outcome, missing.outcome) == (Outcome.ENV_ERROR, Outcome.FAILED)
    assert "with 500" in broken.message
    assert (busy.outcome, bare.outcome) == (Outcome.ENV_ERROR, Outcome.ENV_ERROR)
    assert "with 429" in busy.message
    assert "/broken.js with 503" in bare.message
    assert all_the_same.outcome is Outcome.SOLVED
    (slow,) = played([("fine", 0, ("click [slow]", ending))], folder=tmp_path, navigation_seconds=5, hang_seconds=5)
    assert slow.outcome is Outcome.ENV_ERROR


@pytest.mark.parametrize("status", [503, 429])
def test_a_site_that_fails_when_it_is_asked_about_the_deed_is_not_the_agents_failure(
    tmp_path: Path, status: int
) -> None:
    (tmp_path / "moody.py").write_text(MOODY.replace("else 503", f"else {status}"))
    site = {"start": ["{python}", "moody.py", "{host}", "{port}"]}
    task = {"id": "fine", "family": "f", "intent": "Go.", "check": {"http": {"path": "/tired", "text": "done"}}}
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump({"sites": {"moody": site}, "tasks": [task]}))
    (tired,) = played([("fine", 0, ('stop ""',))], folder=tmp_path)
    assert tired.outcome is Outcome.ENV_ERROR, "it answered at the start, twice, and no longer at the end"
    assert f"site moody answered GET /tired with {status}" in tired.message


def test_a_new_task_whose_page_cannot_be_read_is_refused_and_keeps_no_other_from_being_looked_at(
    tmp_path: Path,
) -> None:
    odd = MOODY.replace("<h1>", "<script>NodeFilter = undefined</script><h1>")
    (tmp_path / "moody.py").write_text(odd)
    site = {"start": ["{python}", "moody.py", "{host}", "{port}"]}
    task = {"id": "fine", "family": "f", "intent": "Go.", "check": {"page": {"path": "/fine"}}}
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump({"sites": {"moody": site}, "tasks": [task]}))
    read, opened = (
        SiteTask.model_validate({**task, "id": name, "site": "moody", "check": check})
        for name, check in (("read", {"text": "x"}), ("opened", {"page": {"path": "/missing"}}))
    )

    async def run() -> dict[str, str]:
        settings = BrowserSettings(pages=1)
        async with OwnSites(folder=tmp_path) as benchmark, BrowserPool(settings=settings) as pool:
            return await benchmark.solved_at_start([read, opened], pool=pool, store=None)

    refused = asyncio.run(run())
    assert list(refused) == ["read"]
    assert refused["read"].startswith("its start cannot be looked at: TypeError")


DONE = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

done = []

class Done(BaseHTTPRequestHandler):
    def do_GET(self):
        done.extend([1] * (self.path == "/do"))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        word = "done" if done else "open"
        self.wfile.write(f"<form name=body></form><h1>It is {word}.</h1><a href=/do>do</a>".encode())
    def log_message(self, *_): pass

ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Done).serve_forever()
"""


def test_a_deed_that_a_reading_did_is_undone_once_it_is_noticed_and_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "done.py").write_text(DONE)
    site = {"start": ["{python}", "done.py", "{host}", "{port}"], "reset": {"restart": True}}
    task = {"id": "do", "family": "f", "intent": "Do it.", "check": {"text": "It is done."}}
    (tmp_path / "sites.yaml").write_text(yaml.safe_dump({"sites": {"done": site}, "tasks": [task]}))
    first, left_so, again = played([("do", 0, ("click [do]",))] * 3, folder=tmp_path)
    assert [first.outcome, left_so.outcome, again.outcome] == [Outcome.SOLVED, Outcome.ENV_ERROR, Outcome.SOLVED]
    assert "solved before it begins" in left_so.message


def test_one_case_that_is_solved_before_it_begins_ends_no_others_though_it_comes_first(tmp_path: Path) -> None:
    cases = ({"tool": "drill"}, {"tool": "saw"})
    drill, saw = sorted(range(2), key=lambda seed: case_of(shuffled(cases), seed)["tool"])

    def change(content: dict[str, Any]) -> None:
        task = {"id": "one", "family": "one", "intent": "Find {tool}.", "user": "ann", "start": "/tool/{tool}"}
        content.update(tasks=[{**task, "cases": cases, "check": {"text": "Shelf 5."}}], heldout=[])

    plan: list[Play] = [("one", seed, ('stop ""',)) for seed in (drill, saw)]
    wrong, right = played(plan, folder=folder_with(tmp_path, change))
    assert (wrong.outcome, right.outcome) == (Outcome.ENV_ERROR, Outcome.FAILED)
    assert "solved before it begins" in wrong.message


def test_a_site_that_dies_and_a_log_in_that_runs_out_are_not_the_agents_failure(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, task_with(sql=LENT))
    (died,) = played([("one", 0, (OPEN, LEND))], folder=folder, during=break_down)
    assert died.outcome is Outcome.ENV_ERROR
    (ran_out,) = played([("one", 0, (OPEN, 'stop ""'))], folder=folder, during=sign_out)
    assert ran_out.outcome is Outcome.ENV_ERROR
    assert "the log-in of ann on desk ran out" in ran_out.message
    (left,) = played([("one", 0, ('goto "SITE/logout"', 'stop ""'))], folder=folder)
    assert left.outcome is Outcome.FAILED, "who logs out has only himself to blame"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({"sql": {"query": "select 1"}}, "solved before it begins"),
        ({"http": {"path": "/", "text": "Hello stranger"}}, "solved before it begins"),
        ({"page": {"path": "/"}, "sql": {"query": "select 1"}}, "solved before it begins"),
        ({"answer": "1", "sql": {"query": "select 1 from nowhere"}}, "no such table"),
    ],
)
def test_a_task_that_proves_nothing_is_found_before_anything_is_played(
    check: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        played([], folder=folder_with(tmp_path, task_with(**check)))
    assert caught.value.what.startswith("task one")
    assert caught.value.where == str(tmp_path / "sites.yaml")
    assert caught.value.fix


def in_a_circle(tasks: list[dict[str, Any]]) -> None:
    for number, task in enumerate(tasks):
        task["after"] = [tasks[number - 1]["id"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["sites"]["desk"].update(strat=1), r"sites\.desk\.strat"),
        (lambda c: c["sites"]["desk"].update(at=["http://x"]), "either start, a command, or at"),
        (lambda c: c["sites"]["desk"].update(reset={"copy": True, "post": "/reset"}), "name one way"),
        (lambda c: c["sites"]["desk"]["login"].update(header={"X": "y"}), "fields of a form or a header"),
        (lambda c: c["sites"]["desk"]["login"]["users"].update(bob={}), "password_env"),
        (lambda c: c["tasks"][0].update(site="shop"), r"tasks\.0 \(which-shelf\): site: there is no site shop"),
        (lambda c: c["tasks"][1].update(cases=[{"toll": "saw"}]), r"tasks\.1 \(open-tool\): cases\.0: it lacks tool"),
        (lambda c: c["tasks"][2].update(user="bob"), "no log-in of bob"),
        (lambda c: c["tasks"][2].update(check={}), "checks nothing"),
        (lambda c: c["tasks"][2].update(id="open-tool"), "open-tool stands twice"),
        (lambda c: c["tasks"][1].update(intent="Open {tool"), r"tasks\.1 \(open-tool\)"),
        (lambda c: c["tasks"][1].update(after=["opne"]), "task open-tool: after: there is no task opne"),
        (lambda c: in_a_circle(c["tasks"]), "in a circle: .*lend after open-tool"),
        (lambda c: c["sites"]["desk"].update(database=""), "names no database"),
        (lambda c: c.update(heldout=["lendings"]), "there is no family lendings"),
        (lambda c: c.update(view={"widht": 1}), r"view\.widht"),
    ],
)
def test_a_mistake_in_the_file_is_named(change: Callable[[dict[str, Any]], None], words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words) as caught:
        OwnSites(folder=folder_with(tmp_path, change))
    assert "sites.yaml" in caught.value.where
    assert "docs/own-sites.md" in caught.value.fix


def test_a_password_of_a_site_that_others_use_stands_in_no_file(tmp_path: Path) -> None:
    def elsewhere(content: dict[str, Any]) -> None:
        desk = content["sites"]["desk"]
        for key in ("prepare", "start", "database", "reset"):
            del desk[key]
        desk["at"] = ["http://desk.example"]

    with pytest.raises(InputError, match="use password_env"):
        OwnSites(folder=folder_with(tmp_path, elsewhere))


def test_held_out_seeds_have_cases_that_no_training_seed_has() -> None:
    cases = [{"n": str(number)} for number in range(9)]
    train = {case_of(cases, seed)["n"] for seed in range(50)}
    judged = {case_of(cases, HELDOUT_SEEDS + seed)["n"] for seed in range(50)}
    assert len(train) == 6
    assert train | judged == {case["n"] for case in cases}
    assert not train & judged
    assert case_of(cases[:1], 3) == case_of(cases[:1], HELDOUT_SEEDS + 3)


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_few_seeds_meet_every_wording_and_many_each_in_every_case(count: int) -> None:
    cases, wordings = [{"n": str(number)} for number in range(count)], ("Take {n}.", "Bring {n}.", "Fetch {n}.")
    met = [(case_of(cases, seed)["n"], wording_of(wordings, seed, cases=count)) for seed in range(200)]
    assert {wording for _, wording in met[:3]} == set(wordings)
    assert len(set(met)) == 3 * len({case for case, _ in met})


def test_the_file_says_the_split_and_how_pages_are_looked_at() -> None:
    benchmark = open_benchmark("sites", folder=EXAMPLE)
    split = make_split(benchmark)
    assert (split.train_tasks, split.heldout_tasks) == (("which-shelf", "open-tool"), ("lend",))
    seen = benchmark.view.over(BrowserSettings(pages=3, budget_tokens=77))
    assert (seen.budget_tokens, seen.locale, seen.pages) == (1000, "en-GB", 3)
    assert View().over(BrowserSettings(budget_tokens=77)).budget_tokens == 77


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", "tool=drill&note="),
        ("application/json; charset=utf-8", '{"tool": "drill", "note": ""}'),
        (
            "multipart/form-data; boundary=X",
            '--X\r\nContent-Disposition: form-data; name="tool"\r\n\r\ndrill\r\n'
            '--X\r\nContent-Disposition: form-data; name="note"\r\n\r\n\r\n--X--\r\n',
        ),
    ],
)
def test_the_fields_of_a_request_are_read_in_whatever_form_they_were_sent(content_type: str, body: str) -> None:
    request = Request(method="POST", url="http://site/", body=body, content_type=content_type)
    assert request.form() == {"tool": "drill", "note": ""}
    for torn in ("{", "[" * 60_000, "[1]", "null"):
        assert Request(method="POST", url="http://site/", body=torn, content_type="application/json").form() == {}
