"""Subtitles: what is said, and the second that it is said at."""

from __future__ import annotations

from pathlib import Path

import pytest

from stylegraph.tools.ingestion.changes import chunks_of
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record

SRT = """\ufeff1
00:00:01,000 --> 00:00:03,500
<i>울 니트는</i> 찬물에서

2
00:00:03,600 --> 00:00:05,000
{\\an8}손으로 빱니다.

3
01:02:03,250 --> 01:02:05,000
Dry it flat
in the shade.
"""
VTT = """WEBVTT - Wool care

NOTE this is not said

STYLE
::cue { color: red }

intro
00:01.000 --> 00:03.000 align:start position:0%
<v Anna>Wash wool &amp; silk <00:00:02.000><c>by hand.</c>
00:03.500 --> 00:05.000
Never wring it.
"""
ROLLING = """WEBVTT

00:01.000 --> 00:02.000
wash wool

00:02.000 --> 00:03.000
wash wool
by hand

00:03.000 --> 00:04.000
wash wool by hand
"""


def read(content: str, folder: Path, name: str = "care.srt") -> Item:
    (folder / name).write_text(content, encoding="utf-8")
    (item,) = FileReading(folder / name, 100_000)
    return item


def test_an_srt_is_running_text_whose_chunks_know_their_second(tmp_path: Path) -> None:
    record = read(SRT, tmp_path)
    assert isinstance(record, Record)
    assert record.text.split() == [
        "울",
        "니트는",
        "찬물에서",
        "손으로",
        "빱니다.",
        "Dry",
        "it",
        "flat",
        "in",
        "the",
        "shade.",
    ]
    assert record.title == "care"
    chunks = chunks_of(record, Chunking(40, 0))
    assert [(chunk["locator"]["seconds"], chunk["text"]) for chunk in chunks] == [
        (1.0, "울 니트는 찬물에서 손으로 빱니다."),
        (3723.25, "Dry it flat in the shade."),
    ]


def test_a_vtt_is_read_without_its_notes_styles_and_tags(tmp_path: Path) -> None:
    record = read(VTT, tmp_path, "care.vtt")
    assert isinstance(record, Record)
    assert record.text == "Wash wool & silk by hand. Never wring it."
    assert record.title == "Wool care"
    assert record.marks == ((0, {"seconds": 1.0}), (26, {"seconds": 3.5}))


def test_rolling_captions_are_said_once(tmp_path: Path) -> None:
    record = read(ROLLING, tmp_path, "care.vtt")
    assert isinstance(record, Record)
    assert record.text == "wash wool by hand"


@pytest.mark.parametrize("content", ["no times here", "1\n00:00:01 --> 00:00:02\nno fraction\n", "WEBVTT\n"])
def test_what_has_no_times_is_said_to_have_none(tmp_path: Path, content: str) -> None:
    item = read(content, tmp_path)
    assert isinstance(item, Failure)
    assert item.reason == "has no timed text"


def test_cues_without_words_are_an_empty_document(tmp_path: Path) -> None:
    assert isinstance(read("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", tmp_path), Failure)
