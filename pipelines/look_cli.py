"""The commands of the command line that only read what is stored: `runs`, `report`, `trajectories`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import AsJson, Out, PlaceName, RecipeName, RoundNumber, RunName, errors, print_table

look = typer.Typer(rich_markup_mode="markdown")


@look.command(epilog="**Example**: `symbiont runs --json | jq '.[0].success_rate'`")
def runs(place: PlaceName = "laptop", out: Out = Path("out"), as_json: AsJson = False) -> None:
    """Lists the runs that are stored: how far each came, what its student solves, and what a cluster does for it."""
    from pipelines.look import list_runs, runs_table

    lines, unread = list_runs(place=place, out=out)
    for text in unread:
        errors.print(text, highlight=False, markup=False)
    if as_json:
        print(json.dumps([line.model_dump(mode="json") for line in lines], indent=2))
    elif lines:
        print_table(runs_table(lines))
    elif not unread:
        errors.print("No run is stored here: `symbiont run` makes one.", highlight=False, markup=False)


@look.command(epilog="**Example**: `symbiont report --round 2 --to round-2.html`")
def report(
    round: RoundNumber = None,
    run: RunName = "",
    to: Annotated[Path, typer.Option("--to", resolve_path=True, help="Where to write the page.")] = Path("report.html"),
    recipe: RecipeName = "laptop",
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Makes a round's report again from what is stored: one HTML file that is read offline.

    The recipe says only how much the report holds (its section `report`).
    """
    from pipelines.look import report_command

    print(report_command(run=run, round=round, to=to, recipe=recipe, place=place, out=out))


@look.command(
    epilog="**Examples**\n\n"
    "- `symbiont trajectories --task click-button --outcome failed`\n"
    "- `symbiont trajectories --key 2/explore-student/click-button/26` - one episode, step by step\n"
    "- the same with `--open` - as a page in the browser"
)
def trajectories(
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="Show this episode: ROUND/PHASE/TASK/SEED, or the whole key.")
    ] = "",
    show: Annotated[bool, typer.Option("--open", help="With --key: write it as a page, and open that.")] = False,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="With --key: prompts and answers of a chat model, word for word.")
    ] = False,
    task: Annotated[str, typer.Option("--task", help="Only this task.")] = "",
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome", metavar="OUTCOME", help="Only solved, failed, env_error, judge_error or infra_error."
        ),
    ] = "",
    phase: Annotated[str, typer.Option("--phase", help="Only phases with this prefix, such as explore-student.")] = "",
    agent: Annotated[str, typer.Option("--agent", help="Only agents with this in their name, kind or digest.")] = "",
    text: Annotated[str, typer.Option("--text", help="Only with this text in goal, action, reason or message.")] = "",
    seed: Annotated[int | None, typer.Option("--seed", "-s", help="Only this seed of each task.")] = None,
    round: Annotated[int | None, typer.Option("--round", min=1, help="Only this round.")] = None,
    run: Annotated[str, typer.Option("--run", help="Only this run.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most rows; 0: all.")] = 50,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Lists stored episodes, or shows one step by step."""
    from components.trajectories.listing import EpisodeFilter
    from pipelines.look import episode_lines, episodes_table, list_trajectories, open_page, read_exchanges, show_episode

    if key:
        episode, pictures = show_episode(key, run=run, place=place, out=out)
        if show:
            print(open_page(episode, pictures, out=out))
        else:
            exchanges = read_exchanges(episode, place=place, out=out) if prompts else {}
            lines = episode_lines(episode, exchanges=exchanges)
            print(episode.model_dump_json(indent=2) if as_json else "\n".join(lines))
        return
    filter = EpisodeFilter(
        run=run, round=round, phase=phase, task_id=task, seed=seed, outcome=outcome, agent=agent, text=text
    )
    rows, fitting = list_trajectories(filter, limit=limit, place=place, out=out)
    if as_json:
        for row in rows:
            print(json.dumps(row))
    elif rows:
        print_table(episodes_table(rows))
    count = f"{len(rows)} of {fitting}, --limit 0 for all" if len(rows) < fitting else f"{fitting} episodes"
    errors.print(count if fitting else "No episode fits.", highlight=False)
