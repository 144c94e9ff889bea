"""Success that others published on WebArena, in percent by site; all 812 tasks, scored by WebArena's own evaluators.

Those accept and refuse other answers than WebArena-Verified's, so a difference of some points says nothing. From
"Symbiotic Cooperation for Web Agents" (PMLR 328, 2026), table 2 and figure 7; sites of several are its "multi".
"""

from __future__ import annotations

from collections.abc import Mapping

SITES = ("all", "shopping", "shopping_admin", "gitlab", "map", "reddit", "several")
_ROWS = {
    "AgentOccam, GPT-4-Turbo": (43, 40, 45, 37, 46, 61, 14),
    "AgentOccam, Claude-3.5": (48, 51, 35, 47, 52, 70, 31),
    "AgentSymbiotic, Claude-3.5": (52, 48, 49, 51, 60, 66, 29),
    "AgentSymbiotic, Llama-3.1-8B": (48.5, 48.7, 41.2, 47.2, 57.8, 63.2, 27.1),
}
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    name: {site: rate / 100 for site, rate in zip(SITES, rates, strict=True)} for name, rates in _ROWS.items()
}
