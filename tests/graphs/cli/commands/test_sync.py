"""`stylegraph index sync`, `site` and `tune`: the index is what knowledge.toml says, and nothing else is touched."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture
def knowledge(home, tmp_path):
    """Two folders, and a way to write the sources file."""
    for name, text in (("notes", "울은 찬물에 손으로 빨아요."), ("guide", "Linen dries in the shade.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(text, encoding="utf-8")

    def write(*entries):
        text = "\n".join("[[source]]\n" + entry for entry in entries)
        (tmp_path / "knowledge.toml").write_text(text, encoding="utf-8")

    return write


def sources(cli):
    return {name for index in cli("index", "list", "--json").records for name in index["sources"]}


def names(record, part):
    return [one["source"].rpartition("/")[2] for one in record[part]]


def test_what_the_file_names_is_indexed_and_what_it_no_longer_names_is_taken_out(cli, knowledge, tmp_path):
    knowledge('source = "notes"', 'source = "guide"\nindex = "docs"')
    [first] = cli("index", "sync", "--json").records
    assert [(one["index"], one["added"]) for one in first["sources"]] == [("default", 1), ("docs", 1)]
    assert sources(cli) == {str(tmp_path / "notes"), str(tmp_path / "guide")}
    knowledge('source = "notes"')
    [second] = cli("index", "sync", "--json").records
    assert (second["sources"][0]["unchanged"], names(second, "removed")) == (1, ["guide"])
    assert sources(cli) == {str(tmp_path / "notes")}
    assert cli("index", "sync", "--json").records[0]["removed"] == []


def test_a_dry_run_shows_the_difference_and_changes_nothing(cli, knowledge, tmp_path):
    knowledge('source = "notes"', 'source = "guide"')
    [preview] = cli("index", "sync", "--dry-run", "--json").records
    assert [one["added"] for one in preview["sources"]] == [1, 1]
    assert not (tmp_path / "home").exists() or not sources(cli)
    cli("index", "sync")
    (tmp_path / "notes" / "a.md").write_text("울은 드라이해요.", encoding="utf-8")
    (tmp_path / "notes" / "b.md").write_text("면은 삶아요.", encoding="utf-8")
    knowledge('source = "notes"')
    shown = cli("index", "sync", "--dry-run")
    assert "default: 1 added, 1 changed, 0 unchanged, 0 removed, 0 failed" in shown.stdout
    assert "no longer named, 1 removed" in shown.stdout
    assert "Nothing was changed" in shown.stdout
    assert sources(cli) == {str(tmp_path / "notes"), str(tmp_path / "guide")}
    assert "찬물" in cli("search", "울", "--json").records[0]["hits"][0]["text"]


def test_what_was_indexed_by_hand_stays(cli, knowledge, tmp_path):
    cli("index", tmp_path / "guide")
    knowledge('source = "notes"')
    cli("index", "sync")
    knowledge()
    [record] = cli("index", "sync", "--json").records
    assert names(record, "removed") == ["notes"]
    assert sources(cli) == {str(tmp_path / "guide")}


def test_a_source_is_read_again_when_it_is_due_changed_in_its_options_or_asked_for(cli, knowledge, tmp_path):
    knowledge('source = "notes"\nschedule = "2h"')
    cli("index", "sync")
    [waiting] = cli("index", "sync", "--json").records
    assert (waiting["sources"], names(waiting, "waiting")) == ([], ["notes"])
    assert 7_100 < waiting["waiting"][0]["seconds"] <= 7_200
    assert "not due for 2 h" in cli("index", "sync").stdout
    assert names(cli("index", "sync", "--now", "--json").records[0], "sources") == ["notes"]
    knowledge('source = "notes"\nschedule = "2h"\naudience = ["staff"]')
    [changed] = cli("index", "sync", "--json").records
    assert changed["sources"][0]["changed"] == 1
    ledger = tmp_path / "home" / "sync.json"
    text = json.loads(ledger.read_text())
    for indexes in text.values():
        indexes["default"][str(tmp_path / "notes")]["at"] -= 7_300
    ledger.write_text(json.dumps(text))
    assert names(cli("index", "sync", "--json").records[0], "sources") == ["notes"]


def test_what_failed_is_due_again_and_ends_in_exit_code_1(cli, knowledge, tmp_path):
    knowledge('source = "missing"\nschedule = "daily"', 'source = "notes"\nschedule = "daily"')
    for _ in range(2):
        result = cli("index", "sync", "--json")
        assert result.exit_code == 1
        assert "missing" in names(result.records[0], "sources")
    assert names(result.records[0], "waiting") == ["notes"]


def test_a_file_that_is_wrong_is_told_by_line_and_nothing_is_done(cli, knowledge, tmp_path):
    knowledge('source = "notes"', 'source = "guide"\nschedul = "daily"')
    result = cli("index", "sync")
    assert (result.exit_code, "line 5: `schedul`" in result.stderr) == (2, True)
    assert sources(cli) == set()
    assert cli("index", "sync", "--file", "other.toml").exit_code == 2


def test_a_chunking_that_contradicts_itself_is_told_before_anything_is_done(cli, knowledge):
    knowledge('source = "notes"', 'source = "guide"\noptions = { chunk_size = 100, chunk_overlap = 100 }')
    result = cli("index", "sync")
    assert (result.exit_code, "line 3" in result.stderr, sources(cli)) == (2, True, set())


def test_two_files_have_their_own_sources(cli, knowledge, tmp_path):
    knowledge('source = "notes"')
    (tmp_path / "team.toml").write_text('[[source]]\nsource = "guide"\n')
    cli("index", "sync")
    cli("index", "sync", "--file", "team.toml")
    assert cli("index", "sync", "--json").records[0]["removed"] == []
    assert sources(cli) == {str(tmp_path / "notes"), str(tmp_path / "guide")}


@pytest.fixture
def site(tmp_path):
    """A folder served on loopback by Python's own server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<p>Welcome to the wardrobe.</p><a href='wool.html'>wool</a>")
    (folder / "wool.html").write_text("<p>Wash wool cold.</p>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


ALLOWED = {"STYLEGRAPH_FETCH_ALLOW_HOSTS": '["127.0.0.1"]'}


def test_a_site_is_indexed_and_brought_up_to_date(cli, site, tmp_path):
    counted = "added", "changed", "unchanged", "removed", "failed"
    for expected in ((2, 0, 0, 0, 0), (0, 0, 2, 0, 0)):
        [record] = cli("index", "site", site, "--json", env=ALLOWED).records
        assert tuple(record[name] for name in counted) == expected
    hit = cli("search", "wool", "--json").records[0]["hits"][0]
    assert hit["url"] == f"{site}/wool.html"
    assert "0 added" in cli("index", "site", site, "--depth", "0", env=ALLOWED).stdout
    assert cli("index", "remove", f"{site}/").exit_code == 0


def test_an_operation_of_an_api_is_indexed_from_the_file_and_removed_by_the_name_that_is_listed(
    cli, knowledge, site, tmp_path
):
    served = tmp_path / "site"
    operation = {"paths": {"/posts.json": {"get": {"operationId": "all"}}}}
    (served / "openapi.json").write_text(json.dumps(operation))
    (served / "posts.json").write_text(json.dumps({"items": [{"id": 7, "name": "울", "how": "찬물에 빨아요."}]}))
    knowledge(
        f'source = "{site}/openapi.json"\nkind = "api"\n[source.options]\noperation = "all"\nrecords = "/items"\n'
        'title = "{/name}"\ntext = "{/name}: {/how}"\n'
    )
    [record] = cli("index", "sync", "--json", env=ALLOWED).records
    assert record["sources"][0]["added"] == 1
    hit = cli("search", "울", "--json").records[0]["hits"][0]
    assert (hit["id"], hit["text"], hit["locator"]["pointer"]) == ("7", "울: 찬물에 빨아요.", "/items/0")
    name = f"{site}/openapi.json#all"
    assert sources(cli) == {name}
    assert cli("index", "remove", name).exit_code == 0


def test_a_site_is_named_by_an_address(cli, tmp_path):
    result = cli("index", "site", tmp_path)
    assert (result.exit_code, "is no http(s) address" in result.stderr) == (1, True)


def test_tuning_shows_each_way_and_the_options_of_the_best_and_touches_no_index(cli, tmp_path):
    filler = "옷감의 역사는 길고 이야기도 많습니다. " * 20
    (tmp_path / "guide.md").write_text(f"# 울\n{filler}\n울은 찬물에 손으로 빱니다.\n# 면\n{filler}\n면은 삶습니다.")
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"question": "울은 어떻게 빨아?", "answer": "찬물에 손으로"}\n', encoding="utf-8")
    shown = cli("index", "tune", "guide.md", "--questions", labelled, "--sizes", "60,300", "--overlaps", "0")
    assert shown.exit_code == 0, shown.stderr
    assert "nDCG@6" in shown.stdout
    assert "stylegraph index SOURCE --chunk-size " in shown.stdout
    args = ("index", "tune", "guide.md", "--questions", labelled, "--overlaps", "0", "--json")
    rows = cli(*args, "--sizes", "40", "--unit", "tokens", "--by", "heading").records
    assert [(row["size"], row["unit"], row["by"]) for row in rows] == [(40, "tokens", "heading")]
    assert cli("index", "list", "--json").records == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--sizes", "many"), "--sizes"),
        (("--sizes", "100", "--overlaps", "90"), "half"),
        ((), "not in the source"),
    ],
)
def test_a_tuning_that_can_not_be_done_says_why(cli, tmp_path, options, told):
    (tmp_path / "guide.md").write_text("text")
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text('{"question": "a", "answer": "nowhere"}\n', encoding="utf-8")
    result = cli("index", "tune", "guide.md", "--questions", labelled, *options)
    assert (result.exit_code, told in result.stderr) == (2, True)
