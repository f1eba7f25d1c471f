"""Filters held against the fields of one document: what the engines do to all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stylegraph.agent.evidence import AUDIENCE, Condition, Filters
from stylegraph.tools.retrieval.sqlite import filters as terms_of


def meets(metadata: Mapping[str, Any], filters: Filters) -> bool:
    """Check whether a document's fields meet all conditions."""
    return all(_meets({field: metadata.get(field)}, field, condition) for field, condition in filters.items())


def seeing(filters: Filters | None) -> Filters:
    """Return the part of filters of documents that says who may see one: how rare words are is counted among those alone.

    Were it counted among all, the order of what somebody sees would tell which words others' documents hold.
    """
    return {field: condition for field, condition in (filters or {}).items() if field == AUDIENCE}


def _meets(own: Mapping[str, Any], field: str, condition: Condition) -> bool:
    values = set(terms_of.terms(own))
    if "any" in condition and not values & set(terms_of.terms({field: condition["any"]})):
        return bool(condition.get("lacking")) and not values and _between(own, condition)
    if "none" in condition and values & set(terms_of.terms({field: condition["none"]})):
        return False
    return _between(own, condition)


def _between(own: Mapping[str, Any], condition: Condition) -> bool:
    if "gte" not in condition and "lte" not in condition:
        return True
    low, high = condition.get("gte", float("-inf")), condition.get("lte", float("inf"))
    return any(low <= number <= high for _, number in terms_of.numbers(own))
