"""Precision, recall and F1 by class, with intervals in which pages of one template count as alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.privacy.labelled import Page
from components.privacy.hits import FAMILIES, Hit
from components.statistics import clustered_wilson

Found = Sequence[tuple[Page, Sequence[Hit]]]
Shares = Mapping[str, Sequence[float]]
ALL = "all"


def rows(hits: Found, *, detector: str, part: str) -> list[dict[str, Any]]:
    """A row for every class, and one for all.

    A value counts as found where hits cover every letter of it, or a hit says that the whole page is private: in both
    cases it does not leave. A hit counts as right where it meets the value that was put there. `no_verdict`: pages of
    the class that count as private because the model gave no verdict that can be read.
    """
    kinds = sorted({page.kind for page, _ in hits if page.kind})
    return [_row(hits, kind=kind, detector=detector, part=part) for kind in (*kinds, ALL)]


def _row(hits_by_page: Found, *, kind: str, detector: str, part: str) -> dict[str, Any]:
    recalled, right = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for page, hits in hits_by_page:
        if page.kind and kind in (page.kind, ALL):
            recalled[page.template].append(float(covers(page, hits)))
        for hit in hits:
            if kind in (hit.kind, ALL) or _says(hit, kind):
                right[page.template].append(float(meets(page, hit)))
    recall, precision = _share(recalled), _share(right)
    f1 = 2 * recall * precision / (recall + precision) if recall and precision else None
    return {
        "class": kind,
        "detector": detector,
        "part": part,
        "precision": precision,
        "precision_interval": _interval(right),
        "recall": recall,
        "recall_interval": _interval(recalled),
        "f1": None if f1 is None else round(f1, 4),
        "n": sum(map(len, recalled.values())),
        "hits": sum(map(len, right.values())),
        "no_verdict": sum(
            hit.source == "no verdict" for page, hits in hits_by_page if kind in (page.kind, ALL) for hit in hits
        ),
        "templates": len(recalled),
    }


def covers(page: Page, hits: Sequence[Hit]) -> bool:
    letters = {at for at in range(page.start, page.end) if page.text[at].isalnum()}
    return letters <= {at for hit in hits for at in range(hit.start, hit.end)}


def meets(page: Page, hit: Hit) -> bool:
    return page.kind is not None and hit.start < page.end and hit.end > page.start


def _says(hit: Hit, kind: str) -> bool:
    """Whether a model's coarse class holds this one."""
    return hit.source == "model" and kind in FAMILIES and FAMILIES[hit.kind] == FAMILIES[kind]


def _share(values: Shares) -> float | None:
    flat = [value for each in values.values() for value in each]
    return round(sum(flat) / len(flat), 4) if flat else None


def _interval(values: Shares) -> list[float] | None:
    return [round(end, 4) for end in clustered_wilson(values)] if values else None
