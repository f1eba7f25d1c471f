"""Notebooks: text, code and what it printed, each with its cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record

CELLS: list[dict[str, Any]] = [
    {"cell_type": "markdown", "source": ["# 원단 분석\n", "면과 울을 비교합니다."]},
    {
        "cell_type": "code",
        "source": "# a comment, no heading\nprint(weights)",
        "outputs": [
            {"output_type": "stream", "text": ["cotton 180\n", "wool 250\n"]},
            {"output_type": "display_data", "data": {"image/png": "iVBOR", "text/plain": ["<Figure>"]}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no linen"},
        ],
    },
    {"cell_type": "code", "source": [], "outputs": []},
    {"cell_type": "markdown", "source": "## Result\n\nWool is heavier."},
]


def read(content: Any, folder: Path) -> Item:
    path = folder / "fabrics.ipynb"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (item,) = FileReading(path, 100_000)
    return item


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {"nbformat": 4, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells}


def test_cells_are_read_in_order_with_what_they_printed(tmp_path: Path) -> None:
    record = read(notebook(CELLS), tmp_path)
    assert isinstance(record, Record)
    assert record.title == "원단 분석"
    assert "```python\n# a comment, no heading\nprint(weights)\n```" in record.text
    assert "```\ncotton 180\nwool 250\n<Figure>\nValueError: no linen\n```" in record.text
    assert "iVBOR" not in record.text


def test_a_chunk_names_its_cell_and_a_comment_in_code_is_no_heading(tmp_path: Path) -> None:
    record = read(notebook(CELLS), tmp_path)
    assert isinstance(record, Record)
    chunks = chunks_of(record, Chunking(90, 0, by="heading"))
    placed = [(chunk["locator"]["pointer"], chunk["locator"]["heading"]) for chunk in chunks]
    assert placed[0] == ("/cells/0", "원단 분석")
    assert placed[-1] == ("/cells/3", "원단 분석 › Result")
    assert {heading for _, heading in placed} == {"원단 분석", "원단 분석 › Result"}


def test_an_old_notebook_is_read_too(tmp_path: Path) -> None:
    record = read({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "1 + 1"}]}]}, tmp_path)
    assert isinstance(record, Record)
    assert record.text == "```\n1 + 1\n```"
    assert record.marks == ((0, {"pointer": "/worksheets/0/cells/0"}),)


@pytest.mark.parametrize("content", ["{broken", "[1]", '"text"', '{"cells": 1}', '{"metadata": 3, "cells": []}'])
def test_what_is_no_notebook_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    item = read(content, tmp_path)
    assert isinstance(item, Failure)
    assert item.reason == "is not a notebook"


def test_a_notebook_without_text_says_so(tmp_path: Path) -> None:
    assert isinstance(read(notebook([]), tmp_path), Failure)
