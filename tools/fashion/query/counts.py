"""How many of what a wish is for, and whether its price is for all of it together: three t-shirts and a skirt, 90,000 won in all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from stylegraph.tools.fashion.query import several
from stylegraph.tools.fashion.query.amounts import SMALL
from stylegraph.tools.fashion.query.lexer import Token

_TOGETHER = re.compile(
    r"(?:두|세|네|다섯|여섯|(?<![\d.])[2-9])\s?(?:벌|장|개|켤레|점)에(?!서|\s?(?:어울|맞))"  # 세 벌에 10만원
    r"|(?:두|세|네|다섯|여섯|[2-9])\s?(?:벌|장|개|켤레|점)을?\s?[\d,]+\s?[만천]?\s?원에(?!서)"  # 다섯 장 10만원에
    r"|(?:(?<![가-힣])|(?<=[다두이부]))합(?:쳐|해|하|계)|총액|도합|다\s?해서|(?<![가-힣])총(?=\s?\d|\s?예산)"
    r"|\b(?:in all|in total|total(?! look)|all in|altogether|all together|combined|between them)\b"
    r"|(?<!go )(?<!goes )(?<!well )(?<!put )(?<!worn )(?<!work )(?<!look )\btogether\b"
    r"|\bfor (?:everything|the lot|the set|(?:both|all)(?: of them| two| three| four| five| six)?(?=\s*(?:[.,!?]|$)))"
)
_EACH = re.compile(
    r"각각|(?<![가-힣])각(?![가-힣])|마다|[장벌개]당|하나에|한\s?[장벌개]에|씩"
    r"|\b(?:each|apiece|per (?:piece|item|pair)|a (?:piece|pop))\b"
)
_WARDROBE = re.compile(r"캡슐(?:\s?(?:옷장|워드로브|룩))?|\bcapsule(?:\s(?:wardrobe|closet|collection))?\b")
_TRIP = re.compile(r"여행|출장|휴가|\b(?:trip|travel(?:l?ing)?|holidays?|vacation|packing|getaway)\b")
_NATIVE = {"하나": 1, "둘": 2, "셋": 3, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8}
_ARTICLES = frozenset({"a", "an"})
_NO_COUNT_BEHIND = frozenset(
    {"for", "in", "with", "of", "on", "to", "at", "all", "the", "both", "these", "size", "than"}
)
"""Words behind which a number, or an article, counts nothing that is wanted: for two, with a hood, all three."""
_CAPACITY = frozenset(
    {"person", "people", "seater", "seat", "man", "berth", "door", "drawer", "tier", "인용", "인", "단"}
)
"""What a number before it says of one thing: a two-seater."""
_MEASURES = frozenset({"pair", "pairs", "of"})
"""Words between a number and what it counts."""
_JOINED = re.compile(r"(?<=[가-힣])(?:이랑|랑|하고|하구)$")
_ENDS = frozenset({"end", "comma", "join"})
_TIMES = re.compile(r"[x×]([1-9]\d?)")
_PIECES = re.compile(r"([1-9]\d?)[\s-]piece")
_MOST = 50
WORN = ("top", "bottom", "outer")
"""Where the pieces of a small wardrobe are worn; shoes and what else is not worn every day are asked for by name."""
_TURNS = ("top", "bottom", "top", "outer", "bottom", "top", "top", "bottom")
"""In which order they are filled."""
USUAL = 8
"""How many pieces such a wardrobe has, where the wish does not say."""


@dataclass(frozen=True)
class Counted:
    """The words for one of the things that a wish counts."""

    tokens: list[Token]
    number: int
    """How many; one where the wish does not say."""


@dataclass(frozen=True)
class _Number:
    at: int
    value: int
    behind: bool
    """Whether it stands behind what it counts: 셔츠 두 장."""


def is_together(text: str) -> bool:
    """Check whether words say that an amount is for all that is wanted."""
    return bool(_TOGETHER.search(text.lower()))


def is_each(text: str) -> bool:
    """Check whether words say that an amount is for every single piece."""
    return bool(_EACH.search(text.lower()))


def wardrobe_in(text: str) -> str:
    """Return the words that ask for a small wardrobe that goes together; empty where none do."""
    found = _WARDROBE.search(text.lower())
    return found[0] if found else ""


def without(said: str, text: str) -> str:
    """Return a text without some words of it."""
    return re.sub(re.escape(said), " ", text, flags=re.IGNORECASE) if said else text


def shares(number: int, worn: Sequence[str]) -> dict[str, int]:
    """Return how many pieces of a small wardrobe are worn where, of what a shop has."""
    turns = [slot for slot in _TURNS if slot in worn]
    places = [turns[turn % len(turns)] for turn in range(number)] if turns else []
    return {slot: places.count(slot) for slot in WORN if slot in places}


def pieces_in(text: str) -> int | None:
    """Return of how many pieces a small wardrobe is said to be: a 10-piece wardrobe."""
    found = _PIECES.search(text.lower())
    return int(found[1]) if found else None


def is_for_a_trip(text: str) -> bool:
    """Check whether something is packed for."""
    return bool(_TRIP.search(text.lower()))


def counted(tokens: Sequence[Token], things: Mapping[int, str], *, together: bool) -> tuple[list[Counted], list[Token]]:
    """Return what a wish counts, in order, and its other words.

    Args:
        tokens: Of the wish.
        things: Places of what is known to be wanted -> what stands behind its name there: 이랑 of 침낭이랑.
        together: Whether a sum is named: then anything may be counted, else only what is known, or is counted as things are.
    """
    numbers = [] if _counts_them_all(tokens, things) else list(_numbers(tokens, things))
    spans = {
        span: number
        for number, span in zip(numbers, _spans(tokens, numbers, things), strict=True)
        if span and (together or tokens[number.at].amount or any(at in things for at in span))
    }
    taken = {at for span in spans for at in span} | {number.at for number in numbers}
    found = [(at, piece) for span, number in spans.items() for at, piece in _split(tokens, span, number, things)]
    for at in sorted(things.keys() - taken):
        span = range(_clause_start(tokens, at, taken), at + 1)
        found.append((at, Counted(_plain(tokens, span, things), 1)))
        taken |= set(span)
    others = [token for at, token in enumerate(tokens) if at not in taken]
    return [piece for _, piece in sorted(found, key=lambda one: one[0])], others


def _numbers(tokens: Sequence[Token], things: Mapping[int, str]) -> Iterator[_Number]:
    for at, token in enumerate(tokens):
        value = _value(token)
        before, following = (tokens[one].text if 0 <= one < len(tokens) else "" for one in (at - 1, at + 1))
        for_things = before == "for" and token.text not in _ARTICLES and not things.keys().isdisjoint(range(at, at + 4))
        if value is None or following in _CAPACITY:
            continue
        if before in _NO_COUNT_BEHIND and not token.amount and not for_things:
            continue
        yield _Number(at, value, behind=_counts_what_is_before(tokens, at))


def _counts_them_all(tokens: Sequence[Token], things: Mapping[int, str]) -> bool:
    """Check whether the only number says how many things are named before it: 블라우스, 치마, 구두 세 개 합쳐서."""
    numbers = list(_numbers(tokens, things))
    if len(numbers) != 1 or not numbers[0].behind or numbers[0].value != len(things) or len(things) < 2:
        return False
    following = tokens[numbers[0].at + 1 : numbers[0].at + 2]
    return any(is_together(token.text) for token in following) and max(things) < numbers[0].at


def _value(token: Token) -> int | None:
    """Return the number that a token counts by; None where it is none."""
    if token.amount is not None:
        return round(token.amount.number) if token.amount.kind == "count" else None
    if token.text.isdigit():
        return int(token.text) if 0 < int(token.text) <= _MOST else None
    if times := _TIMES.fullmatch(token.text):
        return int(times[1])
    return 1 if token.text in _ARTICLES else SMALL.get(token.text) or _NATIVE.get(token.text)


def _counts_what_is_before(tokens: Sequence[Token], at: int) -> bool:
    """Check whether a number stands behind what it counts, as Korean ones do where something is named there."""
    before = tokens[at - 1] if at else None
    if before is None or before.amount is not None or _ENDS & before.roles or _value(before) is not None:
        return False
    said = tokens[at].text
    return not said.isascii() or bool(_TIMES.fullmatch(said)) or (said.isdigit() and not before.text.isascii())


def _spans(tokens: Sequence[Token], numbers: Sequence[_Number], things: Mapping[int, str]) -> Iterator[range | None]:
    """Return the places of the words for what each number counts; None where it counts nothing that is named."""
    start = 0
    for number, following in zip_longest(numbers, numbers[1:]):
        if number.behind:
            span = range(_clause_start(tokens, number.at - 1, range(start)), number.at)
            start = number.at + 1
        else:
            start = _stop(tokens, number.at, following, things)
            span = range(number.at + 1, start)
        span = _trimmed(tokens, span)
        yield span if any(_names(tokens[at]) for at in span) else None


def _stop(tokens: Sequence[Token], at: int, following: _Number | None, things: Mapping[int, str]) -> int:
    """Return where the words end that a number before them counts."""
    end = following.at if following else len(tokens)
    amounts = (one for one in range(at + 1, end) if tokens[one].amount is not None)
    end = next(amounts, end)
    if following is None:
        return next((one for one in range(at + 2, end) if {"end", "comma"} & tokens[one].roles), end)
    if not following.behind:
        return end
    joined = [
        one
        for one in range(at + 1, end)
        if _ENDS & tokens[one].roles or things.get(one) or _JOINED.search(tokens[one].text)
    ]
    return joined[-1] + 1 if joined else max(at + 1, end - 1)


def _clause_start(tokens: Sequence[Token], at: int, taken: range | set[int]) -> int:
    while at > 0 and at - 1 not in taken and tokens[at - 1].amount is None and not _ENDS & tokens[at - 1].roles:
        at -= 1
    return at


def _trimmed(tokens: Sequence[Token], span: range) -> range:
    """Return a span without what only joins it to others."""
    first, stop = span.start, span.stop
    while stop > first and _ENDS & tokens[stop - 1].roles:
        stop -= 1
    while first < stop and _ENDS & tokens[first].roles:
        first += 1
    return range(first, stop)


def _names(token: Token) -> bool:
    """Check whether a token may name something that is wanted."""
    return token.is_word or token.sense is not None


def _split(
    tokens: Sequence[Token], span: range, number: _Number, things: Mapping[int, str]
) -> Iterator[tuple[int, Counted]]:
    """Return what stands in one span: the number counts the thing beside it, of any other thing there it is one."""
    inside = [at for at in sorted(things) if at in span]
    cuts = [join + 1 for first, second in pairwise(inside)
            if (join := several.join_of(tokens, first, things[first], second)) is not None]  # fmt: skip
    edges = [span.start, *cuts, span.stop]
    own = len(edges) - 2 if number.behind else 0
    for place, (start, stop) in enumerate(pairwise(edges)):
        piece = _plain(tokens, _trimmed(tokens, range(start, stop)), things)
        yield start, Counted(piece, number.value if place == own else 1)


def _plain(tokens: Sequence[Token], span: range, things: Mapping[int, str]) -> list[Token]:
    """Return the words of a span, the last of them without what joins it to the next."""
    words = [tokens[at] for at in span]
    while words and words[0].text in _MEASURES:
        words = words[1:]
    if words:
        tail = things.get(span[-1]) or (
            found[0] if words[-1].is_word and (found := _JOINED.search(words[-1].text)) else ""
        )
        words[-1] = replace(
            words[-1], text=words[-1].text.removesuffix(tail) if words[-1].is_word else words[-1].text, tail=""
        )
    return words
