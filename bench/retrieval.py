"""How fast the knowledge base answers, and whether it finds what helps: `python -m bench.retrieval --to FILE`.

The pages are a made-up shop's: a header and menus that all share, then what each is about. Pieces lead over them as
episodes do. Useful pieces are planted. Each is searched for from its page as it looks on another day (other references,
prices and counts, half of the neighbours) with its goal in other words; `unnamed`: with a goal that says "this" instead
of the thing's name. Each search is made once by words alone and once with vectors too, which are bags of hashed words:
what a real embedding model adds is not measured here. On a busy machine look at the CPU time of all threads, not at the
wall-clock time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from components.files import write_whole
from components.trajectories.embeddings import Embedder, EmbeddingEndpoint
from components.trajectories.knowledge import KnowledgeBase, KnowledgeEntry, KnowledgeStep
from components.trajectories.knowledge_entry import entry_id

SYLLABLES = ("ba", "co", "du", "fe", "gi", "ka", "lo", "mu", "ne", "pi", "ra", "so", "ti", "vu", "xe", "zo")
KINDS = (
    "lamp",
    "chair",
    "kettle",
    "drill",
    "tent",
    "jacket",
    "phone",
    "camera",
    "bicycle",
    "backpack",
    "desk",
    "knife",
)
COLOURS = ("red", "blue", "green", "white", "black", "yellow", "brown", "grey")
MENU = tuple(
    f"{kind} {service}" for kind in KINDS for service in ("offers", "spare parts", "reviews", "rental", "repairs")
)
WORDINGS = (
    ("Add the {thing} to the wish list", "Remember {thing} on my list of wishes"),
    ("What does the {thing} cost?", "Tell me the price of {thing}"),
    ("Write a review of the {thing} with five stars", "Rate {thing} five stars, in a review"),
    ("Compare the {thing} with its successor", "How does {thing} differ from the model after it?"),
    ("Order two of the {thing}", "Buy {thing}, twice"),
)
STEPS = 5
WIDTH = 256


def name(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(3)).capitalize()


def page(thing: str, *, rng: Random, step: int) -> str:
    """About 7,000 characters, the first 5,000 of them the same on every page but for references and counts."""
    ref = rng.randrange(1, 40)
    lines = [f'heading "One Stop Market" text "{rng.randrange(90)} items in your cart"']
    for entry in MENU:
        ref += 1
        lines.append(f'[{ref}] link "{entry}"')
    lines += [f'text "Terms and conditions, paragraph {number} of the shop"' for number in range(30)]
    lines.append(f'heading "{thing}"' if step == 0 else f'heading "Step {step} of {thing}"')
    usual = Random(f"{thing} {step}")
    for number in range(12):
        source = usual if number % 2 else rng
        ref += 2
        lines.append(f'[{ref}] link "{name(source)} {source.choice(KINDS)}" text "{rng.randrange(5, 900)} EUR"')
    lines += [f'[{ref + 3}] button "Add to cart"', f'[{ref + 4}] textbox "Quantity" value "{rng.randrange(9)}"']
    return "\n".join(lines)


def pieces(number: int, *, rng: Random) -> Iterator[KnowledgeEntry]:
    """Every stretch of one episode."""
    thing = f"{name(rng)} {rng.choice(COLOURS)} {rng.choice(KINDS)}"
    intent = rng.choice(WORDINGS)[0].format(thing=thing)
    steps = tuple(
        KnowledgeStep(observation=page(thing, rng=rng, step=at), action="click [3]", described="click link", reason="")
        for at in range(STEPS)
    )
    for begin in range(STEPS):
        for end in range(begin + 1, STEPS + 1):
            yield piece(f"episode-{number}", intent, steps[begin:end], start=begin)


def piece(key: str, intent: str, steps: tuple[KnowledgeStep, ...], *, start: int = 0) -> KnowledgeEntry:
    return KnowledgeEntry(
        id=entry_id(task_id=key, intent=intent, steps=steps, end=""),
        task_id=key,
        template="",
        seed=1,
        intent=intent,
        instruction=intent if start == 0 else f"Click link, {len(steps)} times.",
        summary=f'Towards the goal "{intent}".',
        steps=steps,
        end="",
        found_by="teacher",
        solved=True,
        round=1,
        episode_key=key,
        start=start,
    )


class Unguarded:
    """A guard that refuses nothing: nothing is evaluated here."""

    def check(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for _ in rows:
            pass


def bag(_: Embedder, texts: Sequence[str]) -> list[list[float]]:
    """Vectors without a model: texts that share words point the same way."""
    words = []
    for text in texts:
        vector = [0.01] * WIDTH
        for word in text.casefold().split():
            vector[zlib.crc32(word.encode()) % WIDTH] += 1.0
        words.append(vector)
    return words


def measure(base: KnowledgeBase, planted: list[tuple[str, str, str]]) -> dict[str, float]:
    """Milliseconds of a search and the share of planted pieces among the first three."""
    base.search(intent="warm", observation="up", k=3)
    times, hits, cpu = [], 0, time.process_time()
    for key, intent, page_text in planted:
        began = time.perf_counter()
        entries = base.search(intent=intent, observation=page_text, k=3)
        times.append(1000 * (time.perf_counter() - began))
        hits += key in [entry.episode_key for entry in entries]
    cpu = time.process_time() - cpu
    ordered = sorted(times)
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 1),
        "cpu_ms": round(1000 * cpu / len(planted), 1),
        "found_in_3": round(hits / len(planted), 3),
    }


def plant(count: int, *, rng: Random) -> Iterator[tuple[KnowledgeEntry, tuple[str, str, str, str]]]:
    """A useful piece; its episode, a goal that names the thing and one that does not, and the page another day."""
    for number in range(count):
        thing = f"{name(rng)} {rng.choice(COLOURS)} {rng.choice(KINDS)}"
        instruction, wording = rng.choice(WORDINGS)
        step = KnowledgeStep(
            observation=page(thing, rng=rng, step=0), action="click [3]", described="click link", reason=""
        )
        entry = piece(f"planted-{number}", instruction.format(thing=thing), (step,))
        named_intent, unnamed = wording.format(thing=thing), wording.format(thing="this")
        yield entry, (entry.episode_key, named_intent, unnamed, page(thing, rng=rng, step=0))


def run(folder: Path, *, count: int, cases: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Fills a knowledge base, asks it, and gives the figures."""
    Embedder.embed = bag  # type: ignore[assignment, method-assign]
    endpoint = EmbeddingEndpoint(base_url="http://nowhere", model="bag of words", batch=2000)
    rng = Random(1)
    useful = list(plant(cases, rng=rng))
    entries = [entry for entry, _ in useful]
    planted = [(key, intent, page_text) for _, (key, intent, _, page_text) in useful]
    unnamed = [(key, intent, page_text) for _, (key, _, intent, page_text) in useful]
    number = 0
    while len(entries) < count:
        entries += pieces(number, rng=rng)
        number += 1
    began = time.perf_counter()
    KnowledgeBase.open(folder).add(entries, guard=Unguarded())
    filled = time.perf_counter() - began
    say(f"{len(entries)} pieces in {filled:.0f} s")
    words = measure(KnowledgeBase.open(folder, until_round=1), planted)
    say(f"by words: {words}")
    began = time.perf_counter()
    KnowledgeBase.open(folder, embedding=endpoint).add([], guard=Unguarded())
    embedded = time.perf_counter() - began
    vectors = measure(KnowledgeBase.open(folder, embedding=endpoint, until_round=1), planted)
    say(f"with vectors: {vectors}")
    megabytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    return {
        "pieces": len(entries),
        "cases": cases,
        "by_words": words,
        "by_words_unnamed": measure(KnowledgeBase.open(folder, until_round=1), unnamed),
        "with_vectors": vectors,
        "add_s": round(filled, 1),
        "embed_and_index_s": round(embedded, 1),
        "megabytes": round(megabytes),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=50_000)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--to", type=Path, help="a file of JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = run(
            Path(folder), count=arguments.pieces, cases=arguments.cases, say=lambda line: print(line, flush=True)
        )
    text = json.dumps(result, indent=2) + "\n"
    print(text)
    if arguments.to:
        write_whole(arguments.to, text)


if __name__ == "__main__":
    main()
