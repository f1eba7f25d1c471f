"""What can be indexed: files, folders, pages, sites, videos and APIs, each opened for reading."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import AUDIENCE
from stylegraph.agent.settings import Settings
from stylegraph.tools.image.sniff import ENDINGS
from stylegraph.tools.ingestion.changes import Reading
from stylegraph.tools.ingestion.formats.apart import ApartReading, Bounds, Recipe
from stylegraph.tools.ingestion.formats.files import FileReading, Reader
from stylegraph.tools.ingestion.formats.record import Item, Record, placed
from stylegraph.tools.ingestion.remote.api import Api, ApiReading
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.ingestion.remote.site import Limits, SiteReading
from stylegraph.tools.ingestion.remote.web import BYTES, READABLE, PageReading
from stylegraph.tools.ingestion.remote.youtube import VideoReading, video_id
from stylegraph.tools.net.charsets import clean, is_storable
from stylegraph.tools.net.fetch import canonical

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Source:
    """One source, and how it is to be read."""

    place: str
    """A path of a file or folder, or an http(s) URL."""
    css_class: tuple[str, ...] = ()
    """HTML: read only the elements that have one of these classes, or `#ids`."""
    site: Limits | None = None
    """Read the whole site that the URL leads to, so far."""
    api: Api | None = None
    """Ask the URL as an API."""
    pictures: bool = False
    """Look at the pictures in the folder too; one that is named itself is always looked at."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What every document of it gets as metadata, such as its audience; `language` wins over what is detected."""
    reading: Callable[[], Reading] | None = None
    """Opens it for reading, where it is neither a file nor an address: `place` is then just its name."""
    bounds: Bounds | None = None
    """Read it in a process of its own, which may take so much; None: in this one."""
    owner: str | None = None
    """Whose copy of an address it is, by a digest: others' copies of the same address are other sources."""

    @property
    def name(self) -> str:
        """What an index knows it by.

        Raises:
            FetchError: It looks like a URL but is none that can be fetched.
        """
        if self.reading is not None:
            return self.place
        name = source_name(self.place)
        if self.owner is not None and is_url(name):
            return f"{name}{owned(self.owner)}"
        return f"{name}#{self.api.operation}" if self.api and self.api.operation else name


def owned(owner: str) -> str:
    """Return what the name of somebody's own copy of an address ends with; no address that is fetched has it."""
    return f"#by={owner}"


def for_audience(audience: Sequence[str]) -> dict[str, list[str]]:
    """Return the metadata of documents that only these users and groups may be shown; of none, that everybody may.

    Raises:
        InputError: One of them is empty.
    """
    if any(not one.strip() for one in audience):
        raise InputError("An audience without a name can't be used.", "Name a user or a group of the server.")
    return {AUDIENCE: list(audience)} if audience else {}


def source_name(source: str | Path) -> str:
    """Return the name that an index knows a source by: an absolute path, or a URL in its one form.

    Raises:
        FetchError: It looks like a URL but is none that can be fetched.
        InputError: It is empty.
    """
    given = str(source)
    if not given.strip():
        raise InputError(
            "A source without a name can't be indexed.", "Name a file, a folder (. is this one) or an address."
        )
    return canonical(given) if is_url(given) else os.path.abspath(os.path.expanduser(given))  # noqa: PTH100,PTH111


def is_url(source: str) -> bool:
    """Check whether a source is written as a URL."""
    return bool(_URL.match(source))


async def open_source(source: Source, fetcher: Fetcher) -> Reading:
    """Open a source for reading. A single page is fetched at once, everything else while it is read.

    Raises:
        InputError: It can't be opened; says why.
    """
    if source.reading is not None:
        return await asyncio.to_thread(source.reading)
    name = await asyncio.to_thread(source_name, source.place)
    classes = tuple(one.lstrip(".") for given in source.css_class for one in given.split())
    reading = await _opened(name, source, classes, fetcher)
    return _Labelled(reading, source.fields) if source.fields else reading


async def _opened(name: str, source: Source, classes: tuple[str, ...], fetcher: Fetcher) -> Reading:
    settings = fetcher.settings
    largest = settings.document_max_bytes
    if not is_url(name):
        if source.site or source.api:
            raise InputError(f"{clean(name)} is no http(s) address.", "A site or an API is named by its address.")
        if not is_storable(name):
            raise InputError(f"{clean(name)} has a name that is not valid UTF-8.", "Rename it.")
        looks = source.pictures or Path(name).suffix.lower() in ENDINGS
        pictures = _picture_reader(settings) if looks else None
        return await _begun(source, FileReading, Path(name), largest, classes, pictures, ocr=settings.ocr)
    if source.api is not None:
        return ApiReading(source.name, name, fetcher, source.api, largest)
    if source.site is not None:
        return SiteReading(name, fetcher, source.site, largest, classes)
    if video := video_id(name):
        wanted = [source.fields["language"]] if "language" in source.fields else []
        return VideoReading(name, video, settings.fetch_timeout, largest, wanted)
    fetched = await fetcher.get(name, (*READABLE, *BYTES))
    return await _begun(source, PageReading, name, fetched, largest, classes, ocr=settings.ocr)


def _picture_reader(settings: Settings) -> Reader:
    from stylegraph.tools.fashion.vision.loader import PictureReader  # only who indexes pictures needs it

    return PictureReader(settings)


async def _begun(source: Source, make: Callable[..., Reading], *args: Any, **options: Any) -> Reading:  # noqa: ANN401
    """Make a reading: here, or in a process of its own where the source says so."""
    if source.bounds is None:
        return await asyncio.to_thread(make, *args, **options)
    return await asyncio.to_thread(ApartReading, Recipe(make, str(args[0]), args, options), source.bounds)


def end(reading: Reading) -> None:
    """End a reading that is not read to its end: what reads it in another process is stopped."""
    if isinstance(reading, _Labelled | ApartReading):
        reading.close()


class _Labelled:
    """A reading whose documents all get some more metadata."""

    def __init__(self, reading: Reading, fields: Mapping[str, Any]) -> None:
        self._reading = reading
        self._fields = dict(fields)

    @property
    def done(self) -> int:
        return self._reading.done

    @property
    def total(self) -> int:
        return self._reading.total

    @property
    def whole(self) -> bool:
        return self._reading.whole

    def close(self) -> None:
        end(self._reading)

    def __iter__(self) -> Iterator[Item]:
        for item in self._reading:
            if isinstance(item, Record):
                yield placed(item, metadata={**item.metadata, **self._fields})
            else:
                yield item
