"""The reader's model: which sentence answers, and how likely there is an answer at all.

Two linear models over `agent.local.features`. The first ranks the sentences of one reading against each other (a
conditional logit: the sentence that answers is chosen among all). The second tells from the best sentence, and from
what all of them have, how likely the question is answered: a logistic regression. Both are fitted by
`python -m stylegraph.evals.training.reader` on labelled questions, a part of which the documents can't answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from stylegraph.agent.local.reader.features import NAMES, Numbers
from stylegraph.agent.text.resources import read_yaml

_OF_THE_BEST = tuple(name for name in NAMES if not name.startswith("kind_"))
_HIGHEST = ("line", "line_heading", "near", "passage", "cosine", "cosine_heading")
_SHARED = ("near", "cosine")
"""What tells more the more the best sentence stands out; standing out among few says nothing alone."""
_TOGETHER = ("near", "cosine")
"""What tells more the more of what may answer stands in one document: who asks how is answered by many sentences of it."""
_LEADERS = 5
ANSWER_NAMES = (
    *_OF_THE_BEST,
    *(f"highest_{name}" for name in _HIGHEST),
    "least_missing",
    "score",
    *(f"share_{name}" for name in _SHARED),
    *(f"together_{name}" for name in _TOGETHER),
    "leaders",
)
"""What each column of `summarize` says."""


class Model(NamedTuple):
    """What has been fitted."""

    line: Numbers
    """Weight of each feature of a sentence, shape (len(NAMES),)."""
    answer: Numbers
    """Weight of each feature of a reading and the constant, shape (len(ANSWER_NAMES) + 1,)."""

    def likelihood(self, summary: Numbers) -> float:
        """Return the probability, 0..1, that what was read answers the question, were every other question answerable."""
        return float(1 / (1 + np.exp(-(summary @ self.answer[:-1] + self.answer[-1]))))


@cache
def fitted() -> Model:
    """Return the model of `ranker.yaml`."""
    data: Any = read_yaml(__package__, "ranker.yaml")
    return Model(_in_order(data["line"], NAMES), _in_order(data["answer"], [*ANSWER_NAMES, "constant"]))


def summarize(features: Numbers, strengths: Numbers, scores: Sequence[float], documents: Sequence[str]) -> Numbers:
    """Describe a reading by its best sentence and by what all of them have.

    Args:
        features: Of the sentences that may be quoted, shape (lines, len(NAMES)); at least one.
        strengths: Of the same sentences, shape (lines,): `features @ model.line`.
        scores: How well each one's passage was found, 0..1.
        documents: Which document each stands in.

    Returns:
        Shape (len(ANSWER_NAMES),).
    """
    order = np.argsort(-strengths)
    best = order[0]
    chances = np.exp(strengths - strengths[best])
    own = [features[best, NAMES.index(name)] for name in _OF_THE_BEST]
    highest = [features[:, NAMES.index(name)].max() for name in _HIGHEST]
    least = features[:, NAMES.index("missing")].min()
    leaders = strengths[order[:_LEADERS]].mean()
    shared = [features[best, NAMES.index(name)] / chances.sum() for name in _SHARED]
    home = chances[[document == documents[best] for document in documents]].sum() / chances.sum()
    together = [features[best, NAMES.index(name)] * home for name in _TOGETHER]
    return np.array([*own, *highest, least, scores[best], *shared, *together, leaders])


def _in_order(weights: Mapping[str, float], names: Sequence[str]) -> Numbers:
    return np.array([weights[name] for name in names])
