"""The imported catalogues: one index of all their items, their photos, and a note of each import."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.errors import IndexStoreError, InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.fashion.catalogue.filling import FILLED
from stylegraph.tools.fashion.catalogue.importing import Counts, Progress, Shipment, delete, name_in, take_in
from stylegraph.tools.fashion.catalogue.photos import Album, Limits
from stylegraph.tools.fashion.catalogue.preparing import SOURCE
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.vocabulary import Vocabulary, VocabularyReader
from stylegraph.tools.fashion.vision.gallery import Gallery, Hanging
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PHOTOS = "photos"
_NAME = re.compile(r"[\w가-힣][\w가-힣 .-]{0,59}")


class Known(TypedDict):
    """How much is known of the items of a catalogue."""

    items: int
    fields: dict[str, dict[str, int]]
    """Field -> `column`, `name`, `description`, `kind`, `photo` or `missing` -> number of items."""
    photos: int
    """Items with a photo."""
    lost_photos: int
    """Items whose photo is no longer there."""


class Imported(TypedDict):
    """One imported catalogue."""

    name: str
    file: str
    """What it was imported from."""
    imported: str
    """When it last was, ISO 8601 UTC."""
    known: Known


class Survey(TypedDict):
    """What all imported items together come to; kept beside the index, and made anew when that has changed."""

    state: str
    vocabulary: Vocabulary
    known: dict[str, Known]
    """Catalogue -> how much is known of it."""


class Stockroom:
    """The imported catalogues of one home. An async context manager.

    Args:
        settings: `home`, and the limits of pictures.
        embedder: For search by meaning.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._file = settings.imported
        self._embedder = embedder
        self._limits = Limits(settings.picture_max_bytes, settings.picture_max_pixels)
        self._index: EmbeddedIndex | None = None

    async def __aenter__(self) -> Stockroom:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._index is not None:
            await self._index.close()

    async def import_file(
        self,
        file: Path,
        name: str | None = None,
        columns: Mapping[str, str] | None = None,
        photos: Path | None = None,
        progress: Progress | None = None,
        currency: str | None = None,
    ) -> Counts:
        """Import a catalogue, or import it again: only what is new or changed is done, and what is gone goes.

        Args:
            file: CSV, JSONL or parquet.
            name: Of the catalogue; None: that of the file.
            columns: Column -> field, where their names don't say it; an empty field leaves a column out.
            photos: Folder of the photos; None: that of the file.
            progress: Told how far it is.
            currency: What prices are in (ISO 4217) where nothing in the file says it; None: won.

        Raises:
            CatalogueError: The file can't be read, or holds no row that can be used.
            InputError: The name can't be one, or a column that was named is not there.
            IndexStoreError: The index can't be written; what was written before is kept.
        """
        called = file.stem[:60] if name is None else name
        if not _NAME.fullmatch(called):
            raise InputError(f"A catalogue can't be called {called!r}.", "Give it another name with --name.")
        is_new = not self._file.exists()
        folder = self._file.parent
        shipment = Shipment(file, called, columns or {}, photos or file.parent, folder / PHOTOS, self._limits, currency)
        try:
            counts = await take_in(await self._opened(), shipment, self._embedder, progress)
        except Exception:
            if is_new:
                await self._clear_if_empty()
            raise
        await asyncio.to_thread(self._note, called, file)
        if counts["added"] or counts["changed"] or counts["removed"]:
            await self._tidy()
        return counts

    async def listed(self) -> list[Imported]:
        """Return the imported catalogues, by name."""
        if not self._file.exists():
            return []
        survey = await survey_of(await self._opened(), self._file)
        return [self._imported(name, known) for name, known in sorted(survey["known"].items())]

    async def remove(self, name: str) -> int:
        """Remove a catalogue with its photos; give how many items went. After the last one the sample is back.

        Raises:
            InputError: There is none of that name.
        """
        if not self._file.exists():
            raise InputError(f"There is no imported catalogue {name!r}.", "None is imported yet.")
        index = await self._opened()
        known = await index.known(SOURCE)
        gone = [identity for identity, mark in known.items() if name_in(mark) == name]
        if not gone:
            names = sorted({name_in(mark) for mark in known.values()})
            raise InputError(f"There is no imported catalogue {name!r}.", f"There are: {', '.join(names) or 'none'}.")
        await delete(index, gone)
        self._note_path(name).unlink(missing_ok=True)
        if not await self._clear_if_empty():
            await self._tidy()
        return len(gone)

    async def _opened(self) -> EmbeddedIndex:
        if self._index is None:
            self._index = await EmbeddedIndex.open(self._file, self._embedder)
        return self._index

    async def _clear_if_empty(self) -> bool:
        """Remove the folder when it holds no item; tell whether it was."""
        index = await self._opened()
        if (await index.describe())["documents"]:
            return False
        await index.close()
        self._index = None
        await asyncio.to_thread(shutil.rmtree, self._file.parent, ignore_errors=True)
        return True

    async def _tidy(self) -> None:
        """Make anew what is made of all items: the survey, the gallery; and let go of photos that no item has."""
        index = await self._opened()
        await survey_of(index, self._file)
        images: dict[str, str] = {}

        def collect(mark: str, item: Item) -> None:
            if str(item.get("image", "")).startswith(f"{PHOTOS}/"):
                images[item["id"]] = Path(item["image"]).stem

        await index.survey(collect)
        await asyncio.to_thread(self._hang, images)

    def _hang(self, images: Mapping[str, str]) -> None:
        album, hanging = Album(self._file.parent / PHOTOS), Hanging()
        album.drop_all_but(set(images.values()))
        for identity, digest in images.items():
            if look := album.seen(digest):
                hanging.add(identity, look)  # type: ignore[arg-type]
        place = self._file.with_suffix(".npz")
        if hanging.ids:
            _save(hanging.gallery(), place)
        else:
            place.unlink(missing_ok=True)

    def _note(self, name: str, file: Path) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _write(self._note_path(name), {"file": str(file.absolute()), "imported": now})

    def _imported(self, name: str, known: Known) -> Imported:
        note: dict[str, str] = {}
        with suppress(OSError, ValueError):
            note = json.loads(self._note_path(name).read_text("utf-8"))
        return Imported(name=name, file=note.get("file", ""), imported=note.get("imported", ""), known=known)

    def _note_path(self, name: str) -> Path:
        return self._file.parent / "imports" / f"{name}.json"


async def survey_of(index: EmbeddedIndex, file: Path) -> Survey:
    """Return what all imported items come to: read from beside the index, or from every item when that has changed."""
    state, place = await index.state(), file.with_suffix(".json")
    with suppress(OSError, ValueError, KeyError):
        kept: Survey = json.loads(await asyncio.to_thread(place.read_text, "utf-8"))
        if kept["state"] == state:
            return kept
    reader, known = VocabularyReader(), dict[str, Knowing]()

    def read(mark: str, item: Item) -> None:
        reader.read(item)
        known.setdefault(name_in(mark), Knowing(file.parent)).read(item)

    await index.survey(read)
    counts = {name: knowing.known() for name, knowing in known.items()}
    survey = Survey(state=state, vocabulary=reader.vocabulary(), known=counts)
    with suppress(IndexStoreError):  # it is made again next time
        await asyncio.to_thread(_write, place, survey)
    return survey


class Knowing:
    """Counts how much is known of items.

    Args:
        folder: In which their photos are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.items = 0
        self._photos = self._lost = 0
        self._fields: dict[str, Counter[str]] = {field: Counter() for field in (*FILLED, "price_krw")}

    def read(self, item: Item) -> None:
        """Take note of one item."""
        self.items += 1
        inferred = item.get("inferred", {})
        for field, counts in self._fields.items():
            counts["missing" if item.get(field) in (None, "", []) else inferred.get(field, {}).get("by", "column")] += 1
        image = str(item.get("image", ""))
        self._photos += bool(image)
        self._lost += image.startswith(f"{PHOTOS}/") and not (self._folder / image).is_file()

    def known(self) -> Known:
        """Return what was counted."""
        fields = {field: dict(counts.most_common()) for field, counts in self._fields.items()}
        return Known(items=self.items, fields=fields, photos=self._photos, lost_photos=self._lost)


def _save(gallery: Gallery, place: Path) -> None:
    half = place.with_suffix(".part")
    gallery.save(half)
    half.replace(place)


def _write(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write JSON in one step, so that a half-written file never stands for a whole one."""
    half = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        half.replace(path)
    except OSError as error:
        raise IndexStoreError(
            f"{path} can't be written: {error.strerror or error}.", "Free some space or set STYLEGRAPH_HOME."
        ) from None
