"""What a question and a sentence of the evidence have in common, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.local.reader.term_roles import deciding, names_another
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.answer_types import MEASURED, asked_kinds, stated_kinds
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.numbers import numbers, speaks_of, undated
from stylegraph.agent.text.synonyms import SORTS, Term, meanings

Numbers = NDArray[np.float64]

_OTHER_WORDS = 0.9
"""What a word of the same meaning is worth beside the word itself."""
_INSIDE = 0.6
"""What a word that contains the other is worth: 와이셔츠 and 셔츠."""
_LIKE, _FROM, _TO = 0.8, 0.5, 0.85
"""What a word that an embedding finds alike is worth at most, and the cosines where that begins and ends."""
_NUMBER = 0.8
"""Weight of a number that the question names."""
_IN_HEADING, _BESIDE, _IN_TITLE, _IN_PASSAGE = 0.9, 0.8, 0.9, 0.7
"""What a word is worth that stands not in the sentence, but around it."""
_KINDS = (
    "temperature",
    "duration",
    "frequency",
    "time",
    "person",
    "place",
    "colour",
    "reason",
    "meaning",
    "method",
    "permission",
)
_LONG = 200
_OPENING = 4
_SHORTEST_LATIN = 4

NAMES = (
    *("line", "line_heading", "near", "passage", "title", "missing", "unseen_name"),
    *(f"missing_{sort}" for sort in SORTS),
    *("before", "fits", "fits_near", "fits_cosine", "fits_before"),
    *("cosine", "cosine_heading", "cosine_beside", "across", "line_heading_across", "cosine_across"),
    *("measure_missing", "measure_there", "number_missing", "figure_missing", "figure_there"),
    *(f"kind_{kind}" for kind in _KINDS),
    *("opens", "section", "cosine_section", "of_section", "of_title"),
    *("length", "found", "rank"),
)
"""What each column of `line_features` says."""


class Asked(NamedTuple):
    """A question, ready to be compared."""

    text: str
    terms: list[Term]
    vector: Vectors
    """Shape (dimension,)."""


class Place(NamedTuple):
    """One sentence, and what stands around it."""

    passage: int
    """Which piece of evidence, by its place."""
    text: str
    heading: str
    """The title and headings that it stands under."""
    title: str
    section: str = ""
    """The innermost heading alone."""


class Known(NamedTuple):
    """What has been found out of the texts of the evidence."""

    words: Mapping[str, Mapping[str, str]]
    """Text -> its tokens, each with the word that it is of."""
    vectors: Mapping[str, Vectors]
    """Sentence, heading or word -> its vector."""


def line_features(asked: Asked, places: Sequence[Place], scores: Sequence[float], known: Known, met: Met) -> Numbers:
    """Compare a question with every sentence.

    Args:
        asked: The question.
        places: The sentences, in order, those of one passage together.
        scores: How well each passage was found.
        known: Words of the question, and of every sentence, heading and title; vectors of all of them.
        met: How far the words of the question are met, by the same words.

    Returns:
        Shape (len(places), len(NAMES)).
    """
    if not places:
        return np.zeros((0, len(NAMES)))
    rows = np.array([met(place.text) for place in places])
    headings = np.maximum(rows, _IN_HEADING * np.array([met(place.heading) for place in places]))
    near = np.maximum(headings, _BESIDE * _beside(places, rows))
    passage = np.maximum(near, _IN_PASSAGE * _in_passage(places, headings))
    titled = np.maximum(near, _IN_TITLE * np.array([met(place.title) for place in places]))
    rows, headings, near, passage, titled = met.borne(places, rows, headings, near, passage, titled)
    cosines = _cosines(asked, places, known)
    before = met.share(_before(places, rows))
    fits = np.array([float(not asked_kinds(asked.text).isdisjoint(stated_kinds(place.text))) for place in places])
    across = np.array([detect_language(place.text) != detect_language(asked.text) for place in places], dtype=float)
    shares = [met.share(values) for values in (rows, headings, near, passage, np.maximum(titled, passage))]
    missing = [met.missing(titled, sort) for sort in SORTS]
    columns = [
        *shares,
        met.most_missing(near),
        met.unseen(titled),
        *missing,
        before,
        *(fits * share for share in (shares[1], shares[2], cosines[0], before)),
        *cosines,
        across,
        shares[1] * across,
        cosines[0] * across,
        *_kinds(asked.text, places),
        *met.figures(rows),
        *_each_kind(asked.text, places),
        met.share(np.array([met.opening(place.text) for place in places])),
        met.share(np.array([met(place.section) for place in places])),
        np.array([float(known.vectors[place.section] @ asked.vector) for place in places]),
        np.array([met.covers(place.section) for place in places]),
        np.array([met.covers(place.title) for place in places]),
        np.array([min(len(place.text), _LONG) / _LONG for place in places]),
        *_standing(places, scores),
    ]
    return np.stack(columns, axis=1)


class Met:
    """How far each word and number of a question is met by a text."""

    def __init__(self, asked: Asked, known: Known) -> None:
        self._text, self._terms = asked.text, asked.terms
        self._figures = numbers(asked.text)
        self._undated = frozenset(numbers(undated(asked.text)))
        self._known = known
        self._weights = np.array([term.weight for term in asked.terms] + [_NUMBER] * len(self._figures))
        self._rarities = np.array([term.rarity for term in asked.terms] + [0.0] * len(self._figures))
        self._sorts = np.array([term.sort for term in asked.terms] + ["figure"] * len(self._figures))
        self._unseen = np.array([float(term.unseen) for term in asked.terms] + [0.0] * len(self._figures))
        words = known.words[asked.text]
        self._vectors = [known.vectors[words[term.token]] for term in asked.terms]
        self._deciding = deciding(asked.terms, of_colour="colour" in asked_kinds(asked.text))
        self._done: dict[str, Numbers] = {}
        self._covered: dict[str, float] = {}

    def __call__(self, text: str) -> Numbers:
        """Return 0..1 for each word and number."""
        if text not in self._done:
            own = self._known.words[text]
            tokens = frozenset(own)
            words = [self._met(term, tokens) for term in self._terms]
            like = self._like([word for word in own.values() if not word[0].isdigit()])
            figures = [float(self._names(figure, text)) for figure in self._figures]
            self._done[text] = np.array([*map(max, words, like), *figures])
        return self._done[text]

    def opening(self, text: str) -> Numbers:
        """Return 0..1 for each word and number that the first words of a text meet: what a sentence is about stands there."""
        first = frozenset([*self._known.words[text]][:_OPENING])
        return np.array([*(self._met(term, first) for term in self._terms), *([0.0] * len(self._figures))])

    def covers(self, text: str) -> float:
        """Return the share of the words of a heading that are asked about: the rest makes it one on something else."""
        if text not in self._covered:
            tokens = [*self._known.words[text]]
            met = [max((self._met(term, frozenset([token])) for term in self._terms), default=0.0) for token in tokens]
            self._covered[text] = sum(met) / len(met) if met else 0.0
        return self._covered[text]

    def beside(self, text: str) -> str:
        """Return the words of a text that the question neither has nor asks about."""
        asked = self._known.words[self._text]
        said = [token for token in self._known.words[text] if token not in asked]
        return " ".join(token for token in said if not any(self._met(term, frozenset([token])) for term in self._terms))

    def _another(self, places: Sequence[Place]) -> Numbers:
        """Return which sentences, or what they stand under, name another thing than the question does."""
        texts = {text: self._names_another(text) for place in places for text in (place.text, place.heading)}
        return np.array([float(texts[place.text] or texts[place.heading]) for place in places])

    def borne(self, places: Sequence[Place], *met: Numbers) -> list[Numbers]:
        """Let a thing that only bears what is asked be met by what decides, where no other thing is named."""
        another = self._another(places)
        borne = [values.copy() for values in met]
        for values in borne:
            for term, deciders in self._deciding.items():
                decided = (1 - another) * values[:, deciders].max(axis=1)
                values[:, term] = np.maximum(values[:, term], decided)
        return borne

    def _names_another(self, text: str) -> bool:
        return names_another(self._terms, frozenset(self._known.words[text]))

    def share(self, met: Numbers) -> Numbers:
        """Return the share of what is asked that is met, by weight."""
        total = float(self._weights.sum()) or 1.0
        return np.asarray(met @ self._weights / total)

    def missing(self, met: Numbers, sort: str) -> Numbers:
        """Return how much of one sort of word is missing."""
        return np.asarray((1 - met) @ (self._rarities * (self._sorts == sort)))

    def most_missing(self, met: Numbers) -> Numbers:
        """Return the weight of the weightiest word that is missing."""
        weighed = (1 - met) * self._weights
        return np.asarray(weighed.max(axis=1)) if weighed.size else np.zeros(len(met))

    def unseen(self, met: Numbers) -> Numbers:
        """Count the missing names that the user's knowledge has never seen."""
        return np.asarray((1 - met) @ (self._unseen * (self._sorts == "name")))

    def figures(self, met: Numbers) -> tuple[Numbers, Numbers]:
        """Check whether a number that the question names is missing, and give the share that is there."""
        there = met[:, len(self._terms) :]
        if not there.shape[1]:
            return np.zeros(len(met)), np.zeros(len(met))
        return (there.min(axis=1) == 0).astype(float), there.mean(axis=1)

    def _names(self, figure: float, text: str) -> bool:
        return speaks_of(figure, undated(text) if figure in self._undated else text)

    def _met(self, term: Term, tokens: frozenset[str]) -> float:
        if term.token in tokens:
            return 1.0
        if term.meanings and not term.meanings.isdisjoint(meanings(tokens)):
            return _OTHER_WORDS
        return _INSIDE if term.sort != "code" and any(_inside(term.token, word) for word in tokens) else 0.0

    def _like(self, words: Sequence[str]) -> list[float]:
        vectors = [self._known.vectors[word] for word in words]
        if not vectors or not self._terms:
            return [0.0] * len(self._terms)
        cosines = np.stack(self._vectors) @ np.stack(vectors).T
        by_sound = [[len(word) == 1 and word in term.token for word in words] for term in self._terms]  # 한 of 한지
        best = np.where(by_sound, 0.0, cosines).max(axis=1)
        alike = _LIKE * np.clip((best - _FROM) / (_TO - _FROM), 0.0, 1.0)
        return [0.0 if term.sort == "code" else float(value) for term, value in zip(self._terms, alike, strict=True)]


def _inside(one: str, other: str) -> bool:
    """Check whether one of two words is in the other; a Latin one only at an edge, as wash is in dishwash."""
    short, long = sorted((one, other), key=len)
    if short.isascii():
        return len(short) >= _SHORTEST_LATIN and (long.startswith(short) or long.endswith(short))
    return len(short) > 1 and short in long


def _beside(places: Sequence[Place], rows: Numbers) -> Numbers:
    """Return what the sentences before and after meet, within the passage."""
    beside = np.zeros_like(rows)
    for place in range(len(places) - 1):
        if places[place].passage == places[place + 1].passage:
            beside[place] = np.maximum(beside[place], rows[place + 1])
            beside[place + 1] = np.maximum(beside[place + 1], rows[place])
    return beside


def _before(places: Sequence[Place], rows: Numbers) -> Numbers:
    """Return what the sentence before meets, within the passage: an answer often follows what it is about."""
    before = np.zeros_like(rows)
    for place in range(1, len(places)):
        if places[place].passage == places[place - 1].passage:
            before[place] = rows[place - 1]
    return before


def _in_passage(places: Sequence[Place], rows: Numbers) -> Numbers:
    whole: dict[int, Numbers] = {}
    for place, row in zip(places, rows, strict=True):
        whole[place.passage] = np.maximum(whole.get(place.passage, row), row)
    return np.array([whole[place.passage] for place in places])


def _cosines(asked: Asked, places: Sequence[Place], known: Known) -> tuple[Numbers, Numbers, Numbers]:
    """Return the cosine of the question with each sentence, its heading, and the better sentence beside it."""
    own = np.array([float(known.vectors[place.text] @ asked.vector) for place in places])
    heading = np.array([float(known.vectors[place.heading] @ asked.vector) for place in places])
    beside = np.full(len(places), -1.0)
    for place in range(len(places) - 1):
        if places[place].passage == places[place + 1].passage:
            beside[place] = max(beside[place], own[place + 1])
            beside[place + 1] = max(beside[place + 1], own[place])
    return own, heading, np.where(beside < 0, own, beside)


def _kinds(question: str, places: Sequence[Place]) -> tuple[Numbers, Numbers, Numbers]:
    """Check whether the asked measures are missing, give the share that is there, and say whether a number is missing."""
    asked = asked_kinds(question)
    measures = asked.intersection(MEASURED)
    there = np.array([len(measures & stated_kinds(place.text)) / (len(measures) or 1) for place in places])
    number = np.array([float("number" in asked and "number" not in stated_kinds(place.text)) for place in places])
    return (there == 0).astype(float) * bool(measures), there, number


def _each_kind(question: str, places: Sequence[Place]) -> list[Numbers]:
    """Return for each kind 1 where it is asked and stated, -1 where it is asked and not stated, else 0."""
    asked = asked_kinds(question)
    return [
        np.array([float(kind in asked) * (1 if kind in stated_kinds(place.text) else -1) for place in places])
        for kind in _KINDS
    ]


def _standing(places: Sequence[Place], scores: Sequence[float]) -> tuple[Numbers, Numbers]:
    """Return the score of each sentence's passage beside the best one, and one over its rank."""
    top = max(scores, default=0.0) or 1.0
    order = sorted(range(len(scores)), key=lambda passage: -scores[passage])
    rank = {passage: place for place, passage in enumerate(order, start=1)}
    return (
        np.array([scores[place.passage] / top for place in places]),
        np.array([1 / rank[place.passage] for place in places]),
    )
