"""How well the reader tells whether a document answers, and how well that is told by the questions alone.

    python -m stylegraph.evals.bench.absent --split tune

Who writes questions that a document doesn't answer writes them otherwise than those that it does, and what is fitted to both can
learn that. So each answered question is also read over its document without the sentences that answer it, where the question
tells nothing. Figures are areas: how often what is answered counts as likelier than what isn't.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.support.likelihoods import all_alike
from stylegraph.agent.protocols import Vectors
from stylegraph.evals.harness.reading_cases import ReadDocument, Split, reading_documents
from stylegraph.evals.training.reader import fit_answers
from stylegraph.tools.embeddings import LocalEmbedder

_FOLDS = 5


class Asked(NamedTuple):
    """A question, and how likely its document is taken to answer it."""

    document: str
    question: str
    answered: bool
    likely: float


async def read_all(documents: Iterable[ReadDocument], embedder: LocalEmbedder) -> list[Asked]:
    """Show a reader each document with each of its questions."""
    reader = Reader(embedder, all_alike)
    asked = [(document, question) for document in documents for question in document.questions]
    return [
        Asked(document.id, one.q, bool(one.answer), (await reader.read(one.q, document.evidence())).likely)
        for document, one in asked
    ]


def taken_out(documents: Iterable[ReadDocument]) -> list[ReadDocument]:
    """Return for each answered question its document, without what answers it."""
    return [document.without(question) for document in documents for question in document.questions if question.answer]


def area(likely: Sequence[float], answered: Sequence[bool]) -> float:
    """Return how often an answered question counts as likelier than another; as likely is half."""
    yes = np.array([value for value, is_answered in zip(likely, answered, strict=True) if is_answered])
    no = np.array([value for value, is_answered in zip(likely, answered, strict=True) if not is_answered])
    return float(np.mean((yes[:, None] > no) + 0.5 * (yes[:, None] == no)))


def told_alone(vectors: Vectors, asked: Sequence[Asked]) -> list[float]:
    """Return how likely each question is answered by its vector alone, fitted to the questions on other documents."""
    answered = np.array([one.answered for one in asked])
    folds = _folds([one.document for one in asked])
    likely = np.zeros(len(asked))
    for fold in range(_FOLDS):
        inside = folds == fold
        weights = fit_answers(vectors[~inside].astype(float), answered[~inside], np.ones(int((~inside).sum())))
        likely[inside] = vectors[inside] @ weights[:-1] + weights[-1]
    return [float(value) for value in likely]


def _folds(documents: Sequence[str]) -> NDArray[np.int_]:
    names = sorted({*documents})
    return np.array([names.index(name) % _FOLDS for name in documents])


async def measure(documents: Sequence[ReadDocument]) -> str:
    """Return a row for the questions as they were written, and one for those that are asked with their answer and without it."""
    embedder = LocalEmbedder()
    written = await read_all(documents, embedder)
    pairs = [one for one in written if one.answered] + await read_all(taken_out(documents), embedder)
    rows = [
        _row(name, asked, told_alone(await embedder.embed([one.question for one in asked]), asked))
        for name, asked in (
            ("as they were written", written),
            ("answered ones, with their answer and without it", pairs),
        )
    ]
    return "\n".join(["| questions | | answered | the reader | the question alone |", "|---|---|---|---|---|", *rows])


def _row(name: str, asked: Sequence[Asked], alone: Sequence[float]) -> str:
    answered = [one.answered for one in asked]
    read = area([one.likely for one in asked], answered)
    return f"| {name} | {len(asked)} | {sum(answered)} | {read:.3f} | {area(alone, answered):.3f} |"


def main() -> None:
    """Read, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=get_args(Split), default="tune")
    split = parser.parse_args().split
    documents = [one for one in reading_documents() if one.split == split]
    print(f"{split}\n{asyncio.run(measure(documents))}")


if __name__ == "__main__":
    main()
