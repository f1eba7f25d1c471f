"""DOCX: headings, lists and tables in the order of the document, and files that can't be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document

from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record


def read(content: bytes, folder: Path, max_bytes: int = 1_000_000) -> Item:
    path = folder / "care.docx"
    path.write_bytes(content)
    (item,) = FileReading(path, max_bytes)
    return item


def made(title: str = "") -> bytes:
    word = Document()
    word.core_properties.title = title
    word.add_heading("울 관리", level=1)
    word.add_paragraph("찬물에서 손으로 빱니다.")
    word.add_heading("Drying", level=2)
    word.add_paragraph("flat", style="List Bullet")
    word.add_paragraph("in the shade", style="List Bullet")
    table = word.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, [("소재", "온도"), ("울", "30도")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    word.add_paragraph("끝.")
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def test_a_document_is_read_in_its_order_as_markdown_writes_it(tmp_path: Path) -> None:
    record = read(made(), tmp_path)
    assert isinstance(record, Record)
    assert record.text == "\n\n".join(
        [
            "# 울 관리",
            "찬물에서 손으로 빱니다.",
            "## Drying",
            "- flat\n- in the shade",
            "| 소재 | 온도 |\n| --- | --- |\n| 울 | 30도 |",
            "끝.",
        ]
    )
    assert record.title == "울 관리"


def test_a_title_in_its_properties_is_its_title(tmp_path: Path) -> None:
    record = read(made("안내서"), tmp_path)
    assert isinstance(record, Record)
    assert record.title == "안내서"


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b" " * 60_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        (b"PK\x03\x04 broken", "broken"),
        (made()[:2000], "broken"),
        (bomb(), "far more than a document"),
        (b"no word document", "broken"),
    ],
)
def test_what_can_not_be_read_is_named_plainly(tmp_path: Path, content: bytes, reason: str) -> None:
    item = read(content, tmp_path)
    assert isinstance(item, Failure)
    assert reason in item.reason
