"""What a picture adds to the queries of documents and the web."""

from __future__ import annotations

import pytest
from picture_parts import look

from stylegraph.tools.image.queries import is_named, naming, with_garment


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("이거 어떻게 세탁해?", "면 셔츠 어떻게 세탁해?"),
        ("이 옷 세탁법", "면 셔츠 세탁법"),
        ("이 셔츠는 다림질 돼?", "면 셔츠는 다림질 돼?"),
        ("어떻게 세탁해?", "면 셔츠 어떻게 세탁해?"),
        ("사진에 있는 옷은 드라이해야 해?", "면 셔츠는 드라이해야 해?"),
        ("니트 보관법", "니트 보관법"),
    ],
)
def test_korean_pointing_words_become_what_the_picture_shows(query, named):
    assert naming(query, "면 셔츠", "ko") == named


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("how do I wash it?", "how do I wash cotton shirt?"),
        ("how do I wash the sweater in this picture?", "how do I wash cotton shirt?"),
        ("is this in fashion now?", "is cotton shirt in fashion now?"),
        ("washing instructions", "cotton shirt: washing instructions"),
    ],
)
def test_english_ones_too(query, named):
    assert naming(query, "cotton shirt", "en") == named


def routing(*routes):
    return {
        "question": "이거 어떻게 세탁하고 요즘 유행이야?",
        "language": "ko",
        "routes": list(routes),
        "queries": {"documents": ["이거 어떻게 세탁해?"], "web": ["이거 요즘 유행이야?"], "fashion": ["이거"]},
    }


def test_care_asks_by_material_and_fashion_by_the_look():
    queries = with_garment(routing("image", "documents", "web"), look())["queries"]
    assert queries["documents"] == ["면 셔츠 어떻게 세탁해?"]
    assert queries["web"] == ["남색 스트라이프 면 셔츠 요즘 유행이야?"]


def test_other_routes_and_pictures_without_a_garment_change_nothing():
    asked = routing("image", "fashion")
    assert with_garment(asked, look())["queries"] == asked["queries"]
    asked = routing("image", "documents")
    assert with_garment(asked, look(category=None, verdict="not_a_garment", colours=())) == asked
    assert with_garment(asked, look(verdict="not_sure")) == asked


@pytest.mark.parametrize(
    ("language", "asked", "query"),
    [
        ("ko", "이게 뭐고 어떻게 빨아?", "면 셔츠 어떻게 빨아?"),
        ("ko", "이 옷 뭐야? 세탁은 어떻게 해?", "면 셔츠 세탁은 어떻게 해?"),
        ("en", "What is this and how do I wash it?", "how do I wash cotton shirt?"),
        ("ko", "이게 뭐야?", "면 셔츠가 뭐야?"),
    ],
)
def test_documents_are_not_asked_what_the_picture_has_answered(language, asked, query):
    given = {"question": asked, "language": language, "routes": ["image", "documents"], "queries": {}}
    assert with_garment(given, look())["queries"]["documents"] == [query]


def test_a_query_is_about_the_pictured_garment_only_where_it_is_named():
    assert is_named(look(), "documents", ["면 셔츠는 어떻게 세탁해?"], "ko")
    assert not is_named(look(), "documents", ["실크에 묻은 와인은 어떻게 지워?"], "ko")
    assert not is_named(look(verdict="not_sure"), "documents", ["면 셔츠는 어떻게 세탁해?"], "ko")
