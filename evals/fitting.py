"""Fits the reader's model of which sentence answers: `python -m stylegraph.evals.fitting`.

The pairs are questions of the tune split of `cases/documents.yaml` and the sentences that the index finds for them. A
sentence is positive if it states a fact of the answer and stands in a document that is labelled to hold it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import Evidence, SourceTask
from stylegraph.agent.local.quoting import best_lines
from stylegraph.agent.local.reading import WEIGHTS, Line, Reader, Reading
from stylegraph.evals.answers import open_documents
from stylegraph.evals.document_cases import DocumentCase, holds, load_document_cases

Numbers = NDArray[np.float64]

_K = 6
_FOLDS = 5
_STEPS = 50
_RIDGE = 1.0


class Pairs(NamedTuple):
    """One question with what was found for it."""

    case: DocumentCase
    evidence: list[Evidence]
    reading: Reading

    def is_positive(self, line: Line) -> bool:
        """Say whether a line states a fact of the answer."""
        document = str(self.evidence[line.evidence]["data"]["document"])
        labelled = any(document.endswith(name) for name in (self.case.document or "-", *self.case.also))
        return labelled and not line.is_heading and any(holds(line.text, fact) for fact in self.case.facts)


async def collect() -> list[Pairs]:
    """Read what the index finds for each tune case."""
    pairs = []
    async with open_documents() as (documents, embedder):
        reader = Reader(embedder, documents.term_weights)
        for case in load_document_cases():
            if case.split == "tune":
                found = (await documents.gather(_task(case)))["evidence"]
                pairs.append(Pairs(case, found, await reader.read(case.question, found)))
    return pairs


def fit(pairs: Sequence[Pairs]) -> dict[str, float]:
    """Give the weights of a logistic regression over all lines."""
    lines = [(one, line) for one in pairs for line in one.reading.lines]
    features = np.array([[line.features[name] for name in _names()] for _, line in lines])
    labels = np.array([float(one.is_positive(line)) for one, line in lines])
    return dict(zip([*_names(), "constant"], logistic(features, labels), strict=True))


def calibrate(pairs: Sequence[Pairs], weights: Mapping[str, float]) -> dict[str, float]:
    """Fit how likely an answer is right, all of its facts there, from its best sentence's logit."""
    logits, right = [], []
    for one in pairs:
        lines = [line._replace(answers=_probability(line, weights)) for line in one.reading.lines]
        reading = one.reading._replace(lines=lines)
        quoted = " ".join(line.text for line in best_lines(reading, one.evidence))
        logits.append(max((_logit(line, weights) for line in lines), default=-9.0))
        right.append(float(one.case.answerable and all(holds(quoted, fact) for fact in one.case.facts)))
    slope, constant = logistic(np.array(logits)[:, None], np.array(right))
    return {"slope": slope, "constant": constant}


def cross_validated(pairs: Sequence[Pairs]) -> tuple[float, float]:
    """Give the share of facts in the chosen sentences, and how well their likelihood tells right answers (AUC)."""
    recalls, scores, right = [], [], []
    for fold in range(_FOLDS):
        weights = fit([one for place, one in enumerate(pairs) if place % _FOLDS != fold])
        for one in [one for place, one in enumerate(pairs) if place % _FOLDS == fold]:
            lines = [line._replace(answers=_probability(line, weights)) for line in one.reading.lines]
            quoted = " ".join(line.text for line in best_lines(one.reading._replace(lines=lines), one.evidence))
            held = [holds(quoted, fact) for fact in one.case.facts]
            if one.case.answerable:
                recalls.append(sum(held) / len(held))
            scores.append(max((line.answers for line in lines), default=0.0))
            right.append(one.case.answerable and all(held))
    return sum(recalls) / len(recalls), auc(scores, right)


def auc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """Give the chance that a right answer scores above a wrong one."""
    above = [score for score, good in zip(scores, right, strict=True) if good]
    below = [score for score, good in zip(scores, right, strict=True) if not good]
    return sum((one > other) + 0.5 * (one == other) for one in above for other in below) / (len(above) * len(below))


def logistic(features: Numbers, labels: Numbers) -> list[float]:
    """Fit a logistic regression with a small ridge by Newton's method: the weights, then the constant."""
    design = np.hstack([features, np.ones((len(features), 1))])
    penalty = _RIDGE * np.diag([*np.ones(features.shape[1]), 1e-6])
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (labels - likely) - penalty @ beta
        curvature = (design * (likely * (1 - likely))[:, None]).T @ design + penalty
        beta += np.linalg.solve(curvature, gradient)
    return [float(value) for value in beta]


def _names() -> list[str]:
    return [name for name in WEIGHTS if name != "constant"]


def _logit(line: Line, weights: Mapping[str, float]) -> float:
    return weights["constant"] + sum(weights[name] * line.features[name] for name in _names())


def _probability(line: Line, weights: Mapping[str, float]) -> float:
    return float(1 / (1 + np.exp(-_logit(line, weights))))


def _task(case: DocumentCase) -> SourceTask:
    return SourceTask(
        question=case.question,
        queries=[case.question],
        filters={},
        language=case.language,
        k=_K,
        attempt=0,
        user="local",
        index=None,
        shown=[],
        profile={},
        look=None,
        seconds=60.0,
        web_searches=0,
    )


def main() -> None:
    """Print the weights, ready to stand in `agent.local.reading`."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    pairs = asyncio.run(collect())
    weights = fit(pairs)
    recall, likelihood = cross_validated(pairs)
    print(f"{len(pairs)} questions; cross-validated: facts {recall:.3f}, AUC of right answers {likelihood:.3f}")
    print("WEIGHTS =", {name: round(weight, 2) for name, weight in weights.items()})
    print("CALIBRATION =", {name: round(value, 2) for name, value in calibrate(pairs, weights).items()})


if __name__ == "__main__":
    main()
