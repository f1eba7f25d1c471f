"""A reply as people and programs read it."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.reply import Reply
from stylegraph.graphs.cli.ui.reply import reply_record, show_reply
from stylegraph.graphs.cli.ui.screen import Screen

WOOL = {**make_evidence("documents", "울 세탁", "울은 찬물에 빨아요. 손으로 눌러 빨아요."), "url": "/guide/wool.ko.md"}
LABEL = {**make_evidence("documents", "Care labels", "Dry flat."), "url": "https://example.com/labels"}
SPENT = {
    "model_calls": 0,
    "sequential_trips": 0,
    "tokens_in": 0,
    "tokens_out": 0,
    "web_searches": 0,
    "seconds": 0.1,
    "revisions": 0,
}


def cite(evidence, quote):
    start = evidence["text"].index(quote)
    where = {"start": start, "end": start + len(quote), "title": evidence["title"], "url": evidence["url"]}
    return {"evidence": evidence["id"], "quote": quote, **where}


def reply(**fields):
    whole = {
        "text": "찬물에 손으로 빨고 [1][2] 펴서 말려요 [3].",
        "status": "answered",
        "language": "ko",
        "routes": ["documents"],
        "citations": [
            cite(WOOL, "울은 찬물에 빨아요."),
            cite(WOOL, "손으로 눌러 빨아요."),
            cite(LABEL, "Dry flat."),
        ],
        "evidence": [WOOL, LABEL],
        "spent": SPENT,
    }
    return Reply.model_validate({**whole, **fields})


SHIRT = {
    "id": "top-1",
    "name": "린넨 셔츠",
    "reasons": [{"field": "season", "text": "여름에 입기 좋아요."}, {"field": "price_krw", "text": "5만원이 안 돼요."}],
    "price_krw": 39000,
    "missed": ["색상: 흰색"],
}


def shown(reply, width=60, **options):
    screen = Screen()
    screen.out = Console(
        file=io.StringIO(), width=width, force_terminal=True, no_color=True, highlight=False, markup=False, emoji=False
    )
    show_reply(screen, reply, **options)
    return Console(file=io.StringIO()).render_str(screen.out.file.getvalue(), markup=False).plain


def plain_lines(reply, width=60):
    import re

    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in shown(reply, width).splitlines()]


def test_a_document_is_listed_once_with_all_the_numbers_that_cite_it():
    lines = plain_lines(reply())
    assert lines[0] == "찬물에 손으로 빨고 [1][2] 펴서 말려요 [3]."
    assert lines[-3:] == ["출처", "[1-2] 울 세탁  /guide/wool.ko.md", "[3] Care labels  https://example.com/labels"]


def test_a_page_number_stands_by_its_source():
    paged = {**WOOL, "locator": {"page": 12}}
    assert "[1] 울 세탁  /guide/wool.ko.md, 12쪽" in plain_lines(
        reply(evidence=[paged], citations=[cite(paged, "울은")])
    )


@pytest.mark.parametrize(("pointer", "place"), [("/items/3", ", /items/3"), ("sg001", "")])
def test_the_json_pointer_stands_by_a_record_of_an_api(pointer, place):
    pointed = {**WOOL, "locator": {"pointer": pointer}}
    assert f"[1] 울 세탁  /guide/wool.ko.md{place}" in plain_lines(
        reply(evidence=[pointed], citations=[cite(pointed, "울은")])
    )


@pytest.mark.parametrize(("seconds", "shown"), [(0.5, "0:00"), (83.9, "1:23"), (3723.0, "1:02:03")])
def test_the_second_stands_by_a_recording(seconds, shown):
    timed = {**WOOL, "locator": {"seconds": seconds}}
    assert f"[1] 울 세탁  /guide/wool.ko.md, {shown}" in plain_lines(
        reply(evidence=[timed], citations=[cite(timed, "울은")])
    )


def test_an_item_shows_its_price_why_it_was_chosen_and_what_it_lacks():
    lines = plain_lines(reply(recommendations=[SHIRT], citations=[]))
    assert lines[2:] == [
        "1. 린넨 셔츠  39,000원",
        "   · 여름에 입기 좋아요.",
        "   · 5만원이 안 돼요.",
        "   아쉬운 점: 색상: 흰색",
    ]
    assert "1. 린넨 셔츠  ₩39,000" in plain_lines(reply(language="en", recommendations=[SHIRT]))


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("answered", None),
        ("best_effort", "확인된 데까지의 답이에요"),
        ("asked_back", "답하기 전에 여쭤볼게요"),
        ("not_found", "찾지 못했어요"),
        ("declined", "도와드릴 수 없는 질문이에요"),
    ],
)
def test_a_turn_that_did_not_end_in_an_answer_says_so(status, label):
    first = plain_lines(reply(status=status))[0]
    assert first == (f"[{label}]" if label else "찬물에 손으로 빨고 [1][2] 펴서 말려요 [3].")


def test_quick_answers_and_notes_are_shown_in_the_language_of_the_question():
    lines = plain_lines(
        reply(status="asked_back", choices=["여성", "남성"], notes=[{"code": "x", "text": "웹 검색 설정이 없어요."}])
    )
    assert "이렇게 답하셔도 돼요: 여성 / 남성" in lines
    assert lines[-1] == "· 웹 검색 설정이 없어요."


def test_a_note_that_the_answer_says_itself_is_shown_once():
    said, unsaid = "합계 91,000원이에요.", "웹 검색 설정이 없어요."
    notes = [{"code": "x", "text": said}, {"code": "y", "text": unsaid}]
    lines = plain_lines(reply(text=f"{said} 블라우스와 스커트예요.", notes=notes))
    assert [line for line in lines if line.startswith("· ")] == [f"· {unsaid}"]


@pytest.mark.parametrize("width", [20, 30])
def test_nothing_is_wider_than_a_narrow_terminal(width):
    from rich.cells import cell_len

    lines = plain_lines(reply(recommendations=[SHIRT], text="시원하고 가벼운 린넨 셔츠를 추천해 드릴게요. " * 5), width)
    assert max(map(cell_len, lines)) <= width


def test_the_record_holds_what_programs_were_promised_and_is_json():
    record = reply_record(reply(recommendations=[SHIRT]))
    assert list(record) == [
        *("text", "status", "language", "routes", "citations", "recommendations", "evidence", "grade", "spent"),
        "notes",
    ]
    assert set(record["citations"][0]) == {"evidence", "quote", "start", "end", "title", "url"}
    assert set(record["recommendations"][0]) == {
        *("id", "name", "reasons", "price_krw", "price", "image", "url", "missed", "inferred", "swatches")
    }
    assert set(record["evidence"][0]) == {"id", "route", "title", "text", "url", "locator", "score"}
    assert json.loads(json.dumps(record)) == record
    for citation in record["citations"]:
        text = next(found["text"] for found in record["evidence"] if found["id"] == citation["evidence"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_quick_answers_are_in_the_record_when_there_are_some():
    assert reply_record(reply(status="asked_back", choices=["여성"]))["choices"] == ["여성"]


MARKDOWN = """**찬물**에 빨아요 [1].
둘째 줄이에요.

| 소재 | 온도 |
|---|---|
| 울 | 30도 |

- 눌러 빨기

`List<String>` 과 <b>굵게</b> 는 글자예요. [여기](https://example.com/a)
"""


def test_markdown_is_rendered_on_a_terminal_and_loses_no_words():
    lines = [line.strip() for line in plain_lines(reply(text=MARKDOWN, citations=[]))]
    assert lines[:2] == ["찬물에 빨아요 [1].", "둘째 줄이에요."]
    assert any(line.split() == ["울", "30도"] for line in lines)
    assert "• 눌러 빨기" in lines
    assert "List<String> 과 <b>굵게</b> 는 글자예요. 여기" in " ".join(lines)
    assert "https://example.com/a" in " ".join(lines)


def test_in_a_pipe_an_answer_is_as_it_was_written():
    screen = Screen()
    screen.out = Console(file=io.StringIO(), width=60, highlight=False, markup=False, emoji=False)
    show_reply(screen, reply(text=MARKDOWN, citations=[]))
    assert screen.out.file.getvalue().startswith(MARKDOWN)


def test_an_answers_markdown_cant_drive_the_terminal():
    assert "\x1b]" not in shown(reply(text="# a\x1b]0;owned\x07\n\n[x](https://example.com/\x1b]8;;)", citations=[]))
