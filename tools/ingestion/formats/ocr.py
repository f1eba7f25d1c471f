"""The text of scanned pages, by Tesseract: a program that systems package, for Korean and English."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from stylegraph.agent.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

_LANGUAGES = ("kor", "eng")
_LAYOUT = ("--psm", "4")
"""One column of text: Tesseract's own search for columns takes wide Korean lines apart."""
_SECONDS = 60
"""For one page; an ordinary one takes two."""
_MISSING = "Install it, such as `apt install tesseract-ocr tesseract-ocr-kor`, or unset STYLEGRAPH_OCR."


def page_text(picture: Image) -> str:
    """Return the text on a picture of a page, lines as they stand, paragraphs parted by blank lines.

    Raises:
        InputError: Tesseract is not installed, takes too long, or fails.
    """
    content = io.BytesIO()
    picture.convert("L").save(content, "PNG")
    return _run(["-", "-", "-l", "+".join(_installed()), *_LAYOUT], content.getvalue()).replace("\f", "")


@cache
def _installed() -> tuple[str, ...]:
    """Return those of our languages that there is a model for."""
    there = _run(["--list-langs"]).split()
    found = tuple(language for language in _LANGUAGES if language in there)
    if not found:
        raise InputError("Tesseract has no model for Korean or English.", _MISSING)
    return found


def _run(arguments: list[str], given: bytes = b"") -> str:
    program = shutil.which("tesseract")
    if program is None:
        raise InputError("Tesseract is not installed.", _MISSING)
    try:
        done = subprocess.run([program, *arguments], input=given, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - no shell, fixed arguments
    except subprocess.TimeoutExpired:
        raise InputError(f"Tesseract took longer than {_SECONDS} seconds.", "Scan the page at fewer pixels.") from None
    except (subprocess.CalledProcessError, OSError):
        raise InputError("Tesseract failed.", "See whether `tesseract --list-langs` works.") from None
    return done.stdout.decode("utf-8", "replace")
