"""Near-duplicates among texts, by MinHash (Broder 1997)."""

from __future__ import annotations

from datasketch import MinHash, MinHashLSH

_SHINGLE = 3
_HASHES = 128


class Alike:
    """Texts, and whether another is nearly one of them (MinHash with locality-sensitive hashing, by datasketch)."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._near = MinHashLSH(threshold=threshold, num_perm=_HASHES)
        self._count = 0
        self._sketches: dict[str, MinHash] = {}

    def add(self, text: str) -> None:
        """Remember a text."""
        name = str(self._count)
        self._count += 1
        self._sketches[name] = _sketch(text)
        self._near.insert(name, self._sketches[name])

    def has(self, text: str) -> bool:
        """Check whether a text is nearly one that is remembered."""
        sketch = _sketch(text)
        return any(sketch.jaccard(self._sketches[name]) >= self._threshold for name in self._near.query(sketch))


def _sketch(text: str) -> MinHash:
    plain = " ".join(text.casefold().split())
    sketch = MinHash(num_perm=_HASHES)
    sketch.update_batch(
        [plain[start : start + _SHINGLE].encode() for start in range(max(1, len(plain) - _SHINGLE + 1))]
    )
    return sketch
