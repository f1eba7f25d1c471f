"""`stylegraph ask`: one question, or a file of them."""

from __future__ import annotations

import json
import typing

import pytest

from stylegraph.agent.state import Effort
from stylegraph.graphs.cli.ui import options


@pytest.fixture
def files(tmp_path):
    def write(*lines):
        (tmp_path / "in.jsonl").write_text(
            "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines),
            encoding="utf-8",
        )
        return tmp_path / "in.jsonl", tmp_path / "out.jsonl"

    return write


def test_with_json_standard_output_is_the_reply_and_nothing_else(cli, scripted):
    result = cli("ask", "울 세탁?", "--json")
    [record] = result.records
    assert (result.exit_code, result.stderr) == (0, "")
    assert (record["text"], record["status"], record["routes"]) == ("울 세탁? 답 1 [1]", "answered", ["documents"])
    assert record["citations"][0]["quote"] == "찬물에"


def test_for_people_the_answer_comes_with_its_sources(cli, scripted):
    result = cli("ask", "울 세탁?")
    assert result.stdout.splitlines() == ["울 세탁? 답 1 [1]", "", "출처", "[1] 울 세탁  /notes/wool.md"]
    assert result.stderr == ""


def test_who_asks_and_where_to_look_reach_the_assistant(cli, scripted, tmp_path):
    (tmp_path / "wool.txt").write_text("Wool.")
    cli("index", "wool.txt", "--index", "care")
    cli("ask", "울?", "--index", "care", "--user", "kim")
    assert scripted.asked == [("울?", "care", "kim")]


def test_a_question_put_back_comes_with_its_quick_answers(cli, scripted):
    scripted.ask_back = "누가 입을 옷인가요?"
    [record] = cli("ask", "추천해줘", "--json").records
    assert (record["status"], record["choices"]) == ("asked_back", ["여성", "남성"])


@pytest.mark.parametrize("given", ["니트는?\n", "\ufeff니트는?"])
def test_a_question_is_read_from_standard_input(cli, scripted, given):
    cli("ask", "-", stdin=given)
    assert scripted.asked[0][0] == "니트는?"


@pytest.mark.parametrize(
    ("args", "stdin"),
    [
        ([], None),
        ([""], None),
        (["   "], None),
        (["-"], ""),
        (["-"], b"\xff\xfe\x00"),
        (["-"], "x" * 1_000_000),
        (["-"], b"x" * 10_000_001),
        (["a", "--questions", "in.jsonl"], None),
        (["--questions", "missing.jsonl"], None),
        (["a", "--effort", "heroic"], None),
        (["a", "--image", "missing.jpg"], None),
        (["a", "--index", "nope"], None),
        (["a", "--unknown"], None),
    ],
)
def test_what_cant_be_asked_is_refused_with_exit_code_2_and_a_remedy(cli, scripted, args, stdin):
    for_people, for_programs = cli("ask", *args, stdin=stdin), cli("ask", *args, "--json", stdin=stdin)
    assert (for_people.exit_code, for_people.stdout) == (2, "")
    assert "Traceback" not in for_people.stderr
    assert (for_programs.exit_code, for_programs.stdout) == (2, "")
    assert json.loads(for_programs.stderr)["error"]["message"]
    assert scripted.asked == []


def test_many_questions_are_answered_and_a_thread_remembers_what_was_said(cli, scripted, files):
    questions, out = files(
        {"id": "a1", "text": "울?", "thread": "a"},
        {"id": "b1", "text": "린넨?", "thread": "b"},
        {"id": "a2", "text": "그럼 실크는?", "thread": "a"},
        "broken",
        {"id": "empty", "text": " "},
        {"id": "alone", "text": "면?"},
    )
    result = cli("ask", "--questions", questions, "--out", out, "--json")
    answers = {line["id"]: line["text"] for line in map(json.loads, out.read_text("utf-8").splitlines())}
    assert answers == {
        "a1": "울? 답 1 [1]",
        "b1": "린넨? 답 1 [1]",
        "a2": "그럼 실크는? 답 2 [1]",
        "alone": "면? 답 1 [1]",
    }
    assert [json.loads(line)["line"] for line in result.stderr.splitlines()] == [4, 5]
    assert result.exit_code == 1


def test_bulk_results_go_to_standard_output_when_there_is_no_file(cli, scripted, files):
    questions, _ = files({"id": 1, "text": "울?"})
    assert json.loads(cli("ask", "--questions", questions).stdout)["id"] == 1


def test_answers_that_are_there_are_kept_when_it_goes_on(cli, scripted, files):
    questions, out = files({"id": 1, "text": "울?"}, {"id": 2, "text": "면?"})
    out.write_text('{"id": 1, "text": "kept"}\n', encoding="utf-8")
    cli("ask", "--questions", questions, "--out", out, "--resume")
    assert [asked for asked, *_ in scripted.asked] == ["면?"]
    assert len(out.read_text("utf-8").splitlines()) == 2


def test_the_efforts_offered_are_those_that_there_are():
    assert typing.get_args(options.Effort) == typing.get_args(Effort)
