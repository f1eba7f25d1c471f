"""`stylegraph-evals` as people and programs call it."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from stylegraph.agent.reply import Status
from stylegraph.evals import suites
from stylegraph.evals.cli import app
from stylegraph.evals.harvest.cases import HarvestedCase, write


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


def test_a_run_of_all_suites_takes_along_what_was_harvested_here_and_labelled(call, monkeypatch):
    monkeypatch.setattr(suites, "NAMES", ("outfits",))
    case = HarvestedCase(id="h-en-00000001", question="How do I wash linen?", routes=["documents"])
    write([case], Path("harvested.yaml"))
    assert {row["suite"] for row in records(call("run", "--json"))} == {"outfits"}
    write([case.model_copy(update={"statuses": [Status.NOT_FOUND]})], Path("harvested.yaml"))
    assert {row["suite"] for row in records(call("run", "--json"))} == {"outfits", "harvested"}
    assert {row["suite"] for row in records(call("run", "outfits", "--json"))} == {"outfits"}


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
        (("run", "simulated", "--maker", "model"), "No model's answers are recorded for simulated"),
        (("run", "wishes", "--case", "w-xx"), "No case fits"),
        (("run", "turns", "--base-url", "http://127.0.0.1:9/v1"), "only with --live"),
        (("run", "wishes", "--live", "--base-url", "http://127.0.0.1:9/v1"), "The suite wishes asks no server"),
        (("run", "turns", "--live", "--maker", "model"), "There is no chat model to ask"),
        (("record", "t-xx-99"), "Nothing is recorded as 't-xx-99'"),
        (("record", "t-ko-01"), "Nothing of this can be recorded without its server"),
        (("report",), "There is no run in runs yet"),
        (("compare", "a", "b"), "There is no run 'a'"),
    ],
)
def test_what_can_not_be_done_is_said_with_what_to_do(call, arguments, said):
    result = call(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) >= 2


@pytest.fixture
def changed_prompt(tmp_path, monkeypatch):
    """Change the prompt that grades drafts, in a copy of the prompts."""
    from stylegraph.agent.llm import prompts

    folder = shutil.copytree(prompts._FOLDER, tmp_path / "prompts")
    rules = folder / "grade.md"
    rules.write_text(rules.read_text(encoding="utf-8") + "\nBe strict.\n", encoding="utf-8")
    monkeypatch.setattr(prompts, "_FOLDER", folder)
    prompts._text.cache_clear()
    yield
    prompts._text.cache_clear()


@pytest.mark.usefixtures("changed_prompt")
def test_a_changed_prompt_makes_its_cassettes_stale_and_the_command_to_record_them_is_told(call):
    ran = call("run", "turns", "--maker", "model", "--case", "t-ko-01", "--case", "t-ko-05")
    assert ran.exit_code == 1
    assert "Stale" in ran.stderr
    assert "turns/t-ko-01" in ran.stderr
    assert "turns/t-ko-05" not in ran.stderr  # small talk is not graded
    assert "stylegraph-evals record --base-url URL turns/t-ko-01" in ran.stderr
    (told,) = records(call("report", "--failing", "--json"))
    assert (told["case"], told["stale"]) == ("t-ko-01", "turns/t-ko-01")
    assert "Be strict." in told["error"]  # where the request differs from the recorded one


def test_without_a_maker_every_suite_is_answered_by_all_of_its_makers(call):
    told = records(call("run", "turns", "--case", "t-ko-05", "--json"))
    assert {row["maker"] for row in told} == {"local", "model"}


async def test_live_asks_the_server_and_not_the_cassette(call):
    from standins.chat import chat_server

    async with chat_server(agent="안녕하세요, 저도 반가워요!") as server:
        line = ("run", "turns", "--live", "--base-url", server.url, "--model", "a-model", "--case", "t-ko-05", "--json")
        ran = await asyncio.to_thread(call, *line)
    assert server.count() >= 1
    told = {row["result"]: row["everyone"] for row in records(ran)}
    assert (told["answered"], told["calls"]) == (1.0, server.count())


def test_a_recording_is_made_and_only_the_stale_ones_if_so_asked(call, tmp_path, monkeypatch):
    from stylegraph.evals.replay import http

    monkeypatch.setattr(http, "CASSETTES", tmp_path / "cassettes")
    (made,) = records(call("record", "s-ko-001", "--json"))
    assert made["cassette"] == "web/s-ko-001"
    assert made["web_searches"] >= 1
    assert (tmp_path / "cassettes" / "web" / "s-ko-001.yaml").is_file()
    assert call("record", "s-ko-001", "--stale").stdout == ""


def test_a_cassette_that_has_lost_its_case_fails_the_run(call, tmp_path, monkeypatch):
    from stylegraph.evals.recording import registry
    from stylegraph.evals.replay import http

    folder = shutil.copytree(http.CASSETTES, tmp_path / "cassettes")
    for module in (http, registry):
        monkeypatch.setattr(module, "CASSETTES", folder)
    line = ("run", "turns", "--maker", "model", "--case", "t-ko-05")
    assert call(*line).exit_code == 0
    (folder / "turns" / "t-ko-77.yaml").write_text("left behind")
    ran = call(*line)
    assert ran.exit_code == 1
    assert "turns/t-ko-77" in ran.stderr


def test_a_new_case_is_one_entry_and_one_recording(call, tmp_path, monkeypatch):
    from stylegraph.evals.harness import ask_cases
    from stylegraph.evals.recording import registry, web
    from stylegraph.evals.replay import http

    entry = """
    - id: s-en-991
      kind: fresh
      question: Which prize did Han Yuri win at Seoul Fashion Week?
      pages: [news.example/seoul-fashion-week]
      facts: [[new designers]]
    """
    plain = ask_cases.read_cases
    more = {"web": yaml.safe_load(entry)}
    monkeypatch.setattr(ask_cases, "read_cases", lambda name: [*plain(name), *more.get(name, [])])
    folder = shutil.copytree(http.CASSETTES, tmp_path / "cassettes")
    for module in (http, registry):
        monkeypatch.setattr(module, "CASSETTES", folder)
    caches = (web.web_cases, registry.recordings)
    for one in caches:
        one.cache_clear()
    try:
        line = ("run", "web", "--split", "both", "--case", "s-en-991")
        assert "Record it again: stylegraph-evals record web/s-en-991" in call(*line).stderr
        assert call("record", "s-en-991").exit_code == 0
        told = {row["result"]: row["everyone"] for row in records(call(*line, "--json"))}
        assert told["answered"] == told["cites the page"] == 1.0
    finally:
        monkeypatch.undo()
        for one in caches:
            one.cache_clear()
