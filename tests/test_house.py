"""Rules of the code base: direction and cost of imports, length of modules, forbidden words."""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import get_args

import pytest
import yaml

from components import errors
from components.trajectories import phases
from pipelines.local.tracking_process import UNUSABLE

pytestmark = pytest.mark.xdist_group("house")  # one worker reads all files, once
ROOT = Path(__file__).resolve().parents[1]
STAGES = (
    "propose",
    "explore",
    "synthesize",
    "distill",
    "evaluate",
    "detect",
    "audit",
    "promote",
    "preflight",
    "report",
    "finish",
)
WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
HEAVY = ("torch", "playwright", "vllm", "kfp", "mlflow", "transformers", "lancedb", "scipy")
LONGEST = 350
LARGEST = 0.13
FORBIDDEN_NAMES = ("utils", "helpers", "common", "misc", "util", "helper")


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module a file imports, at its top or inside a function."""
    nodes = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return tuple(name for node in nodes for name in imports_of(node) if name)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "components" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", modules("components"), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_from_stages_to_parts(path: Path) -> None:
    own = path.relative_to(ROOT / "components").parts[0].removesuffix(".py")
    wrong = [
        name
        for name in imports(path)
        if name.split(".")[0] in ("pipelines", "bench", "charts", "tests")
        or (room(name) in {*STAGES} - {own} and not (own == "preflight" and name.endswith(".config")))
    ]
    assert not wrong, (
        f"{path.relative_to(ROOT)} imports {wrong}: stages meet through the store, parts know no stage; only preflight "
        "reads the others' settings"
    )


def test_the_direction_of_imports_would_be_noticed(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text("def f():\n    from components.distill.run import run\n")
    assert [room(name) for name in imports(path)] == ["distill"]


def test_what_runs_knows_nothing_of_what_measures_it() -> None:
    """Imports of `bench` and `tests`: neither is installed, nor in an image."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("pipelines", "charts")
        for path in modules(folder)
        for name in imports(path)
        if name.split(".")[0] in ("bench", "tests")
    ]
    assert not wrong


@cache
def graph() -> dict[str, set[str]]:
    """The rooms of `components` and which other rooms each imports, lazily or not."""
    found: dict[str, set[str]] = {}
    for path in modules("components"):
        own = path.relative_to(ROOT / "components").parts[0].removesuffix(".py")
        found.setdefault(own, set()).update(room(name) for name in imports(path) if room(name) not in ("", own))
    return found


def test_rooms_import_one_another_in_no_circle() -> None:
    list(TopologicalSorter(graph()).static_order())


def test_a_circle_would_be_noticed() -> None:
    with pytest.raises(CycleError):
        list(TopologicalSorter({"browser": {"agents"}, "agents": {"browser"}}).static_order())


def test_measuring_knows_nothing_but_errors() -> None:
    assert graph()["signatures"] <= {"errors", "files", "lean", "tensor_files"}


@pytest.mark.parametrize("path", sorted((ROOT / "components").glob("*/__init__.py")), ids=lambda path: path.parent.name)
def test_a_room_says_what_it_is_and_a_part_what_it_must_never_know(path: Path) -> None:
    said = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split())
    if path.parent.name in STAGES:
        assert said.startswith("Stage: ")
    else:
        for words in ("take", "give", "never know"):
            assert words in said.lower(), f"{path.parent.name} does not say what it {words}s"


def test_no_room_is_a_house_of_its_own() -> None:
    sizes = Counter[str]()
    for folder in ("components", "pipelines", "bench"):
        for path in (each for kind in ("*.py", "*.js") for each in (ROOT / folder).rglob(kind)):
            if "__pycache__" not in path.parts:
                parts = path.relative_to(ROOT).parts
                sizes["/".join(parts[: 2 if folder == "components" else 1])] += len(path.read_text().splitlines())
    name, lines = sizes.most_common(1)[0]
    assert lines <= LARGEST * sizes.total(), f"{name} holds {lines / sizes.total():.0%} of the lines"


def test_nothing_is_there_for_tests_alone() -> None:
    """Every function, class, constant and field is read somewhere, in code that is no test or in a page's template."""
    used = set[str]()
    for tree in trees("components", "pipelines", "bench", "charts").values():
        used.update(names_used(tree))
    for template in (ROOT / "components").rglob("*.html"):
        used.update(re.findall(r"\w+", template.read_text()))
    unused = [
        f"{module}: {name}"
        for module, tree in trees("components", "pipelines").items()
        for name in names_defined(tree)
        if name not in used and name not in WRITTEN_FOR_OTHERS.get(module, ())
    ]
    assert not unused, f"only tests reach these, or nobody: {unused}"


def test_what_nobody_uses_would_be_noticed() -> None:
    tree = ast.parse(
        "import typer\nA = 1\nD: int = 1\ndef f(x): x.w = A\n@app.command()\ndef g(): f()\n"
        "class C:\n  def h(self): ...\n  @property\n  def i(self): ...\n"
        "@dataclass\nclass E:\n  j: int\n  w: int\n@cache\ndef k(): E(j=1, w=2)\n"
        "class F(BaseModel):\n  'What l is.'\n  l: int\n  m: int = Field(description='told')\n  n: int\nF()"
    )
    assert set(names_defined(tree)) - set(names_used(tree)) == {*"CDhijkwn"}


REGISTERING = ("command", "callback", "rule")
"""Decorators that keep what they are given, so that nobody else has to name it."""
WRITTEN_FOR_OTHERS = {
    "components.exchange.adp": ("class_", "image_observation", "schema_version", "viewport_size"),
    "components.trainjobs.objects": (
        "active_deadline_seconds",
        "api_group",
        "api_version",
        "num_nodes",
        "num_proc_per_node",
        "owner_references",
        "runtime_ref",
        "suspend",
    ),
}
"""Fields of forms that are not ours, which are filled in and never read."""


def names_used(tree: ast.Module) -> Iterator[str]:
    """What is read, by its name or by a text that is its name, as with `getattr` and in rows of tables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def names_defined(tree: ast.Module) -> Iterator[str]:
    """Those that somebody has to name: nothing that is registered by a decorator, no methods of derived classes, which
    their base may call, and no fields of records that say what they are to those who read what is stored."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not is_registered(node):
            yield node.name
        if isinstance(node, ast.Assign | ast.AnnAssign):
            yield from set(names_assigned(node)) - {"__all__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from members_defined(node)


def members_defined(node: ast.ClassDef) -> Iterator[str]:
    told = ast.get_docstring(node) or ""
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.bases and not part.name.startswith("__"):
                yield part.name
        elif isinstance(part, ast.AnnAssign):
            (name,) = names_assigned(part)
            if not (node.bases and ("description=" in ast.unparse(part) or re.search(rf"\b{name}\b", told))):
                yield name


def is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(re.match(rf"(\w+\.)?({'|'.join(REGISTERING)})\(", ast.unparse(each)) for each in node.decorator_list)


def names_assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    written = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [part for each in written for part in ast.walk(each) if isinstance(part, ast.Name)]
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def drawn_errors() -> Counter[tuple[str, str, str]]:
    """(error, what it derives from, its module) of every line of the tree in `components/errors.py`."""
    drawing, above = (errors.__doc__ or "").partition("\nOutcome of")[0], [""]
    drawn = Counter[tuple[str, str, str]]()
    for branches, name, module in re.findall(r"^((?:\|   )*\+-- |)([A-Z]\w+)(?: +([a-z][\w.]+)  .*)?$", drawing, re.M):
        del above[len(branches) // 4 :]
        if module:
            drawn[name, above[-1], module if module.startswith("pipelines.") else f"components.{module}"] += 1
        above.append(name)
    return drawn


def errors_of(trees: dict[str, ast.Module]) -> Counter[tuple[str, str, str]]:
    """(error, what it derives from, its module) of every class in these modules that can be raised."""
    raised = {
        name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
    }
    classes = [
        (node.name, ast.unparse(base).split(".")[-1], module)
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]
    while new := {name for name, base, _ in classes if base in raised} - raised:
        raised |= new
    return Counter(each for each in classes if each[1] in raised)


def trees(*folders: str) -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): parsed(path)
        for folder in folders
        for path in modules(folder)
    }


def test_every_error_is_drawn_where_it_is_and_nothing_else() -> None:
    assert drawn_errors() == errors_of(trees("components", "pipelines"))


def test_an_error_that_is_not_drawn_would_be_noticed() -> None:
    tree = ast.parse(
        "class A(x.InfraError): ...\nclass B(A, C): ...\nclass D(C): ...\nclass InfraError(Exception): ..."
    )
    assert set(errors_of({"m": tree})) == {("A", "InfraError", "m"), ("B", "A", "m"), ("InfraError", "Exception", "m")}


def test_every_exit_status_is_drawn() -> None:
    drawing = (errors.__doc__ or "").partition("\nStatus of")[2]
    drawn = {name: int(status) for status, name in re.findall(r"^\+-- (\d+) +([A-Z]+) ", drawing, re.M)}
    assert drawn == {code.name: code.value for code in errors.ExitCode}
    assert f"with {UNUSABLE} where MLflow" in drawing
    assert not [f"{module}: {line}" for module, tree in trees("components", "pipelines").items() for line in bare(tree)]


def test_a_status_that_is_not_drawn_would_be_noticed() -> None:
    tree = ast.parse("def f():\n  sys.exit(2 if x else A)\n  raise typer.Exit(B)\n  raise SystemExit(1)\n  os._exit(s)")
    assert list(bare(tree)) == ["sys.exit(2 if x else A)", "SystemExit(1)"]


def bare(tree: ast.Module) -> Iterator[str]:
    """The ways to end a process whose status is a number that is written there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.fullmatch(r"(\w+\.)?(_?exit|Exit|SystemExit)", ast.unparse(node.func)):
            ends = (
                part
                for each in node.args
                for part in ((each.body, each.orelse) if isinstance(each, ast.IfExp) else (each,))
            )
            if any(isinstance(part, ast.Constant) for part in ends):
                yield ast.unparse(node)


def test_phases_are_named_in_one_place() -> None:
    elsewhere = trees("components", "pipelines", "bench").items()
    found = [(module, text) for module, tree in elsewhere for text in phases_in(tree) if module != phases.__name__]
    assert not found, f"{phases.__name__} has names for these"


def test_the_name_of_a_phase_would_be_noticed() -> None:
    tree = ast.parse(
        "a = 'explore-teacher'\nb = f'{x}/tables/evaluate-{y}'\nc = 'explore-phase'\nd = 'see 2/explore-student'"
    )
    assert list(phases_in(tree)) == ["explore-teacher", "/tables/evaluate-"]


def phases_in(tree: ast.Module) -> Iterator[str]:
    """Texts that are the name of a phase, or its beginning, perhaps behind a path."""
    named = "|".join((*get_args(phases.Mode), *get_args(phases.Role)))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if re.fullmatch(rf"(\S*/)?(explore|evaluate)-(({named})\b[\w-]*)?", text):
            yield text


@pytest.mark.parametrize("package", ["components", "pipelines"])
def test_importing_a_package_is_cheap(package: str) -> None:
    """Best of several fresh processes, so that a busy machine does not fail it."""
    code = (
        "import json, sys, time; started = time.perf_counter(); "
        f"import {package}; took = time.perf_counter() - started; "
        f"print(json.dumps([took, [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    best = float("inf")
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        took, heavy = json.loads(done.stdout)
        assert not heavy, f"import {package} loads {heavy}"
        best = min(best, took)
    assert best < 0.3, f"import {package} takes {best:.2f} s"


@pytest.mark.parametrize("module", ["pipelines.cli", "components.preflight.config", "components.place"])
def test_the_command_line_starts_without_the_heavy_packages(module: str) -> None:
    code = f"import sys; import {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, "PASSIVE 1000"),
        ({"GOMP_SPINCOUNT": "7"}, "PASSIVE 7"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE None"),
    ],
    ids=str,
)
def test_threads_that_wait_soon_sleep_unless_the_user_chose_otherwise(chosen: dict[str, str], found: str) -> None:
    code = f"import components, os, sys; assert 'torch' not in sys.modules; print(*map(os.environ.get, {WAITING}))"
    rest = {name: value for name, value in os.environ.items() if name not in WAITING}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=rest | chosen)
    assert done.stdout.strip() == found


@pytest.mark.parametrize("folder", ["components", "pipelines", "bench"])
def test_modules_are_short_and_named_after_what_they_hold(folder: str) -> None:
    for path in modules(folder):
        name = str(path.relative_to(ROOT))
        lines = len(path.read_text().splitlines())
        assert lines <= LONGEST, f"{name} has {lines} lines"
        assert path.stem not in FORBIDDEN_NAMES, f"{name} is named after nothing it holds"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_the_catalogue_form(stage: str) -> None:
    folder = ROOT / "components" / stage
    configured = [] if stage == "finish" else ["config.py"]
    for name in ("component.py", "metadata.yaml", "README.md", "run.py", *configured):
        assert (folder / name).is_file(), f"components/{stage} lacks {name}"
    metadata = yaml.safe_load((folder / "metadata.yaml").read_text())
    assert list(metadata) == ["name", "stability", "dependencies", "tags", "lastVerified", "ci", "links"]
    assert metadata["name"] == stage
    assert [each["name"] for each in metadata["dependencies"]["kubeflow"]] == ["Pipelines"]
    top = [
        name
        for node in ast.parse((folder / "component.py").read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imports_of(node)
    ]
    # The catalogue's import guard: nothing but the standard library and kfp, and the image's name.
    assert set(top) <= {"kfp", "components.image", *sys.stdlib_module_names}


def imports_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_tests_of_one_group_go_to_one_worker(request: pytest.FixtureRequest) -> None:
    if not hasattr(request.config, "workerinput"):
        pytest.skip("tests run in one process")
    assert request.node.nodeid.endswith("@house")


def test_nothing_is_pickled() -> None:
    for folder in ("components", "pipelines"):
        for path in modules(folder):
            assert "pickle" not in imports(path), f"{path} imports pickle"
