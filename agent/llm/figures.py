"""Figures of a draft: whether each stands in what it cites, was told by the person, or is worked out from such figures.

Code works a sum out better than a model that is asked whether it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, product
from typing import NamedTuple, Self

from stylegraph.agent.local.support.quantities import Quantity, quantities

_BY_CHANCE = 1_000
"""A smaller figure is what some others give by chance: it must be reckoned from those of its own sentence."""
_CALENDAR = ("time", "clock", "date")
_LONGEST_SUM = 12
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Stated(NamedTuple):
    """A sentence of a draft, and the text in which its figures may stand."""

    text: str
    source: str
    """What it cites; all that was found where it cites nothing."""
    cites: bool


def are_borne(sentences: Sequence[Stated], told: str) -> bool:
    """Check whether all figures of a draft are borne.

    Args:
        sentences: Its sentences.
        told: What was said before, by the person and to them.
    """
    read = [_Read.of(one, told) for one in sentences]
    told_of = quantities(told)
    while any(one.left for one in read):
        known = [*told_of, *(figure for one in read for figure in one.borne)]
        if not any(one.work_out(known) for one in read):
            return False
    return True


@dataclass
class _Read:
    """A sentence's figures: those that are borne, and those of which it is not known yet."""

    text: str
    cited: Sequence[Quantity]
    borne: list[Quantity]
    left: list[Quantity]

    @classmethod
    def of(cls, sentence: Stated, told: str) -> Self:
        """Take apart what stands somewhere, as it is written or in other words, and what does not; number words count as borne."""
        source = f"{sentence.source} {told}"
        figures, there, written = quantities(sentence.text), quantities(source), digits(source)
        borne = [
            one
            for one in figures
            if digits(sentence.text[one.start : one.end]) <= written or any(one.is_as(other) for other in there)
        ]
        left = [one for one in figures if one not in borne]
        return cls(sentence.text, quantities(sentence.source) if sentence.cites else (), borne, left)

    def work_out(self, known: Sequence[Quantity]) -> bool:
        """Move what follows from figures that are borne; return whether there was any."""
        here = [*self.borne, *_counts(self.text, self.borne)]
        follow = [one for one in self.left if _follows(one, here, self.cited, known)]
        self.borne += follow
        self.left = [one for one in self.left if one not in follow]
        return bool(follow)


def digits(text: str) -> set[str]:
    """Return the numbers of a text as digits, whatever marks their thousands: "1,000" is "1000"."""
    return {figure.replace(",", "") for figure in _NUMBER.findall(text)}


def _counts(text: str, figures: Sequence[Quantity]) -> list[Quantity]:
    """Return durations as the bare numbers that something is taken times: three in "35,000 a day for three days"."""
    return [
        one._replace(value=count.value, dimension="")
        for one in figures
        if one.dimension == "time"
        for count in quantities("".join(filter(str.isdigit, text[one.start : one.end])))
    ]


def _follows(figure: Quantity, here: Sequence[Quantity], cited: Sequence[Quantity], known: Sequence[Quantity]) -> bool:
    """Check whether a figure is reckoned from others, one of them in its sentence, or is the sum of some in a row."""
    if figure.dimension in _CALENDAR or figure.value < _BY_CHANCE:
        return _is_reckoned(figure, here, here)
    sums = (first + rest for run in (here, cited, known) for first, rest in _runs(figure, run))
    left_over = (first - rest for first, rest in _runs(figure, here))
    others = [*here, *cited, *known]
    return any(_is(figure, value) for value in chain(sums, left_over)) or _is_reckoned(figure, here, others)


def _runs(figure: Quantity, others: Sequence[Quantity]) -> Iterator[tuple[float, float]]:
    """Yield the first of each few figures in a row that count the same thing, and what the rest of them sum up to."""
    alike = [one.value for one in others if one.dimension in ("", figure.dimension)]
    for start, first in enumerate(alike):
        for rest in accumulate(alike[start + 1 : start + _LONGEST_SUM]):
            yield first, rest


def _is_reckoned(figure: Quantity, some: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    return any(_is(figure, value) for one, other in product(some, others) for value in _results(figure, one, other))


def _is(figure: Quantity, value: float) -> bool:
    return figure.is_as(figure._replace(value=value))


def _results(figure: Quantity, one: Quantity, other: Quantity) -> Iterator[float]:
    """Yield what two figures give in one step."""
    if {one.dimension, other.dimension} <= {"", figure.dimension} and one.value != other.value:
        yield from (one.value + other.value, abs(one.value - other.value))
    yield one.value * other.value * (0.01 if "percent" in (one.dimension, other.dimension) else 1.0)
    if one.value and other.value:
        yield from (one.value / other.value, other.value / one.value)
