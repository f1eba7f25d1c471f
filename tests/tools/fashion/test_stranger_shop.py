"""A shop that the recommender has never seen: sarees, kurtas and wallets, in rupees, for men, women, girls and boys."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from shops import opened_shop

from stylegraph.agent.evidence import Evidence
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.source import FashionSource

KINDS = (
    ("Women", "Printed Saree"), ("Women", "Woven Silk Saree"), ("Men", "Straight Kurta"), ("Men", "Denim Jacket"),
    ("Boys", "Denim Jacket"), ("Girls", "Lehenga Choli"), ("Men", "Two Fold Wallet"), ("Women", "A-Line Dress"),
)  # fmt: skip
COLOURS = ("Green", "Red", "Blue", "Black", "White")
SIZES = {"Denim Jacket": "S|M", "Straight Kurta": "M|L"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["ProductID", "ProductName", "Gender", "Price (INR)", "Size", "PrimaryColor"])
        for number, (gender, kind) in enumerate(KINDS):
            for place, colour in enumerate(COLOURS):
                price = 300 + 250 * place + 100 * number
                writer.writerow(
                    [f"{number}-{place}", f"Libas {gender} {colour} {kind}", gender, price, SIZES.get(kind, ""), colour]
                )
    return path


@pytest.fixture
async def source(file: Path, tmp_path: Path) -> AsyncIterator[FashionSource]:
    async with opened_shop(file, tmp_path) as opened:
        yield opened


def task(question: str, **more: object) -> dict[str, object]:
    return {"question": question, "queries": [question], "filters": {}, "language": "en", "index": None, "k": 5, "profile": {},
            "shown": [], "attempt": 0, "look": None, "user": "", "web_searches": 0, "seconds": 9.0, **more}  # fmt: skip


def names(evidence: Sequence[Evidence]) -> list[str]:
    return [piece["title"] for piece in evidence]


async def test_what_no_word_file_knows_is_what_the_shop_calls_it(source: FashionSource) -> None:
    pieces, notes = await source.recommend("a green saree")
    assert [piece.name for piece in pieces if not piece.missed] == [piece.name for piece in pieces[:2]]
    assert all("Green" in piece.name for piece in pieces[:2])
    assert all("Saree" in piece.name for piece in pieces)
    assert [note["code"] for note in notes] == ["wish_relaxed"]  # two are green; the others say that they are not
    wallets, _ = await source.recommend("a wallet")
    assert all("Wallet" in piece.name for piece in wallets)


async def test_prices_are_read_and_told_in_the_shops_currency(source: FashionSource) -> None:
    pieces, notes = await source.recommend("a saree under 700 rupees")
    assert {piece.price for piece in pieces} <= {"₹300", "₹550", "₹400", "₹650"}
    assert all(piece.price_krw is None for piece in pieces)
    assert not notes
    assert any("₹700" in reason.text for reason in pieces[0].reasons)


async def test_another_currency_is_compared_at_a_set_rate_only(
    source: FashionSource, file: Path, tmp_path: Path
) -> None:
    pieces, notes = await source.recommend("a saree under 5 dollars")
    assert pieces
    assert [note["code"] for note in notes] == ["price_incomparable"]
    rated = await FashionSource.open(tmp_path / "rated", LocalEmbedder(), file, rates={"USD": 1400, "INR": 16})
    pieces, notes = await rated.recommend("a saree under 5 dollars")  # 437.5 rupees
    await rated.close()
    assert {piece.price for piece in pieces if not piece.missed} == {"₹300", "₹400"}
    assert "currency_converted" in [note["code"] for note in notes]


async def test_boys_are_no_men_and_what_there_is_not_is_said(source: FashionSource) -> None:
    pieces, _ = await source.recommend("a jacket for boys")
    assert all("Boys" in piece.name for piece in pieces)
    pieces, notes = await source.recommend("a jacket for girls")
    assert not pieces
    assert "girls" in notes[0]["text"]
    pieces, notes = await source.recommend("something for a baby")
    assert not pieces
    assert "babies" in notes[0]["text"]


async def test_what_is_nowhere_is_said_first_with_the_nearest(source: FashionSource) -> None:
    gathered = await source.gather(task("a sherwani"))  # type: ignore[arg-type]
    assert gathered["notes"][0]["code"] == "noun_missing"
    assert gathered["evidence"][0]["data"]["lead"] == 'There is no "sherwani" here; these come nearest.'


async def test_another_spelling_or_script_finds_the_shops_word(source: FashionSource) -> None:
    pieces, notes = await source.recommend("a sari in green")
    assert all("Saree" in piece.name for piece in pieces)
    assert notes[0]["code"] == "wish_synonym"
    assert "saree" in notes[0]["text"]


async def test_the_cheapest_is_sorted_and_named(source: FashionSource) -> None:
    gathered = await source.gather(task("the cheapest kurta"))  # type: ignore[arg-type]
    prices = [piece["data"]["item"]["price_krw"] for piece in gathered["evidence"]]
    assert prices == sorted(prices)
    assert gathered["evidence"][0]["data"]["lead"] == "The cheapest: Libas Men Green Straight Kurta (₹500)"


async def test_a_size_in_stock_is_a_condition(source: FashionSource) -> None:
    pieces, _ = await source.recommend("a kurta in size L")
    assert pieces
    assert all(not piece.missed for piece in pieces)
    pieces, notes = await source.recommend("a jacket for men in size L")
    assert all("size" in " ".join(piece.missed) for piece in pieces)
    assert notes


async def test_a_model_filters_by_the_shops_own_values(source: FashionSource) -> None:
    recommend, outfit, show = source.tools()
    assert (recommend["name"], outfit["name"], show["name"]) == ("recommend", "recommend_outfit", "show_item")
    properties = recommend["parameters"]["properties"]
    assert "INR" in properties["price_max"]["description"]
    assert set(outfit["parameters"]["properties"]) == {"wish"}
    assert len(json.dumps(recommend["parameters"])) < 6_000
    asked = {"wish": "something festive", "category": ["saree"], "colours": ["Green", "lime-ish"], "price_max": 500}
    gathered = await source.gather(task("something festive", tool="recommend", arguments=asked))  # type: ignore[arg-type]
    assert gathered["notes"][0]["code"] == "unknown_value"
    whole = [piece for piece in gathered["evidence"] if not piece["data"]["missed"]]
    assert {piece["data"]["price"] for piece in whole} == {"₹300", "₹400"}
    assert all("Green" in name and "Saree" in name for name in names(whole))


async def test_one_piece_is_shown_by_its_place_or_its_id(source: FashionSource) -> None:
    shown = ["0-0", "2-1"]
    second = await source.gather(task("2", tool="show_item", arguments={"position": 2}, shown=shown))  # type: ignore[arg-type]
    assert names(second["evidence"]) == ["Libas Men Red Straight Kurta"]
    named = await source.gather(task("x", tool="show_item", arguments={"id": "5-0"}, shown=shown))  # type: ignore[arg-type]
    assert names(named["evidence"]) == ["Libas Girls Green Lehenga Choli"]
    gone = await source.gather(task("x", tool="show_item", arguments={"position": 9}, shown=shown))  # type: ignore[arg-type]
    assert not gone["evidence"]
    assert gone["notes"][0]["code"] == "unknown_item"


GOODS = [
    ("잠옷", "거즈 홈웨어 잠옷", "men", 30_000, "홈웨어"), ("잠옷", "코튼 홈웨어 잠옷", "men", 32_000, "홈웨어"),
    ("셔츠", "코튼 셔츠", "women", 25_000, "물세탁할 수 있어요"), ("셔츠", "린넨 셔츠", "women", 28_000, "드라이클리닝"),
    ("스커트", "코듀로이 스커트", "women", 40_000, ""), ("원피스", "롱 원피스", "women", 75_000, ""),
    ("원피스", "여아 공주 원피스", "girls", 20_000, ""), ("바지", "남아 바지", "boys", 20_000, ""), ("내복", "키즈 내복", "kids", 15_000, ""),
]  # fmt: skip


@pytest.fixture
async def mall(tmp_path: Path) -> AsyncIterator[FashionSource]:
    file = tmp_path / "mall.jsonl"
    rows = (
        {
            "id": f"m{number}",
            "name": name,
            "category": kind,
            "audience": audience,
            "price_krw": price,
            "description": told,
            "material": "",
        }
        for number, (kind, name, audience, price, told) in enumerate(GOODS)
    )
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    source = await FashionSource.open(tmp_path / "home", LocalEmbedder(), file)
    yield source
    await source.close()


@pytest.mark.parametrize(
    ("wish", "whole"),
    [
        (
            "남자 잠옷",
            {"거즈 홈웨어 잠옷", "코튼 홈웨어 잠옷"},
        ),  # a thing of this shop, and not all that is for the home
        ("pajamas, no gauze", {"코튼 홈웨어 잠옷"}),  # refused in a language that the shop does not speak
        ("물빨래 되는 셔츠", {"코튼 셔츠"}),
        ("원피스 말고 여자 옷 아무거나", {"코튼 셔츠", "린넨 셔츠", "코듀로이 스커트"}),
    ],
)
async def test_what_a_shop_calls_its_goods_is_what_is_shown(mall: FashionSource, wish: str, whole: set[str]) -> None:
    pieces, _ = await mall.recommend(wish)
    assert {piece.name for piece in pieces if not piece.missed} == whole


async def test_any_price_is_given_up_before_the_kind(mall: FashionSource) -> None:
    pieces, notes = await mall.recommend("7만원대 스커트")
    assert pieces[0].name == "코듀로이 스커트"  # not the dress at that price
    assert pieces[0].missed
    assert notes


@pytest.mark.parametrize(
    ("wish", "said"), [("임산부가 입을 만한 원피스", "임산부"), ("a petite dress", "petite"), ("꽃무늬 셔츠", "꽃무늬")]
)
async def test_the_first_line_says_what_nothing_has(mall: FashionSource, wish: str, said: str) -> None:
    found = await mall.gather(task(wish, language="ko" if said != "petite" else "en"))  # type: ignore[arg-type]
    assert said in found["remarks"][0]


async def test_grown_peoples_wear_stands_before_childrens_where_nobody_is_named(mall: FashionSource) -> None:
    cheap, _ = await mall.recommend("저렴한 원피스 하나만")
    assert cheap[0].name == "롱 원피스"


async def test_conditions_that_come_back_from_a_route_let_in_no_girls_wear_for_a_boy(mall: FashionSource) -> None:
    wish = "남자아이 옷 2만원 이하"
    found = await mall.gather(task(wish, language="ko", filters=mall.read_filters(wish)))  # type: ignore[arg-type]
    assert set(names(found["evidence"])) == {"남아 바지", "키즈 내복"}


async def test_the_first_line_names_all_that_would_do(mall: FashionSource) -> None:
    found = await mall.gather(task("스커트나 셔츠", language="ko"))  # type: ignore[arg-type]
    assert found["evidence"][0]["data"]["lead"].startswith("스커트 / 셔츠에")


async def test_a_trait_alone_is_said_of_the_thing_before_it(source: FashionSource) -> None:
    first = await source.gather(task("show me a wallet"))  # type: ignore[arg-type]
    ids = [piece["locator"]["pointer"] for piece in first["evidence"]]
    then = task("and woven ones? (a wallet)", asked="and woven ones?", memory=first["memory"], shown=ids)
    found = await source.gather(then)  # type: ignore[arg-type]
    assert all("Wallet" in name for name in names(found["evidence"]))
    assert "woven" in found["remarks"][0]  # there is no such wallet, and that is said
