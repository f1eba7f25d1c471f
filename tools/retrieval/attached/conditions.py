"""Filters, as clauses over the fields that somebody else's index has."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.tools.retrieval.attached.mapping import DATES, NUMBERS
from stylegraph.tools.retrieval.attached.registry import Attachment, Field
from stylegraph.tools.retrieval.hybrid.conditions import meets

Body = dict[str, Any]

_AUDIENCE = "audience"
"""What an attachment says itself; a document of it may say more."""
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:.+Z-]+)?)?)?")
_UNITS = {4: "y", 7: "M", 10: "d"}
"""Length of a date -> what it names."""
_YEARS = range(1000, 10_000)
"""Numbers that are taken for a year where a date is asked for; any other is milliseconds."""
_FORMAT = "strict_date_optional_time||epoch_millis"


def clauses(filters: Filters, attachment: Attachment) -> list[Body] | None:
    """Return the clauses that hold for the documents that meet all conditions; None where none can.

    A document lacks a field that the mapping does not have. Whom an attachment is for holds for all of its documents;
    where they have a field `audience` of their own, that is held too.
    """
    found: list[Body] = []
    for name, condition in filters.items():
        whole = {_AUDIENCE: attachment["audience"]} if name == _AUDIENCE and attachment["audience"] else {}
        if whole and not meets(whole, {name: condition}):
            return None
        field = _field(name, attachment["fields"])
        if field is not None:
            found += _clauses(field, name, Condition(**{**condition, "lacking": True}) if whole else condition)
        elif not whole and not meets({}, {name: condition}):
            return None
    return found


def _field(name: str, fields: Mapping[str, Field]) -> Field | None:
    if name in fields:
        return fields[name]
    flat = (path for path, field in fields.items() if field["kind"] == "flattened" and name.startswith(f"{path}."))
    return next((Field(**{**fields[path], "exact": name}) for path in flat), None)


def _clauses(field: Field, name: str, condition: Condition) -> Iterator[Body]:
    missing = {"bool": {"must_not": [_within(field, {"exists": {"field": field["exact"]}})]}}
    if "any" in condition:
        one_of = _within(field, _one_of(field, condition["any"]))
        yield {"bool": {"should": [one_of, missing]}} if condition.get("lacking") else one_of
    if "none" in condition:
        yield {"bool": {"must_not": [_within(field, _one_of(field, condition["none"]))]}}
    if "gte" in condition or "lte" in condition:
        yield _within(field, _between(field, condition.get("gte", -math.inf), condition.get("lte", math.inf)))


def _within(field: Field, query: Body) -> Body:
    return {"nested": {"path": field["nested"], "query": query}} if field["nested"] else query


def _one_of(field: Field, values: Sequence[str]) -> Body:
    if field["kind"] in DATES:
        return {"bool": {"should": [_at(field, value) for value in values if _ISO.fullmatch(value)] or [_NOTHING]}}
    wanted = list(_values(field["kind"], values))
    return {"terms": {field["exact"]: wanted}} if wanted else _NOTHING


def _values(kind: str, values: Iterable[str]) -> Iterator[str | float | bool]:
    for value in values:
        if kind == "boolean":
            if value.casefold() in ("true", "false"):
                yield value.casefold() == "true"
        elif kind not in NUMBERS:
            yield value
        elif (number := _number(value)) is not None:
            yield number


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _at(field: Field, value: str) -> Body:
    """Find what lies within a year, a month or a day, or at a point in time."""
    end = f"{value}||/{_UNITS[len(value)]}" if len(value) in _UNITS else value
    return {"range": {field["exact"]: {"gte": value, "lte": end, "format": _FORMAT}}}


def _between(field: Field, low: float, high: float) -> Body:
    if field["kind"] not in NUMBERS | DATES or not low <= high:
        return _NOTHING
    ends: Body = {}
    if low > -math.inf:
        ends["gte"] = _date(low) if field["kind"] in DATES else low
    if high < math.inf:
        ends["lte"] = _date(high, last=True) if field["kind"] in DATES else high
    if field["kind"] in DATES:
        ends["format"] = _FORMAT
    return {"range": {field["exact"]: ends}}


def _date(number: float, *, last: bool = False) -> str:
    if number in _YEARS:
        return f"{int(number)}||/y" if last else str(int(number))
    return str(int(number))


_NOTHING: Body = {"match_none": {}}
