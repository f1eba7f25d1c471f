"""Office files, as office programs wrote them: LibreOffice (ODT, RTF, XLSX, ODS) and writers of HWP and HWPX."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record

FILES = Path(__file__).parents[3] / "data" / "formats"
TABLE = (
    "| 구분 | 대상 | 한도 |\n| --- | --- | --- |\n| 경조사비 | 전 직원 | 30만 원 |\n"
    "| 자기계발비 | 정규직 | 연 60만 원 |\n| 통신비 | 영업팀 | 월 5만 원 |"
)
SALES = (
    "## sales\n\n2026년 매출\n\n| 지점 | 분기 | 매출 |\n| --- | --- | --- |\n| 강남 | 1 | 1200 |\n| 부산 | 1 | 830.5 |\n\n"
    "| 담당 | 연락처 |\n| --- | --- |\n| 김민수 | 02-123-4567 |"
)


def read(path: Path, max_bytes: int = 5_000_000) -> Item:
    (item,) = FileReading(path, max_bytes)
    return item


def text_of(path: Path) -> str:
    item = read(path)
    assert isinstance(item, Record), item
    return item.text


@pytest.mark.parametrize("name", ["welfare.hwp", "welfare.hwpx", "welfare.odt", "welfare.rtf"])
def test_a_document_is_read_with_its_table_between_its_paragraphs(name: str) -> None:
    record = read(FILES / name)
    assert isinstance(record, Record)
    assert record.title == "사내 복지 안내"
    assert record.metadata == {"language": "ko"}
    before, table, after = record.text.partition(TABLE)
    assert "신청은 인사팀에 합니다." in before
    assert table
    assert "25일까지" in after


def test_headings_and_lists_of_opendocument_are_markdown() -> None:
    text = text_of(FILES / "welfare.odt")
    assert text.startswith("# 사내 복지 안내\n\n")
    assert "\n\n## 지원 항목\n\n" in text
    assert "- 영수증을 붙입니다.\n- 매월 25일까지 냅니다." in text


@pytest.mark.parametrize("name", ["sales.xlsx", "sales.ods"])
def test_a_sheet_is_its_tables_under_the_names_of_their_columns(name: str) -> None:
    assert text_of(FILES / name).strip() == SALES


def test_a_row_says_which_cell_it_begins_at() -> None:
    record = read(FILES / "sales.xlsx")
    assert isinstance(record, Record)
    places = {chunk["text"].split("\n")[0]: chunk["locator"]["pointer"] for chunk in chunks_of(record, Chunking(25, 0))}
    assert places["| 부산 | 1 | 830.5 |"] == "sales!A5"


def test_every_sheet_is_a_section(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("상반기", "하반기"):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([("품목", "수량", "단가"), ("연필", 3, 500), ("공책", 2, 1500.5)]):
                sheet.write_row(row, 0, cells)
    text = text_of(path)
    assert text.count("| 품목 | 수량 | 단가 |\n| --- | --- | --- |\n| 연필 | 3 | 500 |") == 2
    assert "## 상반기\n" in text
    assert "## 하반기\n" in text


def presentation() -> bytes:
    shown = Presentation()
    for title, lines in (("분기 실적", ["매출이 늘었습니다", "비용은 같습니다"]), ("다음 단계", ["채용을 늘립니다"])):
        slide = shown.slides.add_slide(shown.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(3), Inches(6), Inches(2)).table
    for row, cells in enumerate([("팀", "인원", "시작"), ("개발", "3명", "5월"), ("영업", "2명", "6월")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    slide.notes_slide.notes_text_frame.text = "예산은 이미 승인되었습니다."
    saved = io.BytesIO()
    shown.save(saved)
    return saved.getvalue()


def test_a_slide_is_a_section_with_its_number_its_table_and_its_notes(tmp_path: Path) -> None:
    path = tmp_path / "plan.pptx"
    path.write_bytes(presentation())
    record = read(path)
    assert isinstance(record, Record)
    first, second = chunks_of(record, Chunking(800, 0))
    assert (first["locator"]["page"], second["locator"]["page"]) == (1, 2)
    assert first["text"].startswith("## 분기 실적\n\n- 매출이 늘었습니다\n- 비용은 같습니다")
    assert "| 팀 | 인원 | 시작 |\n| --- | --- | --- |\n| 개발 | 3명 | 5월 |" in second["text"]
    assert "예산은 이미 승인되었습니다." in second["text"]


ENDINGS = ["hwp", "hwpx", "xlsx", "xls", "ods", "pptx", "odt", "epub", "rtf"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 and then nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1 {{{{", b"\0" * 99]
)
def test_a_broken_file_is_a_failure_or_has_no_text(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"broken.{ending}"
    path.write_bytes(content)
    item = read(path)
    assert isinstance(item, Failure)
    assert item.id == str(path)


@pytest.mark.parametrize("ending", ["hwpx", "xlsx", "pptx", "odt", "epub"])
def test_what_unpacks_to_far_more_than_a_document_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"bomb.{ending}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("content.xml", b" " * 30_000_000)
    item = read(path, 1_000_000)
    assert isinstance(item, Failure)
    assert "unpacks to far more" in item.reason


@pytest.mark.parametrize(
    ("name", "package"),
    [("sales.xlsx", "python_calamine"), ("welfare.rtf", "striprtf"), ("welfare.hwp", "hwp_hwpx_parser")],
)
def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, name: str, package: str) -> None:
    for module in [known for known in sys.modules if known.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    item = read(FILES / name)
    assert isinstance(item, Failure)
    assert item.remedy == "Install it: pip install 'stylegraph[formats]'."
