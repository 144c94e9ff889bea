"""What a remote model is shown of the knowledge base."""

from __future__ import annotations

import json
import re

from bench.privacy.endpoint import serving
from components.privacy.config import Analyzer, DetectorModel, PrivacyConfig
from components.privacy.detectors import Detectors
from components.privacy.knowledge import RedactedKnowledge
from components.privacy.pieces import classes_of
from components.trajectories.knowledge_entry import KnowledgeEntry, KnowledgeStep
from components.trajectories.rounds import Round

MAIL = "kim.lee@example.org"


def entry(text: str, *, classes: tuple[str, ...] = ()) -> KnowledgeEntry:
    step = KnowledgeStep(observation=f'text "{text}"', action="wait", described="wait", reason=f"because {text}")
    return KnowledgeEntry(
        id="i",
        task_id="t",
        template="t",
        seed=1,
        intent=f"goal {text}",
        instruction="do",
        summary=f"sum {text}",
        steps=(step,),
        end=f'text "{text}"',
        found_by="teacher",
        solved=True,
        round=1,
        episode_key="k",
        start=0,
        classes=classes,
    )


class Found:
    def __init__(self, *entries: KnowledgeEntry) -> None:
        self.entries = list(entries)

    def search(self, *, intent: str, observation: str, k: int, query: str = "") -> list[KnowledgeEntry]:
        del intent, observation, query
        return self.entries[:k]

    def digest(self) -> str:
        return "d"

    def spend_for(self, round: Round) -> None:
        raise NotImplementedError

    def close(self) -> None:
        return


def shown(*entries: KnowledgeEntry) -> list[KnowledgeEntry]:
    knowledge = RedactedKnowledge(Found(*entries), Detectors(PrivacyConfig()))
    return knowledge.search(intent="", observation="", k=9)


def test_copies_have_names_in_the_place_of_values_and_the_originals_stay() -> None:
    original = entry(MAIL, classes=("email",))
    (copy,) = shown(original)
    assert all(MAIL not in text for text in copy.texts)
    assert copy.steps[0].observation == 'text "[email]"'
    assert MAIL in original.intent


def test_a_piece_of_which_more_was_known_than_the_rules_see_is_withheld() -> None:
    assert shown(entry("a confession", classes=("health",)), entry("nothing")) == [entry("nothing")]


def test_a_piece_that_a_detector_model_calls_private_or_says_nothing_of_is_withheld() -> None:
    def verdict(text: str) -> str:
        return (
            "[PRIVATE FIND] [HEALTH]" if "confession" in text else "what?" if "riddle" in text else "[PRIVATE NOT FIND]"
        )

    with serving(lambda text, _: verdict(text), faults=0.0) as server:
        model = DetectorModel(model="m", base_url=f"{server.origin}/v1", timeout=60)
        found = Found(entry("a confession"), entry("a riddle"), entry(MAIL), entry("nothing"))
        knowledge = RedactedKnowledge(found, Detectors(PrivacyConfig(model=model)))
        copies = knowledge.search(intent="", observation="", k=9)
    assert [copy.intent for copy in copies] == ["goal [email]", "goal nothing"]
    assert MAIL not in "".join(server.received)


def test_a_copy_has_names_where_an_analyzer_finds_something_and_is_withheld_where_it_is_silent() -> None:
    def places(text: str) -> str:
        found = [match.span() for match in re.finditer("confession", text)]
        return (
            ""
            if "riddle" in text
            else json.dumps(
                [{"entity_type": "SENSITIVE", "start": start, "end": end, "score": 0.9} for start, end in found]
            )
        )

    with serving(lambda text, _: places(text), faults=0.0) as server:
        analyzer = Analyzer(base_url=server.origin, timeout=60)
        found = Found(entry(f"a confession to {MAIL}"), entry("a riddle"), entry("nothing"))
        knowledge = RedactedKnowledge(found, Detectors(PrivacyConfig(analyzer=analyzer)))
        copies = knowledge.search(intent="", observation="", k=9)
    assert [copy.intent for copy in copies] == ["goal a [sensitive] to [email]", "goal nothing"]


def test_a_piece_knows_the_classes_it_holds() -> None:
    assert classes_of([f'text "{MAIL}"', 'text "Diagnosis: flu"']) == {"email", "health"}
