"""Small files that unpack to large ones, told from others before anything reads them."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_STREAM = re.compile(rb"stream\r?\n")
_LARGEST_XML = 50_000_000
"""Bytes of all XML in a Word document; in memory it takes eight times as much."""
_LARGEST_PARTS = 500_000_000
"""Bytes of everything in it, pictures included, which are not unpacked."""
_MOST_PARTS = 10_000
_LARGEST_GROUP = 500_000_000
"""Bytes of a group of rows of a Parquet file, which is in memory as a whole."""
_LAYERS = 3
"""How often a stream is packed in another that is looked into."""


def unpacks_beyond(content: bytes, limit: int) -> bool:
    """Check whether a PDF has a stream that unpacks to more than so many bytes. Nothing larger is ever in memory."""
    return any(_size(stream, limit, _LAYERS) > limit for stream in _streams(content))


def zip_unpacks_beyond(stream: BinaryIO) -> bool:
    """Check whether a ZIP of XML parts unpacks to more than a document. Its stream is at its beginning again then.

    What it says of its parts is believed: Python's `zipfile` reads no more of a part than that.

    Raises:
        BadZipFile: It is none.
    """
    with zipfile.ZipFile(stream) as packed:
        parts = packed.infolist()
    stream.seek(0)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    return len(parts) > _MOST_PARTS or xml > _LARGEST_XML or sum(part.file_size for part in parts) > _LARGEST_PARTS


def rows_unpack_beyond(groups: Iterator[int]) -> bool:
    """Check whether a group of rows of a Parquet file is larger than memory should hold.

    Args:
        groups: The size of each, unpacked.
    """
    return any(size > _LARGEST_GROUP for size in groups)


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
