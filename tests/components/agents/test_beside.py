"""A model in processes of its own decides what it would in ours, and a process that ends is nobody's answer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from components.agents.base import Past, Turn
from components.agents.beside import BesideAgent
from components.agents.build import build_agent
from components.agents.config import LocalConfig
from components.agents.local import LocalAgent
from components.browser.observation import Element, Observation
from components.errors import InfraError, InputError
from components.models.devices import Precision
from components.serving.config import Beside
from tests.components.agents.turns import make_turn


def turn(number: int) -> Turn:
    field = Element(ref=number, role="textbox", name="Größe", line='textbox "Größe"', value="", purpose="name")
    text = f'[{number}] textbox "Größe"'
    past = Past(observation=text, action="stop", reason="", feedback="", purposes={number: "name"})
    page = Observation(url="http://a", title="", text=text, elements={number: field}, tabs=("one",))
    return replace(make_turn(episode=f"task/{number}"), observation=page, history=[past])


TURNS = [turn(number) for number in range(6)]


@asynccontextmanager
async def beside(
    folder: Path, *, processes: int = 1, temperature: float = 0.0, precision: Precision | None = None
) -> AsyncIterator[BesideAgent]:
    agent = BesideAgent(folder, processes=processes, temperature=temperature, precision=precision)
    try:
        yield agent
    finally:
        await agent.close()


def mine() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if "components.agents.beside" in each.cmdline()]


def test_it_computes_in_the_precision_that_is_asked_for(tiny_model: Path) -> None:
    async def main() -> list[str]:
        async with beside(tiny_model, temperature=1.0, precision="bf16") as agent:
            assert agent.info == ours.info != LocalAgent(tiny_model, temperature=1.0).info
            return [each.action for each in await agent.decide(TURNS)]

    ours = LocalAgent(tiny_model, temperature=1.0, precision="bf16")
    assert asyncio.run(main()) == [each.action for each in asyncio.run(ours.decide(TURNS))]


def test_it_decides_what_a_model_in_our_process_decides(tiny_model: Path) -> None:
    async def main() -> list[str]:
        async with beside(tiny_model, processes=2, temperature=1.0) as agent:
            halves = await asyncio.gather(agent.decide(TURNS[:3]), agent.decide(TURNS[3:]))
            assert len(mine()) == 2
            assert agent.info == ours.info
        return [each.action for half in halves for each in half]

    ours = LocalAgent(tiny_model, temperature=1.0)
    assert asyncio.run(main()) == [each.action for each in asyncio.run(ours.decide(TURNS))]
    assert not mine()


def test_a_killed_process_is_an_error_that_may_pass_and_another_takes_its_place(tiny_model: Path) -> None:
    async def main() -> None:
        async with beside(tiny_model) as agent:
            first = await agent.decide(TURNS)
            [process] = mine()
            process.kill()
            with pytest.raises(InfraError, match="a process that decides ended"):
                await agent.decide(TURNS)
            again = await agent.decide(TURNS)
            assert [each.action for each in again] == [each.action for each in first]

    asyncio.run(main())


def test_a_torn_model_is_wrong_input(tiny_model: Path, tmp_path: Path) -> None:
    async def main() -> None:
        async with beside(torn) as agent:
            with pytest.raises(InputError, match="cannot be loaded"):
                await agent.decide(TURNS)

    torn = tmp_path / "torn"
    shutil.copytree(tiny_model, torn)
    for weights in torn.glob("*.safetensors"):
        weights.write_bytes(weights.read_bytes()[:100])
    asyncio.run(main())


def test_a_place_that_wants_it_has_tiny_models_beside_and_larger_ones_in_its_process(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def built() -> object:
        config = LocalConfig(model=str(tiny_model))
        return build_agent(config, store=None, work=tmp_path, serving=Beside())

    assert isinstance(built(), BesideAgent)
    monkeypatch.setattr("components.agents.beside.TINY", 1)
    assert isinstance(built(), LocalAgent)
