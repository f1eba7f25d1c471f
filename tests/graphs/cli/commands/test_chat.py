"""`stylegraph chat` without a terminal; tests/integration has one with a terminal."""

from __future__ import annotations


def test_questions_are_answered_line_by_line_in_one_conversation(cli, scripted):
    result = cli("chat", stdin="울?\n\n실크는?\n")
    assert "울? 답 1 [1]" in result.stdout
    assert "실크는? 답 2 [1]" in result.stdout
    assert "[1] 울 세탁  /notes/wool.md" in result.stdout
    assert (result.exit_code, result.stderr) == (0, "")


def test_with_json_every_event_is_a_line(cli, scripted):
    records = cli("chat", "--json", stdin="울?\n").records
    assert [record["event"] for record in records] == [
        *("looking_up", "looking", "evidence", "draft", "draft", "graded", "reply")
    ]


def test_an_error_ends_the_turn_and_not_the_conversation(cli, scripted):
    result = cli("chat", stdin="x" * 20_001 + "\n울?\n")
    assert "20,001 characters" in result.stderr
    assert "울? 답" in result.stdout
    assert result.exit_code == 0


def test_a_picture_goes_with_the_next_question_only(cli, scripted, tmp_path):
    result = cli("chat", stdin=f"/image {tmp_path / 'missing.jpg'}\n이거?\n울?\n")
    assert "can't be opened" in result.stderr
    assert [asked for asked, *_ in scripted.asked] == ["울?"]


def test_an_index_that_is_not_there_is_told_before_anything_is_asked(cli, scripted):
    result = cli("chat", "--index", "nope", stdin="울?\n")
    assert (result.exit_code, "nope" in result.stderr, scripted.asked) == (2, True, [])
