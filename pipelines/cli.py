"""The command line. Every command is thin: it reads arguments, calls one function and prints what came back.

How it ends: `components.errors.ExitCode`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from components.errors import ExitCode, InfraError, InputError
from components.files import disk_errors
from components.guard import sweep_seldom
from pipelines.ablation_cli import ablation
from pipelines.audit_cli import audit
from pipelines.cluster_cli import cluster
from pipelines.export_cli import export
from pipelines.import_cli import imports
from pipelines.look_cli import look
from pipelines.model_cli import models
from pipelines.options import AsJson, Changes, Out, PlaceName, RecipeName, Seed, errors, print_table
from pipelines.preflight_cli import preflights
from pipelines.privacy_cli import privacy
from pipelines.schedules_cli import schedules
from pipelines.tasks_cli import tasks

PANELS = {
    "Rounds": ("run", "preflight", "evaluate", "play", "ablate", "tasks", "rescore"),
    "What came out": ("runs", "report", "trajectories", "audit", "privacy", "serve", "env"),
    "Models and data": ("serve-model", "export", "import", "imports", "takedown"),
    "On a cluster": ("submit", "follow", "stop", "schedules", "reap", "compile"),
    "Recipes and places": ("help-recipe", "recipe"),
}
"""Every command, under what a reader would look for it, in the order of `symbiont --help`."""


class _InPanels(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return [name for names in PANELS.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if isinstance(command, TyperCommand | TyperGroup):
            command.rich_help_panel = next(panel for panel, names in PANELS.items() if cmd_name in names)
        return command


app = typer.Typer(
    name="symbiont",
    cls=_InPanels,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog="**Exit codes**: 0 done, 1 the infrastructure failed (try again), 2 the input is wrong (fix it), 3 what "
    "was found is not what was required (an audit's policy, the log of what left, a schedule), 130 stopped by Ctrl-C."
    "\n\n"
    "**Environment**: SYMBIONT_RECIPE, SYMBIONT_PLACE, SYMBIONT_SEED and SYMBIONT_OUT stand for the options so named.",
)
app.add_typer(audit, name="audit")
app.add_typer(look)
app.add_typer(cluster)
app.add_typer(ablation)
app.add_typer(models)
app.add_typer(preflights)
app.add_typer(export, name="export")
app.add_typer(imports)
app.add_typer(privacy, name="privacy")
app.add_typer(schedules, name="schedules")
app.add_typer(tasks, name="tasks")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from components.code import code_digest

        print(f"symbiont {version('symbiont')}, code {code_digest()[:12]}")
        raise typer.Exit


@app.callback()
def symbiont(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The release, and the code's digest.")
    ] = False,
) -> None:
    """Trains a small web agent of your own from a large one, and keeps training it.

    Begin with `symbiont run`: three rounds on this machine, no network needed, and a report at the end.
    """


@app.command(
    epilog="**Examples**\n\n"
    "- `symbiont run` - three rounds into ./out; the same command continues after any interruption\n"
    "- `symbiont run --rounds 1 --seed 7 --out /tmp/first`\n"
    "- `symbiont run --rounds 4 --set distill.steps=800` - a fourth round after three, by another recipe\n"
    "- `symbiont run --recipe my.yaml --json | jq '.rounds[-1].student.heldout_seeds'`"
)
def run(
    recipe: RecipeName = "laptop",
    place: PlaceName = "laptop",
    rounds: Annotated[
        int | None, typer.Option("--rounds", "-n", min=1, help="Number of rounds; left out: the recipe's.")
    ] = None,
    name: Annotated[
        str, typer.Option("--run", metavar="NAME", help="The line of rounds; left out: recipe and seed, as laptop-0.")
    ] = "",
    number: Annotated[
        int, typer.Option("--round", min=0, help="Only this round, even after an unfinished one; 0: the next ones.")
    ] = 0,
    changes: Changes = None,
    seed: Seed = 0,
    out: Out = Path("out"),
    keep: Annotated[
        bool, typer.Option("--keep-serving", help="Leave MLflow (and S3) running; Ctrl-C ends them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Runs rounds: explore, synthesize, distill, evaluate, audit, promote, report.

    Finished rounds are skipped, and an interrupted one continues from what it stored. A run may continue with another
    recipe or release: its next round learns from all earlier ones. Within a round neither may change.
    """
    from pipelines.commands import read_recipe, run_command

    summary = run_command(
        recipe=read_recipe(recipe, changes or ()),
        place=place,
        name=name,
        rounds=rounds,
        number=number,
        seed=seed,
        out=out,
        keep=keep,
        console=errors,
        quiet=as_json,
    )
    if as_json:
        print(summary.model_dump_json(indent=2))


@app.command(name="compile", epilog="**Example**: `symbiont compile --to round.yaml`, then upload it to Kubeflow.")
def compile_(
    to: Annotated[Path | None, typer.Option("--to", help="File to write; left out: the committed one.")] = None,
    place: PlaceName = "cluster",
) -> None:
    """Compiles one round to the YAML that Kubeflow and `symbiont run` execute, and the audit beside it.

    Its stages get the pods of the place's section `pods`: images, resources, nodes, secrets, scratch volumes. A laptop
    ignores them. Without --to the schemas of recipes, places and summary.json are written again too.
    """
    from components.place import read_place
    from pipelines.compile import COMPILED, COMPILED_AUDIT, compile_audit, compile_round
    from pipelines.schemas import write_schemas

    target = read_place(place)
    print(compile_round(to or COMPILED, place=target))
    print(compile_audit(to.with_name(f"{to.stem}-audit.yaml") if to else COMPILED_AUDIT, place=target))
    for path in [] if to else write_schemas():
        print(path)


@app.command(
    epilog="**Examples**\n\n"
    "- `symbiont evaluate base` - the student before its first round\n"
    "- `symbiont evaluate models:/symbiont-student@champion --json`\n"
    "- `symbiont evaluate rules --benchmark forum` - beside what chance solves\n"
    "- `symbiont evaluate URL#MODEL --benchmark webarena-verified --subset hard --place my.yaml` - docs/webarena.md"
)
def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            help="teacher, rules, random, stop, URL#NAME of an endpoint; base, a folder, a digest, models:/name@alias, "
            "hf:owner/name."
        ),
    ] = "teacher",
    recipe: RecipeName = "laptop",
    changes: Changes = None,
    benchmark: Annotated[
        str,
        typer.Option(
            "--benchmark", "-b", help="Instead of the recipe's: miniwob, forum, webarena-verified, webarena-infinity."
        ),
    ] = "",
    subset: Annotated[
        str, typer.Option("--subset", help="A part of the benchmark, such as hard, or easy of webarena-infinity.")
    ] = "",
    key_env: Annotated[str, typer.Option("--key-env", help="Environment variable that holds the endpoint's key.")] = "",
    alone: Annotated[
        bool, typer.Option("--alone", help="Leave out the agent that acts at random and the one that stops at once.")
    ] = False,
    place: PlaceName = "laptop",
    seed: Seed = 0,
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Plays one agent on held-out seeds and tasks, and shows its success rate with intervals, beside that of chance.

    Stored episodes are not played again. Those of chance serve all agents that are evaluated on the same tasks. On a
    benchmark without seeds every task is played once. Tasks that a model learnt from, as far as the store knows, are
    reported as transductive, and the others, held-out tasks, as disjoint.
    """
    from components.evaluate.tables import remarks, site_table, success_table
    from pipelines.commands import read_recipe
    from pipelines.evaluations import evaluate_command, tasks_of

    recipe_to_judge = tasks_of(read_recipe(recipe, changes or ()), benchmark=benchmark, subset=subset)
    results = evaluate_command(
        model=model,
        recipe=recipe_to_judge,
        place=place,
        seed=seed,
        out=out,
        console=errors,
        key_env=key_env,
        alone=alone,
    )
    if as_json:
        print(json.dumps([result.model_dump(mode="json") for result in results], indent=2, ensure_ascii=False))
        return
    played, _ = recipe_to_judge.tasks.open()
    print_table(success_table(results))
    if (by_site := site_table(results)) is not None:
        print_table(by_site)
    for remark in remarks(results, played):
        print(remark)


@app.command(epilog="**Example**: `symbiont rescore --run webarena-0`, after an upgrade of webarena-verified.")
def rescore(
    run: Annotated[str, typer.Option("--run", metavar="NAME", help="Which stored run; left out: all.")] = "",
    write: Annotated[
        bool,
        typer.Option("--write", help="Store today's verdicts where they flip; the earlier ones are kept beside them."),
    ] = False,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
) -> None:
    """Judges stored episodes again, and lists which verdicts, training examples and promotions would flip.

    Without --write nothing is changed; with it only verdicts are, never tables, models or promotions. This works for
    episodes that are judged by an answer and a network record (webarena-verified).
    """
    from pipelines.rescore import rescore_command

    result = rescore_command(run=run, place=place, out=out, write=write)
    for line in (*result.flips, *result.follows):
        print(line)
    silent = "".join(f"; {count} of {name} have too little stored" for name, count in result.silent.items())
    sentence = f"{result.judged} episodes were judged again, {len(result.flips)} verdicts flip{silent}."
    suffix = f" {result.written} verdicts were written." if write else ""
    errors.print(f"{sentence}{suffix}", highlight=False, markup=False, soft_wrap=True)


@app.command(epilog="**Example**: `symbiont serve --out out`, then open the printed address.")
def serve(place: PlaceName = "laptop", out: Out = Path("out")) -> None:
    """Runs MLflow (and place laptop-s3's S3 server) over a run's folder until Ctrl-C, and prints their addresses."""
    from pipelines.commands import serve_command

    serve_command(place=place, out=out, console=errors)


@app.command(epilog='**Example**: `eval "$(symbiont env)"`, while `symbiont serve` runs in another terminal.')
def env(out: Out = Path("out")) -> None:
    """Prints addresses and passwords of a folder's servers as shell variables, for MLflow's client and boto3."""
    from pipelines.commands import env_command

    print(env_command(out=out))


@app.command(name="help-recipe", epilog="**Examples**: `symbiont help-recipe`, `symbiont help-recipe detect.shadow`")
def help_recipe(
    section: Annotated[str, typer.Argument(help="Only this section, such as distill; left out: all.")] = "",
    of_place: Annotated[bool, typer.Option("--place", help="The keys of a place instead.")] = False,
) -> None:
    """Lists every key of a recipe with its default and its meaning."""
    from components.place import Place
    from components.preflight.config import Recipe
    from pipelines.explain import explain

    print("\n".join(explain(Place if of_place else Recipe, section)))


recipes = typer.Typer(help="Recipes and places for editors and programs.")
app.add_typer(recipes, name="recipe")


@recipes.command(
    epilog="**Example**: `symbiont recipe schema > recipe.schema.json`, for an editor that completes and checks keys."
)
def schema(
    of_place: Annotated[bool, typer.Option("--place", help="The schema of a place instead.")] = False,
) -> None:
    """Prints the JSON Schema of a recipe."""
    from pipelines.schemas import schemas

    print(schemas()["place" if of_place else "recipe"], end="")


@recipes.callback()
def about_recipes() -> None:
    """Recipes and places for editors and programs."""


def main() -> None:
    sweep_seldom()
    try:
        with disk_errors():
            code = app(standalone_mode=False) or ExitCode.DONE
    except InputError as error:
        code = _say("This has to be fixed first:", error, code=ExitCode.INPUT)
    except InfraError as error:
        code = _say("Stopped; nothing that was stored is lost, the same command goes on:", error, code=ExitCode.INFRA)
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.STOPPED
    except Exception as error:
        # typer's own usage errors know how to show themselves
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        code = ExitCode.INPUT
    if code == ExitCode.STOPPED:  # typer turns Ctrl-C into this result
        errors.print("\nStopped. The same command goes on from here.", highlight=False)
    sys.exit(code)


def _say(title: str, error: Exception, *, code: int) -> int:
    errors.print(f"[bold red]{title}[/]", highlight=False)
    errors.print(str(error), highlight=False, markup=False, soft_wrap=True)
    return code


if __name__ == "__main__":
    main()
