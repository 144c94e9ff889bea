"""Turns, actions and reasons for tests of agents, made of plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from components.agents.base import Past, Turn
from components.browser.actions import Action
from components.browser.observation import Element, Observation

PAGE = '[1] textbox "Name"\n[2] button "Submit"'
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
REASON = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=60)
ACTION = st.one_of(
    st.builds(lambda ref: f"click [{ref}]", st.integers(1, 999)),
    st.builds(lambda ref, text: str(Action("type", ref, text)), st.integers(1, 999), TEXT),
    st.builds(lambda text: str(Action("stop", None, text)), TEXT),
)


def make_turn(
    *,
    intent: str = "Press submit",
    page: str = PAGE,
    history: Sequence[Past] = (),
    episode: str = "click-test/1",
    last_step: bool = False,
) -> Turn:
    elements = {
        1: Element(ref=1, role="textbox", name="Name", line='textbox "Name"'),
        2: Element(ref=2, role="button", name="Submit", line='button "Submit"'),
    }
    return Turn(
        episode=episode,
        task_id=episode.split("/")[0],
        template="Press {x}",
        intent=intent,
        observation=Observation(url="http://site/", title="A page", text=page, elements=elements),
        history=tuple(history),
        last_step=last_step,
    )


def page_of(lines: Mapping[int, str]) -> Observation:
    """A page of these elements, by reference; each line begins with the role."""
    return Observation(
        url="http://site/",
        title="",
        text="\n".join(f"[{ref}] {line}" for ref, line in lines.items()),
        elements={ref: Element(ref=ref, role=line.split()[0], name="", line=line) for ref, line in lines.items()},
    )


def past(action: str, *, reason: str = "", feedback: str = "", target: str = "") -> Past:
    return Past(observation=PAGE, action=action, reason=reason, feedback=feedback, target=target)
