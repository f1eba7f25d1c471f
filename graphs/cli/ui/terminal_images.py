"""Pictures inside a terminal: the kitty and iTerm2 protocols where they are spoken, coloured half blocks elsewhere."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from PIL import Image

_COLUMNS = 24
_PIXELS = 320
_MOST_PIXELS = 40_000_000
_KITTY_PIECE = 4096
_SEEN = 127
"""Alpha above which a pixel is drawn."""

Protocol = Literal["kitty", "iterm2", "blocks"]


def show_picture(console: Console, path: Path) -> None:
    """Show a picture, small, where the terminal can; elsewhere, and for a file that is no picture, nothing.

    Args:
        console: The terminal.
        path: The picture's file.
    """
    picture = opened(path) if spoken(console) else None
    if picture is not None:
        show_image(console, picture, min(_COLUMNS, console.width))


def show_image(console: Console, picture: Image.Image, columns: int) -> None:
    """Show an opened picture, so many cells wide, where the terminal can."""
    protocol = spoken(console)
    if protocol == "blocks":
        console.print(half_blocks(picture, columns))
    elif protocol is not None:
        console.file.write(kitty(picture, columns) if protocol == "kitty" else iterm2(picture, columns))
        console.file.write("\n")


def spoken(console: Console) -> Protocol | None:
    """Return how this terminal shows pictures: what it calls itself in the environment decides."""
    if not console.is_terminal or console.is_dumb_terminal:
        return None
    program, term = os.environ.get("TERM_PROGRAM", ""), os.environ.get("TERM", "")
    inside_tmux = "TMUX" in os.environ  # swallows both protocols
    if not inside_tmux and ("kitty" in term or "ghostty" in (term + program).lower()):
        return "kitty"
    if not inside_tmux and program in ("iTerm.app", "WezTerm", "mintty"):
        return "iterm2"
    coloured = console.color_system in ("256", "truecolor") and not console.no_color
    return "blocks" if coloured else None


def half_blocks(picture: Image.Image, columns: int) -> Text:
    """Draw a picture with ▀, two pixels a cell: the upper one as its colour, the lower one as its background.

    What is transparent stays the terminal's own.
    """
    height = max(2, round(columns * picture.height / picture.width / 2) * 2)
    pixels = picture.convert("RGBA").resize((columns, height)).load()
    assert pixels is not None
    drawn = Text()
    for y in range(0, height, 2):
        for x in range(columns):
            drawn.append(*_cell(pixels[x, y], pixels[x, y + 1]))  # type: ignore[arg-type]
        drawn.append("\n")
    drawn.right_crop(1)
    return drawn


def _cell(upper: tuple[int, ...], lower: tuple[int, ...]) -> tuple[str, Style]:
    """Return a cell's sign and colours: of two pixels, RGBA."""
    above, below = (Color.from_rgb(*pixel[:3]) if pixel[3] > _SEEN else None for pixel in (upper, lower))
    if above is None:
        return (" ", Style()) if below is None else ("▄", Style(color=below))
    return "▀", Style(color=above, bgcolor=below)


def kitty(picture: Image.Image, columns: int = _COLUMNS) -> str:
    """Return the escape codes of kitty's graphics protocol: a PNG in base64, in pieces."""
    encoded = _png(picture)
    pieces = [encoded[at : at + _KITTY_PIECE] for at in range(0, len(encoded), _KITTY_PIECE)]
    return "".join(_kitty_codes(pieces, columns))


def _kitty_codes(pieces: list[str], columns: int) -> Iterator[str]:
    for number, piece in enumerate(pieces, start=1):
        first = f"a=T,f=100,q=2,c={columns}," if number == 1 else ""
        yield f"\033_G{first}m={int(number < len(pieces))};{piece}\033\\"


def iterm2(picture: Image.Image, columns: int = _COLUMNS) -> str:
    """Return the escape code of iTerm2's inline images."""
    return f"\033]1337;File=inline=1;width={columns};preserveAspectRatio=1:{_png(picture)}\a"


def _png(picture: Image.Image) -> str:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def opened(path: Path) -> Image.Image | None:
    """Open a picture's file, small and upright; None for one that can't be, and where nothing here opens pictures."""
    try:
        from PIL import Image, ImageOps
    except ImportError:  # of an extra
        return None
    try:
        with Image.open(path) as file:
            if file.width * file.height > _MOST_PIXELS:
                return None
            picture = ImageOps.exif_transpose(file).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    picture.thumbnail((_PIXELS, _PIXELS))
    return picture
