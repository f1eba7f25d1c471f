"""Evidence read sentence by sentence: which sentence answers the question best, and how likely it answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.reader.features import NAMES, Asked, Known, Met, Numbers, Place, line_features
from stylegraph.agent.local.reader.passage_lines import Line, evidence_lines
from stylegraph.agent.local.reader.ranker import ANSWER_NAMES, Model, fitted, summarize
from stylegraph.agent.local.reader.restating import restating, states_measure
from stylegraph.agent.lru_cache import LRUCache
from stylegraph.agent.protocols import Embedder, TermWeights, Vectors
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.agent.text.synonyms import UNSEEN, asked_terms
from stylegraph.agent.text.tokenizer import tokenize, whole_words

_BY_LIKENESS = ("documents", "web")
"""Routes whose evidence has to prove itself; any other source looked up what it gives."""
GOOD = 0.47
"""How likely evidence has to answer a question to be quoted: where both errors are as frequent (`evals.fitting`)."""
_AS_GOOD = 0.9
"""How likely, compared with all of it, evidence in the asker's language has to answer to be read alone."""
LISTED = 0.1
"""How likely evidence has to answer where it is told as a whole, which no one sentence is like."""
NEAR = 0.2
"""How likely evidence has to answer to be told as what comes nearest: of what is asked of another field it stays below .1."""
_IN_FULL = 0.89
"""Share of what is asked, by weight, from which a line repeats it, with the headings that it stands under."""
_ADDS, _ADDS_BESIDE = 0.05, 0.25
"""How near to the question must be what a line says beside its words: to answer, where it repeats it; to stand beside an answer."""
_FEW = 4
"""Words below which a line that repeats the question says nothing besides."""
_STRANGE = 0.5
_COVERED = 0.6
_KEPT = 8
_REMEMBERED = 8_192
"""Texts whose words and vectors are kept: 8 MB."""


class Reading(NamedTuple):
    """Evidence, read."""

    lines: list[Line]
    """In the order of the evidence and of its text."""
    likely: float
    """Probability that the question is answered here, 0..1."""
    relevance: Mapping[str, float]
    """Evidence id -> 0..1."""
    covered: float = 0.0
    """Share of what is asked, by weight, that the best passage and its title speak of."""
    strange: float = 0.0
    """How many names are asked about, as far as nothing is like them, that no document has."""

    @property
    def is_near(self) -> bool:
        """Whether the evidence may answer in other words, and is about nothing that no document knows."""
        return self.likely >= NEAR and self.strange < _STRANGE

    @property
    def is_about(self) -> bool:
        """Whether the evidence is about what is asked: enough where a document or a section is told as a whole."""
        return self.likely >= LISTED or self.covered >= _COVERED


class _Summary(NamedTuple):
    """What a model makes of sentences, headings left out."""

    chosen: list[int]
    """Their places."""
    strengths: Numbers
    values: Numbers
    """As `summarize` gives it."""


class Reader:
    """Reads evidence for the writer and both graders, once for all of them.

    Args:
        embedder: Compares question and sentence, word and word, by meaning.
        weigh: How telling each word is in the user's own knowledge.
    """

    def __init__(self, embedder: Embedder, weigh: TermWeights) -> None:
        self._memory = Memory(embedder)
        self._weigh = weigh
        self._done: LRUCache[tuple[object, ...], tuple[list[Line], Numbers, Vectors]] = LRUCache(_KEPT)

    async def read(self, question: str, evidence: Sequence[Evidence], language: Language | None = None) -> Reading:
        """Read evidence found by likeness or looked up; items have their own reasons instead.

        Args:
            question: The standalone question.
            evidence: Pieces with text.
            language: The asker's: what is in it is read alone where it answers about as well as all of it.
        """
        key = (
            question,
            *((piece["id"], piece["title"], piece["text"], round(piece["score"], 4)) for piece in evidence),
        )
        done = self._done.recall([key]).get(key)
        if done is None:
            lines, features = await self.compare(question, evidence)
            done = lines, features, await self._additions(question, lines)
            self._done.keep({key: done})
        return await asyncio.to_thread(_read_apart, question, *done, evidence, language)

    async def compare(self, question: str, evidence: Sequence[Evidence]) -> tuple[list[Line], Numbers]:
        """Take evidence apart into sentences and compare each with the question.

        Returns:
            The sentences, not yet judged, and their features: shape (len(lines), len(NAMES)).
        """
        lines = await asyncio.to_thread(evidence_lines, evidence)
        places = [
            Place(line.evidence, line.said, line.heading, evidence[line.evidence]["title"], line.section)
            for line in lines
        ]
        texts = {text for place in places for text in (place.text, place.heading, place.title, place.section)}
        known = await self._memory.know([question, *texts])
        tokens = await asyncio.to_thread(tokenize, question)
        weights = await self._weigh([*dict.fromkeys(tokens), UNSEEN])
        terms = await asyncio.to_thread(asked_terms, question, tokens, weights)
        asked = Asked(question, terms, known.vectors[question])
        scores = [piece["score"] for piece in evidence]
        met = Met(asked, known)
        features = await asyncio.to_thread(line_features, asked, places, scores, known, met)
        beside = await asyncio.to_thread(lambda: [met.beside(line.said) for line in lines])
        return [line._replace(beside=said) for line, said in zip(lines, beside, strict=True)], features

    async def summary(self, question: str, evidence: Sequence[Evidence]) -> Mapping[str, float]:
        """Return by name, as in `ANSWER_NAMES`, what the best sentence has in common with a question, and what all have.

        Empty where there is no sentence.
        """
        if not evidence:
            return {}
        lines, features = await self.compare(question, evidence)
        summary = await asyncio.to_thread(_summary, lines, features, evidence, fitted())
        return {} if summary is None else dict(zip(ANSWER_NAMES, map(float, summary.values), strict=True))

    async def _additions(self, question: str, lines: Sequence[Line]) -> Vectors:
        """Return what the question and each line beside it say: shape (1 + len(lines), dimension)."""
        known = await self._memory.know([question, *filter(None, (line.beside for line in lines))])
        nothing = np.zeros_like(known.vectors[question])
        return np.stack([known.vectors[question], *(known.vectors.get(line.beside, nothing) for line in lines)])


class Memory:
    """Words and vectors of texts, found once: the same passages are read again and again."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._words: LRUCache[str, Mapping[str, str]] = LRUCache(_REMEMBERED)
        self._vectors: LRUCache[str, Vectors] = LRUCache(_REMEMBERED)

    async def know(self, texts: Sequence[str]) -> Known:
        """Return the words of texts, and the vectors of the texts and of their words."""
        words = self._words.recall(texts)
        new = await asyncio.to_thread(_read, [text for text in dict.fromkeys(texts) if text not in words])
        words |= new
        vectors = await self._embedded({*texts, *(word for own in words.values() for word in own.values())})
        self._words.keep(new)
        return Known(words, vectors)

    async def _embedded(self, texts: Collection[str]) -> dict[str, Vectors]:
        known = self._vectors.recall(texts)
        if new := [text for text in texts if text not in known]:
            rows = (await self._embedder.embed(new)).astype(np.float16)
            known |= zip(new, rows, strict=True)
            self._vectors.keep({text: known[text] for text in new})
        return {text: vector.astype(np.float32) for text, vector in known.items()}


def _read_apart(
    question: str,
    lines: list[Line],
    features: Numbers,
    additions: Vectors,
    evidence: Sequence[Evidence],
    language: Language | None,
) -> Reading:
    """Judge sentences; beside an answer, of other documents only those that add something that is asked for."""
    adds = additions[1:] @ additions[0]
    again, far = _restated(question, lines, features, adds)
    own = [place for place in range(len(lines)) if place not in again | far]
    apart = _judged_in(own, lines, features, evidence, language) if own else None
    if apart is None or apart.likely < GOOD:
        return judge(lines, features, evidence, fitted(), language)
    said = max(apart.lines, key=lambda line: line.answers)
    best = next(place for place in own if lines[place][:3] == said[:3])
    near = np.maximum(adds, additions[1:] @ additions[1 + best]) >= _ADDS_BESIDE
    home = document_of(evidence[said.evidence])
    is_home = [document_of(evidence[line.evidence]) == home for line in lines]
    beside = [place not in again and (line.is_heading or near[place]) for place, line in enumerate(lines)]
    kept = _places(np.array(is_home) | np.array(beside))
    reading = _judged_in(kept, lines, features, evidence, language)
    relevance = {name: max(grade, apart.relevance[name]) for name, grade in reading.relevance.items()}
    return reading._replace(likely=max(reading.likely, apart.likely), relevance=relevance)


def _restated(
    question: str, lines: Sequence[Line], features: Numbers, adds: Vectors
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the places of the lines that only say the question again, and of those that say it and something else."""
    told = np.array([line.is_heading or states_measure(question, line) for line in lines], dtype=bool)
    few = np.array([len(line.beside.split()) < _FEW for line in lines], dtype=bool)
    empty = ~told & few & (features[:, NAMES.index("line")] >= _IN_FULL)
    far = ~told & (features[:, NAMES.index("line_heading")] >= _IN_FULL) & (adds < _ADDS)
    return frozenset([*restating(question, lines), *_places(empty)]), frozenset(_places(far))


def _places(flags: NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(flags)]


def _judged_in(
    places: Sequence[int],
    lines: Sequence[Line],
    features: Numbers,
    evidence: Sequence[Evidence],
    language: Language | None,
) -> Reading:
    return judge([lines[place] for place in places], features[list(places)], evidence, fitted(), language)


def judge(
    lines: Sequence[Line],
    features: Numbers,
    evidence: Sequence[Evidence],
    model: Model,
    language: Language | None = None,
) -> Reading:
    """Return how likely each sentence answers, how likely all of them do, and how relevant each piece is.

    Args:
        lines: The sentences.
        features: Of each, shape (len(lines), len(NAMES)).
        evidence: What they are of.
        model: What has been fitted.
        language: The asker's, if what is in it comes first.
    """
    whole = _judged(lines, features, evidence, model)
    told_in = [detect_language(piece["text"]) for piece in evidence]
    own = [place for place, line in enumerate(lines) if told_in[line.evidence] == language]
    if not own or len(own) == len(lines):
        return whole
    alone = _judged([lines[place] for place in own], features[own], evidence, model)
    return alone if alone.likely >= max(_AS_GOOD * whole.likely, min(GOOD, whole.likely)) else whole


def _judged(lines: Sequence[Line], features: Numbers, evidence: Sequence[Evidence], model: Model) -> Reading:
    summary = _summary(lines, features, evidence, model)
    if summary is None:
        return Reading(list(lines), 0.0, _relevance(evidence, lines))
    chosen, strengths = summary.chosen, summary.strengths
    likely = model.likelihood(summary.values)
    answers = dict(zip(chosen, likely * np.exp(strengths - strengths.max()), strict=True))
    read = [line._replace(answers=float(answers.get(place, 0.0))) for place, line in enumerate(lines)]
    covered = float(features[chosen, NAMES.index("title")].max())
    strange = float(features[chosen[int(strengths.argmax())], NAMES.index("unseen_name")])
    return Reading(read, likely, _relevance(evidence, read), covered, strange)


def _summary(lines: Sequence[Line], features: Numbers, evidence: Sequence[Evidence], model: Model) -> _Summary | None:
    """Describe sentences by the best of them and by what all have; None where there are only headings."""
    chosen = [place for place, line in enumerate(lines) if not line.is_heading]
    if not chosen:
        return None
    strengths = features[chosen] @ model.line
    scores = [evidence[lines[place].evidence]["score"] for place in chosen]
    documents = [document_of(evidence[lines[place].evidence]) for place in chosen]
    return _Summary(chosen, strengths, summarize(features[chosen], strengths, scores, documents))


def document_of(piece: Evidence) -> str:
    """Name the document that a piece of evidence is of."""
    return str(piece["data"].get("document") or piece["url"] or piece["id"])


def _read(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    return {text: whole_words(text) for text in texts}


def _relevance(evidence: Sequence[Evidence], lines: Sequence[Line]) -> dict[str, float]:
    """Return each piece the grade of its best sentence; what a source looked up, at least the score it came with."""
    best = [
        max((line.answers for line in lines if line.evidence == place), default=0.0) for place in range(len(evidence))
    ]
    return {
        piece["id"]: answers if piece["route"] in _BY_LIKENESS else max(answers, piece["score"])
        for piece, answers in zip(evidence, best, strict=True)
    }
