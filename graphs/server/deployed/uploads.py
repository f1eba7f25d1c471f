"""Files that the server's users send to be indexed: a folder for each, a file by its name, so that a new one replaces it."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings

SCHEME = "upload:"
"""What a reference to an uploaded file begins with."""
_LONGEST = 120
_UNSAFE = re.compile(r"[^\w. ()+-]")


class RoomError(InputError):
    """A user has no room left for a file."""


class Uploaded(TypedDict):
    """A file that was sent."""

    reference: str
    """`upload:` and its name: what it is indexed by."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Uploads:
    """The files of one user."""

    settings: Settings
    user: str

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return (self.settings.uploads / hashlib.sha256(self.user.encode()).hexdigest()[:32]).absolute()

    async def keep(self, name: str, content: BinaryIO) -> Uploaded:
        """Keep a file under its name, in the place of an older one.

        Raises:
            InputError: The name or the disk can't take it, or it is larger than a document may be.
            RoomError: There is no room for it.
        """
        return await asyncio.to_thread(self._keep, safe_name(name), content)

    async def all(self) -> list[Uploaded]:
        """List the files."""
        return await asyncio.to_thread(self._all)

    async def path(self, reference: str) -> Path:
        """Return where the file of a reference lies.

        Raises:
            InputError: There is none.
        """
        name = reference.removeprefix(SCHEME)
        path = self.folder / name
        if not reference.startswith(SCHEME) or name != _plain(name) or not await asyncio.to_thread(path.is_file):
            raise InputError(f"There is no file {reference[:120]!r}.", "Send it first: POST /documents.")
        return path

    async def forget(self, reference: str) -> Path:
        """Remove a file; give where it lay.

        Raises:
            InputError: There is none.
        """
        path = await self.path(reference)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return path

    def _keep(self, name: str, content: BinaryIO) -> Uploaded:
        size = content.seek(0, 2)
        content.seek(0)
        path = self.folder / name
        others = sum(file["bytes"] for file in self._all() if file["reference"] != SCHEME + name)
        if size > self.settings.document_max_bytes:
            raise RoomError(f"{name} has {size:,} bytes.", f"{self.settings.document_max_bytes:,} are the limit.")
        if others + size > self.settings.server_upload_bytes:
            raise RoomError(
                f"There is no room for {name}.", f"{self.settings.server_upload_bytes - others:,} bytes are left."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = path.with_name(f".{name}.part")
            with aside.open("wb") as file:
                shutil.copyfileobj(content, file)
            aside.replace(path)
        except OSError as error:
            raise InputError(f"{name} can't be kept: {error.strerror}.", "Make room on the server.") from None
        return Uploaded(reference=SCHEME + name, bytes=size)

    def _all(self) -> list[Uploaded]:
        if not self.folder.is_dir():
            return []
        files = sorted(file for file in self.folder.iterdir() if file.is_file() and not file.name.startswith("."))
        return [Uploaded(reference=SCHEME + file.name, bytes=file.stat().st_size) for file in files]


def safe_name(name: str) -> str:
    """Return a name that a file can have in any folder and that leads to no other.

    Raises:
        InputError: Nothing is left of it.
    """
    plain = _plain(name)
    if not plain:
        raise InputError(f"A file can't be called {name[:80]!r}.", "Give it a name with letters and an ending.")
    return plain


def _plain(name: str) -> str:
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    kept = f"{stem[: _LONGEST - len(ending)]}{dot}{ending}" if dot and len(ending) < 10 else plain[:_LONGEST]
    return kept.encode()[:240].decode("utf-8", "ignore")
