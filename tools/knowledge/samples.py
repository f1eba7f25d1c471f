"""Where the sample knowledge lies, and how each part of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SAMPLES = "samples"
"""Name of the index that they are put into."""

_HERE = Path(__file__).resolve().parent


class Sample(NamedTuple):
    """One part of the sample knowledge."""

    path: Path
    """A folder of Markdown files (`<topic>.<ko or en>.md`), or an HTML page."""
    css_class: tuple[str, ...]
    """The classes that hold a page's article, without its furniture; empty for what is read whole."""


def samples() -> list[Sample]:
    """Return the sample knowledge: the clothes guide, and the page that announces a contest's winners."""
    return [
        Sample(_HERE / "guide", ()),
        Sample(_HERE / "blog" / "all-in-coding-contest.html", ("entry-content",)),
    ]
