"""Ages as sizes: 6-7Y, 3-6M, 5세, "for a six-year-old", all in months."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

A_SPAN = r"\s?(?:안에|동안|할부|무이자|(?:[가-힣]{2}\s?)?(?:보증|약정))"
"""What follows months in Korean that say how long something takes or holds."""
_NO_AGE = (
    r"(?:['’]s?)?[\s-]*(?:(?:of|wedding|work)\s)?(?:ago\b|anniversar|experience)"
    r"|[\s-]*(?:(?!(?:olds?|for|with|and|or|in)\b)[a-z'’-]+\s){0,2}(?:warrant|guarantee)"
    rf"|{A_SPAN}"
)
"""What follows a time that is nobody's age."""
_AGE = re.compile(
    r"(?<![\d.])(?P<from>\d{1,2})(?:\s?[-~–]\s?(?P<to>\d{1,2}))?[\s-]?"
    r"(?:(?P<months>(?:months?|mths?|mos?|m)(?![a-z])|개월)"
    r"|(?P<years>(?:years?|yrs?|yo|y)(?![a-z])|살|세(?!트|일|련|대(?!상)|기(?!준))))"
    rf"(?!{_NO_AGE})(?:[\s-]?olds?\b)?",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?P<years>\b(?:she|he)(?:['’]s| is| will be| turns| just turned)(?: (?:only|just|almost|nearly|now))?\s"
    r"|\b(?:aged?|turning)\s)(?P<from>\d{1,2})(?P<to>)(?P<months>)(?=\s*(?:$|[,.!?;)]|(?:and|now|so|but)\b))",
    re.IGNORECASE,
)
"""An age without a unit: "she's 7", "aged 5"."""
_HEIGHTS = {"70": (0, 12), "80": (12, 24), "90": (24, 36), "100": (36, 60), "110": (60, 72), "120": (72, 96), "130": (96, 120),
            "140": (120, 144), "150": (144, 168)}  # fmt: skip
"""Children's sizes that are a height in centimetres, as Korean shops have them, with the ages that they are made for."""
ADULT = 18
"""Years from which somebody is grown up."""
_EVEN = frozenset(map(str, range(4, 18, 2)))
_OF_YEARS = re.compile(r"(?<!\d)\d{2}(?!\d)(?![\s-]?(?:개월|(?:months?|mths?|mos?|m)(?![a-z])))", re.IGNORECASE)
_MEASURE = re.compile(r"\d\s?cm\b", re.IGNORECASE)
_CHILDS_WORD = re.compile(
    r"\b(?:bab(?:y|ies)|toddlers?|infants?|newborns?|kids?|child(?:ren)?s?|girls?|boys?|ages?|aged"
    r"|(?:grand)?(?:sons?|daughters?)|nephews?|nieces?)\b"
    r"|아기|애기|유아|영아|신생아|베이비|키즈|아동|어린이|조카|여아|남아|돌쟁이|딸|아들|아이(?![가-힣])|아이(?:용|옷|들|가|를|한테|에게)",
    re.IGNORECASE,
)
_CHILD = 14 * 12
_BABY = 24

Months = tuple[int, int]
"""From, to; the end not included."""


def ages_in(text: str) -> Iterator[re.Match[str]]:
    """Find what may be an age; a bare m or y is one in a range, beside a child's word, or where a size is all there is."""
    bare = _CHILDS_WORD.search(text) or not any(map(str.isalpha, _MEASURE.sub("", _AGE.sub("", text))))
    for match in _AGE.finditer(text):
        unit = match["months"] or match["years"]
        if bare or match["to"] or unit.lower() not in {"m", "y"}:
            yield match
    yield from _TOLD.finditer(text)


def years_in(text: str) -> list[int]:
    """Return the numbers of two digits that may be somebody's years; months are none."""
    return [int(number) for number in _OF_YEARS.findall(text)]


def months_in(text: str) -> Months | None:
    """Return the age that a size or a wish names; None where it names none, or a grown-up's."""
    match = next(ages_in(text), None)
    if match is None:
        return None
    unit = 1 if match["months"] else 12
    first, last = int(match["from"]), int(match["to"] or match["from"])
    found = first * unit, last * unit if unit == 1 and match["to"] else (last + 1) * unit
    return found if found[0] < found[1] and found[0] < _CHILD else None


def sizes_for(age: Months, sizes: Iterable[str]) -> list[str]:
    """Return the sizes that fit an age, most of it first."""
    named = {size: own for size in sizes if (own := months_in(size))}
    shared = {size: _shared(age, own) for size, own in (named or _heights(sizes) or _years(sizes)).items()}
    return [size for size in sorted(shared, key=lambda one: -shared[one]) if shared[size] > 0]


def _heights(sizes: Iterable[str]) -> dict[str, Months]:
    """Return the sizes that are a child's height; none where there is no such row of them."""
    found = {size: _HEIGHTS[size] for size in sizes if size in _HEIGHTS}
    return found if len(found) > 2 else {}


def _years(sizes: Iterable[str]) -> dict[str, Months]:
    """Return the sizes that are a child's years, as American shops have them: 4, 6, 8; none where there is no such row."""
    found = {size: (int(size) * 12 - 12, int(size) * 12 + 12) for size in sizes if size in _EVEN}
    return found if len(found) > 2 else {}


def audience_of(age: Months) -> str:
    """Return whom an age is: `baby`, or `kids`."""
    return "baby" if age[1] <= _BABY else "kids"


def _shared(left: Months, right: Months) -> int:
    return min(left[1], right[1]) - max(left[0], right[0])
