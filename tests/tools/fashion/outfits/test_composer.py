"""Outfits completed out of the sample catalogue: slots, exclusions, budget, what is kept, and what is said of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.pieces import piece_of, slot_of
from stylegraph.tools.fashion.outfits.score import score_outfit
from stylegraph.tools.fashion.source import FashionSource

RULED_OUT = {
    "검은색 말고": ("colours", "black"), "빨간색 빼고": ("colours", "red"), "no leather": ("material", "leather"),
    "가죽 빼고": ("material", "leather"), "without jeans": ("category", "jeans"), "치마 말고": ("category", "skirt"),
    "no stripes": ("pattern", "striped"), "힐 말고": ("category", "heels"), "no blazers": ("category", "blazer"),
}  # fmt: skip
BUDGETS = {
    "10만원 이하": 100_000,
    "15만원 이하로": 150_000,
    "under 250,000 won": 250_000,
    "150,000 won at most": 150_000,
    "": None,
}
FOR = [
    "가을 출근 코디",
    "여자 여름 데이트",
    "an outfit for men",
    "winter",
    "비 오는 날",
    "gym",
    "하객룩",
    "interview",
    "",
]


@pytest.fixture
def source(catalogue):
    return FashionSource(catalogue)


def task(question, language="ko", *, outfit=None, **more):
    kept = {"memory": {"wish": None, "outfit": outfit}} if outfit else {}
    return {**kept, "question": question, "queries": [question], "filters": {}, "language": language, "index": None, "k": 5,
            "profile": {}, "shown": [], "attempt": 0, **more}  # fmt: skip


def made_of(gathered):
    return gathered["artifacts"]["outfit"]


def worn(outfit):
    return {piece["slot"]: piece["item"]["id"] for piece in outfit["pieces"]}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FOR), st.sets(st.sampled_from(sorted(RULED_OUT)), max_size=2), st.sampled_from(sorted(BUDGETS)))
async def test_an_outfit_has_one_piece_a_slot_and_breaks_neither_an_exclusion_nor_the_budget(
    source, items, what_for, ruled_out, budget
):
    outfit, notes = await source.outfit(", ".join(filter(None, [what_for, *sorted(ruled_out), budget])))
    if outfit is None:
        assert notes
        return
    slots = [piece.slot for piece in outfit.pieces]
    assert len(set(slots)) == len(slots)
    assert "shoes" in slots
    assert "dress" in slots or {"top", "bottom"} <= set(slots)
    assert not ("dress" in slots and {"top", "bottom"} & set(slots))
    for piece in outfit.pieces:
        assert slot_of(items[piece.item.id]["category"]) == piece.slot
        for one in (piece.item, *piece.alternatives):
            item = items[one.id]
            for field, value in (RULED_OUT[words] for words in ruled_out):
                has = item.get(field, [])
                assert value not in (has if isinstance(has, list) else [has])
    if BUDGETS[budget] is not None:
        assert outfit.total_krw == sum(piece.item.price_krw for piece in outfit.pieces)
        assert outfit.total_krw <= BUDGETS[budget]
        for piece in outfit.pieces:
            dearest = max((other.price_krw for other in piece.alternatives), default=0)
            assert outfit.total_krw - piece.item.price_krw + dearest <= BUDGETS[budget]


async def test_an_outer_layer_is_there_when_the_season_or_the_weather_asks_for_it(source):
    for wish, wanted in [
        ("겨울 코디", True),
        ("비 오는 날 코디", True),
        ("job interview outfit", True),
        ("한여름 코디", False),
    ]:
        outfit, _ = await source.outfit(wish)
        assert ("outer" in {piece.slot for piece in outfit.pieces}) is wanted, wish


async def test_pieces_fit_the_season_and_are_for_one_person(source, items):
    outfit, _ = await source.outfit("a winter outfit for my boyfriend")
    assert {items[piece.item.id]["audience"] for piece in outfit.pieces} <= {"men", "unisex"}
    assert all({"winter", "autumn"} & set(items[piece.item.id]["seasons"]) for piece in outfit.pieces)


async def test_it_goes_together_better_than_pieces_that_each_fit_the_wish(source, items):
    outfit, _ = await source.outfit("가을 데이트 코디, 여자")
    dressed = [items[piece.item.id] for piece in outfit.pieces]
    assert score_outfit(dressed, "가을 데이트 코디, 여자").score > 0.9
    assert outfit.score == pytest.approx(score_outfit(dressed, "가을 데이트 코디, 여자").score, abs=0.01)


async def test_it_is_built_around_an_item_of_the_catalogue(source):
    outfit, _ = await source.outfit("for the office", around="sg251")
    assert {piece.slot: piece.item.id for piece in outfit.pieces}["bottom"] == "sg251"
    assert {piece.slot for piece in outfit.pieces} >= {"top", "bottom", "shoes"}


async def test_it_is_built_around_what_the_person_has(source):
    outfit, _ = await source.outfit("", around="남색 울 블레이저")
    assert {piece.slot for piece in outfit.pieces} >= {"top", "bottom", "shoes"}
    assert "outer" not in {piece.slot for piece in outfit.pieces}
    assert "블레이저" in outfit.reasons[0].text


async def test_a_garment_in_a_picture_is_built_around_and_not_sold_again(source):
    look = {"category": "skirt", "colours": [{"name": "yellow", "hex": "#eecc00", "share": 1.0}], "attributes": {},
            "labels": [], "confidence": 1.0}  # fmt: skip
    gathered = await source.gather(task("이 치마로 코디해줘", seen=[look]))
    slots = {piece["slot"] for piece in made_of(gathered)["pieces"]}
    assert slots >= {"top", "shoes"}
    assert not slots & {"bottom", "dress"}


async def test_what_is_no_garment_cant_be_built_around(source):
    with pytest.raises(InputError, match="banana"):
        await source.outfit("", around="banana")


async def test_without_enough_money_nothing_is_given_and_said_so(source):
    outfit, notes = await source.outfit("outfit under 1,000 won")
    assert outfit is None
    assert "1,000 won" in notes[-1]["text"]


async def test_nobody_is_dressed_whom_the_catalogue_has_nothing_for(source):
    outfit, notes = await source.outfit("아이 옷 코디")
    assert outfit is None
    assert notes


async def test_one_piece_is_changed_and_the_rest_stays(source):
    first = made_of(await source.gather(task("가을 출근 코디 추천해줘")))
    last = {"wish": first["asked"], "pieces": worn(first)}
    second = made_of(await source.gather(task("가을 출근 코디 추천해줘, 신발만 바꿔줘", outfit=last)))
    assert worn(second)["shoes"] != worn(first)["shoes"]
    assert {**worn(second), "shoes": ""} == {**worn(first), "shoes": ""}
    third = await source.gather(task("신발은 더 저렴한 걸로", outfit={"wish": second["asked"], "pieces": worn(second)}))
    before = next(piece for piece in second["pieces"] if piece["slot"] == "shoes")
    after = next(piece for piece in made_of(third)["pieces"] if piece["slot"] == "shoes")
    assert after["item"]["price_krw"] < before["item"]["price_krw"]


async def test_cheaper_after_an_outfit_means_the_whole(source):
    first = made_of(await source.gather(task("가을 출근 코디 추천해줘")))
    last = {"wish": first["asked"], "pieces": worn(first)}
    second = made_of(await source.gather(task("가을 출근 코디 추천해줘, 더 저렴한 걸로", outfit=last)))
    assert second["total_krw"] < first["total_krw"]
    assert "예산" not in second["reasons"][-1]["text"]


async def test_each_piece_of_an_outfit_is_evidence_in_its_order(source):
    gathered = await source.gather(task("가을 출근 코디 추천해줘"))
    assert [piece["data"]["id"] for piece in gathered["evidence"]] == list(worn(made_of(gathered)).values())
    scores = [piece["score"] for piece in gathered["evidence"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "wish", ["가을 출근 코디, 여자", "a summer outfit for the beach", "outfit under 200,000 won", "겨울 남자 코디"]
)
async def test_what_is_said_of_the_whole_is_true_of_its_pieces(source, items, wish):
    outfit, _ = await source.outfit(wish)
    dressed = [items[piece.item.id] for piece in outfit.pieces]
    told = " ".join(reason.text for reason in outfit.reasons)
    named = {"봄": "spring", "여름": "summer", "가을": "autumn", "겨울": "winter"}
    seasons = {season for word, season in named.items() if f"{word}" in told} | {s for s in named.values() if s in told}
    assert all(seasons <= set(item["seasons"]) for item in dressed)
    assert f"{sum(item['price_krw'] for item in dressed):,}" in told
    bold = [item for item in dressed if piece_of(item).loudness >= 0.5]
    assert ("No patterns" in told or "무늬 없는" in told) == (not bold)
    for piece in outfit.pieces:
        assert 1 <= len(piece.item.reasons) <= 4
        plain = [
            reason.text
            for reason in piece.item.reasons
            if "무늬가 없어" in reason.text or "Without a pattern" in reason.text
        ]
        assert not plain or items[piece.item.id]["pattern"] == "solid"


async def test_everything_is_said_in_the_language_of_the_wish(source):
    outfit, _ = await source.outfit("an autumn outfit for the office")
    texts = [outfit.pieces[0].label, *(reason.text for reason in outfit.reasons)]
    texts += [reason.text for piece in outfit.pieces for reason in piece.item.reasons]
    assert all(text.isascii() for text in texts)


async def test_a_dislike_is_kept_out(source, items):
    outfit, _ = await source.outfit("가을 코디", profile={"dislikes": ["검정"]})
    assert all("black" not in items[piece.item.id]["colours"] for piece in outfit.pieces)


async def test_what_nothing_meets_is_given_up_and_said_so(source, items):
    outfit, notes = await source.outfit("흰색 가죽 반바지에 티셔츠 코디")
    bottom = next(piece for piece in outfit.pieces if piece.slot == "bottom")
    assert items[bottom.item.id]["category"] == "shorts"
    assert bottom.item.missed
    assert "wish_relaxed" in [note["code"] for note in notes]


async def test_an_exclusion_said_of_the_changed_piece_is_no_reproach_to_the_others(source, items):
    first = made_of(await source.gather(task("면접 남자 코디 추천해줘")))
    last = {"wish": first["asked"], "pieces": worn(first)}
    second = made_of(await source.gather(task("신발은 검은색 말고 다른 걸로 바꿔줘", outfit=last)))
    assert {**worn(second), "shoes": ""} == {**worn(first), "shoes": ""}
    assert "black" not in items[worn(second)["shoes"]]["colours"]
    assert second["score"] > 0.3


async def test_an_item_that_was_shown_and_is_named_is_what_the_outfit_is_built_around(source, items):
    shown = ["sg308", "sg055", "sg251"]
    gathered = await source.gather(task(f"{items['sg055']['name_ko']}로 코디해줘", shown=shown))
    assert worn(made_of(gathered))["top"] == "sg055"


async def test_within_a_small_budget_a_coat_is_left_out_rather_than_shoes_for_the_season(source, items):
    outfit, _ = await source.outfit("a winter outfit for my dad, 150,000 won at most, no black")
    assert all({"autumn", "winter"} & set(items[piece.item.id]["seasons"]) for piece in outfit.pieces)
    assert outfit.total_krw <= 150_000


async def test_for_whom_it_is_is_said_where_nobody_was_named(source):
    _, notes = await source.outfit("가을 출근 코디")
    assert [note["code"] for note in notes] == ["audience_assumed"]
    _, notes = await source.outfit("가을 출근 코디, 여자")
    assert not notes
    _, notes = await source.outfit("", around="sg251")
    assert not notes


async def test_slippers_do_not_make_an_office_outfit_however_small_the_budget(source, items):
    outfit, _ = await source.outfit("가을 출근 코디, 10만원 이하")
    assert outfit.total_krw <= 100_000
    assert "sandals" not in {items[piece.item.id]["category"] for piece in outfit.pieces}
    assert outfit.rules["occasion"] > 0.6


async def test_where_the_best_falls_short_that_is_said(source):
    outfit, notes = await source.outfit("체크 셔츠에 꽃무늬 바지 코디")
    assert min(outfit.rules, key=outfit.rules.get) == "pattern"
    assert "무늬" in next(note["text"] for note in notes if note["code"] == "outfit_falls_short")
