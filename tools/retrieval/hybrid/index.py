"""What a search index is: documents cut into chunks, added, deleted, searched by words and by meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Filters, Leg, Locator
from stylegraph.agent.protocols import Vectors


class Chunk(TypedDict):
    """One passage of a document, as it is indexed."""

    text: str
    locator: Locator
    """`start` and `end` are the exact span in the document's text; `heading`, `page`, `seconds`, `pointer` if known."""


class Document(TypedDict):
    """One document: a file, a page, a record of a JSONL file."""

    source: str
    """What the user named: an absolute path of a file or folder, or a URL."""
    id: str
    """The document's own id within its source: a record's `id`, a relative path, or the source itself."""
    title: str
    url: str | None
    """Where to open it: a URL, or the path of its file."""
    hash: str
    """Of everything that, when changed, makes it another document: text, title, metadata, chunking."""
    metadata: dict[str, Any]
    """Fields to filter by: strings, numbers, or lists of strings."""
    chunks: list[Chunk]


class EncodedDocument(TypedDict):
    """The costly part of indexing one document, done ahead by `tools.retrieval.encoding.encode`, in any process."""

    title: str
    """Tokens of the title, joined by spaces."""
    chunks: list[str]
    """Tokens of each chunk, joined by spaces."""
    windows: list[int]
    """The chunk that each vector stands for; empty while there are no vectors."""
    vectors: Vectors | None
    """One row a window, float32; None where the embedding needs a network, so that the index asks for it."""


class Hit(TypedDict):
    """One document found, by its best chunk."""

    source: str
    document: str
    """The document's own id."""
    chunk: int
    """Ordinal of the chunk in its document."""
    title: str
    text: str
    url: str | None
    locator: Locator
    metadata: dict[str, Any]
    score: float
    """0..1, comparable within one search."""
    ranks: dict[str, int]
    """Leg -> 1-based rank there, for the legs that found it."""


class DocumentEntry(TypedDict):
    """One document, as an index lists it."""

    source: str
    document: str
    """The document's own id."""
    title: str
    url: str | None
    metadata: dict[str, Any]


class Listing(TypedDict):
    """The documents of an index that somebody may see."""

    documents: list[DocumentEntry]
    """As many as were asked for; of more, ones from all over the index."""
    total: int
    languages: dict[str, int]
    """Language -> how many documents say that they are in it."""


class IndexDescription(TypedDict):
    """What an index holds."""

    name: str
    engine: str
    embedding: str
    dimension: int
    documents: int
    chunks: int
    sources: dict[str, int]
    """Source -> its number of documents."""
    updated: str
    """When it last changed, ISO 8601 UTC, or an empty string."""


class SearchIndex(Protocol):
    """An index, embedded or on a server. All methods are safe to call from several tasks and processes."""

    async def known(self, source: str) -> Mapping[str, str]:
        """Return document id -> hash for everything that is indexed of a source."""

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        """Add documents, replacing those of the same source and id, in one transaction: all or nothing.

        Args:
            documents: Documents with their chunks.
            encoded: What `tools.retrieval.encoding.encode` gave for these documents, in their order, with this
                index's embedding; None: made here.

        Raises:
            IndexStoreError: It can't be written (disk full, no permission); nothing of the call was kept.
        """

    async def delete(self, source: str, documents: Collection[str] | None = None) -> int:
        """Delete a source, or some of its documents; give how many documents went."""

    async def search(
        self,
        queries: str | Sequence[str],
        k: int,
        filters: Filters | None = None,
        leg: Leg = "fused",
        *,
        collapse: bool = True,
        counted: Filters | None = None,
    ) -> list[Hit]:
        """Find the k best documents for one query, or for several wordings of one question, best first.

        Args:
            queries: What to look for; any text is fine.
            k: How many hits.
            filters: What must hold for every hit; acts before the k best are chosen.
            leg: Which ranking.
            collapse: One hit a document, by its best chunk; False lets a document come with several chunks.
            counted: What must hold for the documents among which the rarity of words is counted; None: for all alike.
        """

    async def read(self, source: str, document: str, filters: Filters | None = None) -> list[Hit]:
        """Return all chunks of one document in order, with score 0; none if it is not there, or does not meet the filters."""

    async def listing(self, filters: Filters | None = None, limit: int = 100) -> Listing:
        """Return which documents there are among those that meet the filters."""

    async def named(self, name: str, filters: Filters | None = None) -> list[DocumentEntry]:
        """Return the documents that meet the filters and have this id, address or title, upper and lower case alike."""

    async def around(self, hits: Sequence[Hit], distance: int) -> list[list[Hit]]:
        """Return for each hit the chunks of its document that stand at most so far from it, itself among them, in order.

        They have score 0. What has been deleted since is missing.
        """

    async def term_weights(self, terms: Sequence[str], counted: Filters | None = None) -> Mapping[str, float]:
        """Return token -> inverse document frequency (natural log) in this index; `counted` is as in `search`."""

    async def describe(self) -> IndexDescription:
        """Return what the index holds."""

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
