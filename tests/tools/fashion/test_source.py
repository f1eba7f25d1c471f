"""The fashion catalogue as a source of evidence."""

import pytest

from stylegraph.agent.evidence import EvidenceSource, FilteringSource, ProbedSource
from stylegraph.tools.fashion.source import FashionSource


@pytest.fixture
def source(catalogue):
    return FashionSource(catalogue)


def task(question, language="ko", **more):
    return {"question": question, "queries": [question], "filters": {}, "language": language, "index": None, "k": 5,
            "profile": {}, "shown": [], "attempt": 0, **more}  # fmt: skip


def test_it_is_a_source_like_any_other(source):
    assert isinstance(source, EvidenceSource)
    assert isinstance(source, ProbedSource)
    assert isinstance(source, FilteringSource)


async def test_each_piece_is_evidence_with_its_reasons_best_first(source):
    gathered = await source.gather(task("여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘"))
    scores = [piece["score"] for piece in gathered["evidence"]]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for piece in gathered["evidence"]:
        assert piece["data"]["reasons"]
        assert piece["title"] == piece["data"]["item"]["name_ko"]
        assert "summer" in piece["data"]["item"]["seasons"]


async def test_the_same_piece_has_the_same_id_in_every_turn(source):
    first = (await source.gather(task("흰 셔츠")))["evidence"]
    second = (await source.gather(task("흰 셔츠 추천")))["evidence"]
    by_item = {piece["data"]["id"]: piece["id"] for piece in first}
    again = [piece for piece in second if piece["data"]["id"] in by_item]
    assert again
    assert all(by_item[piece["data"]["id"]] == piece["id"] for piece in again)


async def test_conditions_of_the_routing_hold_beside_the_words(source):
    gathered = await source.gather(task("셔츠 추천해줘", filters={"price_krw": {"lte": 50_000.0}}))
    assert gathered["evidence"]
    assert all(piece["data"]["price_krw"] <= 50_000 for piece in gathered["evidence"])


async def test_names_and_reasons_are_in_the_language_of_the_question(source):
    (piece, *_) = (await source.gather(task("a blue linen shirt", "en")))["evidence"]
    assert piece["title"] == piece["data"]["item"]["name_en"]
    assert all(reason["text"].isascii() for reason in piece["data"]["reasons"])


async def test_a_wish_is_told_from_another_question(source):
    assert await source.probe("빨간 니트 원피스") > 0.8
    assert await source.probe("연차는 며칠이야?") < 0.3


async def test_without_a_conversation_it_recommends_too(source):
    pieces, notes = await source.recommend("navy jacket for the office", 3)
    assert len(pieces) == 3
    assert not notes
    assert all(piece.image and piece.price_krw for piece in pieces)


@pytest.mark.parametrize(("language", "heading"), [("ko", "소재"), ("en", "Material")])
async def test_a_piece_by_itself_comes_with_what_is_said_of_it_and_those_like_it(source, language, heading):
    shown = await source.piece("sg001", language)
    item = (await source.items(["sg001"]))[0]
    assert shown.item.name == item[f"name_{language}"]
    assert shown.description == item[f"description_{language}"]
    assert heading in dict(shown.attributes)
    like = await source.items([one.id for one in shown.similar])
    assert 1 <= len(like) <= 6
    assert {one["category"] for one in like} == {item["category"]}
    assert "sg001" not in {one["id"] for one in like}
    assert like[0]["material"] == item["material"] or like[0]["colours"][0] == item["colours"][0]


async def test_there_is_no_piece_that_the_catalogue_does_not_have(source):
    assert await source.piece("nobody", "en") is None
