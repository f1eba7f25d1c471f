"""A turn as it is watched."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from stylegraph.agent.errors import StylegraphError
from stylegraph.graphs.cli.ui.live_turn import Turn, watched
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.pack import introduce


def routed(*routes):
    return {"event": "looking_up", "question": "q", "routes": list(routes), "queries": {}, "filters": {}}


def rendered(turn, height=20):
    console = Console(file=io.StringIO(), width=40, height=height)
    console.print(turn)
    return console.file.getvalue()


def test_routes_show_what_each_source_is_doing():
    introduce(fashion_pack())  # says what the catalogue is called
    turn = Turn("ko")
    assert turn.headline == ""
    turn.take(routed("documents", "fashion", "orders"))
    turn.take({"event": "looking", "route": "documents", "queries": ["q"]})
    turn.take({"event": "looking", "route": "fashion", "queries": ["q"]})
    turn.take({"event": "evidence", "route": "fashion", "evidence": [{}, {}]})
    assert turn.headline == "문서 (찾는 중) · 패션 카탈로그 (2건) · orders"


def test_what_is_waited_for_is_said_at_each_step_and_how_long_once_that_is_long():
    turn = Turn("en")
    assert "Reading the question" in rendered(turn)
    turn.take(routed("documents"))
    turn.take({"event": "looking", "route": "documents", "queries": ["q"]})
    assert turn.waiting == "documents (looking)"
    turn.take({"event": "evidence", "route": "documents", "evidence": [{}]})
    assert turn.waiting == "documents (1 found)  Writing the answer"
    turn.take({"event": "draft", "text": "Wool"})
    assert turn.waiting.endswith("Checking the answer")
    turn.begun -= 12
    assert turn.waiting.endswith("Checking the answer  12 s")
    turn.take({"event": "revising", "action": "widen", "reason": "too little"})
    assert turn.waiting == "documents (1 found)  Looking further  Writing the answer  12 s"


def test_a_draft_is_labelled_and_gives_way_to_the_next_one():
    turn = Turn("en")
    for event in (routed("documents"), {"event": "draft", "text": "Wool "}, {"event": "draft", "text": "shrinks."}):
        turn.take(event)
    assert "Draft (still being checked)" in rendered(turn)
    assert "Wool shrinks." in rendered(turn)
    turn.take({"event": "revising", "action": "widen", "reason": "too little"})
    assert "Looking further" in turn.headline
    assert "Wool" not in rendered(turn)


def test_of_a_long_draft_the_end_is_shown():
    turn = Turn("ko", draft="\n".join(f"줄 {number}" for number in range(100)))
    shown = rendered(turn, height=12)
    assert "줄 99" in shown
    assert "줄 50" not in shown
    assert len(shown.splitlines()) < 12


def test_a_draft_cant_drive_the_terminal():
    assert "\x1b" not in rendered(Turn("ko", draft="\x1b]0;owned\x07"))


def test_a_turn_without_a_reply_is_an_error():
    with pytest.raises(StylegraphError):
        Turn("ko").ended()


@pytest.mark.parametrize("terminal", [True, False])
def test_a_turn_is_shown_on_a_terminal_only(terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=40)
    with watched(Turn("ko"), console):
        pass
    assert bool(console.file.getvalue()) == terminal
