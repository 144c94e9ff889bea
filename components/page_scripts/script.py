"""The one script that is injected into every document, before the page's own: hooks, walker and element finder.

It lives in the page's own world, because only there can it see listeners being added. The page may therefore lie to
it; what comes back is treated as hostile data (see `tree.read_tree`) and never as code or instructions.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = ("natives", "hooks", "settle", "describe", "targets", "observe", "reach", "act", "scroll", "offers")
EXPORTS = (
    "observe, forget, settle: settleAndTell, stay, markAction, locate, field, grasp, written, choose, scrollBy,"
    " heard: (el) => listeners.get(el), asking, changesIn, busyIn, strays, pressed,"
    " reserve, frameElement, showFrame, throughFrame, offers"
)


@cache
def page_script(key: str) -> str:
    """JavaScript that defines the frozen `window[key]`; evaluating it twice in one document changes nothing."""
    body = "\n".join((FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)
    return (
        f'(() => {{ "use strict"; const KEY = "{key}"; if (window[KEY]) return;\n{body}\n'
        f"define(window, KEY, {{ value: freeze(bare({{ {EXPORTS} }})) }}); }})();"
    )
