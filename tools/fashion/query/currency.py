"""Currencies: what they are called, and amounts of them as people write them.

Prices are kept on one scale, in won at the fixed rates of the word files, so that one index can hold several currencies. That scale is
nobody's exchange rate: what is asked in one currency is compared with prices in another only at a rate that the user set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from stylegraph.agent.text.language import Language

WON = "KRW"
CALLED: Mapping[str, str] = {
    "USD": r"us\s?dollars?|dollars?|bucks?|usd|달러|불",
    "EUR": r"euros?|eur|유로",
    "GBP": r"pounds?|gbp|quid|파운드",
    "JPY": r"yen|jpy|엔",
    "CNY": r"yuan|rmb|cny|위안",
    "INR": r"(?:indian\s)?rupees?|rs\.?(?=[\s\d]|$)|inr|루피",
    "AUD": r"australian dollars?|aud|호주\s?달러",
    "CAD": r"canadian dollars?|cad|캐나다\s?달러",
    "SGD": r"singapore dollars?|sgd|싱가포르\s?달러",
    "HKD": r"hong kong dollars?|hkd|홍콩\s?달러",
    "TWD": r"taiwan dollars?|twd|ntd|대만\s?달러",
    "THB": r"baht|thb|바트",
    "VND": r"dong|vnd",
    "CHF": r"(?:swiss )?francs?|chf|프랑",
    "SEK": r"(?:swedish )?kron(?:a|or)|sek",
}
"""ISO 4217 code -> a pattern of what people call it."""
SIGNS: Mapping[str, str] = {
    "us$": "USD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": WON,
    "฿": "THB",
    "₫": "VND",
}
_DOLLARS = frozenset({"USD", "AUD", "CAD", "SGD", "HKD", "TWD"})
_PLAIN_DOLLAR = re.compile(r"dollars?|bucks?|달러|불|\$")
_WON_SAID = re.compile(r"krw|₩|\d\s*원|[(\[]\s*원|(?<![a-z])won(?![a-z])", re.IGNORECASE)
_CODE = re.compile(rf"(?<![a-z])({'|'.join(code.lower() for code in CALLED)})(?![a-z])")
_RUPEES = re.compile(r"(?<![a-z])rs\.?\s?\d")
_WHOLE = frozenset({WON, "JPY", "VND"})


def currency_in(text: str, own: str | None = None) -> str | None:
    """Return the currency (ISO 4217) that a column's name or a cell names; None: none.

    Args:
        text: The name or the cell.
        own: The shop's currency, whose dollars a plain dollar sign stands for.
    """
    lowered = text.lower()
    if code := _CODE.search(lowered):
        return code[1].upper()
    if _WON_SAID.search(lowered):
        return WON
    if _RUPEES.search(lowered):
        return "INR"
    sign = next((code for sign, code in SIGNS.items() if sign in lowered), None)
    if sign is None:
        sign = next(
            (code for code, word in (("USD", "달러"), ("EUR", "유로"), ("JPY", "엔화")) if word in lowered), None
        )
    return named(sign, text, own) if sign else None


def named(code: str, said: str, own: str | None) -> str:
    """Return the currency that somebody means in a shop: its own dollars by "dollars"."""
    plain = _PLAIN_DOLLAR.fullmatch(said.strip().lower()) or "$" in said
    return own if own in _DOLLARS and code == "USD" and plain and not said.lower().startswith("us") else code


def is_currency(code: str) -> bool:
    """Check whether a code is a currency that is known here."""
    return code == WON or code in CALLED


def written(amount: float, currency: str, language: Language) -> str:
    """Write an amount of a currency as its shops do: 39,000원, $1,299.50, 249 CHF."""
    if currency == WON:
        return f"{amount:,.0f}원" if language == "ko" else f"{amount:,.0f} won"
    figures = f"{amount:,.0f}" if currency in _WHOLE or float(amount).is_integer() else f"{amount:,.2f}"
    sign = _signs().get(currency)
    return f"{sign}{figures}" if sign else f"{figures} {currency}"


@cache
def _signs() -> Mapping[str, str]:
    return {code: sign for sign, code in SIGNS.items() if len(sign) == 1}
