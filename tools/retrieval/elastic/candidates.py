"""One question to Elasticsearch: a search for each leg and wording, and the candidates that come back."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.agent.evidence import Leg
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.synonyms import translations
from stylegraph.agent.text.tokenizer import Tokens
from stylegraph.tools.retrieval.elastic import queries
from stylegraph.tools.retrieval.hybrid.bm25 import K1, MOST_TERMS, shares, weigh
from stylegraph.tools.retrieval.sqlite.candidates import Candidates, cosines

_MOST_OF_A_TERM = K1 + 1
"""A term repeated without end scores so many times its rarity: Elasticsearch keeps a factor of the first BM25."""

Answers = Sequence[tuple["Search", Mapping[str, Any]]]


@dataclass(frozen=True)
class Search:
    """One search of a question."""

    wording: int
    leg: Leg
    body: queries.Body
    is_translated: bool = False
    """Whether the wording's words are those of another language."""


@dataclass(frozen=True)
class Question:
    """What is looked for. Each list has one entry a wording; None leaves its leg out."""

    texts: Sequence[str]
    tokens: Sequence[Tokens] | None
    vectors: Vectors | None
    clauses: Sequence[queries.Body]
    """What `queries.conditions` gave."""
    counted: Sequence[queries.Body]
    """What it gave of the documents among which the rarity of words is counted; none: all."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """Token -> its rarity among what is counted, as a share of that in the whole index, which Elasticsearch scores by."""

    @property
    def all_tokens(self) -> list[str]:
        """All tokens that are searched for, those of translations too."""
        ways = [way for number in range(len(self.texts)) for said in _translations(self, number) for way in said]
        return list(dict.fromkeys([*self.vocabulary, *sorted({token for way in ways for token in way})]))

    @property
    def vocabulary(self) -> list[str]:
        """All tokens of all wordings, once each."""
        return list(dict.fromkeys(token for some in self.tokens or () for token in shares(some)))

    @property
    def is_long(self) -> bool:
        """Whether a wording has more tokens than count, so that their rarity must be known before the search."""
        return any(len(shares(some)) > MOST_TERMS for some in self.tokens or ())


@dataclass(frozen=True)
class Gathered:
    """What both legs put forward."""

    candidates: Candidates
    chunks: Mapping[int, Mapping[str, Any]]
    """Number of a candidate -> its record."""
    full: bool
    """Whether a search gave as much as it was asked for, so that there may be more."""
    versions: frozenset[str]
    """The versions of the index that answered."""


def searches(
    question: Question, size: int, num_candidates: int, rarities: Mapping[str, float], *, nori: bool
) -> Iterator[Search]:
    """Return the searches of a question.

    Args:
        question: The question.
        size: Chunks that each of them gives.
        num_candidates: Vectors that each shard looks at.
        rarities: Token -> inverse document frequency; needed for a long question only.
        nori: Whether the index has nori's field.
    """
    for number, text in enumerate(question.texts):
        wanted = _wanted(question, number, rarities)
        if wanted:
            yield Search(number, "lexical", queries.lexical(wanted, size, question.clauses, text if nori else None))
        if question.vectors is not None and question.vectors[number].any():
            vector = question.vectors[number]
            yield Search(number, "dense", queries.dense(vector, wanted, size, num_candidates, question.clauses))
        if question.vectors is not None and (ways := _translations(question, number)):
            body = queries.translated(ways, size, question.clauses, question.factors)
            yield Search(number, "lexical", body, is_translated=True)


def gathered(question: Question, answers: Answers, rarities: Mapping[str, float], size: int) -> Gathered:
    """Read the responses: every chunk that any search found, with its scores by both legs.

    BM25 becomes the share of what a text could reach that repeats all tokens without end, as in the embedded index;
    cosines are those of the vectors' codes. If a search by meaning failed, that leg is left out.
    """
    found = {hit["_id"]: hit for _, answer in answers for hit in _hits(answer)}
    numbers = {name: number for number, name in enumerate(sorted(found, key=lambda name: _place(found[name])))}
    lexical = _lexical(question, answers, rarities, numbers)
    codes = {numbers[name]: _codes(hit) for name, hit in found.items()}
    documents: dict[str, int] = {}
    candidates = Candidates(
        documents={
            number: documents.setdefault(found[name]["_source"]["key"], number) for name, number in numbers.items()
        },
        lexical=lexical,
        dense=[] if question.vectors is None or _failed(answers) else cosines(codes, question.vectors),
        bounds=_bounds(question, rarities),
        foreign=_foreign(question, answers, rarities, found, numbers),
    )
    return Gathered(
        candidates,
        {numbers[name]: hit["_source"] for name, hit in found.items()},
        any(len(_hits(answer)) >= size for _, answer in answers),
        frozenset(hit["_index"] for hit in found.values()),
    )


def _wanted(question: Question, number: int, rarities: Mapping[str, float]) -> Mapping[str, float]:
    if question.tokens is None:
        return {}
    tokens = question.tokens[number]
    every = shares(tokens)
    kept = every if len(every) <= MOST_TERMS else weigh(tokens, rarities)
    return {token: every[token] * question.factors.get(token, 1.0) for token in kept}


def _lexical(
    question: Question, answers: Answers, rarities: Mapping[str, float], numbers: Mapping[str, int]
) -> list[dict[int, float]]:
    scores: list[dict[int, float]] = [{} for _ in question.tokens or ()]
    bounds = _bounds(question, rarities)
    for search, answer in answers:
        if question.tokens is not None and bounds[search.wording] and not search.is_translated:
            share = 1 / (bounds[search.wording] * _MOST_OF_A_TERM)
            scores[search.wording] |= {numbers[hit["_id"]]: share * hit["_score"] for hit in _hits(answer)}
    return scores


def _bounds(question: Question, rarities: Mapping[str, float]) -> list[float]:
    return [sum(weigh(tokens, rarities).values()) for tokens in question.tokens or ()]


def _translations(question: Question, number: int) -> Sequence[Sequence[frozenset[str]]]:
    if question.tokens is None:
        return ()
    return translations(frozenset(question.tokens[number].words), detect_language(question.texts[number]))


def _foreign(
    question: Question,
    answers: Answers,
    rarities: Mapping[str, float],
    found: Mapping[str, Mapping[str, Any]],
    numbers: Mapping[str, int],
) -> list[dict[int, float]]:
    """Return, per wording, the chunks in another language than it, with their BM25 by translated words."""
    spoken = {numbers[name]: hit["_source"]["stored"]["language"] for name, hit in found.items()}
    bounds, asked = _bounds(question, rarities), [detect_language(text) for text in question.texts]
    shares: list[dict[int, float]] = [{} for _ in asked]
    for search, answer in answers:
        if search.is_translated:
            share = 1 / (max(bounds[search.wording], 1.0) * _MOST_OF_A_TERM)
            shares[search.wording] = {numbers[hit["_id"]]: share * hit["_score"] for hit in _hits(answer)}
    return [
        {number: own.get(number, 0.0) for number, language in spoken.items() if language != one}
        for one, own in zip(asked, shares, strict=True)
    ]


def _failed(answers: Answers) -> bool:
    return any(search.leg == "dense" and "error" in answer for search, answer in answers)


def _hits(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    hits: Sequence[Mapping[str, Any]] = answer.get("hits", {}).get("hits", ())
    return hits


def _place(hit: Mapping[str, Any]) -> tuple[str, str, int]:
    """Return where a chunk stands, so that what scores alike comes in an order that stays."""
    stored = hit["_source"]["stored"]
    return stored["source"], stored["document"], stored["ordinal"]


def _codes(hit: Mapping[str, Any]) -> bytes:
    found = hit.get("fields", {}).get("codes")
    return base64.b64decode(found[0]) if found else b""
