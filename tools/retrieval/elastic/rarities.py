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

    def keep(self, tokens: Sequence[str], size: int, counts: Sequence[int]) -> Mapping[str, float]:
        """Remember how many of an index's chunks hold tokens; return `rarities` of them."""
        if size != self._size or time.monotonic() > self._until or len(self._counts) > _MOST:
            self._counts = {}
        self._size, self._until = size, time.monotonic() + _SECONDS
        self._counts |= dict(zip(tokens, counts, strict=True))
        return rarities(tokens, size, counts)

    def known(self, tokens: Collection[str]) -> dict[str, float]:
        """Return how rare those tokens are of which it is known; a sign that is no word is in no chunk."""
        if time.monotonic() > self._until:
            return {}
        counts = {token: self._counts.get(token, None if any(map(str.isalnum, token)) else 0) for token in tokens}
        return {token: rarity(self._size, count) for token, count in counts.items() if count is not None}

    def forget(self) -> None:
        """Forget all of them: the index has changed."""
        self._until = 0.0


def rarities(tokens: Sequence[str], size: int, counts: Sequence[int]) -> Mapping[str, float]:
    """Return how rare tokens are.

    Args:
        tokens: The tokens.
        size: How many chunks there are.
        counts: How many of them hold each token.
    """
    return {token: rarity(size, count) for token, count in zip(tokens, counts, strict=True)}


def missing(tokens: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the tokens of which nothing is known, once each."""
    return [token for token in dict.fromkeys(tokens) if token not in known]
