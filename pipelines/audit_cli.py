"""`symbiont audit`: the audit of a round, an audit of any models, the built-in probes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from components.errors import ExitCode
from pipelines.options import AsJson, Out, PlaceName, RoundNumber, RunName, errors

REF = "[NAME=]REF"
Rules = Annotated[
    Path | None,
    typer.Option("--policy", resolve_path=True, help="YAML; ends with status 3 where the verdict breaks it."),
]
audit = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    help="Says which teacher a model was distilled from: a round's student, or any model.",
)


@audit.command(
    name="round",
    epilog="**Examples**\n\n"
    "- `symbiont audit round` - whose student is it, after the newest finished round?\n"
    "- `symbiont audit round --round 3 --json | jq .verdict`",
)
def audit_of_round(
    round: RoundNumber = None,
    run: RunName = "",
    policy: Rules = None,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Shows what the audit of a stored round found."""
    from pipelines.audits import distances_of, policy_holds, read_policy, stored_audit

    rules = read_policy(policy) if policy else None
    result = stored_audit(run=run, round=round, place=place, out=out)
    if as_json:
        print(result.model_dump_json(indent=2))
    else:
        print(f"verdict: {result.verdict} (p = {result.p_value:.3g})\n{result.because}")
        for line in distances_of(result):
            print(line)
        for limit in result.limits:
            print(f"note: {limit}")
    if rules is not None:
        verdicts = {finding.teacher: finding.verdict for finding in (result, *result.others)}
        if not policy_holds(rules, verdicts, say=lambda line: errors.print(line, highlight=False)):
            raise typer.Exit(ExitCode.POLICY)


@audit.command(
    name="models",
    epilog="**A reference** is a folder, hf:owner/name, models:/name@alias, https://host/v1#model, or a file of stored "
    'answers (JSONL of {"probe_id": ..., "answer": ...}); NAME= before it is what the report calls it.\n\n'
    "**Examples**\n\n"
    "- `symbiont audit models --teacher https://api.example.com/v1#big --suspect ./model --base hf:owner/base "
    "--control hf:other/model --api-key-env EXAMPLE_KEY`\n"
    "- `symbiont audit models --teacher a=... --teacher b=... --suspect ... --control ... --control ... "
    "--policy policy.yaml`",
)
def audit_of_models(
    teacher: Annotated[
        list[str] | None,
        typer.Option(metavar=REF, help="A model that the suspect may be distilled from; repeat for several."),
    ] = None,
    suspect: Annotated[str, typer.Option(metavar=REF, help="The model in question.")] = "",
    control: Annotated[
        list[str] | None, typer.Option(metavar=REF, help="A model known not to be distilled from any teacher; repeat.")
    ] = None,
    base: Annotated[
        str, typer.Option(metavar=REF, help="The model that the suspect was trained from; counts as a control.")
    ] = "",
    probes: Annotated[
        Path | None, typer.Option(resolve_path=True, help="JSONL of id, domain, prompt; left out: the built-in set.")
    ] = None,
    domain: Annotated[list[str] | None, typer.Option(help="Only probes of this domain; may be repeated.")] = None,
    white_box: Annotated[bool, typer.Option("--white-box", help="Compare the models' own routing.")] = False,
    settings: Annotated[
        Path | None, typer.Option(resolve_path=True, help="YAML: prices, endpoints, shadow, test.")
    ] = None,
    api_key_env: Annotated[str, typer.Option(help="Environment variable with the endpoints' key.")] = "",
    policy: Rules = None,
    arguments: Annotated[
        bool, typer.Option("--arguments", help="Only print the arguments for the pipeline audit.yaml.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending time and money.")] = False,
    place: PlaceName = "laptop",
    out: Out = Path("out"),
    as_json: AsJson = False,
) -> None:
    """Asks teacher, suspect and controls the same questions, and says whether the suspect was made from the teacher.

    Answers are stored as they come, so the same command goes on after any interruption without asking again.
    """
    from pipelines.audits import audit_command, pipeline_arguments, read_request, report_lines

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
    report, page = audit_command(request, place=place, out=out, yes=yes, console=errors)
    print(report.model_dump_json(indent=2) if as_json else "\n".join(report_lines(report)))
    errors.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if report.policy is not None and not report.policy.holds:
        raise typer.Exit(ExitCode.POLICY)


@audit.command(epilog="**Example**: `symbiont audit probes > probes.jsonl`, for models that are asked elsewhere.")
def probes() -> None:
    """Prints the built-in probes as JSONL."""
    from components.audit.builtin_probes import builtin_probes

    for row in builtin_probes():
        print(row.model_dump_json())
