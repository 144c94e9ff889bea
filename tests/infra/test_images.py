"""The images' recipe: what each installs is what pyproject says, by hash; none runs as root."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

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


def test_what_the_images_need_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE):
        for path in copied.split():
            assert path in kept or re.sub(r"[^/]+\.lock$", "*.lock", path) in kept, path
            assert (ROOT / path).exists(), path


def _extra(name: str) -> list[str]:
    return list(PROJECT["optional-dependencies"][name])


# The explorer lacks nothing.
STAGES = {
    "tools": ("promote", "finish"),
    "trainer": ("distill", "detect", "audit"),
}
MODULES = {"playwright": "playwright", "scipy": "scipy", "scikit-learn": "sklearn", "pot": "ot", "lancedb": "lancedb"}
MODULES |= {"transformers": "transformers", "safetensors": "safetensors", "httpx2": "httpx2", "fastapi": "fastapi"}
"""What an image may lack, by package."""
BLOCKED = """
import sys
for module in sys.argv[1].split():
    sys.modules[module] = None
import importlib
for stage in sys.argv[2].split():
    importlib.import_module(f"components.{stage}.run")
"""


@pytest.mark.parametrize("image", STAGES)
def test_an_images_stages_start_with_what_it_holds(image: str) -> None:
    lacking = [module for package, module in MODULES.items() if package not in locked(image)]
    lacking += ["torch"] if image == "tools" else []
    command = [sys.executable, "-c", BLOCKED, " ".join(lacking), " ".join(STAGES[image])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
