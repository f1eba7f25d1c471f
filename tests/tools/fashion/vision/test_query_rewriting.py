"""What a picture adds to the queries of documents and the web."""

from __future__ import annotations

import pytest
from picture_parts import look

from stylegraph.tools.fashion.vision.look import looks_in
from stylegraph.tools.fashion.vision.query_rewriting import is_named, meant, naming, with_garments


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("이거 어떻게 세탁해?", "면 셔츠 어떻게 세탁해?"),
        ("이 옷 세탁법", "면 셔츠 세탁법"),
        ("이 셔츠는 다림질 돼?", "면 셔츠는 다림질 돼?"),
        ("어떻게 세탁해?", "면 셔츠 어떻게 세탁해?"),
        ("사진에 있는 옷은 드라이해야 해?", "면 셔츠는 드라이해야 해?"),
        ("니트 보관법", "니트 보관법"),
        ("이 옷들은 어떻게 세탁해?", "면 셔츠는 어떻게 세탁해?"),
        ("이것들 세탁법 알려줘", "면 셔츠 세탁법 알려줘"),
        ("이 두 벌은 드라이해야 해?", "면 셔츠는 드라이해야 해?"),
        ("이거 두 개 어떻게 관리해?", "면 셔츠 어떻게 관리해?"),
        ("둘 다 물세탁 돼?", "면 셔츠 물세탁 돼?"),
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
        ("how do I wash these two?", "how do I wash cotton shirt?"),
        ("can I wash both of them?", "can I wash cotton shirt?"),
        ("how should these clothes be stored?", "how should cotton shirt be stored?"),
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
    queries = with_garments(routing("image", "documents", "web"), [look()])["queries"]
    assert queries["documents"] == ["면 셔츠 어떻게 세탁해?"]
    assert queries["web"] == ["남색 스트라이프 면 셔츠 요즘 유행이야?"]


def test_other_routes_and_pictures_without_a_garment_change_nothing():
    asked = routing("image", "fashion")
    assert with_garments(asked, [look()])["queries"] == asked["queries"]
    asked = routing("image", "documents")
    assert with_garments(asked, [look(category=None, verdict="not_a_garment", colours=())]) == asked
    assert with_garments(asked, [look(verdict="not_sure")]) == asked


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
    assert with_garments(given, [look()])["queries"]["documents"] == [query]


def test_a_query_is_about_the_pictured_garment_only_where_it_is_named():
    assert is_named(look(), "documents", ["면 셔츠는 어떻게 세탁해?"], "ko")
    assert not is_named(look(), "documents", ["실크에 묻은 와인은 어떻게 지워?"], "ko")
    assert not is_named(look(verdict="not_sure"), "documents", ["면 셔츠는 어떻게 세탁해?"], "ko")


SHIRT, JEANS = {**look(), "number": 1}, {**look("jeans", colours=[("blue", 1.0)], material="denim"), "number": 3}


def test_of_several_garments_each_is_asked_about_by_itself():
    told = with_garments(routing("image", "documents", "web"), [SHIRT, JEANS])
    assert told["queries"]["documents"] == ["면 셔츠 어떻게 세탁해?", "청바지 어떻게 세탁해?"]
    assert told["queries"]["web"] == [
        "남색 스트라이프 면 셔츠 요즘 유행이야?",
        "파란색 스트라이프 청바지 요즘 유행이야?",
    ]
    assert [(one["picture"], one["asks"]) for one in told["pictured"]] == [
        (1, "면 셔츠 어떻게 세탁해?"),
        (3, "청바지 어떻게 세탁해?"),
    ]


def test_one_garment_is_told_apart_from_none():
    assert "pictured" not in with_garments(routing("image", "documents"), [SHIRT])
    assert "pictured" not in with_garments(routing("image", "web"), [SHIRT, JEANS])
    rest = {**look(category=None, verdict="not_a_garment", colours=()), "number": 2}
    assert "pictured" not in with_garments(routing("image", "documents"), [SHIRT, rest])


@pytest.mark.parametrize(
    ("question", "pictures"),
    [
        ("이거 어떻게 세탁해?", [1, 3]),
        ("how do I wash these?", [1, 3]),
        ("이 바지는 어떻게 세탁해?", [3]),
        ("how do I wash the jeans?", [3]),
        ("이 셔츠랑 어울리는 신발 추천해줘", [1]),
        ("how do I wash a wool sweater?", [1, 3]),
    ],
)
def test_a_kind_that_is_named_is_the_picture_that_is_meant(question, pictures):
    assert [one["number"] for one in meant([SHIRT, JEANS], question)] == pictures


def test_what_an_earlier_release_kept_has_one_look_at_most():
    assert looks_in({"seen": [SHIRT, JEANS]}) == [SHIRT, JEANS]
    assert looks_in({"seen": []}) == looks_in({}) == []


def test_a_material_that_is_a_guess_is_not_asked_about():
    """A guide to another fabric would be found for it."""
    routing = {"question": "how do I wash it?", "routes": ["documents"], "queries": {}, "language": "en"}
    asked = [
        with_garments(routing, [look() | {"sure": {"material": sure}}])["queries"]["documents"] for sure in (0.9, 0.5)
    ]
    assert asked == [["how do I wash cotton shirt?"], ["how do I wash shirt?"]]
