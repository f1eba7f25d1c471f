"""Quantities in Korean and English text, made comparable: 이틀, 48시간 and two days are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

_MINUTE, _HOUR, _DAY = 1.0, 60.0, 1_440.0
_WEEK, _MONTH, _YEAR = 7 * _DAY, 30 * _DAY, 365 * _DAY
_ROUGH = 0.03
"""How far two durations may be apart and still be the same: twelve months are a year."""
_SCALES = {"천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12, "thousand": 1e3, "million": 1e6, "billion": 1e9, "k": 1e3}
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("초", "second", "seconds"), ("time", _MINUTE / 60)),
    **dict.fromkeys(("분", "minute", "minutes", "min"), ("time", _MINUTE)),
    **dict.fromkeys(("시간", "hour", "hours"), ("time", _HOUR)),
    **dict.fromkeys(("일", "day", "days"), ("time", _DAY)),
    **dict.fromkeys(("주일", "주", "week", "weeks"), ("time", _WEEK)),
    **dict.fromkeys(("개월", "달", "month", "months"), ("time", _MONTH)),
    **dict.fromkeys(("년", "해", "year", "years"), ("time", _YEAR)),
    **dict.fromkeys(("%", "percent", "퍼센트", "프로"), ("percent", 1.0)),
    **dict.fromkeys(("원", "won"), ("won", 1.0)),
    **dict.fromkeys(("dollar", "dollars", "달러"), ("dollars", 1.0)),
    **dict.fromkeys(("euro", "euros", "유로"), ("euros", 1.0)),
    **dict.fromkeys(("pound", "pounds", "파운드"), ("pounds", 1.0)),
    **dict.fromkeys(("℃", "°c", "도", "degrees", "degree"), ("degrees", 1.0)),
    **dict.fromkeys(("mm",), ("length", 1.0)),
    **dict.fromkeys(("cm", "센티"), ("length", 10.0)),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "미터"), ("length", 1e3)),
    **dict.fromkeys(("km", "킬로미터"), ("length", 1e6)),
    **dict.fromkeys(("g", "gram", "grams", "그램"), ("mass", 1.0)),
    **dict.fromkeys(("kg", "kilograms", "kilogram", "킬로그램"), ("mass", 1e3)),
    **dict.fromkeys(("ml",), ("volume", 1.0)),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters", "리터"), ("volume", 1e3)),
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NATIVE = {
    **{
        "하나": 1,
        "한": 1,
        "두": 2,
        "둘": 2,
        "세": 3,
        "석": 3,
        "셋": 3,
        "네": 4,
        "넉": 4,
        "넷": 4,
        "다섯": 5,
        "여섯": 6,
    },
    **{
        "일곱": 7,
        "여덟": 8,
        "아홉": 9,
        "열한": 11,
        "열두": 12,
        "열": 10,
        "스무": 20,
        "스물": 20,
        "서른": 30,
        "마흔": 40,
    },
}
_COUNTERS = "시간|달|주|해|번|개|명|사람|권|알|장|벌|켤레|살|큰술|스푼|마리|글자|가지|배|곳|팀|단계|자리|병|잔|쪽|편|층|채|그루|군데|종"
_NATIVE_NUMBER = re.compile(
    rf"(?<![가-힣])({'|'.join(sorted(_NATIVE, key=len, reverse=True))}) ?(?={_COUNTERS})(시간|달|주|해)?"
)
_DAYS = {
    **{"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "열흘": 10, "보름": 15, "일주일": 7},
    **{"반나절": 0.5, "fortnight": 14, "overnight": 0.5},
}
_WHOLE: dict[str, tuple[float, str]] = {
    **{word: (days * _DAY, "time") for word, days in _DAYS.items()},
    **{"반년": (6 * _MONTH, "time"), "half a year": (6 * _MONTH, "time"), "quarter of an hour": (15.0, "time")},
    **{"반 시간": (30.0, "time"), "half an hour": (30.0, "time"), "half a day": (_DAY / 2, "time")},
    **{"반값": (50.0, "percent"), "절반": (50.0, "percent"), "half": (50.0, "percent"), "a quarter": (25.0, "percent")},
    **{"a third": (100 / 3, "percent"), "a fifth": (20.0, "percent"), "5분의 1": (20.0, "percent")},
    **{"열에 하나": (10.0, "percent"), "one in ten": (10.0, "percent"), "twice": (2.0, ""), "a dozen": (12.0, "")},
}
_WHOLE_WORDS = re.compile("|".join(rf"(?<![a-z])(?:{word})(?![a-z])" for word in _WHOLE), re.IGNORECASE)
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")
_ENGLISH = {
    **{word: number for number, word in enumerate((*_SMALL, *_TEENS), 1)},
    **{"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100},
}
_ENGLISH_NUMBER = re.compile(rf"\b({'|'.join(_ENGLISH)})\b(?!['’])(?:[- ]({_UNIT})(?![a-z]))?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?P<half>오전|오후|아침|저녁|밤|새벽)? ?(?P<hour>\d{1,2})시(?!간)(?: ?(?P<minute>\d{1,2})분| ?(?P<thirty>반))?"
    r"|(?<!\d)(?P<hour2>\d{1,2}):(?P<minute2>\d\d)(?!\d)"
    r"|\b(?P<hour3>\d{1,2}) ?(?P<half3>[ap])\.?m\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?P<month>\d{1,2})월(?: ?(?P<day>\d{1,2})일)?")
_FIGURE = re.compile(
    rf"(?<![\w.])(?P<figure>\d{{1,15}}(?:,\d{{3}})*(?:\.\d+)?)(?P<scale>천|만|억|조|k\b| ?(?:thousand|million|billion))?"
    rf"(?: ?(?P<more>\d{{1,4}})천)? ?(?P<unit>{_UNIT})?(?![a-z])",
    re.IGNORECASE,
)
_YEARS = range(1_000, 2_101)


class Quantity(NamedTuple):
    """One quantity of a text."""

    value: float
    dimension: str
    """What is counted: `time` (minutes), `won`, `percent` ...; empty for a bare number."""
    start: int
    end: int

    def is_as(self, other: Quantity) -> bool:
        """Check whether another quantity is the same; a bare number may be of anything."""
        if self.dimension != other.dimension and self.dimension and other.dimension:
            return False
        near = _ROUGH if "time" in (self.dimension, other.dimension) else 1e-6
        return abs(self.value - other.value) <= near * max(abs(self.value), abs(other.value), 1e-9)


@lru_cache(maxsize=4_096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text in order, none overlapping."""
    taken: list[Quantity] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            free = all(match.end() <= one.start or match.start() >= one.end for one in taken)
            if free and match.group().strip():
                taken.append(Quantity(*read(match), *match.span()))
    told = (one for one in taken if one.value != 1 or one.dimension)  # one thing is often no number at all
    return tuple(sorted(told, key=lambda one: one.start))


def _whole(match: re.Match[str]) -> tuple[float, str]:
    return _WHOLE[match.group().lower()]


def _clock(match: re.Match[str]) -> tuple[float, str]:
    """Return minutes after twelve: whether it is morning or evening is often left out."""
    hour = int(match["hour"] or match["hour2"] or match["hour3"])
    minute = int(match["minute"] or match["minute2"] or (30 if match["thirty"] else 0))
    return hour % 12 * 60.0 + minute, "clock"


def _date(match: re.Match[str]) -> tuple[float, str]:
    return int(match["month"]) * 100.0 + int(match["day"] or 0), "date"


def _figure(match: re.Match[str]) -> tuple[float, str]:
    value = float(match["figure"].replace(",", ""))
    if match["scale"]:
        value *= _SCALES[match["scale"].strip().lower()]
    if match["more"]:
        value += float(match["more"]) * 1e3
    dimension, factor = _UNITS.get((match["unit"] or "").lower(), ("", 1.0))
    if match["unit"] == "년" and value in _YEARS:
        return value, ""
    return value * factor, dimension


def _native(match: re.Match[str]) -> tuple[float, str]:
    dimension, factor = _UNITS.get(match[2] or "", ("", 1.0))
    return _NATIVE[match[1]] * factor, dimension


def _english(match: re.Match[str]) -> tuple[float, str]:
    dimension, factor = _UNITS.get((match[2] or "").lower(), ("", 1.0))
    return _ENGLISH[match[1].lower()] * factor, dimension


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[float, str]]], ...] = (
    (_WHOLE_WORDS, _whole),
    (_CLOCK, _clock),
    (_DATE, _date),
    (_FIGURE, _figure),
    (_NATIVE_NUMBER, _native),
    (_ENGLISH_NUMBER, _english),
)
"""The more telling first: what one has read, no other reads again."""
