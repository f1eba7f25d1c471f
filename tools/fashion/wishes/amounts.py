"""Numbers in wishes: prices in several currencies, temperatures, sizes, how many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NotRequired

from typing_extensions import TypedDict


class Price(TypedDict):
    """A price range in won, inclusive."""

    gte: NotRequired[int]
    lte: NotRequired[int]
    said: str
    """The amount as it was named, when it was another currency; else empty."""
    currency: str
    """ISO 4217 code of what was named."""
    rate: float
    """Won for one unit of it."""


@dataclass(frozen=True)
class Amount:
    """One number with what it says, and where it stands."""

    start: int
    end: int
    kind: str
    """`price`, `temperature`, `count`, `size` or `ignored` (an age, a height)."""
    price: Price | None = None
    number: float = 0.0


_HANGUL_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_HANGUL_UNITS = {"십": 10, "백": 100, "천": 1000}
_NATIVE = {"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6,
           "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "한두": 2, "두세": 3, "두어": 2, "서너": 4, "두서너": 3}  # fmt: skip
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
            "ten": 10, "a couple of": 2, "a couple": 2, "couple of": 2, "a single": 1, "single": 1, "a dozen": 12}  # fmt: skip
_CURRENCIES = {
    "USD": r"us\s?dollars?|dollars?|bucks?|usd|달러|불",
    "EUR": r"euros?|eur|유로",
    "GBP": r"pounds?|gbp|quid|파운드",
    "JPY": r"yen|jpy|엔",
    "CNY": r"yuan|rmb|cny|위안",
}
_SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_ALL_CURRENCIES = "|".join(_CURRENCIES.values())

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_WON = r"(?:원|won\b|krw\b)"
_AMOUNT = (
    rf"(?:(?P<sign{{n}}>us\$|[$€£¥₩])\s?|(?P<code{{n}}>krw|usd|eur|gbp|jpy)\s?)?"
    rf"(?:(?P<num{{n}}>{_DIGITS})\s?(?:(?P<big{{n}}>백만|십만|만|천|k\b|k(?=\s?won|\s?krw))(?:\s?(?P<rest{{n}}>\d)\s?천)?)?"
    r"|(?P<hangul{n}>[일이삼사오육칠팔구십백천]*만(?:\s?[일이삼사오육칠팔구]?천)?|[일이삼사오육칠팔구]?[십백천]*천))"
    rf"(?:\s?(?P<won{{n}}>{_WON})|\s?(?P<cur{{n}}>(?:{_ALL_CURRENCIES})(?![a-z])))?"
)
_FIRST, _SECOND = _AMOUNT.replace("{n}", "1"), _AMOUNT.replace("{n}", "2")
_BETWEEN = r"\s?(?:~|-|–|—|에서|부터|to|and|,(?!\d{3})|이상)\s?"
_BEFORE = (
    r"(?P<low>over|above|more than|at least|min(?:imum)?(?: of)?|from|starting (?:at|from)|>=?|최소|적어도|north of)"
    r"|(?P<high>(?:no|not) (?:more than|over|above|exceeding)|nothing (?:over|above|more than)|under|below|less than"
    r"|at most|up to|max(?:imum)?(?: of)?|within|cheaper than|lower than|beneath|<=?|최대|많아야"
    r"|budget (?:is|of|around|about)|budget:?|my budget is|예산은?|예산이|for|with|have|spend|around (?=\$?\d+ or less))"
    r"|(?P<near>around|about|approximately|approx|roughly|near|약|대략|한)"
    r"|(?P<between>between|from)"
)
_AFTER = (
    r"(?P<to>이하|미만|까지만?|안으로|안쪽|이내|내로|내에서|아래|밑|언더|한도|안에서|안팎 이하|(?:을|를|은|는|이|가)?\s?(?:안\s?넘|넘지\s?않|넘기지\s?않|초과하지\s?않|안\s?초과)"
    r"|(?:이상|넘는|초과)(?:하는)?(?:\s?(?:거|건|것|것은|옷|제품|가격)(?:은|는)?)?\s?(?:말고|빼고|제외|싫|안)"
    r"|으로|로(?=\s)|or less|or under|or below|or cheaper|max(?:imum)?\b|tops|budget|limit)"
    r"|(?P<up>이상|초과|넘는|넘게|부터|위로|or more|or over|and up|and above|plus|\+)"
    r"|(?P<band>대(?!\s?학)|range)|(?P<about>쯤|정도|내외|안팎|전후|짜리|가량|선|or so|ish)"
)
_RANGE = re.compile(
    rf"(?:(?<![a-z])(?:between|from)\s)?{_FIRST}{_BETWEEN}{_SECOND}\s?(?:사이)?\s?(?P<band>대)?"
    r"(?:\s?(?:이하|까지|사이|선|정도))?"
)
_BOUND = re.compile(rf"(?:(?<![a-z])(?:{_BEFORE})\s?)?(?:(?:a |the |about |around )?){_FIRST}(?:\s?(?:{_AFTER}))?")
_TEMPERATURE = re.compile(
    r"(?P<minus>minus\s\d{1,2})(?!\s?(?:°|deg))\b|(?P<below>영하|-|minus\s)?\s?(?P<degrees>\d{1,3}(?:\.\d)?)\s?(?P<unit>도(?!시|씨|\d)|℃|°\s?c|°\s?f|°|℉|degrees?(?:\s(?:celsius|centigrade|c\b|fahrenheit|f\b))?|[cf](?![a-z0-9]))"
)
_COUNT_NOUN = (
    r"(?:벌|개|가지|켤레|장|종류|종|점|착|피스|아이템)(?!월|의\s?색|\s?색|절기)(?:씩|만|정도|쯤|로|를|을|의|은|는|도)?"
)
_COUNT = re.compile(
    rf"(?<![가-힣])(?P<native>{'|'.join(sorted(_NATIVE, key=len, reverse=True))})\s?{_COUNT_NOUN}"
    rf"|(?<![\d.])(?P<digits>\d{{1,2}})\s?{_COUNT_NOUN}"
    r"|(?<![가-힣])딱?\s?(?P<alone>하나|둘|셋|넷|다섯)(?:만|씩)|(?<![가-힣])(?P<only>하나)(?=\s?(?:추천|골라|찾아|보여|주세|줘))"
    r"|(?:top|best)\s(?P<top>\d{1,2})\b"
    rf"|\b(?P<word>{'|'.join(sorted(_ENGLISH, key=len, reverse=True))}|\d{{1,2}})\s(?:(?:different|nice|good|great|best)\s)?"
    r"(?:items?|pieces?|options?|picks?|pairs?(?: of)?|things?|choices?|recommendations?|suggestions?|ideas|garments|of them)\b"
    r"|\b(?P<pair>a couple of)\b(?!\s(?:day|week|month|hour|year|time|colou?r|thing to))"
    r"|\b(?:just|only)\s(?P<just>one|two|three|four|five|\d)\b(?!\s?(?:colou?r|day))"
    r"|\b(?:give|show|recommend|suggest|find|pick|get)\s(?:me\s)?(?P<give>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b(?!\s?(?:%|percent|도|원))"
)
_IGNORED = re.compile(
    r"(?<!\d)[1-9]0대(?:\s?(?:초반|중반|후반))?(?!\s?원)|\d{2}\s?살|\b(?:in (?:my|her|his|their) )?[2-9]0['’]?s\b(?! (?:style|look|fashion|vibe))"
    r"|\b\d{1,2}[\s-]?(?:year|yr)s?[\s-]?old\b|키\s?(?:가\s?)?\d{3}(?:\s?cm)?|\d{2,3}\s?(?:cm|kg)\b|(?<![가-힣])(?:첫|두|세|네)\s?번째"
)


_SMALL = {word: number for number, word in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], start=1)}  # fmt: skip
_TENS = {word: number * 10 for number, word in enumerate(
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)}  # fmt: skip
_ANY_NUMBER = "|".join([*_TENS, *sorted(_SMALL, key=len, reverse=True)])
_IN_WORDS = re.compile(
    rf"\b(?P<first>{_ANY_NUMBER})(?:[\s-](?P<second>{'|'.join(sorted(_SMALL, key=len, reverse=True))}))?"
    r"(?P<scale>(?:\s(?:hundred|thousand|grand))*)\b(?P<unit>(?=\s(?:k|won|krw|dollars?|bucks|usd|euros?|pounds?|degrees)\b))?"
)


def in_figures(text: str) -> str:
    """Write large English numbers in figures: forty thousand is 40000. Small ones stay, as they count pieces."""
    return _IN_WORDS.sub(_figure, text)


def _figure(match: re.Match[str]) -> str:
    number = _TENS.get(match["first"]) or _SMALL[match["first"]]
    number += _SMALL[match["second"]] if match["second"] else 0
    for scale in match["scale"].split():
        number *= 100 if scale == "hundred" else 1000
    before = match.string[: match.start()]
    large = number > 12 or match["unit"] is not None or before.endswith("minus ")
    return str(number) if large else match[0]


def read_amounts(text: str, sizes: str, rates: Mapping[str, float]) -> list[Amount]:
    """Find the numbers of a normalised text; they do not overlap and come in order.

    Args:
        text: The normalised text.
        sizes: A regular expression for sizes, which are not prices.
        rates: Won for one unit of a currency.
    """
    taken: list[Amount] = []
    for found in (
        *_found(_IGNORED, text, "ignored"),
        *_found(re.compile(sizes, re.IGNORECASE), text, "size"),
        *_temperatures(text),
        *_prices(text, rates),
        *_counts(text),
    ):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return sorted(taken, key=lambda amount: amount.start)


def _found(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Amount]:
    return (Amount(match.start(), match.end(), kind) for match in pattern.finditer(text))


def _temperatures(text: str) -> Iterator[Amount]:
    for match in _TEMPERATURE.finditer(text):
        if match["minus"] and not match["degrees"]:
            yield Amount(match.start(), match.end(), "temperature", number=-float(match["minus"].split()[1]))
            continue
        degrees = float(match["degrees"]) * (-1 if match["below"] else 1)
        fahrenheit = any(mark in match["unit"] for mark in ("f", "℉")) or (degrees > 50 and "도" not in match["unit"])
        celsius = (degrees - 32) / 1.8 if fahrenheit else degrees
        if -40 <= celsius <= 50:
            yield Amount(match.start(), match.end(), "temperature", number=celsius)


def _counts(text: str) -> Iterator[Amount]:
    for match in _COUNT.finditer(text):
        word = next(value for value in match.groupdict().values() if value)
        number = _NATIVE.get(word) or _ENGLISH.get(word) or int(word)
        if 1 <= number <= 50:
            yield Amount(match.start(), match.end(), "count", number=number)


def _prices(text: str, rates: Mapping[str, float]) -> Iterator[Amount]:
    for pattern, read in ((_RANGE, _range), (_BOUND, _bound)):
        for match in pattern.finditer(text):
            price = read(match, rates)
            if price is not None:
                yield Amount(match.start(), match.end(), "price", price)


def _range(match: re.Match[str], rates: Mapping[str, float]) -> Price | None:
    high = _money(match, 2, rates) or _money(match, 2, rates, like=1)
    low = _money(match, 1, rates) or _money(match, 1, rates, like=2)
    if high is None or low is None or low[0] > high[0]:
        return None
    top = _band_end(high[0]) if match["band"] else high[0]
    return _price(low[0], top, match[0].strip(), high[1], rates)


def _bound(match: re.Match[str], rates: Mapping[str, float]) -> Price | None:
    money = _money(match, 1, rates, bounded=bool(match["to"] or match["high"] or match["low"] or match["up"]))
    if money is None:
        return None
    amount, currency = money
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
    named = (match["sign1"] or "") + " ".join(part for part in (match["num1"], match["big1"], match["cur1"]) if part)
    return _price(low, high, named, currency, rates)


def _money(
    match: re.Match[str], n: int, rates: Mapping[str, float], *, like: int | None = None, bounded: bool = False
) -> tuple[int, str] | None:
    """Give won and the currency named, or None when the number is no price. `like`: take the unit of another group."""
    unit = like or n
    currency = _currency(match, unit)
    hangul = match[f"hangul{n}"]
    number = _from_hangul(hangul) if hangul else float(match[f"num{n}"].replace(",", ""))
    big = match[f"big{n}"] or (match[f"big{unit}"] if like else None)
    scale = {None: 1, "천": 1e3, "만": 1e4, "십만": 1e5, "백만": 1e6, "k": 1e3}[big]
    won = number * scale + float(match[f"rest{n}"] or 0) * 1e3
    if currency is None and (match[f"won{unit}"] or big in {"만", "십만", "백만"} or (big == "k" and won >= 1000)):
        currency = "KRW"
    if currency is None and bounded and (won >= 5000 or (hangul and "만" in hangul)):
        currency = "KRW"
    if currency is None:
        return None
    return round(won * (1 if currency == "KRW" else rates[currency])), currency


def _currency(match: re.Match[str], n: int) -> str | None:
    if match[f"sign{n}"]:
        return "KRW" if match[f"sign{n}"] == "₩" else _SIGNS[match[f"sign{n}"]]
    if match[f"code{n}"]:
        return match[f"code{n}"].upper()
    if match[f"cur{n}"]:
        return next(code for code, words in _CURRENCIES.items() if re.fullmatch(words, match[f"cur{n}"]))
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
    """Give the end of a Korean price band: 5만 원대 ends at 59,999, 10만 원대 at 199,999, 15만 원대 at 159,999."""
    step = 10 ** (len(str(amount)) - 1)
    if amount % step:
        step //= 10
    return amount + max(step, 1000) - 1


def _price(low: int | None, high: int | None, said: str, currency: str, rates: Mapping[str, float]) -> Price:
    price = Price(
        said=said if currency != "KRW" else "",
        currency=currency,
        rate=1.0 if currency == "KRW" else float(rates[currency]),
    )
    if low is not None:
        price["gte"] = low
    if high is not None:
        price["lte"] = high
    return price
