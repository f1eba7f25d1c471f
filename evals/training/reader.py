"""Fits the reader's model: `python -m stylegraph.evals.training.reader [--write | --shipped]`.

The questions are the tune split of `cases/documents.yaml`, `cases/worlds.yaml` and `cases/sections.yaml`, each read twice: as
it is first looked up, and as widely as it is looked up again. A sentence is right if it states a fact of the answer and stands in a document
that is labelled to hold it. The figures are of questions that were left out of the fitting, with all others on the same
document or world (five folds).
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import stylegraph.agent.local.reader
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.reader.features import NAMES, Numbers
from stylegraph.agent.local.reader.passage_lines import Line
from stylegraph.agent.local.reader.quotes import best_lines, in_one_language
from stylegraph.agent.local.reader.ranker import ANSWER_NAMES, Model, fitted, summarize
from stylegraph.agent.local.reader.reader import GOOD, Reader, Reading, document_of, judge
from stylegraph.agent.local.reviser import MOST, reworded
from stylegraph.agent.settings import load_settings
from stylegraph.agent.text.answer_types import asked_kinds
from stylegraph.evals.cases import Split
from stylegraph.evals.harness.document_answers import by_world, documents_task, holds_answer, open_documents
from stylegraph.evals.harness.document_cases import SAMPLES, DocumentCase, holds, load_document_cases
from stylegraph.evals.harness.sections import load_sections, open_sections
from stylegraph.tools.retrieval.source import DocumentsSource

Flags = NDArray[np.bool_]

_FOLDS = 5
_STEPS = 40
_LINE_RIDGE, _ANSWER_RIDGE = 2.0, 50.0
_TAKEN = 0.1
"""What a reading counts from which the documents that answer were taken out: easier than what is asked on purpose."""
_ENOUGH = 1e-3
_LEADERS = 3
"""A reading is right if one of so many of its best sentences is."""
_THRESHOLDS = (0.3, 0.4, GOOD, 0.6, 0.7, 0.8)
_HEADER = "# Weights of `agent.local.reader.ranker`, written by `python -m stylegraph.evals.training.reader --write`.\n"


class Read(NamedTuple):
    """One question with what was found for it, headings left out."""

    case: DocumentCase
    evidence: list[Evidence]
    lines: list[Line]
    features: Numbers
    right: Flags
    """Which lines state a fact of the answer."""

    @property
    def scores(self) -> list[float]:
        """Return how well the passage of each line was found."""
        return [self.evidence[line.evidence]["score"] for line in self.lines]

    @property
    def documents(self) -> list[str]:
        """Return which document each line is of."""
        return [document_of(self.evidence[line.evidence]) for line in self.lines]

    def without_answer(self) -> Read | None:
        """Return it without the documents that answer: what is left is about something else. None if there is nothing then."""
        answering = {document for document, right in zip(self.documents, self.right, strict=True) if right}
        kept = [place for place, document in enumerate(self.documents) if document not in answering]
        if not answering or not kept:
            return None
        lines = [self.lines[place] for place in kept]
        return self._replace(lines=lines, features=self.features[kept], right=self.right[kept])

    def judged(self, model: Model) -> Reading:
        """Read it by a model."""
        return judge(self.lines, self.features, self.evidence, model, self.case.language)


Reads = Sequence[Read]


async def collect() -> tuple[list[Read], list[Read]]:
    """Read what the index finds for each tune case: at first, and when it looks more widely."""
    narrow: list[Read] = []
    wide: list[Read] = []
    for world, cases in by_world([case for case in load_document_cases() if case.split == "tune"]).items():
        async with open_documents(world) as (documents, embedder):
            reader = Reader(embedder, documents.term_weights)
            for case in cases:
                await _read_twice(case, documents, reader, narrow, wide)
    await _collect_sections("tune", narrow, wide)
    return narrow, wide


async def _collect_sections(split: Split, narrow: list[Read], wide: list[Read]) -> None:
    """Read what is found for each question of one split of `cases/sections.yaml`."""
    async with open_sections() as (documents, embedder):
        reader = Reader(embedder, documents.term_weights)
        for case in (case for one in load_sections() if one.split == split for case in one.cases()):
            await _read_twice(case, documents, reader, narrow, wide)


async def _read_twice(
    case: DocumentCase, documents: DocumentsSource, reader: Reader, narrow: list[Read], wide: list[Read]
) -> None:
    again = await asyncio.to_thread(reworded, [case.question])
    for k, queries, reads in ((load_settings().evidence_k, [case.question], narrow), (MOST, again, wide)):
        evidence = (await documents.gather(documents_task(case, k, queries)))["evidence"]
        reads.append(await _read(case, evidence, reader))


async def _read(case: DocumentCase, evidence: list[Evidence], reader: Reader) -> Read:
    lines, features = await reader.compare(case.question, evidence)
    kept = [place for place, line in enumerate(lines) if not line.is_heading]
    right = np.array([_is_right(case, lines[place], evidence) for place in kept], dtype=bool)
    return Read(case, evidence, [lines[place] for place in kept], features[kept], right)


def fit(narrow: Reads, wide: Reads) -> Model:
    """Fit both models; the second to what the first says of questions that it was not fitted to."""
    summaries, right, counts = [], [], []
    for fold in range(_FOLDS):
        weights = fit_lines([one for one in wide if _fold(one) != fold])
        left_out = [one for one in (*narrow, *wide) if _fold(one) == fold]
        taken = [rest for one in left_out if (rest := one.without_answer())]
        for one, count in ((one, count) for reads, count in ((left_out, 1.0), (taken, _TAKEN)) for one in reads):
            strengths = one.features @ weights
            summaries.append(summarize(one.features, strengths, one.scores, one.documents))
            right.append(bool(one.right[np.argsort(-strengths)[:_LEADERS]].any()))
            counts.append(count)
    return Model(fit_lines(wide), fit_answers(np.array(summaries), np.array(right), np.array(counts)))


def fit_lines(reads: Reads) -> Numbers:
    """Fit a conditional logit: of all lines of a question, one of the right ones is chosen (Newton, damped)."""
    groups = [(one.features, one.right) for one in reads if one.right.any()]
    weights = np.zeros(len(NAMES))
    value = _log_likelihood(groups, weights)
    for _ in range(_STEPS):
        step = _newton_step(groups, weights)
        while (new := _log_likelihood(groups, weights + step)) < value and np.abs(step).max() > _ENOUGH:
            step = step / 2
        weights, gain, value = weights + step, new - value, new
        if gain < _ENOUGH:
            break
    return weights


def _log_likelihood(groups: Sequence[tuple[Numbers, Flags]], weights: Numbers) -> float:
    total = -0.5 * _LINE_RIDGE * float(weights @ weights)
    for features, right in groups:
        chances = _softmax(features @ weights)
        total += float(np.log(max(chances[right].sum(), 1e-300)))
    return total


def _newton_step(groups: Sequence[tuple[Numbers, Flags]], weights: Numbers) -> Numbers:
    gradient = -_LINE_RIDGE * weights
    curvature = _LINE_RIDGE * np.eye(len(weights))
    for features, right in groups:
        chances = _softmax(features @ weights)
        chosen = np.where(right, chances, 0.0)
        gradient += features.T @ (chosen / max(chosen.sum(), 1e-300) - chances)
        mean = features.T @ chances
        curvature += (features.T * chances) @ features - np.outer(mean, mean)
    return np.asarray(np.linalg.solve(curvature, gradient))


def fit_answers(summaries: Numbers, right: Flags, counted: Numbers) -> Numbers:
    """Fit a logistic regression in which right and wrong readings count the same (Newton, ridge on unit variance).

    Args:
        summaries: Of the readings, shape (readings, len(ANSWER_NAMES)).
        right: Which of them are.
        counted: What each counts beside others that are as right.
    """
    mean, spread = summaries.mean(axis=0), summaries.std(axis=0) + 1e-9
    design = np.hstack([(summaries - mean) / spread, np.ones((len(summaries), 1))])
    share = float(counted @ right) / float(counted.sum())
    counts = counted * np.where(right, 0.5 / share, 0.5 / (1 - share)) / 2  # every question is there twice
    penalty = _ANSWER_RIDGE * np.diag([*np.ones(len(mean)), 1e-6])
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (counts * (right - likely)) - penalty @ beta
        curvature = (design * (counts * likely * (1 - likely))[:, None]).T @ design + penalty
        beta += np.linalg.solve(curvature, gradient)
    weights = beta[:-1] / spread
    return np.array([*weights, beta[-1] - weights @ mean])


class Outcome(NamedTuple):
    """What became of one question that was left out of the fitting."""

    case: DocumentCase
    likely: float
    """The higher of the two readings' likelihoods, of the first that is good enough."""
    recall: float
    """Share of the facts that are in the sentences it would quote."""
    quoted: int


def cross_validated(narrow: Reads, wide: Reads) -> list[Outcome]:
    """Answer each question by a model that was fitted without it, looking more widely where it must."""
    outcomes = []
    for fold in range(_FOLDS):
        model = fit([one for one in narrow if _fold(one) != fold], [one for one in wide if _fold(one) != fold])
        for first, second in zip(narrow, wide, strict=True):
            if _fold(first) == fold:
                outcomes.append(_outcome(first, second, model))
    return outcomes


def _outcome(first: Read, second: Read, model: Model) -> Outcome:
    read, reading = first, first.judged(model)
    if reading.likely < GOOD:
        read, reading = second, second.judged(model)
    kinds, language = asked_kinds(read.case.question), read.case.language
    lines = in_one_language(best_lines(reading, read.evidence, kinds), language)
    text = " ".join(line.text for line in lines)
    held = [holds(text, fact) for fact in read.case.facts]
    return Outcome(read.case, reading.likely, sum(held) / len(held) if held else 0.0, len(lines))


def report(outcomes: Sequence[Outcome], threshold: float = GOOD) -> str:
    """Return the figures as text."""
    can = [one for one in outcomes if one.case.answerable]
    cannot = [one for one in outcomes if not one.case.answerable]
    answered = [one for one in can if one.likely >= threshold]
    return (
        f"{len(can)} answerable: answered {len(answered) / len(can):.3f}, with every fact "
        f"{sum(one.recall == 1 for one in answered) / len(can):.3f}; facts in the best sentences "
        f"{np.mean([one.recall for one in can]):.3f} of {np.mean([one.quoted for one in can]):.1f} quoted | "
        f"{len(cannot)} not: recognised {sum(one.likely < threshold for one in cannot) / len(cannot):.3f}"
    )


def _is_right(case: DocumentCase, line: Line, evidence: Sequence[Evidence]) -> bool:
    return holds_answer(case, evidence[line.evidence]) and any(holds(line.text, fact) for fact in case.facts)


def _fold(read: Read) -> int:
    """Keep together what is asked of one document, and of one world."""
    case = read.case
    group = case.world if case.world != SAMPLES else case.document or case.id
    return int(blake2b(group.encode(), digest_size=2).hexdigest(), 16) % _FOLDS


def _softmax(strengths: Numbers) -> Numbers:
    exponents = np.exp(strengths - strengths.max())
    return np.asarray(exponents / exponents.sum())


def written(model: Model) -> str:
    """Return a model as the text of `ranker.yaml`."""
    return _HEADER + "".join(
        f"{part}:\n" + "".join(f"  {name}: {weight:.4f}\n" for name, weight in weights.items())
        for part, weights in _named(model).items()
    )


def _named(model: Model) -> Mapping[str, Mapping[str, float]]:
    return {
        "line": dict(zip(NAMES, map(float, model.line), strict=True)),
        "answer": dict(zip([*ANSWER_NAMES, "constant"], map(float, model.answer), strict=True)),
    }


async def shipped() -> str:
    """Return how what is shipped answers the test questions of `cases/sections.yaml`, were it to answer sooner or later."""
    narrow: list[Read] = []
    wide: list[Read] = []
    await _collect_sections("test", narrow, wide)
    outcomes = [_outcome(first, second, fitted()) for first, second in zip(narrow, wide, strict=True)]
    return "\n".join(f"from {threshold}: {report(outcomes, threshold)}" for threshold in _THRESHOLDS)


def main() -> None:
    """Print the cross-validated figures, and the weights or where they were written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipped", action="store_true", help="print how the shipped weights answer test questions")
    parser.add_argument("--write", action="store_true", help="write agent/local/reader/ranker.yaml")
    options = parser.parse_args()
    if options.shipped:
        print(asyncio.run(shipped()))
        return
    narrow, wide = asyncio.run(collect())
    outcomes = cross_validated(narrow, wide)
    for name, of_samples in (("the sample knowledge", True), ("other worlds", False)):
        print(f"{name}: {report([one for one in outcomes if (one.case.world == SAMPLES) == of_samples])}")
    text = written(fit(narrow, wide))
    if options.write:
        path = Path(stylegraph.agent.local.reader.__file__).with_name("ranker.yaml")
        path.write_text(text, encoding="utf-8")
        print(f"written to {path.name}")
    else:
        print(text)


if __name__ == "__main__":
    main()
