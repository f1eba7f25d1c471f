"""What could be wished for next of pieces that are shown."""

from __future__ import annotations

import pytest

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Recommendation, Reply
from stylegraph.tools.fashion.source import FashionSource


@pytest.fixture
def source(catalogue):
    return FashionSource(catalogue)


async def reply_to(source, wish, language):
    found = await source.gather(
        {"question": wish, "queries": [wish], "filters": {}, "language": language, "index": None, "k": 5,
         "profile": {}, "shown": [], "attempt": 0}
    )  # fmt: skip
    chosen = [
        Recommendation(**{key: value for key, value in one["data"].items() if key in Recommendation.model_fields})
        for one in found["evidence"]
    ]
    return Reply(
        text="", status="answered", language=language, routes=[], recommendations=chosen, evidence=found["evidence"],
        artifacts=found.get("artifacts", {}), spent=tally([], 0.0, 0),
    )  # fmt: skip


async def test_pieces_that_differ_are_told_apart_and_may_be_cheaper(source):
    korean = await source.follow_ups(await reply_to(source, "여름에 입을 시원한 옷 추천해줘", "ko"), {})
    assert korean[0].endswith("만 보여줘")
    assert korean[1:] == ["더 저렴한 걸로 보여줘", "첫 번째 걸로 코디 짜줘"]
    english = await source.follow_ups(await reply_to(source, "a light jacket for rainy days", "en"), {})
    assert english[0].startswith("Show me only ")
    assert english[1:] == ["Show me cheaper ones", "Make an outfit with the first one"]


async def test_what_was_wished_for_is_not_offered_again(source):
    offered = await source.follow_ups(await reply_to(source, "5만원 이하 흰 셔츠 보여줘", "ko"), {})
    assert "더 저렴한 걸로 보여줘" not in offered
    assert not any("흰" in one for one in offered)


async def test_the_dearest_place_of_an_outfit_may_be_filled_for_less(source):
    reply = await reply_to(source, "가을 출근 코디 짜줘", "ko")
    dearest = max(reply.item_set.pieces, key=lambda piece: piece.item.price_krw)
    assert await source.follow_ups(reply, {}) == [f"{dearest.label}만 더 저렴한 걸로 바꿔줘"]
