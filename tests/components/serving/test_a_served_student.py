"""A student behind an address decides as it does in the stage's own process, and nobody takes another model for it."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.agents import served
from components.agents.base import Decision, Turn
from components.agents.build import build_agent
from components.agents.config import LocalConfig
from components.agents.local import LocalAgent
from components.agents.served import ServedAgent
from components.endpoints.complaints import RequestRefused
from components.errors import InfraError, InputError
from components.models.devices import computed_in
from components.models.files import BASE_FOLDER, folder_digest
from components.serving.address import Address, what_it_said
from components.serving.config import Given, Here, InProcess
from tests.components.agents.protocol_server import Answer, serve
from tests.components.agents.turns import make_turn, page_of, past
from tests.components.conftest import serving


def some_turns() -> list[Turn]:
    lines = {
        1: 'textbox "Name"',
        2: 'button "Submit"',
        30: 'combobox "Size" options "small", "Ünï (L)"',
        31: 'link "Look (here) [2]"',
    }
    page = page_of(lines)
    intents = ["Press submit", 'Type "bob" into Name', "Choose Ünï (L)", "What is 2 + 2?", 'Follow "Look (here)"']
    turns = [
        Turn(episode=f"t/{index}", task_id="t", template="", intent=intent, observation=page, history=())
        for index, intent in enumerate(intents)
    ]
    long = "\n".join(f'[{n}] link "Number {n}"' for n in range(400))
    return [*turns, make_turn(), make_turn(page=long), make_turn(history=[past("click [2]", reason="to see")])]


def decide(agent: LocalAgent | ServedAgent, turns: list[Turn]) -> list[Decision]:
    async def go() -> list[Decision]:
        try:
            return await agent.decide(turns)
        finally:
            await agent.close()

    return asyncio.run(go())


@pytest.mark.parametrize("kind", ["action", "reason_action"])
@pytest.mark.parametrize("model", ["tiny", "base"])
def test_it_decides_as_in_the_stages_own_process(tiny_model: Path, tmp_path: Path, model: str, kind: str) -> None:
    folder = tiny_model if model == "tiny" else BASE_FOLDER
    turns = some_turns()
    here = LocalAgent(folder, kind=kind)  # type: ignore[arg-type]
    with serving(folder, name="student") as url:
        there = ServedAgent(folder, Given(base_url=url), work=tmp_path, kind=kind)  # type: ignore[arg-type]
        found = decide(there, turns)
    wanted = decide(here, turns)
    for one, other in zip(found, wanted, strict=True):
        assert (one.action, one.reason) == (other.action, other.reason)
        assert one.cost == other.cost
    assert there.info.digest != here.info.digest


def test_an_address_that_serves_another_model_is_refused_and_both_are_named(tiny_model: Path, tmp_path: Path) -> None:
    with serving(BASE_FOLDER, name="student") as url:
        agent = ServedAgent(tiny_model, Given(base_url=url), work=tmp_path)
        with pytest.raises(InputError) as error:
            decide(agent, [make_turn()])
    assert folder_digest(tiny_model) in error.value.what
    assert folder_digest(BASE_FOLDER) in error.value.what
    assert error.value.where == url


def test_an_address_where_nobody_answers_is_the_infrastructures(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InfraError):
        decide(
            ServedAgent(tiny_model, Given(base_url="http://127.0.0.1:9/v1", retries=0, start_seconds=0), work=tmp_path),
            [make_turn()],
        )


class Lent(Address):
    """An address that counts who opened it and did not close it; without a URL its server never answers."""

    def __init__(self, url: str) -> None:
        self.url, self.open_now, self.opened = url, 0, 0

    def open(self, folder: Path, digest: str) -> str:
        del folder, digest
        self.open_now += 1
        self.opened += 1
        if not self.url:
            raise InfraError("it does not answer")
        return self.url

    def close(self) -> None:
        self.open_now = 0


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [(503, InfraError, "after 2 attempts"), (401, InputError, "api_key_env"), (404, InputError, "base_url")],
)
def test_what_a_list_of_models_is_answered_with_says_whose_fault_it_is(
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: type[Exception],
    said: str,
) -> None:
    monkeypatch.setattr(served, "BACKOFF", 0.01)
    with serve() as server:
        server.models_status = status
        agent = ServedAgent(tiny_model, Given(base_url=server.url, retries=1, start_seconds=0), work=tmp_path)
        with pytest.raises(error, match=said):
            decide(agent, [make_turn()])


WRITTEN = Answer(
    raw=json.dumps(
        {
            "choices": [{"text": " click [2]", "logprobs": {"token_logprobs": [-0.1]}}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 3},
        }
    ).encode()
)


def test_a_server_that_still_loads_is_waited_for_and_no_setting_of_the_models_own_shapes_an_answer(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """vLLM takes what a request leaves out from `generation_config.json`, as Qwen's penalty of repetition."""
    monkeypatch.setattr(served, "BACKOFF", 0.01)
    with serve(WRITTEN) as server:
        server.models, server.loading = [{"id": folder_digest(tiny_model)}], 5
        agent = ServedAgent(tiny_model, Given(base_url=server.url, retries=0), work=tmp_path)
        [decision] = decide(agent, [make_turn()])
    assert decision.action == "click [2]"
    [request] = server.requests
    assert {name: request[name] for name in ("top_p", "top_k", "min_p", "repetition_penalty")} == {
        "top_p": 1,
        "top_k": 0,
        "min_p": 0,
        "repetition_penalty": 1,
    }


def test_a_server_that_takes_fewer_tokens_than_the_student_was_taught_with_is_refused(
    tiny_model: Path, tmp_path: Path
) -> None:
    with serve(WRITTEN) as server:
        server.models = [{"id": folder_digest(tiny_model), "max_model_len": 256}]
        agent = ServedAgent(tiny_model, Given(base_url=server.url), work=tmp_path)
        with pytest.raises(InputError, match="takes 256 tokens, the student was taught with 512") as error:
            decide(agent, [make_turn()])
        assert "--max-model-len=512" in error.value.fix
    assert not server.requests


def test_the_precision_of_a_place_is_that_of_the_weights_and_it_and_a_servers_words_make_another_agent(
    tiny_model: Path, tmp_path: Path
) -> None:
    local, digests = LocalConfig(model=str(tiny_model)), set[str]()
    for setting in (
        InProcess(),
        InProcess(precision="bf16"),
        Here(),
        Here(precision="bf16"),
        Here(arguments=("--seed=1",)),
    ):
        agent = build_agent(local, store=None, work=tmp_path, serving=setting)
        digests.add(agent.info.digest)
        if isinstance(agent, LocalAgent):
            kept_in = {"fp32": "torch.float32", "bf16": "torch.bfloat16"}[computed_in(setting.precision)]
            assert str(agent.load().dtype) == kept_in
    assert len(digests) == 5


def test_a_server_of_its_own_computes_in_the_precision_of_its_place(tiny_model: Path, tmp_path: Path) -> None:
    there = decide(ServedAgent(tiny_model, Here(precision="bf16"), work=tmp_path), [make_turn()])
    here = decide(LocalAgent(tiny_model, precision="bf16"), [make_turn()])
    assert [one.action for one in there] == [one.action for one in here]


def test_the_small_server_refuses_words_for_vllm(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"our small server does not take --seed=1"):
        decide(ServedAgent(tiny_model, Here(arguments=("--seed=1",)), work=tmp_path), [make_turn()])


def test_what_a_server_printed_first_is_said_too() -> None:
    first = "(Worker pid=2) ERROR 11-28 [multiproc.py:9] ValueError: Available memory (19 GiB) is less than desired"
    last = f"RuntimeError: Engine core initialization failed.\n{'x' * 2000}"
    told = what_it_said(f"{first}\n{first}\n  File 'a.py'\n{last}")
    assert told.startswith("ValueError: Available memory (19 GiB) is less than desired\nRuntimeError: Engine core")
    assert told.endswith("xxx")


@pytest.mark.parametrize(
    ("answers", "error", "said"),
    [(True, InputError, "serves tiny, not model"), (False, InfraError, "does not answer")],
)
def test_a_server_that_is_of_no_use_is_not_left_standing(
    tiny_model: Path, tmp_path: Path, answers: bool, error: type[Exception], said: str
) -> None:
    with serve() as server:
        agent = ServedAgent(tiny_model, Given(base_url=server.url), work=tmp_path)
        agent.address = lent = Lent(server.url if answers else "")

        async def go() -> None:
            for _ in range(2):  # an episode each
                with pytest.raises(error, match=said):
                    await agent.decide([make_turn()])
                assert lent.open_now == 0

        asyncio.run(go())
    assert lent.opened == (2 if answers else 1), "who never came up is not waited for once more by every episode"


def test_a_request_that_the_server_refuses_ends_one_episode(tiny_model: Path, tmp_path: Path) -> None:
    with serving(tiny_model, name="student") as url:
        agent = ServedAgent(tiny_model, Given(base_url=url), work=tmp_path)
        agent.student.prompting.tokenizer.add_tokens(["Xyzzy"])  # another tokenizer than the server's model has
        with pytest.raises(RequestRefused, match="from 0 to 599"):
            decide(agent, [make_turn(intent="Xyzzy")])


SERVING = """
import asyncio, sys
from pathlib import Path
from components.agents.served import ServedAgent
from components.serving.config import Here
from tests.components.agents.turns import make_turn
agent = ServedAgent(Path(sys.argv[1]), Here(), work=Path(sys.argv[2]))
async def main():
    print((await agent.decide([make_turn()]))[0].action, flush=True)
    if sys.argv[3] == "close":
        await agent.close()
    print("over", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.parametrize("way", ["close", "kill"])
def test_a_server_of_its_own_is_started_and_ends_with_it(tiny_model: Path, tmp_path: Path, way: str) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    command = [sys.executable, "-c", SERVING, str(folder), str(tmp_path / "work"), way]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        action = process.stdout.readline().strip()
        process.stdout.readline()
        if way == "kill":
            assert _serving(folder)
            process.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 60
        while _serving(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not _serving(folder)
        process.kill()
    assert action == decide(LocalAgent(folder), [make_turn()])[0].action


def _serving(folder: Path) -> list[str]:
    """Command lines of the servers of a folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if "components.models.serve" in line and str(folder) in line]


def test_a_server_that_does_not_come_up_says_why(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    agent = ServedAgent(folder, Here(), work=tmp_path / "work")
    (folder / "model.safetensors").write_bytes(b"not safetensors")
    with pytest.raises(InfraError, match=r"(?s)did not come up.*log: .*cannot be loaded"):
        decide(agent, [make_turn()])


def test_a_place_chooses(tiny_model: Path, tmp_path: Path) -> None:
    local = LocalConfig(model=str(tiny_model))
    for setting in (None, InProcess()):
        assert isinstance(build_agent(local, store=None, work=tmp_path, serving=setting), LocalAgent)
    there = build_agent(local, store=None, work=tmp_path, serving=Given(base_url="http://127.0.0.1:9/v1/{digest}"))
    assert isinstance(there, ServedAgent)
    assert there.address.open(tiny_model, "abc") == "http://127.0.0.1:9/v1/abc"
