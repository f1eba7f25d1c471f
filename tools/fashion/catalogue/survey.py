"""What all imported items together come to: the words that wishes are read by, and how much is known of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.fashion.catalogue.filling import FILLED
from stylegraph.tools.fashion.catalogue.importing import name_in
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.vocabulary import Vocabulary, VocabularyReader
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PHOTOS = "photos"
"""Folder of the kept photos, beside the index."""


class Known(TypedDict):
    """How much is known of the items of a catalogue."""

    items: int
    fields: dict[str, dict[str, int]]
    """Field -> `column`, `name`, `description`, `kind`, `photo` or `missing` -> number of items."""
    photos: int
    """Items with a photo."""
    lost_photos: int
    """Items whose photo is no longer there."""


class Survey(TypedDict):
    """What all imported items together come to; kept beside the index, and made anew when that has changed."""

    state: str
    vocabulary: Vocabulary
    known: dict[str, Known]
    """Catalogue -> how much is known of it."""


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
        await asyncio.to_thread(write_json, place, survey)
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


def write_json(path: Path, content: Mapping[str, Any] | Sequence[Any]) -> None:
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
