"""The forms that trajectories are exported in, apart from what writes them: every command of the command line knows
them, and few write."""

from __future__ import annotations

from typing import Literal

Format = Literal["adp", "messages", "parquet"]
UNSTATED = "unstated"
"""The licence of what was played here, where nobody says one."""
