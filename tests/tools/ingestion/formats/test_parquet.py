"""Parquet: a row is a document, and what it needs is said."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as arrow
import pytest
from pyarrow import parquet

from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record


def read(path: Path) -> list[Item]:
    return list(FileReading(path, 100_000))


def write(path: Path, **columns: list[object]) -> Path:
    parquet.write_table(arrow.table(columns), path)
    return path


def test_a_row_is_a_document_with_its_other_columns_as_metadata(tmp_path: Path) -> None:
    path = write(tmp_path / "items.parquet", id=[1, 2], text=["울은 찬물에.", None], price=[3.5, 4.0], tags=[["a"], []])
    record, failure = read(path)
    assert isinstance(record, Record)
    assert (record.id, record.text, record.metadata) == (
        "1",
        "울은 찬물에.",
        {"language": "ko", "price": 3.5, "tags": ["a"]},
    )
    assert isinstance(failure, Failure)
    assert failure.where == f"{path}, row 2"


def test_a_table_without_a_text_column_is_told_column_by_column(tmp_path: Path) -> None:
    (record,) = read(write(tmp_path / "items.parquet", name=["Wool"], degrees=[30]))
    assert isinstance(record, Record)
    assert (record.title, record.text, record.metadata["degrees"]) == ("Wool", "name: Wool\ndegrees: 30", 30)


def test_many_rows_come_in_order(tmp_path: Path) -> None:
    path = write(tmp_path / "items.parquet", id=list(range(2500)), text=[f"text {n}" for n in range(2500)])
    assert [item.id for item in read(path) if isinstance(item, Record)] == [str(n) for n in range(2500)]


def test_a_broken_file_keeps_what_is_indexed_of_it(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    path.write_bytes(b"PAR1 and nothing else")
    (failure,) = read(path)
    assert isinstance(failure, Failure)
    assert failure.hides
    assert "can't be read as parquet" in failure.reason


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "items.parquet", id=[1])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (failure,) = read(path)
    assert isinstance(failure, Failure)
    assert "stylegraph[parquet]" in failure.remedy


VALUES = {
    "date": date(2026, 5, 3),
    "time": time(9, 30),
    "moment": datetime(2026, 5, 3, 9, 30, tzinfo=UTC),
    "span": timedelta(hours=2),
    "price": Decimal("19.90"),
    "count": Decimal(7),
    "bytes": b"\x89PNG",
    "image": {"bytes": b"\x89PNG", "path": "a.png"},
    "made": [date(2026, 5, 3), None],
    "nothing": float("nan"),
    "huge": 2**62,
    "whether": True,
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("text", [True, False])
def test_any_kind_of_column_is_read_and_without_an_id_too(tmp_path: Path, name: str, text: bool) -> None:
    columns: dict[str, list[object]] = {"label": ["울 니트"], name: [VALUES[name]]}
    (record,) = read(write(tmp_path / "items.parquet", **columns, **({"text": ["찬물에 빱니다."]} if text else {})))
    assert isinstance(record, Record)
    assert json.dumps(record.metadata)
    assert "PNG" not in record.text


def test_moments_and_amounts_are_told_as_people_write_them(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {name: [VALUES[name]] for name in ("date", "price", "count")}
    (record,) = read(write(tmp_path / "items.parquet", **columns))
    assert isinstance(record, Record)
    assert record.text == "date: 2026-05-03\nprice: 19.9\ncount: 7"
