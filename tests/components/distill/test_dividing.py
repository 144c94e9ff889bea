"""How a step's examples are divided: nobody waits longer than needed for the largest part."""

from __future__ import annotations

import pytest

from components.distill.batches import divide
from components.distill.samples import Sample


@pytest.mark.parametrize(
    ("lengths", "parts", "cut"),
    [
        ([40, 50, 60, 250], 1, [4]),
        ([60, 60, 60, 60], 2, [2, 2]),
        ([40, 40, 60, 60, 60, 250], 2, [5, 1]),  # in halves: 3 rows of 250 wait for 3 of 60
        ([100, 110, 120, 130, 140, 150, 160], 2, [4, 3]),
        ([10, 10, 300, 300, 300], 2, [3, 2]),
        ([250], 2, [1]),
        ([20, 900, 900], 3, [1, 1, 1]),
    ],
)
def test_a_step_is_divided_so_that_no_part_is_waited_for_longer_than_needed(
    lengths: list[int], parts: int, cut: list[int]
) -> None:
    batch = [
        Sample(example_id=str(number), kind="action", tokens=range(length), start=1, weight=1.0)
        for number, length in enumerate(lengths)
    ]
    divided = divide(batch, parts)
    assert [each for part in divided for each in part] == batch
    assert [len(part) for part in divided] == cut
