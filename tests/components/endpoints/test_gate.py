"""One gate for everything that leaves: in the code no client is opened around it, and in use nothing goes round it."""

from __future__ import annotations

import ast
import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.agents.chat import ChatAgent
from components.agents.checks import check_endpoint
from components.agents.config import ChatConfig
from components.agents.served import ServedAgent
from components.audit.answers import AnswerBook, collect_answers
from components.audit.references import Named
from components.audit.sources import Source
from components.endpoints.complaints import RequestRefused
from components.endpoints.gate import GATE, is_home
from components.errors import InfraError, InputError
from components.loopback import NO_PROXY
from components.maps.look import Look
from components.maps.site_map import SiteMap
from components.privacy.config import DetectorModel, PrivacyConfig
from components.privacy.episodes import as_marked
from components.privacy.guard import FIX, PrivacyGuard, guard
from components.privacy.log import Log, read_chains, sent_texts
from components.propose.by_model import Writer
from components.propose.config import ProposeConfig
from components.propose.likeness import vectors_of
from components.serving.config import Given
from components.synthesize.config import DebateJudge, ModelJudge, PanelJudge
from components.synthesize.judge import judge_episodes
from components.synthesize.pieces import pieces
from components.synthesize.wording import put_into_words
from components.traces import conversations, send_traces, trace
from components.tracking import TrackedRun, post
from components.trajectories.embeddings import Embedder, EmbeddingEndpoint, check_embedding
from components.trajectories.episodes import put_blob
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from components.trajectories.schema import AgentInfo, Episode, Target
from components.verdicts.probes import Probe
from tests.components.agents.turns import make_turn
from tests.components.vendor import URL, guarded_by, sent, vendor  # noqa: F401
from tests.conftest import MakeEpisode, OpenAIServer

ROOT = Path(__file__).resolve().parents[3]
SENDING = ("curl", "wget", "ssh", "scp", "sftp", "rsync", "nc", "ftp", "aws", "gsutil", "gcloud", "az", "rclone", "git")
"""Programs that send; whatever starts one of them sends by it."""
CLIENTS = {"httpx2", "urllib3", "mlflow", "boto3", "botocore", "lancedb", "huggingface_hub", "s3fs", "paramiko"}
"""Packages of which every function that is called is taken to send, but for those of `HARMLESS`."""
HARMLESS = (
    *("httpx2.URL", "httpx2.Limits", "botocore.config.Config", "botocore.exceptions.", "lancedb.index."),
    *("lancedb.query.", "mlflow.entities.", "mlflow.exceptions.", "mlflow.models.", "mlflow.types."),
    "mlflow.pyfunc.save_model",
)
OPENERS = {
    *(
        "AsyncClient",
        "Client",
        "urlopen",
        "HTTPConnection",
        "HTTPSConnection",
        "ClientSession",
        "OpenAI",
        "AsyncOpenAI",
    ),
    *(
        "build_opener",
        "create_connection",
        "open_connection",
        "snapshot_download",
        "hf_hub_download",
        "MlflowClient",
        "mlflow_client",
        "getaddrinfo",
        "ApiClient",
        "urlretrieve",
    ),
    *("log_artifact", "log_artifacts", "log_text", "log_dict", "log_table", "log_image", "log_model"),
    *("push_to_hub", "upload_folder", "upload_file", "upload_large_folder", "create_commit"),
}
DOTTED = {"socket.socket", "asyncio.open_connection", "os.system", "os.popen"}
MODULES = {"requests", "aiohttp", "httpx", "openai", "websockets", "ftplib", "smtplib", "telnetlib", "xmlrpc", "pycurl"}
GATED = {
    "components/endpoints/wire.py": "Wire.ask passes the gate before it opens the client",
    "components/tracking.py": "posts, parameters, tags and files pass the gate; the rest are names and numbers",
    "components/registry.py": "a version's files, card and tags pass the gate; the rest are names and digests",
    "components/traces.py": "asks for an experiment by name; traces are posted by tracking",
}
AT_HOME = {
    "components/agents/beside.py": "a pair of sockets without an address: its own processes on this machine",
    "components/trajectories/store_s3.py": "the store is at home by definition: it holds every page as it was",
    "components/trajectories/lance.py": "the knowledge base is of the store",
    "components/preflight/cluster.py": "the user's own cluster is asked for rights and nodes; nothing of a page",
    "components/browser/wire.py": "the browser on this machine",
    "components/sites/web.py": "a site's own address: whether it is up, and its reset",
    "components/models/files.py": "downloads a model by its name; nothing of a page is sent",
    "components/loopback.py": "asks this machine's own servers whether they are up",
    "components/trainjobs/kubernetes.py": "the user's own cluster: a training's place, digests and log",
    "pipelines/cluster/connection.py": "the user's own Kubeflow: a form and a compiled pipeline, nothing of a page",
    "pipelines/local/s3_server.py": "this machine's own S3 server",
    "pipelines/local/tracking_process.py": "this machine's own MLflow server",
}


def opened(tree: ast.AST) -> Iterator[str]:
    """What a module opens connections with, the clients' packages it imports, and the programs it starts that send."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            root, _, rest = ast.unparse(node.func).partition(".")
            called = f"{names.get(root, root)}.{rest}".rstrip(".")
            boto = name == "client" and isinstance(node.func, ast.Attribute) and bool(node.args)
            client = called.split(".")[0] in CLIENTS and not called.startswith(HARMLESS)
            if name in OPENERS or boto or client or called in DOTTED:
                yield name
            yield from (program for program in SENDING if any(starts(each, program) for each in node.args))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield node.module or ""


def imported(tree: ast.AST) -> dict[str, str]:
    """What a module's imported names stand for, such as `socket.socket`."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def starts(argument: ast.expr, program: str) -> bool:
    """Whether an argument is the command of a program, as words or as one text that may go on."""
    listed = isinstance(argument, ast.List | ast.Tuple)
    first = argument.elts[0] if isinstance(argument, ast.List | ast.Tuple) and argument.elts else argument
    while isinstance(first, ast.BinOp):
        first = first.left
    first = first.values[0] if isinstance(first, ast.JoinedStr) and first.values else first
    said = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    word, space, _ = said.partition(" ")
    return word.rpartition("/")[2] == program and (listed or bool(space))


def test_every_place_that_opens_a_connection_is_known() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(set(opened(ast.parse(path.read_text()))))
        for folder in ("components", "pipelines")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    unknown = {name: how for name, how in found.items() if how and name not in GATED | AT_HOME}
    assert not unknown, "these may send without passing components.endpoints.gate.GATE"
    assert not [name for name in GATED | AT_HOME if not found[name]], "no longer opens anything: take it out here"


def test_a_new_way_out_would_be_noticed() -> None:
    assert [*opened(ast.parse("import httpx2\nhttpx2.AsyncClient()"))] == ["AsyncClient"]
    assert [*opened(ast.parse("import lancedb\nlancedb.connect(url)\nmlflow_client()"))] == ["connect", "mlflow_client"]
    assert [*opened(ast.parse("from openai import OpenAI"))] == ["openai"]
    for way in (
        "import httpx2\nhttpx2.post(url, json=page)",
        "import httpx2 as web\nweb.stream('POST', url)",
        "from urllib3 import request\nrequest('POST', url)",
        "import mlflow\nmlflow.log_artifact(path)",
        "import mlflow\nmlflow.log_text(page, 'page.txt')",
        "client.log_text(run, page, 'page.txt')",
        "import boto3\nboto3.resource('s3')",
        "import lancedb\nawait lancedb.connect_async(url)",
        "from huggingface_hub import HfApi\nHfApi().upload_folder(folder_path=path)",
        "model.push_to_hub(name)",
        "import subprocess\nsubprocess.run(['curl', '-d', page, url])",
        "import subprocess\nsubprocess.Popen('/usr/bin/wget --post-file page ' + url, shell=True)",
        "await asyncio.create_subprocess_shell('curl -d @page example.org')",
        "import os\nos.system(command)",
        "from socket import socket\nsocket().connect(address)",
        "import socket as s\ns.socket()",
    ):
        assert [*opened(ast.parse(way))], way
    for harmless in (
        "import httpx2\nhttpx2.URL(address)",
        "from mlflow.entities import Metric\nMetric('m', 1.0, 0, 0)",
        "subprocess.run(['ps', 'aux'])",
        "print('curl')",
        "found.get('post')",
    ):
        assert not [*opened(ast.parse(harmless))], harmless
    assert [*opened(ast.parse("urllib.request.urlopen(x)\nboto3.client('s3')"))] == ["urlopen", "client"]


def calls_of(path: str, function: str) -> list[str]:
    """The methods a function calls, in order."""
    (node,) = (
        each
        for each in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == function
    )
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)]
    return [each.func.attr for each in sorted(calls, key=lambda each: each.lineno)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "function", "gate", "sends"),
    [
        ("components/endpoints/wire.py", "ask", "outgoing", "_exchange"),
        ("components/tracking.py", "post", "outgoing_now", "urlopen"),
        ("components/tracking.py", "params", "outgoing_now", "log_batch"),
        ("components/tracking.py", "tags", "outgoing_now", "set_tag"),
        ("components/tracking.py", "file", "lets_files", "log_artifact"),
        ("components/registry.py", "register_version", "outgoing_now", "create_model_version"),
        ("components/registry.py", "_logged", "lets_files", "log_model_artifacts"),
        ("components/registry.py", "tag_version", "outgoing_now", "set_model_version_tag"),
    ],
)
def test_the_gate_is_passed_before_anything_is_sent(path: str, function: str, gate: str, sends: str) -> None:
    calls = calls_of(path, function)
    assert calls.index(gate) < calls.index(sends)


STAGES = ("propose", "explore", "synthesize", "distill", "evaluate", "detect", "promote", "report", "preflight")
WORKING = ("run", "build_agent", "collect", "open_knowledge")


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_works_behind_the_guard_that_its_job_asks_for(name: str) -> None:
    """`stage` sets it; what a stage builds and runs stands inside its block."""
    tree = ast.parse((ROOT / f"components/{name}/component.py").read_text())
    blocks = [each for each in ast.walk(tree) if isinstance(each, ast.With)]
    (block,) = (each for each in blocks if ast.unparse(each.items[0]).startswith("stage("))
    imports = [alias for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) for alias in each.names]
    working = {alias.asname or alias.name for alias in imports if alias.name in WORKING}
    called = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and getattr(each.func, "id", "") in working]
    assert called
    assert all(block.lineno < each.lineno <= (block.end_lineno or 0) for each in called)


def test_only_ask_uses_the_wires_client() -> None:
    tree = ast.parse((ROOT / "components/endpoints/wire.py").read_text())
    users = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in ("_client", "_exchange")
    }
    assert users == {"ask", "close"}


@pytest.mark.parametrize(
    ("host", "home"),
    [
        *((host, True) for host in ("localhost", "127.0.0.1", "::1", "a.localhost", "GPU.lan")),
        *((host, False) for host in ("10.0.0.5", "vendor.example", "localhost.vendor.example", "")),
    ],
)
def test_what_is_at_home(host: str, home: bool) -> None:
    assert is_home(host, ("gpu.lan",)) is home


SECRET = "kim.lee@example.org"
CHAT = ChatConfig(model="m", base_url=URL, backoff=0.01, retries=0)
Send = Callable[[Round, Episode], Any]


def talk(round: Round, _: Episode) -> None:
    del round
    asyncio.run(ChatAgent(CHAT).complete([{"role": "user", "content": f"I am {SECRET}."}], seed=0))


def judge(round: Round, episode: Episode) -> None:
    list(judge_episodes([episode], judge=ModelJudge(model=CHAT, voices=1), round=round))


def debate(round: Round, episode: Episode) -> None:
    list(
        judge_episodes(
            [episode], judge=DebateJudge(speaks_for=CHAT, speaks_against=CHAT, judge=CHAT, turns=1), round=round
        )
    )


def write(round: Round, episode: Episode) -> None:
    step = KnowledgeStep(observation=f'text "{SECRET}"', action="wait", described="wait")
    entry = KnowledgeEntry(
        **{"id": "i", "task_id": "t", "template": "t", "seed": 1, "intent": SECRET, "instruction": "i", "summary": "s"},
        **{"steps": (step,), "end": "", "found_by": "teacher", "solved": True, "round": 1, "episode_key": episode.key},
        start=0,
    )
    list(put_into_words([entry], writer=CHAT, round=round))


def vectors(_round: Round, _: Episode) -> None:
    with closing(Embedder(EmbeddingEndpoint(base_url=URL, model="e"))) as embedder:
        embedder.embed([f"a page of {SECRET}"])


def probe(round: Round, _: Episode) -> None:
    named = Named(name="t", reference=f"{URL}#m")
    source = Source(role="teacher", named=named, digest="d" * 64, answer_tokens=8, chat=CHAT)
    asked = Probe(id="p", domain="d", prompt=f"Who is {SECRET}?")
    collect_answers(round.store, [source], [asked])
    assert AnswerBook(round.store, source).known([asked])


def panel(round: Round, episode: Episode) -> None:
    list(judge_episodes([episode], judge=PanelJudge(models=(CHAT, CHAT, CHAT)), round=round))


def propose(round: Round, _: Episode, **page: Any) -> None:
    told = {"text": f'text "{SECRET}"', "address": "/"} | page
    look = Look(asked="/", title="t", heading="h", structure="s", **told)
    config = ProposeConfig(by=("model",), model=CHAT)
    asyncio.run(
        Writer(
            config=config,
            round=round,
            map=SiteMap([look]),
            site="s",
            origin="http://s.test",
            user="u",
            resettable=False,
        ).propose()
    )


def likeness(_round: Round, _: Episode) -> None:
    vectors_of([f"Write to {SECRET}"], endpoint=EmbeddingEndpoint(base_url=URL, model="e"))


def check(_round: Round, _: Episode) -> None:
    check_endpoint(CHAT, where="teacher", messages=[{"role": "user", "content": SECRET}])


WAYS: dict[str, Send] = {
    "chat": talk,
    "judge": judge,
    "debate": debate,
    "writer": write,
    "embedding": vectors,
    "probe": probe,
    "check": check,
    "panel": panel,
    "proposer": propose,
    "likeness": likeness,
}


@pytest.fixture
def round_one(tmp_path: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)


@pytest.fixture
def private_episode(make_episode: MakeEpisode, make_step: Callable[..., Any]) -> Episode:
    step = make_step(f'type [2] "{SECRET}"', page=SECRET, reason=f"{SECRET} is asked for")
    return make_episode(intent=f"Write to {SECRET}", steps=[step])


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_goes_round_the_gate(
    way: str,
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    private_episode: Episode,
) -> None:
    vendor.answer = lambda _text, _seed: 'VERDICT: solved\nINSTRUCTION: i\nSUMMARY: s\nACTION: stop ""'
    log = Log(round_one.store, run="r", name="test")
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=log)):
        WAYS[way](round_one, private_episode)
    assert vendor.requests
    assert SECRET not in sent(vendor)
    assert "[email]" in sent(vendor)
    (chain,) = read_chains(round_one.store, "r")
    asked = [entry for entry in chain.entries if entry.digest]
    assert [sorted(sent_texts(round_one.store, each)) for each in asked]
    assert len(asked) == len(vendor.requests)
    assert sum(entry.stopped.get("email", 0) for entry in asked) >= 1
    assert not chain.broken


def test_a_student_served_elsewhere_is_asked_nothing(
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    tiny_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def serves(*_: object, **__: object) -> dict[str, object]:
        return {}

    monkeypatch.setattr("components.agents.served.check_serves", serves)
    agent = ServedAgent(tiny_model, Given(base_url=URL, retries=0), work=round_one.work)
    log = Log(round_one.store, run="r")
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=log)), pytest.raises(RequestRefused, match="tokens"):
        asyncio.run(agent.decide([make_turn(intent=f"Write to {SECRET}")]))
    assert not vendor.requests
    (chain,) = read_chains(round_one.store, "r")
    assert [(entry.endpoint, entry.refused) for entry in chain.entries] == [(f"{URL}/completions", True)]


def test_what_only_a_fields_markup_says_is_private_is_told_to_no_judge_and_no_writer(
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    make_episode: MakeEpisode,
    make_step: Callable[..., Any],
) -> None:
    vendor.answer = lambda _text, _seed: "VERDICT: solved\nINSTRUCTION: i\nSUMMARY: s"
    wrote = make_step('type [2] "90 210 7"').model_copy(update={"purposes": {2: "tel"}})
    after = make_step('stop "done"', index=1, page="Thanks, 90 210 7")
    episode = make_episode(steps=[wrote, after])
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        judge(round_one, episode)
        list(put_into_words([*pieces(episode, solved=True, longest=2)], writer=CHAT, round=round_one))
    assert "[phone]" in sent(vendor)
    assert "90 210 7" not in sent(vendor)
    assert as_marked(episode) is episode, "where no guard stands"


def test_what_only_a_fields_markup_says_is_private_is_told_to_no_proposer(
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    make_episode: MakeEpisode,
) -> None:
    vendor.answer = lambda _text, _seed: "[]"
    page: dict[str, Any] = {"text": '[2] textbox "Ours" value "90 210 7"', "purposes": {2: "tel"}}
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        propose(round_one, make_episode(), **page)
    assert "[phone]" in sent(vendor)
    assert "90 210 7" not in sent(vendor)


def test_without_a_guard_nothing_is_changed(vendor: OpenAIServer, round_one: Round, private_episode: Episode) -> None:  # noqa: F811
    talk(round_one, private_episode)
    assert SECRET in sent(vendor)


def test_what_only_a_field_or_a_step_at_home_says_is_private_is_shown_in_no_trace(
    make_episode: MakeEpisode, make_step: Callable[..., Any]
) -> None:
    field = Target(ref=2, role="textbox", name="Password", line='textbox "Password"')
    by_name = make_step('type [2] "sunflower"').model_copy(update={"target": field})
    by_markup = make_step('type [2] "90 210 7"', index=1).model_copy(update={"purposes": {2: "tel"}})
    of_home = make_step('type [2] "4711 0815"', index=2, page="Nothing here", reason="4711 0815 was asked for")
    page = "Your one-time code is 4711 0815"
    home = make_step("wait", index=4, page=page).model_copy(update={"private": ("code",)})
    episode = make_episode(steps=[by_name, by_markup, of_home, make_step("wait", index=3), home])
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        body = json.dumps(GATE.outgoing_now(URL, trace(episode, {})))
        (told,) = [piece for piece in pieces(episode, solved=True, longest=1) if piece.start == 2]
    assert not [value for value in ("sunflower", "90 210 7", "4711 0815") if value in body]
    assert all(name in body for name in ("[password]", "[phone]", "[code]"))
    assert not [text for text in told.texts if "4711" in text], "to a writer, without the page that says what it is"
    assert "sunflower" in json.dumps(trace(episode, {})), "where no guard stands"


def test_a_name_in_a_labels_place_uncovers_nothing(make_episode: MakeEpisode, make_step: Callable[..., Any]) -> None:
    """A careless model wrote a label into a field for something private."""
    field = Target(ref=2, role="textbox", name="Password", line='textbox "Password"')
    wrote = make_step('type [2] "Birthday"').model_copy(update={"target": field})
    page = '[1] textbox "Birthday" value "19.11.1999"\n[2] textbox "Password"'
    shows = make_step("wait", index=1).model_copy(update={"observation": page})
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        body = json.dumps(GATE.outgoing_now(URL, trace(make_episode(steps=[wrote, shows]), {})))
    assert "Birthday" not in body
    assert "19.11.1999" not in body


def test_traces_parameters_and_files_for_a_remote_mlflow_pass_the_gate(
    round_one: Round, private_episode: Episode, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    received: list[Any] = []
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    monkeypatch.setattr("components.traces.check_tracking", lambda: None)
    monkeypatch.setattr("components.traces.mlflow_client", lambda: None)
    monkeypatch.setattr("components.traces.experiment_id", lambda *_: "1")
    monkeypatch.setattr(
        "components.tracking.urllib.request.urlopen", lambda request, **_: received.append(request.data)
    )
    said = json.dumps({"messages": [{"role": "user", "content": SECRET}], "answer": "wait"}).encode()
    exchange = put_blob(round_one.store, said, "json")
    open_step = private_episode.steps[0].model_copy(update={"exchange": exchange})
    hidden = open_step.model_copy(update={"index": 1, "observation": "a page's meaning", "private": ("health",)})
    episode = private_episode.model_copy(update={"steps": (open_step, hidden)})
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=None)):
        send_traces(round_one.store, [episode], most=1, what="test")
        TrackedRun(client=object(), run_id="1").file("report.html", SECRET.encode())  # type: ignore[arg-type]
    (body,) = [each.decode() for each in received if each]
    assert SECRET not in body
    assert "a page's meaning" not in body
    assert "Write to" not in body, "the goal of an episode with private steps"
    assert "[email]" in body
    assert "report.html stays at home" in capsys.readouterr().err


def test_an_episode_that_stayed_at_home_ends_no_list_of_conversations(private_episode: Episode) -> None:
    hybrid = AgentInfo(name="h", kind="hybrid", digest="0" * 64)
    asked = private_episode.steps[0].model_copy(update={"exchange": "0" * 64})
    home = private_episode.model_copy(update={"agent": hybrid})
    told = home.model_copy(update={"steps": (asked,)})
    assert [*conversations([home, told])] == [told]


def test_what_a_model_calls_private_is_held_back(vendor: OpenAIServer, round_one: Round) -> None:  # noqa: F811
    vendor.answer = lambda text, _seed: "[PRIVATE FIND] [HEALTH]" if "confession" in text else "[PRIVATE NOT FIND]"
    model = DetectorModel(model="m", base_url=vendor.base_url)
    log = Log(round_one.store, run="r")
    with guarded_by(PrivacyGuard(PrivacyConfig(model=model), log=log)):
        with pytest.raises(RequestRefused, match="stays at home"):
            asyncio.run(ChatAgent(CHAT).complete([{"role": "user", "content": "a confession"}], seed=0))
        asyncio.run(ChatAgent(CHAT).complete([{"role": "user", "content": "the weather"}], seed=0))
    away = [each for each in vendor.requests if "max_tokens" in each and "seed" in each]
    assert [each["messages"][-1]["content"] for each in away] == ["the weather"]
    (chain,) = read_chains(round_one.store, "r")
    assert [(entry.refused, entry.bytes > 0) for entry in chain.entries] == [(True, False), (False, True)]
    assert Counter(chain.entries[0].stopped) == {"health": 1}


def test_numbers_names_of_keys_and_tuples_pass_the_gate_like_texts() -> None:
    before = PrivacyGuard(PrivacyConfig(), log=None)
    sent = before.outgoing_now(
        URL, {"card": 4111111111111111, "more": (4111111111111111.0, SECRET), "seed": 17, "on": True}
    )
    assert sent == {"card": "[card]", "more": ["[card].0", "[email]"], "seed": 17, "on": True}
    with pytest.raises(RequestRefused, match="stays at home"):
        before.outgoing_now(URL, {"to": {SECRET: 1}})


def test_of_texts_for_vectors_only_the_private_ones_are_left_out(vendor: OpenAIServer) -> None:  # noqa: F811
    vendor.answer = lambda text, _seed: "[PRIVATE FIND] [HEALTH]" if "confession" in text else "[PRIVATE NOT FIND]"
    model = DetectorModel(model="m", base_url=vendor.base_url)
    embedder = Embedder(EmbeddingEndpoint(base_url=URL, model="e"))
    with guarded_by(PrivacyGuard(PrivacyConfig(model=model), log=None)), closing(embedder):
        assert len(embedder.embed(["a confession", "the weather"])) == 2
    (away,) = [each for each in vendor.requests if "input" in each]
    assert away["input"] == ["[health]", "the weather"]


def test_what_the_guard_lets_out_in_no_form_for_vectors_is_told_with_its_own_mend(vendor: OpenAIServer) -> None:  # noqa: F811
    class Refusing(PrivacyGuard):
        async def outgoing(self, address: str, body: Any) -> Any:
            return await super().outgoing(address, {SECRET: body})

    with guarded_by(Refusing(PrivacyConfig(), log=None)), pytest.raises(InputError, match="stays at home") as refused:
        check_embedding(EmbeddingEndpoint(base_url=URL, model="e"))
    assert refused.value.fix == FIX
    assert not vendor.requests


def test_a_host_at_home_is_asked_without_a_proxy(vendor: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    for name in NO_PROXY:
        monkeypatch.setenv(name, "intranet.example")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://gpu.invalid")
    guard(PrivacyConfig(home=("GPU.invalid",)), log=None)
    home = CHAT.model_copy(update={"base_url": "http://gpu.invalid/v1"})
    with pytest.raises(InfraError):
        asyncio.run(ChatAgent(home).complete([{"role": "user", "content": SECRET}], seed=0))
    with pytest.raises(OSError, match=r"gpu\.invalid|resolution|not known"):
        post("v1/traces", {"said": SECRET}, headers={})
    assert not vendor.requests
    assert os.environ["no_proxy"].startswith("intranet.example,")


def test_a_request_that_cannot_be_logged_does_not_leave(
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    private_episode: Episode,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> bool:
        raise InputError("the disk is full")

    log = Log(round_one.store, run="r")
    monkeypatch.setattr(round_one.store, "put_new", full)
    with guarded_by(PrivacyGuard(PrivacyConfig(), log=log)), pytest.raises(InputError, match="full"):
        talk(round_one, private_episode)
    assert not vendor.requests


def test_a_proposer_elsewhere_is_shown_listed_pages_alone(
    vendor: OpenAIServer,  # noqa: F811
    round_one: Round,
    make_episode: MakeEpisode,
) -> None:
    vendor.answer = lambda _text, _seed: "[]"
    page = {"text": 'text "She is thin-skinned"', "address": "/me"}
    for public, asked in (("http://s.test/shop/*", 0), ("http://s.test/me", 1)):
        with guarded_by(PrivacyGuard(PrivacyConfig(public=(public,)), log=None)):
            propose(round_one, make_episode(), **page)
        assert len(vendor.requests) == asked
