"""Parquet: one document a row, as in CSV; needs the extra `stylegraph[parquet]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, BinaryIO

from stylegraph.tools.ingestion.formats.bombs import rows_unpack_beyond
from stylegraph.tools.ingestion.formats.fields import as_record
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin
from stylegraph.tools.ingestion.formats.table import texted

_ROWS = 1_000
"""Rows in memory at a time."""


def read_parquet(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read a table row by row; columns `id`, `title` and `text` if it has them, the others as metadata.

    A table without a `text` column gives `column: value` lines as text. Memory stays flat: rows come in batches.

    Args:
        stream: The bytes, at their beginning; they can be sought.
        origin: Where they come from.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        yield _unread(origin, "is parquet, which needs pyarrow", "Install it: pip install 'stylegraph[parquet]'.")
        return
    number = 0
    try:
        table = parquet.ParquetFile(stream)
        groups = (table.metadata.row_group(number) for number in range(table.num_row_groups))
        if rows_unpack_beyond(group.total_byte_size for group in groups):
            yield _unread(origin, "unpacks to far more than a table", "Write it with smaller row groups.")
            return
        for batch in table.iter_batches(batch_size=_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield as_record(_fields(row), origin, f"{origin.place}, row {number}")
    except (arrow.ArrowException, OSError) as error:
        cause = str(error).split("\n", 1)[0][:200]
        yield _unread(origin, f"can't be read as parquet after row {number} ({cause})", "Write it again.")


def _unread(origin: Origin, reason: str, remedy: str) -> Failure:
    return Failure(origin.place, reason, remedy, id=origin.id, hides=True)


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: said for name, value in row.items() if (said := _said(value)) is not None}
    return fields if "text" in row else texted(fields)


def _said(value: Any) -> Any:  # noqa: ANN401 - whatever a column may hold
    """Return a value as JSON has it: a moment and a span as text, a decimal as a number; bytes say nothing."""
    if isinstance(value, bytes):
        return None
    if isinstance(value, Mapping):
        return {str(name): said for name, one in value.items() if (said := _said(one)) is not None} or None
    if isinstance(value, list | tuple):
        return [said for one in value if (said := _said(one)) is not None]
    if isinstance(value, date | time):  # datetime is a date
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
