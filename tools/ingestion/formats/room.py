"""How much a file may hold that is packed in it, and in what is packed in that."""

from __future__ import annotations

_UNPACKED = 20
"""How many times the size of the largest document all of it together may have."""
_MOST_FILES = 10_000
FAR_MORE = "unpacks to far more than documents"


class Room:
    """What is left of it: archives in mails in archives share one, or each of a few levels would multiply the one before.

    Args:
        max_bytes: Largest document.
    """

    def __init__(self, max_bytes: int) -> None:
        self._bytes = _UNPACKED * max_bytes
        self._files = _MOST_FILES

    def holds(self, files: int, size: int) -> bool:
        """Check whether so many files of so many bytes in all would fit."""
        return files <= self._files and size <= self._bytes

    def take(self, size: int) -> bool:
        """Take the room of one file; say whether there was so much."""
        there = self.holds(1, size)
        self._files, self._bytes = self._files - 1, self._bytes - size
        return there
