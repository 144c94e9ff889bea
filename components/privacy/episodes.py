"""An episode as somebody outside the house may have it: names in the place of what is private."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from components.privacy.detectors import Detectors
from components.privacy.vault import Vault
from components.trajectories.schema import Candidate, Episode, Speculation, Step, Target

OF_EPISODE = ("intent", "template", "start_url", "end_url", "message")
OF_STEP = ("url", "title", "observation", "action", "reason", "feedback")


def redacted(episode: Episode, detectors: Detectors) -> Episode | None:
    """The episode with `[email 1]` in the place of values, and without pictures and records that still show them.

    Nothing, where a class of private data was met that the rules do not find: somebody knew more.
    """
    vault, kinds = Vault(), set[str]()
    for text in dict.fromkeys(_texts(episode)):
        hits = detectors.scan_now(text)
        vault.learn(text, hits)
        kinds.update(hit.kind for hit in hits)
    if not kinds.issuperset(kind for step in episode.steps for kind in step.private):
        return None
    if not kinds:
        return episode
    texts = {name: vault.redact(getattr(episode, name)) for name in OF_EPISODE}
    answer = None if episode.answer is None else vault.redact(episode.answer)
    steps = tuple(_step(step, vault.redact) for step in episode.steps)
    return episode.model_copy(
        update={**texts, "answer": answer, "steps": steps, "network": None, "retries": (), "extra": {}}
    )


def _texts(episode: Episode) -> Iterator[str]:
    yield from (getattr(episode, name) for name in OF_EPISODE)
    yield episode.answer or ""
    for step in episode.steps:
        yield from (getattr(step, name) for name in OF_STEP)
        yield from (each for target in [step.target] if target for each in (target.name, target.line))
        yield from (event.detail for event in step.events)
        if step.speculation:
            for candidate in (step.speculation.proposed, *step.speculation.candidates):
                yield from (candidate.action, candidate.reason)


def _step(step: Step, redact: Callable[[str], str]) -> Step:
    def target(of: Target) -> Target:
        return of.model_copy(update={"name": redact(of.name), "line": redact(of.line)})

    def candidate(of: Candidate) -> Candidate:
        return Candidate(action=redact(of.action), reason=redact(of.reason))

    def speculation(of: Speculation) -> Speculation:
        candidates = tuple(map(candidate, of.candidates))
        return Speculation(proposed=candidate(of.proposed), candidates=candidates, accepted=of.accepted)

    return step.model_copy(
        update={
            **{name: redact(getattr(step, name)) for name in OF_STEP},
            "target": target(step.target) if step.target else None,
            "speculation": speculation(step.speculation) if step.speculation else None,
            "events": tuple(each.model_copy(update={"detail": redact(each.detail)}) for each in step.events),
            "screenshot": None,
            "exchange": None,
        }
    )
