"""PDF: pages, reading order, tables, headings, and files that can't be read."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record, Skipped

TOP = A4[1] - 80
LEFT = ("Wool is a fibre that keeps", "warm even where it is wet. It", "should be washed by hand.")
RIGHT = ("Linen dries very quickly in", "the shade. It is ironed while", "it is still a little damp.")


def read(content: bytes, path: Path, max_bytes: int = 1_000_000) -> Item:
    path.write_bytes(content)
    (item,) = FileReading(path, max_bytes)
    return item


def made(draw: Callable[[Canvas], None], **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)  # type: ignore[arg-type]
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def lines(canvas: Canvas, x: float, y: float, *texts: str, size: float = 10, font: str = "Helvetica") -> None:
    canvas.setFont(font, size)
    for number, text in enumerate(texts):
        canvas.drawString(x, y - number * size * 1.2, text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "care.pdf"


def two_columns(canvas: Canvas) -> None:
    lines(canvas, 60, TOP, "How to care for clothes and for towels", size=20)
    for row, pair in enumerate(zip(LEFT, RIGHT, strict=True)):  # line by line, as some writers do
        lines(canvas, 60, TOP - 60 - row * 12, pair[0])
        lines(canvas, 320, TOP - 60 - row * 12, pair[1])
    lines(canvas, 60, TOP - 130, "What to buy", size=15)
    lines(
        canvas, 60, TOP - 150, "Buy little, and buy only what can be mended by yourself or by a tailor near you, what-"
    )
    lines(canvas, 60, TOP - 162, "ever the season says.")


def test_columns_are_read_one_after_the_other_under_the_heading_above_them(file: Path) -> None:
    record = read(made(two_columns), file)
    assert isinstance(record, Record)
    assert record.text == "\n\n".join(
        [
            "# How to care for clothes and for towels",
            " ".join(LEFT),
            " ".join(RIGHT),
            "## What to buy",
            "Buy little, and buy only what can be mended by yourself or by a tailor near you, whatever the season says.",
        ]
    )
    assert record.title == "How to care for clothes and for towels"


def test_every_chunk_knows_its_page_and_a_page_begins_a_chunk(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for page in (1, 2, 3):
            lines(canvas, 60, TOP, f"The first sentence of page {page}.", f"And the second sentence of page {page}.")
            canvas.showPage()

    record = read(made(draw), file)
    assert isinstance(record, Record)
    assert record.metadata["pages"] == 3
    chunks = chunks_of(record, Chunking(800, 100))
    assert [chunk["locator"]["page"] for chunk in chunks] == [1, 2, 3]
    for chunk in chunks:
        assert chunk["text"].count(f"page {chunk['locator']['page']}") == 2
        assert chunk["text"] == record.text[chunk["locator"]["start"] : chunk["locator"]["end"]]


def test_a_ruled_table_is_read_row_by_row_between_the_text_around_it(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, TOP, "The temperatures are these.")
        table = Table([["Fabric", "Degrees"], ["Wool", "30"], ["Cotton towels", "60"]], [120, 80], style=[GRID])
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 60, TOP - 90)
        lines(canvas, 60, TOP - 120, "Anything else is washed cold.")

    record = read(made(draw), file)
    assert isinstance(record, Record)
    assert record.text == "\n\n".join(
        [
            "The temperatures are these.",
            "| Fabric | Degrees |\n| --- | --- |\n| Wool | 30 |\n| Cotton towels | 60 |",
            "Anything else is washed cold.",
        ]
    )


GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")


def test_korean_is_read(file: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))

    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, TOP, "울 니트 세탁", size=18, font="HYSMyeongJo-Medium")
        lines(canvas, 60, TOP - 40, "찬물에서 손으로", "눌러 빱니다.", font="HYSMyeongJo-Medium")

    record = read(made(draw), file)
    assert isinstance(record, Record)
    assert record.text == "# 울 니트 세탁\n\n찬물에서 손으로 눌러 빱니다."
    assert record.metadata["language"] == "ko"


def test_what_is_printed_twice_to_look_bold_is_read_once(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, TOP, "Wash wool cold.")
        lines(canvas, 60.3, TOP, "Wash wool cold.")

    record = read(made(draw), file)
    assert isinstance(record, Record)
    assert record.text == "Wash wool cold."


def test_a_title_is_taken_from_the_file_unless_a_program_wrote_it(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, TOP, "Some text.")

    def titled(title: str) -> str:
        def draw_titled(canvas: Canvas) -> None:
            canvas.setTitle(title)
            draw(canvas)

        record = read(made(draw_titled), file)
        assert isinstance(record, Record)
        return record.title

    assert titled("울 관리 안내") == "울 관리 안내"
    assert titled("Microsoft Word - draft.doc") == "Some text."


def scanned(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (50, 50), "grey")), 0, 0, 500, 700)


def locked(canvas: Canvas) -> None:
    lines(canvas, 60, TOP, "A secret.")


def test_what_stands_on_every_page_is_left_out(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for page in range(1, 6):
            lines(canvas, 60, TOP + 40, "The care guide, 2026")
            lines(canvas, 60, TOP, f"This is what page {page} has to say.")
            lines(canvas, 280, 40, str(page))
            canvas.showPage()

    record = read(made(draw), file)
    assert isinstance(record, Record)
    assert record.text == "\n\n".join(f"This is what page {page} has to say." for page in range(1, 6))


def test_single_scanned_pages_are_named_and_the_others_read(file: Path) -> None:
    def draw(canvas: Canvas) -> None:
        locked(canvas)
        canvas.showPage()
        scanned(canvas)
        canvas.showPage()

    file.write_bytes(made(draw))
    record, skipped = FileReading(file, 1_000_000)
    assert isinstance(record, Record)
    assert skipped == Skipped(f"{file}, page 2", "scanned page without text")


def packed_in_a_pdf(content: bytes, times: int = 1) -> bytes:
    """A PDF of one page whose content is packed so often."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    return b"".join(
        [
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n",
            b"4 0 obj<</Length %d/Filter %s>>stream\n%s\nendstream endobj\n" % (len(content), filters, content),
            b"trailer<</Root 1 0 R>>\n%%EOF",
        ]
    )


@pytest.mark.parametrize("times", [1, 2])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(file: Path, times: int) -> None:
    item = read(packed_in_a_pdf(b" " * 210_000_000, times), file)
    assert isinstance(item, Failure)
    assert "unpacks to far more" in item.reason


def test_a_page_that_is_a_huge_drawing_is_not_read(file: Path) -> None:
    item = read(packed_in_a_pdf(b"0 0 m 9 9 l S\n" * 800_000), file)
    assert isinstance(item, Failure)
    assert "without text" in item.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (made(scanned), "scanned pages"),
        (made(locked, encrypt=StandardEncryption("user", "owner", strength=128)), "encrypted"),
        (made(lambda canvas: canvas.showPage()), "no text"),
        (b"%PDF-1.7 and then nothing", "broken"),
        (made(two_columns)[:700], "broken"),
        (made(two_columns) + b" " * 2_000_000, "larger than"),
    ],
)
def test_what_can_not_be_read_is_named_plainly(file: Path, content: bytes, reason: str) -> None:
    item = read(content, file)
    assert isinstance(item, Failure)
    assert reason in item.reason
    assert item.id == str(file)


def test_a_file_that_only_the_owner_may_change_is_read(file: Path) -> None:
    assert isinstance(read(made(locked, encrypt=StandardEncryption("", "owner")), file), Record)


def test_a_pdf_is_known_by_how_it_begins(tmp_path: Path) -> None:
    assert isinstance(read(made(locked), tmp_path / "no-ending"), Record)


def korean_lines(file: Path, broken: list[str]) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    item = read(made(lambda canvas: lines(canvas, 60, TOP, *broken, font="HYSMyeongJo-Medium")), file)
    assert isinstance(item, Record)
    return item.text


NOTICE = (
    "참가 신청은 오는 3월 25일까지 사내 메신저로 받습니다. 신청서를 늦게 내면 자리가 없을 수 있으므로 미리 준비해 주시기 바랍니다. "
    "행사가 끝나면 설문지를 나누어 드리니 느낀 점을 솔직하게 적어 주십시오. 준비물과 교통편은 누리집에서 다시 안내합니다."
)


def test_korean_lines_that_break_inside_words_are_joined_to_words_again(file: Path) -> None:
    broken = [NOTICE[start : start + 17].strip() for start in range(0, len(NOTICE), 17)]
    assert any(line.endswith("25일까") or line.startswith("지 ") or line[-1] == "메" for line in broken)
    read_back, wanted = korean_lines(file, broken).split(), NOTICE.split()
    assert len(set(read_back) & set(wanted)) >= 0.9 * len(set(wanted))


def test_korean_lines_that_break_between_words_keep_their_spaces(file: Path) -> None:
    import textwrap

    assert korean_lines(file, textwrap.wrap(NOTICE, 24)) == NOTICE
