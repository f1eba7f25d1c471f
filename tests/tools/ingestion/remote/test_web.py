"""Pages of the web as documents."""

from __future__ import annotations

import pytest

from stylegraph.tools.ingestion.formats.record import Record
from stylegraph.tools.ingestion.remote.web import PageReading
from stylegraph.tools.net.fetch import Fetched


def read(content: bytes, content_type: str, path: str = "/page", charset: str | None = None) -> list[Record]:
    fetched = Fetched(f"https://example.com{path}", content, content_type, charset, None, None)
    reading = PageReading("https://example.com/named", fetched, 100_000)
    items = [item for item in reading if isinstance(item, Record)]
    assert reading.done == reading.total == len(content)
    return items


@pytest.mark.parametrize(
    ("content", "content_type", "path", "text"),
    [
        (b"<title>t</title><p>body</p>", "text/html", "/page", "body"),
        (b"<p>body</p>", "application/xhtml+xml", "/page", "body"),
        (b"\n <!DOCTYPE html><p>body</p>", "text/plain", "/page", "body"),
        (b"# Title\n<p>", "text/plain", "/README.md", "# Title\n<p>"),
        (b"# Title\n<p>", "text/markdown", "/x", "# Title\n<p>"),
        (b"just text", "text/plain", "/x", "just text"),
        (b"id,text\n1,row\n", "text/csv", "/x", "row"),
        (b'{"text": "line"}\n', "application/x-ndjson", "/x", "line"),
        (b'{"text": "line"}\n', "text/plain", "/items.jsonl", "line"),
        (b'{"text": "all"}', "application/json", "/x", '{"text": "all"}'),
    ],
)
def test_a_page_is_read_by_its_type_and_then_by_its_name(
    content: bytes, content_type: str, path: str, text: str
) -> None:
    (record,) = read(content, content_type, path)
    assert record.text == text
    assert record.url == "https://example.com/named"


def test_a_page_is_known_by_the_url_that_was_named() -> None:
    (record,) = read(b"<p>body</p>", "text/html")
    assert record.id == "https://example.com/named"


def test_records_of_a_page_keep_their_own_ids() -> None:
    assert [record.id for record in read(b"id,text\n1,a\n2,b\n", "text/csv")] == ["1", "2"]


@pytest.mark.parametrize("charset", ["euc-kr", None, "utf-8"])
def test_a_korean_page_is_read_whatever_it_is_called(charset: str | None) -> None:
    (record,) = read("<title>안내</title><p>여름 옷 안내입니다</p>".encode("cp949"), "text/html", charset=charset)
    assert record.title == "안내"
