"""Makes the missing runs of an ablation, and writes its results.

Every run is what `symbiont run --set ...` does, in a folder of its own below OUT, so that none meets another's
champion. They share OUT/store, where a run finds its control. A run is done when its summary.json says so; the same
command goes on with what is missing.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError
from rich.console import Console

from components.code import code_digest
from components.errors import InputError
from components.files import write_whole
from components.place import Place, read_place
from components.preflight.config import Recipe
from components.results.place import read
from components.results.preflight import PreflightResult
from components.trajectories.manifest import read_manifest
from components.trajectories.phases import EXPLORE
from components.trajectories.rounds import Round
from pipelines.ablation.table import RANDOM, STUDENT, Origin, Ran, Row, markdown, rows_of_students
from pipelines.ablation.variants import VARIANTS
from pipelines.commands import read_recipe, run_command
from pipelines.display import Display
from pipelines.outfolder import OutFolder
from pipelines.rounds import Run, default_name
from pipelines.stored_runs import round_of
from pipelines.summary import Summary

LEARNING = (EXPLORE, "synthesize", "distill")
"""Stages whose seconds are a variant's cost: judging and auditing cost every variant the same."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One run of an ablation."""

    variant: str
    run: Run
    rounds: int

    @property
    def last(self) -> Round:
        return round_of(self.run.store, self.run.name, self.rounds, seed=self.run.seed)

    def summary(self) -> Summary | None:
        """What it came to; None until it is done.

        Raises:
            InputError: the folder holds a run of another recipe or of other code.
        """
        path = self.run.folder.summary
        if not path.exists():
            return None
        try:
            summary = Summary.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise _other(path, error.errors()[0]["msg"]) from error
        versions = {(part.digests.recipe, part.digests.code) for part in summary.rounds}
        if summary.run != self.run.name or versions - {(self.run.recipe.digest, code_digest())}:
            raise _other(path, f"{summary.run}, by another recipe or code")
        return summary if len(summary.rounds) >= self.rounds else None

    def ran(self, summary: Summary) -> Ran:
        stage_seconds = [part.seconds for part in summary.rounds[: self.rounds]]
        seconds = sum(
            seconds_of_stage
            for stages in stage_seconds
            for name, seconds_of_stage in stages.items()
            if name.startswith(LEARNING)
        )
        return Ran.read(self.last, variant=self.variant, seconds=round(seconds, 1))


def _other(path: Path, difference: str) -> InputError:
    fix = "give another --out, or go back to the recipe and code of then: one table does not mix two"
    return InputError(f"this folder holds a run of another ablation: {difference}", where=str(path), fix=fix)


def measure(
    *,
    recipe: str,
    changes: Sequence[str],
    variants: Sequence[str],
    seeds: Sequence[int],
    rounds: int | None,
    place: str,
    out: Path,
    table: Path,
    rows: Path,
    console: Console,
) -> list[Row]:
    """`symbiont ablate`: writes table and rows after each run, with what there is so far.

    Args:
        changes: `key=value` over the recipe of every variant.
        rounds: of each run; None for the recipe's.

    Raises:
        InputError: an unknown variant, a wrong recipe, a place whose runs would share a registry, or a folder that
            holds another ablation; before anything is run.
        InfraError: as `symbiont run`; the same command goes on.
    """
    recipes = _recipes(recipe, changes, variants)
    shared_place = _own_place(read_place(place), out=out)
    plan = list(_planned(recipes, seeds=seeds, rounds=rounds, place=shared_place, out=out))
    summaries = [planned.summary() for planned in plan]
    display = Display(console=console)
    for number, planned in enumerate(plan):
        name = f"{planned.variant}, seed {planned.run.seed} ({number + 1} of {len(plan)})"
        if summaries[number] is not None:
            display.say(f"{name}: already done")
            continue
        display.say(f"{name}: {_by_hand(recipe, changes, planned, place=out / 'place.yaml')}")
        summaries[number] = run_command(
            recipe=planned.run.recipe,
            place=str(out / "place.yaml"),
            name=planned.run.name,
            rounds=planned.rounds,
            seed=planned.run.seed,
            out=planned.run.folder.root,
            keep=False,
            console=console,
            quiet=True,
        )
        _write(plan, summaries, changes=changes, table=table, rows=rows)
    table_rows = _write(plan, summaries, changes=changes, table=table, rows=rows)
    display.say(f"Table: {table}")
    display.say(f"Rows: {rows}")
    return table_rows


def _recipes(reference: str, changes: Sequence[str], variants: Sequence[str]) -> dict[str, Recipe]:
    unknown = [name for name in variants if name not in VARIANTS]
    if unknown or not variants:
        problem = f"there is no variant {unknown[0]!r}" if unknown else "no variant is named"
        raise InputError(problem, where="--variants", fix=f"name some of {','.join(VARIANTS)}")
    return {name: read_recipe(reference, (*changes, *VARIANTS[name].changes)) for name in VARIANTS if name in variants}


def _planned(
    recipes: Mapping[str, Recipe], *, seeds: Sequence[int], rounds: int | None, place: Place, out: Path
) -> Iterator[Planned]:
    """Ordered by seed, so that a stopped ablation can already be compared."""
    for seed in seeds:
        for variant, recipe in recipes.items():
            folder = OutFolder(root=out.absolute() / f"{variant}-{seed}")
            run = Run(name=_name(recipe, variant, seed=seed), recipe=recipe, place=place, seed=seed, folder=folder)
            yield Planned(variant=variant, run=run, rounds=rounds or recipe.rounds)


def _name(recipe: Recipe, variant: str, *, seed: int) -> str:
    """Of one run in the store of all. The two that explore alike are called as `symbiont run` would call them, so that
    one is found as the other's control."""
    name = default_name(recipe, seed=seed)
    return name if variant in (RANDOM, STUDENT) else f"{name}-{variant}"


def _own_place(place: Place, *, out: Path) -> Place:
    """The place with one store for all runs, written to OUT so that each run can be repeated by hand.

    Raises:
        InputError: its runs would share a registry, or have a store each.
    """
    if place.mlflow or place.s3_server:
        raise InputError(
            "the runs of an ablation need a registry each, and one store for all",
            where=f"place {place.name}: mlflow, s3_server",
            fix="use the place laptop, or one that leaves both empty",
        )
    shared = place.model_copy(update={"store": place.store or str(out.absolute() / "store")})
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "place.yaml", yaml.safe_dump(shared.model_dump(mode="json"), sort_keys=False))
    return shared


def _by_hand(recipe: str, changes: Sequence[str], planned: Planned, *, place: Path) -> str:
    """The command that does the same run."""
    words = ["symbiont", "run", "--recipe", recipe, "--rounds", str(planned.rounds), "--seed", str(planned.run.seed)]
    sets = [word for change in (*changes, *VARIANTS[planned.variant].changes) for word in ("--set", change)]
    options = ["--run", planned.run.name, "--place", str(place), "--out", str(planned.run.folder.root)]
    return shlex.join([*words, *sets, *options])


def _write(
    plan: Sequence[Planned], summaries: Sequence[Summary | None], *, changes: Sequence[str], table: Path, rows: Path
) -> list[Row]:
    finished = [(planned, summary) for planned, summary in zip(plan, summaries, strict=True) if summary is not None]
    ran = [planned.ran(summary) for planned, summary in finished]
    table_rows = rows_of_students(ran)
    write_whole(rows, "[\n " + ",\n ".join(json.dumps(row.model_dump()) for row in table_rows) + "\n]\n")
    write_whole(table, markdown(ran, origin=_origin(plan[0], [planned.last for planned, _ in finished], changes)))
    return table_rows


def _origin(first: Planned, finished: Sequence[Round], changes: Sequence[str]) -> Origin:
    """When and on what the newest of the runs was made."""
    newest = max(finished, key=lambda round: read_manifest(round).created_at)
    manifest, notes = read_manifest(newest), read(newest, PreflightResult)
    return Origin(
        recipe=first.run.recipe.name,
        changes=changes,
        rounds=first.rounds,
        date=manifest.created_at[:10],
        commit=notes.commit[:7] if notes else "",
        machine=notes.machine if notes else "",
        start=manifest.start,
    )
