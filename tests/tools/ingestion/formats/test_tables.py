"""Tables keep their cells: of 65 tables in five formats, (row, column, value) is read back and found by a question."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.local.reader.passage_lines import evidence_lines
from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Record
from stylegraph.tools.ingestion.formats.tables import table_text
from stylegraph.tools.retrieval.library import IndexFolder, search

ROWS = ["강남점", "부산점", "대구점", "연구소", "기획팀", "Sales desk", "물류센터", "고객센터", "Night shift", "인사팀"]
COLUMNS = ["담당자", "정원", "월세", "개점일", "전화", "Opening hours", "면적", "비고", "Budget", "층"]
PLACES = ["서울", "세종", "제주", "인천", "수원", "울산", "춘천", "전주", "강릉", "여수", "목포", "청주", "포항"]

Rows = list[list[str]]


def tables() -> Iterator[tuple[str, Rows]]:
    """13 tables, from 3 rows of 3 columns to 10 of 7; every value is another one."""
    chance = random.Random(7)
    for number, place in enumerate(PLACES):
        columns = chance.sample(COLUMNS, 3 + number % 5)
        rows = chance.sample(ROWS, 3 + number % 8)
        values = [
            [f"{place[0]}{chance.randint(100, 999)}{chance.choice(['명', '만 원', ' m²', '호'])}" for _ in columns]
            for _ in rows
        ]
        yield (
            f"{place} 사업장 현황",
            [["조직", *columns], *([row, *cells] for row, cells in zip(rows, values, strict=True))],
        )


def as_html(path: Path, title: str, rows: Rows) -> None:
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
    path.write_text(f"<title>{title}</title><h1>{title}</h1><table><tr>{head}</tr>{body}</table>", encoding="utf-8")


def as_docx(path: Path, title: str, rows: Rows) -> None:
    import docx

    word = docx.Document()
    word.add_heading(title, 1)
    table = word.add_table(len(rows), len(rows[0]))
    for row, column in product(range(len(rows)), range(len(rows[0]))):
        table.cell(row, column).text = rows[row][column]
    word.save(path)


def as_xlsx(path: Path, title: str, rows: Rows) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("현황")
        sheet.write(0, 0, title)
        for number, row in enumerate(rows, start=2):
            sheet.write_row(number, 0, row)


def as_hwpx(path: Path, title: str, rows: Rows) -> None:
    import hwpforge

    hwpforge.convert_md(f"# {title}\n\n{table_text(rows, headed=True)}\n").document.save(str(path))


def as_pdf(path: Path, title: str, rows: Rows) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("HYSMyeongJo-Medium", 16)
    canvas.drawString(50, 780, title)
    grid = ("GRID", (0, 0), (-1, -1), 0.5, "black")
    table = Table(rows, style=[grid, ("FONT", (0, 0), (-1, -1), "HYSMyeongJo-Medium", 8)])
    table.wrapOn(canvas, 500, 600)
    table.drawOn(canvas, 40, 740 - 20 * len(rows))
    canvas.save()


FORMATS: dict[str, Callable[[Path, str, Rows], None]] = {
    "html": as_html,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "hwpx": as_hwpx,
    "pdf": as_pdf,
}


def triples(rows: Rows) -> set[tuple[str, str, str]]:
    return {(row[0], name, cell) for row in rows[1:] for name, cell in zip(rows[0][1:], row[1:], strict=True)}


def read_back(record: Record, size: int) -> set[tuple[str, str, str]]:
    """What the passages say, each read by itself."""
    found = set()
    for chunk in chunks_of(record, Chunking(size, 0)):
        piece = make_evidence("documents", record.title, chunk["text"], locator=chunk["locator"])
        for line in evidence_lines([piece]):
            cells = [cell.strip() for cell in line.text.strip("| \n").split("|")]
            if line.text.startswith("|") and not line.is_heading and len(cells) == len(line.columns):
                found |= {(cells[0], name, cell) for name, cell in zip(line.columns[1:], cells[1:], strict=True)}
    return found


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Record, Rows]]:
    folder, made = tmp_path_factory.mktemp("tables"), []
    for ending, write in FORMATS.items():
        for number, (title, rows) in enumerate(tables()):
            path = folder / f"table{number}.{ending}"
            write(path, title, rows)
            (record,) = FileReading(path, 5_000_000)
            assert isinstance(record, Record), record
            made.append((record, rows))
    return made


@pytest.mark.parametrize("size", [150, 800])
def test_nearly_every_cell_is_read_back_with_its_row_and_its_column(
    records: list[tuple[Record, Rows]], size: int
) -> None:
    assert len(records) >= 60
    wanted = sum(len(triples(rows)) for _, rows in records)
    recovered = sum(len(triples(rows) & read_back(record, size)) for record, rows in records)
    assert recovered >= 0.95 * wanted, f"{recovered} of {wanted}"


async def test_a_cell_is_found_by_a_question_that_names_its_row_and_its_column(
    records: list[tuple[Record, Rows]], tmp_path: Path
) -> None:
    from stylegraph.tools.embeddings import LocalEmbedder

    folder = IndexFolder(tmp_path, LocalEmbedder())
    found = asked = 0
    for ending in FORMATS:
        index = await folder.index(ending)
        own = [(record, rows) for record, rows in records if record.url.endswith(ending)]
        await index.add(
            [
                {
                    "source": "/t",
                    "id": record.id,
                    "title": rows_title,
                    "url": None,
                    "hash": record.id,
                    "metadata": {},
                    "chunks": chunks_of(record, Chunking(150, 0)),
                }
                for (record, _), (rows_title, _) in zip(own, tables(), strict=True)
            ]
        )
        for (title, rows), picked in zip(tables(), range(99), strict=False):
            for row, name, value in sorted(triples(rows))[picked % 3 :: 7]:
                hits = await search(folder, f"{title}에서 {row}의 {name}", 3, index=ending, collapse=False)
                asked += 1
                found += any(row in hit["text"] and value in hit["text"] for _, hit in hits)
    await folder.close()
    assert asked > 150
    assert found >= 0.95 * asked, f"{found} of {asked}"
