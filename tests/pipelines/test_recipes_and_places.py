"""Wrong keys, values, files and tasks are named, with the nearest right one, before anything is started."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from components.documents.check import check_document, read_document
from components.documents.named import find_document
from components.errors import InputError
from components.place import Place
from components.preflight.config import Recipe
from components.preflight.documents import MOST_CHARACTERS
from components.preflight.run import control_name
from pipelines.explain import explain
from pipelines.rounds import default_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines/recipes").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_recipes_are_right(path: Path) -> None:
    recipe = read_document(path, Recipe)
    assert recipe.name == path.stem
    assert len(recipe.text) < MOST_CHARACTERS / 10, "there is room for longer ones"


def test_the_control_of_a_run_is_called_as_it_would_be_without_a_name() -> None:
    def recipe(**explore: object) -> Recipe:
        return Recipe.model_validate({"name": "mine", "explore": explore})

    assert default_name(recipe(explorer="random"), seed=3) == control_name(default_name(recipe(), seed=3))
    assert recipe().has_control
    assert not recipe(explorer="random").has_control, "it is the control"
    assert not recipe(student_seeds=0).has_control, "nobody explores in the student's place"


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
        ("name: x\nteacher:\n  kind: chatt", "line 3: teacher.kind must be one of scripted, chat, local"),
        ("name: x\nteacher: {kind: chatt}", "not 'chatt': did you mean 'chat'?"),
        ("name: x\nteacher: {model: m}", "teacher.kind must be one of scripted, chat"),
        ("name: x\ndetect: {others: {chat: {kind: lokal}}}", "detect.others.chat.kind must be one of scripted, chat"),
        ("name: x\ndetect: {others: {chat: {kind: local}}}", "detect.others.chat.model is missing: model reference"),
        ("name: x\nrounds: 0", "line 2: rounds must be at least 1, not 0"),
        ("name: x\nrounds: 1:30", "rounds wants a whole number, not '1:30'"),
        ("name: x\nrounds: 2.5", "rounds wants a whole number, not 2.5"),
        ("name: x\ndistill: {validation_share: 1}", "distill.validation_share must be less than 1, not 1"),
        ("name: x\ndistill: {continue_from: latst}", "must be one of champion, latest, nothing, not 'latst': did you"),
        ("name: x\ntasks: {train: click-button}", "tasks.train wants a list, such as [a, b], not 'click-button'"),
        ("name: x\nexplore:", "line 2: explore is empty: give it keys with values, or leave it out"),
        ("name: 3.10", "name wants a text, and 3.10 is read as a number: write it in quotes"),
        ("name: true", "name wants a text, and true is read as true or false: write it in quotes"),
        ("name: Mine One", "small letters, digits and hyphens, such as mine-one"),
        ("name: x\npromote: {model_name: a/b}", "letters, digits and . _ -"),
        ("rounds: 2", "name is missing: name of the recipe"),
        (
            "name: x\nteacher: {kind: chat, model: m, base_url: u, budget_usd: 5}",
            "budget_usd needs a price: set usd_per_million_prompt",
        ),
        ("name: x\nevaluate: {role: student}", "unknown key 'evaluate.role'"),
        ("name: x\ntasks: {heldouts: [click-link]}", "unknown key 'tasks.heldouts': did you mean 'heldout'?"),
        ("name: [", "not YAML"),
        ("- a\n- b", "the file wants keys with values, not a list"),
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
    assert "Value error" not in str(raised.value)
    assert "Input should" not in str(raised.value)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: x\nroundz: 1\nexplorer: {}\nteacher: {kind: chatt}\ndistill: {steps: 0}\n")
    with pytest.raises(InputError) as raised:
        read_document(path, Recipe)
    lines = raised.value.what.splitlines()
    assert sorted(line.split(":")[0] for line in lines) == ["line 2", "line 3", "line 4", "line 5"]


def test_a_wrong_value_is_shown_and_never_a_whole_section() -> None:
    with pytest.raises(InputError) as raised:
        check_document({"name": {"a": "b" * 500}, "rounds": "c" * 500}, Recipe, where="here")
    assert "bbb" not in raised.value.what
    assert len(raised.value.what) < 250


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["distill.steps"], "write key=value"),
        (["=3"], "write key=value"),
        (["distill..steps=3"], "write key=value"),
        (["distill.stps=3"], "did you mean 'steps'?"),
        (["distill.steps=fast"], "distill.steps wants a whole number, not 'fast'"),
        (["name.first=x"], "'first' is set below a value that has no keys"),
        (["rounds=010"], "write 10"),
        (["name="], "name is empty"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(changes: list[str], said: str) -> None:
    from pipelines.commands import read_recipe

    with pytest.raises(InputError) as raised:
        read_recipe("laptop", changes)
    assert said in str(raised.value)
    assert f"--set {changes[0]}" in raised.value.where


def test_changes_are_set_over_the_recipe_and_typed_as_yaml() -> None:
    from pipelines.commands import read_recipe

    changes = ["distill.steps=800", "distill.learning_rate=1e-4", "teacher={kind: local, model: base}"]
    recipe = read_recipe("laptop", [*changes, "tasks.train=[click-button, no]", "distill.steps=900"])
    assert recipe.distill.steps == 900
    assert recipe.distill.learning_rate == 1e-4
    assert recipe.teacher.kind == "local"
    assert recipe.tasks.train == ("click-button", "no")
    assert recipe.distill.reason_share == read_recipe("laptop").distill.reason_share


def test_an_unknown_recipe_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'laptop'"):
        find_document("laptob", kind="recipe")
    with pytest.raises(InputError, match=r"there is no file mine\.yml"):
        find_document("mine.yml", kind="recipe")
    with pytest.raises(InputError, match="a folder, not a file"):
        find_document(str(tmp_path), kind="recipe")


def test_every_key_is_explained() -> None:
    for model in (Recipe, Place):
        for line in explain(model):
            assert line.strip()
        keys = "\n".join(explain(model))
        assert "name:" in keys
    assert "learning_rate: 0.001" in "\n".join(explain(Recipe))


def test_alternatives_are_listed_once_and_every_key_that_is_listed_is_taken() -> None:
    lines = list(explain(Recipe))
    (teacher,) = [line for line in lines if line.startswith("teacher:")]
    assert "one of scripted | chat | local" in teacher
    assert sum("kind: chat" in line for line in lines) == 1
    (others,) = [line for line in lines if line.strip().startswith("others:")]
    assert others.endswith("as teacher of kind scripted")
    for section in Recipe.model_fields:
        inside = [line.strip().split(":")[0] for line in explain(Recipe, section) if re.match("  [a-z]", line)]
        for key in inside if section != "teacher" else ():
            with pytest.raises(InputError) as raised:
                check_document({section: {key: object()}}, Recipe, where="here")
            assert "unknown key" not in raised.value.what, f"{section}.{key}"


def test_a_section_is_explained_with_the_values_that_it_has_there() -> None:
    lines = {line.strip().partition(":")[0]: line for line in explain(Place, "pods")}
    assert "memory: 3Gi" in lines["memory"]
    assert "as pods.preflight, but {cpu: '4', cpu_limit: '16', image: trainer, memory: 16Gi" in lines["distill"]


def test_a_key_is_explained_by_the_name_that_files_use() -> None:
    assert "    copy: false" in "\n".join(explain(Place, "sites"))


def test_a_section_is_explained_alone() -> None:
    assert next(iter(explain(Recipe, "detect.shadow"))).startswith("shadow:")
    assert any("learning_rate: 0.001" in line for line in explain(Recipe, "distill"))
    with pytest.raises(InputError, match=r"did you mean 'distill'"):
        list(explain(Recipe, "distil"))
    with pytest.raises(InputError, match=r"did you mean 'detect\.shadow'"):
        list(explain(Recipe, "detect.shadwo"))


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


def test_the_recipe_that_readme_shows_is_right() -> None:
    (example,) = re.findall(r"```yaml\n(name: mine\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    recipe = check_document(yaml.safe_load(example), Recipe, where="README.md")
    assert recipe.teacher.kind == "chat"
    assert recipe.teacher.budget_tokens


def test_a_larger_budget_or_another_address_is_the_same_run() -> None:
    def digest(**more: object) -> str:
        chat = {"kind": "chat", "model": "m", "base_url": "http://127.0.0.1:1/v1", **more}
        recipe = {"name": "x", "teacher": chat, "synthesize": {"judge": {"kind": "model", "model": chat}}}
        return check_document(recipe, Recipe, where="here").digest

    changes: list[dict[str, object]] = [
        {"budget_tokens": 5},
        {"budget_usd": 5, "usd_per_million_prompt": 1},
        {"timeout": 5, "retries": 1, "concurrency": 2, "backoff": 3},
        {"base_url": "http://127.0.0.1:2/v1", "api_key_env": "OTHER"},
    ]
    assert {digest(**change) for change in changes} == {digest()}
    assert digest(max_tokens=5) != digest()
