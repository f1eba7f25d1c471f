"""Numbers in wishes: prices, temperatures, sizes, how many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stylegraph.tools.fashion.query.ages import A_SPAN, ages_in
from stylegraph.tools.fashion.query.prices import Money, Price, read_prices


@dataclass(frozen=True)
class Amount:
    """One number with what it says, and where it stands."""

    start: int
    end: int
    kind: str
    """`price`, `temperature`, `count`, `size` or `ignored` (an age, a height)."""
    price: Price | None = None
    number: float = 0.0


_NATIVE = {
    **{"하나": 1, "둘": 2, "셋": 3, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10},
    **{"한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "한두": 2, "두세": 3, "두어": 2, "서너": 4, "두서너": 3},
}
SMALL = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16},
    **{"seventeen": 17, "eighteen": 18, "nineteen": 19},
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SOME = {"a couple of": 2, "a couple": 2, "couple of": 2, "a single": 1, "single": 1, "a dozen": 12,
         "top pick": 1, "best pick": 1, "top choice": 1}  # fmt: skip
_ENGLISH = SMALL | _SOME


def _any_of(words: Mapping[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_IN_WORDS = re.compile(
    rf"\b(?P<first>{_any_of(_TENS | SMALL)})(?:[\s-](?P<second>{_any_of(SMALL)}))?"
    r"(?P<scale>(?:\s(?:hundred|thousand|grand)){0,3})\b"
    r"(?P<unit>(?=\s(?:k|won|krw|dollars?|bucks|usd|euros?|pounds?|degrees)\b))?"
)
_TEMPERATURE = re.compile(
    r"(?P<minus>minus\s\d{1,2})(?!\s?(?:°|deg))\b"
    r"|(?P<below>영하|-|minus\s)?\s?(?P<degrees>\d{1,3}(?:\.\d)?)\s?"
    r"(?P<unit>도(?!시|씨|\d)|℃|°\s?c|°\s?f|°|℉|[cf](?![a-z0-9])"
    r"|degrees?(?:\s(?:celsius|centigrade|c\b|fahrenheit|f\b))?)"
)
_COUNTER = (
    r"(?:벌|개|가지|켤레|장|종류|종|점|착|피스|아이템)(?!월|의\s?색|\s?색|절기)(?:씩|만|정도|쯤|로|를|을|의|은|는|도)?"
)
_PIECES = (
    r"(?:items?|pieces?|options?|picks?|pairs?(?: of)?|things?|choices?|recommendations?|suggestions?|ideas|garments"
    r"|of them)\b"
)
_CHOOSING = r"(?:추천|골라|고르|찾아|뽑아|집어|보여|정해)"
"""What one that stands before it is asked of: "하나 골라줘" wants one piece, "하나 사려는데" says what will be bought."""
_COUNT = re.compile(
    rf"(?<![가-힣])(?P<native>{_any_of(_NATIVE)})\s?{_COUNTER}"
    rf"|(?<![\d.])(?P<digits>\d{{1,2}})\s?{_COUNTER}"
    r"|(?<![가-힣])딱?\s?(?P<alone>하나|둘|셋|넷|다섯)(?:만|씩|면\s?(?:돼|되|충분))"
    rf"|(?<![가-힣])(?P<chosen>하나)(?=\s?{_CHOOSING})|딱\s?(?P<exactly>하나)(?![가-힣])"
    r"|(?<![가-힣])(?P<only>둘|셋|넷|다섯)(?=\s?(?:추천|골라|찾아|보여|주세|줘))"
    r"|(?:top|best)\s(?P<top>\d{1,2})\b"
    rf"|\b(?P<word>{_any_of(_ENGLISH)}|\d{{1,2}})\s(?:(?:different|nice|good|great|best)\s)?{_PIECES}"
    r"|\b(?P<pair>a couple of)\b(?!\s(?:day|week|month|hour|year|time|colou?r|thing to))"
    r"|\b(?:just|only)\s(?P<just>one|two|three|four|five|\d)\b(?!\s?(?:colou?r|day))"
    r"|\b(?:pick|choose|recommend|suggest)\s(?:out\s)?(?:me\s)?(?:just\s)?(?P<pick>one)\b"
    r"|\bthe\s(?:(?:single|very)\s)?best\s(?P<best>one)\b|\b(?P<favourite>top pick|best pick|top choice)\b"
    r"|\b(?:give|show|recommend|suggest|find|pick|get)\s(?:me\s)?"
    rf"(?P<give>(?!one\b)(?:{_any_of(SMALL)})|\d{{1,2}})\b(?!\s?(?:%|percent|도|원))"
)
_AGE = (
    r"(?<!\d)[1-9]0대(?:\s?(?:초반|중반|후반))?(?!\s?원)|\d{2}\s?살|\b\d{1,2}[\s-]?(?:year|yr)s?[\s-]?old\b"
    r"|\b(?:in (?:my|her|his|their) )?[2-9]0['’]?s\b(?! (?:style|look|fashion|vibe))"
)
_BODY = r"키\s?(?:가\s?)?\d{3}(?:\s?cm)?|\d{2,3}\s?(?:cm|kg)\b"
_SPAN = rf"(?<!\d)\d{{1,2}}\s?개월{A_SPAN}"  # or 12개월 would be a typo of 12월
_IGNORED = re.compile(rf"{_AGE}|{_SPAN}|{_BODY}|(?<![가-힣])(?:첫|두|세|네)\s?번째")


def in_figures(text: str) -> str:
    """Write large English numbers in figures: forty thousand is 40000. Small ones stay, as they count pieces."""
    return _IN_WORDS.sub(_figure, text)


def _figure(match: re.Match[str]) -> str:
    number = _TENS.get(match["first"]) or SMALL[match["first"]]
    number += SMALL[match["second"]] if match["second"] else 0
    for scale in match["scale"].split():
        number *= 100 if scale == "hundred" else 1000
    before = match.string[: match.start()]
    large = number > 12 or match["unit"] is not None or before.endswith("minus ")
    return str(number) if large else match[0]


def read_amounts(text: str, sizes: str, money: Money) -> list[Amount]:
    """Find the numbers of a normalised text; they do not overlap and come in order.

    Args:
        text: The normalised text.
        sizes: A regular expression for sizes, which are not prices.
        money: How prices are read.
    """
    taken: list[Amount] = []
    for found in (
        *(Amount(match.start(), match.end(), "ignored") for match in ages_in(text)),
        *_found(_IGNORED, text, "ignored"),
        *_found(re.compile(sizes, re.IGNORECASE), text, "size"),
        *_temperatures(text),
        *_prices(text, money),
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
        for_each = number == 1 and text.startswith("에", match.end())  # "한 벌에 3만원" is a price, no number of pieces
        if 1 <= number <= 50 and not for_each:
            yield Amount(match.start(), match.end(), "count", number=number)


def _prices(text: str, money: Money) -> Iterator[Amount]:
    return (Amount(start, end, "price", price) for start, end, price in read_prices(text, money))
