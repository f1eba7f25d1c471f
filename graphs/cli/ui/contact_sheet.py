"""A contact sheet: the photos of several items side by side in a terminal, each over its number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from stylegraph.agent.reply import Recommendation
from stylegraph.graphs.cli.ui.screen import plain
from stylegraph.graphs.cli.ui.terminal_images import opened, show_image, spoken

if TYPE_CHECKING:
    from PIL import Image

_COLUMNS = 18
"""Cells that a photo is wide."""
_GAP = 2
_PIXELS = 12
"""Pixels for a cell's width, where pictures are shown as such; as half blocks a cell is one pixel wide."""


def show_sheet(console: Console, items: Sequence[Recommendation], labels: Sequence[str] | None = None) -> None:
    """Show the photos of items, as many in a row as fit; where none can be shown, or there is none, nothing.

    Args:
        console: The terminal.
        items: The items.
        labels: What stands under each photo; their numbers otherwise.
    """
    if spoken(console) is None:
        return
    named = labels or [f"{number}. {item.name}" for number, item in enumerate(items, start=1)]
    photos = [opened(Path(item.image)) if item.image else None for item in items]
    if not any(photos):
        return
    across = max(1, (console.width + _GAP) // (_COLUMNS + _GAP))
    for start in range(0, len(items), across):
        row = slice(start, start + across)
        show_image(console, _row(photos[row]), len(photos[row]) * (_COLUMNS + _GAP) - _GAP)
        console.print((" " * _GAP).join(_fitted(label) for label in named[row]).rstrip(), style="dim", soft_wrap=True)


def _row(photos: Sequence[Image.Image | None]) -> Image.Image:
    """Place photos side by side on a transparent ground, each in a field four wide and five high."""
    from PIL import Image, ImageOps

    width, height, gap = _COLUMNS * _PIXELS, _COLUMNS * _PIXELS * 5 // 4, _GAP * _PIXELS
    row = Image.new("RGBA", (len(photos) * (width + gap) - gap, height))
    for place, photo in enumerate(photos):
        if photo is not None:
            small = ImageOps.contain(photo, (width, height))
            left = place * (width + gap) + (width - small.width) // 2
            row.paste(small, (left, height - small.height))
    return row


def _fitted(label: str) -> str:
    """Cut or fill a label to the width of a photo; Korean letters are two cells wide."""
    clean = plain(label)
    return set_cell_size(clean if cell_len(clean) <= _COLUMNS else set_cell_size(clean, _COLUMNS - 1) + "…", _COLUMNS)
