"""What an import would make of a file, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stylegraph.tools.fashion.catalogue.columns import Column, Columns
from stylegraph.tools.fashion.catalogue.reading import Reading, filled
from stylegraph.tools.fashion.catalogue.survey import Knowing, Known
from stylegraph.tools.fashion.items.items import Problems, Report


class Checked(Report):
    """What was found."""

    columns: list[Column]
    known: Known
    """How much would be known of the items, before anybody looks at their photos."""


def check_file(file: Path, columns: Mapping[str, str] | None = None, currency: str | None = None) -> Checked:
    """Read a file to its end, filling in what its texts say.

    Args:
        file: CSV, JSONL or parquet.
        columns: Column -> field, where their names don't say it.
        currency: What prices are in, where nothing in the file says it; None: won.

    Raises:
        CatalogueError: The file can't be read.
        InputError: A column that was named is not there.
    """
    problems, knowing = Problems(), Knowing(file.parent)
    reading = Reading(file, problems, Columns(columns, currency))
    for item in filled(reading, file.parent, problems):
        knowing.read(item)
    report = problems.report(knowing.items)
    return Checked(**report, columns=reading.columns.told, known=knowing.known())
