"""Outfits in a conversation: asked for, told, changed piece by piece, and forgotten when other pieces are shown."""

from __future__ import annotations

import pytest

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.assemble import open_assistant
from stylegraph.graphs.door import ask


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


def worn(reply):
    return {piece.slot: piece.item.id for piece in reply.outfit.pieces}


async def test_an_outfit_is_asked_for_told_and_changed_in_both_languages(settings):
    async with open_assistant(settings) as assistant:
        for thread, first, then in [
            ("ko", "가을 출근 코디 추천해줘", "신발만 바꿔줘"),
            ("en", "Put together an outfit for an autumn wedding", "change only the shoes"),
        ]:
            one = await ask(assistant, first, thread=thread)
            two = await ask(assistant, then, thread=thread)
            assert [reply.status for reply in (one, two)] == [Status.ANSWERED] * 2
            assert [item.id for item in one.recommendations] == list(worn(one).values())
            assert all(piece.item.name in one.text and piece.label in one.text for piece in one.outfit.pieces)
            assert one.grade.grounded == 1
            assert worn(two)["shoes"] != worn(one)["shoes"]
            assert {**worn(two), "shoes": ""} == {**worn(one), "shoes": ""}


async def test_pieces_that_are_no_outfit_take_its_place(settings):
    async with open_assistant(settings) as assistant:
        await ask(assistant, "여름 데이트 코디 추천해줘", thread="t")
        single = await ask(assistant, "흰 셔츠 추천해줘", thread="t")
        state = await assistant.aget_state({"configurable": {"thread_id": "t"}})
    assert single.outfit is None
    assert single.recommendations
    assert state.values["last_outfit"] is None
    assert state.values["shown"] == [item.id for item in single.recommendations]
