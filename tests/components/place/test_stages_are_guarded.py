"""Where a round's teacher is hybrid, every stage sets a guard before its gate, with a log in the round's store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from components.agents.chat import ChatAgent
from components.agents.config import ChatConfig
from components.endpoints.gate import GATE
from components.place import Job, Place, stage
from components.privacy.config import PrivacyConfig
from components.privacy.log import read_chains
from tests.components.vendor import URL, sent, vendor  # noqa: F401
from tests.conftest import OpenAIServer


@pytest.mark.parametrize("guarded", [True, False])
def test_a_stage_of_a_hybrids_round_lets_nothing_private_out(
    vendor: OpenAIServer,  # noqa: F811
    tmp_path: Path,
    guarded: bool,
) -> None:
    vendor.answer = lambda _text, _seed: "yes"
    place = Place(name="here", store=str(tmp_path / "store"), work=str(tmp_path / "work"))
    privacy = PrivacyConfig(terms=("Project Heron",)) if guarded else None
    job = Job(place=place, run="r", round=3, seed=0, privacy=privacy)
    with stage("synthesize", job=job.model_dump_json()) as here:
        asked = [{"role": "user", "content": "Project Heron, by kim@example.org"}]
        asyncio.run(ChatAgent(ChatConfig(model="m", base_url=URL)).complete(asked, seed=0))
    assert GATE.guarded is guarded
    assert ("[term], by [email]" in sent(vendor)) is guarded
    assert [chain.name[:20] for chain in read_chains(here.store, "r")] == ["round-003-synthesize"] * guarded
