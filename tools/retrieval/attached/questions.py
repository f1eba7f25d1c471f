"""What an attached index is asked, as bodies of searches: pure functions, nothing here needs a server.

What people write goes into `match` and `semantic` only, which parse no syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stylegraph.agent.evidence import Leg
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.synonyms import translations
from stylegraph.agent.text.tokenizer import Tokens
from stylegraph.tools.retrieval.attached.mapping import SEMANTIC, TEXTS, is_sparse
from stylegraph.tools.retrieval.attached.registry import Attachment, Field

Body = dict[str, Any]

OPENING, CLOSING = "\ue000", "\ue001"
"""Around what matched, in what comes back: characters for private use, which texts have none of."""
_WORD = re.compile(r"\w+")
_MOST_WORDS = 64
"""Words of a wording whose rarity is asked for."""
_TITLE_TOO = 0.3
"""What the lesser of text and title adds to the greater."""
_FRAGMENTS, _FRAGMENT_CHARS = 10, 150
_ANALYSED = 900_000
"""Characters of a text in which matches are looked for; an index refuses more than a million unless it is told."""
_INNER = 5
"""Nested objects of one document that are named as having matched."""
_HALF = 10.0
"""A score without a bound at which a text counts half."""


@dataclass(frozen=True)
class Search:
    """One search of a question."""

    wording: int
    leg: Leg
    body: Body
    is_translated: bool = False


@dataclass(frozen=True)
class Question:
    """What is looked for. Each list has one entry a wording; None leaves its leg out."""

    texts: Sequence[str]
    tokens: Sequence[Tokens] | None
    vectors: Vectors | None
    by_meaning: bool
    clauses: Sequence[Body]


def searches(asked: Question, attachment: Attachment, size: int, num_candidates: int) -> Iterator[Search]:
    """Return the searches of a question: by words, by meaning, and by words of the other language."""
    for number, text in enumerate(asked.texts):
        if asked.tokens is not None and has_words(attachment):
            yield Search(number, "lexical", _search(_words(attachment, text), attachment, size, asked.clauses))
        if asked.by_meaning and (near := _meaning(asked, attachment, number, size, num_candidates)) is not None:
            yield Search(number, "dense", near)
        if asked.tokens is not None and (other := _other_words(asked, attachment, number)):
            yield Search(number, "lexical", _search(other, attachment, size, asked.clauses), is_translated=True)


def has_words(attachment: Attachment) -> bool:
    """Check whether the text is searched by words: a semantic_text is searched by meaning alone."""
    return attachment["text"]["kind"] != SEMANTIC


def words_of(text: str) -> list[str]:
    """Return the words of a wording whose rarity counts, once each."""
    return list(dict.fromkeys(word.casefold() for word in _WORD.findall(text)))[:_MOST_WORDS]


def statistics(attachment: Attachment, words: Sequence[str]) -> Body:
    """Ask how many documents there are, and how many hold each word as the field's own analyzer reads it.

    A word that the analyzer leaves out tells nothing: it is counted as if every document held it.
    """
    held = [_in(attachment["text"], _match(attachment["text"], word, all_of=True)) for word in words]
    counts: Body = {"size": 0, "track_total_hits": True}
    return {**counts, "aggs": {"words": {"filters": {"filters": held}}}} if held else counts


def counted(answer: Mapping[str, Any]) -> tuple[int, list[int]]:
    """Return what `statistics` asked for."""
    buckets = answer["aggregations"]["words"]["buckets"] if "aggregations" in answer else []
    return answer["hits"]["total"]["value"], [bucket["doc_count"] for bucket in buckets]


def listing(attachment: Attachment, clauses: Sequence[Body], size: int) -> Body:
    """Ask for documents from all over the index, and how many there are."""
    every = {"bool": {"filter": list(clauses)}}
    spread = {"function_score": {"query": every, "random_score": {"seed": 1, "field": "_seq_no"}}}
    return {"size": size, "query": spread, "_source": _shown(attachment), "track_total_hits": True}


def by_ids(attachment: Attachment, ids: Sequence[str], clauses: Sequence[Body]) -> Body:
    """Ask for whole documents by their ids, those that meet the conditions."""
    query = {"bool": {"filter": [{"ids": {"values": list(ids)}}, *clauses]}}
    return {"size": len(ids), "query": query, "_source": sources(attachment)}


def named(attachment: Attachment, name: str, clauses: Sequence[Body], size: int) -> Body:
    """Ask for documents that may have this id, title or address."""
    ways: list[Body] = [{"ids": {"values": [name]}}]
    title, link = attachment["title"], attachment["link"]
    if title is not None:
        ways.append(_in(title, _match(title, name, all_of=True)))
    if link is not None:
        ways.append(_in(link, _match(link, name, all_of=True)))
    query = {"bool": {"should": ways, "minimum_should_match": 1, "filter": list(clauses)}}
    return {"size": size, "query": query, "_source": _shown(attachment)}


def sources(attachment: Attachment) -> list[str]:
    """Return the fields that come back: what is cited, and nothing else of a document."""
    return [attachment["text"]["path"], *_shown(attachment)]


def cosine(field: Field, score: float) -> float:
    """Return the cosine that a score of a search by meaning stands for, as Elasticsearch makes scores of it."""
    similarity = field["similarity"]
    if is_sparse(field):
        return score / (score + _HALF)
    if similarity == "l2_norm":
        return 1 - (1 / max(score, 1e-9) - 1) / 2
    if similarity == "max_inner_product":
        return min(score - 1, 1.0) if score >= 1 else 1 - 1 / max(score, 1e-9)
    return 2 * score - 1


def _shown(attachment: Attachment) -> list[str]:
    return [field["path"] for field in (attachment["title"], attachment["link"]) if field is not None]


def _search(query: Body, attachment: Attachment, size: int, clauses: Sequence[Body]) -> Body:
    held = {"bool": {"must": [query], "filter": list(clauses)}}
    body = {"size": size, "query": held, "_source": sources(attachment), "track_total_hits": False}
    if has_words(attachment) and not attachment["text"]["nested"]:
        body["highlight"] = _highlight(attachment)
    return body


def _words(attachment: Attachment, text: str) -> Body:
    own = _in(attachment["text"], _match(attachment["text"], text), inner=_highlight(attachment))
    title = attachment["title"]
    if title is None or title["kind"] not in TEXTS:
        return own
    return {"dis_max": {"queries": [own, _in(title, _match(title, text))], "tie_breaker": _TITLE_TOO}}


def _other_words(asked: Question, attachment: Attachment, number: int) -> Body | None:
    """Find what says the same in the other language; of several ways to say a thing the best counts."""
    if not has_words(attachment):
        return None
    words = frozenset(asked.tokens[number].words) if asked.tokens else frozenset[str]()
    ways = translations(words, detect_language(asked.texts[number]))
    field = attachment["text"]
    meanings = [
        {"dis_max": {"queries": [_match(field, " ".join(sorted(way)), all_of=True) for way in said]}} for said in ways
    ]
    if not meanings:
        return None
    query = {"bool": {"should": meanings, "minimum_should_match": 1}}
    return _in(field, query, inner=_highlight(attachment), called="translated")


def _meaning(asked: Question, attachment: Attachment, number: int, size: int, num_candidates: int) -> Body | None:
    field = attachment["vector"]
    if field is None:
        return None
    if field["kind"] == SEMANTIC:
        query: Body = {"semantic": {"field": field["path"], "query": asked.texts[number]}}
        return _search(query, attachment, size, asked.clauses)
    if asked.vectors is None or not asked.vectors[number].any():
        return None
    nearest: Body = {"field": field["path"], "query_vector": asked.vectors[number].tolist(), "k": size}
    nearest["num_candidates"] = max(size, num_candidates)
    if asked.clauses:
        nearest["filter"] = list(asked.clauses)
    return _search(_in(field, {"knn": nearest}, inner={}, called="near"), attachment, size, [])


def _match(field: Field, text: str, *, all_of: bool = False) -> Body:
    asked: Body = {"query": text}
    if all_of:
        asked |= {"operator": "and", "zero_terms_query": "all"}
    return {"match": {field["path"]: asked}}


def _in(field: Field, query: Body, inner: Body | None = None, called: str = "words") -> Body:
    """Return a query of a field as one of the document that it belongs to.

    Args:
        field: The field.
        query: Of the field.
        inner: How what matched is marked in nested objects, where it is asked which of them did.
        called: What that is called in the answer.
    """
    if not field["nested"]:
        return query
    nested: Body = {"path": field["nested"], "query": query, "score_mode": "max"}
    if inner is not None:
        nested["inner_hits"] = {"name": called, "size": _INNER, "_source": False}
        if inner:
            nested["inner_hits"]["highlight"] = inner
    return {"nested": nested}


def _highlight(attachment: Attachment) -> Body:
    return {
        "pre_tags": [OPENING],
        "post_tags": [CLOSING],
        "number_of_fragments": _FRAGMENTS,
        "fragment_size": _FRAGMENT_CHARS,
        "max_analyzed_offset": _ANALYSED,
        "fields": {attachment["text"]["path"]: {}},
    }
