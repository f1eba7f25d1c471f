"""A small shop with its own words, in dollars: dresses, jackets and shirts for women and girls, and coats that are sold out."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from shops import opened_shop

from stylegraph.tools.fashion.source import FashionSource

_COLOURS = ("Green", "Red", "Blue", "Black", "White")
_KINDS = {"Maxi Dress": 40, "Wrap Dress": 60, "Denim Jacket": 50, "Linen Shirt": 20}
_GONE = (("Grey Wool Coat", "Women"), ("Camel Wool Coat", "Women"), ("Pink Linen Shirt", "Women"))


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("boutique") / "boutique.csv"
    rows = [(f"{colour} {kind}", "Women", least + 5 * place, "in stock")
            for kind, least in _KINDS.items() for place, colour in enumerate(_COLOURS)]  # fmt: skip
    rows += [(f"{colour} Party Dress", "Girls", 15, "in stock") for colour in _COLOURS]
    rows += [(name, whom, 90, "out of stock") for name, whom in _GONE]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["ProductID", "ProductName", "Gender", "Price (USD)", "Color", "Availability"])
        for number, (name, whom, price, there) in enumerate(rows):
            writer.writerow([f"b{number}", f"Libas {name}", whom, price, name.split()[0], there])
    return path


@pytest.fixture
async def boutique(shop_file: Path, tmp_path: Path) -> AsyncIterator[FashionSource]:
    async with opened_shop(shop_file, tmp_path) as opened:
        yield opened
