"""A look in words, in both languages."""

from __future__ import annotations

import json

import pytest
from picture_parts import look

from stylegraph.agent.citations import cite, stands
from stylegraph.agent.text.language import detect_language, sentence_spans
from stylegraph.tools.fashion.vision.descriptions import as_evidence, phrase


@pytest.mark.parametrize(
    ("attributes", "korean", "english"),
    [
        ({}, "남색 스트라이프 면 셔츠", "navy striped cotton shirt"),
        ({"pattern": "solid"}, "남색 면 셔츠", "navy cotton shirt"),
        ({"category": "jeans", "material": "denim", "pattern": "washed"}, "남색 청바지", "navy jeans"),
    ],
)
def test_a_garment_is_named_as_a_shop_would(attributes, korean, english):
    seen = look(**attributes)
    assert (phrase(seen, "ko"), phrase(seen, "en")) == (korean, english)


def test_what_matters_to_a_route_can_be_chosen():
    assert phrase(look(), "ko", ("material",)) == "면 셔츠"


def test_every_sentence_can_be_quoted_and_is_in_the_language_asked_for():
    for language in ("ko", "en"):
        evidence = as_evidence(look(), language)
        spans = sentence_spans(evidence["text"])
        assert len(spans) >= 4
        assert all(stands(cite(evidence, start, end), [evidence]) for start, end in spans)
        assert all(detect_language(evidence["text"][start:end]) == language for start, end in spans)


def test_korean_reads_as_korean():
    text = as_evidence(look(), "ko")["text"]
    assert text.startswith("사진에 보이는 것은 남색 스트라이프 면 셔츠예요. 색은 남색 70%, 흰색 30% 정도예요.")
    assert "무늬는 스트라이프, 소재는 면, 소매는 긴팔로 보여요. 봄, 겨울에 입기 좋아요." in text


def test_english_takes_an_article_where_one_belongs():
    assert as_evidence(look(), "en")["text"].startswith("The picture shows a navy striped cotton shirt.")
    assert as_evidence(look("jeans"), "en")["text"].startswith("The picture shows navy striped cotton jeans.")
    assert "shows an orange " in as_evidence(look(colours=[("orange", 1.0)]), "en")["text"]


def test_a_guess_is_said_to_be_one_with_what_else_it_could_be():
    guess = look(verdict="not_sure")
    assert "확실하지 않아요. 겉옷일 수도 있어요." in as_evidence(guess, "ko")["text"]
    assert "that is not sure. It could also be outerwear." in as_evidence(guess, "en")["text"]


def test_no_garment_is_said_plainly_and_names_nothing():
    nothing = look(category=None, verdict="not_a_garment", colours=())
    assert phrase(nothing, "ko") == ""
    assert as_evidence(nothing, "ko")["text"].startswith("사진에서 옷을 알아보지 못했어요.")


def test_several_pictures_are_told_apart():
    first, second = (as_evidence({**look(), "number": place}, "ko") for place in (1, 2))
    assert (first["title"], second["title"]) == ("사진 1", "사진 2")
    assert second["text"].startswith("사진 2에 보이는 것은")
    assert first["id"] != second["id"]


def test_the_answer_of_a_model_comes_first():
    answered = {**look(), "answer": "단추는 다섯 개예요."}
    assert as_evidence(answered, "ko")["text"].startswith("단추는 다섯 개예요. 사진에 보이는 것은")


def test_evidence_is_small_and_plain():
    evidence = as_evidence(look(), "ko")
    assert "embedding" not in evidence["data"]["look"]
    assert len(json.dumps(evidence, ensure_ascii=False)) < 2500
