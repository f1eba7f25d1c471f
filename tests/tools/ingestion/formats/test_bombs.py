"""Small files that unpack to large ones are told from others, in each format that packs."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest

from stylegraph.tools.ingestion.formats.archives import read_zip
from stylegraph.tools.ingestion.formats.bombs import zip_unpacks_beyond
from stylegraph.tools.ingestion.formats.docx import read_docx
from stylegraph.tools.ingestion.formats.files import READERS, reader_of
from stylegraph.tools.ingestion.formats.parquet import read_parquet
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record

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


CONTAINERS = [("a.hwpx", "Contents/section0.xml"), ("a.xlsx", "xl/worksheets/sheet1.xml"), ("a.ods", "content.xml"),
              ("a.pptx", "ppt/slides/slide1.xml"), ("a.epub", "one.xhtml"), ("a.odt", "content.xml"), ("a.docx", "word/document.xml")]  # fmt: skip


@pytest.mark.parametrize(("name", "part"), CONTAINERS, ids=[name for name, _ in CONTAINERS])
def test_each_document_that_is_an_archive_is_bounded_by_what_it_unpacks_to(name, part):
    stream = packed((part, 120_000_000))
    assert stream.seek(0, 2) < 1_000_000
    stream.seek(0)
    reader = reader_of(stream, name[1:])
    assert reader in READERS.values()
    [failure] = reader(stream, Origin(name, name, "a", 50_000_000))
    assert "far more than a document" in failure.reason


def zipped(*files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


def mailed(*files):
    message = EmailMessage()
    message["Subject"] = "Look"
    message.set_content("See what is attached.")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="zip", filename=name)
    return message.as_bytes()


def nested(levels, width=8):
    """Return an archive of mails with an archive of mails with ... in each: every level multiplies the one before."""
    content = zipped(("note.md", "A note that is there many times."))
    for _ in range(levels):
        content = zipped(*((f"{number}.eml", mailed(("more.zip", content))) for number in range(width)))
    return content


def test_archives_in_mails_in_archives_share_the_room_of_the_one_that_was_sent():
    content = nested(3)  # 8 ** 3 notes; 1.5 MB in all, 40 kB the largest, however well it was packed
    items = list(read_zip(io.BytesIO(content), Origin("x.zip", "x.zip", "x", 60_000)))
    assert sum(isinstance(item, Record) and "A note" in item.text for item in items) < 8**3
    assert any(isinstance(item, Failure) and "far more than documents" in item.reason for item in items)
    few = list(read_zip(io.BytesIO(nested(2, 3)), Origin("x.zip", "x.zip", "x", 5_000_000)))
    assert sum(isinstance(item, Record) and "A note" in item.text for item in few) == 9
    assert not any(isinstance(item, Failure) for item in few)
