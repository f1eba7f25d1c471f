"""Texts as an embedding takes them: clipped, without what can't be encoded, and several a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_UNUSABLE = re.compile(r"[\x00\ud800-\udfff]")


def usable(text: str, longest: int) -> str:
    """Return a text's beginning, without NUL and halves of surrogate pairs; empty for a blank one."""
    return _UNUSABLE.sub(" ", text[:longest]).strip()


def batches(texts: Sequence[str], most: int, room: int) -> Iterator[list[str]]:
    """Cut texts into lists of at most so many, and of at most so many characters unless one alone has more."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == most or size + len(text) > room):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
