"""ZIP: each file in it as if it lay in a folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO

from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record, Skipped, empty
from stylegraph.tools.ingestion.formats.room import FAR_MORE, Room

_LARGE = "Unpack it, and index the folder."


def read_zip(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read the files in an archive; archives in it are passed over.

    Args:
        stream: The bytes, at their beginning; they can be sought.
        origin: Where they come from; `max_bytes` limits each file in it, and its room all of them.
    """
    room = origin.room or Room(origin.max_bytes)
    try:
        with zipfile.ZipFile(stream) as packed:
            found = [part for part in packed.infolist() if not part.is_dir()]
            if not room.holds(len(found), sum(part.file_size for part in found)):
                yield replace(empty(origin, FAR_MORE, _LARGE), hides=True)
                return
            for part in found:
                if not room.take(part.file_size):  # what is packed in files before it has taken it
                    yield replace(empty(origin, FAR_MORE, _LARGE), hides=True)
                    return
                yield from _member(packed, part, replace(origin, room=room))
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError):
        yield replace(
            empty(origin, "is encrypted or a broken archive", "Pack it again, without a password."), hides=True
        )


def _member(packed: zipfile.ZipFile, part: zipfile.ZipInfo, origin: Origin) -> Iterator[Item]:
    from stylegraph.tools.ingestion.formats.files import reader_of

    path = PurePosixPath(_name(part))
    own = replace(origin, id=f"{origin.id}#{path}", place=f"{origin.place}, {path}", name=path.stem)
    if path.name.startswith((".", "~$")) or "__MACOSX" in path.parts:
        yield Skipped(own.place, "hidden")
    elif part.file_size > origin.max_bytes:
        yield Failure(own.place, f"is larger than {origin.max_bytes:,} bytes", _LARGE, id=own.id)
    else:
        content = io.BytesIO(packed.read(part))
        reader = reader_of(content, path.suffix)
        if isinstance(reader, str) or reader is read_zip:
            yield Skipped(own.place, reader if isinstance(reader, str) else "an archive in an archive")
            return
        for item in reader(content, own):
            yield replace(item, url=origin.place) if isinstance(item, Record) and item.url == own.place else item


def _name(part: zipfile.ZipInfo) -> str:
    """Return a file's name; Korean Windows writes it in CP949 without saying so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return part.filename
