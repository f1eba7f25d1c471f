"""A shop's feed by its address: fetched with care, asked first whether it has changed, laid down as a file."""

from __future__ import annotations

import asyncio
import tempfile
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from stylegraph.agent.settings import Settings
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.net.fetch import TEXT_TYPES, Fetched, canonical

_PACKED = ("application/gzip", "application/x-gzip")
_GZIP = b"\x1f\x8b"
_ACCEPTED = (
    *TEXT_TYPES,
    "application/xml",
    "application/rss+xml",
    "application/atom+xml",
    "application/ld+json",
    "application/octet-stream",
    "application/vnd.apache.parquet",
    *_PACKED,
)
_KINDS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
}
_LOOKED_AT = 200
_ENDINGS = frozenset({*_KINDS.values(), ".txt", ".rss", ".atom", ".jsonld"})


@dataclass(frozen=True)
class Download:
    """A feed as it was fetched."""

    file: Path
    validators: Mapping[str, str]
    """What to send next time, so that the server can say that nothing has changed."""


@asynccontextmanager
async def downloaded(url: str, settings: Settings, validators: Mapping[str, str]) -> AsyncIterator[Download | None]:
    """Fetch a feed into a file that goes with the context; None: it is as it was when the validators were given.

    Args:
        url: Its address.
        settings: The limits of a fetch apply.
        validators: Headers that an earlier download gave.

    Raises:
        FetchError: It is refused, not there, of another type, too big or too slow.
    """
    fetched = await Fetcher(settings).get(canonical(url), _ACCEPTED, validators)
    if fetched.unchanged:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="stylegraph-feed-") as folder:
        file = Path(folder) / f"feed{_ending(fetched)}"
        await asyncio.to_thread(file.write_bytes, fetched.content)
        yield Download(file, _validators(fetched))


def _ending(fetched: Fetched) -> str:
    """Return the ending that says how the feed is read: by its type, else by its address, else by how it begins."""
    if fetched.content.startswith(_GZIP):
        return f"{_plain_ending(fetched, _start(fetched.content))}.gz"
    return _plain_ending(fetched, fetched.content[:_LOOKED_AT])


def _plain_ending(fetched: Fetched, content: bytes) -> str:
    if kind := _KINDS.get(fetched.content_type):
        return kind
    suffix = PurePosixPath(httpx.URL(fetched.url).path.lower().removesuffix(".gz")).suffix
    if suffix in _ENDINGS:
        return suffix
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": ".xml", b"{": ".json", b"[": ".json"}.get(start, ".csv")


def _start(packed: bytes) -> bytes:
    """Return how something begins that is packed by gzip; nothing where it only looks so."""
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(packed, _LOOKED_AT)
    return b""


def _validators(fetched: Fetched) -> dict[str, str]:
    given = {"if-none-match": fetched.etag, "if-modified-since": fetched.last_modified}
    return {name: value for name, value in given.items() if value}
