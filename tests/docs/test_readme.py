"""Commands, options, targets, files and recipes that README and CONTRIBUTING name exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from components.documents.check import check_document
from components.documents.yaml_files import parse_yaml
from components.explore.run import make_plan
from components.preflight.config import Recipe
from components.trajectories.open_store import open_store
from components.trajectories.rounds import Round
from pipelines.cli import app
from pipelines.commands import read_recipe

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/data.md", "docs/cluster.md", "infra/images/README.md")
TEXTS = {name: (ROOT / name).read_text() for name in PAGES}
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """Command lines in fences and in backticks, without comments and continued lines joined."""
    fenced = [body.replace("\\\n", " ") for kind, body in FENCED.findall(text) if kind in ("", "sh", "bash")]
    lines = [line.split(" # ")[0] for body in fenced for line in body.splitlines()]
    quoted = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return [part.strip() for line in [*lines, *quoted] for part in line.split("&&")]


def typed(program: str) -> list[str]:
    found = [re.sub(r"^\.venv/bin/", "", line) for text in TEXTS.values() for line in commands(text)]
    return sorted({line for line in found if re.match(rf"{program}( |$)", line) and "..." not in line})


@pytest.mark.parametrize("line", typed("symbiont"))
def test_a_command_and_its_options_are_there(line: str) -> None:
    words = shlex.split(line.split("|")[0])[1:]
    answered = CliRunner().invoke(app, [*words, "--help"] if "--help" not in words else words)
    assert answered.exit_code == 0, answered.output
    assert "Usage" in answered.output


def test_there_is_something_to_check() -> None:
    assert len(typed("symbiont")) > 8
    assert len(typed("make")) > 4


@pytest.mark.parametrize("line", typed("make"))
def test_a_target_is_there(line: str) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for word in shlex.split(line)[1:]:
        assert "=" in word or word in targets


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", TEXTS[name]):
        assert ((ROOT / name).parent / target).exists(), target


def test_the_episode_that_is_opened_is_one_that_was_played(tmp_path: Path) -> None:
    (number, mode, task, seed), *_ = re.findall(r"--key (\d+)/explore-(\w+)/([\w-]+)/(\d+)", TEXTS["README.md"])
    recipe = read_recipe("laptop")
    round = Round(run="r", number=int(number), seed=0, store=open_store(tmp_path), work=tmp_path)
    plan = make_plan(recipe.explore, recipe.tasks.open()[1], round=round, mode=mode)
    assert (task, int(seed)) in [(each.task_id, seed) for each, seed in plan]


def test_the_sample_recipe_is_one() -> None:
    samples = [body for kind, body in FENCED.findall(TEXTS["README.md"]) if kind == "yaml"]
    recipes = [text for text in samples if "teacher" in (yaml.safe_load(text) or {})]
    assert recipes
    for text in recipes:
        document = parse_yaml(text, where="README.md")
        assert check_document(document.content, Recipe, where="README.md").name


@pytest.mark.parametrize(
    "line", ["symbiont --help", "symbiont help-recipe", "symbiont recipe schema", "symbiont audit probes"]
)
def test_what_is_cheap_really_runs(line: str) -> None:
    answered = CliRunner().invoke(app, shlex.split(line)[1:])
    assert answered.exit_code == 0
    assert len(answered.stdout) > 500
