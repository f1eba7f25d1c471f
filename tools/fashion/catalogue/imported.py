"""The imported catalogues: one index of all their items, their photos, and a note of each import."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.fashion.catalogue.download import downloaded
from stylegraph.tools.fashion.catalogue.importing import Counts, Progress, Shipment, delete, name_in, take_in
from stylegraph.tools.fashion.catalogue.photos import Album, Limits
from stylegraph.tools.fashion.catalogue.preparing import SOURCE
from stylegraph.tools.fashion.catalogue.survey import PHOTOS, Known, survey_of, write_json
from stylegraph.tools.fashion.catalogue.syncing import Offers, Stocktaking, Synced, offers_in, usual_currency
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.vision.gallery import Gallery, Hanging
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_NAME = re.compile(r"[\w가-힣][\w가-힣 .-]{0,59}")


class Imported(TypedDict):
    """One imported catalogue."""

    name: str
    file: str
    """What it was imported from."""
    imported: str
    """When it last was, ISO 8601 UTC."""
    known: Known


class Stockroom:
    """The imported catalogues of one home. An async context manager.

    Args:
        settings: `home`, and the limits of pictures.
        embedder: For search by meaning.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._file = settings.imported
        self._embedder = embedder
        self._settings = settings
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
        *,
        fetch_photos: bool = False,
    ) -> Counts:
        """Import a catalogue, or import it again: only what is new or changed is done, and what is gone goes.

        Args:
            file: CSV, JSONL or parquet.
            name: Of the catalogue; None: that of the file.
            columns: Column -> field, where their names don't say it; an empty field leaves a column out.
            photos: Folder of the photos; None: that of the file.
            progress: Told how far it is.
            currency: What prices are in (ISO 4217) where nothing in the file says it; None: won.
            fetch_photos: Whether photos that are named by web addresses are brought here: those that are not yet.

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
        fetching = self._settings if fetch_photos else None
        shipment = Shipment(
            file, called, columns or {}, photos or file.parent, folder / PHOTOS, self._limits, currency, fetching
        )
        try:
            counts = await take_in(await self._opened(), shipment, self._embedder, progress)
        except Exception:
            if is_new:
                await self._clear_if_empty()
            raise
        await asyncio.to_thread(write_json, self._note_path(called), _noted(shipment))
        if counts["added"] or counts["changed"] or counts["removed"]:
            await self._tidy()
        return counts

    async def sync(
        self, url: str, name: str | None = None, columns: Mapping[str, str] | None = None, currency: str | None = None
    ) -> Synced | None:
        """Take prices and stock, and nothing else, from a shop's feed. What fails changes nothing.

        Args:
            url: Address of a feed in any form that is imported.
            name: Of the catalogue; None: the only one that there is.
            columns: Column -> field, as for `import_file`; None: as when it was imported.
            currency: What prices are in where nothing in the feed says it; None: as when it was imported.

        Returns:
            What has changed; None where the server says that the feed has not, since the last time.

        Raises:
            FetchError: The feed can't be fetched.
            CatalogueError: It can't be read, or names no item of the catalogue.
            InputError: There is no such catalogue, or the feed has no such column.
            IndexStoreError: The index can't be written; what was written before is kept.
        """
        called = await self._only(name)
        note = await asyncio.to_thread(self._note, called)
        last = note.get("synced", {})
        validators = last.get("validators", {}) if last.get("url") == url else {}
        async with downloaded(url, self._settings, validators) as feed:
            if feed is None:
                return None
            known = note.get("columns", {}) if columns is None else columns
            usual = currency or note.get("currency") or await usual_currency(await self._opened(), called)
            offers = await offers_in(feed.file, known, usual, given=columns is not None)
            synced = await self._take_stock(called, offers)
        note["synced"] = {"url": url, "validators": feed.validators if synced["complete"] else {}, "at": _now()}
        await asyncio.to_thread(write_json, self._note_path(called), note)
        return synced

    async def _take_stock(self, name: str, offers: Offers) -> Synced:
        index = await self._opened()
        synced = await Stocktaking(index, name, offers).run()
        await survey_of(index, self._file)
        return synced

    async def _only(self, name: str | None) -> str:
        """Return the name of the catalogue that is meant.

        Raises:
            InputError: There is none, none of that name, or several and none is named.
        """
        names = [one["name"] for one in await self.listed()]
        if not names:
            raise InputError(
                "Nothing is imported yet.", "Import the shop's file first: stylegraph catalogue import FILE."
            )
        if name is None and len(names) > 1:
            raise InputError(f"There are {len(names)} catalogues.", f"Say which with --name: {', '.join(names)}.")
        if name is not None and name not in names:
            raise InputError(f"There is no imported catalogue {name!r}.", f"There are: {', '.join(names)}.")
        return name or names[0]

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

    def _imported(self, name: str, known: Known) -> Imported:
        note = self._note(name)
        return Imported(name=name, file=note.get("file", ""), imported=note.get("imported", ""), known=known)

    def _note(self, name: str) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            note: dict[str, Any] = json.loads(self._note_path(name).read_text("utf-8"))
            return note
        return {}

    def _note_path(self, name: str) -> Path:
        return self._file.parent / "imports" / f"{name}.json"


def _save(gallery: Gallery, place: Path) -> None:
    half = place.with_suffix(".part")
    gallery.save(half)
    half.replace(place)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _noted(shipment: Shipment) -> dict[str, Any]:
    """Return what is kept of an import: a sync reads its feed likewise."""
    told = {"columns": dict(shipment.columns), "currency": shipment.currency}
    return {"file": str(shipment.file.absolute()), "imported": _now(), **told}
