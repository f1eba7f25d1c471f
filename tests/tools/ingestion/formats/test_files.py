"""Files and folders."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from stylegraph.tools.ingestion.formats import files
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record, Skipped


def read(path: Path, max_bytes: int = 100_000) -> list[Item]:
    return list(FileReading(path, max_bytes))


def only_failure(path: Path, max_bytes: int = 100_000) -> Failure:
    (item,) = read(path, max_bytes)
    assert isinstance(item, Failure), item
    return item


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.md", "# 제목\n본문", "# 제목\n본문"),
        ("a.MARKDOWN", "---\ntitle: x\n---\nbody", "body"),
        ("a.txt", "a\r\nb\0c", "a\nb c"),
        ("a.html", "<p>text</p>", "text"),
        ("a.csv", "text\nrow\n", "row"),
        ("a.tsv", "text\tb\nrow\t1\n", "row"),
        ("a.jsonl", '{"text": "line"}', "line"),
        ("a.log", "any text", "any text"),
        ("README", "any text", "any text"),
        ("a.txt", "한글".encode("utf-16"), "한글"),
    ],
)
def test_a_file_is_read_by_its_name_and_anything_else_as_text(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    (item,) = read(write(tmp_path / name, content))
    assert isinstance(item, Record)
    assert item.text == text
    assert item.url == str(tmp_path / name)


def test_a_folder_is_read_in_order_with_relative_paths_as_ids(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "sub/c.md", "sub/deep/d.md", "another/e.md"):
        write(tmp_path / name, f"# {name}")
    assert [item.id for item in read(tmp_path)] == ["a.md", "b.md", "another/e.md", "sub/c.md", "sub/deep/d.md"]  # type: ignore[union-attr]


def test_what_is_hidden_binary_or_empty_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "text")
    write(tmp_path / ".hidden.md", "text")
    write(tmp_path / "~$care.docx", "open in Word")
    write(tmp_path / ".git/config", "text")
    write(tmp_path / "picture.png", b"\x89PNG\r\n\0\0")
    write(tmp_path / "empty.md", "")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.md").symlink_to(tmp_path / "nowhere")
    items = read(tmp_path)
    assert [item.id for item in items if isinstance(item, Record)] == ["a.md"]
    skipped = {Path(item.where).name: item.reason for item in items if isinstance(item, Skipped)}
    assert skipped == {
        ".hidden.md": "hidden",
        "~$care.docx": "hidden",
        ".git": "hidden",
        "picture.png": "binary",
        "empty.md": "empty",
        "pipe.md": "not a regular file",
        "loop": "not a regular file",
        "dangling.md": "not a regular file",
    }


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", b"", "is empty"),
        ("a.bin", b"\0\1", "is binary"),
        ("a.md", b"x\xff\xff", "is not valid UTF-8"),
        ("a.md", b" \n", "no text"),
    ],
)
def test_a_file_that_was_named_is_a_failure_where_one_in_a_folder_is_passed_over(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = write(tmp_path / name, content)
    assert reason in only_failure(path).reason
    assert only_failure(path).id == str(path)


def test_a_file_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    assert "does not exist" in only_failure(tmp_path / "none.md").reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said_to_be(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "text")
    path.chmod(0)
    assert "permission denied" in only_failure(path).reason


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert stat.S_ISFIFO((tmp_path / "pipe.txt").stat().st_mode)
    assert "not a regular file" in only_failure(tmp_path / "pipe.txt").reason


def test_a_document_over_the_limit_is_refused_and_a_file_of_records_is_not(tmp_path: Path) -> None:
    assert "larger than 1,000 bytes" in only_failure(write(tmp_path / "a.md", "x" * 1001), 1000).reason
    assert isinstance(read(write(tmp_path / "b.md", "x" * 1000), 1000)[0], Record)
    records = write(tmp_path / "c.jsonl", '{"text": "a record"}\n' * 1000)
    assert len(read(records, 1000)) == 1000


def test_a_file_name_that_is_not_utf8_is_said_not_to_be(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_text("x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (item,) = read(tmp_path)
    assert isinstance(item, Failure)
    assert "not valid UTF-8" in item.reason
    assert item.where.encode()


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "12345")
    write(tmp_path / "b.jsonl", '{"text": "a"}\n' * 100)
    reading = FileReading(tmp_path, 1000)
    seen = [reading.done for _ in reading]
    assert reading.total == 5 + 1400
    assert seen[0] == 5
    assert seen == sorted(seen)
    assert reading.done == reading.total


def test_an_unreadable_file_of_records_hides_what_is_in_it_and_a_page_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.md", "text")
    write(tmp_path / "b.jsonl", '{"text": "a"}\n')

    def denied(self: Path, *_: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    page, records = read(tmp_path)
    assert isinstance(page, Failure)
    assert isinstance(records, Failure)
    assert (page.id, page.hides, records.hides) == ("a.md", False, True)
    assert "permission denied" in page.reason


def test_a_link_that_leads_back_to_itself_is_passed_over_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "a.md")
    (tmp_path / "folder").symlink_to(tmp_path)
    write(tmp_path / "b.md", "# 울\n\n찬물에 빱니다.")
    kinds = {type(item).__name__ for item in read(tmp_path)}
    assert kinds == {"Record", "Skipped"}


def test_a_file_that_breaks_its_reader_is_one_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stream: object, origin: object) -> None:
        raise RecursionError

    monkeypatch.setitem(files.READERS, ".broken", broken)
    write(tmp_path / "a.broken", "x")
    write(tmp_path / "b.md", "# 울\n\n찬물에 빱니다.")
    failure, record = read(tmp_path)
    assert isinstance(failure, Failure)
    assert "RecursionError" in failure.reason
    assert isinstance(record, Record)
