"""YAML is read as its version 1.2 says, and what two versions read differently is refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.documents.yaml_files import Mark, parse_yaml, read_yaml
from components.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1:30", "1:30"),
        ("12:30:45", "12:30:45"),
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("1e-3", 0.001),
        ("1.5e3", 1500.0),
        ("-.5", -0.5),
        ("3.10", 3.1),
        ("'3.10'", "3.10"),
        ("1_000", "1_000"),
        ("0x10", 16),
        ("0o17", 15),
        ("0b11", "0b11"),
        ("2026-01-01", "2026-01-01"),
        ("~", None),
        ("", None),
        ("'010'", "010"),
        ("!!str 010", "010"),
        ("=", "="),
    ],
)
def test_a_scalar_is_what_it_looks_like(text: str, value: Any) -> None:
    assert parse_yaml(f"a: {text}", where="f").content == {"a": value}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("explore: {a: 1}\n\nname: x\nexplore: {b: 2}\n", "explore stands twice, lines 1 and 4"),
        ("name: x\ndistill:\n  steps: 1\n  batch: 2\n  'steps': 3\n", "distill.steps stands twice, lines 3 and 5"),
        ("a: {b: 1, b: 2}", "a.b stands twice, line 1"),
        ("a: 1\na: 2\na: 3", "a stands 3 times, lines 1, 2 and 3"),
        ("list:\n- a: 1\n- a: 1\n  a: 2\n", "list.1.a stands twice, lines 3 and 4"),
        ("x: 1\nrounds: 010", "line 2: 010 is a number that YAML 1.1 reads by eights: write 10"),
        ("a: -010", "write -10"),
        ("a: .inf", ".inf is not a finite number"),
        ("a: .NaN", ".NaN is not a finite number"),
        ("a:\n\tb: 1", "line 2: a tab stands where YAML takes only spaces"),
        ("a:\t1", "line 1: a tab"),
        ("a: !!python/object:os.system x", "is not taken"),
        ("a: !!int x", "not YAML"),
        ("? [a]\n: 1", "a key must be a word"),
        ("--- 1\n--- 2", "line 2: but found another document"),
        ("a: &a [*a]", "an alias that never ends"),
        ("a: 'x\n", "line 2: found unexpected end of stream"),
        ("a: \x00", "not YAML"),
        ("[" * 5000, "nested too deep"),
        ("a: " + "{a: " * 3000, "nested too deep"),
        ('a: "\\ud83d"', "line 1: a text holds half of a character"),
        ("a: !!python/object/apply:os.system ['ls']", "is not taken"),
        ("a: !!set {x, y}", "is not taken"),
        ("a: 0x" + "f" * 6000, "line 1: a number is too large"),
        ("a: " + "9" * 6000, "not YAML"),
        ("a: 9223372036854775808", "line 1: a number is too large"),
    ],
)
def test_what_is_refused_says_why_and_where(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_yaml(text, where="mine.yaml")
    assert said in raised.value.what
    assert raised.value.where == "mine.yaml"
    assert raised.value.fix


def test_every_problem_of_a_file_is_told() -> None:
    with pytest.raises(InputError) as raised:
        parse_yaml("a: 010\nb: 1\nb: 2\nc: .inf\n", where="f")
    assert len(raised.value.what.splitlines()) == 3


def test_aliases_of_aliases_end_before_the_memory_does() -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(InputError, match="never ends"):
        parse_yaml("\n".join(lines), where="f")


def test_what_is_merged_gives_way_to_the_own_key() -> None:
    found = parse_yaml("x: &x {a: 1, b: 3}\ny:\n  <<: *x\n  a: 2\n", where="f").content
    assert found["y"] == {"a": 2, "b": 3}


def test_values_know_where_they_stand() -> None:
    marks = parse_yaml("a:\n  b: 3.10\n  c: [1,\n   2]\n", where="f").marks
    assert marks["a", "b"] == Mark(2, "3.10")
    assert marks["a", "c"].line == 3
    assert marks["a", "c", 1].line == 4


def test_files_as_editors_leave_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\r\nrounds: 2\r\n")
    assert read_yaml(path).content == {"name": "x", "rounds": 2}
    path.write_bytes(b"")
    assert read_yaml(path).content == {}
    path.write_text("name: x", encoding="utf-16")
    with pytest.raises(InputError, match="not text in UTF-8"):
        read_yaml(path)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_yaml(tmp_path / "no.yaml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)
