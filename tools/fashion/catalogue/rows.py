"""The rows of a catalogue's file: CSV as spreadsheets write it, JSONL, parquet, feeds in XML and JSON; with their lines.

All in flat memory but for JSON, which is one document; packed by gzip or not.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from stylegraph.agent.errors import CatalogueError
from stylegraph.agent.regular_files import require_regular
from stylegraph.tools.fashion.catalogue.feeds import products_in
from stylegraph.tools.fashion.items.items import Problems

Row = tuple[int, Mapping[str, Any]]
"""1-based line of the file (of a parquet file: row), and column -> cell."""

MOST_COLUMNS = 200
_LONGEST_LINE = 1_000_000
_LOOKED_AT = 1 << 20
_LARGEST_DOCUMENT = 1 << 30
"""Bytes of a file that is one JSON document, unpacked: what is larger is read as JSONL, or not."""
_GZIP = b"\x1f\x8b"
_DELIMITERS = ",;\t|"
_BATCH = 1_000


class Rows:
    """The rows of one file, read once.

    Args:
        path: `.csv`, `.tsv` or `.txt` is CSV with any usual delimiter, `.parquet` is parquet, `.xml` a feed, `.json` and
            `.jsonld` one document or JSONL, all else JSONL. Text is
            UTF-8, with or without a byte order mark, UTF-16, or what Korean Windows writes (CP949). What is packed by gzip
            (`feed.xml.gz`) is unpacked as it is read.
        problems: Takes what can't be read, by line.

    Raises:
        CatalogueError: The file can't be read at all.
    """

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.complete = True
        """Whether everything was read; False once a part of the file had to be given up."""
        self._problems = problems
        self._done = 0.0
        self._told: Callable[[], float] = lambda: 0.0
        """Returns how far the file is read, packed or not."""

    @property
    def share(self) -> float:
        """How much of the file is read, 0..1."""
        return min(1.0, self._done)

    def __iter__(self) -> Iterator[Row]:
        """Return the rows.

        Raises:
            CatalogueError: The file can't be read.
        """
        try:
            require_regular(self.path)
            with self.path.open("rb") as file:
                size = max(1, self.path.stat().st_size)
                self._told = lambda: file.tell() / size
                yield from self._read(_unpacked(file))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.complete = False
            self._problems.add(0, "", "skipped", f"The rest can't be unpacked: {error}.")
        except OSError as error:
            raise unreadable(self.path, error.strerror or str(error)) from None

    def _read(self, raw: BinaryIO) -> Iterator[Row]:
        kind = Path(self.path.name.lower().removesuffix(".gz")).suffix
        if kind == ".parquet" or raw.peek(4)[:4] == b"PAR1":  # type: ignore[attr-defined]
            return self._parquet(raw)
        if kind in {".xml", ".rss", ".atom"}:
            return self._xml(raw)
        if kind in {".json", ".jsonld"} and (document := _document(raw)) is not None:
            return self._json(document)
        encoding = _encoding(raw)
        raw.seek(0)
        lines = self._lines(raw, encoding)
        return self._csv(lines) if kind in {".csv", ".tsv", ".txt"} else self._jsonl(lines)

    def _lines(self, raw: BinaryIO, encoding: str) -> Iterator[str]:
        with _text(raw, encoding) as text:
            for line in iter(lambda: text.readline(_LONGEST_LINE), ""):
                self._done = self._told()
                yield line

    def _csv(self, lines: Iterator[str]) -> Iterator[Row]:
        csv.field_size_limit(_LONGEST_LINE)
        first = next(lines, "")
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(_with(first, lines), delimiter=delimiter, skipinitialspace=True)
        header = [name.strip() for name in next(reader, [])][:MOST_COLUMNS]
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.complete = False
                self._problems.add(reader.line_num, "", "skipped", f"This line can't be read as CSV: {error}.")
                continue
            if any(cell.strip() for cell in cells):
                yield reader.line_num, self._named(header, cells, reader.line_num)

    def _named(self, header: Sequence[str], cells: Sequence[str], line: int) -> Mapping[str, str]:
        if len(cells) > len(header):
            self._problems.add(line, "", "left_out", f"{len(cells)} cells where the header has {len(header)} columns.")
        return {name: cell for name, cell in zip(header, cells, strict=False) if name}

    def _jsonl(self, lines: Iterator[str]) -> Iterator[Row]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                self._problems.add(number, "", "skipped", f"This line is not JSON: {error}.")
                continue
            if isinstance(row, dict):
                yield number, dict(list(row.items())[:MOST_COLUMNS])
            else:
                self._problems.add(number, "", "skipped", "This line is not a JSON object.")

    def _json(self, document: object) -> Iterator[Row]:
        products = list(products_in(document))
        for number, product in enumerate(products, start=1):
            self._done = number / len(products)
            yield number, dict(list(product.items())[:MOST_COLUMNS])

    def _xml(self, raw: BinaryIO) -> Iterator[Row]:
        """Read a feed, an `item` (RSS) or `entry` (Atom) a row; nothing outside the file is looked at."""
        from lxml import etree

        raw.seek(0)
        try:
            walk = etree.iterparse(
                raw, tag=("{*}item", "{*}entry"), resolve_entities=False, no_network=True, load_dtd=False
            )
            for _, element in walk:
                self._done = self._told()
                yield element.sourceline or 0, _children(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            self.complete = False
            self._problems.add(error.lineno or 0, "", "skipped", f"The rest can't be read as XML: {error.msg}.")

    def _parquet(self, raw: BinaryIO) -> Iterator[Row]:
        try:
            import pyarrow as arrow
            from pyarrow import parquet
        except ImportError:
            raise CatalogueError(
                f"{self.path} is parquet, which needs pyarrow.", "Install it: pip install 'stylegraph[parquet]'."
            ) from None
        number = 0
        try:
            table = parquet.ParquetFile(raw)
            names = table.schema_arrow.names[:MOST_COLUMNS]
            for batch in table.iter_batches(batch_size=_BATCH, columns=names):
                for row in batch.to_pylist():
                    number += 1
                    self._done = number / max(1, table.metadata.num_rows)
                    yield number, row
        except (arrow.ArrowException, OSError) as error:
            cause = str(error).split("\n", 1)[0][:200]
            if not number:
                raise unreadable(self.path, f"it is no parquet file ({cause})") from None
            self.complete = False
            self._problems.add(number + 1, "", "skipped", f"The rest can't be read as parquet: {cause}.")


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Return a file as it is, or unpacked while it is read where it is packed by gzip, whatever it is called."""
    packed = file.peek(2)[:2] == _GZIP  # type: ignore[attr-defined]
    return gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[return-value]


def _document(raw: BinaryIO) -> object | None:
    """Return a file that is one JSON document; None: it is not, and may be JSONL."""
    raw.seek(0)
    content = raw.read(_LARGEST_DOCUMENT + 1)
    if len(content) > _LARGEST_DOCUMENT:
        return None
    try:
        document: object = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return document


def _children(element: Any) -> dict[str, Any]:  # noqa: ANN401 (lxml has no types)
    """Return the texts of an element's children by their names without namespace; of several of one name, the first."""
    row: dict[str, Any] = {}
    for child in element:
        if isinstance(child.tag, str):
            name = child.tag.rpartition("}")[2]
            text = (child.text or "").strip() or str(child.get("href") or "")
            row.setdefault(name, text)
    return row


def unreadable(path: Path, reason: str) -> CatalogueError:
    """Return the error for a catalogue whose file can't be read."""
    remedy = "Check the path, or STYLEGRAPH_CATALOGUE if it is set; leave that unset for what was imported."
    return CatalogueError(f"The catalogue {path} can't be read: {reason}.", remedy)


def _encoding(raw: BinaryIO) -> str:
    """Return how a text is encoded from its first megabyte."""
    sample = _sample(raw)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    with suppress(UnicodeDecodeError):
        sample[: sample.rfind(b"\n") + 1 or len(sample)].decode("utf-8")
        return "utf-8-sig"
    with suppress(UnicodeDecodeError):
        sample[: sample.rfind(b"\n") + 1 or len(sample)].decode("cp949")
        return "cp949"
    return "utf-8-sig"


def _sample(raw: BinaryIO) -> bytes:
    """Return the start of a file, of one that breaks off what is there of it."""
    sample = b""
    with suppress(EOFError, zlib.error):
        while len(sample) < _LOOKED_AT and (block := raw.read1(_LOOKED_AT - len(sample))):  # type: ignore[attr-defined]
            sample += block
    return sample


def _text(raw: BinaryIO, encoding: str) -> TextIO:
    import io

    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


def _with(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines
