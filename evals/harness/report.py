"""A run in figures: one table for terminal and Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import mean, median
from typing import NamedTuple

from stylegraph.agent.text.language import LANGUAGES
from stylegraph.evals.grading.agreement import kappa
from stylegraph.evals.harness.runs import Judged

COUNTED = ("calls", "trips", "tokens", "pace", "turns")
"""Results that are amounts, not shares."""


class Row(NamedTuple):
    """One figure of one suite."""

    suite: str
    maker: str
    split: str
    result: str
    cases: int
    everyone: float
    ko: float | None
    en: float | None


def rows(judged: Sequence[Judged]) -> list[Row]:
    """Return the mean of every result by suite, maker and split; a row `seconds` has the median, `kappa` is over all sentences."""
    groups: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.suite, one.maker, one.split].append(one)
    return [row for key, group in groups.items() for row in _of_group(key, group)]


def _of_group(key: tuple[str, str, str], group: Sequence[Judged]) -> list[Row]:
    named: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for one in group:
        for name, value in one.results.items():
            named[name].append((one.language, value))
    found = [
        Row(*key, name, len(values), mean(value for _, value in values), _mean(values, "ko"), _mean(values, "en"))
        for name, values in named.items()
    ]
    graded = [one for one in group if one.verdicts]
    if (agreed := _kappa(graded)) is not None:
        each = [_kappa([one for one in graded if one.language == language]) for language in LANGUAGES]
        found.append(Row(*key, "kappa", len(graded), agreed, *each))
    answered = [one.seconds for one in group if one.error is None]
    if answered:
        found.append(Row(*key, "seconds", len(answered), median(answered), None, None))
    if errors := sum(one.error is not None for one in group):
        found.append(Row(*key, "errors", len(group), errors, None, None))
    return found


def _kappa(graded: Sequence[Judged]) -> float | None:
    """Return Cohen's kappa over the sentences of all cases; that of a case alone would say little."""
    found = [verdict for one in graded for verdict in one.verdicts]
    return kappa(found) if found else None


def _mean(values: Sequence[tuple[str, float]], language: str) -> float | None:
    chosen = [value for spoken, value in values if spoken == language]
    return mean(chosen) if chosen else None


HEAD = ("suite", "maker", "split", "result", "cases", "all", "ko", "en")


def cells(row: Row) -> list[str]:
    """Return a row as text."""
    digits = 0 if row.result in ("tokens", "errors") else 1 if row.result in COUNTED else 3
    shown = ["" if value is None else f"{value:,.{digits}f}" for value in (row.everyone, row.ko, row.en)]
    return [row.suite, row.maker, row.split, row.result, str(row.cases), *shown]


def markdown(judged: Sequence[Judged]) -> str:
    """Return the table in Markdown."""
    lines = [f"| {' | '.join(HEAD)} |", "|" + " --- |" * 4 + " ---: |" * 4]
    return "\n".join([*lines, *(f"| {' | '.join(cells(row))} |" for row in rows(judged))])


def failing(judged: Sequence[Judged]) -> list[Judged]:
    """Return the cases with something that is not as it should be."""
    return [one for one in judged if one.failed]
