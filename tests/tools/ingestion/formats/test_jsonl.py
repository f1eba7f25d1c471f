"""JSONL: one document a line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from stylegraph.tools.ingestion.formats.jsonl import read_jsonl
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record


def read(content: str | bytes, max_bytes: int = 10_000) -> list[Item]:
    data = content.encode() if isinstance(content, str) else content
    return list(read_jsonl(io.BytesIO(data), Origin("items.jsonl", "/data/items.jsonl", "items", max_bytes)))


def one(line: str | dict[str, Any]) -> Item:
    (item,) = read(line if isinstance(line, str) else json.dumps(line))
    return item


def failure(line: str | dict[str, Any]) -> Failure:
    item = one(line)
    assert isinstance(item, Failure)
    return item


def record(line: str | dict[str, Any]) -> Record:
    item = one(line)
    assert isinstance(item, Record)
    return item


def test_a_line_is_a_document_with_its_own_id_and_the_rest_as_metadata() -> None:
    item = record(
        {"id": "p1", "title": "린넨 셔츠", "text": "시원한  셔츠\n입니다.", "price": 39000, "colours": ["흰색"]}
    )
    assert item == Record(
        id="p1",
        title="린넨 셔츠",
        text="시원한  셔츠\n입니다.",
        url="/data/items.jsonl",
        where="/data/items.jsonl, line 1",
        metadata={"language": "ko", "price": 39000, "colours": ["흰색"]},
        file="items.jsonl",
    )


def test_blank_lines_and_a_byte_order_mark_are_nothing() -> None:
    items = read(b'\xef\xbb\xbf{"id": 1, "text": "a"}\r\n\n   \n{"id": 2, "text": "b"}')
    assert [item.id for item in items] == ["1", "2"]
    assert items[1].where.endswith("line 4")  # type: ignore[union-attr]


def test_a_broken_line_is_named_and_the_rest_goes_on() -> None:
    items = read('{"id": "a", "text": "x"}\n{"id": "b", "text": \n[1, 2]\n"text"\n{"id": "c", "text": "z"}\n')
    assert [getattr(item, "id", None) for item in items] == ["a", "b", None, None, "c"]
    assert [item.where for item in items if isinstance(item, Failure)] == [
        f"/data/items.jsonl, line {number}" for number in (2, 3, 4)
    ]
    assert "not valid JSON" in items[1].reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"id": "b", "text": "cut of', "b"),
        ('{"id": 17, "text": nothing}', "17"),
        ('{"id": "a\\"b", "text": }', 'a"b'),
        ('{"title": "no id", "text": }', None),
        ('{"id": "unfinished', None),
    ],
)
def test_a_broken_line_keeps_what_was_indexed_of_its_id(line: str, known: str | None) -> None:
    assert failure(line).id == known


def test_a_line_of_invalid_bytes_is_a_failure_not_garbage() -> None:
    good = {"id": "가", "text": "한국어"}
    items = read(
        json.dumps(good, ensure_ascii=False).encode()
        + b'\n{"id": "x", "text": "\xed\x95 \xff"}\n{"id": "y", "text": "ok"}'
    )
    assert [item.id for item in items] == ["가", "x", "y"]
    assert isinstance(items[1], Failure)
    assert "UTF-8" in items[1].reason


@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_a_file_from_a_korean_office_is_read(encoding: str) -> None:
    lines = "".join(json.dumps({"id": i, "text": f"여름 옷 {i}"}, ensure_ascii=False) + "\n" for i in range(3))
    assert [item.text for item in read(lines.encode(encoding))] == [f"여름 옷 {i}" for i in range(3)]  # type: ignore[union-attr]


def test_a_line_over_the_limit_is_passed_over_without_reading_it_into_memory() -> None:
    long = json.dumps({"id": "long", "text": "x" * 100_000})
    items = read(f'{{"id": "a", "text": "a"}}\n{long}\n{{"id": "b", "text": "b"}}', max_bytes=1000)
    assert [item.id for item in items] == ["a", "long", "b"]
    assert isinstance(items[1], Failure)
    assert "longer than 1,000 bytes" in items[1].reason


def test_an_id_may_be_a_number_and_is_made_of_the_content_when_missing() -> None:
    assert record({"id": 17, "text": "a"}).id == "17"
    missing = [
        record({"text": "a", "n": 1}),
        record({"id": None, "n": 1, "text": "a"} | {}),
        record({"text": "a", "n": 2}),
    ]
    assert missing[0].id != missing[2].id
    assert record({"n": 1, "text": "a"}).id == missing[0].id
    first, second = read('{"text": "a"}\n{"text": "b"}'), read('{"text": "new"}\n{"text": "a"}\n{"text": "b"}')
    assert [item.id for item in first] == [item.id for item in second[1:]]


@pytest.mark.parametrize(
    ("identity", "says"),
    [
        ("x" * 600, "600 bytes; 512 are allowed"),
        ("가" * 200, "600 bytes"),
        (True, "neither text nor a whole number"),
        (1.5, "neither text nor a whole number"),
        (["a"], "neither text nor a whole number"),
        ({"a": 1}, "neither text nor a whole number"),
        ("a\0b", "control characters"),
        ("a\nb", "control characters"),
        ("\ud800", "control characters"),
    ],
)
def test_an_id_that_cannot_be_used_is_said_so(identity: object, says: str) -> None:
    assert says in failure({"id": identity, "text": "a"}).reason


def test_an_id_of_512_bytes_is_allowed() -> None:
    assert record({"id": "x" * 512, "text": "a"}).id == "x" * 512


@pytest.mark.parametrize("text", [None, "", "  \n", 17, ["a"], {"a": "b"}, "\0\0"])
def test_a_line_without_text_is_a_failure_that_keeps_its_id(text: object) -> None:
    assert failure({"id": "a", "text": text}).id == "a"
    assert "`text`" in failure({"id": "a", "text": text}).reason


def test_characters_that_cannot_be_stored_are_replaced_one_by_one() -> None:
    item = record('{"id": "a", "text": "x\\u0000y\\ud800z", "title": "t\\u0007", "k\\u0000": ["\\udfff"]}')
    assert (item.text, item.title) == ("x y\ufffdz", "t")
    assert item.metadata == {"language": "en", "k ": ["\ufffd"]}
    assert json.dumps(item.metadata).encode()


@pytest.mark.parametrize("title", [["a"], {"a": "b"}])
def test_a_title_that_is_not_text_is_said_not_to_be(title: object) -> None:
    assert "`title`" in failure({"id": "a", "text": "x", "title": title}).reason


def test_a_title_is_one_line_or_the_text_s_first() -> None:
    assert record({"text": "x", "title": " a\n b "}).title == "a b"
    assert record({"text": "x", "title": 2024}).title == "2024"
    assert record({"text": "\n # 첫 줄\n둘째", "title": None}).title == "첫 줄"
    assert len(record({"text": "가" * 1000}).title) == 200


def test_metadata_becomes_what_an_index_can_filter() -> None:
    fields = {"a": None, "b": True, "c": {"d": 1, "e": {"f": "x"}}, "g": [1, None, "y", True], "h": 10**30, "i": 1.5}
    expected = {"b": "true", "c.d": 1, "c.e.f": "x", "g": ["1", "y", "true"], "h": str(10**30), "i": 1.5}
    assert record({"text": "z", **fields}).metadata == {"language": "en", **expected}
    assert record('{"text": "z", "big": 1e999}').metadata["big"] == "inf"


def test_the_language_is_told_unless_the_record_says_it() -> None:
    assert record({"text": "한국어입니다"}).metadata["language"] == "ko"
    assert record({"text": "English it is"}).metadata["language"] == "en"
    assert record({"text": "English it is", "language": "fr"}).metadata["language"] == "fr"


def test_a_record_s_own_address_is_where_it_opens() -> None:
    assert record({"text": "a", "url": "https://example.com/1"}).url == "https://example.com/1"
    assert record({"text": "a", "url": "javascript:alert(1)"}).url == "/data/items.jsonl"


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"text": NaN}',
        "9" * 10_000,
        '{"n": ' + "9" * 10_000 + "}",
        '{"text": Infinity}',
    ],
)
def test_json_that_is_made_to_hurt_is_a_failure(line: str) -> None:
    (item,) = read(line, max_bytes=1_000_000)
    assert isinstance(item, Failure)


@given(st.binary(max_size=300))
def test_any_bytes_give_records_and_failures(content: bytes) -> None:
    for item in read(content):
        assert item.where.startswith("/data/items.jsonl, line ")


@hypothesis(max_examples=40)
@given(
    st.dictionaries(
        st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists)
    )
)
def test_any_object_gives_plain_metadata_or_a_failure(fields: dict[str, Any]) -> None:
    (item,) = read(json.dumps(fields, allow_nan=True), max_bytes=1_000_000)
    if isinstance(item, Record):
        json.dumps(item.metadata, allow_nan=False, ensure_ascii=False).encode()
