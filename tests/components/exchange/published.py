"""Rows as published sets have them: A3-Synth's training file and the Agent Data Protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SHOP = "http://shop.example.org"
ASKED = """\
# Instructions
Review the current state of the page and all other information to find the best possible next action.

## Goal:
{goal}


# Observation of current step:

## Currently open tabs:
Tab 0:
    Title: Other
    URL: http://other.example.org/
Tab 1 (active tab):
    Title: One Stop Market
    URL: {url}

## AXTree:
Note: [bid] is the unique alpha-numeric identifier at the beginning of lines for each element in the AXTree.

{tree}

## Focused element:
None

# History of interaction with the task:

# Action space:
Note: This action set allows you to interact with your environment.
click(bid: str)
    Examples:
        click('a51')
"""


def tree(*names: str, url: str = f"{SHOP}/") -> str:
    """A page of a shop, as BrowserGym prints it, with a link of each name."""
    links = "\n".join(f"\t\t[a{40 + number}] link '{name}', url='x'" for number, name in enumerate(names))
    return (
        f"RootWebArea 'One Stop Market', focused, url='{url}'\n\t[12] banner ''\n{links}\n"
        "\t[31] textbox 'Search' value='', required\n\t[32] combobox '' value='Newest', expanded=False\n"
        "\t\t[33] option 'Newest', selected=True\n\t\t[34] option 'Oldest', selected=False\n"
        "\t[35] paragraph ''\n\t\tStaticText \"It's all on sale\""
    )


def a3_row(goal: str, answer: str, *, page: str = "", url: str = f"{SHOP}/", picture: bool = True) -> list[Any]:
    asked = ASKED.format(goal=goal, url=url, tree=page or tree("Shoes", "Bags"))
    content = [{"type": "text", "text": asked}, *([{"type": "image", "image": "shots/1.png"}] if picture else [])]
    return [
        {"role": "system", "content": [{"type": "text", "text": "You are an agent."}]},
        {"role": "user", "content": content if picture else asked},
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]


def done(action: str, thought: str = "It is what the goal asks for.") -> str:
    return f"<think>\n{thought}\n</think>\n\n<action>\n{action}\n</action>"


def adp_row(goal: str, *parts: dict[str, Any], **details: Any) -> dict[str, Any]:
    said = {"class_": "text_observation", "content": goal, "name": None, "source": "user"}
    return {"schema_version": "1.2.0", "id": "0", "content": [said, *parts], "details": details}


def web(page: str = "") -> dict[str, Any]:
    empty = {"html": None, "url": None, "image_observation": None, "viewport_size": [1280, 1440]}
    return {"class_": "web_observation", "axtree": page or tree("Shoes", "Bags"), **empty}


def api(function: str, **arguments: Any) -> dict[str, Any]:
    return {"class_": "api_action", "function": function, "kwargs": arguments, "description": "Because."}


def finish(answer: str) -> dict[str, Any]:
    return {"class_": "message_action", "content": f"<finish> {answer} </finish>", "description": ""}


def write(path: Path, rows: Iterable[Any]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path
