"""What an attached index answered, as candidates that are ranked like those of any other index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from stylegraph.agent.text.language import detect_language
from stylegraph.tools.retrieval.attached import passages, questions
from stylegraph.tools.retrieval.attached.passages import Matched
from stylegraph.tools.retrieval.attached.questions import Question, Search
from stylegraph.tools.retrieval.attached.registry import Attachment
from stylegraph.tools.retrieval.hybrid.bm25 import K1
from stylegraph.tools.retrieval.hybrid.fusion import bridged
from stylegraph.tools.retrieval.sqlite.candidates import Candidates

_MOST_OF_A_WORD = K1 + 1
"""A word repeated without end scores so many times its rarity, at Elasticsearch's own constants."""
_SAMPLE_CHARS = 600
"""Characters of a text by which its language is told."""


@dataclass(frozen=True)
class Answered:
    """The searches of a question with their responses, and how rare each word is there."""

    answers: Sequence[tuple[Search, Mapping[str, Any]]]
    rarities: Mapping[str, float]

    @cached_property
    def numbers(self) -> dict[tuple[str, str], int]:
        """Index and id of each document that any search found -> its number, in an order that stays."""
        found = {_key(hit) for _, answer in self.answers for hit in _hits(answer)}
        return {key: number for number, key in enumerate(sorted(found))}

    @cached_property
    def hits(self) -> dict[int, Mapping[str, Any]]:
        """Number of each document -> the document."""
        return {self.numbers[_key(hit)]: hit for _, answer in self.answers for hit in _hits(answer)}

    def matched(self, number: int) -> Matched:
        """Return where a document matched, by all searches."""
        found = [
            passages.matched(hit)
            for _, answer in self.answers
            for hit in _hits(answer)
            if self.numbers[_key(hit)] == number
        ]
        words = frozenset(word for one in found for word in one.words)
        return Matched(words, frozenset(part for one in found for part in one.parts))


def candidates(asked: Question, answered: Answered, attachment: Attachment) -> Candidates:
    """Return what the searches found, with scores that compare with those of other indexes.

    BM25 becomes a share of what a text could reach that repeats all the words without end. What only words found is at
    most as near in meaning as the last of what meaning found.
    """
    bounds = [sum(answered.rarities[word] for word in questions.words_of(text)) for text in asked.texts]
    translated = _by_words(asked, answered, [max(bound, 1.0) for bound in bounds], is_translated=True)
    foreign = [
        {
            number: own.get(number, 0.0)
            for number, language in _languages(answered, attachment).items()
            if language != one
        }
        for one, own in zip(map(detect_language, asked.texts), translated, strict=True)
    ]
    lexical = _by_words(asked, answered, bounds, is_translated=False) if _asks(answered, "lexical") else []
    dense = _by_meaning(asked, answered, attachment)
    if not dense:  # else fusing does it
        lexical = [bridged(own, {}, far) for own, far in zip(lexical, foreign, strict=False)]
    return Candidates(
        documents={number: number for number in answered.hits},
        lexical=lexical,
        dense=dense,
        bounds=bounds,
        foreign=foreign,
    )


def _by_words(
    asked: Question, answered: Answered, bounds: Sequence[float], *, is_translated: bool
) -> list[dict[int, float]]:
    scores: list[dict[int, float]] = [{} for _ in asked.texts]
    for search, answer in answered.answers:
        if search.leg == "lexical" and search.is_translated == is_translated and bounds[search.wording]:
            most = bounds[search.wording] * _MOST_OF_A_WORD
            found = {answered.numbers[_key(hit)]: min(1.0, hit["_score"] / most) for hit in _hits(answer)}
            scores[search.wording] = found
    return scores


def _by_meaning(asked: Question, answered: Answered, attachment: Attachment) -> list[dict[int, float]]:
    field = attachment["vector"]
    dense = [(search, answer) for search, answer in answered.answers if search.leg == "dense"]
    if field is None or not dense or any("error" in answer for _, answer in dense):
        return []
    scores: list[dict[int, float]] = [{} for _ in asked.texts]
    for search, answer in dense:
        near = {answered.numbers[_key(hit)]: questions.cosine(field, hit["_score"]) for hit in _hits(answer)}
        full = len(near) >= search.body["size"]
        last = min(near.values(), default=0.0) if full else 0.0
        scores[search.wording] = {**dict.fromkeys(answered.hits, last), **near} if last > 0 else near
    return scores


def _languages(answered: Answered, attachment: Attachment) -> dict[int, str]:
    def sample(hit: Mapping[str, Any]) -> str:
        return " ".join(passages.texts(hit, attachment["text"]))[:_SAMPLE_CHARS]

    return {number: detect_language(sample(hit)) for number, hit in answered.hits.items()}


def _asks(answered: Answered, leg: str) -> bool:
    return any(search.leg == leg and not search.is_translated for search, _ in answered.answers)


def _hits(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = answer.get("hits", {}).get("hits", ())
    return found


def _key(hit: Mapping[str, Any]) -> tuple[str, str]:
    return hit["_index"], hit["_id"]
