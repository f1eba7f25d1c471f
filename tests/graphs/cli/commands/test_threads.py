"""`stylegraph threads`."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def talked(cli, furnished):
    for thread, question in (("laundry", "안녕하세요"), ("laundry", "고마워요"), ("둘째", "Hello!")):
        assert cli("ask", question, "--thread", thread).exit_code == 0


def test_conversations_are_listed_newest_first(cli, talked):
    records = cli("threads", "list", "--json").records
    assert [(record["thread"], record["messages"], record["began"]) for record in records] == [
        ("둘째", 2, "Hello!"),
        ("laundry", 4, "안녕하세요"),
    ]
    assert "laundry" in cli("threads").stdout


def test_what_was_said_is_shown_and_exported(cli, talked, tmp_path):
    shown = cli("threads", "show", "laundry").stdout
    assert shown.startswith("> 안녕하세요\n")
    assert "> 고마워요" in shown
    out = tmp_path / "threads.jsonl"
    assert cli("threads", "export", "--out", out).exit_code == 0
    exported = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["thread"] for one in exported] == ["둘째", "laundry"]
    assert [message["role"] for message in exported[1]["messages"]] == ["user", "assistant"] * 2
    assert json.loads(cli("threads", "export", "laundry").stdout) == exported[1]


def test_a_forgotten_conversation_is_gone_and_the_others_stay(cli, talked):
    assert cli("threads", "forget", "laundry").exit_code == 0
    assert [record["thread"] for record in cli("threads", "list", "--json").records] == ["둘째"]
    for again in ("forget", "show", "export"):
        result = cli("threads", again, "laundry")
        assert (result.exit_code, "둘째" in result.stderr) == (2, True)


def test_where_nothing_is_kept_that_is_said(cli):
    assert "No conversation" in cli("threads").stdout
    assert cli("threads", "export").stdout == ""
