"""`stylegraph doctor`: every part, and what a missing one costs."""

from __future__ import annotations

import pytest


@pytest.fixture
def doctor(cli):
    def run(**env):
        result = cli("doctor", "--json", env=env)
        parts = {}
        for finding in result.records:
            parts.setdefault(finding["part"], []).append(finding)
        return result.exit_code, parts

    return run


def test_a_fresh_machine_is_well_and_is_told_what_it_goes_without(doctor):
    code, parts = doctor()
    assert code == 0
    assert {part for part, [found, *_] in parts.items() if found["state"] == "ok"} == {
        *("settings", "home", "conversations", "profiles", "embedding", "Korean words", "catalogue", "server")
    }
    for part in ("index", "chat model", "web search", "pictures"):
        [found] = parts[part]
        assert (found["state"], bool(found["cost"])) == ("missing", True)


def test_nothing_is_made_by_looking(doctor, home):
    doctor()
    assert not home.exists()


def test_what_is_set_is_named_and_no_secret_is_shown(doctor, cli, tmp_path):
    (tmp_path / ".env").write_text("TAVILY_API_KEY=tvly-secret\n")
    code, parts = doctor(STYLEGRAPH_OPENAI_API_KEY="sk-secret")
    assert code == 0
    for name in ("STYLEGRAPH_OPENAI_API_KEY", "TAVILY_API_KEY", "STYLEGRAPH_HOME"):
        assert name in parts["settings"][0]["detail"]
    assert parts["chat model"][0]["state"] == parts["web search"][0]["state"] == "ok"
    assert "secret" not in str(parts)


def test_a_setting_that_does_not_exist_is_pointed_at(doctor):
    code, parts = doctor(STYLEGRAPH_HOEM="/tmp")
    assert (code, parts["settings"][1]["state"]) == (1, "broken")
    assert "STYLEGRAPH_HOEM" in parts["settings"][1]["detail"]


def test_a_home_that_cant_be_written_is_broken(doctor, tmp_path):
    (tmp_path / "file").write_text("")
    code, parts = doctor(STYLEGRAPH_HOME=str(tmp_path / "file" / "home"))
    assert (code, parts["home"][0]["state"]) == (1, "broken")
    assert parts["home"][0]["remedy"]


def test_files_that_are_damaged_are_broken_and_the_rest_is_looked_at(doctor, home):
    (home / "indexes").mkdir(parents=True)
    (home / "indexes" / "notes.sqlite").write_bytes(b"not an index" * 100)
    (home / "threads.sqlite").write_bytes(b"not a database" * 100)
    code, parts = doctor()
    assert code == 1
    assert parts["index"][0]["state"] == parts["conversations"][0]["state"] == "broken"
    assert parts["index"][0]["remedy"]
    assert "server" in parts


def test_a_catalogue_is_read_row_by_row(doctor, tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"id": "a", "name_ko": "셔츠", "category": "shirt"}\nbroken\n')
    [found] = doctor(STYLEGRAPH_CATALOGUE=str(tmp_path / "mine.jsonl"))[1]["catalogue"]
    assert "1 items, 1 rows left out" in found["detail"]
    assert "line 2" in found["remedy"]
    (tmp_path / "empty.csv").write_text("id,name_ko\n")
    for path in ("empty.csv", "missing.csv"):
        code, parts = doctor(STYLEGRAPH_CATALOGUE=str(tmp_path / path))
        assert (code, parts["catalogue"][0]["state"]) == (1, "broken")


def test_for_people_it_reads_as_a_list(cli, home):
    shown = cli("doctor").stdout
    assert "ok      embedding: " in shown
    assert "missing web search: no key\n        So " in shown
