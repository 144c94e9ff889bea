"""What axe-core finds wrong with a page, opened as far as a reader can open it."""

from __future__ import annotations

from typing import Any

OPEN = "document.querySelectorAll('details:not(.episode), #e0').forEach(each => { each.open = true; })"


def violations(page: Any) -> list[str]:
    """One line of each rule that is broken, with the first element that breaks it; in light, and in dark what differs
    there: the colours."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(OPEN)
    found = []
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme)
        for each in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
            first = each["nodes"][0]["html"][:200]
            found.append(f"{each['id']} ({scheme}, {each['impact']}), {len(each['nodes'])} times: {first}")
    return found
