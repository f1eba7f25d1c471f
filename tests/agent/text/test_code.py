"""The parts of a text that can be pointed at, and where code stands in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.text.code import code_spans, unsettled_code
from stylegraph.agent.text.units import units

PIECES = st.lists(
    st.sampled_from(
        [
            "Wash at 30 °C. ",
            "울은 찬물에 빤다. ",
            "그늘에 말린다",
            "# Heading",
            "## 제목",
            "- item",
            "  - nested",
            "1. first",
            "| a | b |",
            "|---|---|",
            "| 1 | 2 |",
            "```python\n",
            "```",
            "~~~",
            "x = 1",
            "    indented code",
            "> quoted",
            "---",
            "`code`",
            "``",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            "\t",
            "\x0b",
            "\u2028",
            " ",
            "<div>",
            "</div>",
            "[a](b)",
            "!",
            "e.g. ",
        ]
    ),
    max_size=40,
).map("".join)
TEXTS = PIECES | st.text(max_size=200)


def parts(text):
    return [text[unit.start : unit.end] for unit in units(text)]


@settings(max_examples=300)
@given(TEXTS)
def test_units_hold_all_words_in_order_and_none_overlaps_another(text):
    at, kept = 0, []
    for unit in units(text):
        assert at <= unit.start < unit.end <= len(text)
        assert not text[at : unit.start].strip()
        kept.append(text[unit.start : unit.end])
        at = unit.end
    assert not text[at:].strip()
    assert all(part.strip() for part in kept)
    assert "".join("".join(kept).split()) == "".join(text.split())


@settings(max_examples=300)
@given(TEXTS)
def test_spans_of_code_are_in_order_and_end_where_they_end(text):
    at = 0
    for start, end in code_spans(text):
        assert at <= start < end <= len(text)
        at = end


def test_a_text_without_markdown_is_its_sentences():
    assert parts("울은 찬물에 빤다. 표백제는 쓰지 않는다.\n그늘에 말린다.") == [
        "울은 찬물에 빤다.",
        "표백제는 쓰지 않는다.",
        "그늘에 말린다.",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c", ["`b`"]),
        ("a ``b ` c`` d", ["``b ` c``"]),
        ("a `b c", []),
        ("a ``b` c", []),
        ("```py\nx[1]\n```\nafter [1]", ["```py\nx[1]\n```"]),
        ("~~~\nnever closed [1]", ["~~~\nnever closed [1]"]),
        ("- item\n\n      x = a[1]\n", ["x = a[1]"]),
        ("text\n\n    x = a[1]\n\ntext", ["x = a[1]"]),
        ("one `a\n\nb` two", []),
    ],
)
def test_code_is_found_in_blocks_and_in_lines(text, code):
    assert [
        re.sub(r"\n+$", "\n", text[start:end]) if "\n" in text[start:end] else text[start:end]
        for start, end in code_spans(text)
    ] == code


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("no code", "no code"),
        ("a `b` c", "a `b` c"),
        ("a `b", "a "),
        ("a ``b ` c", "a "),
        ("a `b\nc", "a "),
        ("a `b\n\nc", "a `b\n\nc"),  # its paragraph has ended
        ("a\n```py", "a\n"),  # it may yet be a line of text
        ("a\n```py\nx[1", "a\n```py\nx[1"),
        ("```\nx `\n```\nb `c", "```\nx `\n```\nb "),
    ],
)
def test_code_is_settled_once_nothing_that_comes_can_change_where_it_is(text, settled):
    assert text[: unsettled_code(text)] == settled
