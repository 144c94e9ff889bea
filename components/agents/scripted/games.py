"""Rules for games: a board of nine cells, each a line of the page."""

from __future__ import annotations

from collections.abc import Sequence

from components.agents.scripted.moves import Case, Move, click, rule
from components.browser.scene import Node

ROWS = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
BEST_FIRST = (4, 0, 2, 6, 8, 1, 3, 5, 7)
"""The centre is in four rows of three, a corner in three, the others in two."""


@rule(r"Playing as 'X', win a game of tic-tac-toe\.?$")
def tic_tac_toe(case: Case) -> Sequence[Move]:
    """Ends a row of its own, else stops the other's, else takes the cell that leaves most rows to win."""
    cells = case.scene.refs("clickable")
    if len(cells) != 9:
        return []
    board = [_mark(cell) for cell in cells]
    free = [place for place in BEST_FIRST if not board[place]]
    if not free:
        return []
    for mark, reason in (("x", "It ends a row of mine."), ("o", "The other would end a row here.")):
        for place in free:
            if _ends_a_row(board, place, mark):
                return click(cells[place], reason)
    place = max(free, key=lambda cell: _chances(board, cell))
    return click(cells[place], "It leaves me the most rows to win.")


def _mark(cell: Node) -> str:
    return next((mark for mark in ("x", "o") if cell.has(f"mark-{mark}")), "")


def _ends_a_row(board: Sequence[str], place: int, mark: str) -> bool:
    return any(place in row and all(board[cell] == mark for cell in row if cell != place) for row in ROWS)


def _chances(board: Sequence[str], place: int) -> int:
    """Rows through this cell that the other is not in; one with a mark of mine counts twice."""
    return sum(
        1 + sum(board[cell] == "x" for cell in row)
        for row in ROWS
        if place in row and all(board[cell] != "o" for cell in row)
    )
