"""The commands of the command line that start, follow and stop a round on a cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from components.errors import ExitCode
from pipelines.options import AsJson, Changes, Compiled, PlaceName, RecipeName, Seed, errors

cluster = typer.Typer(rich_markup_mode="markdown")

Which = Annotated[
    str, typer.Argument(metavar="[RUN]", help="A line of rounds, or Kubeflow's id of a run; left out: the newest.")
]


@cluster.command(
    epilog="**Examples**\n\n"
    "- `symbiont submit` - the next round of main, followed until it ends\n"
    "- `symbiont submit --recipe mine.yaml --place here.yaml --run mine --set distill.steps=800`\n"
    "- `symbiont submit --detach --json | jq -r .link`\n\n"
    "**Environment**: SYMBIONT_KUBEFLOW stands for the place's kubeflow.address; SYMBIONT_KUBEFLOW_TOKEN or "
    "SYMBIONT_KUBEFLOW_COOKIE say who asks, where Kubeflow wants to know."
)
def submit(
    recipe: RecipeName = "laptop",
    place: PlaceName = "cluster",
    run: Annotated[str, typer.Option("--run", metavar="NAME", help="The line of rounds.")] = "main",
    round: Annotated[int, typer.Option("--round", min=0, help="Only this round; 0: the next.")] = 0,
    seed: Seed = 0,
    changes: Changes = None,
    overrides: Annotated[
        Path | None,
        typer.Option("--overrides", help="A YAML file with changes to the recipe.", exists=True, dir_okay=False),
    ] = None,
    compiled: Compiled = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Start it, and do not wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Starts a round on the place's Kubeflow and follows it: stages, and why a pod does not run.

    The compiled pipeline is uploaded where it is missing. A line of rounds does one round at a time: the same command
    finds its round again. Ctrl-C asks whether the round is to stop too.
    """
    from components.place import read_place
    from pipelines.cluster.commands import submit_command
    from pipelines.cluster.form import Form, named_or_text, overriding, place_on_cluster
    from pipelines.cluster.kubeflow import Cluster
    from pipelines.cluster.package import package

    parsed_place = read_place(place)
    form = Form(
        recipe=named_or_text(recipe, kind="recipe"),
        place=place_on_cluster(place, parsed_place),
        run=run,
        round=round,
        seed=seed,
        overrides=overriding(changes or (), file=overrides),
    )
    form.check()
    bundle = package(compiled, place=parsed_place)
    with Cluster(parsed_place) as kubeflow:
        cluster_run = submit_command(kubeflow, form, package=bundle, detach=detach, reference=place, console=errors)
    if as_json:
        print(cluster_run.model_dump_json(indent=2))


@cluster.command(epilog="**Example**: `symbiont follow main`")
def follow(run: Which = "", place: PlaceName = "cluster", as_json: AsJson = False) -> None:
    """Follows a round on a cluster until it ends, whoever started it."""
    from components.place import read_place
    from pipelines.cluster.commands import follow_command
    from pipelines.cluster.kubeflow import Cluster

    with Cluster(read_place(place)) as kubeflow:
        cluster_run = follow_command(kubeflow, run=run, reference=place, console=errors)
    if as_json:
        print(cluster_run.model_dump_json(indent=2))


@cluster.command(epilog="**Example**: `symbiont stop main`")
def stop(
    run: Annotated[str, typer.Argument(help="A line of rounds, or Kubeflow's id of a run.")],
    place: PlaceName = "cluster",
    as_json: AsJson = False,
) -> None:
    """Ends a round on a cluster. What it stored stays: the next round of its line goes on with it."""
    from components.place import read_place
    from pipelines.cluster.commands import stop_command
    from pipelines.cluster.kubeflow import Cluster

    with Cluster(read_place(place)) as kubeflow:
        cluster_run = stop_command(kubeflow, run=run, console=errors)
    if as_json:
        print(cluster_run.model_dump_json(indent=2))


@cluster.command(
    epilog="**Example**: `symbiont reap --place cluster`, which the chart does every hour\n\n"
    "**Status**: 3 where a line that `--expect` names is overdue"
)
def reap(
    place: PlaceName = "cluster",
    runtime: Annotated[
        str, typer.Option("--runtime", metavar="NAME", help="Also delete this TrainingRuntime's TrainJobs; in a pod.")
    ] = "",
    days: Annotated[float, typer.Option("--days", min=0, help="Days that ended TrainJobs are kept.")] = 7,
    servers: Annotated[
        bool, typer.Option("--servers", help="Also delete model servers that such attempts left; in a pod.")
    ] = False,
    expect: Annotated[
        list[str] | None,
        typer.Option("--expect", metavar="RUN=HOURS", help="Hours within which a round of this line has to succeed."),
    ] = None,
) -> None:
    """Ends attempts at rounds whose pods are gone: frees the sites they held, and records how they ended."""
    from datetime import UTC, datetime

    from components.serving.deployment import end_servers
    from components.trainjobs.job import remove_jobs
    from components.trainjobs.kubernetes import of_this_pod
    from pipelines.cluster.kubeflow import Cluster
    from pipelines.cluster.overdue import expected, overdue
    from pipelines.cluster.reaper import end_attempts
    from pipelines.commands import store_of

    hours = expected(expect or ())
    with store_of(place, out=Path("out")) as (parsed_place, store), Cluster(parsed_place) as kubeflow:
        remove = partial(end_servers, kubernetes=of_this_pod()) if servers else None
        for line in end_attempts(kubeflow, store, remove_servers=remove):
            print(line, flush=True)
        if runtime:
            for line in remove_jobs(runtime=runtime, days=days, kubernetes=of_this_pod()):
                print(line, flush=True)
        late = list(overdue(store, hours, now=datetime.now(UTC)))
    if late:
        print("\n".join(late), flush=True)
        raise typer.Exit(ExitCode.POLICY)
