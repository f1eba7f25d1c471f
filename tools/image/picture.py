"""Opens pictures: a path, bytes, a data URL, an image block of a message or a web address in, upright pixels out.

A file is hostile until decoded: it is known by its content and not by its name, its size is limited in bytes before it
is read and in pixels before it is unpacked, and only formats that are meant to be opened are tried. What is kept are
pixels: position, camera and whatever else the file carried are dropped.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import unquote_to_bytes

from stylegraph.agent.errors import InputError
from stylegraph.agent.extras import needed
from stylegraph.agent.regular_files import require_regular
from stylegraph.agent.settings import Settings
from stylegraph.tools.image.sniff import sniff, two_faced
from stylegraph.tools.net.fetch import fetch

if TYPE_CHECKING:
    from PIL import Image

EDGE = 1536
"""Longest side that is kept, in pixels: enough to read a care label, and what vision models look at."""
SMALLEST = 16
"""Shortest side that shows anything, in pixels."""
BESIDE = (124, 116, 104)
"""What stands beside a picture that is fitted into a square: the mean of photos."""
FILE_LIMIT = 200_000_000
"""Bytes of the largest file that is read before the settings, which may say less, are known."""
_DATA_URL = re.compile(r"data:([\w.+-]*/?[\w.+-]*)((?:;[\w=.+-]+)*),", re.ASCII | re.IGNORECASE)
_WEB = ("http://", "https://")

Source = str | Path | bytes | Mapping[str, Any]
"""A path, a data URL or web address, a file's bytes, or an image block of a message."""


class _Limits(Protocol):
    @property
    def picture_max_bytes(self) -> int: ...
    @property
    def picture_max_pixels(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """An opened picture."""

    pixels: Image.Image
    """RGB, upright, at most `EDGE` pixels long."""
    format: str
    """What the file was: `JPEG`, `PNG`, `WEBP`, `GIF`, `AVIF` or `HEIF`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as kept."""
        return self.pixels.size

    def square(self, side: int) -> Image.Image:
        """Fit into a square of `side` pixels, as the network reads it. See `squared`."""
        return squared(self.pixels, side)

    def encoded(self, edge: int = EDGE, quality: int = 88, file_format: Literal["WEBP", "JPEG"] = "WEBP") -> bytes:
        """Return the picture as a file without metadata, its longest side at most `edge` pixels."""
        from PIL import Image

        small = self.pixels.copy()
        small.thumbnail((edge, edge), Image.Resampling.BICUBIC)
        file = io.BytesIO()
        small.save(file, file_format, quality=quality)
        return file.getvalue()


def squared(picture: Image.Image, side: int, beside: tuple[int, int, int] = BESIDE) -> Image.Image:
    """Fit a picture into a square, its proportions kept (they tell trousers from shorts), one colour beside it."""
    from PIL import Image

    share = side / max(picture.size)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    square = Image.new("RGB", (side, side), beside)
    fitted = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    square.paste(fitted, ((side - size[0]) // 2, (side - size[1]) // 2))
    return square


async def open_picture(source: Source, settings: Settings) -> Picture:
    """Open one picture.

    Args:
        source: Where it is. A block of a message may hold data or a web address, never a path: who writes a message is
            not who owns the disk.
        settings: `picture_max_bytes`, `picture_max_pixels` and, for web addresses, the limits of fetching apply.

    Raises:
        FetchError: The address is refused, too slow or not a picture.
        InputError: There is no such file, or it can't be used as a picture; says why and what to do.
    """
    if isinstance(source, Mapping):
        source = block_source(source)
        if not isinstance(source, bytes) and not source.lower().startswith(("data:", *_WEB)):
            raise InputError("The message points to a picture in a way that can't be followed.", _SEND)
    if isinstance(source, str) and source.lower().startswith(_WEB):
        return await _from_web(source, settings)
    return await asyncio.to_thread(_open_here, source, settings)


async def _from_web(url: str, settings: Settings) -> Picture:
    limit = min(settings.fetch_max_bytes, settings.picture_max_bytes)
    bounded = settings.model_copy(update={"fetch_max_bytes": limit})
    found = await fetch(url, bounded, accept=("image/", "application/octet-stream", "binary/octet-stream"))
    return await asyncio.to_thread(read_picture, found.content, settings)


def _open_here(source: str | Path | bytes, settings: _Limits) -> Picture:
    if isinstance(source, str) and source[:5].lower() == "data:":
        source = _data(source, settings.picture_max_bytes)
    if not isinstance(source, bytes):
        source = _file(Path(source), settings.picture_max_bytes)
    return read_picture(source, settings)


def read_picture(content: bytes, limits: _Limits) -> Picture:
    """Decode a picture file.

    Args:
        content: The file.
        limits: `picture_max_bytes` and `picture_max_pixels`.

    Raises:
        InputError: It is empty, too big, damaged, something else than it says, or of a kind that is not read.
    """
    with needed("Looking at a picture"):
        from PIL import Image
    if len(content) > limits.picture_max_bytes:
        raise _too_big(limits.picture_max_bytes)
    kind = sniff(content)
    other = two_faced(content)
    if other:
        raise InputError(f"The picture is also {other}, and such files are not opened.", "Save it as a picture again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of what is checked here
            return Picture(_decoded(content, kind, limits.picture_max_pixels), kind)
    except InputError:
        raise
    except Image.DecompressionBombError:  # far beyond any limit: not even the header is looked at further
        raise _too_many(limits.picture_max_pixels) from None
    except Exception:  # on a hostile file a decoder may raise anything
        raise InputError(f"The picture ({kind}) is damaged or cut short.", "Save it again, or send another.") from None


def _decoded(content: bytes, kind: str, max_pixels: int) -> Image.Image:
    """Check the size that the header states, unpack no finer than is kept, and turn it upright."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=[kind]) as file:
        width, height = file.size
        if width * height > max_pixels:
            raise _too_many(max_pixels)
        if min(width, height) < SMALLEST:
            raise InputError(
                f"The picture has {width} x {height} pixels: too few to see anything.", "Send a larger one."
            )
        if kind == "JPEG":
            file.draft("RGB", (EDGE, EDGE))
        file.seek(0)
        picture = _flat(file)
        turned = _upright(picture, file)
    turned.thumbnail((EDGE, EDGE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return turned


def _flat(file: Image.Image) -> Image.Image:
    """Return RGB; what is transparent becomes white."""
    from PIL import Image

    if file.mode in ("RGBA", "LA", "PA") or "transparency" in file.info:
        picture = file.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    if file.mode.startswith("I;16"):
        return file.point(lambda value: value / 256).convert("L").convert("RGB")
    return file.convert("RGB")


def _upright(picture: Image.Image, file: Image.Image) -> Image.Image:
    from PIL import ImageOps

    try:
        picture.info = {}
        picture.getexif()[0x0112] = file.getexif().get(0x0112, 1)
        return ImageOps.exif_transpose(picture) or picture
    except Exception:  # metadata that can't be read says nothing about the pixels
        return picture


def as_address(source: str | Path, limit: int = FILE_LIMIT) -> str:
    """Return a picture as a web address or a data URL, so that it can be sent to where this machine's files are not.

    Args:
        source: A path, a web address or a data URL.
        limit: Bytes of the largest file that is read; who receives it may take less.

    Raises:
        InputError: There is no such file, or it is larger than that.
    """
    if isinstance(source, str) and source.lower().startswith(("data:", *_WEB)):
        return source
    return f"data:;base64,{base64.b64encode(_file(Path(source), limit)).decode()}"


def _file(path: Path, limit: int) -> bytes:
    try:
        require_regular(path)
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it can't be read"
        raise InputError(f"The picture {str(path)[:200]} can't be opened: {reason}.", "Check the path.") from None
    if len(content) > limit:
        raise _too_big(limit)
    return content


def _data(url: str, limit: int) -> bytes:
    """Unpack a data URL (RFC 2397)."""
    head = _DATA_URL.match(url[:200])
    if head is None:
        raise InputError("The data URL is not one.", "It reads data:image/jpeg;base64,...")
    if len(url) > limit * 3 + 200:
        raise _too_big(limit)
    body = url[head.end() :]
    if not head[2].lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(re.sub(r"\s+|%0[ad]", "", body, flags=re.IGNORECASE), validate=True)
    except (binascii.Error, ValueError):
        raise InputError("The data URL is not valid base64.", "Encode the file's bytes as base64.") from None


def _too_big(limit: int) -> InputError:
    return InputError(
        f"The picture is larger than {limit:,} bytes.", "Make it smaller, or raise STYLEGRAPH_PICTURE_MAX_BYTES."
    )


def _too_many(limit: int) -> InputError:
    return InputError(
        f"The picture has more than {limit / 1e6:g} million pixels.",
        "Make it smaller, or raise STYLEGRAPH_PICTURE_MAX_PIXELS.",
    )


_SEND = "Send it as base64 data or as an https address."


def block_source(block: Mapping[str, Any]) -> str | bytes:
    """Find what an image block of a message points to.

    Known are the blocks of OpenAI (`image_url`, `input_image`), LangChain (`image` with `base64`, `url`, or `data` and
    `source_type`) and Anthropic (`image` with `source`).

    Raises:
        InputError: It is none of them.
    """
    inner = block.get("source")
    if isinstance(inner, Mapping):
        return block_source({"type": "image", **{k: v for k, v in inner.items() if k != "type"}})
    link = block.get("image_url", block.get("url"))
    if isinstance(link, Mapping):
        link = link.get("url")
    if isinstance(link, str) and link:
        return link
    data = block.get("base64", block.get("data"))
    if isinstance(data, bytes):
        return data
    if isinstance(data, str) and data:
        return f"data:;base64,{data}"
    raise InputError("The message has an image block without an image in it.", _SEND)


def image_blocks(content: object) -> list[Mapping[str, Any]]:
    """Return the image blocks of a message's content, in order.

    Args:
        content: What stands under `content`: a string or a list of blocks.
    """
    if not isinstance(content, list):
        return []
    kinds = {"image", "image_url", "input_image"}
    return [block for block in content if isinstance(block, Mapping) and block.get("type") in kinds]
