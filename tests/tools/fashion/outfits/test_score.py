"""How well given pieces go together."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.pieces import piece_of
from stylegraph.tools.fashion.outfits.rules import RULES
from stylegraph.tools.fashion.outfits.score import score_outfit

SUIT = ["navy suit jacket", "white shirt", "navy suit trousers", "black oxford shoes"]
KOREAN_SUIT = ["남색 정장 재킷", "흰 셔츠", "남색 정장 바지", "검은 구두"]
WORDS = ["navy suit jacket", "흰색 면 티셔츠", "red floral dress", "회색 추리닝 바지", "padded coat", "leather sandals",
         "체크 셔츠", "striped trousers", "검은 구두", "wool beanie", "banana", ""]  # fmt: skip


def swapped(outfit, place, piece):
    return [*outfit[:place], piece, *outfit[place + 1 :]]


@pytest.mark.parametrize(
    ("outfit", "place", "piece", "rule"),
    [
        (SUIT, 2, "grey gym shorts", "formality"),
        (KOREAN_SUIT, 2, "회색 추리닝 바지", "formality"),
        (["padded coat", "wool sweater", "jeans", "lined boots"], 3, "leather sandals", "season"),
        (["롱패딩", "울 니트", "청바지", "방한 부츠"], 3, "쪼리", "season"),
        (["plaid shirt", "plain jeans", "boots"], 1, "floral skirt", "pattern"),
        (["체크 셔츠", "청바지", "부츠"], 1, "꽃무늬 치마", "pattern"),
        (["orange sweater", "navy jeans", "white sneakers"], 1, "hot pink trousers", "colour"),
        (["주황색 니트", "네이비 바지", "흰 운동화"], 1, "핫핑크 바지", "colour"),
        (SUIT, 2, "blue shirt", "slots"),
        (["흰 셔츠", "검정 슬랙스", "로퍼"], 1, "파란 셔츠", "slots"),
        (["men's shirt", "chinos", "men's derby shoes"], 2, "women's pumps", "audience"),
    ],
)
def test_each_rule_tells_what_breaks_it(outfit, place, piece, rule):
    whole, broken = score_outfit(outfit), score_outfit(swapped(outfit, place, piece))
    assert whole.score > broken.score
    assert broken.rules[rule] < 0.6
    assert broken.rules[rule] < whole.rules[rule]


@pytest.mark.parametrize(
    ("wish", "good", "bad", "rule"),
    [
        ("a job interview", SUIT, ["graphic tee", "ripped jeans", "flip flops"], "occasion"),
        ("장례식", ["검정 재킷", "흰 셔츠", "검정 슬랙스", "검정 구두"],
         ["빨간 꽃무늬 셔츠", "흰 청바지", "노란 운동화"], "occasion"),
        ("heavy rain", ["waterproof jacket", "tee", "jeans", "rain boots"],
         ["suede jacket", "tee", "jeans", "canvas sneakers"], "weather"),
        ("30도 넘는 날", ["린넨 셔츠", "반바지", "샌들"], ["터틀넥 니트", "코듀로이 바지", "부츠"], "weather"),
        ("no leather", ["tee", "jeans", "canvas sneakers"], ["tee", "jeans", "leather boots"], "wish"),
        ("빨간색 말고", ["흰 티", "청바지", "운동화"], ["빨간 티", "청바지", "운동화"], "wish"),
    ],
)  # fmt: skip
def test_a_wish_is_part_of_the_judgement(wish, good, bad, rule):
    better, worse = score_outfit(good, wish), score_outfit(bad, wish)
    assert better.score > worse.score
    assert worse.rules[rule] < better.rules[rule]


def test_the_budget_is_for_the_whole():
    pieces = [{"id": str(n), "name": name, "price_krw": 40_000} for n, name in enumerate(["tee", "jeans", "sneakers"])]
    assert score_outfit(pieces, "10만원 이하").rules["wish"] < 0.1
    assert score_outfit(pieces, "12만원 이하").rules["wish"] == 1


def test_items_of_any_catalogue_are_read_by_their_columns_and_what_these_leave_out_by_their_names():
    piece = piece_of({"id": "1", "name": "Checked flannel shirt", "category": "Shirts", "colours": ["Navy Blue"]})
    assert (piece.slot, piece.category, piece.colours, piece.loudness > 0.5) == ("top", "shirt", ("navy",), True)
    assert piece_of({"id": "2", "name": "린넨 반바지"}).seasons <= {"spring", "summer"}


def test_the_same_garment_is_the_same_in_both_languages():
    for korean, english in [("흰색 면 티셔츠", "a white cotton T-shirt"), ("남색 울 블레이저", "a navy wool blazer")]:
        one, other = piece_of(korean), piece_of(english)
        assert (one.traits, one.slot, one.seasons) == (other.traits, other.slot, other.seasons)
        assert one.formality == pytest.approx(other.formality)


def test_one_layer_may_be_worn_over_another_but_two_of_a_kind_may_not():
    rest = ["jeans", "sneakers"]
    assert score_outfit(["shirt", "sweater", *rest]).rules["slots"] > 0.9
    assert score_outfit(["shirt", "shirt", *rest]).rules["slots"] < 0.4
    assert score_outfit(["coat", "cardigan", "shirt", *rest]).rules["slots"] > 0.9
    assert score_outfit(["coat", "coat", "shirt", *rest]).rules["slots"] < 0.4


def test_more_than_anybody_wears_is_refused():
    with pytest.raises(InputError, match="21 pieces"):
        score_outfit(["shirt"] * 21)


def test_a_suit_in_one_pattern_has_one_pattern():
    suit = ["navy striped suit jacket", "white shirt", "navy striped suit trousers", "black oxfords"]
    assert score_outfit(suit).rules["pattern"] == 1


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=40), max_size=6), st.sampled_from(["", "면접", "rainy day"]))
def test_any_words_get_a_score_and_their_order_does_not_matter(pieces, wish):
    told = score_outfit(pieces, wish)
    assert 0 <= told.score <= 1
    assert set(told.rules) - {"character", "likeness"} == set(RULES)
    assert all(0 <= value <= 1 for value in told.rules.values())
    assert score_outfit(pieces[::-1], wish).score == pytest.approx(told.score, abs=1e-5)  # it is rounded
