"""Markdown and plain text."""

from __future__ import annotations

import pytest

from stylegraph.tools.ingestion.formats.markdown import read_markdown, read_text
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record

ORIGIN = Origin("care/linen.md", "/docs/care/linen.md", "linen", 10_000)


def markdown(text: str) -> Record:
    record = read_markdown(text, ORIGIN)
    assert isinstance(record, Record)
    return record


def test_the_text_is_exact_and_the_heading_is_the_title() -> None:
    text = "\n# 린넨  관리 #\n\n찬물에\t빱니다.  \n\n\n## 다림질\n높은 온도.\n"
    record = markdown(text)
    assert record == Record(
        id="care/linen.md",
        title="린넨 관리",
        text=text,
        url="/docs/care/linen.md",
        where="/docs/care/linen.md",
        metadata={"language": "ko"},
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Intro first.\n\n## Care\ntext", "Care"),
        ("Care of linen\n=====\ntext", "Care of linen"),
        ("Care\n---\ntext", "Care"),
        ("```sh\n# not a title\n```\n# Title\n", "Title"),
        ("#hashtag only\nmore", "hashtag only"),
        ("no heading here\nmore", "no heading here"),
        ("> quoted\n", "quoted"),
        ("---\n\n***\n", "linen"),
    ],
)
def test_the_title_is_the_first_heading_or_the_first_line_or_the_name(text: str, title: str) -> None:
    assert markdown(text).title == title


def test_front_matter_is_metadata_and_spans_still_count_from_the_file_s_beginning() -> None:
    head = "---\ntitle: 린넨\ntags: [여름, 소재]\nyear: 2024\nday: 2024-05-01\n---\n"
    record = markdown(head + "# Other\ntext")
    assert (record.title, record.text, record.offset) == ("린넨", "# Other\ntext", len(head))
    assert record.metadata == {"language": "en", "tags": ["여름", "소재"], "year": 2024, "day": "2024-05-01"}


@pytest.mark.parametrize(
    "head",
    [
        "---\njust a line\n---\n",
        "---\na: [1\n---\n",
        "---\na: &x [1]\nb: *x\n---\n",
        "---\nnever: closed\n",
        "---\n- a\n---\n",
    ],
)
def test_what_is_no_front_matter_stays_text(head: str) -> None:
    assert markdown(head + "text").text == head + "text"


def test_aliases_that_stand_for_gigabytes_are_not_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert markdown("---\n" + "\n".join(lines) + "\n---\ntext").metadata == {"language": "en"}


def test_plain_text_has_its_first_line_as_title() -> None:
    record = read_text("\n  첫 줄입니다\n둘째\n", ORIGIN)
    assert isinstance(record, Record)
    assert (record.title, record.text) == ("첫 줄입니다", "\n  첫 줄입니다\n둘째\n")


@pytest.mark.parametrize("read", [read_text, read_markdown])
def test_nothing_but_space_is_a_failure(read: object) -> None:
    failure = read(" \n\t\n", ORIGIN)  # type: ignore[operator]
    assert isinstance(failure, Failure)
    assert failure.id == "care/linen.md"
