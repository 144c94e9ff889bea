"""The names of export formats, apart from the code that writes them: every command needs the names, few write."""

from __future__ import annotations

from typing import Literal

Format = Literal["adp", "messages", "parquet"]
UNSTATED = "unstated"
"""The licence of episodes that were played here, if none is given."""
