"""Files of strangers: whatever stands in them, an import ends in time, with what is wrong named, or with episodes."""

from __future__ import annotations

import gzip
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
import zstandard

from components.errors import InputError
from components.exchange import imports
from components.exchange.imports import Form, import_file
from components.trajectories.episodes import iter_episodes
from components.trajectories.imports import ImportRecord, takedown_key
from components.trajectories.open_store import open_store
from components.trajectories.schema import Episode, Origin
from components.trajectories.store import Store
from tests.components.exchange.published import a3_row, adp_row, api, done, finish, web, write

ORIGIN = Origin(source="a-set", licence="MIT")
HALF = "\ud83d"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def take_in(store: Store, file: Path, form: Form) -> ImportRecord:
    return import_file(store, file, form=form, origin=ORIGIN)


def only(store: Store) -> Episode:
    [episode] = iter_episodes(store, "runs/@a-set/")
    return episode


def at(url: str) -> dict[str, Any]:
    return web() | {"url": url}


@pytest.mark.parametrize("url", ["http://[bad", "http://shop:99999/", "//", "http://" + "a" * 5000, f"http://{HALF}/"])
def test_an_address_that_is_none_is_still_where_an_episode_was(store: Store, tmp_path: Path, url: str) -> None:
    take_in(store, write(tmp_path / "rows.jsonl", [adp_row("Buy", at(url), api("click", bid="a40"))]), "adp")
    assert only(store).family


def test_half_a_character_is_replaced_wherever_it_stands(store: Store, tmp_path: Path) -> None:
    row = adp_row(f"Buy {HALF}", web(f"[1] textbox '{HALF}'"), api("fill", bid="1", value=f"red {HALF}"), finish(HALF))
    take_in(store, write(tmp_path / "rows.jsonl", [row]), "adp")
    found = only(store)
    assert (found.intent, found.answer, found.steps[0].action) == ("Buy \ufffd", "\ufffd", 'type [1] "red \ufffd"')


@pytest.mark.parametrize(
    "answer",
    [
        *("<action>" * 9000, "<think>" * 9000, "<action>" + "\n" * 9000, "<think>" + " " * 9000 + "<action>"),
        f"<action>click(0x{'f' * 5000})</action>",
        f"<action>click({'(' * 5000}'12'{')' * 5000})</action>",
        f"<action>fill('31', '{'x' * 300_000}')</action>",
        f"<action>fill('31', {'[' * 3000}1{']' * 3000})</action>",
        "<action>fill('31', b'\\xff')</action>",
    ],
)
def test_an_answer_that_is_no_action_is_kept_and_not_learnt(store: Store, tmp_path: Path, answer: str) -> None:
    began = time.monotonic()
    record = take_in(store, write(tmp_path / "rows.jsonl", [a3_row("Buy", answer)]), "a3")
    assert (record.steps, record.unread) == (1, 1)
    assert time.monotonic() - began < 10, "it was quadratic, or worse"


@pytest.mark.parametrize("noise", ["<finish>" * 9000, "<finish>" + " " * 9000, "</finish>" * 9000])
def test_an_end_that_does_not_end_is_none(store: Store, tmp_path: Path, noise: str) -> None:
    message = {"class_": "message_action", "content": noise}
    take_in(store, write(tmp_path / "rows.jsonl", [adp_row("Buy", web(), api("click", bid="a40"), message)]), "adp")
    assert (only(store).answer, len(only(store).steps)) == (None, 1)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("## Goal:" * 9000, "1.content"),
        ("## Goal:" + "\n" * 9000, "1.content"),
        ("##" + " " * 9000 + "\n## Goal:\nBuy\n# Observation\n" + "(active tab)" * 9000, "1.content"),
    ],
)
def test_a_prompt_of_marks_alone_is_refused_in_time(store: Store, tmp_path: Path, asked: str, field: str) -> None:
    row = a3_row("Buy", done("click('a40')"))
    row[1]["content"] = asked
    with pytest.raises(InputError, match=f"line 1, field {field}"):
        take_in(store, write(tmp_path / "rows.jsonl", [row]), "a3")


@pytest.mark.parametrize("depth", [150, 900, 990, 100_000])
def test_what_is_nested_too_deep_is_named_and_nothing_is_imported(store: Store, tmp_path: Path, depth: int) -> None:
    good = adp_row("Buy", web(), api("click", bid="a40"))
    deep = json.dumps(adp_row("Buy", web(), api("click", bid="HERE"))).replace('"HERE"', "[" * depth + "]" * depth)
    with pytest.raises(InputError, match=r"line 2: .*nested too deep"):
        take_in(store, write(tmp_path / "rows.jsonl", [good, deep]), "adp")
    assert not list(store.list())


def test_a_number_of_thousands_of_digits_is_named(store: Store, tmp_path: Path) -> None:
    row = json.dumps(adp_row("Buy", web(), api("click", bid="HERE"))).replace('"HERE"', "9" * 5000)
    with pytest.raises(InputError, match=r"line 1: no JSON: a number is too long"):
        take_in(store, write(tmp_path / "rows.jsonl", [row]), "adp")


def test_a_file_that_is_one_endless_line_is_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LONGEST", 10_000)
    file = write(tmp_path / "rows.jsonl", [adp_row("Buy", web(), api("click", bid="a40")), "x" * 10_000])
    with pytest.raises(InputError, match="line 2 is longer than 10,000 characters"):
        take_in(store, file, "adp")


def test_bytes_that_are_no_utf_8_and_a_mark_of_byte_order_are_let_pass(store: Store, tmp_path: Path) -> None:
    row = json.dumps(adp_row("Buy XX", web(), api("click", bid="a40"))).encode()
    (tmp_path / "rows.jsonl").write_bytes(b"\xef\xbb\xbf" + row.replace(b"XX", b"\xff\xfe") + b"\r\n\x20\r\n")
    take_in(store, tmp_path / "rows.jsonl", "adp")
    assert only(store).intent == "Buy \ufffd\ufffd"


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n\n", "the file is empty"),
        (gzip.compress(b"{}\n"), "gunzip rows.jsonl"),
        (zstandard.compress(b"{}\n"), "unzstd rows.jsonl"),
        (b"PK\x03\x04rows", "an archive"),
        (b"PAR1rows", "a Parquet table"),
        ("{}\n".encode("utf-16"), "iconv -f utf-16"),
        (b"[\n  {},\n  {}\n]\n", "jq -c '.[]' rows.jsonl"),
    ],
    ids=["empty", "blank", "gzip", "zstd", "zip", "parquet", "utf-16", "list"],
)
def test_a_file_of_another_kind_is_named_with_what_makes_it_one(
    store: Store, tmp_path: Path, whole: bytes, said: str
) -> None:
    (tmp_path / "rows.jsonl").write_bytes(whole)
    with pytest.raises(InputError) as refused:
        take_in(store, tmp_path / "rows.jsonl", "adp")
    assert said in str(refused.value)
    assert not list(store.list())


def test_a_trajectory_that_stands_twice_counts_once(store: Store, tmp_path: Path) -> None:
    row = adp_row("Buy", web(), api("click", bid="a40"))
    record = take_in(store, write(tmp_path / "rows.jsonl", [row, row, row | {"id": "another"}]), "adp")
    assert (record.episodes, record.steps, record.left_out) == (1, 1, {"it stands twice in the file": 2})
    only(store)


def test_a_reward_that_is_no_number_is_no_success(store: Store, tmp_path: Path) -> None:
    row = adp_row("Buy", web(), api("click", bid="a40"), reward=float("nan"))
    take_in(store, write(tmp_path / "rows.jsonl", [row]), "adp")
    assert only(store).outcome == "failed"


@pytest.mark.parametrize("torn", [b"", b"{", b"null", b"\xff", b'{"source": "a-set"}'])
def test_torn_records_of_a_source_are_named(store: Store, tmp_path: Path, torn: bytes) -> None:
    file = write(tmp_path / "rows.jsonl", [adp_row("Buy", web(), api("click", bid="a40"))])
    take_in(store, file, "adp")
    [key] = store.list("runs/@a-set/imports/")
    store.put(key, torn)
    with pytest.raises(InputError, match="a broken record of an import") as error:
        take_in(store, file, "adp")
    assert key in error.value.where
    store.delete(key)
    assert take_in(store, file, "adp").episodes == 1
    store.put(takedown_key("a-set"), torn)
    with pytest.raises(InputError, match="a broken word of a takedown"):
        take_in(store, file, "adp")


def test_three_hundred_files_with_something_wrong_in_them(store: Store, tmp_path: Path) -> None:
    """Parts of a good file left out, doubled, changed or replaced: each ends with episodes or with words."""
    rng = random.Random(11)
    adp = [adp_row("Buy", web(), api("click", bid="a40"), finish("Done"), reward=1.0)]
    a3 = [a3_row("Buy", done("click('a40')")), a3_row("Buy", done("send_msg_to_user('Done')"))]
    odd = ["null", "1e999", '"x"', "[]", "{}", "-1", "true", '"\\ud83d"', '"\\u0000"', "[[]]", '"' + "\\\\" * 99 + '"']
    ends = {"episodes": 0, "words": 0}
    for number in range(300):
        form: Form = rng.choice(("adp", "a3"))
        text = "\n".join(map(json.dumps, adp if form == "adp" else a3))
        for _ in range(rng.randint(1, 3)):
            start = rng.randrange(len(text))
            end = min(len(text), start + rng.choice((1, 1, 7, 80)))
            text = text[:start] + rng.choice(("", text[start:end] * 2, *odd, '"', "{", "\n", "\udc80")) + text[end:]
        file = tmp_path / f"{number}.jsonl"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            import_file(store, file, form=form, origin=Origin(source=f"set-{number}", licence="MIT"))
            ends["episodes"] += 1
        except InputError:
            ends["words"] += 1
        for episode in iter_episodes(store, f"runs/@set-{number}/"):
            assert episode.steps, "what is stored can be read again"
    assert min(ends.values()) > 20, ends
