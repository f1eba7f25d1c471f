"""Documents that are ZIP archives of XML parts: opened within bounds, their XML read without outside entities."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

_UNPACKED = 20
"""How many times its size limit a document may take unpacked: XML packs well, a bomb better."""
_MOST_PARTS = 10_000
_LARGEST_MARKUP = 100_000_000
"""Bytes of all markup in a document; in memory it takes eight times as much."""
_MARKUP = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")

Element = Any
"""An lxml element; lxml ships no types."""


class UnreadableError(ValueError):
    """A document that can't be read: what it is, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Parts:
    """The parts of an opened archive."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.names = [part.filename for part in packed.infolist() if not part.is_dir()]

    def read(self, name: str) -> bytes:
        """Return a part; `zipfile` reads no more of it than the archive says."""
        return self._packed.read(name)

    def xml(self, name: str) -> Element:
        """Return the root of a part.

        Raises:
            XMLSyntaxError: It is none.
            KeyError: There is no such part.
        """
        from lxml import etree

        return etree.fromstring(self.read(name), etree.XMLParser(resolve_entities=False, no_network=True))


@contextmanager
def opened(stream: BinaryIO, max_bytes: int, program: str) -> Iterator[Parts]:
    """Open a document.

    Args:
        stream: Its bytes, at their beginning.
        max_bytes: Largest document.
        program: What opens it, for the remedy.

    Raises:
        UnreadableError: It is encrypted, broken, or unpacks to far more than a document.
    """
    from lxml import etree

    broken = UnreadableError("is encrypted or broken", f"Open it in {program} and save it again, without a password.")
    try:
        with zipfile.ZipFile(stream) as packed:
            if _is_far_more(packed.infolist(), max_bytes):
                raise UnreadableError("unpacks to far more than a document", "Save its text in another format.")
            yield Parts(packed)
    except (zipfile.BadZipFile, etree.LxmlError, KeyError, RuntimeError, NotImplementedError, EOFError) as error:
        raise broken from error


def _is_far_more(parts: Sequence[zipfile.ZipInfo], max_bytes: int) -> bool:
    """Check whether parts are more than a document has. What an archive says of them is believed: no more of one is read."""
    markup = sum(part.file_size for part in parts if part.filename.lower().endswith(_MARKUP))
    everything = sum(part.file_size for part in parts)
    return len(parts) > _MOST_PARTS or markup > _LARGEST_MARKUP or everything > _UNPACKED * max_bytes
