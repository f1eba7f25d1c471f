"""Keeps the pictures that conversations refer to: named by their content, for a while, each for the one who sent it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.tools.image.picture import Picture, read_picture

SCHEME = "picture:"
"""What a reference begins with."""
_REFERENCE = re.compile(rf"{SCHEME}([0-9a-f]{{64}})")
_DAY = 86_400.0


class Stored(TypedDict):
    """What the state holds of a picture."""

    reference: str
    """`picture:` and the SHA-256 of what is kept."""
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PictureStore:
    """Pictures under `settings.pictures`, a folder a person, a file a picture. Several processes may share it."""

    settings: Settings

    async def keep(self, picture: Picture, user: str) -> Stored:
        """Keep a picture, and let go of what is too old or too much.

        Raises:
            InputError: The disk does not take it.
        """
        return await asyncio.to_thread(self._keep, picture, user)

    async def open(self, reference: str, user: str) -> Picture:
        """Return a kept picture. That counts as use: its time begins anew.

        Raises:
            InputError: It is no reference, was kept for someone else, or is no longer there.
        """
        return await asyncio.to_thread(self._open, reference, user)

    async def forget(self, user: str) -> int:
        """Remove all pictures of a person; says how many there were."""
        return await asyncio.to_thread(self._forget, user)

    def _keep(self, picture: Picture, user: str) -> Stored:
        content = picture.encoded()
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest, user)
        try:
            if path.exists():
                path.touch()
            else:
                _write(path, content)
            self._sweep(spare=path)
        except OSError as error:
            raise InputError(
                f"The picture can't be kept in {self.settings.pictures}: {error.strerror}.",
                "Make room there, or set STYLEGRAPH_HOME to a folder that can be written.",
            ) from None
        width, height = picture.size
        return Stored(reference=SCHEME + digest, width=width, height=height)

    def _open(self, reference: str, user: str) -> Picture:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise InputError("That is no reference to a picture.", "Send the picture itself.")
        path = self._path(match[1], user)
        try:
            content = path.read_bytes()
            path.touch()
        except OSError:
            raise InputError("The picture is no longer kept.", "Send it again.") from None
        return read_picture(content, self.settings)

    def _forget(self, user: str) -> int:
        folder = self._folder(user)
        count = sum(1 for file in folder.glob("*.webp")) if folder.exists() else 0
        shutil.rmtree(folder, ignore_errors=True)
        return count

    def _folder(self, user: str) -> Path:
        return self.settings.pictures / hashlib.sha256(user.encode()).hexdigest()[:32]

    def _path(self, digest: str, user: str) -> Path:
        return self._folder(user) / f"{digest}.webp"

    def _sweep(self, spare: Path) -> None:
        """Remove pictures past their time, then the longest unused until the rest has room."""
        kept = sorted(_ages(self.settings.pictures), reverse=True)
        oldest, room = time.time() - self.settings.picture_keep_days * _DAY, self.settings.picture_keep_bytes
        for used, size, path in kept:
            room -= size
            if path != spare and (used < oldest or room < 0):
                path.unlink(missing_ok=True)


def _ages(folder: Path) -> list[tuple[float, int, Path]]:
    """When each file was last used, its bytes, and where it is. Another process may be sweeping, too."""
    found = []
    for path in folder.glob("*/*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.append((status.st_mtime, status.st_size, path))
    return found


def _write(path: Path, content: bytes) -> None:
    """Write all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
