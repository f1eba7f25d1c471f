"""What a file is, by its first bytes and whatever it is called."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from stylegraph.agent.errors import InputError

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})
"""File name endings of pictures."""
_READABLE = "JPEG, PNG, WebP, GIF or AVIF"
_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "WEBP"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb".{4}ftyp(?:avif|avis)", re.DOTALL), "AVIF"),
    (re.compile(rb".{4}ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1)", re.DOTALL), "HEIF"),
)
_OTHERS = (
    (
        re.compile(
            rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg", re.DOTALL | re.IGNORECASE
        ),
        "an SVG drawing",
    ),
    (re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE), "a web page"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "a TIFF picture"),
    (re.compile(rb"BM.{4}\x00\x00\x00\x00", re.DOTALL), "a BMP picture"),
    (re.compile(rb"PK\x03\x04"), "a ZIP archive"),
    (re.compile(rb".{4}ftyp", re.DOTALL), "a video"),
)
_ACTIVE = re.compile(rb"<script[\s>]|<\?php|<html[\s>]|<!doctype html", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557
"""A ZIP's directory ends within this many bytes of the file's end."""


def sniff(content: bytes) -> str:
    """Name the format, in Pillow's words.

    Raises:
        InputError: It is empty, or nothing that is opened here.
    """
    if not content:
        raise InputError("The picture is empty: 0 bytes.", "Send it again.")
    head = content[:4096]
    for signature, name in _SIGNATURES:
        if signature.match(head):
            return _supported(name)
    for signature, name in _OTHERS:
        if signature.match(head):
            raise InputError(f"That is {name}, not a photo.", f"Save it as {_READABLE}.")
    what = "text" if _is_text(head) else "no picture that is known here"
    raise InputError(f"That is {what}.", f"Readable are {_READABLE}.")


def two_faced(content: bytes) -> str | None:
    """Return what a picture file is besides a picture: an archive, a PDF or a page that a browser might run."""
    if content.find(b"%PDF-", 0, 1024) >= 0:
        return "a PDF"
    at = content.rfind(_ZIP_END, max(0, len(content) - _ZIP_TAIL))
    if at >= 0 and at + 22 + int.from_bytes(content[at + 20 : at + 22], "little") == len(content):
        return "a ZIP archive"
    return "a web page or script" if _ACTIVE.search(content) else None


def _supported(name: str) -> str:
    from PIL import features

    if name == "AVIF" and not features.check("avif"):
        raise InputError("This installation can't read AVIF.", "Save it as JPEG or PNG.")
    if name == "HEIF" and not _heif():
        raise InputError("This installation can't read HEIC.", "Install pillow-heif, or save it as JPEG.")
    return name


def _heif() -> bool:
    """HEIC is read where the library for it is installed."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _is_text(head: bytes) -> bool:
    try:
        text = getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return sum(c.isprintable() or c.isspace() for c in text) > 0.95 * len(text)
