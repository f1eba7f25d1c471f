"""Which documents an embedded index holds, for those who may see them."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator

from stylegraph.agent.evidence import Filters
from stylegraph.tools.retrieval.hybrid.conditions import meets
from stylegraph.tools.retrieval.hybrid.index import DocumentEntry, Listing

_FIELDS = "source, document, title, url, metadata"


def listed(connection: sqlite3.Connection, filters: Filters, limit: int) -> Listing:
    """Return how many documents meet the filters, their languages, and some of them from all over the index."""
    seen = list(_seen(connection, filters))
    step = max(1, -(-len(seen) // max(limit, 1)))
    chosen = [identity for identity, _ in seen[::step]][:limit]
    languages = Counter(language for _, language in seen if language)
    rows = (
        connection.execute(f"SELECT {_FIELDS} FROM documents WHERE id = ?", (identity,)).fetchone()  # noqa: S608
        for identity in chosen
    )
    return Listing(documents=[_entry(*row) for row in rows], total=len(seen), languages=dict(languages.most_common()))


def named(connection: sqlite3.Connection, name: str, filters: Filters) -> list[DocumentEntry]:
    """Return the documents that meet the filters and have this id, address or title, upper and lower case alike."""
    connection.create_function("plain", 1, plain_name, deterministic=True)
    rows = connection.execute(
        f"SELECT {_FIELDS} FROM documents WHERE ? IN (plain(document), plain(title), plain(url), plain(source)) "  # noqa: S608
        "ORDER BY source, document",
        (plain_name(name),),
    )
    return [entry for row in rows if meets((entry := _entry(*row))["metadata"], filters)]


def plain_name(name: str | None) -> str:
    """Return a name as it is compared: without case, and in one Unicode form."""
    return " ".join(unicodedata.normalize("NFC", name or "").casefold().split())


def _seen(connection: sqlite3.Connection, filters: Filters) -> Iterator[tuple[int, str]]:
    """Return id and language of each document that meets the filters, in the order of their names."""
    if not filters:
        yield from connection.execute(
            "SELECT id, coalesce(json_extract(metadata, '$.language'), '') FROM documents ORDER BY source, document"
        )
        return
    for identity, stored in connection.execute("SELECT id, metadata FROM documents ORDER BY source, document"):
        metadata = json.loads(stored)
        if meets(metadata, filters):
            yield identity, str(metadata.get("language", ""))


def _entry(source: str, document: str, title: str, url: str | None, metadata: str) -> DocumentEntry:
    return DocumentEntry(source=source, document=document, title=title, url=url, metadata=json.loads(metadata))
