"""JSONL: one document a line, with `id`, `title`, `text`, and whatever else as metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from stylegraph.tools.ingestion.formats.fields import as_record
from stylegraph.tools.ingestion.formats.line_reader import BrokenLineError, Lines
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin

_ID = re.compile(r'"id"\s*:\s*("(?:[^"\\\n]|\\.)*"|-?\d+)')


def read_jsonl(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read a stream of JSON objects, one a line. A line that is broken becomes a failure with its number.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits a line.
    """
    lines = Lines(stream, origin.max_bytes)
    while True:
        try:
            line = next(lines, None)
        except BrokenLineError as error:
            yield _broken(origin, lines.number, str(error), error.head)
            continue
        if line is None:
            return
        if line.strip():
            yield _read(line, origin, lines.number)


def _read(line: str, origin: Origin, number: int) -> Item:
    try:
        fields = json.loads(line, parse_constant=_refuse)
        if isinstance(fields, dict):
            return as_record(fields, origin, f"{origin.place}, line {number}")
    except (ValueError, RecursionError) as error:
        return _broken(origin, number, f"is not valid JSON ({_cause(error)})", line[:10_000])
    return _broken(origin, number, "is not a JSON object", "")


def _broken(origin: Origin, number: int, reason: str, head: str) -> Failure:
    """Make the failure of a line; when its id can still be read, what is indexed of it stays."""
    return Failure(
        f"{origin.place}, line {number}", reason, 'Each line is one object: {"id", "title", "text"}.', _id(head)
    )


def _id(head: str) -> str | None:
    found = _ID.search(head)
    try:
        return str(json.loads(found[1])) if found else None
    except ValueError:
        return None


def _cause(error: Exception) -> str:
    return f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"


def _refuse(constant: str) -> Any:  # noqa: ANN401
    raise json.JSONDecodeError(f"{constant} is not JSON", constant, 0)
