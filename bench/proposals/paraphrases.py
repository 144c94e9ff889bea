"""Which paraphrases of held-out tasks the leak check refuses: the limit of what it can promise.

A paraphrase is what a model might propose: an intent, where it begins and a check, which lead to what the held-out task
is about. Each is checked twice: by its words (or vectors) alone, and also by where it leads, as the stage does. The
other tasks are of the same forum but mean and lead to something else: refusing one of those is a loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.benchmarks.config import TasksConfig
from components.benchmarks.forum.benchmark import Forum
from components.benchmarks.sites.form import Check, SiteTask, literal
from components.proposals.proposal import Proposal
from components.propose.config import ProposeConfig
from components.propose.leaks import Leaks
from components.propose.likeness import vectors_of
from components.trajectories.embeddings import EmbeddingEndpoint


def measure_leaks(
    paraphrases: Mapping[str, Sequence[Mapping[str, Any]]], *, endpoint: EmbeddingEndpoint | None
) -> dict[str, Any]:
    """Rows of (intent, refused by words, refused), and how many of each kind were refused.

    Args:
        written: under a held-out task's name its paraphrases, under `others` what is none.
    """
    benchmark, split = TasksConfig(benchmark="forum").open()
    assert isinstance(benchmark, Forum)
    heldout = {name: benchmark.site_tasks[name] for name in split.heldout}
    proposals = [(of, _proposal(idea, number)) for of in paraphrases for number, idea in enumerate(paraphrases[of])]
    texts = [text for _, proposal in proposals for text in proposal.intents]
    texts += [wording for task in heldout.values() for wording in task.wordings]
    vectors = vectors_of(list(dict.fromkeys(texts)), endpoint=endpoint)
    leaks = Leaks(split=split, heldout=heldout, likeness=ProposeConfig().likeness, vectors=vectors)
    rows = [
        {
            "of": of,
            "intent": proposal.intents[0],
            "said": bool(leaks.wording_leak(proposal)),
            "refused": bool(leaks.why(proposal)),
        }
        for of, proposal in proposals
    ]
    same, other_rows = ([row for row in rows if (row["of"] == "others") is side] for side in (False, True))
    return {
        "paraphrases": len(same),
        "refused_by_meaning": sum(row["said"] for row in same),
        "refused": sum(row["refused"] for row in same),
        "others": len(other_rows),
        "others_refused_by_meaning": sum(row["said"] for row in other_rows),
        "others_refused": sum(row["refused"] for row in other_rows),
        "rows": rows,
    }


def _proposal(idea: Mapping[str, Any], number: int) -> Proposal:
    task = SiteTask(
        id=f"idea-{number}",
        family="proposed idea",
        intent=literal(idea["intent"]),
        site="forum",
        start=idea["start"],
        user="mira_holt",
        check=Check.model_validate(idea["check"]),
    )
    return Proposal(by="model", task=task, region="", hint="")
