"""What other tools read of our indexes: fields of plain names and types, beside those that our own ranking needs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from stylegraph.agent.text.language import Language
from stylegraph.tools.retrieval.hybrid.index import Document
from stylegraph.tools.retrieval.sqlite.records import storable

_KEYWORD = {"type": "keyword", "ignore_above": 2048}
_LONGEST_KEY = 300
_LARGEST = 1 << 63
"""Numbers that JSON can't hold as such are told as texts."""
FIELDS: Mapping[str, Any] = {
    "title": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 256}}},
    "url": _KEYWORD,
    "source": _KEYWORD,
    "document": _KEYWORD,
    "chunk": {"type": "integer"},
    "page": {"type": "integer"},
    "heading": {"type": "text"},
    "language": _KEYWORD,
    "metadata": {"type": "flattened", "ignore_above": 400},
}
"""Documented in `docs/documents.md`; `text` is the chunk itself."""


def fields(document: Document, ordinal: int, language: Language) -> dict[str, Any]:
    """Return the fields of one chunk, without what it has not.

    Args:
        document: Its document.
        ordinal: Which of its chunks.
        language: Of the chunk.
    """
    locator = document["chunks"][ordinal]["locator"]
    told = {
        "title": storable(document["title"]),
        "url": document["url"] and storable(document["url"]),
        "source": storable(document["source"]),
        "document": storable(document["id"]),
        "chunk": ordinal,
        "page": locator.get("page"),
        "heading": storable(locator.get("heading", "")),
        "language": language,
        "metadata": dict(_metadata(document["metadata"])),
    }
    return {name: value for name, value in told.items() if value not in (None, "", {})}


def has_fields(index: Mapping[str, Any]) -> bool:
    """Check whether an index has them: one that was made before them has not."""
    there: Mapping[str, Any] = index.get("mappings", {}).get("properties", {})
    return FIELDS.keys() <= there.keys()


def _metadata(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield fields that a flattened field takes: names without a zero and not endless, and plain values."""
    for name, value in metadata.items():
        values = [_plain(one) for one in (value if isinstance(value, list | tuple) else [value])]
        kept = [one for one in values if one is not None]
        if kept and "\0" not in name and len(name) <= _LONGEST_KEY:
            yield storable(name), kept if isinstance(value, list | tuple) else kept[0]


def _plain(value: object) -> str | int | float | bool | None:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, bool) else None
    return value if math.isfinite(value) and abs(value) < _LARGEST else str(value)
