"""`stylegraph index`: in, again, out, and what there is."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from stylegraph.tools.ingestion.sources import source_name


@pytest.fixture
def notes(home, tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "wool.md").write_text("# 울 세탁\n울은 찬물에 손으로 빨아요.", encoding="utf-8")
    (folder / "linen.txt").write_text("Linen dries quickly in the shade.", encoding="utf-8")
    return folder


COUNTS = ("added", "changed", "unchanged", "removed", "failed")


def counts(record):
    return tuple(record[count] for count in COUNTS)


def test_only_what_is_new_or_changed_is_done_again(cli, notes):
    assert counts(cli("index", notes, "--json").records[0]) == (2, 0, 0, 0, 0)
    assert counts(cli("index", notes, "--json").records[0]) == (0, 0, 2, 0, 0)
    (notes / "wool.md").write_text("# 울 세탁\n울은 드라이해요.", encoding="utf-8")
    (notes / "linen.txt").unlink()
    (notes / "silk.txt").write_text("실크는 그늘에 말려요.", encoding="utf-8")
    assert counts(cli("index", notes, "--json").records[0]) == (1, 1, 0, 1, 0)


def test_what_failed_is_named_by_source_with_the_reason_and_ends_in_exit_code_1(cli, notes, tmp_path):
    broken = tmp_path / "rows.jsonl"
    broken.write_text('{"id": "a", "text": "fine"}\nbroken\n', encoding="utf-8")
    result = cli("index", notes, broken, tmp_path / "missing", "--json")
    assert result.exit_code == 1
    [record] = result.records
    assert counts(record) == (3, 0, 0, 0, 2)
    by_source = {source["source"]: source for source in record["sources"]}
    assert by_source[str(notes)]["failures"] == []
    assert "line 2" in by_source[str(broken)]["failures"][0]["where"]
    assert "does not exist" in by_source[str(tmp_path / "missing")]["failures"][0]["reason"]


def test_for_people_the_counts_are_told_by_source_and_failures_on_standard_error(cli, notes, tmp_path):
    result = cli("index", notes, tmp_path / "missing")
    assert "2 added, 0 changed, 0 unchanged, 0 removed, 0 failed" in result.stdout
    assert f"{tmp_path / 'missing'}: does not exist." in result.stderr
    assert "Together: 2 added" in result.stdout


def test_indexes_are_listed_with_their_sources(cli, notes):
    assert cli("index", "list", "--json").records == []
    assert "There is no index yet" in cli("index", "list").stdout
    cli("index", notes, "--index", "care")
    [listed] = cli("index", "list", "--json").records
    assert (listed["name"], listed["documents"], listed["sources"]) == ("care", 2, {str(notes): 2})
    assert "care" in cli("index", "list").stdout
    assert len(listed["titles"]) == 2
    assert all(title in " ".join(cli("index", "list").stdout.split()) for title in listed["titles"])
    assert sum(listed["languages"].values()) == 2


def test_a_source_is_removed_by_the_name_it_was_indexed_by(cli, notes, monkeypatch):
    cli("index", notes, "--index", "care")
    cli("index", "notes/wool.md", "--index", "other")
    monkeypatch.chdir(notes)
    removed = cli("index", "remove", "../notes", "--json").records
    assert removed == [{"source": source_name(notes), "removed": 2, "indexes": {"care": 2}}]
    again = cli("index", "remove", notes)
    assert (again.exit_code, "is in no index" in again.stderr) == (2, True)
    assert cli("index", "remove", "wool.md", "--index", "nope").exit_code == 2
    assert cli("index", "remove", "wool.md", "--index", "other").exit_code == 0


def test_folders_called_like_commands_are_reached_by_their_path(cli, tmp_path):
    for name in ("list", "remove", "add"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"folder {name}", encoding="utf-8")
        assert counts(cli("index", f"./{name}", "--json").records[0]) == (1, 0, 0, 0, 0)
    assert len(cli("index", "--json", "list").records[0]["sources"]) == 3


def test_only_the_elements_of_the_chosen_classes_are_read(cli, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html><body><nav class='menu'>furniture</nav><article class='post'>A silk scarf won.</article>"
        "<aside class='note'>A wool hat came second.</aside></body></html>"
    )
    cli("index", page, "--css-class", "post", "--css-class", "note")
    found = cli("search", "silk", "--json").records[0]["hits"][0]["text"]
    assert "silk" in found
    assert "wool" in found
    assert "furniture" not in found


def test_chunking_is_an_option_and_its_contradictions_are_refused(cli, tmp_path):
    long = tmp_path / "long.txt"
    long.write_text(" ".join(f"문장 {number}은 여기까지예요." for number in range(100)), encoding="utf-8")
    coarse = cli("index", long, "--json").records[0]["chunks"]
    fine = cli("index", long, "--chunk-size", "100", "--chunk-overlap", "20", "--json").records[0]["chunks"]
    assert fine > coarse * 4
    assert cli("index", long, "--chunk-size", "100", "--chunk-overlap", "100").exit_code == 2


def test_chunks_are_cut_where_and_counted_in_what_was_chosen(cli, tmp_path):
    guide = tmp_path / "guide.md"
    guide.write_text("# 울\n\n찬물에 빱니다.\n\n# 면\n\n삶아도 됩니다.\n", encoding="utf-8")
    assert cli("index", guide, "--json").records[0]["chunks"] == 1
    assert cli("index", guide, "--chunk-by", "heading", "--json").records[0]["chunks"] == 2
    tokens = ("--chunk-size", "20", "--chunk-overlap", "0", "--chunk-unit", "tokens")
    assert cli("index", guide, *tokens, "--json").records[0]["changed"] == 1
    assert cli("index", guide, *tokens, "--json").records[0]["unchanged"] == 1
    assert cli("index", guide, "--chunk-by", "word").exit_code == 2


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden"])
def test_an_index_has_a_name_that_a_file_can_have(cli, notes, home, name):
    result = cli("index", notes, "--index", name)
    assert result.exit_code == 2
    assert not (home / "indexes").exists() or not list((home / "indexes").iterdir())


@pytest.fixture
def older(cli, notes, monkeypatch):
    """An index that was made with another embedding."""
    from stylegraph.tools.embeddings import LocalEmbedder

    class Older(LocalEmbedder):
        name = "older-embedding"
        dimension = 64

        def encode(self, texts):
            return LocalEmbedder().encode(texts)[:, :64]

    with monkeypatch.context() as patch:
        patch.setattr("stylegraph.tools.embeddings.opening.LocalEmbedder", Older)
        made = cli("index", notes, "--index", "care", "--debug")
        assert made.exit_code == 0, made.stderr
    return "care"


def test_an_index_of_another_embedding_is_named_with_the_command_that_rebuilds_it(cli, older):
    result = cli("search", "wool", "--index", older, "--json")
    error = json.loads(result.stderr)["error"]
    assert (result.exit_code, error["type"]) == (1, "EmbeddingMismatchError")
    assert "stylegraph index rebuild care" in error["remedy"]
    listed = cli("index", "list")
    assert (listed.exit_code, "older-embedding" in listed.stderr) == (1, True)


def test_a_rebuilt_index_holds_the_same_documents_and_finds_them_by_meaning(cli, older, notes):
    assert cli("index", "rebuild", older, "--json").records[0]["documents"] == 2
    for leg in ("lexical", "dense"):
        [found] = cli("search", "울 스웨터 세탁", "--leg", leg, "-k", "1", "--json").records
        assert found["hits"][0]["id"] == "wool.md"
    assert counts(cli("index", notes, "--index", older, "--json").records[0]) == (0, 0, 2, 0, 0)


def test_a_rebuild_that_is_stopped_leaves_the_index_as_it_was(cli, older, home, monkeypatch):
    from stylegraph.tools.embeddings import LocalEmbedder

    async def stop(self, texts):
        raise KeyboardInterrupt

    def content():
        with closing(sqlite3.connect(home / "indexes" / "care.sqlite")) as connection:
            return list(connection.iterdump())

    before = content()
    with monkeypatch.context() as patch:
        patch.setattr(LocalEmbedder, "embed", stop)
        assert cli("index", "rebuild", older).exit_code == 130
    assert content() == before
    assert cli("index", "rebuild", older).exit_code == 0


@pytest.mark.parametrize("name", ["nope", "../home/indexes/care"])
def test_only_an_index_that_is_there_is_rebuilt(cli, older, name):
    assert cli("index", "rebuild", name).exit_code == 2


def test_what_is_no_index_is_not_rebuilt(cli, older, home):
    (home / "indexes" / "odd.sqlite").write_bytes(b"not an index" * 100)
    result = cli("index", "rebuild", "odd")
    assert (result.exit_code, "is not an index" in result.stderr) == (1, True)
