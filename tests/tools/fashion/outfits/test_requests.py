"""Asking for an outfit, and for a change of one piece of it."""

import pytest

from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.outfits.requests import asks_for_outfit, changes_outfit, outfit_request

LAST = {"wish": "가을 출근 코디", "pieces": {"top": "a", "bottom": "b", "outer": "c", "shoes": "d"}}
DRESSED = {"wish": "a wedding outfit", "pieces": {"dress": "a", "shoes": "d"}}


CALLED = {
    "top": (["상의", "윗옷", "셔츠", "니트"], ["top", "shirt", "sweater"]),
    "bottom": (["하의", "바지", "치마", "청바지"], ["bottom", "trousers", "skirt", "jeans"]),
    "dress": (["원피스", "드레스"], ["dress"]),
    "outer": (["아우터", "겉옷", "재킷", "코트"], ["outer layer", "jacket", "coat"]),
    "shoes": (["신발", "구두", "부츠"], ["shoes", "boots", "footwear"]),
    "accessory": (
        ["소품", "액세서리", "악세사리", "모자", "가방"],
        ["accessory", "accessories", "hat", "bag", "scarf"],
    ),
}
KOREAN = [
    "{x}만 바꿔줘", "{x} 바꿔줘", "다른 {x|으로/로}", "다른 {x|으로/로} 바꿔줘", "다른 {x} 줘", "{x|은/는} 다른 걸로", "{x}만 다른 걸로 보여줘",
    "{x} 말고 다른 거", "{x} 교체해줘", "{x|은/는} 더 싼 걸로", "{x|이/가} 마음에 안 들어", "{x|은/는} 별로야",
]  # fmt: skip
ENGLISH = [
    "Change only the {x}", "change the {x} only", "swap the {x}", "different {x} please", "give me another {x}", "another {x}",
    "can you replace the {x}?", "I'd like other {x}", "what about a different {x}?", "something else instead of the {x}",
    "a cheaper {x}", "I don't like the {x}", "not sure about the {x}",
]  # fmt: skip


@pytest.mark.parametrize("slot", CALLED)
@pytest.mark.parametrize("wording", [*KOREAN, *ENGLISH])
def test_every_piece_is_changed_by_the_words_that_people_use(slot, wording):
    worn = ("dress", "outer", "shoes") if slot == "dress" else ("top", "bottom", "outer", "shoes", "accessory")
    last = {"wish": "w", "pieces": {name: name for name in worn}}
    for name in CALLED[slot][wording in ENGLISH]:
        asked = filled(wording, x=name)
        assert outfit_request(asked, last, asked).changed == (slot,), asked
        assert changes_outfit(asked, last), asked


@pytest.mark.parametrize(
    "asked",
    ["흰 셔츠에 묻은 커피는 어떻게 지워?", "What can I use instead of bleach on a white shirt?", "청바지 대신 뭐 입지?", "다른 셔츠 보여줘",
     "show me other jackets", "왜 이 신발로 바꿨어?", "고마워", "I don't like leather", "how do different coats keep warm?"],
)  # fmt: skip
def test_what_asks_something_else_bids_no_change(asked):
    assert not changes_outfit(asked, LAST)
    assert not changes_outfit("신발만 바꿔줘", None)


@pytest.mark.parametrize("asked", ["show me another jacket", "Show me other shoes", "다른 아우터 보여줘"])
def test_others_that_are_to_be_shown_are_single_pieces_and_no_new_outfit(asked):
    assert outfit_request(f"가을 출근 코디 추천해줘, {asked}", LAST, asked) is None


@pytest.mark.parametrize(
    "text",
    ["가을 출근 코디 추천해줘", "위아래로 맞춰줘", "머리부터 발끝까지 골라줘", "청바지에 흰 셔츠 코디", "데이트 착장 알려줘",
     "Put together an outfit for a wedding", "what to wear head to toe", "I need a full look for autumn", "outfit ideas"],
)  # fmt: skip
def test_these_ask_for_an_outfit(text):
    assert asks_for_outfit(text)


@pytest.mark.parametrize(
    "text",
    ["흰 셔츠 보여줘", "청바지랑 코디할 니트 추천해줘", "면접에 뭐 입지?", "shoes that go with this outfit", "a linen shirt",
     "what to wear to a wedding", "이 바지랑 코디하기 좋은 신발"],
)  # fmt: skip
def test_these_ask_for_single_pieces(text):
    assert not asks_for_outfit(text)
    assert outfit_request(text, None) is None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("가을 출근 코디, 신발만 바꿔줘", ("shoes",)),
        ("change only the shoes", ("shoes",)),
        ("상의는 흰색으로 바꿔줘", ("top",)),
        ("swap the jacket for something navy", ("outer",)),
        ("바지 말고 치마로", ("bottom",)),
        ("신발은 더 저렴한 걸로", ("shoes",)),
        ("신발은 그대로 두고 나머지는 바꿔줘", ("top", "bottom", "outer")),
        ("소품만 바꿔줘", ("accessory",)),
        ("Change only the accessory", ("accessory",)),
        ("하의만 바꿔줘", ("bottom",)),
        ("Change only the bottom", ("bottom",)),
        ("Change only the outer layer", ("outer",)),
        ("keep the shoes and change the rest", ("top", "bottom", "outer")),
    ],
)
def test_a_change_names_what_is_changed_and_the_rest_stays(text, changed):
    request = outfit_request(text, LAST)
    assert request is not None
    assert request.changed == changed
    assert request.wish.startswith("가을 출근 코디, ")


def test_where_a_dress_is_worn_it_is_what_a_skirt_takes_the_place_of():
    assert outfit_request("different skirt instead", DRESSED).changed == ("dress",)


@pytest.mark.parametrize("text", ["셔츠 추천해줘", "다른 셔츠 보여줘", "고마워", "빨간 니트 보여줘"])
def test_single_pieces_may_be_asked_for_after_an_outfit(text):
    assert outfit_request(text, LAST) is None


def test_what_is_ruled_out_is_changed():
    assert outfit_request("no boots please", LAST).changed == ("shoes",)


def test_the_words_as_they_came_tell_what_is_changed_where_the_standalone_question_lost_it():
    request = outfit_request("흰 신발 추천해줘", LAST, "신발은 더 저렴한 걸로")
    assert (request.changed, request.wish) == (("shoes",), "가을 출근 코디, 신발은 더 저렴한 걸로")


def test_nothing_is_changed_where_nothing_was_shown():
    assert outfit_request("신발만 바꿔줘", None) is None


def test_a_new_outfit_may_be_asked_for_after_another():
    assert outfit_request("이번엔 여름 데이트 코디 추천해줘", LAST).changed is None
