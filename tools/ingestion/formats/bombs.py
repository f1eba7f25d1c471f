"""Small files that unpack to large ones, told from others before anything reads them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n")
_LAYERS = 3
"""How often a stream is packed in another that is looked into."""


def unpacks_beyond(content: bytes, limit: int) -> bool:
    """Check whether a PDF has a stream that unpacks to more than so many bytes. Nothing larger is ever in memory."""
    return any(_size(stream, limit, _LAYERS) > limit for stream in _streams(content))


def _streams(content: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(content):
        end = content.find(b"endstream", found.end())
        yield content[found.end() : len(content) if end < 0 else end]


def _size(packed: bytes, limit: int, layers: int) -> int:
    """Return the size of a stream unpacked, or one more than the limit; 0 for what zlib did not pack."""
    try:
        unpacked = zlib.decompressobj().decompress(packed, limit + 1)
    except zlib.error:
        return 0
    return max(len(unpacked), _size(unpacked, limit, layers - 1) if layers > 1 else 0)
