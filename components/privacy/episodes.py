"""An episode as somebody outside the house may have it: names in the place of what is private."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from components.privacy import forms
from components.privacy.detectors import Detectors
from components.privacy.guard import standing
from components.privacy.hits import Hit
from components.privacy.vault import Vault
from components.trajectories.schema import Candidate, Episode, Speculation, Step, Target

OF_EPISODE = ("intent", "notice", "template", "start_url", "end_url", "message")
OF_STEP = ("url", "title", "observation", "action", "reason", "description", "highlight", "feedback")


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
    return _renamed(episode, vault.redact).model_copy(update={"network": None, "retries": (), "extra": {}})


def as_marked(episode: Episode) -> Episode:
    """The episode as others may be told of it: names in the place of what no single text of it says is private.

    The gate looks at texts, and there such a value is like any other: what only its field's markup says, and in steps
    that a remote model decided what the goal or a step that stayed at home says. Where no guard stands the episode is
    as it was.
    """
    guard = standing()
    if guard is None:
        return episode
    vault = Vault(numbered=False)
    new = [_learnt(vault, [step.observation, step.action], _marked(step)) for step in episode.steps]
    if any(new):  # a name may take a label's place, so that what stands behind it must have one too
        for text in dict.fromkeys(_texts(episode)):
            vault.learn(text, guard.detectors.scan_now(text))
        episode = _renamed(episode, vault.redact)
    return _apart_from_home(episode, guard.detectors)


def _apart_from_home(episode: Episode, detectors: Detectors) -> Episode:
    """The episode with names in its open steps, in the place of what its goal and its steps at home hold."""
    home = [step for step in episode.steps if step.private]
    if not home:
        return episode
    vault = Vault(numbered=False)
    for text in (*_texts_of_whole(episode), *(text for step in home for text in _texts_of(step))):
        vault.learn(text, detectors.scan_now(text))
    steps = tuple(step if step.private else _step(step, vault.redact) for step in episode.steps)
    return episode.model_copy(update={"steps": steps})


def page_as_marked(text: str, purposes: Mapping[int, str]) -> str:
    """A page's text as models may be asked about it; see `as_marked`."""
    guard, vault = standing(), Vault(numbered=False)
    if guard is None or not _learnt(vault, [text], [forms.marked(text, purposes)]):
        return text
    vault.learn(text, guard.detectors.scan_now(text))
    return vault.redact(text)


def _learnt(vault: Vault, plain: Iterable[str], marked: Iterable[str]) -> bool:
    """Whether there is something private that only the marks say, which the vault then knows."""
    known, new = {_value(text, hit) for text in plain for hit in forms.found(text)}, False
    for text in marked:
        hits = [hit for hit in forms.found(text) if _value(text, hit) not in known]
        vault.learn(text, hits)
        new = new or bool(hits)
    return new


def _value(text: str, hit: Hit) -> str:
    return text[hit.start : hit.end]


def _marked(step: Step) -> Iterator[str]:
    """The page and the action with what the page's fields are for."""
    yield forms.marked(step.observation, step.purposes)
    yield forms.filled(step.action, step.target.line if step.target else "", purposes=step.purposes)


def _renamed(episode: Episode, redact: Callable[[str], str]) -> Episode:
    texts = {name: redact(getattr(episode, name)) for name in OF_EPISODE}
    answer = None if episode.answer is None else redact(episode.answer)
    steps = tuple(_step(step, redact) for step in episode.steps)
    return episode.model_copy(update={**texts, "answer": answer, "steps": steps})


def _texts(episode: Episode) -> Iterator[str]:
    yield from _texts_of_whole(episode)
    for step in episode.steps:
        yield from _texts_of(step)


def _texts_of_whole(episode: Episode) -> Iterator[str]:
    yield from (getattr(episode, name) for name in OF_EPISODE)
    yield episode.answer or ""


def _texts_of(step: Step) -> Iterator[str]:
    yield from (getattr(step, name) for name in OF_STEP)
    yield from _marked(step)
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
            "purposes": {},
            "screenshot": None,
            "exchange": None,
        }
    )
