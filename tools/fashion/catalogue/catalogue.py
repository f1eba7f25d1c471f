"""A fashion catalogue: items in a search index, and the vocabulary that can be asked of them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from stylegraph.agent.errors import CatalogueError, IndexStoreError
from stylegraph.agent.evidence import Condition, Filters
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.regular_files import require_regular
from stylegraph.tools.fashion.catalogue.preparing import SOURCE
from stylegraph.tools.fashion.catalogue.reading import read_items
from stylegraph.tools.fashion.catalogue.storage import Cluster, Opening, Ready, Shelf, Stock
from stylegraph.tools.fashion.catalogue.survey import survey_of
from stylegraph.tools.fashion.items.items import SOLD_OUT, Item, Problems, Report
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import Vocabulary, VocabularyReader
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

logger = logging.getLogger(__name__)

_IMPORTED = ".sqlite"
_FORMAT = "4"
"""To be raised when items are indexed in another way."""


@dataclass(frozen=True)
class Scored:
    """One item that a search found."""

    item: Item
    text: float
    """How well its words fit the query, 0..1, comparable within one search."""


class Catalogue:
    """Items in a search index, with the words that wishes over them are read by."""

    def __init__(
        self,
        shelf: Shelf | Ready,
        vocabulary: Vocabulary,
        folder: Path,
        *,
        sample: bool,
        report: Report,
        rates: Mapping[str, float] | None = None,
        embedder: Embedder,
    ) -> None:
        self.embedder = embedder
        self._shelf = shelf
        self._folder = folder
        self.vocabulary = vocabulary
        self.sample = sample
        """Whether it is the catalogue that comes with stylegraph, whose prices are made up."""
        self.report = report
        self.reader = WishReader(vocabulary, rates=rates)
        self.may_sell_out = isinstance(shelf, Ready) or SOLD_OUT in vocabulary["values"].get("availability", {})
        """Whether an item may be there that can't be bought."""
        self._sold: Filters = {"availability": Condition(none=[SOLD_OUT])} if self.may_sell_out else {}

    @classmethod
    async def open(
        cls,
        home: Path,
        embedder: Embedder,
        path: Path | None = None,
        cluster: Cluster | None = None,
        rates: Mapping[str, float] | None = None,
        currency: str | None = None,
    ) -> Catalogue:
        """Open a catalogue; the first time, index its items (439 in about two seconds).

        Args:
            home: Folder of the index that is made; one file for each content of a catalogue.
            embedder: For search by meaning.
            path: CSV, JSONL or parquet, or the index of imported catalogues; None: the sample catalogue.
            cluster: Where the items are indexed instead. While it does not answer, this machine's index stands in: if
                it is there, or the items are few.
            rates: Currency -> won for one unit of it, at which prices in other currencies may be compared.
            currency: What prices of a file are in (ISO 4217), where nothing in it says it; None: won.

        Raises:
            CatalogueError: It can't be read, or holds no row that can be used.
            IndexStoreError: The index can't be written.
        """
        if path is not None and path.suffix == _IMPORTED:
            return await cls._imported(path, embedder, rates)
        source = path or sample_path()
        key = await asyncio.to_thread(_key, source, f"{embedder.name}{currency or ''}")
        file = home / "catalogues" / f"{source.stem[:40]}-{key}.sqlite"
        vocabulary, report = await asyncio.to_thread(_known, source, file.with_suffix(".json"), currency)

        def stock(opening: Opening) -> Stock:
            return Stock(opening, lambda: read_items(source, Problems(), currency), embedder)

        here = stock(lambda: EmbeddedIndex.open(file, embedder))
        there = stock(lambda: cluster.index(f"catalogue-{key}")) if cluster else None
        shelf = Shelf(here, there, report["items"], cluster.patience if cluster else 0.0)
        try:
            await shelf.prepare()
        except BaseException:
            await shelf.close()
            raise
        return cls(shelf, vocabulary, source.parent, sample=path is None, report=report, rates=rates, embedder=embedder)

    @classmethod
    async def _imported(cls, path: Path, embedder: Embedder, rates: Mapping[str, float] | None) -> Catalogue:
        """Open what was imported: indexed already, on this machine."""
        index = await EmbeddedIndex.open(path, embedder)
        try:
            vocabulary = (await survey_of(index, path))["vocabulary"]
        except BaseException:
            await index.close()
            raise
        report = Problems().report(vocabulary["items"])
        return cls(Ready(index), vocabulary, path.parent, sample=False, report=report, rates=rates, embedder=embedder)

    @property
    def trouble(self) -> IndexStoreError | None:
        """Why the cluster could not be asked the last time; None where it was, or where none is set."""
        return self._shelf.trouble

    async def search(self, queries: Sequence[str], k: int, filters: Filters) -> list[Scored]:
        """Find the items whose words fit best among those that meet all conditions, best first.

        Only what can be bought is found, unless a condition asks for `availability`.

        Raises:
            IndexStoreError: The index can't be read.
        """
        there = {**self._sold, **filters}
        hits = await self._shelf.ask(lambda index: index.search(queries, k, there))
        return [Scored(hit["metadata"], hit["score"]) for hit in hits]

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """Return items by their ids, in that order; ids that are not there are left out.

        Raises:
            IndexStoreError: The index can't be read.
        """
        found = await self._shelf.ask(lambda index: asyncio.gather(*(index.read(SOURCE, one) for one in ids)))
        return [hits[0]["metadata"] for hits in found if hits]

    def image(self, item: Item) -> str | None:
        """Return the path or the address of an item's photo, or None."""
        image = item.get("image")
        if not image or image.startswith(("http://", "https://")):
            return image
        return str(self._folder / image)

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        await self._shelf.close()


def sample_path() -> Path:
    """Return the path of the sample catalogue."""
    return Path(str(files("stylegraph.tools.fashion") / "data" / "catalogue.jsonl"))


def sample_items() -> list[Item]:
    """Return the items of the sample catalogue."""
    return list(read_items(sample_path(), Problems()))


def _known(source: Path, notes: Path, currency: str | None) -> tuple[Vocabulary, Report]:
    """Return what is noted of a catalogue, read and noted down the first time."""
    if known := _read_notes(notes):
        return known
    problems, vocabulary = Problems(), VocabularyReader()
    for item in read_items(source, problems, currency):
        vocabulary.read(item)
    report = problems.report(vocabulary.items)
    if not report["items"]:
        first = report["problems"][0] if report["problems"] else None
        why = f" Line {first['line']}: {first['text']}" if first else ""
        raise CatalogueError(f"The catalogue {source} holds no item that can be used.{why}", "Check its columns.")
    _write_notes(notes, vocabulary.vocabulary(), report)
    return vocabulary.vocabulary(), report


def _key(source: Path, embedding: str) -> str:
    """Return a key of everything that makes the index what it is: the rows, the words, the embedding."""
    digest = hashlib.blake2b(f"{_FORMAT}\0{embedding}\0{_words_digest()}\0".encode(), digest_size=6)
    try:
        require_regular(source)
        with source.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise CatalogueError(
            f"The catalogue {source} can't be read: {error.strerror or error}.",
            "Check the path in STYLEGRAPH_CATALOGUE; leave it unset for the sample catalogue.",
        ) from None
    return digest.hexdigest()


@cache
def _words_digest() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(_word_files(), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _word_files() -> Iterator[Path]:
    folder = Path(str(files("stylegraph.tools.fashion") / "words"))
    return (folder / f"{name}.yaml" for name in ("garments", "looks", "moments"))


def _read_notes(path: Path) -> tuple[Vocabulary, Report] | None:
    with suppress(OSError, ValueError, KeyError):
        notes = json.loads(path.read_text("utf-8"))
        return notes["vocabulary"], notes["report"]
    return None


def _write_notes(path: Path, vocabulary: Vocabulary, report: Report) -> None:
    """Write the notes in one step, so that a half-written file never stands for them; without room they are made anew."""
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps({"vocabulary": vocabulary, "report": report}, ensure_ascii=False), "utf-8")
        half.replace(path)
    except OSError as error:
        logger.warning("%s can't be written: %s", path, error.strerror or error)
