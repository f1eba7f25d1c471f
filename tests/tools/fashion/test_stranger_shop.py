"""A shop that the recommender has never seen: sarees, kurtas and wallets, in rupees, for men, women, girls and boys."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.imported import Stockroom
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
    settings = Settings(_env_file=None, home=tmp_path)
    async with Stockroom(settings, LocalEmbedder()) as stock:
        await stock.import_file(file)
    opened = await FashionSource.open(tmp_path, LocalEmbedder(), settings.imported)
    yield opened
    await opened.close()


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
