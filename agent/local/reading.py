"""Evidence read sentence by sentence: how likely each is to answer the question.

A logistic model over what question and sentence share: telling words weighted by their inverse document frequency,
in the sentence alone and with its heading, the cosine of the two, and whether a number that is asked for is there.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.decisions import Embedder, TermWeights
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.language import detect_language, sentence_spans
from stylegraph.agent.local.questions import has_number, telling_terms, wants_number
from stylegraph.agent.orders import order_spans
from stylegraph.agent.tokens import tokenize

_BY_LIKENESS = ("documents", "web")
"""Routes whose evidence has to prove itself; any other source looked up what it gives."""
_PARTIAL = 0.6
"""What a word that contains the other is worth: 와이셔츠 and 셔츠."""
_IN_HEADING = 0.7
_MOST_LINES = 400
_LONGEST_LINE = 1_000
_KEPT = 8
_HEADING = re.compile(r"#{1,6} ")

# Fitted on the tune split of documents.yaml: `python -m stylegraph.evals.fitting`.
WEIGHTS: Mapping[str, float] = {
    "shared": 5.02,
    "cosine": 1.34,
    "cosine_across": 0.6,
    "across": 2.44,
    "number_missing": -2.23,
    "heading": -2.38,
    "length": 1.29,
    "found": 3.22,
    "constant": -7.57,
}
CALIBRATION: Mapping[str, float] = {"slope": 1.27, "constant": 1.92}


class Line(NamedTuple):
    """One sentence of the evidence."""

    evidence: int
    """Which piece of evidence, by its place."""
    start: int
    end: int
    text: str
    is_heading: bool
    heading: str
    """The title and headings that it stands under."""
    depth: int
    """How deep its heading is: 0 without one, 3 under `###`."""
    features: Mapping[str, float]
    answers: float
    """Probability that it answers the question, 0..1."""


class Reading(NamedTuple):
    """Evidence, read."""

    terms: Mapping[str, float]
    """Telling words of the question -> their weight."""
    lines: list[Line]
    """In the order of the evidence and of its text."""
    relevance: Mapping[str, float]
    """Evidence id -> 0..1."""
    covered: Mapping[str, float]
    """Telling words of the question -> 1 if the evidence has them, less if only in part, 0 if not."""


class Reader:
    """Reads evidence for the writer and both graders, once for all of them.

    Args:
        embedder: Compares question and sentence by meaning.
        weigh: How telling each word is in the user's own knowledge.
    """

    def __init__(self, embedder: Embedder, weigh: TermWeights) -> None:
        self._embedder = embedder
        self._weigh = weigh
        self._done: dict[tuple[str, ...], Reading] = {}

    async def read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        """Read evidence found by likeness or looked up; fashion items have their own reasons instead.

        Args:
            question: The standalone question.
            evidence: Pieces with text.
        """
        key = (question, *(piece["id"] for piece in evidence))
        if key not in self._done:
            reading = await self._read(question, evidence)
            self._done[key] = reading
            while len(self._done) > _KEPT:
                del self._done[next(iter(self._done))]
        return self._done[key]

    async def _read(self, question: str, evidence: Sequence[Evidence]) -> Reading:
        bare = await asyncio.to_thread(_all_lines, evidence)
        tokens, vectors = await asyncio.gather(
            asyncio.to_thread(_tokenized, [question, *(text for line in bare for text in (line.text, line.heading))]),
            self._embedder.embed([question, *(line.text for line in bare)]),
        )
        terms = await self._weights(telling_terms(tokens[question]))
        cosines = vectors[1:] @ vectors[0]
        top = max((piece["score"] for piece in evidence), default=0.0) or 1.0
        standings = [piece["score"] / top for piece in evidence]
        lines = [
            _judged(line, question, terms, tokens, float(cosine), standings[line.evidence])
            for line, cosine in zip(bare, cosines, strict=True)
        ]
        return Reading(terms, lines, _relevance(evidence, lines), _covered(terms, lines, tokens))

    async def _weights(self, terms: Sequence[str]) -> dict[str, float]:
        weights = await self._weigh(terms)
        return {term: max(0.0, float(weights.get(term, 0.0))) for term in terms}


def _all_lines(evidence: Sequence[Evidence]) -> list[Line]:
    """Give the lines of all the evidence, without what gives orders to whoever reads it."""
    return [
        line
        for place, piece in enumerate(evidence)
        for orders in [order_spans(piece["text"])]
        for line in _lines(place, piece)
        if not any(start < line.end and line.start < end for start, end in orders)
    ][:_MOST_LINES]


def _lines(place: int, piece: Evidence) -> list[Line]:
    """Take a piece of evidence apart, each sentence with the title and headings that it stands under."""
    above = " ".join(part for part in (piece["title"], piece["locator"].get("heading", "")) if part)
    lines, heading, depth = [], above, 0
    for start, end in sentence_spans(piece["text"]):
        text = piece["text"][start : min(end, start + _LONGEST_LINE)]
        is_heading = bool(_HEADING.match(text))
        if is_heading:
            heading, depth = f"{above} {_HEADING.sub('', text)}", text.index(" ")
        lines.append(Line(place, start, start + len(text), text, is_heading, heading, depth, {}, 0.0))
    return lines


def _tokenized(texts: Sequence[str]) -> dict[str, list[str]]:
    return {text: tokenize(text) for text in dict.fromkeys(texts)}


def _judged(
    line: Line,
    question: str,
    terms: Mapping[str, float],
    tokens: Mapping[str, Sequence[str]],
    cosine: float,
    standing: float,
) -> Line:
    own, above = set(tokens[line.text]), set(tokens[line.heading])
    total = sum(terms.values()) or 1.0
    across = detect_language(line.text) != detect_language(question)
    features = {
        "shared": sum(w * max(share(term, own), _IN_HEADING * share(term, above)) for term, w in terms.items()) / total,
        "cosine": cosine,
        "cosine_across": cosine * across,
        "across": float(across),
        "number_missing": float(wants_number(question) and not has_number(line.text)),
        "heading": float(line.is_heading),
        "length": min(len(line.text), 200) / 200,
        "found": standing,
    }
    return line._replace(features=features, answers=probability(features))


def share(term: str, words: set[str]) -> float:
    """Say how far a term is among some words: 1 if it is one of them, 0.6 if one contains the other."""
    if term in words:
        return 1.0
    inside = len(term) > 1 and any(len(word) > 1 and (term in word or word in term) for word in words)
    return _PARTIAL if inside else 0.0


def probability(features: Mapping[str, float]) -> float:
    """Give the model's probability for a sentence's features."""
    logit = WEIGHTS["constant"] + sum(WEIGHTS[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-logit))


def calibrated(answers: float) -> float:
    """Turn the probability of the best sentence into that of an answer in it: a sentence rarely states all of it."""
    logit = math.log(max(answers, 1e-9) / max(1 - answers, 1e-9))
    return 1 / (1 + math.exp(-(CALIBRATION["slope"] * logit + CALIBRATION["constant"])))


def _relevance(evidence: Sequence[Evidence], lines: Sequence[Line]) -> dict[str, float]:
    """Give each piece the grade of its best sentence; what a source looked up, at least the score it came with."""
    best = [
        max((line.answers for line in lines if line.evidence == place), default=0.0) for place in range(len(evidence))
    ]
    return {
        piece["id"]: calibrated(answers) if piece["route"] in _BY_LIKENESS else max(calibrated(answers), piece["score"])
        for piece, answers in zip(evidence, best, strict=True)
    }


def _covered(
    terms: Mapping[str, float], lines: Sequence[Line], tokens: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    words = {word for line in lines for text in (line.text, line.heading) for word in tokens[text]}
    return {term: share(term, words) for term in terms}
