"""What was put into the knowledge base is found by goal, by page and by likeness; once, and never across the split."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lancedb
import pytest

from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import HELDOUT_SEEDS, make_split
from components.errors import InputError
from components.trajectories import knowledge, knowledge_vectors
from components.trajectories.embeddings import EmbeddingEndpoint
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, KnowledgeStep
from components.trajectories.knowledge_entry import entry_id

MakeEntry = Callable[..., KnowledgeEntry]
SPLIT = make_split(open_benchmark("miniwob"))


@pytest.fixture
def make_entry() -> MakeEntry:
    def make(intent: str, page: str = '[1] button "Ok"', **changes: Any) -> KnowledgeEntry:
        step = KnowledgeStep(
            observation=page, action="click [1]", described='click button "Ok"', reason="it is asked for"
        )
        task_id = changes.get("task_id", "click-test")
        fields: dict[str, Any] = {
            "id": entry_id(task_id=task_id, intent=intent, steps=[step], end=""),
            "task_id": task_id,
            "template": "Click the button.",
            "seed": 1,
            "intent": intent,
            "instruction": intent,
            "summary": "",
            "steps": (step,),
            "end": "",
            "found_by": "teacher",
            "solved": True,
            "round": 1,
            "episode_key": f"key of {intent}",
            "start": 0,
        }
        return KnowledgeEntry(**{**fields, **changes})

    return make


@pytest.fixture(params=["folder", "moto"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "knowledge")
    return f"s3://{request.getfixturevalue('moto_bucket')}/knowledge/{uuid.uuid4().hex}"


def test_entries_are_kept_once_and_found_by_goal_and_page(url: str, make_entry: MakeEntry) -> None:
    knowledge = KnowledgeBase.open(url)
    assert knowledge.search(intent="anything", observation="", k=3) == []
    entries = [
        make_entry("Press the red lever", '[1] button "Lever"'),
        make_entry("Send a letter to Zoe", '[7] link "Compose"'),
        make_entry("Count the sheep", '[3] textbox "Number"'),
    ]
    assert (
        knowledge.add(entries[:2], guard=SPLIT),
        knowledge.add(entries, guard=SPLIT),
        knowledge.add(entries, guard=SPLIT),
    ) == (2, 1, 0)
    assert len(knowledge) == 3
    by_goal = KnowledgeBase.open(url).search(intent="send a LETTER to Bob", observation="", k=1)
    by_page = knowledge.search(intent="?", observation='[99] textbox "Number"', k=1)
    by_query = knowledge.search(intent="?", observation="", k=1, query="red lever")
    assert [found.intent for found in (*by_goal, *by_page, *by_query)] == [
        "Send a letter to Zoe",
        "Count the sheep",
        "Press the red lever",
    ]
    assert by_goal == [entries[1]]


def test_the_first_finder_stays(tmp_path: Path, make_entry: MakeEntry) -> None:
    knowledge = KnowledgeBase.open(tmp_path)
    first, later = make_entry("Same", found_by="teacher"), make_entry("Same", found_by="student", round=2)
    assert first.id == later.id
    knowledge.add([first, later], guard=SPLIT)
    assert knowledge.add([later], guard=SPLIT) == 0
    assert [entry.found_by for entry in knowledge.entries()] == ["teacher"]


def test_an_id_is_blind_to_references() -> None:
    def identity(reference: int, name: str) -> str:
        step = KnowledgeStep(
            observation=f'[{reference}] button "{name}"',
            action=f"click [{reference}]",
            described=f'click button "{name}"',
        )
        return entry_id(task_id="t", intent="i", steps=[step], end=f"[{reference}] link")

    assert identity(1, "Ok") == identity(42, "Ok")
    assert identity(1, "Ok") != identity(1, "No")


def test_one_piece_of_each_place_in_an_episode(tmp_path: Path, make_entry: MakeEntry) -> None:
    knowledge = KnowledgeBase.open(tmp_path)
    pieces = [make_entry("Click", f'[1] button "Ok" {n}', episode_key="e", start=n % 2) for n in range(6)]
    knowledge.add(pieces, guard=SPLIT)
    found = knowledge.search(intent="Click", observation='button "Ok"', k=6)
    assert sorted(entry.start for entry in found) == [0, 1]


def test_a_repeated_round_sees_what_it_saw_first(tmp_path: Path, make_entry: MakeEntry) -> None:
    KnowledgeBase.open(tmp_path).add([make_entry("Old lever"), make_entry("New lever", round=2)], guard=SPLIT)
    then, now = KnowledgeBase.open(tmp_path, until_round=1), KnowledgeBase.open(tmp_path, until_round=2)
    assert [entry.intent for entry in then.search(intent="lever", observation="", k=5)] == ["Old lever"]
    assert len(now.search(intent="lever", observation="", k=5)) == 2
    assert (len(then), len(now)) == (1, 2)
    assert then.digest() != now.digest()


def test_an_open_reader_follows_a_writer(tmp_path: Path, make_entry: MakeEntry) -> None:
    reader, writer = KnowledgeBase.open(tmp_path), KnowledgeBase.open(tmp_path)
    writer.add([make_entry("First lever")], guard=SPLIT)
    assert len(reader.search(intent="lever", observation="", k=5)) == 1
    writer.add([make_entry("Second lever")], guard=SPLIT)
    assert len(reader.search(intent="lever", observation="", k=5)) == 2


@pytest.mark.parametrize("text", ["", "   ", '"unbalanced', "a AND (b OR", "ünïcödé \x00 'quoted'", "*:*", "the a of"])
def test_no_text_breaks_the_search(tmp_path: Path, make_entry: MakeEntry, text: str) -> None:
    knowledge = KnowledgeBase.open(tmp_path)
    knowledge.add([make_entry("Press the lever of the 'quoted' ünïcödé")], guard=SPLIT)
    assert len(knowledge.search(intent=text, observation=text, k=2)) <= 1


@pytest.mark.parametrize(
    "changes",
    [{"task_id": "click-link"}, {"seed": HELDOUT_SEEDS}, {"template": 'Click on the link "{link}".'}],
    ids=["task", "seed", "template"],
)
def test_what_is_held_out_is_refused_by_name(tmp_path: Path, make_entry: MakeEntry, changes: dict[str, Any]) -> None:
    if "template" in changes:
        changes = {"template": SPLIT.heldout["click-link"].template}
    knowledge = KnowledgeBase.open(tmp_path)
    bad = make_entry("Innocent", **changes)
    with pytest.raises(InputError, match=bad.id):
        knowledge.add([make_entry("Fine"), bad], guard=SPLIT)
    assert len(knowledge) == 0


def test_vectors_find_what_shares_no_word(tmp_path: Path, make_entry: MakeEntry, openai_server: Any) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag", batch=2)
    KnowledgeBase.open(tmp_path).add([make_entry("Before vectors")], guard=SPLIT)
    knowledge = KnowledgeBase.open(tmp_path, embedding=endpoint)
    entries = [make_entry(f"Number {n} lever") for n in range(3)]
    knowledge.add(entries, guard=SPLIT)
    assert [len(request["input"]) for request in openai_server.requests] == [2, 2]  # the one of before too
    knowledge.add(entries, guard=SPLIT)
    assert len(openai_server.requests) == 2
    found = knowledge.search(intent="lever 2", observation="", k=4)
    assert found[0].intent == "Number 2 lever"
    assert "Before vectors" in [entry.intent for entry in found]  # shares no word: only a vector is near


def test_a_piece_that_begins_on_an_empty_page_has_a_vector(
    tmp_path: Path, make_entry: MakeEntry, openai_server: Any
) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag")
    knowledge = KnowledgeBase.open(tmp_path, embedding=endpoint)
    knowledge.add([make_entry("Wait for the list", page=""), make_entry("Press a lever")], guard=SPLIT)
    assert lancedb.connect(tmp_path).open_table(endpoint.table).count_rows() == 2
    assert knowledge.search(intent="list", observation="", k=1)[0].intent == "Wait for the list"


def test_many_vectors_are_searched_by_an_index(
    tmp_path: Path, make_entry: MakeEntry, openai_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_vectors, "INDEXED", 256)
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag", batch=512)
    knowledge = KnowledgeBase.open(tmp_path, embedding=endpoint)
    knowledge.add([make_entry(f"Number n{n} lever") for n in range(300)], guard=SPLIT)
    knowledge.add([make_entry("Number n300 lever")], guard=SPLIT)
    [index] = lancedb.connect(tmp_path).open_table(endpoint.table).list_indices()
    assert index.columns == ["vector"]
    for n in (7, 300):
        assert knowledge.search(intent=f"n{n}", observation="", k=1)[0].intent == f"Number n{n} lever"


def test_a_piece_is_found_by_what_is_particular_about_its_page(tmp_path: Path, make_entry: MakeEntry) -> None:
    """Two hundred words of a header, the same on all pages, stand before the one line that tells them apart."""
    header = "\n".join(f'link "Section {n} of the shop"' for n in range(200))
    names = [
        f"{first}{last}" for first in ("Al", "Be", "Ca", "Do", "El", "Fi") for last in ("ba", "co", "du", "ro", "ta")
    ]
    pages = {name: f'{header}\n[7] heading "{name}"\nlink "Imprint"' for name in names}
    knowledge = KnowledgeBase.open(tmp_path)
    knowledge.add([make_entry(f"See {name}", page) for name, page in pages.items()], guard=SPLIT)
    for name in names[::7]:
        assert knowledge.search(intent="?", observation=pages[name], k=1)[0].intent == f"See {name}"


def test_a_page_is_kept_once_however_many_pieces_pass_over_it(tmp_path: Path, make_entry: MakeEntry) -> None:
    page = '[1] button "Ok"\n' + "\n".join(f'text "line {n}"' for n in range(300))
    entries = [make_entry(f"Goal {n}", page, start=n) for n in range(20)]
    knowledge = KnowledgeBase.open(tmp_path)
    knowledge.add(entries, guard=SPLIT)
    assert lancedb.connect(tmp_path).open_table("pages").count_rows() == 1
    assert sorted(knowledge.entries(), key=lambda entry: entry.start) == entries
    [found] = knowledge.search(intent="Goal 3", observation="", k=1)
    assert found == entries[3]


def test_a_knowledge_base_of_an_older_release_is_read_and_added_to(tmp_path: Path, make_entry: MakeEntry) -> None:
    shutil.unpack_archive(Path(__file__).parent / "fixtures" / "knowledge-v1.zip", tmp_path)
    left = {
        1: (2, "7505ebbd9da3f4c8871f93572e76655477ef22da3ceaf24255e9dde6c647a495"),
        2: (3, "628829a792cff40f7c6f94e1ca008dd86fdb1919b638040717f52f5eb6251785"),
    }  # what that release said of its content after each round
    old = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for until, (entries, content) in left.items():
        reader = KnowledgeBase.open(tmp_path, until_round=until)
        reader.check(entries=entries, content=content, imports={})
        [found] = reader.search(intent="Send a letter to Ann", observation='[9] link "Compose"', k=1)
        assert (found.intent, found.classes, len(found.steps)) == ("Write to Ann", ("email",), 2)
        assert found.steps[1].observation.endswith('[3] textbox "To"')
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == old  # reading writes nothing
    assert KnowledgeBase.open(tmp_path).add([make_entry("Ring the bell", round=3)], guard=SPLIT) == 1
    assert lancedb.connect(tmp_path).open_table("pages").count_rows() == 6
    for until, (entries, content) in left.items():
        KnowledgeBase.open(tmp_path, until_round=until).check(entries=entries, content=content, imports={})
    assert len(KnowledgeBase.open(tmp_path)) == 4


def test_a_source_is_removed_with_its_pages_its_vectors_and_its_past(
    tmp_path: Path, make_entry: MakeEntry, openai_server: Any
) -> None:
    endpoint = EmbeddingEndpoint(base_url=openai_server.base_url, model="bag")
    knowledge = KnowledgeBase.open(tmp_path, embedding=endpoint)
    shared = '[1] button "Shared"'
    own, theirs = make_entry("Own", shared), make_entry("Theirs quaggaword", shared, origin="a-set", task_id="a-1")
    more = make_entry("More quaggaword", '[1] button "Quaggapage"', origin="a-set", task_id="a-2")
    others = [make_entry(f"Other {n}", f'[1] button "Other {n}"') for n in range(60)]  # little of the whole is to go
    knowledge.add([own, theirs, *others], guard=SPLIT)
    knowledge.add([more], guard=SPLIT)
    content = knowledge.content_digest()
    assert knowledge.ids(origin="a-set") == sorted([theirs.id, more.id])
    for _ in range(2):  # again changes nothing
        KnowledgeBase.open(tmp_path).remove("a-set")
        left = KnowledgeBase.open(tmp_path, embedding=endpoint)
        assert left.entries() == sorted([own, *others], key=lambda entry: entry.id)
        assert left.content_digest() == content
        assert lancedb.connect(tmp_path).open_table(endpoint.table).count_rows() == 61
        assert left.search(intent="quaggaword Own", observation=shared, k=1) == [own]
    held = [path for path in tmp_path.rglob("*") if path.is_file() and b"uagga" in path.read_bytes()]
    assert held == []


REMOVE = """
import os, sys
from lancedb.table import LanceTable
from components.trajectories.knowledge import KnowledgeBase
optimize, left = LanceTable.optimize, [int(sys.argv[2])]
def dies(self, *args, **settings):
    if not left[0]:
        os.kill(os.getpid(), 9)
    left[0] -= 1
    return optimize(self, *args, **settings)
LanceTable.optimize = dies
KnowledgeBase.open(sys.argv[1]).remove("a-set")
"""


@pytest.mark.parametrize("tables", [0, 1])
def test_a_killed_removal_is_finished_by_the_next(tmp_path: Path, make_entry: MakeEntry, tables: int) -> None:
    """Killed when the pages are rewritten, and when the pieces are too, before older versions are gone."""
    own = [make_entry(f"Own {n}", f'[1] button "Own {n}"') for n in range(30)]
    theirs = make_entry("Theirs quaggaword", '[1] button "Quaggapage"', origin="a-set", task_id="a-1")
    KnowledgeBase.open(tmp_path).add([theirs, *own], guard=SPLIT)
    command = [sys.executable, "-c", REMOVE, str(tmp_path), str(tables)]
    assert subprocess.run(command, check=False).returncode == -9
    KnowledgeBase.open(tmp_path).remove("a-set")
    assert KnowledgeBase.open(tmp_path).entries() == sorted(own, key=lambda entry: entry.id)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"uagga" in path.read_bytes()] == []


def test_a_source_that_is_all_there_is_is_removed_too(tmp_path: Path, make_entry: MakeEntry) -> None:
    KnowledgeBase.open(tmp_path).add([make_entry("Theirs", origin="a-set")], guard=SPLIT)
    KnowledgeBase.open(tmp_path).remove("a-set")
    left = KnowledgeBase.open(tmp_path)
    assert left.entries() == left.search(intent="Theirs", observation="", k=3) == []
    assert left.add([make_entry("Own")], guard=SPLIT) == 1
    assert [entry.intent for entry in left.search(intent="Own", observation="", k=3)] == ["Own"]


def test_an_unreachable_embedding_endpoint_is_no_wrong_answer(
    tmp_path: Path, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from components.errors import InfraError

    monkeypatch.setattr("components.trajectories.embeddings.RETRIES", 0)
    endpoint = EmbeddingEndpoint(base_url="http://127.0.0.1:9/v1", model="bag-unreachable")
    with pytest.raises(InfraError, match="no answer after 1 attempts"):
        KnowledgeBase.open(tmp_path, embedding=endpoint).add([make_entry("x")], guard=SPLIT)


ADD = """
import os, sys
from lancedb.table import LanceTable
from components.benchmarks.registry import open_benchmark
from components.benchmarks.split import make_split
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry
left = [int(sys.argv[2])]
def dying(method):
    def dies(self, *args, **settings):
        if not left[0]:
            os.kill(os.getpid(), 9)
        left[0] -= 1
        return method(self, *args, **settings)
    return dies
LanceTable.merge_insert, LanceTable.optimize = dying(LanceTable.merge_insert), dying(LanceTable.optimize)
entries = [KnowledgeEntry.model_validate_json(line) for line in sys.stdin]
KnowledgeBase.open(sys.argv[1]).add(entries, guard=make_split(open_benchmark('miniwob')))
"""


def test_a_writer_killed_before_its_rows_are_indexed_loses_nothing(tmp_path: Path, make_entry: MakeEntry) -> None:
    entries = [make_entry(f"Lever {n}") for n in range(5)]
    lines = "\n".join(entry.model_dump_json() for entry in entries)
    # Killed when the pages are in, when the pieces are in too, when one of the tables is indexed, and not at all.
    for steps, status, pieces in ((1, -9, 0), (2, -9, 5), (3, -9, 5), (9, 0, 5)):
        command = [sys.executable, "-c", ADD, tmp_path, str(steps)]
        done = subprocess.run(command, input=lines, text=True, check=False)
        assert done.returncode == status
        assert len(KnowledgeBase.open(tmp_path)) == pieces
        assert len(KnowledgeBase.open(tmp_path).search(intent="lever", observation="", k=9)) == pieces


def _tear_files(folder: Path, pattern: str, tear: Callable[[bytes], bytes]) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.match(pattern)]
    assert files, pattern
    for path in files:
        path.write_bytes(tear(path.read_bytes()))


def _flip(data: bytes) -> bytes:
    """Another letter in the first piece's goal."""
    at = data.index(b"Click on Alpha")
    return data[:at] + b"Click on Alpho" + data[at + len(b"Click on Alpha") :]


TEARS: dict[str, Callable[[Path], None]] = {
    "the folder is gone": shutil.rmtree,
    "the versions are gone": lambda folder: shutil.rmtree(folder / "entries.lance" / "_versions"),
    "the data are gone": lambda folder: shutil.rmtree(folder / "entries.lance" / "data"),
    "the data are cut": lambda folder: _tear_files(folder, "data/*.lance", lambda data: data[: len(data) // 2]),
    "the data are empty": lambda folder: _tear_files(folder, "data/*.lance", lambda _: b""),
    "a bit of the data is another": lambda folder: _tear_files(folder, "entries.lance/data/*.lance", _flip),
    "the versions are cut": lambda folder: _tear_files(folder, "_versions/*.manifest", lambda data: data[:20]),
}


@pytest.mark.parametrize("tear", TEARS.values(), ids=TEARS)
def test_a_torn_knowledge_base_is_named_with_its_mend(
    tmp_path: Path, make_entry: MakeEntry, tear: Callable[[Path], None]
) -> None:
    folder = tmp_path / "knowledge"
    whole = KnowledgeBase.open(folder)
    whole.add([make_entry(f"Click on {name}") for name in ("Alpha", "Beta", "Gamma")], guard=SPLIT)
    content = whole.content_digest()
    KnowledgeBase.open(folder).check(entries=3, content=content, imports={})
    tear(folder)
    with pytest.raises(InputError, match="knowledge base") as error:
        KnowledgeBase.open(folder).check(entries=3, content=content, imports={})
    assert error.value.where == str(folder)
    assert "adds its pieces anew" in error.value.fix


@pytest.mark.parametrize("tear", ["gone", "another"])
def test_a_page_that_is_gone_or_another_is_a_tear(tmp_path: Path, make_entry: MakeEntry, tear: str) -> None:
    base = KnowledgeBase.open(tmp_path)
    base.add([make_entry("Click", '[1] button "Alpha"'), make_entry("Press", '[1] button "Beta"')], guard=SPLIT)
    content = base.content_digest()
    pages = lancedb.connect(tmp_path).open_table("pages")
    if tear == "gone":
        pages.delete("text LIKE '%Alpha%'")
    else:
        pages.update(where="text LIKE '%Alpha%'", values={"text": '[1] button "Alphb"'})
    with pytest.raises(InputError, match="not as it was added"):
        KnowledgeBase.open(tmp_path).check(entries=2, content=content, imports={})


def test_what_a_later_round_adds_is_no_tear(tmp_path: Path, make_entry: MakeEntry) -> None:
    folder = tmp_path / "knowledge"
    first = KnowledgeBase.open(folder, until_round=1)
    first.add([make_entry("Click on Alpha")], guard=SPLIT)
    content = first.content_digest()
    KnowledgeBase.open(folder).add([make_entry("Click on Beta", round=2)], guard=SPLIT)
    KnowledgeBase.open(folder, until_round=1).check(entries=1, content=content, imports={})
    with pytest.raises(InputError, match="2 of 1 pieces"):
        KnowledgeBase.open(folder).check(entries=1, content=content, imports={})


def test_what_was_added_in_many_batches_is_in_the_indexes(
    tmp_path: Path, make_entry: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge, "AT_ONCE", 2)
    base = KnowledgeBase.open(tmp_path / "knowledge")
    entries = [make_entry(f"Press number {each}", page=f'[1] button "{each}"') for each in range(9)]
    assert base.add(entries, guard=SPLIT) == 9
    database = lancedb.connect(tmp_path / "knowledge")
    for table in (database.open_table("entries"), database.open_table("pages")):
        left = {index.name: table.index_stats(index.name).num_unindexed_rows for index in table.list_indices()}
        assert left
        assert not any(left.values()), left
