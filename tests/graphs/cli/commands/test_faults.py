"""An index or a disk that is not as it should be: what is asked says so, and is answered from what can be read."""

from __future__ import annotations

import os
import sqlite3
import subprocess

import pytest

from stylegraph.graphs.cli.ui.command import described

NOTE = "# 울 세탁\n\n울 니트는 찬물에 중성 세제로 손세탁합니다.\n"


@pytest.fixture
def note(cli, home, tmp_path):
    """Index one note, and nothing else."""
    path = tmp_path / "note.md"
    path.write_text(NOTE, encoding="utf-8")
    assert cli("index", path, "--index", "care").exit_code == 0
    return home / "indexes" / "care.sqlite"


def scrawl(path):
    """Write over the inside of a file, its head left as it was."""
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(content)


def truncate(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


def no_database(path):
    path.write_text("not a database " * 500)


def other_schema(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")


def other_embedding(path):
    with sqlite3.connect(path) as connection:
        connection.execute("""UPDATE meta SET value = '["another", 8]' WHERE key = 'embedding'""")


def no_meta(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta")


def bad_meta(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = 'x'")


def bad_blobs(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE postings SET data = x'0102'")
        connection.execute("UPDATE segments SET lengths = x'01'")


def bad_records(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE documents SET metadata = '{'")


FAULTS = [
    scrawl,
    truncate,
    no_database,
    other_schema,
    other_embedding,
    no_meta,
    bad_meta,
    bad_blobs,
    bad_records,
]


@pytest.fixture(params=FAULTS, ids=lambda fault: fault.__name__)
def broken(request, stocked, note):
    """Damage the only index there is."""
    for beside in note.parent.glob("care.sqlite-*"):
        beside.unlink()
    request.param(note)
    return note


def test_a_search_of_a_broken_index_fails_and_says_what_to_do(cli, broken):
    result = cli("search", "울 니트 세탁")
    assert result.exit_code == 1
    assert "care" in result.stderr
    assert "Nothing was found" not in result.stdout
    assert "report it" not in result.stderr
    assert len(result.stderr.splitlines()) >= 2  # what happened, and what to do


def test_an_answer_that_a_broken_index_could_have_given_is_not_called_missing(cli, broken):
    [record] = (result := cli("ask", "울 니트는 어떻게 세탁해?", "--json")).records
    assert result.exit_code == 1
    assert record["status"] == "best_effort"
    assert "찾아볼 수 없어서" in record["text"]
    assert "내용은 없었어요" not in record["text"]
    assert {note["code"] for note in record["notes"]} & {"source_failed", "index_unavailable"}


def test_in_english_too(cli, note):
    no_database(note)
    result = cli("ask", "How do I wash a wool sweater, say my documents?")
    assert result.exit_code == 1
    assert "could not search your documents" in result.stdout
    assert "found nothing" not in result.stdout


def test_beside_a_broken_index_the_others_are_searched_and_it_is_named(cli, broken, tmp_path):
    other = tmp_path / "silk.md"
    other.write_text("# 실크 보관\n\n실크 블라우스는 햇빛을 피해 보관합니다.\n", encoding="utf-8")
    assert cli("index", other, "--index", "silk").exit_code == 0
    result = cli("search", "실크 블라우스 보관", "--json")
    assert result.records[0]["hits"][0]["title"] == "실크 보관"
    assert result.exit_code == 1
    assert '"index": "care"' in result.stderr
    [record] = (asked := cli("ask", "실크 블라우스는 어떻게 보관해?", "--json")).records
    assert "햇빛을 피해" in record["text"]
    assert (record["status"], asked.exit_code) == ("answered", 0)
    assert "index_unavailable" in {note["code"] for note in record["notes"]}


@pytest.fixture
def small_disk(home):
    """Return a home on a disk of its own."""
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(home)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield home
    subprocess.run(["umount", "-l", str(home)], check=True)


def read_only(disk):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def full(disk):
    with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(b"x" * 4096)


@pytest.mark.parametrize("spoil", [read_only, full])
def test_where_nothing_can_be_written_documents_are_read(cli, small_disk, note, spoil):
    spoil(small_disk)
    found = cli("search", "울 니트 세탁", "--json")
    assert (found.exit_code, found.records[0]["hits"][0]["title"]) == (0, "울 세탁")
    [record] = (asked := cli("ask", "울 니트는 어떻게 세탁해?", "--json")).records
    assert "찬물" in record["text"]
    assert (record["status"], asked.exit_code) == ("answered", 0)


@pytest.mark.parametrize("spoil", [read_only, full])
def test_a_conversation_is_read_where_it_can_not_be_written(cli, small_disk, note, spoil):
    assert cli("ask", "울 니트는 어떻게 세탁해?", "--thread", "t").exit_code == 0
    assert cli("profile", "--like", "navy").exit_code in (0, 2)
    spoil(small_disk)
    [record] = (asked := cli("ask", "중성 세제로 해도 돼?", "--thread", "t", "--json")).records
    assert asked.exit_code == 0
    assert "not_kept" in {note["code"] for note in record["notes"]}
    assert "손세탁" in record["text"]


def test_a_catalogue_that_can_not_be_kept_fails_by_itself(cli, small_disk, note):
    read_only(small_disk)
    [record] = (asked := cli("ask", "여름에 입을 시원한 셔츠 추천해줘", "--json")).records
    assert asked.exit_code == 1
    assert record["status"] == "best_effort"
    assert any(one["code"] == "source_failed" for one in record["notes"])


def test_a_check_finds_the_damage_and_a_repair_mends_what_it_can(cli, broken, request, tmp_path):
    other = tmp_path / "silk.md"
    other.write_text("# 실크 보관\n\n실크 블라우스는 햇빛을 피해 보관합니다.\n", encoding="utf-8")
    assert cli("index", other, "--index", "silk").exit_code == 0
    checked = cli("index", "check", "--json")
    assert checked.exit_code == 1
    assert [(one["index"], one["sound"]) for one in checked.records] == [("care", False), ("silk", True)]
    assert all(checked.records[0]["problems"])
    repaired = cli("index", "repair", "care", "--json")
    if "other_schema" in request.node.name:  # another version's data is not to be guessed at
        assert repaired.exit_code == 1
        assert "another version" in repaired.stderr
        return
    assert repaired.exit_code == 0
    assert cli("index", "check").exit_code == 0
    if any(name in request.node.name for name in ("meta", "blobs", "embedding")):
        assert repaired.records[0]["saved"] == 1
        assert cli("search", "울 니트", "--index", "care", "--json").records[0]["hits"][0]["title"] == "울 세탁"
    assert cli("index", tmp_path / "note.md", "--index", "care").exit_code == 0  # and what was lost comes back
    found = cli("search", "울 니트 세탁", "--json")
    assert (found.exit_code, found.records[0]["hits"][0]["title"]) == (0, "울 세탁")


def test_a_sound_index_is_left_alone(cli, note):
    before = note.read_bytes()
    assert cli("index", "check").stdout.splitlines() == ["care: sound"]
    assert cli("index", "repair", "care", "--json").records == [{"index": "care", "sound": True}]
    assert note.read_bytes() == before
    assert cli("index", "check", "nowhere").exit_code == 2


def test_a_broken_index_is_listed_beside_the_others_and_takes_nothing_of_them(cli, broken, tmp_path):
    other = tmp_path / "silk.md"
    other.write_text("# 실크 보관\n\n실크는 햇빛을 피해 보관합니다.\n", encoding="utf-8")
    assert cli("index", other, "--index", "silk").exit_code == 0
    assert "silk" in [record["name"] for record in cli("index", "list", "--json").records]
    removed = cli("index", "remove", other, "--json")
    assert removed.records == [{"source": str(other), "removed": 1, "indexes": {"silk": 1}}]


def test_a_device_is_no_sources_file_and_a_pipe_no_picture(cli, note, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for given in (["index", "sync", "--file", "/dev/zero"], ["index", "sync", "--file", tmp_path / "pipe"]):
        result = cli(*given)
        assert (result.exit_code, "regular file" in result.stderr) == (2, True)
    assert "regular file" in cli("look", tmp_path / "pipe").stderr
    assert "regular file" in cli("ask", "이거 어때?", "--image", tmp_path / "pipe").stderr


def test_nothing_is_no_source(cli, note):
    result = cli("index", "", "--json")
    assert result.exit_code != 0
    assert result.records[0]["added"] == 0
    assert cli("index", "remove", "").exit_code == 2


def test_the_extra_that_is_missing_is_named():
    error = ModuleNotFoundError("No module named 'pydantic_evals'", name="pydantic_evals")
    assert "stylegraph[evals]" in described(error)[2]
    assert "stylegraph[parquet]" in described(ModuleNotFoundError("x", name="pyarrow.parquet"))[2]
    assert "report it" in described(ModuleNotFoundError("x", name="nowhere"))[2]
