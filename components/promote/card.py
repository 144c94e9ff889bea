"""The card of a round's student: what it is, what it was made from, what it solved, and how it is used.

In the form of a Hugging Face model card. It lies beside the weights, describes the version in the registry, and goes
along with `symbiont export model`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from components.benchmarks.registry import licence_of
from components.models.storing import licence_of_model
from components.promote.evidence import Evidence
from components.results.distill import DistillResult
from components.results.evaluate import EvaluateResult
from components.results.place import read
from components.trajectories.manifest import read_manifest
from components.trajectories.phases import Role, titles
from components.trajectories.rounds import Round

UNKNOWN = "unknown"


def write_card(round: Round, *, digest: str, digests: Mapping[str, str], evidence: Evidence, name: str) -> str:
    """The card, in Markdown.

    Args:
        digest: of the model's files.
        digests: of what it was made from, by name: data, recipe, code, teacher, manifest.
        name: of the registered model.
    """
    manifest, distilled = read_manifest(round), read(round, DistillResult)
    base, tasks = distilled.base_digest if distilled else "", manifest.benchmark
    licence = licence_of_model(round.store, base) if base else ""
    return "\n".join(
        [
            "---",
            "library_name: transformers",
            "pipeline_tag: text-generation",
            *([f"license: {licence}"] if licence else []),
            "tags: [symbiont, web-agent]",
            "---",
            f"# The student of run {round.run}, round {round.number}",
            "",
            "A small web agent: it reads a goal and a page as text and writes one action. Distilled by Symbiont.",
            "",
            f"- Model: `{digest}` (SHA-256 over its files)"
            + (f", {distilled.parameters:,} parameters" if distilled else ""),
            f"- Base: {distilled.base if distilled else UNKNOWN}, `{base or UNKNOWN}`, licence {licence or UNKNOWN}",
            f"- Teacher: {manifest.teacher.name}; what it may be used for, its provider says",
            f"- Data: {_examples(distilled)}; tasks of {tasks}, licence {licence_of(tasks) or UNKNOWN}",
            *(f"- Digest of {source}: `{value}`" for source, value in digests.items() if value),
            f"- Audit: {evidence.verdict or 'none'}",
            "",
            "## Scores",
            "",
            *_scores(round),
            "",
            "## Use",
            "",
            f"- `symbiont play --model models:/{name}@champion --task ...`, or `symbiont serve-model` for the OpenAI",
            "  protocol: both ask it as it was taught, and hold it to actions of the page.",
            f'- `mlflow.pyfunc.load_model("models:/{name}@champion").predict({{"prompt": [...]}})`',
            "- `transformers.AutoModelForCausalLM.from_pretrained(FOLDER)`, of `symbiont export model`",
            "",
        ]
    )


def _examples(distilled: DistillResult | None) -> str:
    return f"{sum(distilled.examples.values())} examples, `{distilled.inputs}`" if distilled else UNKNOWN


def _scores(round: Round) -> Iterator[str]:
    evaluations = {role: evaluation for role in get_args(Role) if (evaluation := read(round, EvaluateResult, of=role))}
    split_titles = titles({split for evaluation in evaluations.values() for split in evaluation.splits})
    yield "| who | " + " | ".join(split_titles.values()) + " |"
    yield "|---" * (len(split_titles) + 1) + "|"
    for role, evaluation in evaluations.items():
        cells = (_rate(evaluation, split) for split in split_titles)
        yield f"| {role.replace('_', ' ')} | " + " | ".join(cells) + " |"
    yield ""
    yield "Share solved on pages it never trained on; in brackets Wilson's interval: these tasks, other seeds."
    if "transductive" in split_titles:
        yield "Training tasks again are the very pages it trained on: they say how well it learnt them, no more."


def _rate(evaluation: EvaluateResult, split: str) -> str:
    rate = next((result for name, result in evaluation.splits.items() if name == split), None)
    if rate is None:
        return ""
    low, high = rate.interval
    return f"{rate.success_rate:.0%} ({low:.0%} to {high:.0%}), {rate.episodes} episodes"
