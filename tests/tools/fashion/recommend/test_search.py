"""What is sold out is told as such, and the nearest that is in stock shown."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.source import FashionSource


@pytest.mark.parametrize(
    ("wish", "gone", "shown"),
    [
        ("a wool coat", "Sold out: Libas Grey Wool Coat, Libas Camel Wool Coat.", "Jacket"),
        ("울 코트 있어요?", "품절된 상품이에요: Libas Grey Wool Coat, Libas Camel Wool Coat.", "Jacket"),
        ("a pink linen shirt", "Sold out: Libas Pink Linen Shirt.", "Linen Shirt"),
        ("핑크 셔츠 보여줘", "품절된 상품이에요: Libas Pink Linen Shirt.", "Linen Shirt"),
    ],
)
async def test_what_is_sold_out_is_said_before_the_nearest_in_stock(
    boutique: FashionSource, wish: str, gone: str, shown: str
) -> None:
    pieces, notes = await boutique.recommend(wish, 3)
    assert notes[0]["code"] == "sold_out"
    assert notes[0]["text"].startswith(gone)
    assert pieces
    assert all(shown in piece.name for piece in pieces)
    assert "noun_missing" not in {note["code"] for note in notes}


async def test_a_kind_that_is_wholly_sold_out_is_told_whatever_else_is_asked_of_it(boutique: FashionSource) -> None:
    _, notes = await boutique.recommend("a white coat under $50")
    assert notes[0]["text"].startswith("Sold out: Libas Grey Wool Coat, Libas Camel Wool Coat.")


@pytest.mark.parametrize("wish", ["a linen shirt", "a purple denim jacket", "a kayak"])
async def test_nothing_is_said_of_what_nobody_asked_for(boutique: FashionSource, wish: str) -> None:
    _, notes = await boutique.recommend(wish)
    assert "sold_out" not in {note["code"] for note in notes}
