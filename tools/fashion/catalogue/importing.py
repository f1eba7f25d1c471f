"""Taking a shop's file into the index of imported catalogues: only what is new or changed, whatever stops it.

The file is read as a stream and compared by content hashes with what the index holds of it. Every batch is written in
one transaction and what has vanished is deleted last, so that a run that is killed has lost and doubled nothing, and the
next one finishes it. A hash ends in the name of its catalogue: that is how the index knows whose an item is.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from stylegraph.agent.errors import CatalogueError, InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.fashion.catalogue.columns import Column, Columns
from stylegraph.tools.fashion.catalogue.photos import Album, Limits, Photo, find_photo, is_web, network
from stylegraph.tools.fashion.catalogue.preparing import SOURCE, Batch, Task, canonical, prepare
from stylegraph.tools.fashion.catalogue.reading import Reading
from stylegraph.tools.fashion.catalogue.web_photos import WebPhotos
from stylegraph.tools.fashion.items.items import Item, Problems, Report
from stylegraph.tools.retrieval.hybrid.encoder_pool import Encoders
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder
from stylegraph.tools.retrieval.hybrid.index import SearchIndex
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_RECIPE = "3"
"""To be raised when items are filled in or indexed in another way: all are then made anew."""
_BATCH, _PHOTOGRAPHED = 512, 16
"""Rows in one batch; of rows with photos, which take longer, fewer."""
_AHEAD = 4
_DELETED_AT_ONCE = 500
_MARK = "/"


@dataclass(frozen=True)
class Shipment:
    """A file to be taken in."""

    file: Path
    name: str
    """Of the catalogue."""
    columns: Mapping[str, str]
    """Column -> field, where their names don't say it."""
    photos: Path
    """Folder of the photos."""
    album: Path
    """Folder in which they are kept."""
    limits: Limits
    currency: str | None = None
    """What prices are in, where nothing in the file says it."""
    fetching: Settings | None = None
    """The limits by which photos are fetched from their web addresses; None: they stay there."""


class Counts(Report):
    """What taking in a file came to."""

    added: int
    changed: int
    unchanged: int
    removed: int
    photos: int
    """Items with a photo that was kept or looked at, in this run."""
    photos_elsewhere: int
    """Items whose photo is at its web address only."""
    complete: bool
    """Whether the file was read to its end; else nothing was removed."""
    columns: list[Column]
    seconds: float


Progress = Callable[[float, int], None]
"""Told which share of the file is done, 0..1, and how many rows; called in this task."""


async def take_in(
    index: EmbeddedIndex, shipment: Shipment, embedder: Embedder, progress: Progress | None = None
) -> Counts:
    """Take a file in.

    Args:
        index: Where imported items are.
        shipment: The file.
        embedder: For search by meaning.
        progress: Told how far it is.

    Raises:
        CatalogueError: The file can't be read, or holds no row that can be used.
        InputError: A column that the user named is not there.
        IndexStoreError: The index can't be written; what was written before is kept.
    """
    intake = _Intake(index, shipment, embedder, await index.known(SOURCE))
    return await intake.run(progress or (lambda share, rows: None))


async def delete(index: SearchIndex, ids: Sequence[str]) -> None:
    """Delete items, some at a time."""
    for start in range(0, len(ids), _DELETED_AT_ONCE):
        await index.delete(SOURCE, ids[start : start + _DELETED_AT_ONCE])


def name_in(mark: str) -> str:
    """Return the name of the catalogue that an item's hash ends in."""
    return mark.partition(_MARK)[2]


class _Intake:
    def __init__(self, index: EmbeddedIndex, shipment: Shipment, embedder: Embedder, known: Mapping[str, str]) -> None:
        self._index, self._shipment, self._embedder = index, shipment, embedder
        self._own = {identity: mark for identity, mark in known.items() if name_in(mark) == shipment.name}
        self._others = {identity: name_in(mark) for identity, mark in known.items() if identity not in self._own}
        self._problems = Problems()
        self._reading = Reading(shipment.file, self._problems, Columns(shipment.columns, shipment.currency))
        self._seen: set[str] = set()
        self._added = self._changed = self._photos = self._elsewhere = self._rows = 0
        self._album = Album(shipment.album)
        self._web = WebPhotos(shipment.fetching, self._incoming, self._problems) if shipment.fetching else None

    @property
    def _incoming(self) -> Path:
        return self._shipment.album / "incoming"

    async def run(self, progress: Progress) -> Counts:
        began, encoder = time.perf_counter(), await _encoder(self._embedder)
        batches = self._batches()
        waiting: deque[asyncio.Task[list[Batch]]] = deque()
        async with Encoders(encoder, work=prepare) as encoders:
            try:
                while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                    if batch := await self._settled(batch):
                        encoders.expect(self._to_come(batch))
                        waiting.append(asyncio.create_task(encoders.encode(batch)))
                    while len(waiting) > _AHEAD:
                        await self._write(await waiting.popleft())
                    progress(self._reading.rows.share, self._rows)
                while waiting:
                    await self._write(await waiting.popleft())
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.to_thread(shutil.rmtree, self._incoming, ignore_errors=True)
        if not self._seen:
            raise self._empty()
        return self._counts(await self._remove_gone(), time.perf_counter() - began)

    def _to_come(self, batch: Sequence[Task]) -> int:
        """Guess from the share that is new so far how many characters are still to be worked on.

        A photo is work for a thousand.
        """
        new = (self._added + self._changed) / max(self._rows, 1)
        left = self._shipment.file.stat().st_size * (1 - self._reading.rows.share) * new
        return int(left) + sum(1_000 for task in batch if task.photo)

    def _batches(self) -> Iterator[list[Task]]:
        """Return what is new or changed, in batches; also empty ones, so that progress is told."""
        batch: list[Task] = []
        for line, item in self._reading:
            self._rows += 1
            task = self._task(line, item)
            if task is not None:
                batch.append(task)
            if (
                len(batch) >= (_PHOTOGRAPHED if task and (task.photo or task.awaited) else _BATCH)
                or self._rows % _BATCH == 0
            ):
                yield batch
                batch = []
        yield batch

    def _task(self, line: int, item: Item) -> Task | None:
        """Return what is to be done for an item; None when it is there as it is, or belongs to another catalogue."""
        identity, shipment = item["id"], self._shipment
        if identity in self._others:
            told = f"The id {identity!r} is taken by the catalogue {self._others[identity]!r}."
            self._problems.add(line, "id", "skipped", told)
            return None
        photo = self._photo(line, item)
        self._seen.add(identity)
        elsewhere = photo is None and is_web(str(item.get("image")))
        self._elsewhere += elsewhere
        awaited = elsewhere and self._web is not None
        task = Task(line, item, self._mark(item, photo), photo, shipment.album, shipment.limits, awaited)
        return task if awaited or self._is_new(task) else None

    async def _settled(self, batch: list[Task]) -> list[Task]:
        """Return a batch with the photos that it waited for, without what is there as it is; count it."""
        if self._web is not None:
            batch = [replace(task, hash=self._mark(task.item, task.photo)) for task in await self._web.fetched(batch)]
            self._elsewhere -= sum(task.photo is not None and task.photo.passing for task in batch)
            batch = [task for task in batch if self._is_new(task)]
        for task in batch:
            known = task.item["id"] in self._own
            self._added += not known
            self._changed += known
            self._photos += task.photo is not None
        return batch

    def _is_new(self, task: Task) -> bool:
        return self._own.get(task.item["id"]) != task.hash

    def _mark(self, item: Item, photo: Photo | None) -> str:
        return f"{_digest(item, photo)}{_MARK}{self._shipment.name}"

    def _photo(self, line: int, item: Item) -> Photo | None:
        shipment = self._shipment
        try:
            found = find_photo(item, shipment.photos, shipment.limits.picture_max_bytes)
        except (InputError, OSError) as error:
            self._problems.add(line, "image", "left_out", str(error))
            item.pop("image", None)
            return None
        return self._kept(found) if isinstance(found, str) else found

    def _kept(self, url: str) -> Photo | None:
        """Return the photo that was fetched from an address, if it is still here."""
        digest = self._fetched.get(url) if self._shipment.album.exists() else None
        if digest is None or not self._album.place(digest).exists():
            return None
        return Photo(self._album.place(digest), digest)

    @cached_property
    def _fetched(self) -> Mapping[str, str]:
        """Web address -> digest of the photo from there that is kept; the whole index is read for it, once a photo is asked for."""
        found: dict[str, str] = {}

        def read(mark: str, item: Item) -> None:
            if "image_url" in item:
                found[item["image_url"]] = Path(item["image"]).stem

        self._index.survey_here(read)
        return found

    async def _write(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            for line, text in (trouble for one in batch.prepared for trouble in one.troubles):
                self._problems.add(line, "image", "left_out", text)
            batch.attach(await self._embedder.embed(batch.names) if batch.vectors is None else batch.vectors)
            await self._index.add([one.document for one in batch.prepared], [one.encoded for one in batch.prepared])

    async def _remove_gone(self) -> int:
        """Delete what the file no longer holds, unless a part of it could not be read."""
        if not self._reading.rows.complete:
            return 0
        gone = [identity for identity in self._own if identity not in self._seen]
        await delete(self._index, gone)
        return len(gone)

    def _counts(self, removed: int, seconds: float) -> Counts:
        return Counts(
            **self._problems.report(len(self._seen)),
            added=self._added,
            changed=self._changed,
            unchanged=len(self._seen) - self._added - self._changed,
            removed=removed,
            photos=self._photos,
            photos_elsewhere=self._elsewhere,
            complete=self._reading.rows.complete,
            columns=self._reading.columns.told,
            seconds=seconds,
        )

    def _empty(self) -> CatalogueError:
        report, file = self._problems.report(0), self._shipment.file
        why = f" Line {report['problems'][0]['line']}: {report['problems'][0]['text']}" if report["problems"] else ""
        columns = ", ".join(column["column"] for column in self._reading.columns.told)
        remedy = f"Say which column is the name: --map COLUMN=name. Its columns: {columns}." if columns else ""
        return CatalogueError(f"{file} holds no item that can be used.{why}", remedy or "Check that it is the file.")


def _digest(item: Item, photo: Photo | None) -> str:
    digest = hashlib.blake2b(_recipe(), digest_size=12)
    digest.update(canonical(item))
    digest.update(f"{photo.digest}{network()}".encode() if photo else b"")
    return digest.hexdigest()


@cache
def _recipe() -> bytes:
    """Return what else makes an item what it is: the words that fill it in."""
    folder = Path(str(files("stylegraph.tools.fashion") / "words"))
    digest = hashlib.blake2b(_RECIPE.encode())
    for file in sorted(folder.glob("*.yaml")):
        digest.update(file.read_bytes())
    return digest.digest()


async def _encoder(embedder: Embedder) -> TextEncoder | None:
    """Return an embedder that can work in other processes, None for one that is asked over a network."""
    return embedder if hasattr(embedder, "encode") else None  # type: ignore[return-value]
