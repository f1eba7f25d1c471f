"""What was searched for lately, thread by thread."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence

from langgraph.config import get_config

from stylegraph.tools.web.search import WebResult

_MOST = 256
_SECONDS = 900.0

_Key = tuple[str, str, str | None]


class SearchCache:
    """Remembers the results of a query for a quarter of an hour, for the thread that asked; failures are not kept."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, tuple[float, Sequence[WebResult]]] = OrderedDict()

    def get(self, query: str, span: str | None) -> Sequence[WebResult] | None:
        """Return what the query found, or None when it was not asked lately."""
        known = self._known.get(_key(query, span))
        return known[1] if known and time.monotonic() - known[0] < _SECONDS else None

    def put(self, query: str, span: str | None, results: Sequence[WebResult]) -> None:
        """Remember what the query found."""
        self._known[_key(query, span)] = (time.monotonic(), results)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)


def _key(query: str, span: str | None) -> _Key:
    return _thread(), " ".join(query.casefold().split()), span


def _thread() -> str:
    try:
        return str(get_config()["configurable"].get("thread_id", ""))
    except RuntimeError:  # called outside a graph
        return ""
