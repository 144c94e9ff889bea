"""A round's manifest: written once, read by later releases, and what one says otherwise than another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.errors import InputError
from components.preflight.config import Recipe
from components.trajectories.manifest import Manifest, differences, keep_manifest, manifest_key, read_manifest
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from tests.pipelines.manifests import manifest

STORED = Path(__file__).parent / "fixtures/manifest-v1.json"


@pytest.fixture
def round_one(tmp_path: Path) -> Round:
    return Round(run="r", number=1, seed=0, store=open_store(tmp_path / "store"), work=tmp_path / "work")


def by_recipe(**changes: object) -> Manifest:
    """The manifest of a round by this recipe."""
    recipe = Recipe.model_validate({"name": "mine", **changes})
    return manifest(recipe=recipe.digest, settings=recipe.settings)


def test_a_manifest_is_written_once_and_the_same_one_is_found_again(round_one: Round) -> None:
    first = keep_manifest(round_one, manifest())
    told = {"created_at": "2027-01-01T00:00:00+00:00", "place": "cluster", "image": "another@sha256:0"}
    assert keep_manifest(round_one, manifest(**told)) == first == read_manifest(round_one)


def test_a_round_begun_with_something_else_names_key_old_new_and_mend(round_one: Round) -> None:
    keep_manifest(round_one, by_recipe(distill={"steps": 400}))
    now = by_recipe(distill={"steps": 800}, tasks={"train": ["click-button"]})
    with pytest.raises(InputError) as raised:
        keep_manifest(round_one, now.model_copy(update={"code": "c" * 64, "split": "other"}))
    lines = raised.value.what.splitlines()[1:]
    assert sorted(lines) == [
        f"code: {'b' * 12} then, {'c' * 12} now",
        "distill.steps: 400 then, 800 now",
        'tasks.train: not set then, ["click-button"] now',
    ], "the split is another because the tasks are"
    assert raised.value.where.endswith(manifest_key(round_one))
    assert "round 2" in raised.value.fix
    assert read_manifest(round_one).settings["distill"]["steps"] == 400


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"round": 2, "student": "t", "champion": "t", "data": {"k": "d"}, "created_at": "2027"}, []),
        ({"seed": 7, "image": "i@sha256:1"}, ["seed", "image"]),
        ({"packages": {"torch": "2", "scipy": "1"}}, ["packages.torch", "packages.scipy"]),
        ({"split": "e"}, ["split"]),
        ({"teacher": {"name": "t", "kind": "chat", "digest": "f"}}, ["teacher.digest"]),
        ({"recipe": "d" * 64}, ["recipe"]),
    ],
)
def test_what_changed_since_the_round_before_is_named_and_what_every_round_changes_is_not(
    changes: dict[str, object], keys: list[str]
) -> None:
    found = differences(manifest(), manifest(**changes))
    assert sorted(each.key for each in found) == sorted(keys)


def test_long_values_and_digests_are_cut_to_a_line() -> None:
    (found,) = differences(by_recipe(), by_recipe(tasks={"heldout": [f"task-{number}" for number in range(99)]}))
    assert found.key == "tasks.heldout"
    assert (found.old, len(found.new) < 100) == ("not set", True)


def test_only_what_stages_share_decides_the_key_of_all() -> None:
    one, other = by_recipe(distill={"steps": 400}), by_recipe(distill={"steps": 800})
    assert one.shared == other.shared
    assert one.digest != other.digest
    assert manifest(code="x").shared != manifest().shared


def test_a_manifest_of_the_first_version_is_read_and_keeps_its_digest(round_one: Round) -> None:
    round_one.store.put(manifest_key(round_one), STORED.read_bytes())
    found = read_manifest(round_one)
    assert found.digest == "57e4f437854eb78cafeb8082ad47c0fb05fb78793c0c70afc5913e0f22aca4cb", "as that release said"
    now = found.model_copy(update={"settings": {"name": "tiny"}, "recipe": "f" * 64})
    assert [each.key for each in differences(found, now)] == ["recipe"]


@pytest.mark.parametrize("version", [0, 3, "1", None])
def test_a_manifest_of_another_version_is_refused(round_one: Round, version: object) -> None:
    record = {**manifest().model_dump(mode="json"), "manifest_version": version}
    round_one.store.put(manifest_key(round_one), json.dumps(record).encode())
    with pytest.raises(InputError, match=f"version is {version}"):
        read_manifest(round_one)


@pytest.mark.parametrize("stored", [b"", b"[]", b'{"manifest_version": 1, "run": "r"}'])
def test_a_broken_manifest_is_named(round_one: Round, stored: bytes) -> None:
    round_one.store.put(manifest_key(round_one), stored)
    with pytest.raises(InputError, match="a broken manifest") as raised:
        read_manifest(round_one)
    assert raised.value.where.endswith(manifest_key(round_one))
    assert raised.value.fix
