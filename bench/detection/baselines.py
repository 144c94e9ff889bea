"""Baselines: other authors' methods, reimplemented, in the same table. None looks at routing."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from bench.detection.methods import Pairwise, Voice, Zoo
from bench.detection.scenarios import PLAIN
from bench.detection.zoo.build import REPLICATES
from components.signatures.arrays import Floats
from components.verdicts.similarity import trigram_cosine


class Answers(Pairwise):
    """How alike the answers are, as counts of character trigrams."""

    name = "response similarity"

    def _alike(self, a: Voice, b: Voice) -> Floats:
        pairs = zip(self.zoo.said(a), self.zoo.said(b), strict=True)
        return self.by_replicate([trigram_cosine(x, y) for x, y in pairs])


class Identity(Pairwise):
    """How often two models give the same name when they are asked who they are."""

    name = "identity questions"

    def _alike(self, a: Voice, b: Voice) -> Floats:
        names = [self.zoo.members[name].names[condition] for name, condition in (a, b)]
        return np.array([np.mean([x == y for x, y in zip(*names, strict=True)])])


class NextToken(Pairwise):
    """Provenance testing, how often two continue the beginning of a text with the same token."""

    name = "next-token agreement"

    def _alike(self, a: Voice, b: Voice) -> Floats:
        left, right = (self.zoo.members[name].next_words[condition] for name, condition in (a, b))
        return self.by_replicate([float(x == y) for x, y in zip(left, right, strict=True)])


class Idiosyncrasies(Pairwise):
    """A classifier of answers by who wrote them, trained on every teacher's and control's plain answers.

    Words and pairs of words, logistic regression; a replicate's answers are judged by a classifier that has not seen
    its probes. Alike is the mean log-probability that `a` wrote what `b` says.
    """

    name = "idiosyncrasy classifier"

    @cached_property
    def _classifiers(self) -> list[tuple[Any, Any]]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        writers = [*self.zoo.teachers, *self.zoo.controls]
        replicates, classifiers = np.array(self.zoo.probes.replicates), []
        for replicate in range(REPLICATES):
            rest = np.flatnonzero(replicates != replicate).tolist()
            texts = [self.zoo.said((writer, PLAIN))[row] for writer in writers for row in rest]
            labels = [writer for writer in writers for _ in rest]
            words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+")
            model = LogisticRegression(C=10.0, max_iter=300).fit(words.fit_transform(texts), labels)
            classifiers.append((words, model))
        return classifiers

    def __init__(self, zoo: Zoo) -> None:
        super().__init__(zoo)
        self._judged: dict[Voice, dict[str, Floats]] = {}

    def _alike(self, a: Voice, b: Voice) -> Floats:
        if b not in self._judged:
            replicates = np.array(self.zoo.probes.replicates)
            rows = []
            for replicate, (words, model) in enumerate(self._classifiers):
                texts = [self.zoo.said(b)[row] for row in np.flatnonzero(replicates == replicate).tolist()]
                rows.append(model.predict_log_proba(words.transform(texts)).mean(0))
            self._judged[b] = dict(zip(self._classifiers[0][1].classes_, np.array(rows).T, strict=True))
        return self._judged[b][a[0]]


class States(Pairwise):
    """For two models that can both be opened: linear CKA of the last layer over fixed texts."""

    name = "representation similarity (CKA)"
    inside = ("both",)

    def _alike(self, a: Voice, b: Voice) -> Floats:
        left, right = (self.zoo.members[voice[0]].states.astype(np.float64) for voice in (a, b))
        left, right = left - left.mean(0), right - right.mean(0)
        cross, self_products = (
            np.linalg.norm(left.T @ right),
            np.linalg.norm(left.T @ left) * np.linalg.norm(right.T @ right),
        )
        return np.array([cross**2 / self_products])
