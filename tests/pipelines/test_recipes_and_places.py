"""Wrong keys, values, files and tasks are named, with the nearest right one, before anything is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from components.errors import InputError
from components.place import Place
from pipelines.documents import check_document, explain, find_document, read_document
from pipelines.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines/recipes").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_recipes_are_right(path: Path) -> None:
    recipe = read_document(path, Recipe)
    assert recipe.name == path.stem
    configs = recipe.arguments(Place(name="here"))
    # Arguments of one process: Linux takes at most 128 KiB each.
    assert all(len(text) < 128 * 1024 for text in configs.values())


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines/places").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_places_are_right(path: Path) -> None:
    assert read_document(path, Place).name == path.stem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\ndistil: {}", "unknown key 'distil': did you mean 'distill'?"),
        ("name: x\ndistill: {learning_rte: 0.1}", "unknown key 'distill.learning_rte': did you mean 'learning_rate'?"),
        ("name: x\ndetect: {shadow: {expert: 4}}", "unknown key 'detect.shadow.expert': did you mean 'experts'?"),
        ("name: x\nteacher: {kind: chat, model: m, base_ulr: u}", "did you mean 'base_url'?"),
        ("name: x\nteacher: {kind: robot}", "teacher"),
        ("name: x\nrounds: 0", "rounds: Input should be greater than or equal to 1, not 0"),
        ("rounds: 2", "name: Field required"),
        ("name: x\nevaluate: {benchmark: webarena}", "unknown key 'evaluate.benchmark': the keys here are seeds"),
        ("name: x\nexplore: {play: {retries: 1}}", "unknown key 'explore.play'"),
        ("name: x\nevaluate: {role: student}", "unknown key 'evaluate.role'"),
        ("name: x\ntasks: {heldouts: [click-link]}", "unknown key 'tasks.heldouts': did you mean 'heldout'?"),
        ("name: [", "not YAML"),
        ("- a\n- b", "valid dictionary"),
    ],
)
def test_a_wrong_recipe_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_document(path, Recipe)
    assert said in str(raised.value)
    assert str(path) in str(raised.value)
    assert raised.value.fix


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InputError) as raised:
        check_document({"name": "x", "roundz": 1, "explorer": {}}, Recipe, where="here")
    assert "'roundz'" in raised.value.what
    assert "'explorer'" in raised.value.what


def test_an_unknown_recipe_names_the_shipped_ones() -> None:
    with pytest.raises(InputError, match="laptop"):
        find_document("laptob", kind="recipe")


def test_every_key_is_explained() -> None:
    for model in (Recipe, Place):
        for line in explain(model):
            assert line.strip()
        keys = "\n".join(explain(model))
        assert "name:" in keys
    assert "learning_rate: 0.001" in "\n".join(explain(Recipe))


def test_another_word_about_it_is_the_same_recipe_and_another_number_is_not() -> None:
    def digest(**more: object) -> str:
        return check_document({"name": "x", **more}, Recipe, where="here").digest

    assert digest(about="a") == digest(about="b") == digest(rounds=9)
    assert digest(distill={"steps": 5}) != digest()


def symbiont(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipelines.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120, check=False)


def test_an_unknown_option_is_a_usage_error(tmp_path: Path) -> None:
    done = symbiont("run", "--recipy", "laptop", cwd=tmp_path)
    assert done.returncode == 2
    assert "--recipe" in done.stderr


def test_a_recipe_names_its_policy_by_file_or_holds_it(tmp_path: Path) -> None:
    from pipelines.commands import read_recipe

    (tmp_path / "rules.yaml").write_text("distilled_from: [teacher]\ninconclusive: allow\n")
    (tmp_path / "by-file.yaml").write_text("name: x\npromote: {policy: rules.yaml}\n")
    (tmp_path / "inside.yaml").write_text(
        "name: x\npromote: {policy: {distilled_from: [teacher], inconclusive: allow}}\n"
    )
    by_file, inside = (read_recipe(str(tmp_path / f"{name}.yaml")) for name in ("by-file", "inside"))
    assert by_file.promote.policy is not None
    assert by_file.promote.policy.distilled_from == ("teacher",)
    assert by_file.digest == inside.digest
    (tmp_path / "rules.yaml").write_text("distilled_from: [teacher]\n")
    assert read_recipe(str(tmp_path / "by-file.yaml")).digest != inside.digest


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("nowhere.yaml", "nowhere.yaml"),
        ("{independent_of: [vendor]}", "whom the audit does not ask about; it asks about teacher"),
    ],
)
def test_a_policy_that_nothing_could_ever_meet_is_refused(tmp_path: Path, policy: str, said: str) -> None:
    from pipelines.commands import read_recipe

    (tmp_path / "mine.yaml").write_text(f"name: x\npromote: {{policy: {policy}}}\n")
    with pytest.raises(InputError, match=said):
        read_recipe(str(tmp_path / "mine.yaml"))
