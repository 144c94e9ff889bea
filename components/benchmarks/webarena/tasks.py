"""The tasks as the package `webarena-verified` ships them, read without importing it (that takes two seconds)."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from components.errors import InputError

PACKAGE = "webarena-verified"
KNOWN = "1.2.3"
"""The version that `DOUBTFUL` is about; of others nothing is known."""
SUBSETS = ("all", "hard")

_SEVERAL = "several people are to be invited, and of the requests to that one address only the last is looked at"
_BROKEN = "the evaluator breaks at its own expectation, a list of one value, whatever was done"
DOUBTFUL: Mapping[str, str] = MappingProxyType(
    {
        "319": "no answer passes: what is expected holds retrieved_data only after it was normalised, no answer does",
        "429": "two pages are to be the last one visited (ServiceNow/webarena-verified, issue 42)",
        **dict.fromkeys(("567", "568", "569", "570", "742", "743", "745", "746"), _SEVERAL),
        **dict.fromkeys(("699", "700", "811"), _BROKEN),
    }
)
"""Tasks whose right solution `KNOWN` does not accept, as far as we found by feeding it back to the evaluators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTask:
    """One task of the data set.

    Attributes:
        sites: in the package's words, such as `shopping_admin`.
        start_urls: with a site's name in capitals for its address: `__GITLAB__/a11yproject`.
        template: the intent with its variables in braces.
    """

    task_id: int
    sites: tuple[str, ...]
    template_id: int
    start_urls: tuple[str, ...]
    intent: str
    template: str

    @property
    def every_site(self) -> tuple[str, ...]:
        """The sites of the task and of the pages on which it begins, each once."""
        matches = (re.match(r"__([A-Z_]+?)__", url) for url in self.start_urls)
        return tuple(dict.fromkeys((*self.sites, *(match[1].lower() for match in matches if match))))


def data_folder() -> Path:
    """Where the package keeps its data.

    Raises:
        InputError: it is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        fix = f"pip install -e '.[webarena]', then pip install --no-deps {PACKAGE}=={KNOWN} (make setup does both)"
        raise InputError(f"the package {PACKAGE} is not installed", where="benchmark webarena-verified", fix=fix)
    return Path(spec.origin).parent / "assets" / "dataset"


def package_version() -> str:
    return importlib.metadata.version(PACKAGE)


@lru_cache(maxsize=2)
def read_tasks(subset: Literal["all", "hard"]) -> Mapping[str, PackageTask]:
    """By id, in the package's order.

    Raises:
        InputError: the package is not installed.
    """
    folder = data_folder()
    rows = json.loads((folder / "webarena-verified.json").read_bytes())
    task_ids = _hard(folder) if subset == "hard" else {row["task_id"] for row in rows}
    return MappingProxyType({str(row["task_id"]): _task_of(row) for row in rows if row["task_id"] in task_ids})


def _hard(folder: Path) -> set[int]:
    return set(json.loads((folder / "subsets" / "webarena-verified-hard.json").read_bytes())["task_ids"])


def _task_of(row: Mapping[str, object]) -> PackageTask:
    return PackageTask(
        task_id=int(str(row["task_id"])),
        sites=tuple(map(str, _list(row["sites"]))),
        template_id=int(str(row["intent_template_id"])),
        start_urls=tuple(map(str, _list(row["start_urls"]))),
        intent=str(row["intent"]),
        template=re.sub(r"\{\{\s*(\w+)\s*\}\}", r"{\1}", str(row["intent_template"])),
    )


def _list(value: object) -> list[object]:
    assert isinstance(value, list), "the data set of webarena-verified has another form"
    return value


@lru_cache(maxsize=1)
def package_checksum() -> str:
    """SHA-256 over the package's own code and data: what a verdict depends on."""
    folder = data_folder()
    digest = hashlib.sha256()
    for path in (*sorted(folder.parents[1].rglob("*.py")), folder / "webarena-verified.json"):
        digest.update(path.read_bytes())
    return digest.hexdigest()
