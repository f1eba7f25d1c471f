"""Bytes to text: UTF-8 first, then the Korean code page, and never a guess that garbles."""

from __future__ import annotations

import codecs
import re

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SUPERSETS = {
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
}
"""What browsers read for these names: pages say the smaller code page and use the larger (WHATWG Encoding)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NEWLINE = re.compile(r"\r\n?")
_TWO_BYTES = re.compile(rb"[\x81-\xfe][\x31-\xfe]")
_HANGUL_OR_SYMBOL = re.compile(rb"[\xa1-\xac\xb0-\xc8][\xa1-\xfe]")


class NotTextError(ValueError):
    """The bytes are not text in any encoding that is tried; the message says where."""


def decode(content: bytes, declared: str | None = None) -> str:
    """Return the text that bytes stand for.

    A byte order mark decides; then UTF-8, whose form hardly arises by chance; then the declared encoding; then cp949,
    if the bytes look Korean.

    Args:
        content: The bytes of a whole text.
        declared: What a header or a page says it is; ignored when unknown or wrong.

    Raises:
        NotTextError: None of them fits.
    """
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            return _decoded(content, encoding)
    for encoding in _candidates(content, declared):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return _decoded(content, "utf-8")


def clean(text: str) -> str:
    """Return text that can be stored and shown: one kind of line end, no control characters, no lone surrogates.

    What is replaced is replaced one by one, so that spans stay those of the text as Python's `open` reads it.
    """
    return _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", _NEWLINE.sub("\n", text)))


def is_storable(name: str) -> bool:
    """Check whether a name can be stored and shown as it is: no control characters, no bytes that are not UTF-8."""
    return clean(name) == name and "\n" not in name


def looks_korean(content: bytes) -> bool:
    """Check whether bytes that are not ASCII are, nearly all, Hangul or symbols of KS X 1001."""
    pairs = _TWO_BYTES.findall(content)
    return bool(pairs) and sum(bool(_HANGUL_OR_SYMBOL.match(pair)) for pair in pairs) >= 0.9 * len(pairs)


def _candidates(content: bytes, declared: str | None) -> list[str]:
    named = [_superset(declared)] if declared else []
    return ["utf-8", *named, *(["cp949"] if looks_korean(content) else [])]


def _superset(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return "utf-8"
    return _SUPERSETS.get(name, name)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = content.count(b"\n", 0, at) + 1
        raise NotTextError(f"is not valid UTF-8 text (byte {at}, line {line})") from None
