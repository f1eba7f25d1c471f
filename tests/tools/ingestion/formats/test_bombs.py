"""Small files that unpack to large ones are told from others, in each format that packs."""

from __future__ import annotations

import io
import zipfile

import pytest

from stylegraph.tools.ingestion.formats.bombs import zip_unpacks_beyond
from stylegraph.tools.ingestion.formats.docx import read_docx
from stylegraph.tools.ingestion.formats.parquet import read_parquet
from stylegraph.tools.ingestion.formats.record import Origin

ORIGIN = Origin("x", "/x", "x", 50_000_000)


def packed(*parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in parts:
            with archive.open(name, "w", force_zip64=True) as part:
                for _ in range(size // 1_000_000):
                    part.write(b"<w:p/>" * 166_667)
                part.write(b" " * (size % 1_000_000))
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("parts", "beyond"),
    [
        ([("word/document.xml", 735_000_000)], True),
        ([("word/document.xml", 30_000_000), ("word/Footnotes.XML", 30_000_000)], True),
        ([("word/media/photo.png", 600_000_000)], True),
        ([(f"word/{number}", 1) for number in range(10_001)], True),
        ([("word/document.xml", 5_000_000), ("word/media/photo.png", 60_000_000)], False),
    ],
)
def test_a_word_document_may_unpack_to_a_document_and_no_more(parts, beyond):
    stream = packed(*parts)
    assert zip_unpacks_beyond(stream) is beyond
    assert stream.tell() == 0
    if beyond:
        [failure] = read_docx(stream, ORIGIN)
        assert "far more than a document" in failure.reason


def test_rows_of_a_table_that_are_more_than_memory_holds_are_not_read():
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    stream = io.BytesIO()
    letters = pyarrow.array(["x" * 1_000_000] * 600)
    parquet.write_table(pyarrow.table({"text": letters}), stream, compression="zstd", use_dictionary=False)
    assert stream.tell() < 5_000_000
    stream.seek(0)
    [failure] = read_parquet(stream, ORIGIN)
    assert "far more than a table" in failure.reason
