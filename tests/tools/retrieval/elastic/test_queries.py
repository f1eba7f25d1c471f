"""Request bodies for Elasticsearch: what is in them, without a server."""

from __future__ import annotations

import ipaddress
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.retrieval.elastic import queries
from stylegraph.tools.retrieval.hybrid.bm25 import COMPOUND_SHARE

VECTOR = np.ones(4, dtype=np.float32) / 2
RED = {"colour": {"any": ["red", "blue"]}}


def _clauses(body):
    return body["query"]["bool"]


class TestLexical:
    def test_each_token_is_a_term_of_its_own_weight(self):
        body = queries.lexical({"티셔츠": 1.0, "반팔티셔츠": COMPOUND_SHARE}, 50, [])
        assert _clauses(body)["should"] == [
            {"term": {"words": {"value": "티셔츠", "boost": 1.0}}},
            {"term": {"words": {"value": "반팔티셔츠", "boost": 0.5}}},
        ]
        assert _clauses(body)["minimum_should_match"] == 1
        assert body["size"] == 50

    def test_filters_act_inside_it(self):
        body = queries.lexical({"티셔츠": 1.0}, 5, queries.conditions(RED))
        assert _clauses(body)["filter"] == queries.conditions(RED)

    def test_nori_is_asked_for_the_hangul_only_and_counts_almost_nothing(self):
        plain = queries.lexical({"셔츠": 1.0}, 5, [])
        assert queries.lexical({"shirt": 1.0}, 5, [], nori="how to iron a shirt") == queries.lexical(
            {"shirt": 1.0}, 5, []
        )
        *words, nori = _clauses(queries.lexical({"셔츠": 1.0}, 5, [], nori='린넨 "셔츠" AND linen~'))["should"]
        assert words == _clauses(plain)["should"]
        assert nori == {"match": {"text.nori": {"query": "린넨 셔츠", "boost": 1e-4}}}


class TestDense:
    def test_nearest_chunks_are_scored_by_their_words(self):
        body = queries.dense(VECTOR, {"셔츠": 1.0}, 50, 200, [])
        (nested,) = _clauses(body)["must"]
        assert nested["nested"]["boost"] == 0
        assert nested["nested"]["query"]["knn"] == {
            "field": "windows.vector",
            "query_vector": [0.5] * 4,
            "k": 50,
            "num_candidates": 200,
        }
        assert _clauses(body)["should"] == _clauses(queries.lexical({"셔츠": 1.0}, 50, []))["should"]

    def test_filters_act_before_the_nearest_are_chosen(self):
        (nested,) = _clauses(queries.dense(VECTOR, {}, 5, 200, queries.conditions(RED)))["must"]
        assert nested["nested"]["query"]["knn"]["filter"] == queries.conditions(RED)

    def test_it_never_looks_at_fewer_than_it_gives_nor_at_more_than_is_allowed(self):
        for size, num_candidates, expected in [(500, 200, 500), (10_000, 200, 10_000), (5, 10_000, 10_000)]:
            (nested,) = _clauses(queries.dense(VECTOR, {}, size, num_candidates, []))["must"]
            assert nested["nested"]["query"]["knn"]["num_candidates"] == expected


class TestConditions:
    def test_one_of_several_values(self):
        (clause,) = queries.conditions(RED)
        assert set(clause["terms"]["terms"]) == set(queries.terms({"colour": ["red", "blue"]}))

    def test_none_of_several_values(self):
        (clause,) = queries.conditions({"colour": {"none": ["red"]}})
        assert clause == {"bool": {"must_not": queries.conditions({"colour": {"any": ["red"]}})}}

    def test_a_range_may_be_open(self):
        (clause,) = queries.conditions({"price": {"lte": 10}})
        ends = clause["range"]["numbers"]
        assert [ends["gte"], ends["lte"]] == queries.numbers({"price": [-math.inf, 10]})

    @pytest.mark.parametrize("condition", [{"gte": 2, "lte": 1}, {"gte": math.nan}, {"lte": math.nan}])
    def test_a_range_that_holds_nothing(self, condition):
        assert queries.conditions({"price": condition}) == [{"match_none": {}}]

    def test_all_parts_of_all_fields_must_hold(self):
        clauses = queries.conditions({"a": {"any": ["x"], "none": ["y"], "gte": 1}, "b": {"any": []}})
        assert len(clauses) == 4

    def test_more_values_than_one_query_may_have(self):
        (clause,) = queries.conditions({"id": {"any": [str(number) for number in range(100_000)]}})
        pieces = [piece["terms"]["terms"] for piece in clause["bool"]["should"]]
        assert max(map(len, pieces)) <= 65_536
        assert sum(map(len, pieces)) == 100_000


class TestValues:
    def test_fields_and_values_do_not_run_together(self):
        assert queries.terms({"ab": "c"}) != queries.terms({"a": "bc"})

    def test_a_number_can_be_named_too(self):
        assert queries.terms({"size": [42]}) == queries.terms({"size": ["42"]})

    @given(st.text(), st.text())
    def test_any_field_and_value_makes_a_keyword_that_lucene_takes(self, field, value):
        (term,) = queries.terms({field: value})
        assert len(term.encode()) < 32_766

    @given(st.floats(allow_nan=False), st.floats(allow_nan=False))
    def test_numbers_keep_their_order(self, one, other):
        points = [ipaddress.ip_address(queries.numbers({"price": [number]})[0]) for number in (one, other)]
        assert (points[0] < points[1]) == (one < other)
        assert (points[0] == points[1]) == (one == other)

    @given(st.text(min_size=1), st.floats(allow_nan=False, allow_infinity=False))
    def test_numbers_of_one_field_are_not_in_the_range_of_another(self, field, number):
        (point,) = queries.numbers({field: number})
        (ends,) = queries.conditions({field + "x": {"gte": -math.inf}})
        low, high = (ipaddress.ip_address(ends["range"]["numbers"][end]) for end in ("gte", "lte"))
        assert not low <= ipaddress.ip_address(point) <= high

    def test_what_is_no_number_is_in_no_range(self):
        assert queries.numbers({"price": math.nan, "new": True, "name": "12"}) == []


def test_one_chunk_a_document_is_the_same_search_collapsed():
    body = queries.lexical({"셔츠": 1.0}, 5, [])
    assert queries.collapsed(body) == {**body, "collapse": {"field": "key"}}


class TestStatistics:
    def test_every_token_is_counted_among_the_chunks_and_no_hit_is_given(self):
        body = queries.statistics(["셔츠", "x" * 300])
        assert body["query"] == {"term": {"kind": "chunk"}}
        assert body["size"] == 0
        assert body["track_total_hits"] is True
        assert body["aggs"]["tokens"]["filters"]["filters"] == [
            {"term": {"words": "셔츠"}},
            {"term": {"words": "x" * 255}},
        ]

    def test_counts_come_in_the_order_of_the_tokens(self):
        buckets = [{"doc_count": 3}, {"doc_count": 0}]
        answer = {"hits": {"total": {"value": 7}}, "aggregations": {"tokens": {"buckets": buckets}}}
        assert queries.counted(answer) == (7, [3, 0])


@given(st.text())
def test_what_people_write_reaches_no_query_parser(text):
    token = text.split()[0] if text.split() else "x"
    bodies = [
        queries.lexical({token: 1.0}, 5, queries.conditions({text: {"any": [text]}}), nori=text),
        queries.dense(VECTOR, {token: 1.0}, 5, 10, []),
    ]
    parsers = {"query_string", "simple_query_string", "regexp", "wildcard", "script"}
    assert all(f'"{parser}": ' not in json.dumps(_kinds(body)) for body in bodies for parser in parsers)


def _kinds(body):
    """A body with everything but its keys taken out."""
    if isinstance(body, dict):
        return {key: _kinds(value) for key, value in body.items()}
    return [_kinds(part) for part in body] if isinstance(body, list) else None
