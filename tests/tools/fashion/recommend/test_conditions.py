"""Cheaper than what was shown is the same thing for less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stylegraph.agent.evidence import Gathered
from stylegraph.tools.fashion.source import FashionSource


async def asked(source: FashionSource, question: str, before: Gathered | None = None) -> Gathered:
    last: Mapping[str, Any] = {} if before is None else {
        "memory": before["memory"], "shown": [one["data"]["item"]["id"] for one in before["evidence"]]}  # fmt: skip
    language = "en" if question.isascii() else "ko"
    task = {"question": question, "asked": question, "queries": [question], "filters": {}, "language": language, "index": None,
            "k": 5, "profile": {}, "shown": [], "attempt": 0, "look": None, "user": "", "web_searches": 0, "seconds": 9.0}  # fmt: skip
    return await source.gather({**task, **last})  # type: ignore[typeddict-item]


def names(found: Gathered) -> list[str]:
    return [piece["title"] for piece in found["evidence"]]


@pytest.mark.parametrize(
    ("wish", "then", "least", "price"),
    [
        ("a wrap dress", "cheaper", "Libas Green Wrap Dress", "$60"),
        ("원피스 보여줘", "더 싼 거", "Libas Green Maxi Dress", "$40"),
    ],
)
async def test_the_thing_wanted_stays_and_the_last_word_is_the_cheapest(
    boutique: FashionSource, wish: str, then: str, least: str, price: str
) -> None:
    first = await asked(boutique, wish)
    found = await asked(boutique, then, first)
    assert names(found) == [least]
    assert found["notes"][0]["code"] == "nothing_fits"
    assert price in found["evidence"][0]["data"]["lead"]


async def test_what_is_cheaper_than_all_that_was_seen_comes_alone_however_little_it_is(boutique: FashionSource) -> None:
    shirts = await asked(boutique, "linen shirts")
    shirts["evidence"] = [one for one in shirts["evidence"] if "Green" not in one["title"]]
    found = await asked(boutique, "cheaper", shirts)
    assert names(found) == ["Libas Green Linen Shirt"]
    assert not found["notes"]


async def test_no_girls_wear_is_a_cheaper_one_of_womens(boutique: FashionSource) -> None:
    dresses = await asked(boutique, "a dress")
    assert "Party" not in " ".join(names(dresses))
    found = await asked(boutique, "cheaper", dresses)
    assert "Party" not in " ".join(names(found))
    girls = await asked(boutique, "a dress for girls")
    assert all("Party" in name for name in names(girls))
