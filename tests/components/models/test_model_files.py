"""Model folders reach the store and come back as they were, or not at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from components.errors import InputError
from components.models.files import BASE_FOLDER, folder_digest, resolve_model
from components.models.prompting import load_prompting
from components.models.storing import export_model, fetch_model, is_stored, publish_model
from components.models.weights import load_model
from components.trajectories.open_store import open_store


def test_a_published_model_comes_back_with_the_same_digest(tiny_model: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    assert publish_model(store, tiny_model) == digest == folder_digest(tiny_model)
    folder = fetch_model(store, digest, tmp_path / "work")
    assert folder_digest(folder) == digest
    assert resolve_model(digest, work=tmp_path / "work", store=store) == folder


def test_an_upload_that_was_killed_is_not_a_model(tiny_model: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    store.delete(f"models/{digest}/config.json")
    with pytest.raises(InputError, match="no model"):
        fetch_model(store, digest, tmp_path / "work")
    assert publish_model(store, tiny_model) == digest
    assert fetch_model(store, digest, tmp_path / "work").is_dir()


OF_BEFORE = "bb8c996f33eea29ddb5a1feac35d79c9b605333300b662fbf7b3b8bcacb9fe0e"


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize("tear", [_cut, _flip, lambda _: b""], ids=["cut", "bit", "empty"])
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_torn_model_is_named_with_its_mend_and_made_whole_by_its_maker(
    tiny_model: Path, tmp_path: Path, name: str, tear: Callable[[bytes], bytes]
) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    assert is_stored(store, digest)
    key = f"models/{digest}/{name}"
    store.put(key, tear(store.get(key)))
    with pytest.raises(InputError, match=f"model {digest[:12]} is torn") as error:
        fetch_model(store, digest, tmp_path / "work")
    assert f"models/{digest}" in error.value.where
    assert "run the command that made it again" in error.value.fix
    assert [path.suffix for path in (tmp_path / "work" / "models").iterdir()] == [".lock"]
    assert not is_stored(store, digest)
    publish_model(store, tiny_model)
    assert is_stored(store, digest)
    assert folder_digest(fetch_model(store, digest, tmp_path / "work")) == digest


def test_a_torn_download_is_fetched_again(tiny_model: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    folder = fetch_model(store, digest, tmp_path / "work")
    for tear in (
        lambda: (folder / "model.safetensors").write_bytes(b""),
        lambda: (folder / "config.json").unlink(),
        lambda: (folder / "extra.json").write_text("{}"),
    ):
        tear()
        assert folder_digest(fetch_model(store, digest, tmp_path / "work")) == digest


def test_a_fetch_that_was_killed_is_gone_on_from_and_what_it_tore_is_fetched_again(
    tiny_model: Path, tmp_path: Path
) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    left = tmp_path / "work" / "models" / f".{digest}"
    left.mkdir(parents=True)
    shutil.copy(tiny_model / "tokenizer.json", left)
    (left / ".arriving").write_bytes(b"half")
    folder = fetch_model(store, digest, tmp_path / "work")
    assert folder_digest(folder) == digest
    assert not left.exists()
    shutil.rmtree(folder)
    left.mkdir()
    (left / "tokenizer.json").write_bytes(b"{}")
    assert folder_digest(fetch_model(store, digest, tmp_path / "work")) == digest


FETCH = """
import sys
from pathlib import Path
from components.models.storing import fetch_model
from components.trajectories.open_store import open_store
from components.trajectories.store_folder import FolderStore
reads, chunks = [], FolderStore.chunks
FolderStore.chunks = lambda self, key: reads.append(key) or chunks(self, key)
print(fetch_model(open_store(sys.argv[1]), sys.argv[2], Path(sys.argv[3])), len(reads))
"""


def test_of_processes_that_share_a_folder_one_fetches(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, shared = open_store(str(tmp_path / "store")), tmp_path / "shared"
    digest = publish_model(store, tiny_model)
    monkeypatch.setenv("SYMBIONT_MODELS", str(shared))
    commands = [[sys.executable, "-c", FETCH, store.url, digest, str(tmp_path / f"work-{each}")] for each in range(3)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    said = sorted(process.communicate()[0].split() for process in running)
    assert [folder for folder, _ in said] == [str(shared / digest)] * 3
    assert [int(reads) for _, reads in said] == [0, 0, len(list(store.list(f"models/{digest}/")))]


def test_a_card_goes_along_and_is_no_part_of_the_digest(tiny_model: Path, tmp_path: Path) -> None:
    store, folder = open_store(str(tmp_path / "store")), shutil.copytree(tiny_model, tmp_path / "model")
    (folder / "README.md").write_text("# A card")
    digest = publish_model(store, folder)
    assert digest == folder_digest(tiny_model)
    assert store.get(f"models/{digest}/README.md") == b"# A card"
    assert is_stored(store, digest)


def test_an_exported_model_loads_from_its_folder_and_has_the_newest_card(tiny_model: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    fetch_model(store, digest, tmp_path / "work")
    store.put(f"models/{digest}/README.md", b"# Judged")
    to = export_model(fetch_model(store, digest, tmp_path / "work"), tmp_path / "exported")
    assert folder_digest(to) == digest
    assert (to / "README.md").read_text() == "# Judged"
    assert load_model(to).num_parameters() > 0
    load_prompting(to).check_vocabulary()
    with pytest.raises(InputError, match="there is something"):
        export_model(tiny_model, to)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        export_model(tiny_model, tmp_path / "file" / "model")
    assert not list(tmp_path.glob(".*"))


def test_a_model_that_an_earlier_release_stored_is_read(tmp_path: Path) -> None:
    """Written by commit f44d741: five files, one of them in a folder."""
    store = open_store(str(Path(__file__).parent / "fixtures" / "store"))
    assert is_stored(store, OF_BEFORE)
    folder = fetch_model(store, OF_BEFORE, tmp_path)
    assert (folder / "model.safetensors").read_bytes() == b"weights\x00\x01"


def test_what_other_tools_leave_in_a_bucket_is_passed_over(tiny_model: Path, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    for name in ("_SUCCESS", "README.md", "model.safetensors.sha256", "Thumbs.db"):
        store.put_new(f"models/{digest}/{name}", b"x")
    assert is_stored(store, digest)
    assert folder_digest(fetch_model(store, digest, tmp_path / "work")) == digest


def test_a_file_that_is_called_nearly_as_the_card_is_part_of_the_model(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    (folder / "USE_README.md").write_text("how it is prompted")
    store = open_store(tmp_path / "store")
    digest = publish_model(store, folder)
    assert is_stored(store, digest)
    assert (fetch_model(store, digest, tmp_path) / "USE_README.md").is_file()


def test_a_folder_with_pickles_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    (folder / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(InputError, match=r"pytorch_model\.bin"):
        folder_digest(folder)


@pytest.mark.parametrize("reference", ["no-such-model", "0" * 64, "/nowhere/at/all"])
def test_a_reference_to_nothing_names_itself(reference: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        resolve_model(reference, work=tmp_path, store=open_store(str(tmp_path / "store")))
    assert reference[:12] in str(error.value)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json"):
        resolve_model(str(tmp_path), work=tmp_path)


def test_the_registry_leads_to_the_weights_in_the_store(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from components.registry import register_version, set_alias

    monkeypatch.chdir(tmp_path)  # where MLflow without a server keeps files
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    store = open_store(str(tmp_path / "store"))
    digest = publish_model(store, tiny_model)
    version = register_version("student", model=tiny_model, model_digest=digest, tags={})
    set_alias("student", "champion", version.version)
    for reference in ("models:/student@champion", f"models:/student/{version.version}"):
        assert resolve_model(reference, work=tmp_path / "work", store=store).name == digest
    with pytest.raises(InputError, match="no models:/student@other"):
        resolve_model("models:/student@other", work=tmp_path / "work", store=store)


def test_the_shipped_base_is_small_and_as_its_card_says() -> None:
    assert sum(path.stat().st_size for path in BASE_FOLDER.iterdir()) < 10_000_000
    assert folder_digest(BASE_FOLDER) in (BASE_FOLDER / "README.md").read_text()
    load_prompting(BASE_FOLDER).check_vocabulary()
