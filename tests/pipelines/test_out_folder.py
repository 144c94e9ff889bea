"""The folder of a run: an earlier version's store, servers that are up or were, a torn mark of a done round."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from components.errors import InputError
from components.place import Place
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round, done_key
from pipelines.commands import serve_command
from pipelines.local.services import Addresses
from pipelines.outfolder import OutFolder, locked, reading, running
from pipelines.rounds import wall_seconds


def test_the_store_of_an_earlier_version_is_read_where_it_is(tmp_path: Path) -> None:
    with reading(tmp_path, place=Place(name="laptop")) as place:
        assert place.store == str(tmp_path / "store")
    open_store(tmp_path / "store/symbiont").put_new("runs/r/round-001/manifest.json", b"{}")
    with reading(tmp_path, place=Place(name="laptop")) as place:
        assert list(open_store(place.store).list("runs/")) == ["runs/r/round-001/manifest.json"]


def test_servers_are_told_of_only_while_a_command_keeps_them_up(tmp_path: Path) -> None:
    assert running(tmp_path) is None
    up = Addresses(mlflow="http://127.0.0.1:5000")
    OutFolder(root=tmp_path).servers.write_text(up.model_dump_json())
    with locked(tmp_path):
        assert running(tmp_path) == up
    assert running(tmp_path) is None, "the command was killed and left its note"
    OutFolder(root=tmp_path).servers.write_text('{"mlf')
    with locked(tmp_path):
        assert running(tmp_path) is None


@pytest.mark.parametrize("mark", [b"", b'{"wall_sec', b"{}", b"[1]", b'{"wall_seconds": "long"}'])
def test_a_torn_mark_of_a_done_round_is_named_with_its_mend(mark: bytes, tmp_path: Path) -> None:
    round = Round(run="r", number=2, seed=0, store=open_store(tmp_path / "store"), work=tmp_path)
    assert wall_seconds(round) is None
    round.store.put(done_key(round), mark)
    with pytest.raises(InputError, match="round 2 is done is torn") as error:
        wall_seconds(round)
    assert error.value.where == str(tmp_path / "store" / done_key(round))
    round.store.delete(done_key(round))
    round.store.put(done_key(round), b'{"wall_seconds": 1.5}')
    assert wall_seconds(round) == 1.5


def test_what_is_stored_elsewhere_is_served_and_nothing_is_not(tmp_path: Path) -> None:
    """As far as a port that is taken, which is asked for before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = {"name": "mine", "mlflow_port": taken.getsockname()[1]}
        for store, said in (("", "no run has been made here"), (str(tmp_path / "elsewhere"), "cannot be used")):
            (tmp_path / "mine.yaml").write_text(yaml.safe_dump(place | {"store": store}))
            with pytest.raises(InputError, match=said):
                serve_command(place=str(tmp_path / "mine.yaml"), out=tmp_path / "out", console=Console())
