"""`stylegraph chat` without a terminal; tests/integration has one with a terminal."""

from __future__ import annotations

import json

import pytest


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


def answers(result):
    return [line for line in result.stdout.splitlines() if "답" in line]


def test_the_last_question_is_answered_again_in_its_place(cli, scripted):
    result = cli("chat", stdin="울?\n실크는?\n/retry\n면은?\n")
    assert answers(result) == ["울? 답 1 [1]", "실크는? 답 2 [1]", "실크는? 답 2 [1]", "면은? 답 3 [1]"]


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("울?\n실크는?\n/edit 린넨은?\n", "린넨은? 답 2 [1]"),
        ("울?\n/edit 린넨?\n", "린넨? 답 1 [1]"),
        ("울?\n" + "x" * 20_001 + "\n/edit 린넨은?\n", "린넨은? 답 2 [1]"),
    ],
    ids=["a later question", "the first question", "a question that was refused takes no other's place"],
)
def test_the_last_question_is_asked_in_other_words_in_its_place(cli, scripted, typed, last):
    assert answers(cli("chat", stdin=typed))[-1] == last


def test_what_the_last_answer_cites_is_shown_word_for_word(cli, scripted):
    shown = cli("chat", stdin="울?\n/sources\n").stdout.splitlines()
    assert shown[-3:] == ["[1] 울 세탁", "    /notes/wool.md", "    “찬물에”"]


def test_a_conversation_is_written_to_read_and_for_programs_and_over_no_other_file(cli, scripted, tmp_path):
    result = cli("chat", stdin="울?\n실크는?\n/export talk.md\n/export talk.json\n/export talk.md\n/export talk\n")
    read = (tmp_path / "talk.md").read_text("utf-8")
    assert read.splitlines()[:5] == ["> 울?", "", "울? 답 1 [1]", "", "- 울 세탁: “찬물에”"]
    told = json.loads((tmp_path / "talk.json").read_text("utf-8"))["messages"]
    assert [one["role"] for one in told] == ["user", "assistant"] * 2
    assert told[3]["sources"] == [{"title": "울 세탁", "url": None, "quote": "찬물에"}]
    assert "talk.md is there already" in result.stderr
    assert "Name it .md or .json" in result.stderr


@pytest.mark.parametrize("command", ["/retry", "/edit 린넨?", "/sources", "/export talk.md"])
def test_where_nothing_was_asked_there_is_nothing_to_do_again(cli, scripted, command):
    result = cli("chat", stdin=f"{command}\n")
    assert ("Nothing has been asked yet" in result.stderr, scripted.asked) == (True, [])


def test_the_commands_are_listed_and_no_other_is_taken_for_a_question(cli, scripted):
    result = cli("chat", stdin="/help\n/nope\n/etc/hosts가 뭐야?\n")
    for name in ("/image", "/edit", "/retry", "/sources", "/export", "/help"):
        assert name in result.stdout
    assert "There is no command /nope" in result.stderr
    assert [asked for asked, *_ in scripted.asked] == ["/etc/hosts가 뭐야?"]


def test_a_conversation_of_yesterday_is_gone_on_with_by_its_last_question(cli, furnished):
    first = cli("chat", "--thread", "t", stdin="울 니트는 어떻게 세탁해?\n")
    second = cli("chat", "--thread", "t", "--json", stdin="/retry\n")
    assert first.exit_code == second.exit_code == 0
    assert second.records[-1]["reply"]["text"].split("[1]")[0] in first.stdout.replace("\n", " ")
    kept = cli("threads", "show", "t", "--json").records[0]["messages"]
    assert [one["role"] for one in kept] == ["user", "assistant"]


def test_what_could_be_asked_next_is_told_where_the_conversation_goes_on(cli, furnished):
    question = "How do I get a red wine stain out of cotton?"
    told = cli("chat", stdin=f"{question}\n").stdout
    assert "You could ask next: What does “First aid for stains” say about “" in told
    assert "You could ask next" not in cli("ask", question).stdout
    (record,) = cli("ask", question, "--json").records[-1:]
    assert len(record["follow_ups"]) == 2
