"""The commands that only read what is stored: runs, results, reports, episodes. A store that is a folder needs no
server for that, and a run under way is not disturbed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from components.errors import InfraError, InputError
from components.files import write_whole
from components.place import read_place
from components.results.place import MEND, result_key
from components.trajectories.episodes import load_episode, read_pictures
from components.trajectories.episodes import read_exchanges as stored_exchanges
from components.trajectories.listing import EpisodeFilter, list_rows
from components.trajectories.phases import SPLITS
from components.trajectories.schema import Episode, Step, episode_key
from components.trajectories.store import Store
from pipelines.cluster.lines import with_cluster
from pipelines.commands import read_recipe, store_of
from pipelines.stored_runs import RunLine, choose_round, round_of, run_line, stored_runs

SHORT_KEY = re.compile(r"(?P<round>\d+)/(?P<phase>[^/]+)/(?P<task>[^/]+)/(?P<seed>\d+)")
COLUMNS = ("run", "round", "phase", "task_id", "seed", "agent", "outcome", "steps", "seconds", "episode_key")


def list_runs(*, place: str, out: Path) -> tuple[list[RunLine], list[str]]:
    """`symbiont runs`: every run of the store, the newest first, with its newest run of a cluster.

    Returns:
        The lines; and why the store or the cluster could not be read, where only one of them could.
    """
    parsed_place = read_place(place)
    if parsed_place.kubeflow is None:
        return _stored_lines(place, out=out), []
    lines: list[RunLine] = []
    unread = []
    try:
        lines = _stored_lines(place, out=out)
    except (InputError, InfraError) as error:
        unread.append(f"The store cannot be read from here: {error}")
    try:
        lines = with_cluster(lines, parsed_place)
    except (InputError, InfraError) as error:
        if unread:
            raise
        unread.append(str(error))
    return lines, unread


def _stored_lines(place: str, *, out: Path) -> list[RunLine]:
    with store_of(place, out=out) as (_, store):
        return [run_line(store, run) for run in reversed(stored_runs(store))]


def stored_result(stage: str, *, run: str, round: int | None, place: str, out: Path) -> dict[str, Any]:
    """A stage's result of a stored round as JSON, also in the form of another release.

    Raises:
        InputError: the round has none, or a torn one.
    """
    with store_of(place, out=out) as (_, store):
        chosen, number = choose_round(store, run=run, round=round)
        key = result_key(round_of(store, chosen.name, number), stage)
        try:
            result: dict[str, Any] = json.loads(store.get(key))
        except KeyError:
            finished = ", ".join(map(str, chosen.done)) or "none"
            raise InputError(
                f"round {number} of {chosen.name} has no {stage}",
                where=f"{store.url}/{key}",
                fix=f"finish that round, or give --round of a finished one: {finished}",
            ) from None
        except ValueError as error:
            raise InputError(f"a torn result: {error}", where=f"{store.url}/{key}", fix=MEND) from error
        return result


def report_command(*, run: str, round: int | None, to: Path, recipe: str, place: str, out: Path) -> Path:
    """`symbiont report`: makes the page again from what is stored."""
    from components.report.replay import Replay
    from components.report.run import run as make_report

    settings = read_recipe(recipe)
    stored_result("distill", run=run, round=round, place=place, out=out)
    if not to.absolute().parent.is_dir():
        raise InputError(
            "there is no such folder", where=str(to.absolute().parent), fix="make it, or give another --to"
        )
    with store_of(place, out=out) as (filled, store):
        chosen, number = choose_round(store, run=run, round=round)
        opened_round = round_of(store, chosen.name, number, seed=chosen.seed or 0, work=Path(filled.work))
        replay = Replay(tasks=settings.tasks, browser=filled.browser, seconds=settings.report.replay_seconds)
        make_report(config=settings.report, round=opened_round, out=to, replay=replay)
    return to


def list_trajectories(filter: EpisodeFilter, *, limit: int, place: str, out: Path) -> tuple[list[dict[str, Any]], int]:
    """Stored episodes that match the filter: a row for each, sorted by key; and the number of all that match.

    Args:
        limit: most rows; 0: all.
    """
    with store_of(place, out=out) as (_, store):
        rows = [{name: row[name] for name in COLUMNS} for row in list_rows(store, filter, columns=COLUMNS)]
    return rows[: limit or None], len(rows)


def episodes_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The rows for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("round", "phase", "task", "seed", "agent", "outcome", "steps", "seconds"):
        right = name in ("round", "seed", "steps", "seconds")
        table.add_column(name, justify="right" if right else "left", no_wrap=name in ("task", "outcome"))
    several = len({row["run"] for row in rows}) > 1
    if several:
        table.add_column("run")
    for row in rows:
        cells = [row["round"], row["phase"], row["task_id"], row["seed"], row["agent"], row["outcome"], row["steps"]]
        table.add_row(*map(str, cells), f"{row['seconds']:.1f}", *([row["run"]] if several else []))
    return table


def runs_table(lines: Sequence[RunLine]) -> Table:
    """The runs for a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = [
        "run",
        "recipe",
        "seed",
        "rounds done",
        "success",
        "champion",
        "newest round begun",
        "ended",
    ]
    clustered = any(line.cluster for line in lines)
    for name in [*columns, *(["on the cluster"] if clustered else [])]:
        table.add_column(name, justify="right" if name in ("seed", "rounds done") else "left", overflow="fold")
    for line in lines:
        success = "-" if line.success_rate is None else f"{line.success_rate:.0%}"
        if line.interval:
            success += f" ({line.interval[0]:.0%} to {line.interval[1]:.0%})"
        if line.split:
            success += f" of {SPLITS[line.split]}"
        champion = "-" if line.champion is None else f"of round {line.champion}"
        started = "-" if line.begun is None else line.begun[:16].replace("T", " ") or "its manifest is torn"
        table.add_row(
            line.run,
            line.recipe,
            "-" if line.seed is None else str(line.seed),
            str(line.rounds_done),
            success,
            champion,
            started,
            line.ended.splitlines()[0] if line.ended else "-",
            *([_on_the_cluster(line)] if clustered else []),
        )
    return table


def _on_the_cluster(line: RunLine) -> str:
    return f"{line.cluster.state}, begun {line.cluster.begun[:16].replace('T', ' ')}" if line.cluster else "-"


def show_episode(key: str, *, run: str, place: str, out: Path) -> tuple[Episode, dict[int, bytes]]:
    """One stored episode, and the pictures of its pages by the index of their step.

    Args:
        key: the whole key, or `ROUND/PHASE/TASK/SEED` of the run (the newest, where none is named).

    Raises:
        InputError: there is none under this key.
    """
    with store_of(place, out=out) as (_, store):
        try:
            episode = load_episode(store, key if key.startswith("runs/") else _whole_key(store, key, run=run))
        except KeyError as error:
            fix = "`symbiont trajectories` lists what there is; its rows give ROUND/PHASE/TASK/SEED"
            object_url = f"{store.url}/{error.args[0]}"
            raise InputError("there is no episode under this key", where=object_url, fix=fix) from None
        return episode, read_pictures(store, episode)


def _whole_key(store: Store, key: str, *, run: str) -> str:
    parts = SHORT_KEY.fullmatch(key)
    if parts is None:
        fix = "write ROUND/PHASE/TASK/SEED, as in 2/explore-student/click-button/26"
        raise InputError("not a key of an episode", where=f"--key {key}", fix=fix)
    chosen, number = choose_round(store, run=run, round=int(parts["round"]))
    return episode_key(
        run=chosen.name, round=number, phase=parts["phase"], task_id=parts["task"], seed=int(parts["seed"])
    )


def read_exchanges(episode: Episode, *, place: str, out: Path) -> dict[int, str]:
    """The exchanges with a chat model by the index of their step; empty for an agent without one."""
    with store_of(place, out=out) as (_, store):
        return {index: exchange_text(text) for index, text in stored_exchanges(store, episode).items()}


def exchange_text(exchange: str) -> str:
    """A stored exchange (JSON of messages and answer) as readable text."""
    content = json.loads(exchange)
    parts = [f"[{message['role']}]\n{message['content']}" for message in content["messages"]]
    return "\n\n".join([*parts, f"[answer]\n{content['answer']}"])


def episode_lines(episode: Episode, *, exchanges: Mapping[int, str]) -> Iterator[str]:
    """An episode as readable text: page, action and feedback of each step.

    Args:
        exchanges: with a chat model, as text, by the index of the step.
    """
    yield f"{episode.task_id} seed {episode.seed}: {episode.intent}"
    if episode.notice:
        yield f"beside the goal: {episode.notice}"
    for step in episode.steps:
        yield from step_lines(step)
        if step.index in exchanges:
            yield from ("", exchanges[step.index])
    yield ""
    yield f"{episode.outcome.value}: {episode.message or episode.answer or ''}".rstrip(": ")


def step_lines(step: Step) -> Iterator[str]:
    """One step: page, reason, action and feedback."""
    yield from ("", f"--- step {step.index}: {step.title} {step.url}", step.observation)
    if step.reason:
        yield f"reason: {step.reason}"
    yield f"action: {step.action}"
    if step.feedback:
        yield f"feedback: {step.feedback}"


def open_page(episode: Episode, pictures: Mapping[int, bytes], *, out: Path) -> Path:
    """Writes the episode as an HTML page below `OUT/reports/episodes`, and opens it if there is a browser."""
    import webbrowser

    from pipelines.episode_page import render

    path = out.absolute() / "reports" / "episodes" / f"{episode.phase}-{episode.task_id}-{episode.seed}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, render(episode, pictures))
    webbrowser.open(path.as_uri())
    return path
