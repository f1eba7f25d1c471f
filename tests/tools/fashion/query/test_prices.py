"""Prices as people name them."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.lexicon import load_lexicon, normalise
from stylegraph.tools.fashion.query.prices import Money, Price, read_prices


def first(text: str) -> Price | None:
    return next((price for _, _, price in read_prices(normalise(text), Money(load_lexicon().rates))), None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5만원 이하", None, 50_000),
        ("오만 원 안 넘는", None, 50_000),
        ("5만원 넘는 건 빼고", None, 50_000),
        ("예산은 10만 원", None, 100_000),
        ("50,000원 미만", None, 50_000),
        ("₩50,000 or less", None, 50_000),
        ("5만 원대", 50_000, 59_999),
        ("10만원대", 100_000, 199_999),
        ("15만원대", 150_000, 159_999),
        ("3~5만원", 30_000, 50_000),
        ("3만원에서 5만원 사이", 30_000, 50_000),
        ("3~5만원대", 30_000, 59_999),
        ("1만 5천원 이상", 15_000, None),
        ("삼만오천원 이하", None, 35_000),
        ("5만원 정도", 40_000, 60_000),
        ("under 50 dollars", None, 70_000),
        ("$30-50", 42_000, 70_000),
        ("between 30 and 50 dollars", 42_000, 70_000),
        ("nothing over $50", None, 70_000),
        ("at least 100,000 won", 100_000, None),
        ("under 30k", None, 30_000),
        ("30k won max", None, 30_000),
    ],
)
def test_reads_limits_ranges_and_bands(text: str, low: int | None, high: int | None) -> None:
    price = first(text)
    assert price is not None
    assert (price.get("gte"), price.get("lte")) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "15만 원은 넘지 않았으면 해요", "15만원을 넘으면 안 돼요", "15만원 넘어가면 곤란해요", "15만원 넘어서는 안 돼요", "15만원을 넘기면 안 돼요",
        "15만원은 초과하면 안 돼요", "it must not go over 150,000 won", "it should not exceed 150,000 won",
        "please do not go beyond 150,000 won", "without going over 150,000 won", "it can not cost more than 150,000 won",
    ],
)  # fmt: skip
def test_what_must_not_be_passed_is_a_limit(text: str) -> None:
    price = first(text)
    assert price is not None
    assert (price.get("gte"), price.get("lte")) == (None, 150_000)


@pytest.mark.parametrize(
    "text", ["20대 남자", "30도 넘는 날", "3월", "7부 소매", "두 번째", "100% cotton", "이만 총총"]
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert first(text) is None


def test_names_the_currency_and_its_rate() -> None:
    price = first("40유로 이하")
    assert price is not None
    assert (price["said"], price["currency"], price["rate"]) == ("40 유로", "EUR", load_lexicon().rates["EUR"])


def test_an_absurd_number_is_no_error() -> None:
    assert first("9" * 500 + "만원 이하") is None or first("9" * 500 + "만원 이하")
