"""What is learned of a person: from explicit words and feedback only, corrected and forgotten as they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.store.memory import InMemoryStore

from stylegraph.agent import profile
from stylegraph.agent.errors import InputError


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("난 네이비를 좋아해", {"likes": ["네이비"]}),
        ("저는 가죽은 싫어요. 제 사이즈는 M이에요", {"dislikes": ["가죽"], "sizes": ["M"]}),
        ("내 예산은 보통 5만원 이하야", {"budget": ["5만원 이하"]}),
        ("검정은 싫어", {"dislikes": ["검정"]}),
        ("꽉 끼는 바지는 진짜 싫어요", {"dislikes": ["꽉 끼는 바지"]}),
        ("이건 싫어", {}),
        ("왜 싫어?", {}),
        ("I hate leather", {"dislikes": ["leather"]}),
        ("I really like linen", {"likes": ["linen"]}),
        ("I don't like the shoes", {}),
        ("I love these", {}),
        ("I don't like the colour navy", {"dislikes": ["the colour navy"]}),
        ("I can't stand polka dots. My size is 38", {"dislikes": ["polka dots"], "sizes": ["38"]}),
        ("my usual budget is under 50 dollars", {"budget": ["under 50 dollars"]}),
        ("I never spend more than 60,000 won", {"budget": ["60,000 won"]}),
        ("예산은 10만원 이하로 원피스 추천해줘", {}),
        ("빨간 원피스 추천해줘", {}),
        ("여자친구 선물 골라줘, 결혼식에 갈 거야", {}),
        ("I am a 45 year old woman from Busan", {}),
        ("I like the second one", {}),
    ],
)
def test_only_what_is_said_outright_is_learned(text, facts):
    assert profile.said(text) == facts


@pytest.mark.parametrize(
    ("text", "opinion"),
    [
        ("두 번째 거 마음에 들어", (2, "like")),
        ("첫 번째 거 별로야", (1, "dislike")),
        ("마지막 거 다시는 보여주지 마", (-1, "dislike")),
        ("I like the second one", (2, "like")),
        ("I don't like the first one.", (1, "dislike")),
        ("두 번째 거 말고 비슷한 거", None),
        ("something like the second one", None),
        ("두 번째 거 좋아 보이는데 더 저렴한 거 있어?", None),
        ("마음에 들어", None),
    ],
)
def test_an_opinion_on_a_shown_item_is_told_from_a_wish(text, opinion):
    assert profile.judged(text) == opinion


async def test_the_newest_opinion_counts_and_one_field_or_word_can_be_forgotten():
    store = InMemoryStore()
    await profile.give_feedback(store, "kim", "sg001", "like")
    assert await profile.give_feedback(store, "kim", "sg001", "dislike") == {"disliked": ["sg001"]}
    await profile.learn(store, "kim", {"likes": ["네이비", "린넨"], "budget": ["5만원"]})
    assert (await profile.learn(store, "kim", {"budget": ["7만원"]}))["budget"] == ["7만원"]
    assert await profile.forget(store, "kim", "disliked") == {"likes": ["네이비", "린넨"], "budget": ["7만원"]}
    assert await profile.forget(store, "kim", "네이비") == {"likes": ["린넨"], "budget": ["7만원"]}
    assert await profile.forget(store, "kim") == {}
    assert await profile.read_profile(store, "kim") == {}


async def test_a_field_is_corrected_as_a_whole():
    store = InMemoryStore()
    await profile.learn(store, "kim", {"likes": ["navy"], "dislikes": ["red"]})
    assert await profile.correct(store, "kim", "likes", ["red", "linen"]) == {"likes": ["red", "linen"]}


@pytest.mark.parametrize(("field", "words"), [("age", ["30"]), ("likes", []), ("likes", [" "]), ("likes", ["x" * 61])])
async def test_what_is_no_profile_is_refused(field, words):
    with pytest.raises(InputError):
        await profile.correct(InMemoryStore(), "kim", field, words)


@pytest.mark.parametrize(
    "feedback", [{"love": ["a"]}, {"like": "a"}, {"like": [""]}, {"dislike": ["x" * 61]}, {"like": ["a"] * 51}]
)
def test_feedback_that_cant_be_used_is_refused(feedback):
    with pytest.raises(InputError):
        profile.opinions(feedback)


async def test_a_mail_address_is_a_name_too():
    store = InMemoryStore()
    await profile.learn(store, "kim@example.com", {"likes": ["navy"]})
    assert await profile.read_profile(store, "kim@example.com") == {"likes": ["navy"]}
    assert await profile.read_profile(store, "kim@example%2Ecom") == {}


@given(st.text(max_size=200))
def test_any_words_can_be_read(text):
    assert set(profile.said(text)) <= set(profile.FIELDS)
    profile.judged(text)
