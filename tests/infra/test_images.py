"""The images' recipe: what each installs is what pyproject says, by hash; none runs as root."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from playwright._impl._driver import compute_driver_executable

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "infra" / "images"
DOCKERFILE = (IMAGES / "Dockerfile").read_text()
EXTRAS = {"tools": ("tools",), "explorer": ("browser", "train"), "trainer": ("train",)}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(image: str) -> dict[str, Version]:
    lines = (IMAGES / f"{image}.lock").read_text().splitlines()
    pins = [re.match(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", line) for line in lines]
    return {canonicalize_name(pin[1]): Version(pin[2]) for pin in pins if pin}


def stage(name: str) -> str:
    """The part of the Dockerfile that makes one stage."""
    parts = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
    return next(part for part in parts if part.splitlines()[0].endswith(f" AS {name}"))


@pytest.mark.parametrize("image", EXTRAS)
def test_an_image_holds_what_its_extras_ask_for(image: str) -> None:
    pins = locked(image)
    asked = [*PROJECT["dependencies"], *(each for extra in EXTRAS[image] for each in _extra(extra))]
    for wanted in map(Requirement, asked):
        if wanted.name == "torch":
            assert f"torch{wanted.specifier}" in stage(f"{image}-packages")
        else:
            assert pins[canonicalize_name(wanted.name)] in wanted.specifier, f"{wanted}: bash infra/images/lock.sh"


@pytest.mark.parametrize("image", EXTRAS)
def test_kfp_is_there_without_what_it_would_pin(image: str) -> None:
    pins = locked(image)
    [kfp] = [Requirement(each) for each in _extra("pipelines") if Requirement(each).name == "kfp"]
    assert pins["kfp"] in kfp.specifier
    assert not {"kfp-pipeline-spec", "kfp-server-api", "kubernetes"} & set(pins)
    assert "--no-deps --require-hashes" in stage(f"{image}-packages")


@pytest.mark.parametrize("image", EXTRAS)
def test_every_pin_has_hashes_and_no_device_is_chosen(image: str) -> None:
    text = (IMAGES / f"{image}.lock").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert not [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]
    assert not [name for name in locked(image) if name.startswith(("torch", "nvidia-", "cuda-", "triton"))]


@pytest.mark.parametrize("image", EXTRAS)
def test_an_image_runs_as_nobody_with_labels(image: str) -> None:
    users = re.findall(r"^USER (.+)$", stage("runtime") + stage(image), flags=re.MULTILINE)
    assert users[-1] == "10001:10001"
    assert stage(image).startswith("runtime AS ")
    for label in ("title", "description", "licenses", "version", "revision", "source"):
        assert f"org.opencontainers.image.{label}=" in stage("runtime")


def test_the_base_is_chosen_once_and_can_be_another() -> None:
    assert DOCKERFILE.count("\nARG BASE=") == 1
    froms = re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)
    assert set(froms) <= {"${BASE}", "builder", "runtime"}


def test_the_explorer_has_what_playwrights_node_links() -> None:
    """Chromium's package brings the rest, and Debian's smallest base."""
    node, _ = compute_driver_executable()
    linked = subprocess.run(["ldd", node], capture_output=True, text=True, check=True).stdout
    names = set(re.findall(r"^\s*(lib[a-z+]+)", linked, flags=re.MULTILINE))
    assert names - {"libc", "libdl", "libgcc", "libm", "libpthread", "librt", "libstdc++"} <= {"libatomic"}
    assert "libatomic1" in stage("explorer").split()


def test_an_image_stands_above_what_only_larger_ones_need() -> None:
    """Docker without BuildKit builds every stage above its target."""
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, flags=re.MULTILINE)
    assert stages == ["builder", "runtime", *(name for image in EXTRAS for name in (f"{image}-packages", image))]


def test_what_the_images_need_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE):
        for path in copied.split():
            assert path in kept or re.sub(r"[^/]+\.lock$", "*.lock", path) in kept, path
            assert (ROOT / path).exists(), path


def _extra(name: str) -> list[str]:
    return list(PROJECT["optional-dependencies"][name])


STAGES = {
    "tools": ("promote", "finish"),
    "explorer": ("preflight", "propose", "explore", "synthesize", "evaluate", "report"),
    "trainer": ("distill", "detect", "audit"),
}
BLOCKED = """
import sys
for module in sys.argv[1].split():
    sys.modules[module] = None
exec(sys.argv[2])
"""
REGISTERED = """
from pathlib import Path
from components.models.registered import write_registered
write_registered(Path(sys.argv[3], "model"), store="/store", digest="0" * 64, card="A card.", example="A prompt.")
"""


def _run_in(image: str, code: str, *arguments: str) -> None:
    """Runs code where nothing can be imported that the image does not hold."""
    held = set(locked(image)) | {"symbiont", *(["torch", "triton"] if image != "tools" else [])}
    modules = metadata.packages_distributions().items()
    lacking = [module for module, packages in modules if held.isdisjoint(map(canonicalize_name, packages))]
    assert {"pytest", "moto"} <= set(lacking)
    command = [sys.executable, "-c", BLOCKED, " ".join(lacking), code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("image", STAGES)
def test_an_images_stages_start_with_what_it_holds(image: str) -> None:
    _run_in(image, "\n".join(f"import components.{stage}.run" for stage in STAGES[image]))


def test_the_tools_register_a_model_with_what_they_hold(tmp_path: Path) -> None:
    _run_in("tools", REGISTERED, str(tmp_path))
    assert (tmp_path / "model" / "MLmodel").is_file()
