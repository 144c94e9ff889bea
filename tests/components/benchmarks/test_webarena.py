"""WebArena-Verified: the package's verdicts and no others, from what a browser records, on sites with log-ins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.benchmarks.base import Visit
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.benchmarks.webarena.answers import read_answer
from components.benchmarks.webarena.benchmark import WebArenaVerified
from components.benchmarks.webarena.evaluator import judge
from components.benchmarks.webarena.logins import LOGINS
from components.benchmarks.webarena.tasks import DOUBTFUL, read_tasks
from components.browser.pool import BrowserPool
from components.browser.settings import BrowserSettings
from components.errors import InputError
from components.sites.announced import VARIABLE, announce_sites
from components.sites.config import Site
from components.sites.login import sign_in
from components.trajectories.episodes import get_blob
from components.trajectories.schema import Episode, Outcome
from components.trajectories.store_folder import FolderStore
from tests.components.benchmarks.test_own_sites import moving
from tests.components.benchmarks.webarena_site import PASSWORD, SESSION, serving
from tests.components.benchmarks.webarena_traces import ADDRESSES, entry, expected, har
from tests.components.episodes.parts import play_visit

pytestmark = [
    pytest.mark.xdist_group("webarena"),  # the package takes two seconds to import: in one worker
    pytest.mark.filterwarnings("ignore:Transitional processing is deprecated"),
]

UNTRIED = {"547", "548", "549", "550"}
"""Tasks of which no record of right behaviour was made: a list inside a field of Magento's form."""


@pytest.fixture(scope="module")
def package() -> Any:
    """The package itself, asked without us."""
    from webarena_verified import WebArenaVerified as Package
    from webarena_verified.types.config import WebArenaVerifiedConfig

    environments = {f"__{site.upper()}__": {"urls": [address]} for site, address in ADDRESSES.items()}
    return Package(config=WebArenaVerifiedConfig.model_validate({"environments": environments}))


def reference(task: Any) -> dict[str, Any]:
    found = task.expected_agent_response.model_dump(mode="json")
    return {name: found[name] for name in ("task_type", "status", "retrieved_data")}


def verdict(task: Any, network: Path, *, answer: str | None = None) -> Outcome:
    given = json.dumps(reference(task)) if answer is None else answer
    return judge(str(task.task_id), answer=given, network=network, addresses=ADDRESSES).outcome


def test_reference_answers_of_all_that_is_retrieved_score_what_the_package_gives(package: Any, tmp_path: Path) -> None:
    network = har(tmp_path / "n.har", entry(f"{ADDRESSES['shopping']}/"))
    tasks = [task for task in package.get_tasks() if task.is_retrieve_task or not task.network_event_evaluator_cfgs]
    alone = {
        task.task_id: package.evaluate_task(
            task_id=task.task_id, agent_response=reference(task), network_trace=network
        ).score
        for task in tasks
    }
    ours = {task.task_id: float(verdict(task, network) is Outcome.SOLVED) for task in tasks}
    assert sum(task.is_retrieve_task for task in tasks) == 325
    assert ours == alone
    assert {name for name, score in ours.items() if not score} == {97, 265, 266, 267, 268, 319}


def test_records_of_right_behaviour_score_one_but_for_what_is_listed(package: Any, tmp_path: Path) -> None:
    tasks = [task for task in package.get_tasks() if task.network_event_evaluator_cfgs]
    begun = {site: entry(f"{address}/") for site, address in ADDRESSES.items()}
    unsolved = {
        str(task.task_id)
        for task in tasks
        if verdict(task, har(tmp_path / "n.har", begun[task.sites[0].value], *expected(task))) is not Outcome.SOLVED
    }
    assert len(tasks) == 488
    assert unsolved == UNTRIED | (DOUBTFUL.keys() - {"319"})


KINDS = {
    "the last page": (44, "url"),
    "the address of a search": (156, "query"),
    "the status": (556, "status"),
    "a form": (556, "post project[name]"),
    "JSON": (418, "post availability"),
    "one of several requests": (506, "post product"),
    "a field inside JSON": (506, "post $.billingAddress"),
    "an answer's content": (506, "content items_qty"),
    "a cookie of the answer": (511, "cookie mage-messages"),
    "where it came from": (105, "header referer"),
    "a cookie that was sent": (268, "header Cookie"),
    "a request that failed": (689, "post comment"),
}


@pytest.mark.parametrize(("number", "field"), KINDS.values(), ids=list(KINDS))
def test_a_record_with_one_thing_else_scores_nothing(number: int, field: str, package: Any, tmp_path: Path) -> None:
    task = package.get_task(number)
    changed: list[str] = []

    def change(name: str, value: Any) -> Any:
        if not name.startswith(field):
            return value
        changed.append(name)
        return value + 100 if isinstance(value, int) else f"{value}-else" if name == "url" else "else"

    begun = entry(f"{ADDRESSES[task.sites[0].value]}/")
    assert verdict(task, har(tmp_path / "right.har", begun, *expected(task))) is Outcome.SOLVED
    assert verdict(task, har(tmp_path / "wrong.har", begun, *expected(task, change=change))) is Outcome.FAILED
    assert verdict(task, har(tmp_path / "nothing.har", begun)) is Outcome.FAILED
    assert changed, f"task {number} expects no {field}"


def test_what_must_not_be_sent_fails_where_it_is_sent(package: Any, tmp_path: Path) -> None:
    task = next(t for t in package.get_tasks() if any(c.should_not_exist for c in t.network_event_evaluator_cfgs))
    (forbidden,) = (each.expected for each in task.network_event_evaluator_cfgs if each.should_not_exist)
    begun, right = entry(f"{ADDRESSES[task.sites[0].value]}/"), expected(task)
    url = forbidden.url.replace(f"__{task.sites[0].value.upper()}__", ADDRESSES[task.sites[0].value])
    sent = entry(url, method=forbidden.http_method, status=forbidden.response_status)
    assert verdict(task, har(tmp_path / "right.har", begun, *right)) is Outcome.SOLVED
    assert verdict(task, har(tmp_path / "wrong.har", begun, *right, sent)) is Outcome.FAILED


PLACE = f"{ADDRESSES['gitlab']}/dashboard/todos"
PRETENDED: dict[str, tuple[Any, ...]] = {
    "a page that is not there": (entry(PLACE, status=404),),
    "an address in another's query": (entry(f"{ADDRESSES['gitlab']}/search?next=/dashboard/todos"),),
    "the same path of a stranger": (entry("http://stranger.example/dashboard/todos"),),
    "the same path of another port": (entry("http://127.0.0.1:1/dashboard/todos"),),
    "a page below it": (entry(f"{PLACE}/nothing"),),
    "a picture": (entry(PLACE, headers={"sec-fetch-dest": "image", "sec-fetch-user": "?0"}),),
    "a frame": (entry(PLACE, headers={"sec-fetch-dest": "iframe", "sec-fetch-user": "?1"}),),
    "a page that was left again": (entry(PLACE), entry(f"{ADDRESSES['gitlab']}/")),
    "a page that led to the log-in": (entry(PLACE, status=302), entry(f"{ADDRESSES['gitlab']}/users/sign_in")),
}


@pytest.mark.parametrize("trick", PRETENDED)
def test_a_record_that_only_looks_like_the_page_that_was_asked_for_scores_nothing(
    trick: str, package: Any, tmp_path: Path
) -> None:
    task, begun = package.get_task(44), entry(f"{ADDRESSES['gitlab']}/")
    assert verdict(task, har(tmp_path / "right.har", begun, entry(PLACE))) is Outcome.SOLVED
    assert verdict(task, har(tmp_path / "wrong.har", begun, *PRETENDED[trick])) is Outcome.FAILED


def test_a_doubtful_task_is_played_and_says_why_nobody_can_solve_it(package: Any, tmp_path: Path) -> None:
    task, network = package.get_task(319), har(tmp_path / "n.har", entry(f"{ADDRESSES['shopping']}/"))
    for data in (None, [], [0], [0.0]):
        given = {"task_type": "RETRIEVE", "status": "NOT_FOUND_ERROR", "retrieved_data": data}
        assert verdict(task, network, answer=json.dumps(given)) is Outcome.FAILED
    benchmark = open_benchmark("webarena-verified")
    assert set(DOUBTFUL) <= set(benchmark.tasks)
    assert benchmark.doubtful == DOUBTFUL


@pytest.mark.parametrize(
    ("answer", "fields", "as_written"),
    [
        ('{"task_type": "NAVIGATE", "status": "SUCCESS"}', {"task_type": "NAVIGATE", "status": "SUCCESS"}, True),
        ("RETRIEVE: red | dark blue", ("RETRIEVE", "SUCCESS", ["red", "dark blue"]), True),
        ('RETRIEVE: [{"a": 1}, {"a": 2}]', ("RETRIEVE", "SUCCESS", [{"a": 1}, {"a": 2}]), True),
        ("retrieve success: 5", ("RETRIEVE", "SUCCESS", ["5"]), True),
        ("RETRIEVE:", ("RETRIEVE", "SUCCESS", []), True),
        ("MUTATE", ("MUTATE", "SUCCESS", None), True),
        ("MUTATE PERMISSION_DENIED_ERROR: not my project", ("MUTATE", "PERMISSION_DENIED_ERROR", None), True),
        ("N/A", ("RETRIEVE", "NOT_FOUND_ERROR", None), False),
        ("12 | 13", ("RETRIEVE", "SUCCESS", ["12", "13"]), False),
        ("Mutate nothing", ("RETRIEVE", "SUCCESS", ["Mutate nothing"]), False),
        ("", ("NAVIGATE", "SUCCESS", None), False),
        ("[" * 100_000, ("RETRIEVE", "SUCCESS", ["[" * 100_000]), False),
    ],
)
def test_answers_are_read_as_the_package_wants_them(answer: str, fields: Any, as_written: bool) -> None:
    found = read_answer(answer, wrote=False)
    assert found.fields is not None
    given = fields if isinstance(fields, dict) else tuple(found.fields[name] for name in list(found.fields)[:3])
    assert given == (found.fields if isinstance(fields, dict) else fields)
    assert found.as_written is as_written


def test_an_answer_without_words_is_a_change_where_something_was_written() -> None:
    written, read, none = read_answer("", wrote=True), read_answer("", wrote=False), read_answer(None, wrote=True)
    assert written.fields is not None
    assert read.fields is not None
    assert (written.fields["task_type"], read.fields["task_type"], none.fields) == ("MUTATE", "NAVIGATE", None)


@pytest.mark.parametrize("answer", [None, "[]", '{"task_type": 5, "status": {}}', '{"status": null}', "null"])
def test_an_answer_of_no_form_is_the_agents_failure(answer: str | None, tmp_path: Path) -> None:
    network = har(tmp_path / "n.har", entry(f"{ADDRESSES['shopping_admin']}/"))
    assert judge("0", answer=answer, network=network, addresses=ADDRESSES).outcome is Outcome.FAILED


def test_the_split_is_by_template_and_the_hard_subset_is_the_packages() -> None:
    benchmark = open_benchmark("webarena-verified")
    split = make_split(benchmark)
    assert len(benchmark.tasks) == 812
    assert len(split.train) + len(split.heldout) == 812
    assert not {task.template for task in split.train.values()} & {task.template for task in split.heldout.values()}
    assert 0.15 < len(split.heldout) / 812 < 0.35
    intents = {name: written.intent for name, written in read_tasks("all").items()}
    leaks = [
        name
        for name, task in split.train.items()
        if split.why_heldout(task_id=name, template=task.template, intent=intents[name], seed=0)
    ]
    assert leaks == []
    assert len(open_benchmark("webarena-verified", subset="hard").tasks) == 258
    alone = open_benchmark("webarena-verified", sites=["map"]).tasks.values()
    assert {task.site for task in alone} == {"map"}


def test_without_addresses_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match="gitlab, map, reddit, shopping, shopping_admin, wikipedia can be reached"):
        open_benchmark("webarena-verified", subset="all").check()
    monkeypatch.setenv(VARIABLE, json.dumps({"reddit": {"at": ["http://reddit.example"]}}))
    monkeypatch.delenv("WEBARENA_REDDIT_PASSWORD", raising=False)

    async def enter() -> None:
        async with open_benchmark("webarena-verified", sites=["reddit"]):
            pass

    with pytest.raises(InputError, match="export WEBARENA_REDDIT_PASSWORD"):
        asyncio.run(enter())
    with pytest.raises(InputError, match="no site mars"):
        open_benchmark("webarena-verified", sites=["mars"])
    with pytest.raises(InputError, match="subset 'easy'"):
        open_benchmark("webarena-verified", subset="easy")


def played(plan: dict[str, tuple[str, ...]], *, store: FolderStore) -> dict[str, Episode]:
    """One episode of each task by these moves, logged in."""

    async def run() -> dict[str, Episode]:
        benchmark = WebArenaVerified(sites=["gitlab"])
        settings = benchmark.view.over(BrowserSettings(pages=1))
        async with benchmark, BrowserPool(settings=settings) as pool:
            return {
                name: await play_visit(benchmark, pool, name, seed=0, agent=agent_of(moves), store=store)
                for name, moves in plan.items()
            }

    def agent_of(moves: tuple[str, ...]) -> Callable[[Visit], Any]:
        return lambda _: moving(*moves)

    return asyncio.run(run())


def test_episodes_are_logged_in_recorded_without_secrets_and_judged_by_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = FolderStore(tmp_path)
    with serving() as address:
        monkeypatch.setenv("WEBARENA_GITLAB_PASSWORD", PASSWORD)
        monkeypatch.setenv(VARIABLE, "{}")
        announce_sites({"gitlab": Site(at=(address,))})
        name = "chatgpt_plugin"
        done = played(
            {
                "44": ("click [Todos]", 'stop "NAVIGATE"'),
                "418": ("click [Busy]", 'stop "MUTATE"'),
                "475": (
                    "click [New project]",
                    f'type [Name] "{name}"',
                    f'type [Path] "{name}"',
                    "click [Create]",
                    'stop "MUTATE"',
                ),
                "45": ('stop "NAVIGATE"',),
            },
            store=store,
        )
    outcomes = {name: (str(each.outcome), each.message) for name, each in done.items()}
    assert [outcomes[name][0] for name in ("44", "418", "475", "45")] == ["solved"] * 3 + ["failed"], outcomes
    judged = done["44"].extra["judged"]
    assert judged["package"] == "webarena-verified 1.2.3"
    assert len(judged["evaluator_checksum"]) == len(judged["data_checksum"]) == 64
    assert judged["response"] == {
        "task_type": "NAVIGATE",
        "status": "SUCCESS",
        "retrieved_data": None,
        "error_details": None,
    }
    for each in done.values():
        assert each.network is not None
        record = get_blob(store, each.network, "har")
        assert not [word for word in (PASSWORD, SESSION, "t0ken-77") if word.encode() in record]
    again = WebArenaVerified().judge_again(done["44"], network=write(tmp_path, store, done["44"]))
    assert again is not None
    assert again.outcome is Outcome.SOLVED
    assert again.judged == judged


def write(folder: Path, store: FolderStore, episode: Episode) -> Path:
    path = folder / "again.har"
    path.write_bytes(get_blob(store, episode.network or "", "har"))
    return path


def test_a_header_logs_in_where_the_images_take_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBARENA_REDDIT_PASSWORD", PASSWORD)
    login = LOGINS["reddit"]
    (user,) = login.users
    with serving() as address:
        cookies = {each.name: each.value for each in sign_in(login, user, address=address, seconds=10)}
    assert cookies == {"session": SESSION, "user": user}
