"""A person over the whole graph: what they like counts, says so, and can be switched off."""

from __future__ import annotations

import pytest
from homes import with_catalogue

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask, give_feedback, stream
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

ITEMS = {item["id"]: item for item in sample_items()}


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)


def ids(reply):
    return [item.id for item in reply.recommendations]


def personal(reply):
    return [reason.text for item in reply.recommendations for reason in item.reasons if reason.field == "profile"]


@pytest.mark.parametrize(
    ("said", "wish", "told"),
    [
        ("난 네이비를 좋아해", "셔츠 추천해줘", "평소 좋아하신"),
        ("I like navy.", "recommend a shirt", "because you like navy"),
    ],
)
async def test_what_is_liked_in_words_counts_and_is_told(settings, said, wish, told):
    async with open_assistant(settings) as assistant:
        before = await ask(assistant, wish, user="kim")
        await ask(assistant, said, user="kim")
        after = await ask(assistant, wish, user="kim")

    def navy(reply):
        return sum("navy" in ITEMS[one]["colours"] for one in ids(reply))

    assert not personal(before)
    assert navy(after) > navy(before)
    assert any(told in text for text in personal(after))


async def test_one_dislike_removes_an_item_and_likes_of_items_are_explained(settings):
    async with open_assistant(settings) as assistant:
        first = ids(await ask(assistant, "셔츠 추천해줘", user="kim"))
        assert await give_feedback(assistant, first[0], "dislike", "kim") == {"disliked": [first[0]]}
        await give_feedback(assistant, "sg108", "like", "kim")
        await give_feedback(assistant, "sg011", "like", "kim")
        second = await ask(assistant, "셔츠 추천해줘", user="kim")
        nobody = await ask(assistant, "셔츠 추천해줘", user="lee")
    assert first[0] not in ids(second)
    assert any("좋다고 하신 것들" in text for text in personal(second))
    assert ids(nobody) == first


async def test_feedback_may_come_with_a_question_and_an_event_says_that_it_was_learned(settings):
    async with open_assistant(settings) as assistant:
        first = ids(await ask(assistant, "원피스 보여줘", user="kim"))
        events = [
            event async for event in stream(assistant, "원피스 보여줘", user="kim", feedback={"dislike": first[:1]})
        ]
        with pytest.raises(InputError):
            await ask(assistant, "원피스 보여줘", user="kim", feedback={"loathe": first[:1]})
    learned = [event for event in events if event["event"] == "learned"]
    assert [event["facts"] for event in learned] == [{"disliked": first[:1]}]
    assert first[0] not in [item["id"] for item in events[-1]["reply"]["recommendations"]]


async def test_one_setting_turns_it_off(settings):
    async with open_assistant(settings) as assistant:
        await give_feedback(assistant, "sg336", "dislike")
    async with open_assistant(settings.model_copy(update={"profile": False})) as assistant:
        said = await ask(assistant, "난 가죽은 싫어")
        shirts = await ask(assistant, "셔츠 추천해줘")
        with pytest.raises(InputError):
            await give_feedback(assistant, "sg001", "like")
    assert not any(note["code"] == "learned" for note in said.notes)
    assert "sg336" in ids(shirts)
    assert not personal(shirts)


async def test_what_is_disliked_is_left_out_and_the_reply_says_so(settings):
    async with open_assistant(settings) as assistant:
        await ask(assistant, "저는 가죽은 싫어요", user="kim")
        reply = await ask(assistant, "재킷 추천해줘", user="kim")
    assert all(ITEMS[one]["material"] != "leather" for one in ids(reply))
    assert any(note["code"] == "profile_applied" and "가죽" in note["text"] for note in reply.notes)


async def test_an_outfit_says_where_the_profile_counted(settings):
    async with open_assistant(settings) as assistant:
        await ask(assistant, "난 네이비를 좋아해", user="kim")
        reply = await ask(assistant, "여자 가을 출근 코디 추천해줘", user="kim")
    navy = [piece.item for piece in reply.item_set.pieces if "navy" in ITEMS[piece.item.id]["colours"]]
    assert navy
    assert all(any(reason.field == "profile" for reason in item.reasons) for item in navy)
