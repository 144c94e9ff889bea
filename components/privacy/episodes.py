"""Episodes for others: placeholders in the place of private data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from components.privacy import forms
from components.privacy.config import PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.guard import standing
from components.privacy.hits import Hit
from components.privacy.told import stays, without_page
from components.privacy.vault import Vault
from components.trajectories.schema import Candidate, Episode, Speculation, Step, Target

OF_EPISODE = ("intent", "notice", "template", "start_url", "end_url", "message")
OF_STEP = ("url", "title", "observation", "action", "reason", "description", "highlight", "feedback")


def redacted(episode: Episode, detectors: Detectors) -> Episode | None:
    """The episode with placeholders such as `[email 1]`, and without pictures and records that still show the values.

    Of pages that may not leave by their address nothing is in it. None where other steps name a class of private data
    that the rules do not find: then a model found more.
    """
    vault, kinds = Vault(), set[str]()
    for text in dict.fromkeys(_texts(episode)):
        hits = detectors.scan_now(text)
        vault.learn(text, hits)
        kinds.update(hit.kind for hit in hits)
    config = detectors.config
    if not kinds.issuperset(kind for step in episode.steps if not stays(step, config) for kind in step.private):
        return None
    public = _of_public_pages(episode, config)
    if not kinds:
        return public
    return _renamed(public, vault.redact).model_copy(update={"network": None, "retries": (), "extra": {}})


def as_marked(episode: Episode) -> Episode:
    """The episode with placeholders for values that the gate could not recognize in a single text.

    The gate looks at each text alone. It cannot recognize a value that only its field's markup marks as private, nor,
    in steps of a remote model, one that only the goal or a step of the local model shows. Nor does it know which page a
    text is of: nothing is left of those that may not leave by their address. Without a guard the episode is unchanged.
    """
    guard = standing()
    if guard is None:
        return episode
    vault = Vault(numbered=False)
    new = [_learn(vault, [step.observation, step.action], _marked(step)) for step in episode.steps]
    if any(new):  # a name may take a label's place, so that what stands behind it must have one too
        for text in dict.fromkeys(_texts(episode)):
            vault.learn(text, guard.detectors.scan_now(text))
        episode = _renamed(episode, vault.redact)
    return _of_public_pages(_apart_from_home(episode, guard.detectors), guard.detectors.config)


def _apart_from_home(episode: Episode, detectors: Detectors) -> Episode:
    """The episode with placeholders in the remote model's steps for values of its goal and of its private steps."""
    home = [step for step in episode.steps if step.private]
    if not home:
        return episode
    vault = Vault(numbered=False)
    for text in (*_texts_of_whole(episode), *(text for step in home for text in _texts_of(step))):
        vault.learn(text, detectors.scan_now(text))
    steps = tuple(step if step.private else _step(step, vault.redact) for step in episode.steps)
    return episode.model_copy(update={"steps": steps})


def _of_public_pages(episode: Episode, config: PrivacyConfig) -> Episode:
    """The episode without the pages that may not leave by their address. Of what was done there the actions are left,
    without their text.

    Its goal stays. What was typed on such a page is hidden on others too. Where the last page is one, the answer goes.
    """
    kept = [stays(step, config) for step in episode.steps]
    begins_at_home = kept[:1] == [True] or not config.may_leave(episode.start_url, "")
    ends_at_home = kept[-1:] == [True] or (bool(episode.end_url) and not config.may_leave(episode.end_url, ""))
    if not (any(kept) or begins_at_home or ends_at_home):
        return episode
    vault = Vault(numbered=False)
    steps = [
        without_page(step, episode.intent, vault) if at_home else step
        for step, at_home in zip(episode.steps, kept, strict=True)
    ]
    return episode.model_copy(
        update={
            "steps": tuple(_step(step, vault.redact) for step in steps),
            "start_url": "" if begins_at_home else vault.redact(episode.start_url),
            "end_url": "" if ends_at_home else vault.redact(episode.end_url),
            "answer": None if ends_at_home or episode.answer is None else vault.redact(episode.answer),
            "message": "",
            "network": None,
            "retries": (),
            "extra": {},
        }
    )


def may_leave(url: str, text: str) -> bool:
    """Whether a page may leave by its address; any may where no guard stands."""
    guard = standing()
    return guard is None or guard.detectors.config.may_leave(url, text)


def page_as_marked(text: str, purposes: Mapping[int, str]) -> str:
    """A page's text for a question to a model; see `as_marked`. Args: `purposes`: of its fields, by reference."""
    guard, vault = standing(), Vault(numbered=False)
    if guard is None or not _learn(vault, [text], [forms.marked(text, purposes)]):
        return text
    vault.learn(text, guard.detectors.scan_now(text))
    return vault.redact(text)


def _learn(vault: Vault, plain: Iterable[str], marked: Iterable[str]) -> bool:
    """Teaches the vault the values that are private only by their marks; whether there are any."""
    known, new = {_value(text, hit) for text in plain for hit in forms.hits(text)}, False
    for text in marked:
        hits = [hit for hit in forms.hits(text) if _value(text, hit) not in known]
        vault.learn(text, hits)
        new = new or bool(hits)
    return new


def _value(text: str, hit: Hit) -> str:
    return text[hit.start : hit.end]


def _marked(step: Step) -> Iterator[str]:
    """The step's page and action, marked with the purposes of fields."""
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
    yield from (text for target in [step.target] if target for text in (target.name, target.line))
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
            "events": tuple(event.model_copy(update={"detail": redact(event.detail)}) for event in step.events),
            "purposes": {},
            "screenshot": None,
            "exchange": None,
        }
    )
