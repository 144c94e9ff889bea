"""`python -m bench.proposals`: the measurements of proposed tasks; `make bench-proposals` runs them.

python -m bench.proposals sample OUT       # prints a sample of a run's proposals; conditions are written for it by hand
python -m bench.proposals verdicts OUT     # plays it, and holds the pipeline's verdicts against the conditions
python -m bench.proposals coverage OUT     # what the run's map knows of all that a crawl finds
python -m bench.proposals one-app APP OUT  # clicks over an application of WebArena-Infinity and proposes for it
python -m bench.proposals paraphrases      # which paraphrases of held-out tasks the leak check refuses
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from bench.proposals.coverage import measure_coverage
from bench.proposals.one_app import propose_for
from bench.proposals.paraphrases import measure_leaks
from bench.proposals.sample import draw, site_in
from bench.proposals.verdicts import judge_sample
from components.files import write_whole
from components.trajectories.embeddings import EmbeddingEndpoint

HERE = Path(__file__).parent
ROWS = HERE.parent / "proposals.json"
app = typer.Typer(no_args_is_help=True, help=__doc__)
Out = Annotated[Path, typer.Argument(help="Folder of a run with the recipe forum-proposed, or of `one-app`.")]


@app.command()
def sample(out: Out, size: int = 20, seed: int = 1) -> None:
    """Prints names, intents and cases of played proposals, drawn at random."""
    proposals = [
        {"id": proposal.id, "intents": list(proposal.intents[:3]), "case": dict(proposal.cases[0])}
        for proposal in draw(out, size=size, seed=seed)
    ]
    print(yaml.safe_dump(proposals, sort_keys=False, allow_unicode=True, width=110), end="")


@app.command()
def verdicts(out: Out, size: int = 20, seed: int = 1, conditions: str = "conditions", among: bool = False) -> None:
    """Plays the sample well and badly, and writes who said what of each attempt; --among: those with conditions."""
    conditions_by_task = yaml.safe_load((HERE / f"{conditions}.yaml").read_text())["conditions"]
    result = judge_sample(
        draw(out, size=size, seed=seed, among=conditions_by_task if among else None),
        conditions_by_task,
        folder=site_in(out),
    )
    _write(conditions.replace("conditions", "verdicts"), {"size": size, "seed": seed, **result})


@app.command()
def coverage(out: Out) -> None:
    """Holds the run's map against a crawl of every link."""
    _write("coverage", measure_coverage(out))


@app.command()
def one_app(folder: Path, out: Path, clicks: int = 300) -> None:
    """Clicks over an application of a WebArena-Infinity checkout and proposes for it."""
    _write(f"one_app_{folder.name}", propose_for(folder, out=out, clicks=clicks))


@app.command()
def paraphrases(base_url: str = "", model: str = "") -> None:
    """Asks the leak check about every paraphrase and every other task; with vectors where an endpoint is named."""
    endpoint = EmbeddingEndpoint(base_url=base_url, model=model) if base_url else None
    for name in ("paraphrases", "paraphrases_later"):
        result = measure_leaks(yaml.safe_load((HERE / f"{name}.yaml").read_text()), endpoint=endpoint)
        _write(f"{name}_by_vectors" if endpoint else name, {"model": model, **result})


def _write(name: str, content: dict[str, Any]) -> None:
    rows = json.loads(ROWS.read_text()) if ROWS.exists() else {}
    write_whole(ROWS, (json.dumps({**rows, name: content}, indent=1, ensure_ascii=False) + "\n").encode())
    print(json.dumps({key: value for key, value in content.items() if key != "rows"}, indent=1))


if __name__ == "__main__":
    app()
