"""Scanned pages are read where Tesseract is installed and that is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats import ocr
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record

ENGLISH = ("Wash wool by hand in cold water.", "Never wring it.", "", "Dry it flat in the shade.")
KOREAN = ("울 스웨터는 찬물에 손세탁합니다.", "그늘에 뉘어서 말립니다.")
KOREAN_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def scan(rows: Sequence[str]) -> Image.Image:
    """What a scanner makes of a page with these lines."""
    page = Image.new("L", (1240, 1754), 250)
    korean = any("가" <= letter <= "힣" for row in rows for letter in row)
    font = ImageFont.truetype(str(KOREAN_FONT), 36) if korean else ImageFont.load_default(36)
    for place, row in enumerate(rows):
        ImageDraw.Draw(page).text((120, 150 + 60 * place), row, fill=20, font=font)
    return page


def scanned_pdf(path: Path, *pages: Sequence[str]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for rows in pages:
        canvas.drawImage(ImageReader(scan(rows)), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return path


def read(path: Path, *, ocr: bool) -> list[Item]:
    return list(FileReading(path, 10_000_000, ocr=ocr))


def needs_tesseract(language: str) -> pytest.MarkDecorator:
    there = shutil.which("tesseract") is not None and language in ocr._run(["--list-langs"])
    return pytest.mark.skipif(not there, reason=f"Tesseract with {language} is not installed")


@needs_tesseract("eng")
def test_each_scanned_page_is_read_and_cited_by_its_number(tmp_path: Path) -> None:
    (record,) = read(scanned_pdf(tmp_path / "care.pdf", ENGLISH, ["Linen dries very quickly."]), ocr=True)
    assert isinstance(record, Record)
    assert record.text.split() == " ".join([*ENGLISH, "Linen dries very quickly."]).split()
    pages = [chunk["locator"]["page"] for chunk in chunks_of(record, Chunking(800, 0))]
    assert pages == [1, 2]


@needs_tesseract("kor")
@pytest.mark.skipif(not KOREAN_FONT.exists(), reason="no font to draw Korean with")
def test_korean_is_read(tmp_path: Path) -> None:
    (record,) = read(scanned_pdf(tmp_path / "care.pdf", KOREAN), ocr=True)
    assert isinstance(record, Record)
    assert "찬물에 손세탁합니다" in record.text
    assert record.metadata["language"] == "ko"


def test_unless_it_is_asked_for_a_scan_is_named_with_what_would_read_it(tmp_path: Path) -> None:
    (item,) = read(scanned_pdf(tmp_path / "care.pdf", ENGLISH), ocr=False)
    assert isinstance(item, Failure)
    assert "scanned pages" in item.reason
    assert "STYLEGRAPH_OCR" in item.remedy


def test_without_tesseract_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    ocr._installed.cache_clear()
    (item,) = read(scanned_pdf(tmp_path / "care.pdf", ENGLISH), ocr=True)
    assert isinstance(item, Failure)
    assert "Tesseract is not installed" in item.reason
    assert "apt install" in item.remedy


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "tesseract"
    slow.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && echo eng && exit\nsleep 5\n')
    slow.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(slow))
    monkeypatch.setattr(ocr, "_SECONDS", 0.5)
    ocr._installed.cache_clear()
    (item,) = read(scanned_pdf(tmp_path / "care.pdf", ENGLISH), ocr=True)
    ocr._installed.cache_clear()
    assert isinstance(item, Failure)
    assert "took longer" in item.reason
