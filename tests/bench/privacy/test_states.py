"""What a model's states tell: lines alone, and a regression that finds what separates them."""

from __future__ import annotations

import re

import numpy as np

from bench.privacy.labelled import alone, pages
from bench.privacy.states import NEW, regression


def test_each_template_stands_alone_once_with_its_value_where_it_says() -> None:
    texts = [page for _, page in alone(NEW)]
    assert {page.template for page in texts} == {page.template for page in pages(NEW)}
    assert len(texts) == len({page.template for page in texts})
    for page in texts:
        before, *_ = re.split(r"\{v(?:\.\w+)?\}", page.template.partition(" ")[2])
        if page.kind and "{" not in before:
            assert page.text[: page.start] == before
            assert page.end > page.start


def test_a_regression_tells_others_apart_by_what_it_was_taught() -> None:
    drawn = np.random.default_rng(0).standard_normal((400, 8)).astype(np.float32)
    private = drawn[:, 2] - drawn[:, 5] > 0.2
    scores = regression(drawn[:300], private[:300])(drawn[300:])
    assert ((scores > 0) == private[300:]).mean() > 0.9
