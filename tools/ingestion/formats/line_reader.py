"""Lines of a stream, decoded one by one, so that a file of any size takes the memory of its longest line."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from stylegraph.tools.net.charsets import looks_korean

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BrokenLineError(ValueError):
    """A line that can't be read; the message says why."""

    def __init__(self, reason: str, head: str) -> None:
        super().__init__(reason)
        self.head = head
        """What can be read of its beginning."""


class Lines(Iterator[str]):
    r"""The lines of a stream, each with its `\n`. After a `BrokenLineError` the next call goes on with the next line.

    UTF-8 and cp949 are told apart by the first line that is not ASCII; UTF-16 by its byte order mark.

    Args:
        stream: Bytes, at their beginning.
        max_bytes: Longest line.
    """

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self.number = 0
        """Number of the line that was given last, from 1."""
        self._max_bytes = max_bytes
        self._encodings: tuple[str, ...] = ("utf-8", "cp949")
        self._stream = _as_utf8(stream)

    def __next__(self) -> str:
        line = self._stream.readline(self._max_bytes + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > self._max_bytes:
            self._skip_rest(line)
            raise BrokenLineError(f"is longer than {self._max_bytes:,} bytes", _head(line))
        return line.decode("ascii") if line.isascii() else self._decode(line)

    def _decode(self, line: bytes) -> str:
        for encoding in self._encodings:
            if len(self._encodings) > 1 and encoding == "cp949" and not looks_korean(line):
                continue
            try:
                text = line.decode(encoding)
            except UnicodeError:
                continue
            self._encodings = (encoding,)
            return text
        raise BrokenLineError("is not valid UTF-8 text", _head(line))

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(1 << 20)


class _Transcoded(io.RawIOBase):
    """UTF-16 bytes, read as UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready and (block := self._stream.read(1 << 16)):
            self._ready = self._decoder.decode(block).encode("utf-8", "replace")
        given, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def _as_utf8(stream: BinaryIO) -> BinaryIO:
    mark = stream.read(2)
    stream.seek(0)
    return io.BufferedReader(_Transcoded(stream)) if mark in _UTF16 else stream


def _head(line: bytes) -> str:
    return line[:10_000].decode("utf-8", "replace")
