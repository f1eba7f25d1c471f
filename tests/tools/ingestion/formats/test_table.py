"""CSV: one document a row."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record
from stylegraph.tools.ingestion.formats.table import read_csv


def read(content: str | bytes, max_bytes: int = 10_000) -> list[Item]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_csv(io.BytesIO(data), Origin("t.csv", "/data/t.csv", "t", max_bytes)))


def records(content: str | bytes) -> list[Record]:
    items = read(content)
    assert all(isinstance(item, Record) for item in items), items
    return items  # type: ignore[return-value]


def test_a_row_with_a_text_column_is_that_text() -> None:
    (row,) = records('id,title,text,price,code\n7,셔츠,"시원한 ""린넨"",\n여름용",39000,007\n')
    assert (row.id, row.title, row.text) == ("7", "셔츠", '시원한 "린넨",\n여름용')
    assert row.metadata == {"language": "ko", "price": 39000, "code": "007"}
    assert row.where == "/data/t.csv, line 2"


def test_a_row_without_one_is_its_cells_under_their_names() -> None:
    (row,) = records("id,이름,가격\nA1,린넨 셔츠,39000\n")
    assert (row.id, row.title, row.text) == ("A1", "린넨 셔츠", "이름: 린넨 셔츠\n가격: 39000")
    assert row.metadata == {"language": "ko", "이름": "린넨 셔츠", "가격": 39000}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_the_header_uses(delimiter: str) -> None:
    (row,) = records(delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(["x y", "1.5", "z"]))
    assert row.metadata == {"language": "en", "a": "x y", "b": 1.5, "c": "z"}


def test_an_excel_file_in_cp949_is_read() -> None:
    rows = records("이름,설명\r\n셔츠,여름용\r\n코트,겨울용\r\n".encode("cp949"))
    assert [row.title for row in rows] == ["셔츠", "코트"]


def test_blank_rows_are_nothing_and_short_rows_are_filled() -> None:
    rows = records("a,b\n\n,\n1\n")
    assert [row.text for row in rows] == ["a: 1"]


def test_columns_without_a_name_of_their_own_get_one() -> None:
    (row,) = records("a,,a\n1,2,3\n")
    assert row.text == "a: 1\ncolumn 2: 2\na 3: 3"


@pytest.mark.parametrize("cell", ["007", "1e5", "+82", "0x1f", "1,000", "--1", "1.", ".5", "1" * 16, "½"])
def test_what_is_not_plainly_a_number_stays_text(cell: str) -> None:
    (row,) = records(f'text,v\nx,"{cell}"\n')
    assert row.metadata["v"] == cell


def test_a_broken_row_is_named_with_its_line_and_the_rest_goes_on() -> None:
    items = read(b'id,text\n1,a\n2,b,c,d\n3,"x"y\n4,ok\n5,\n' + b"6,\xff\xff\n7,fine\n")
    assert [getattr(item, "id", None) for item in items] == ["1", "2", None, "4", "5", "6", "7"]
    failures = [item for item in items if isinstance(item, Failure)]
    assert [item.where for item in failures] == [f"/data/t.csv, line {line}" for line in (3, 4, 6, 7)]
    assert not any(item.hides for item in failures)


def test_a_quote_that_is_never_closed_hides_what_follows() -> None:
    items = read('id,text\n1,a\n2,"never closed\n3,b\n4,c\n')
    assert [isinstance(item, Failure) for item in items] == [False, True]
    assert items[1].where == "/data/t.csv, line 3"
    assert items[1].hides  # type: ignore[union-attr]


def test_a_header_that_cannot_be_read_hides_the_table() -> None:
    (failure,) = read(b"id,\xff\xff\n1,a\n")
    assert isinstance(failure, Failure)
    assert failure.hides


def test_a_line_over_the_limit_is_passed_over() -> None:
    items = read("id,text\n1,a\n2," + "x" * 50_000 + "\n3,b\n", max_bytes=1000)
    assert [item.id for item in items] == ["1", "2", "3"]
    assert "longer than 1,000 bytes" in items[1].reason  # type: ignore[union-attr]


def test_a_cell_larger_than_the_csv_module_s_own_limit_is_read() -> None:
    assert len(read("text\n" + "x" * 200_000, max_bytes=1_000_000)[0].text) == 200_000  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b\n", b"\xff\xff,\xff\n1,2\n"])
def test_a_table_without_rows_gives_none(content: bytes) -> None:
    assert not [item for item in read(content) if isinstance(item, Record)]


@given(st.binary(max_size=300))
def test_any_bytes_give_records_and_failures(content: bytes) -> None:
    for item in read(content):
        assert item.where.startswith("/data/t.csv, line ")
