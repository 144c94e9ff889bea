"""What is wrong with an ablation is said before anything is run."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from components.errors import InputError
from pipelines.ablation.run import measure


def ablate(out: Path, **changes: object) -> None:
    given = {
        "recipe": "laptop",
        "changes": (),
        "variants": ("sft",),
        "seeds": (0,),
        "rounds": 1,
        "place": "laptop",
        "out": out,
        "table": out / "t.md",
        "rows": out / "r.json",
        "console": Console(file=io.StringIO()),
    }
    measure(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"variants": ("sft", "sfft")}, "there is no variant 'sfft'"),
        ({"variants": ()}, "no variant is named"),
        ({"place": "laptop-s3"}, "a registry each"),
        ({"changes": ("distil.steps=3",)}, "unknown key 'distil'"),
    ],
)
def test_a_wrong_ablation_is_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ablate(tmp_path / "out", **changes)
    assert not list(tmp_path.glob("out/sft-0/*"))


@pytest.mark.parametrize("summary", ['{"run": "another"}', "{"])
def test_a_folder_of_another_ablation_is_not_mixed_in(tmp_path: Path, summary: str) -> None:
    folder = tmp_path / "out/sft-0"
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(summary)
    with pytest.raises(InputError, match="another ablation") as raised:
        ablate(tmp_path / "out")
    assert raised.value.where == str(folder / "summary.json")
