"""Outfits in a conversation: asked for, told, changed piece by piece, and forgotten when other pieces are shown."""

from __future__ import annotations

import pytest
import pytest_asyncio
from homes import with_catalogue, with_samples

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

pytestmark = pytest.mark.asyncio(loop_scope="module")
ITEMS = {item["id"]: item for item in sample_items()}


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory):
    """An assistant with all its samples: what is asked of an outfit may look like a question for documents."""
    home = with_samples(tmp_path_factory.mktemp("outfits") / "home")
    async with open_assistant(Settings(_env_file=None, home=home)) as assistant:
        yield assistant


def worn(reply):
    return {piece.slot: piece.item.id for piece in reply.item_set.pieces}


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
            assert all(piece.item.name in one.text and piece.label in one.text for piece in one.item_set.pieces)
            assert one.grade.grounded == 1
            assert worn(two)["shoes"] != worn(one)["shoes"]
            assert {**worn(two), "shoes": ""} == {**worn(one), "shoes": ""}


CHANGES = {
    "top": ["상의만 바꿔줘", "change the top only", "I don't like the top"],
    "bottom": ["하의 말고 다른 거", "다른 하의로", "can you replace the trousers?"],
    "dress": ["원피스 바꿔줘", "give me another dress", "can you replace the dress?"],
    "outer": ["아우터가 마음에 안 들어", "swap the outer layer", "give me another jacket"],
    "shoes": ["신발 말고 다른 거", "different shoes please", "something else instead of the shoes"],
    "accessory": ["액세서리만 바꿔줘", "소품 교체해줘", "Change only the accessory", "swap the hat"],
}
"""Slot -> words as they came; each goes the whole way: read, routed, understood, filled and told."""


@pytest.mark.parametrize(("slot", "asked"), [(slot, asked) for slot, all_of in CHANGES.items() for asked in all_of])
async def test_every_piece_can_be_changed(opened, slot, asked):
    korean = not asked.isascii()
    if slot == "dress":
        wish = "여자 여름 원피스 코디 추천해줘" if korean else "Put together a summer outfit with a dress for a wedding"
    else:
        wish = "가을 출근 코디 추천해줘" if korean else "Put together an autumn outfit for the office"
    one = await ask(opened, wish, thread=asked)
    two = await ask(opened, asked, thread=asked)
    assert two.status is Status.ANSWERED
    assert worn(two)[slot] != worn(one).get(slot)
    assert {**worn(two), slot: ""} == {**worn(one), slot: ""}
    assert not [note for note in two.notes if note["code"] == "learned"], "that a piece is not liked is no taste"


async def test_other_pieces_that_are_to_be_shown_are_no_new_outfit(opened):
    await ask(opened, "Put together an autumn outfit for the office", thread="others")
    reply = await ask(opened, "show me other jackets", thread="others")
    assert reply.item_set is None
    assert {ITEMS[item.id]["category"] for item in reply.recommendations} <= {"jacket", "blazer"}


async def test_pieces_that_are_no_outfit_take_its_place(settings):
    async with open_assistant(settings) as assistant:
        await ask(assistant, "여름 데이트 코디 추천해줘", thread="t")
        single = await ask(assistant, "흰 셔츠 추천해줘", thread="t")
        state = await assistant.aget_state({"configurable": {"thread_id": "t"}})
    assert single.item_set is None
    assert single.recommendations
    assert state.values["memory"]["fashion"]["outfit"] is None
    assert state.values["shown"] == [item.id for item in single.recommendations]
