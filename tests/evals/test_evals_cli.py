"""`stylegraph-evals` as people and programs call it."""

import json

import pytest
from typer.testing import CliRunner

from stylegraph.evals.cli import app


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        return CliRunner().invoke(app, list(arguments))

    return called


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_run_is_told_kept_reported_and_compared(call, tmp_path):
    ran = call("run", "outfits", "--name", "one", "--json")
    assert ran.exit_code == 0
    (told, seconds) = records(ran)
    assert (told["suite"], told["result"], told["split"]) == ("outfits", "better one told", "tune")
    assert seconds["result"] == "seconds"
    assert (tmp_path / "runs" / "one.jsonl").is_file()
    assert records(call("report", "--json")) == [told, seconds]
    (change,) = records(call("compare", "one", "one", "--json"))
    assert (change["better"], change["worse"], change["sure"]) == ([], [], False)


def test_pages_and_markdown_are_made_of_a_kept_run(call, tmp_path):
    call("run", "outfits", "--name", "one")
    assert "| outfits | local |" in call("report", "one", "--markdown").stdout
    (told,) = records(call("report", "one", "--html", "pages", "--json"))
    assert (tmp_path / told["page"]).is_file()


def test_one_case_can_be_run_alone(call):
    told = records(call("run", "wishes", "--case", "w-ko-0001", "--split", "both", "--json"))
    assert {row["cases"] for row in told} == {1}


def test_the_list_says_how_many_cases_there_are_and_who_answers(call):
    told = {row["suite"]: row for row in records(call("list", "--json"))}
    assert told["turns"]["makers"] == ["local", "model"]
    assert sum(row["tune"] + row["test"] for row in told.values()) >= 300


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nothing"), "There is no suite 'nothing'"),
        (("run", "wishes", "--maker", "model"), "not answered by a model"),
        (("run", "wishes", "--case", "w-xx"), "No case fits"),
        (("report",), "There is no run in runs yet"),
        (("compare", "a", "b"), "There is no run 'a'"),
    ],
)
def test_what_can_not_be_done_is_said_with_what_to_do(call, arguments, said):
    result = call(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) >= 2
