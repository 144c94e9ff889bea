"""`symbiont audit`: a round's audit, an audit of models from elsewhere, the built-in probes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from components.errors import ExitCode, InputError
from pipelines.options import AsJson, Out, PlaceName, RoundNumber, RunName, errors

REF = "[NAME=]REF"
audit = typer.Typer(rich_markup_mode="markdown", add_completion=False, subcommand_metavar="[COMMAND]")


@audit.callback(
    invoke_without_command=True,
    epilog="**A reference** is a folder, hf:owner/name, models:/name@alias, https://host/v1#model, or a file of stored "
    'answers (JSONL of {"probe_id": ..., "answer": ...}); NAME= before it is what the report calls it.\n\n'
    "**Examples**\n\n"
    "- `symbiont audit --round 3 --json | jq .verdict` - the audit of a round\n"
    "- `symbiont audit --teacher https://api.example.com/v1#big --suspect ./model --base hf:owner/base "
    "--control hf:other/model --api-key-env EXAMPLE_KEY`\n"
    "- `symbiont audit --teacher a=... --teacher b=... --suspect ... --control ... --control ... --policy policy.yaml`",
)
def models_or_round(
    context: typer.Context,
    round: RoundNumber = None,
    run: RunName = "",
    teacher: Annotated[list[str] | None, typer.Option(metavar=REF, help="Whose student? Repeat to ask which.")] = None,
    suspect: Annotated[str, typer.Option(metavar=REF, help="The model in question.")] = "",
    control: Annotated[list[str] | None, typer.Option(metavar=REF, help="Known not to be from a teacher.")] = None,
    base: Annotated[str, typer.Option(metavar=REF, help="The suspect before training; counts as a control.")] = "",
    probes: Annotated[
        Path | None, typer.Option(help="JSONL of id, domain, prompt; left out: the built-in set.")
    ] = None,
    domain: Annotated[list[str] | None, typer.Option(help="Only probes of this domain; may be repeated.")] = None,
    white_box: Annotated[bool, typer.Option("--white-box", help="Compare the models' own routing.")] = False,
    settings: Annotated[Path | None, typer.Option(help="YAML: prices, endpoints, shadow, test.")] = None,
    api_key_env: Annotated[str, typer.Option(help="Environment variable with the endpoints' key.")] = "",
    policy: Annotated[Path | None, typer.Option(help="YAML; ends with status 3 where the verdict breaks it.")] = None,
    arguments: Annotated[
        bool, typer.Option("--arguments", help="Only print what the pipeline of audit.yaml is to be given.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending time and money.")] = False,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Says whom a model was distilled from: a round's student, or any model by --teacher and --suspect.

    Answers are stored as they come, so the same command goes on after any interruption without asking again.
    """
    if context.invoked_subcommand is not None:
        return
    if not (teacher or suspect):
        _audit_of_round(round, run=run, place=place, out=out, policy=policy, as_json=as_json)
        return
    from pipelines.audits import audit_command, pipeline_arguments, read_request, said

    if round is not None:
        raise InputError(
            "--round names the audit of a round, --teacher and --suspect one of other models",
            where="--round",
            fix="give one or the other",
        )
    request = read_request(
        teachers=teacher or (),
        suspect=suspect,
        controls=control or (),
        base=base,
        probes=probes,
        domains=domain or (),
        white_box=white_box,
        settings=settings,
        api_key_env=api_key_env,
        policy=policy,
    )
    if arguments:
        print(json.dumps(pipeline_arguments(request, place=place), indent=1))
        return
    found, page = audit_command(request, place=place, out=out, yes=yes, console=errors)
    print(found.model_dump_json(indent=2) if as_json else "\n".join(said(found)))
    errors.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if found.policy is not None and not found.policy.holds:
        raise typer.Exit(ExitCode.POLICY)


def _audit_of_round(round: int | None, *, run: str, place: str, out: Path, policy: Path | None, as_json: bool) -> None:
    from pipelines.audits import distances_of, policy_holds, read_policy
    from pipelines.look import stored_result

    rules = read_policy(policy) if policy else None
    found = stored_result("detect", run=run, round=round, place=place, out=out)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        print(f"verdict: {found['verdict']} (p = {found['p_value']:.3g})\n{found['because']}")
        for line in distances_of(found):
            print(line)
        for limit in found["limits"]:
            print(f"note: {limit}")
    if rules is not None:
        verdicts = {each["teacher"]: each["verdict"] for each in (found, *found.get("others", ()))}
        if not policy_holds(rules, verdicts, say=lambda line: errors.print(line, highlight=False)):
            raise typer.Exit(ExitCode.POLICY)


@audit.command(epilog="**Example**: `symbiont audit probes > probes.jsonl`, for models that are asked elsewhere.")
def probes() -> None:
    """Prints the built-in probes as JSONL."""
    from components.audit.builtin_probes import builtin_probes

    for row in builtin_probes():
        print(row.model_dump_json())
