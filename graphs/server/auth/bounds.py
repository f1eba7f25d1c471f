"""What of a request the databases behind the server can count and write: more is refused, with what there may be.

LangGraph checks the types of most fields. A search without a namespace, a number beyond 64 bits, a zero byte or very deep
nesting it hands on to the store, which does what several people ask in one go: one bad request would fail those of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stylegraph.graphs.server.auth.admission import RefusedError

SEARCH = "/store/items/search"
_STORE = ("/store/items", SEARCH, "/store/namespaces")
_MOST = {"limit": 10_000, "offset": 1_000_000_000, "max_depth": 100, "ttl": 50_000_000, "after_seconds": 31 * 86_400}
"""Field -> its largest number; `ttl` is minutes, about a hundred years."""
_DEEPEST = 64


def is_stored(path: str) -> bool:
    """Check whether a request is one to the store."""
    return path in _STORE


def check_query(given: Mapping[str, str]) -> None:
    """Check the numbers behind an address.

    Raises:
        RefusedError: One is too large.
    """
    for field in ("limit", "offset"):
        digits = given.get(field, "").strip()
        if digits.isdecimal() and (len(digits) > 10 or int(digits) > _MOST[field]):
            raise _out_of(field)


def check_numbers(wanted: Mapping[str, Any]) -> None:
    """Check the numbers of a request; what is no number LangGraph refuses itself.

    Raises:
        RefusedError: One is negative, or too large.
    """
    for field, most in _MOST.items():
        number = wanted.get(field)
        if isinstance(number, int | float) and not 0 <= number <= most:
            raise _out_of(field)


def check_stored(path: str, wanted: Any) -> None:  # noqa: ANN401 - whatever a client has sent
    """Check what is asked of the store.

    Raises:
        RefusedError: The store would fail over it.
    """
    if not isinstance(wanted, Mapping):
        return  # LangGraph says so itself
    if path == SEARCH and not isinstance(wanted.get("namespace_prefix"), list):
        raise RefusedError(422, "`namespace_prefix` is no list of labels; [] searches all that is yours.")
    check_numbers(wanted)
    _check_texts(wanted, _DEEPEST)


def _check_texts(value: Any, levels: int) -> None:  # noqa: ANN401 - any part of a body
    if isinstance(value, str) and "\0" in value:
        raise RefusedError(422, "Texts may hold no zero byte.")
    if not isinstance(value, Mapping | list):
        return
    if not levels:
        raise RefusedError(422, f"Objects and lists may be nested {_DEEPEST} deep.")
    for part in [*value, *value.values()] if isinstance(value, Mapping) else value:
        _check_texts(part, levels - 1)


def _out_of(field: str) -> RefusedError:
    return RefusedError(422, f"`{field}` is no number from 0 to {_MOST[field]:,}.")
