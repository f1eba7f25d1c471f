"""Filters as SQL over a table of facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stylegraph.agent.evidence import Condition, Filters

Fact = tuple[str, str | None, float | None]
"""Field, the value as text, the value as a number."""


def facts(metadata: Mapping[str, Any]) -> Iterator[Fact]:
    """Give what can be filtered by: one fact a value, a list being several; other shapes are left out."""
    for field, value in metadata.items():
        for single in value if isinstance(value, list | tuple) else [value]:
            if isinstance(single, bool | str):
                yield field, str(single), None
            elif isinstance(single, int | float):
                yield field, f"{single:.15g}", float(single)


def allowed(filters: Filters) -> tuple[str, list[Any]]:
    """Give SQL for the ids of the documents that meet all conditions, with its parameters.

    A document without the field meets `none` only. Of a list, one value has to meet `any` or the range.
    """
    clauses, values = ["SELECT id FROM documents"], []
    for field, condition in filters.items():
        for clause, parameters in _clauses(field, condition):
            clauses.append(clause)
            values += parameters
    return " ".join(clauses), values


def _clauses(field: str, condition: Condition) -> Iterator[tuple[str, list[Any]]]:
    select = "SELECT document FROM facts WHERE field = ?"
    if "any" in condition:
        yield f"INTERSECT {select} AND text IN ({_marks(condition['any'])})", [field, *condition["any"]]
    if "gte" in condition or "lte" in condition:
        bounds = [condition.get("gte", float("-inf")), condition.get("lte", float("inf"))]
        yield f"INTERSECT {select} AND number BETWEEN ? AND ?", [field, *bounds]
    if condition.get("none"):
        yield f"EXCEPT {select} AND text IN ({_marks(condition['none'])})", [field, *condition["none"]]


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))
