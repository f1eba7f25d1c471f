"""The photos of a shop's items: found, checked, kept small under their digest, and looked at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.vision.network import MODEL, Garments
from stylegraph.tools.image.picture import read_picture

EDGE = 480
"""Longest side of what is kept, in pixels."""
QUALITY = 82
_WEB = ("http://", "https://")
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".gif")
_LOOKED_FOR = (
    "category",
    "colours",
    "pattern",
    "material",
    "sleeve",
    "seasons",
    "styles",
    "occasions",
    "audience",
    "warmth",
)


@dataclass(frozen=True)
class Limits:
    """What a photo may be, as the settings say."""

    picture_max_bytes: int
    picture_max_pixels: int


@dataclass(frozen=True)
class Photo:
    """One photo beside a catalogue."""

    path: Path
    digest: str
    """Of its file's content."""
    passing: bool = False
    """Whether its file is only on its way, and goes once it is kept."""


def find_photo(item: Item, folder: Path, limit: int) -> Photo | str | None:
    """Find an item's photo: what its column says, below the folder, or a file called like its id.

    Returns:
        The photo; a web address as it is; None where there is none.

    Raises:
        InputError: The column names a file that is not there, lies elsewhere or is too big.
    """
    named = str(item.get("image") or "")
    if is_web(named):
        return named
    if not named:
        return next((Photo(path, _digest(path, limit)) for path in _called(folder, item["id"]) if path.is_file()), None)
    path = photo_path(named, folder)
    if not isinstance(path, Path):
        raise InputError(f"There is no picture {named[:200]!r} beside the catalogue.", "Name its folder with --photos.")
    return Photo(path, _digest(path, limit))


def is_web(named: str) -> bool:
    """Check whether a photo is named by a web address."""
    return named.lower().startswith(_WEB)


def photo_path(named: str, folder: Path) -> Path | str | None:
    """Return the file that a column names, below a folder; a web address as it is; None where there is no such file."""
    if is_web(named):
        return named
    try:
        path = (folder / named).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # no name of a file: too long, or with a zero byte
        return None


def _called(folder: Path, identity: str) -> Iterator[Path]:
    if identity and not set(identity) & set("/\\\0") and identity not in {".", ".."}:
        yield from (folder / f"{identity}{ending}" for ending in _ENDINGS)


def _digest(path: Path, limit: int) -> str:
    size = path.stat().st_size
    if size > limit:
        raise InputError(f"The picture is larger than {limit:,} bytes.", "Raise STYLEGRAPH_PICTURE_MAX_BYTES.")
    return digest_of(path.read_bytes())


def digest_of(content: bytes) -> str:
    """Return what a photo is kept by."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class Album:
    """The kept photos of imported catalogues: a small WebP and what was seen on it, both named by the digest.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, digest: str) -> Path:
        """Return where a photo is kept."""
        return self.folder / digest[:2] / f"{digest}.webp"

    def keep(self, photo: Photo, limits: Limits) -> Path:
        """Keep a photo small, unless it is kept already; give where.

        Raises:
            InputError: It is no picture, or a damaged, too big or too small one.
        """
        place = self.place(photo.digest)
        if not place.exists() or self.seen(photo.digest) is None:
            picture = read_picture(photo.path.read_bytes(), limits)
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, picture.encoded(EDGE, QUALITY))
            _write(self._look(photo.digest), json.dumps(dict(_garments().look(picture))).encode())
        return place

    def seen(self, digest: str) -> Mapping[str, Any] | None:
        """Return the look at a kept photo; None if there is none."""
        with suppress(OSError, ValueError):
            look: Mapping[str, Any] = json.loads(self._look(digest).read_bytes())
            return look
        return None

    def drop_all_but(self, digests: set[str]) -> int:
        """Remove the photos that no item has; give how many."""
        gone = [path for path in self.folder.glob("*/*.webp") if path.stem not in digests]
        for path in gone:
            for one in (path, *path.parent.glob(f"{path.stem}.*")):
                one.unlink(missing_ok=True)
        return len(gone)

    def _look(self, digest: str) -> Path:
        return self.place(digest).with_suffix(f".{network()}.json")


def seen_values(look: Mapping[str, Any]) -> Iterator[tuple[str, Any, float]]:
    """Return field, value and confidence of what a look says of a garment; of a guess nothing."""
    if look["verdict"] != "garment":
        return
    sure = look.get("sure", {})
    values = {
        "category": look["category"],
        "colours": [colour["name"] for colour in look["colours"]],
        **look["attributes"],
    }
    confidences = {"category": look["confidence"], **sure}
    for field in _LOOKED_FOR:
        if values.get(field) and field in confidences:
            yield field, values[field], confidences[field]


@cache
def network() -> str:
    """Return what tells the network that looks from another: a look of another one counts no more."""
    return hashlib.blake2b(MODEL.read_bytes(), digest_size=4).hexdigest()


@cache
def _garments() -> Garments:
    return Garments()


def _write(path: Path, content: bytes) -> None:
    """Write in one step: a half-written file never stands for a whole one."""
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    half.replace(path)
