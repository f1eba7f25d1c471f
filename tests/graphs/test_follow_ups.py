"""Follow-ups over the whole graph: what a turn carries over from the one before, replaces and drops, in both languages."""

from __future__ import annotations

from statistics import mean

import pytest
from homes import with_catalogue

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

ITEMS = {item["id"]: item for item in sample_items()}
FOR_WOMEN, FOR_MEN = {"women", "unisex"}, {"men", "unisex"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return with_catalogue(tmp_path_factory.mktemp("talks") / "home")


@pytest.fixture
async def assistant(home):
    async with open_assistant(
        Settings(_env_file=None, home=home, samples=False, exchange_rates={"USD": 1400})
    ) as opened:
        yield opened


async def talk(assistant, *turns):
    """Return the replies of a conversation and the items of each, as the catalogue has them."""
    thread = " > ".join(turns)
    replies = [await ask(assistant, turn, thread=thread, user=thread) for turn in turns]
    return replies, [[ITEMS[one.id] for one in reply.recommendations] for reply in replies]


def exact(reply):
    """Return the items for which nothing was given up."""
    return [ITEMS[one.id] for one in reply.recommendations if not one.missed]


def ids(items):
    return {item["id"] for item in items}


def kinds(items):
    return {item["category"] for item in items}


@pytest.mark.parametrize(
    ("first", "second", "back", "cheapest"),
    [
        ("여름 셔츠 추천해줘", "2번 어때?", "그럼 1번은?", "그 중에 제일 싼 거"),
        ("Show me some summer shirts", "how about number 2?", "and the first one?", "the cheapest of those"),
    ],
)
async def test_a_look_at_one_piece_leaves_the_list_on_the_table(assistant, first, second, back, cheapest):
    _, (shown, looked, again, least) = await talk(assistant, first, second, back, cheapest)
    assert [item["id"] for item in looked] == [shown[1]["id"]]
    assert [item["id"] for item in again] == [shown[0]["id"]]
    assert [item["price_krw"] for item in least] == [min(item["price_krw"] for item in shown)]


async def test_what_is_like_it_is_like_the_piece_that_was_looked_at(assistant):
    _, (shown, looked, alike) = await talk(assistant, "여름 셔츠 추천해줘", "2번 어때?", "이거랑 비슷한 거 보여줘")
    assert not ids(shown) & ids(alike)
    assert sum(bool(set(item["colours"]) & set(looked[0]["colours"])) for item in alike) >= len(alike) / 2


@pytest.mark.parametrize(
    ("first", "then"),
    [("여름 셔츠 추천해줘", "더 저렴한 걸로"), ("recommend a summer shirt", "something cheaper")],
)
async def test_cheaper_keeps_the_wish_and_costs_less(assistant, first, then):
    _, (shown, cheaper) = await talk(assistant, first, then)
    assert kinds(cheaper) == {"shirt"}
    assert all("summer" in item["seasons"] for item in cheaper)
    assert not ids(shown) & ids(cheaper)
    assert mean(item["price_krw"] for item in cheaper) < mean(item["price_krw"] for item in shown)
    assert max(item["price_krw"] for item in cheaper) < max(item["price_krw"] for item in shown)


async def test_cheaper_counts_once_and_what_it_came_to_stays(assistant):
    _, (_, cheaper, black) = await talk(assistant, "남자 재킷 추천해줘", "더 저렴한 걸로", "여름에 입을 걸로")
    assert max(item["price_krw"] for item in black) <= max(item["price_krw"] for item in cheaper)
    assert all(item["audience"] in FOR_MEN for item in black)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("니트 추천해줘", "두 번째 거 말고 비슷한 거"),
        ("show me some sweaters", "not the second one, but something similar"),
        ("원피스 보여줘", "두 번째 거랑 비슷한 걸로"),
        ("show me dresses", "something like the second one"),
    ],
)
async def test_what_is_like_a_piece_is_of_its_kind_and_not_that_piece(assistant, first, then):
    _, (shown, like) = await talk(assistant, first, then)
    pointed = shown[1]
    assert like
    assert kinds(like) == {pointed["category"]}
    assert not ids(shown) & ids(like)
    alike = {*pointed["colours"][:1], *pointed["styles"], *pointed["moods"], pointed["material"], pointed["pattern"]}
    assert alike & {*like[0]["colours"], *like[0]["styles"], *like[0]["moods"], like[0]["material"], like[0]["pattern"]}


@pytest.mark.parametrize(
    ("first", "then", "trousers"),
    [
        ("네이비 니트 추천해줘", "같은 색으로 바지도", {"pants", "jeans", "shorts", "leggings"}),
        ("recommend a navy sweater", "trousers in the same colour", {"pants"}),
    ],
)
async def test_the_same_colour_goes_over_to_another_garment(assistant, first, then, trousers):
    replies, (_, others) = await talk(assistant, first, then)
    assert others
    assert kinds(others) <= trousers
    assert all("navy" in item["colours"] for item in exact(replies[1]))


@pytest.mark.parametrize(
    ("first", "then", "audience"),
    [
        ("recommend a shirt for my mom", "for my dad instead", FOR_MEN),
        ("엄마 드릴 셔츠 추천해줘", "엄마 말고 아빠 거로", FOR_MEN),
        ("남자 재킷 추천해줘", "여자 거로", FOR_WOMEN),
        ("a jacket for men", "for women", FOR_WOMEN),
    ],
)
async def test_another_person_takes_the_place_of_the_first(assistant, first, then, audience):
    _, (shown, others) = await talk(assistant, first, then)
    assert others
    assert all(item["audience"] in audience for item in others)
    assert kinds(others) == kinds(shown)


@pytest.mark.parametrize(
    ("first", "then", "colour", "gone"),
    [
        ("흰 블라우스 보여줘", "검은색은?", "black", "white"),
        ("show me a black jacket", "in navy instead", "navy", "black"),
        ("빨간 원피스 추천해줘", "파란색으로", "blue", "red"),
    ],
)
async def test_another_colour_takes_the_place_of_the_first(assistant, first, then, colour, gone):
    replies, (_, others) = await talk(assistant, first, then)
    assert kinds(exact(replies[1])) == kinds(exact(replies[0]))
    assert all(colour in item["colours"] for item in exact(replies[1]))
    assert not all(gone in item["colours"] for item in others)


@pytest.mark.parametrize(
    ("turns", "field", "value"),
    [
        (("데이트룩 원피스 추천해줘", "꽃무늬 빼고", "다른 거"), "pattern", "floral"),
        (("I need a dress for a wedding", "without flowers", "something else"), "pattern", "floral"),
        (("재킷 추천해줘", "가죽 말고", "더 저렴한 걸로"), "material", "leather"),
        (("show me sandals", "no leather", "for women"), "material", "leather"),
    ],
)
async def test_what_is_ruled_out_stays_ruled_out(assistant, turns, field, value):
    _, (_, second, third) = await talk(assistant, *turns)
    assert second
    assert third
    assert all(item[field] != value for item in [*second, *third])


@pytest.mark.parametrize(
    ("first", "then", "most"),
    [("겨울 코트 보여줘", "15만원 이하로", 150_000), ("show me jackets", "under 60 dollars", 84_000)],
)
async def test_a_price_joins_what_was_wished_for(assistant, first, then, most):
    replies, (shown, _) = await talk(assistant, first, then)
    assert exact(replies[1])
    assert all(item["price_krw"] <= most for item in exact(replies[1]))
    assert kinds(exact(replies[1])) <= kinds(shown)


@pytest.mark.parametrize(
    ("first", "then"),
    [("5만원 이하 재킷 추천해줘", "가격은 상관없어"), ("a jacket under $50", "never mind the price")],
)
async def test_what_no_longer_matters_is_dropped(assistant, first, then):
    _, (_, others) = await talk(assistant, first, then)
    assert max(item["price_krw"] for item in others) > 70_000
    assert kinds(others) == {"jacket"}


@pytest.mark.parametrize(("first", "then"), [("청바지 추천해줘", "세 개만"), ("show me jeans", "just three")])
async def test_a_number_changes_how_many_and_nothing_else(assistant, first, then):
    _, (_, others) = await talk(assistant, first, then)
    assert len(others) == 3
    assert kinds(others) == {"jeans"}


@pytest.mark.parametrize(("first", "then"), [("청바지 추천해줘", "다른 색으로"), ("blue jeans", "a different colour")])
async def test_a_different_colour_is_not_the_one_before(assistant, first, then):
    _, (shown, others) = await talk(assistant, first, then)
    assert others
    assert not {item["colours"][0] for item in others} & {item["colours"][0] for item in shown}


@pytest.mark.parametrize(
    ("first", "then", "style"),
    [
        ("I need a dress for a wedding", "something more casual", "casual"),
        ("출근용 셔츠 추천해줘", "좀 더 캐주얼한 걸로", "casual"),
    ],
)
async def test_what_a_follow_up_names_comes_first(assistant, first, then, style):
    _, (_, others) = await talk(assistant, first, then)
    assert all(style in item["styles"] for item in others[:3])


@pytest.mark.parametrize(
    ("first", "then"),
    [("10만원 이하 가을 재킷 추천해줘", "신발도 추천해줘"), ("an autumn jacket under $70", "and boots too")],
)
async def test_another_garment_keeps_season_and_price(assistant, first, then):
    replies, (_, others) = await talk(assistant, first, then)
    assert others
    assert not kinds(others) & {"jacket"}
    assert all("autumn" in item["seasons"] and item["price_krw"] <= 100_000 for item in exact(replies[1]))


@pytest.mark.parametrize(
    ("first", "then"), [("니트 보여줘", "첫 번째 거 보여줘"), ("show me sneakers", "the last one")]
)
async def test_a_place_alone_is_that_piece(assistant, first, then):
    _, (shown, one) = await talk(assistant, first, then)
    assert one[0]["id"] == (shown[0] if "첫" in then else shown[-1])["id"]
    assert len(one) == 1


async def test_a_new_wish_leaves_the_old_one_behind(assistant):
    _, (_, others) = await talk(assistant, "엄마 드릴 빨간 코트 추천해줘", "남자 여름 반바지 추천해줘")
    assert kinds(others) == {"shorts"}
    assert all(item["audience"] in FOR_MEN for item in others)


@pytest.mark.parametrize(
    ("asked", "answer"), [("여름 코디 추천해줘", "여성용으로"), ("an outfit for the office", "for men")]
)
async def test_an_outfit_for_nobody_in_particular_offers_whom_it_could_be_for(assistant, asked, answer):
    (first, second), (_, items) = await talk(assistant, asked, answer)
    assert first.status is Status.ANSWERED
    assert answer in first.choices
    assert all(item["audience"] in (FOR_WOMEN if answer == "여성용으로" else FOR_MEN) for item in items)
    assert second.item_set
    assert not second.choices


@pytest.mark.parametrize(
    ("first", "then"), [("남자 여름 코디", "더 저렴하게"), ("a summer outfit for women", "cheaper please")]
)
async def test_a_cheaper_outfit_is_for_the_same_person(assistant, first, then):
    (one, two), (_, items) = await talk(assistant, first, then)
    assert two.item_set.total_krw < one.item_set.total_krw
    assert all(item["audience"] in (FOR_MEN if "남자" in first else FOR_WOMEN) for item in items)


@pytest.mark.parametrize(
    ("wish", "opinion", "again"),
    [
        ("셔츠 추천해줘", "두 번째 거 별로야", "셔츠 추천해줘"),
        ("show me shirts", "I don't like the second one.", "show me shirts"),
    ],
)
async def test_an_item_that_is_disliked_in_words_does_not_come_again(assistant, wish, opinion, again):
    (_, learned, _), (shown, _, later) = await talk(assistant, wish, opinion, again)
    assert "learned" in {note.code if hasattr(note, "code") else note["code"] for note in learned.notes}
    assert shown[1]["id"] not in ids(later)
