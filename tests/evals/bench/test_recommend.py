"""How recommendations are judged: by rules over attributes, and beside three other ways."""

from __future__ import annotations

import pytest

from stylegraph.evals.bench.recommend import grade, measure
from stylegraph.evals.cases import RecommendationCase, load_cases
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

ITEM = {"id": "x", "category": "shirt", "colours": ["white", "blue"], "seasons": ["summer"], "moods": ["calm"],
        "material": "linen", "price_krw": 40_000}  # fmt: skip


def case(**more):
    return RecommendationCase(id="q-ko-9999", text="셔츠", **{"must": [{"category": ["shirt"]}], **more})


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, 3),
        ({"must": [{"category": ["dress"]}]}, 0),
        ({"never": [{"colours": ["blue"]}]}, 0),
        ({"price": {"lte": 30_000}}, 0),
        ({"must": [{"category": ["shirt"]}, {"colours": ["blue"]}]}, 2),
        ({"must": [{"category": ["shirt"]}, {"material": ["silk"]}]}, 1),
        ({"must": [{"category": ["shirt"]}, {"material": ["silk"]}, {"seasons": ["winter"]}]}, 0),
        ({"should": [{"moods": ["calm"]}, {"seasons": ["winter"]}]}, 2),
        ({"should": [{"moods": ["bold"]}, {"seasons": ["winter"]}]}, 1),
        ({"should": [{"moods": ["bold"], "material": ["linen"]}]}, 3),
        ({"seen": {"x": 1}}, 1),
    ],
)
def test_an_item_is_graded_by_what_the_words_ask(more, told):
    assert grade(case(**more), ITEM) == told


def test_every_wish_has_something_relevant_in_the_catalogue():
    items = sample_items()
    cases = load_cases("recommendations")
    assert len(cases) >= 60
    for one in cases:
        assert any(grade(one, item) >= 1 for item in items), one.id
        assert set(one.seen) <= {item["id"] for item in items}


async def test_what_is_recommended_beats_keywords_words_and_vectors_in_both_languages():
    for language, figures in (await measure("tune")).items():
        others = max(figures[name] for name in ("keywords", "BM25", "vectors"))
        assert figures["ours"] > others + 0.15, language
