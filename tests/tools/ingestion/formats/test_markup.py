"""reStructuredText, AsciiDoc and source code."""

from __future__ import annotations

from pathlib import Path

import pytest

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Record

RST = """설치 안내
=========

먼저 내려받습니다. ``pip`` 로 설치합니다.

.. include:: /etc/passwd

- 첫째
- 둘째

.. code-block:: sh

   pip install loom
   loom init

====  =====
이름  값
====  =====
포트  8080
====  =====
"""
ASCIIDOC = """= 설치 안내
:toc:

먼저 내려받습니다. link:https://loom.example[누리집]을 보세요.

include::/etc/passwd[]

== 실행

* 첫째
** 안쪽
. 하나

[source,sh]
----
loom init
# no heading
----

|===
|이름 |값

|포트 |8080
|호스트
|localhost
|===
"""
PYTHON = '''"""Counts."""

import os

# keeps numbers
LIMIT = 3


def add(one, other):
    """Return the sum."""
    return one + other


class Counter:
    """Counts up."""

    start = 0

    @property
    def value(self):
        # not a heading
        return self.start
'''
GO = """package main

// Add returns the sum.
func Add(a int, b int) int {
\treturn a + b
}

type Counter struct {
\tn int
}

func (c *Counter) Up() {
\tif c.n > 0 { c.n++ }
}
"""


def read(tmp_path: Path, name: str, text: str) -> Record:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (item,) = FileReading(path, 1_000_000)
    assert isinstance(item, Record), item
    return item


def test_restructured_text_is_markdown_and_includes_nothing(tmp_path: Path) -> None:
    text = read(tmp_path, "a.rst", RST).text
    assert text.startswith("# 설치 안내\n\n먼저 내려받습니다. pip 로 설치합니다.")
    assert "- 첫째\n- 둘째" in text
    assert "```\npip install loom\nloom init\n```" in text
    assert "| 이름 | 값 |\n| --- | --- |\n| 포트 | 8080 |" in text
    assert "root:" not in text


def test_asciidoc_is_markdown_and_includes_nothing(tmp_path: Path) -> None:
    text = read(tmp_path, "a.adoc", ASCIIDOC).text
    assert text.startswith("# 설치 안내\n\n먼저 내려받습니다. 누리집을 보세요.")
    assert "## 실행\n\n- 첫째\n  - 안쪽\n1. 하나" in text
    assert "```sh\nloom init\n# no heading\n```" in text
    assert "| 이름 | 값 |\n| --- | --- |\n| 포트 | 8080 |\n| 호스트 | localhost |" in text
    assert "passwd" not in text


@pytest.mark.parametrize(
    ("name", "code", "found"),
    [
        ("a.py", PYTHON, [("", 1), ("add", 9), ("Counter", 14), ("Counter.value", 19)]),
        ("a.go", GO, [("", 1), ("Add", 3), ("Counter", 8), ("Up", 12)]),
        ("a.ts", "export class A {\n}\n\nexport const run = async (x) => {\n}\n", [("A", 1), ("run", 4)]),
        ("a.java", "package x;\n\n/** Doc. */\npublic final class A {\n}\n", [("", 1), ("A", 3)]),
        ("a.c", "#include <a.h>\n\nstatic int add(int a)\n{\n  return a;\n}\n", [("", 1), ("add", 3)]),
    ],
)
def test_code_is_cut_at_its_definitions_with_their_names_and_lines(
    tmp_path: Path, name: str, code: str, found: list[tuple[str, int]]
) -> None:
    record = read(tmp_path, name, code)
    chunks = chunks_of(record, Chunking(800, 100))
    assert [(chunk["locator"].get("heading", ""), chunk["locator"]["line"]) for chunk in chunks] == found
    for chunk in chunks:
        body = chunk["text"].split("\n", 1)[1].rsplit("\n", 1)[0]
        line = chunk["locator"]["line"]
        assert body.split("\n")[0] in code.split("\n")[line - 1 : line + 1]
