"""A shop's file as items, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.catalogue.cells import read_row
from stylegraph.tools.fashion.catalogue.columns import Columns
from stylegraph.tools.fashion.catalogue.feeds import folded
from stylegraph.tools.fashion.catalogue.filling import fill, fill_by_kind
from stylegraph.tools.fashion.catalogue.photos import photo_path
from stylegraph.tools.fashion.catalogue.rows import Rows
from stylegraph.tools.fashion.catalogue.sample import settled
from stylegraph.tools.fashion.items.items import Item, Problems


class Reading:
    """The items of one file, in flat memory but for their ids.

    Args:
        path: CSV, JSONL or parquet; see `Rows`.
        problems: Takes what is wrong, by line: a row without a name, or whose id was there before, is skipped.
        columns: Which field each column is; None: as their names say.
        named: Whether a row has to have a name; else its id is enough.
    """

    def __init__(self, path: Path, problems: Problems, columns: Columns | None = None, *, named: bool = True) -> None:
        self._named = named
        self.columns = columns or Columns()
        self.ids: set[str] = set()
        """The ids that came by."""
        self.rows = Rows(path, problems)
        self._problems = problems

    def __iter__(self) -> Iterator[tuple[int, Item]]:
        """Return line and item.

        Raises:
            CatalogueError: The file can't be read.
            InputError: A column that the user named is not there.
        """
        for number, (line, row) in enumerate(settled(folded(self.rows), self.columns)):
            item = read_row(line, row, self.columns, self._problems, named=self._named)
            if not number:
                self._check_given(row)
            if item is None:
                continue
            if item["id"] in self.ids:
                self._problems.add(line, "id", "skipped", f"The id {item['id']!r} was there before.")
                continue
            self.ids.add(item["id"])
            yield line, item

    def _check_given(self, row: object) -> None:
        named = [str(column) for column in row] if isinstance(row, dict) else []
        if missing := self.columns.absent(named):
            raise InputError(
                f"There is no column {missing[0]!r} in {self.rows.path.name}.",
                f"Its columns: {', '.join(named)[:500]}.",
            )


def read_items(path: Path, problems: Problems, currency: str | None = None) -> Iterator[Item]:
    """Read a catalogue item by item, with what its columns leave open filled in from its texts; photos stay there.

    Args:
        path: CSV, JSONL or parquet.
        problems: Takes what is wrong, by line.
        currency: What prices are in (ISO 4217), where nothing in the file says it; None: won.

    Raises:
        CatalogueError: The file can't be read at all.
        InputError: The currency is not known.
    """
    return filled(Reading(path, problems, Columns(currency=currency)), path.parent, problems)


def filled(reading: Reading, folder: Path, problems: Problems) -> Iterator[Item]:
    """Return the items of a reading with what their texts say, and without photos that are not in the folder."""
    for line, item in reading:
        if item.get("image") and photo_path(item["image"], folder) is None:
            problems.add(
                line, "image", "left_out", f"There is no picture {item['image'][:200]!r} beside the catalogue."
            )
            del item["image"]
        fill(item)
        fill_by_kind(item)
        yield item
