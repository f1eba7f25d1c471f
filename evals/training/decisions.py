"""Calibrates the local decisions: `python -m stylegraph.evals.training.decisions [--write]`.

Everything is fitted to tune data. How sharp the margins of a few examples are, on draws of 3, 5 and 10 examples a label from
the sets of `evals/bench/intents.py`; groundedness, relevance and answers on `cases/support.yaml`, each case by a model that
was fitted without it (eight folds), by language.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import stylegraph.tools.decisions
from stylegraph.agent.local.probability import Line, log_odds
from stylegraph.agent.local.support.likelihoods import Likelihoods
from stylegraph.agent.text.language import LANGUAGES, Language
from stylegraph.evals.bench.intents import DESCRIPTIONS, IntentSet, drawn, intent_sets
from stylegraph.evals.cases import Split
from stylegraph.evals.grading.cases import support_cases
from stylegraph.evals.grading.fitting import collect, cross_validated
from stylegraph.tools.decisions.classifier import Classifier, softmax
from stylegraph.tools.decisions.labels import Label
from stylegraph.tools.embeddings import LocalEmbedder

_COUNTS = (3, 5, 10)
_DRAWS = 3
_SHARPNESS = np.geomspace(1, 30, 120)
_STEPS, _RIDGE = 60, 2.0
_AS_IT_IS = np.array([1.0, 0.0])
_HEADER = "# Written by `python -m stylegraph.evals.training.decisions --write`.\n"


class Scored(NamedTuple):
    """A raw score and what is true."""

    language: Language
    score: float
    label: bool


class Margins(NamedTuple):
    """The margins of one text, and the place of its label."""

    margins: NDArray[np.float32]
    place: int


def line_of(rows: Sequence[Scored]) -> Line:
    """Fit a logistic curve to raw scores by Newton's method; few rows hold it near the scores as they are."""
    score, label = np.array([row.score for row in rows]), np.array([float(row.label) for row in rows])
    design, beta = np.stack([score, np.ones_like(score)], axis=1), _AS_IT_IS
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ beta))
        curved = (design * (likely * (1 - likely))[:, None]).T @ design + _RIDGE * np.eye(2)
        beta = beta + np.linalg.solve(curved, design.T @ (label - likely) - _RIDGE * (beta - _AS_IT_IS))
    return Line(float(beta[0]), float(beta[1]))


def sharpness_of(rows: Sequence[Margins]) -> float:
    """Return the factor of margins under which the right labels are likeliest."""

    def unlikely(factor: float) -> float:
        return -sum(float(np.log(softmax(factor * row.margins)[row.place])) for row in rows)

    return float(min(_SHARPNESS, key=unlikely))


def margins_of(found: IntentSet, examples: dict[str, list[str]], asked: Sequence[tuple[str, str]]) -> list[Margins]:
    """Return the margins of what is asked, learned from examples."""
    embedder, labels = LocalEmbedder(), [Label(name, tuple(examples[name])) for name in found.labels]
    classifier = Classifier(labels, embedder.encode([text for label in labels for text in label.texts]))
    vectors = embedder.encode([text for text, _ in asked])
    return [
        Margins(classifier.margins(text, vector), found.labels.index(label))
        for (text, label), vector in zip(asked, vectors, strict=True)
    ]


def taught() -> list[Margins]:
    """Return margins by a few examples a label."""
    return [
        row
        for found in intent_sets("tune")
        for count in _COUNTS
        for seed in range(_DRAWS)
        for row in _of_draw(found, count, seed)
    ]


def _of_draw(found: IntentSet, count: int, seed: int) -> list[Margins]:
    draw = drawn(found, count, seed)
    return margins_of(found, draw.examples, draw.asked)


def described() -> list[Margins]:
    """Return margins by one description a label."""
    return [
        row
        for found in intent_sets("tune")
        for row in margins_of(found, {name: [DESCRIPTIONS[name]] for name in found.labels}, drawn(found, 0, 0).asked)
    ]


def about() -> list[Scored]:
    """Return the cosine of each text with the description of each label, and whether it is its own."""
    embedder, rows = LocalEmbedder(), []
    for found in intent_sets("tune"):
        asked = drawn(found, 0, 0).asked
        likeness = (
            embedder.encode([one.text for one in asked])
            @ embedder.encode([f"Is this {DESCRIPTIONS[label]}?" for label in found.labels]).T
        )
        rows += [
            Scored(found.language, float(cosine), one.label == label)
            for one, cosines in zip(asked, likeness, strict=True)
            for label, cosine in zip(found.labels, cosines, strict=True)
        ]
    return rows


async def graded(split: Split) -> dict[str, list[Scored]]:
    """Return the log odds of what the tune split says is borne and answered, each by a model that had not seen it."""
    tables = await collect(split)
    return {
        name: [
            Scored(pair.case.language, log_odds(float(likely)), pair.label)
            for pair, likely in zip(tables[part].pairs, cross_validated(part, tables[part]), strict=True)
        ]
        for name, part in (("grounded", "support"), ("answers", "answers"))
    }


async def relevant(split: Split) -> list[Scored]:
    """Return the log odds of each question with its own evidence, and with that of the three cases after it."""
    likelihoods, rows = Likelihoods(LocalEmbedder()), []
    for language in LANGUAGES:
        cases = [case for case in support_cases() if case.split == split and case.language == language]
        for place, case in enumerate(cases):
            for step in range(4):
                text = " ".join(cases[(place + step) % len(cases)].evidence)
                likely = await likelihoods.relevant(case.question, text)
                rows.append(Scored(language, log_odds(likely), step == 0))
    return rows


def written(found: dict[str, float | Line | dict[Language, Line]]) -> str:
    """Return what was fitted as the text of `calibration.yaml`."""
    return _HEADER + "".join(f"{name}: {_plain(value)}\n" for name, value in found.items())


def _plain(value: float | Line | dict[Language, Line]) -> str:
    if isinstance(value, Line):
        return f"{{slope: {value.slope:.4f}, constant: {value.constant:.4f}}}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{language}: {_plain(line)}" for language, line in value.items()) + "}"
    return f"{value:.4f}"


def _by_language(rows: Sequence[Scored]) -> dict[Language, Line]:
    return {language: line_of([row for row in rows if row.language == language]) for language in LANGUAGES}


async def fitted() -> dict[str, float | Line | dict[Language, Line]]:
    """Fit everything to the tune split."""
    rows = await graded("tune")
    return {
        "taught": sharpness_of(taught()),
        "described": sharpness_of(described()),
        "about": line_of(about()),
        "grounded": _by_language(rows["grounded"]),
        "relevant": _by_language(await relevant("tune")),
        "answers": _by_language(rows["answers"]),
    }


def main() -> None:
    """Print what was fitted, and write it where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write tools/decisions/calibration.yaml")
    options = parser.parse_args()
    text = written(asyncio.run(fitted()))
    print(text)
    if options.write:
        Path(stylegraph.tools.decisions.__file__).with_name("calibration.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
