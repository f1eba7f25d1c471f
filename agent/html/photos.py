"""Photos inside a page, as data URLs, so that it opens offline and asks nothing of any server."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

Embed = Callable[[str], str | None]
"""Returns the data URL of a photo; None where there is none to show."""

LARGEST = 600_000
"""Bytes of a file that is embedded as it is."""
_SIGNS = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"))


def embed(photo: str) -> str | None:
    """Return a photo's file as a data URL; None for a web address, a file that is not there, too big or no picture."""
    if photo.lower().startswith(("http://", "https://")):
        return None
    try:
        with Path(photo).open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return None
    return data_url(content) if len(content) <= LARGEST else None


def data_url(content: bytes) -> str | None:
    """Return a picture's bytes as a data URL; None for what is none."""
    kind = next((name for sign, name in _SIGNS if content.startswith(sign)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "webp"
    return None if kind is None else f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
