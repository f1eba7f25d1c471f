"""Request bodies for Elasticsearch, as pure functions: nothing here needs a server.

What people write never reaches a query parser. It comes as tokens, and every token goes into a `term` query of its own.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import Language
from stylegraph.tools.retrieval.sqlite import filters as filtering
from stylegraph.tools.retrieval.sqlite.records import storable

Body = dict[str, Any]

_HANGUL = re.compile(r"[가-힣]+")

MOST_HITS = 10_000
"""As many as Elasticsearch gives of one search (`index.max_result_window`)."""
_LONGEST_TOKEN = 255
"""Characters of a token that count; the whitespace tokenizer cuts here too."""
_LONGEST_TERM = 400
"""Characters of a field's value that are indexed as they are; of a longer one, its digest."""
_MOST_TERMS = 65_536
"""Values in one `terms` query (`index.max_terms_count`)."""
_PRECISE = 40_000
"""Documents that are counted exactly; of more, within a few in a hundred."""
_BESIDE_WORDS = 1e-4
"""What nori's score counts: enough to put what it alone finds in order, after all that the words find."""


def lexical(shares: Mapping[str, float], size: int, filters: Sequence[Body], nori: str | None = None) -> Body:
    """Find the chunks that hold any of these tokens; a hit's score is its BM25.

    Args:
        shares: Token -> how much it counts.
        size: How many.
        filters: What `conditions` gave.
        nori: The query's text, where the index has a field that nori analysed. Its Hangul finds there what was cut into
            other morphemes here; such chunks come last.
    """
    clauses = _terms(shares)
    korean = " ".join(_HANGUL.findall(nori or ""))
    if korean:
        clauses.append({"match": {"text.nori": {"query": korean, "boost": _BESIDE_WORDS}}})
    query = {"bool": {"should": clauses, "minimum_should_match": 1, "filter": list(filters)}}
    return _search(query, size)


def dense(
    vector: Vectors, shares: Mapping[str, float], size: int, num_candidates: int, filters: Sequence[Body]
) -> Body:
    """Find the chunks with the vectors nearest to this one; a hit's score is its BM25 all the same.

    Both legs score what either finds: the cosine is worked out from the codes that come with a hit.

    Args:
        vector: The query's vector.
        shares: Token -> how much it counts; may be empty.
        size: How many.
        num_candidates: Vectors to look at, in each shard.
        filters: What `conditions` gave; they act while the graph is walked, before the nearest are chosen.
    """
    nearest: Body = {
        "field": "windows.vector",
        "query_vector": vector.tolist(),
        "k": size,
        "num_candidates": min(max(size, num_candidates), MOST_HITS),
    }
    if filters:
        nearest["filter"] = list(filters)
    chunks = {"nested": {"path": "windows", "score_mode": "max", "boost": 0.0, "query": {"knn": nearest}}}
    return _search({"bool": {"must": [chunks], "should": _terms(shares)}}, size)


def translated(
    ways: Sequence[Sequence[frozenset[str]]], size: int, filters: Sequence[Body], factors: Mapping[str, float]
) -> Body:
    """Find the chunks that say what is asked in another language's words; of several ways to say a thing the best counts.

    Args:
        ways: For each meaning the ways to say it, each the tokens that stand together.
        size: How many.
        filters: What `conditions` gave.
        factors: Token -> what it counts beside what its rarity in the index lets it count; 1 where it is not named.
    """
    clauses: list[Body] = []
    for said in ways:
        shares: dict[str, float] = {}
        for way in said:
            for token in way:
                shares[token] = max(shares.get(token, 0.0), factors.get(token, 1.0) / len(way))
        clauses.append({"dis_max": {"queries": _terms(dict(sorted(shares.items())))}})
    return _search({"bool": {"should": clauses, "minimum_should_match": 1, "filter": list(filters)}}, size)


def collapsed(body: Body) -> Body:
    """Return a search for one chunk a document, its best: where one document would fill the page.

    For words only: of a search by meaning the nearest chunks are chosen before they are collapsed.
    """
    return {**body, "collapse": {"field": "key"}}


def conditions(filters: Filters) -> list[Body]:
    """Return the clauses that hold exactly for the documents that meet all conditions."""
    return [clause for field, condition in filters.items() for clause in _condition(field, condition)]


def terms(metadata: Mapping[str, Any]) -> list[str]:
    """Return what each value of each field is filtered by: one keyword, or for a long value two.

    A digest alone would not say which field it is of, and a document that has a value would pass for one that has none.
    """
    found = [term for field in metadata for term in _of_field(field, filtering.terms({field: metadata[field]}))]
    return list(dict.fromkeys(found))


def _of_field(field: str, values: Iterable[str]) -> Iterable[str]:
    for value in values:
        yield _bounded(value)
        if len(value) > _LONGEST_TERM and len(filtering.values_of(field)) <= _LONGEST_TERM:
            yield storable(filtering.values_of(field)) + _bounded(value)


def numbers(metadata: Mapping[str, Any]) -> list[str]:
    """Return what each number of each field is filtered by."""
    return [_point(field, number) for field, number in filtering.numbers(metadata) if not math.isnan(number)]


def statistics(tokens: Iterable[str], seen: Sequence[Body] = ()) -> Body:
    """Ask how many chunks there are, and how many hold each token, in the tokens' order: `counted` reads the answer.

    Args:
        tokens: The tokens.
        seen: What `conditions` gave of who may see a document: only those are counted.
    """
    chunks: Body = {"term": {"kind": "chunk"}}
    return {
        "size": 0,
        "query": {"bool": {"filter": [chunks, *seen]}} if seen else chunks,
        "track_total_hits": True,
        "aggs": {"tokens": {"filters": {"filters": [{"term": {"words": cut(token)}} for token in tokens]}}},
    }


def counted(answer: Mapping[str, Any]) -> tuple[int, list[int]]:
    """Return what `statistics` asked for: the number of chunks, and for each token how many of them hold it."""
    buckets = answer["aggregations"]["tokens"]["buckets"]
    return answer["hits"]["total"]["value"], [bucket["doc_count"] for bucket in buckets]


def joined(tokens: Iterable[str]) -> str:
    """Return tokens as the text that the field `words` is made of."""
    return " ".join(cut(token) for token in tokens)


def cut(token: str) -> str:
    """Return a token at the length that the index keeps."""
    return token[:_LONGEST_TOKEN]


def manifests(size: int, after: str | None = None, source: str | None = None) -> Body:
    """List documents in the order of their keys.

    Args:
        size: How many at a time.
        after: The key to go on after.
        source: The key of a source, for its documents only.
    """
    clauses: list[Body] = [{"term": {"kind": "document"}}]
    if source is not None:
        clauses.append({"term": {"source_key": source}})
    body = {"size": size, "query": {"bool": {"filter": clauses}}, "sort": [{"key": "asc"}], "track_total_hits": False}
    return body if after is None else {**body, "search_after": [after]}


def sources(size: int, after: Mapping[str, str] | None = None) -> Body:
    """Count documents by source, and the chunks of all."""
    by_source: Body = {"size": size, "sources": [{"source": {"terms": {"field": "source_key"}}}]}
    if after is not None:
        by_source["after"] = dict(after)
    named = {"top_hits": {"size": 1, "_source": ["stored.source"]}}
    return {
        "size": 0,
        "query": {"term": {"kind": "document"}},
        "aggs": {
            "sources": {"composite": by_source, "aggs": {"named": named}},
            "chunks": {"sum": {"field": "chunks"}},
        },
    }


def listing(clauses: Sequence[Body], size: int) -> Body:
    """Ask for documents from all over the index, how many there are, and in which languages; `conditions` gave the clauses."""
    chunks = {"bool": {"filter": [{"term": {"kind": "chunk"}}, *clauses]}}
    documents: Body = {"cardinality": {"field": "key", "precision_threshold": _PRECISE}}
    by_language = {language: {"terms": {"terms": terms({"language": [language]})}} for language in get_args(Language)}
    return {
        "size": size,
        "query": {"function_score": {"query": chunks, "random_score": {"seed": 1, "field": "_seq_no"}}},
        "collapse": {"field": "key"},
        "_source": ["stored"],
        "track_total_hits": False,
        "aggs": {
            "documents": documents,
            "languages": {"filters": {"filters": by_language}, "aggs": {"documents": documents}},
        },
    }


def languages_in(answer: Mapping[str, Any]) -> dict[str, int]:
    """Return what `listing` asked for: language -> documents in it, the most common first."""
    buckets = answer["aggregations"]["languages"]["buckets"]
    counts = {language: bucket["documents"]["value"] for language, bucket in buckets.items()}
    return {language: count for language, count in sorted(counts.items(), key=lambda one: -one[1]) if count}


def source_names(answer: Mapping[str, Any]) -> list[str]:
    """Return the sources that a page of `sources` names."""
    buckets = answer["aggregations"]["sources"]["buckets"]
    return [bucket["named"]["hits"]["hits"][0]["_source"]["stored"]["source"] for bucket in buckets]


def _search(query: Body, size: int) -> Body:
    shown = {"docvalue_fields": ["codes"], "_source": ["key", "text", "stored"]}
    return {"size": size, "query": query, **shown, "track_total_hits": False}


def _terms(shares: Mapping[str, float]) -> list[Body]:
    return [{"term": {"words": {"value": cut(token), "boost": share}}} for token, share in shares.items()]


def _condition(field: str, condition: Condition) -> Iterable[Body]:
    if "any" in condition:
        one_of = _any_of(terms({field: condition["any"]}))
        yield {"bool": {"should": [one_of, _lacking(field)]}} if condition.get("lacking") else one_of
    if "none" in condition:
        yield {"bool": {"must_not": [_any_of(terms({field: condition["none"]}))]}}
    if "gte" in condition or "lte" in condition:
        yield _between(field, condition.get("gte", -math.inf), condition.get("lte", math.inf))


def _lacking(field: str) -> Body:
    """Find what has no value of a field."""
    return {"bool": {"must_not": [{"prefix": {"terms": _bounded(filtering.values_of(field))}}]}}


def _any_of(values: Sequence[str]) -> Body:
    pieces = [values[start : start + _MOST_TERMS] for start in range(0, len(values), _MOST_TERMS)]
    if len(pieces) < 2:
        return {"terms": {"terms": list(values)}}
    return {"bool": {"should": [{"terms": {"terms": list(piece)}} for piece in pieces]}}


def _between(field: str, low: float, high: float) -> Body:
    if not low <= high:
        return {"match_none": {}}
    ends = filtering.numbers({field: [float(low), float(high)]})
    return {"range": {"numbers": {"gte": _point(*ends[0]), "lte": _point(*ends[1])}}}


def _bounded(term: str) -> str:
    if len(term) <= _LONGEST_TERM:
        return storable(term)
    return hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _point(field: str, number: float) -> str:
    """Return field and number as one point of 128 bits, written as an IPv6 address.

    `ip` is the one type of Elasticsearch that has as many: 64 name the field, and 64 rise with the number. So a range
    over any number of fields, whatever their names, is one fast query, and the mapping stays as it is.
    """
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    rising = bits ^ (0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else 1 << 63)
    digits = hashlib.blake2b(field.encode("utf-8", "replace"), digest_size=8).hexdigest() + f"{rising:016x}"
    return ":".join(digits[start : start + 4] for start in range(0, 32, 4))
