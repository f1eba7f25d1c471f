"""Prices in wishes, in the shop's currency or another: limits, ranges, bands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NotRequired

from typing_extensions import TypedDict

from stylegraph.tools.fashion.query.currency import CALLED, SIGNS, WON, named


@dataclass(frozen=True)
class Money:
    """How amounts are read in one shop."""

    rates: Mapping[str, float]
    """Currency -> what one unit of it is on the scale of the shop's prices."""
    own: str = WON
    """The shop's currency: what a number without one is in."""
    usual: tuple[float, float] = (0.0, 0.0)
    """Between which amounts of it a number may be a price at all."""


class Price(TypedDict):
    """A price range on the scale of the catalogue's prices (`query/currency.py`), inclusive."""

    gte: NotRequired[int]
    lte: NotRequired[int]
    said: str
    """The amount as it was named, when it was another currency; else empty."""
    currency: str
    """ISO 4217 code of what was named."""
    rate: float
    """What one unit of it is on that scale."""
    bare: NotRequired[int]
    """The amount alone, where a range is made around it: of a sum it is the most."""
    relative: NotRequired[bool]
    """Whether nobody named it: it is what "cheaper" came to."""


_HANGUL_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_HANGUL_UNITS = {"십": 10, "백": 100, "천": 1000}
_ALL_CURRENCIES = "|".join(CALLED.values())
_ANY_CODE = "|".join(code.lower() for code in (WON, *CALLED))
_ANY_SIGN = "".join(sign for sign in SIGNS if len(sign) == 1)
_KOREAN_UNITS = frozenset({"백만", "십만", "만", "천"})
"""Written to the number that they count: 20만."""
_LOOSE = frozenset({"for", "with", "have", "spend"})
"""Words before an amount that stand before other numbers as well."""

_DIGITS = r"\d[\d,]{0,14}(?:\.\d{1,4})?"
_HANGUL = (
    r"[일이삼사오육칠팔구십백천]{0,6}만(?:\s?[일이삼사오육칠팔구]?천)?"  # 삼만오천
    r"|[일이삼사오육칠팔구]?[십백천]{0,3}천"  # 오천
)
_AMOUNT = (
    r"(?:(?P<sign{n}>us\$|[" + _ANY_SIGN + r"])\s?|(?P<code{n}>" + _ANY_CODE + r"|rs\.?)\s?)?"
    rf"(?:(?P<num{{n}}>{_DIGITS})\s?"
    r"(?:(?P<big{n}>백만|십만|만|천|k\b|k(?=\s?won|\s?krw))(?:\s?(?P<rest{n}>\d)\s?천)?)?"
    rf"|(?P<hangul{{n}}>{_HANGUL}))"
    rf"(?:\s?(?P<won{{n}}>원|won\b|krw\b)|\s?(?P<cur{{n}}>(?:{_ALL_CURRENCIES})(?![a-z])))?"
)
_FIRST, _SECOND = _AMOUNT.replace("{n}", "1"), _AMOUNT.replace("{n}", "2")
_BETWEEN = r"\s?(?:~|-|–|—|에서|부터|to|and|,(?!\d{3})|이상)\s?"
_NOT_PASSING = (
    r"(?:not|never|without) (?:(?:go|cost|spend|run|pay|be)(?:ing)? )?"
    r"(?:over|above|beyond|past|more than|exceed(?:ing)?)"
)
_BEFORE = (
    r"(?P<low>over|above|more than|at least|min(?:imum)?(?: of)?|from|starting (?:at|from)|>=?|north of|최소|적어도)"
    rf"|(?P<high>{_NOT_PASSING}|no (?:more than|over|above|exceeding)|nothing (?:over|above|more than)|under|below|less than"
    r"|at most|up to|max(?:imum)?(?: of)?|within|cheaper than|lower than|beneath|<=?|for|with|have|spend"
    r"|(?:my )?budget(?: is| of| around| about|:)?|최대|많아야|총|합쳐서?|예산[은이]?)"
    r"|(?P<near>around|about|approximately|approx|roughly|near|약|대략|한)"
)
_NOT_ABOVE = (
    r"(?:을|를|은|는|이|가)?\s?(?:안\s?넘|넘지\s?않|넘기지\s?않|초과하지\s?않|안\s?초과)"
    r"|(?:을|를|은|는|이|가)?\s?(?:넘(?:기|어가)?|초과하)(?:으?면|어?서는)\s?(?:안|곤란|싫|부담|힘들|못)"
    r"|(?:이상|넘는|초과)(?:하는)?(?:\s?(?:거|건|것|것은|옷|제품|가격)(?:은|는)?)?\s?(?:말고|빼고|제외|싫|안)"
)
_AFTER = (
    rf"(?P<leave>(?:을|를|은|는|이|가)?\s?(?:넘|초과|이상)(?:어|해|이어|이라)?도\s?(?:돼|되|괜찮|좋|상관|무방|오케이|ok))"
    rf"|(?P<to>이하|미만|까지만?|안으로|안쪽|이내|내로|내에서|아래|밑|언더|한도|안에서|{_NOT_ABOVE}"
    r"|으로|로(?=\s)|at (?:the )?most|all in|in total|total\b|altogether|or less|or under|or below|or cheaper|max(?:imum)?\b|tops|budget|limit)"
    r"|(?P<up>이상|초과|넘는|넘게|부터|위로|or more|or over|and up|and above|plus|\+)"
    r"|(?P<band>대(?!\s?학)|range)|(?P<about>쯤|정도|내외|안팎|전후|짜리|가량|선|or so|ish)"
)
_RANGE = re.compile(
    rf"(?:(?<![a-z])(?P<between>between|from)\s)?{_FIRST}{_BETWEEN}{_SECOND}\s?(?:사이)?\s?(?P<band>대)?"
    r"(?:\s?(?:이하|까지|사이|선|정도))?"
)
_BOUND = re.compile(rf"(?:(?<![a-z])(?:{_BEFORE})\s?)?(?:(?:a|the|about|around) )?{_FIRST}(?:\s?(?:{_AFTER}))?")


def read_prices(text: str, money: Money) -> Iterator[tuple[int, int, Price]]:
    """Find the prices of a normalised text, ranges first, each with where it begins and ends; they may overlap.

    Args:
        text: The normalised text.
        money: How amounts are read in this shop.
    """
    for pattern, read in ((_RANGE, _range), (_BOUND, _bound)):
        for match in pattern.finditer(text):
            price = read(match, money)
            if price is not None:
                yield match.start(), match.end(), price


def _range(match: re.Match[str], money: Money) -> Price | None:
    joined = bool(match["between"]) or _stands_alone(match)
    high = _money(match, 2, money) or _money(match, 2, money, like=1, bounded=joined)
    low = _money(match, 1, money) or _money(match, 1, money, like=2, bounded=joined)
    if high is None or low is None or low[0] > high[0]:
        return None
    top = _band_end(high[0]) if match["band"] else high[0]
    return _price(low[0], top, match[0].strip(), high[1], money)


def _stands_alone(match: re.Match[str]) -> bool:
    """Check whether two bare numbers are all that a part of a wish says: "a mirror, 50 to 100"; no size, and nobody's age."""
    before, behind = match.string[: match.start()].rstrip(" "), match.string[match.end() :].lstrip(" ")
    return before[-1:] in {",", ""} and (not behind or behind[0] in ",.?!") and not re.search(r"size|age", before[-8:])


def _bound(match: re.Match[str], money: Money) -> Price | None:
    if match["leave"]:
        return None  # "10만원 넘어도 돼" asks for nothing
    bounded = bool(match["to"] or match["low"] or match["up"] or match["high"] or match["near"])
    found = _money(match, 1, money, bounded=bounded, loose=(match["high"] or "") in _LOOSE)
    if found is None:
        return None
    amount, currency = found
    if match["to"]:
        low, high = None, amount
    elif match["up"]:
        low, high = amount, None
    elif match["band"]:
        low, high = amount, _band_end(amount)
    elif match["low"]:
        low, high = amount, None
    elif match["high"] and not match["about"]:
        low, high = None, amount
    else:
        low, high = round(amount * 0.8), round(amount * 1.2)
    number = f"{match['num1'] or ''}{match['big1'] or ''}" if (match["big1"] or "") in _KOREAN_UNITS else match["num1"]
    parts = (number, match["big1"] if number == match["num1"] else None, match["cur1"])
    said = (match["sign1"] or "") + " ".join(part for part in parts if part)
    price = _price(low, high, said, currency, money)
    return {**price, "bare": amount} if (low, high) == (round(amount * 0.8), round(amount * 1.2)) else price


def as_budget(price: Price) -> Price:
    """Return a price as the most that all of a wish may cost together."""
    budget = Price(said=price["said"], currency=price["currency"], rate=price["rate"])
    if (most := price.get("bare", price.get("lte"))) is not None:
        budget["lte"] = most
    return budget


def _money(
    match: re.Match[str], n: int, money: Money, *, like: int | None = None, bounded: bool = False, loose: bool = False
) -> tuple[int, str] | None:
    """Return the amount on the prices' scale and its currency, or None when the number is no price.

    `like`: take the unit of another group; `loose`: what stands before it stands before other numbers as well.
    """
    unit = like or n
    currency = _currency(match, unit, money.own)
    hangul = match[f"hangul{n}"]
    number = _from_hangul(hangul) if hangul else float(match[f"num{n}"].replace(",", ""))
    big = match[f"big{n}"] or (match[f"big{unit}"] if like else None)
    scale = {None: 1, "천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "k": 1e3}[big]
    won = number * scale + float(match[f"rest{n}"] or 0) * 1e3
    if currency is None and (match[f"won{unit}"] or big in {"만", "십만", "백만"} or (big == "k" and won >= 1000)):
        currency = "KRW"
    if currency is None and bounded and money.own == WON and (won >= 5000 or (hangul and "만" in hangul)):
        currency = WON
    if currency is None and bounded and not loose and money.own != WON and money.usual[0] <= won <= money.usual[1]:
        currency = money.own
    if currency is None:
        return None
    return round(won * money.rates.get(currency, 1.0)), currency


def _currency(match: re.Match[str], n: int, own: str) -> str | None:
    if sign := match[f"sign{n}"]:
        return named(SIGNS[sign], sign, own)
    if code := match[f"code{n}"]:
        return "INR" if code.startswith("rs") else code.upper()
    if said := match[f"cur{n}"]:
        return named(next(code for code, words in CALLED.items() if re.fullmatch(words, said)), said, own)
    return None


def _from_hangul(text: str) -> float:
    """Read Korean number words: 오만, 삼만오천, 십만, 만, 천."""
    total, part, digit = 0, 0, 0
    for char in text.replace(" ", ""):
        if char in _HANGUL_DIGITS:
            digit = _HANGUL_DIGITS[char]
        elif char in _HANGUL_UNITS:
            part, digit = part + (digit or 1) * _HANGUL_UNITS[char], 0
        else:
            total, part, digit = total + (part + digit or 1) * 10_000, 0, 0
    return float(total + part + digit)


def _band_end(amount: int) -> int:
    """Return the end of a Korean price band: 5만 원대 ends at 59,999, 10만 원대 at 199,999, 15만 원대 at 159,999."""
    step = int(10 ** (len(str(amount)) - 1))
    if amount % step:
        step //= 10
    return amount + max(step, 1000) - 1


def _price(low: int | None, high: int | None, said: str, currency: str, money: Money) -> Price:
    price = Price(said=said if currency != money.own else "", currency=currency, rate=money.rates.get(currency, 1.0))
    if low is not None:
        price["gte"] = low
    if high is not None:
        price["lte"] = high
    return price
