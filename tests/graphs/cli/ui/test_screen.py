"""Two streams: results, and everything else."""

from __future__ import annotations

import io
import json
import sys

import pytest
from rich.console import Console

from stylegraph.graphs.cli.ui.screen import Screen, plain


@pytest.fixture
def streams(monkeypatch):
    def of(encoding="utf-8"):
        made = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace") for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", made[0])
        monkeypatch.setattr(sys, "stderr", made[1])
        return made

    return of


def written(stream):
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)


def test_text_goes_to_standard_output_unwrapped_when_it_is_no_terminal(streams):
    out, err = streams()
    screen = Screen()
    screen.say("여름 " * 100)
    screen.tell("aside")
    assert written(out) == "여름 " * 100 + "\n"
    assert written(err) == "aside\n"


def test_a_terminal_wraps_korean_by_its_width():
    screen = Screen()
    screen.out = Console(file=io.StringIO(), force_terminal=True, width=20, no_color=True)
    screen.say("시원한 여름 옷을 추천해 드릴게요")
    assert screen.out.file.getvalue() == "시원한 여름 옷을 \n추천해 드릴게요\n"


def test_square_brackets_and_control_characters_of_a_page_do_nothing(streams):
    out, _ = streams()
    Screen().say("[bold]1[/bold] :smile: \x1b]0;owned\x07\x9b31m end")
    assert written(out).rstrip() == "[bold]1[/bold] :smile: ]0;owned31m end"
    assert plain("두\n줄") == "두\n줄"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "euc-kr", "latin-1"])
def test_a_record_is_one_line_that_every_encoding_carries_whole(streams, encoding):
    out, _ = streams(encoding)
    record = {"text": "한글 ☃\u2028\n", "n": 1.5}
    Screen(json=True).record(record)
    line = written(out)
    assert len(line.splitlines()) == 1
    assert json.loads(line) == record


def test_what_an_encoding_lacks_is_replaced_and_nothing_crashes(streams):
    out, _ = streams("ascii")
    Screen().say("한글")
    assert written(out) == "??\n"


def test_a_number_that_json_lacks_is_a_defect_and_not_a_broken_line(streams):
    streams()
    with pytest.raises(ValueError, match="JSON"):
        Screen(json=True).record({"score": float("nan")})


def test_a_bar_shows_rate_and_count_on_a_terminal_and_nothing_in_a_pipe():
    for terminal in (True, False):
        screen = Screen()
        screen.err = Console(file=io.StringIO(), force_terminal=terminal, width=100)
        with screen.bar("[Asking]", 3) as bar:
            bar.advance()
            bar.at(2, 3, "more")
        shown = screen.err.file.getvalue()
        assert ("2/3" in shown and "more" in shown) if terminal else shown == ""
