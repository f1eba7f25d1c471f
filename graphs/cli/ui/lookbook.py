"""`--html FILE`: what was found as one page that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.agent.errors import InputError

if TYPE_CHECKING:
    from stylegraph.agent.html.page import Lookbook
    from stylegraph.agent.html.photos import Embed
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.ui.screen import Screen

HtmlFile = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        dir_okay=False,
        help="Write a lookbook as well: one page with photos and reasons that opens offline.",
    ),
]
_EDGE = 720
"""Longest side of an embedded photo, in pixels."""


def check_place(file: Path | None) -> None:
    """See that a page can be written there, before anything is asked.

    Raises:
        InputError: Its folder is not there.
    """
    if file is not None and not file.absolute().parent.is_dir():
        raise InputError(f"There is no folder {file.absolute().parent}.", "Make it first.")


def write_lookbook(screen: Screen, file: Path | None, book: Lookbook, settings: Settings) -> None:
    """Write a page, and say so on standard error; nothing where no file was named.

    Raises:
        InputError: It can't be written.
    """
    if file is None:
        return
    from stylegraph.agent.html.page import page

    try:
        file.write_text(page(book, embedding(settings)), "utf-8")
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror or error}.", "Name another file.") from None
    if not screen.json:
        screen.tell(f"Lookbook: {file}")


def embedding(settings: Settings) -> Embed:
    """Return what embeds photos: as they are when small, else made smaller; none that can't be opened."""
    from stylegraph.agent.html.photos import data_url, embed
    from stylegraph.tools.image.picture import read_picture

    def embedded(photo: str) -> str | None:
        if (whole := embed(photo)) is not None or photo.lower().startswith(("http://", "https://")):
            return whole
        try:
            content = Path(photo).read_bytes() if Path(photo).stat().st_size <= settings.picture_max_bytes else b""
            return data_url(read_picture(content, settings).encoded(_EDGE)) if content else None
        except (OSError, ValueError, InputError):
            return None

    return embedded
