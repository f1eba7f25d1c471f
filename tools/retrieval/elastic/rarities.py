"""How rare tokens are in an index, as its last searches told: who reads what they found need not ask the cluster again."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from stylegraph.tools.retrieval.hybrid.bm25 import rarity

_SECONDS = 60.0
"""How long they are used: a turn, not more; others may change the index meanwhile."""
_MOST = 4_096


class Rarities:
    """Rarities that a search has just brought along."""

    def __init__(self) -> None:
        self._size = 0
        self._counts: dict[str, int] = {}
        self._until = 0.0

    def keep(self, size: int, counts: Mapping[str, int]) -> Mapping[str, float]:
        """Remember how many of an index's chunks hold tokens; return how rare those are.

        Args:
            size: How many chunks there are.
            counts: Token -> how many hold it.
        """
        if size != self._size or time.monotonic() > self._until or len(self._counts) > _MOST:
            self._counts = {}
        self._size, self._until = size, time.monotonic() + _SECONDS
        self._counts |= counts
        return {token: rarity(size, count) for token, count in counts.items()}

    def known(self, tokens: Collection[str]) -> dict[str, float]:
        """Return how rare those tokens are of which it is known; a sign that is no word is in no chunk."""
        if time.monotonic() > self._until:
            return {}
        counts = {token: self._counts.get(token, None if any(map(str.isalnum, token)) else 0) for token in tokens}
        return {token: rarity(self._size, count) for token, count in counts.items() if count is not None}

    def forget(self) -> None:
        """Forget all of them: the index has changed."""
        self._until = 0.0


def missing(tokens: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the tokens of which nothing is known, once each."""
    return [token for token in dict.fromkeys(tokens) if token not in known]
