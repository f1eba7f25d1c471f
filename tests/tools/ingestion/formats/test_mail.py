"""Mail, mailboxes, archives and books: what is in them is read as if it lay in a folder."""

from __future__ import annotations

import mailbox
import zipfile
from email.message import EmailMessage
from pathlib import Path

from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.formats.record import Failure, Record, Skipped

TABLE = "| 구분 | 대상 | 한도 |"
WELFARE = Path(__file__).parents[3] / "data" / "formats" / "welfare.hwpx"


def message(subject: str, body: str, identity: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "김하나 <hana@example.com>", "team@example.com"
    mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0900"
    if identity:
        mail["Message-ID"] = f"<{identity}>"
    mail.set_content(body)
    return mail


def read(path: Path) -> list[object]:
    return list(FileReading(path, 1_000_000))


def test_a_message_says_who_wrote_when_and_its_attachment_is_a_document_too(tmp_path: Path) -> None:
    mail = message("복지 안내", "첨부를 보세요.\n")
    mail.add_attachment(WELFARE.read_bytes(), maintype="application", subtype="hwp+zip", filename="welfare.hwpx")
    mail.add_attachment(b"\x89PNG\0\0", maintype="image", subtype="png", filename="logo.png")
    path = tmp_path / "notice.eml"
    path.write_bytes(bytes(mail))
    said, attached = read(path)
    assert isinstance(said, Record)
    assert isinstance(attached, Record)
    assert said.title == "복지 안내"
    assert said.text.startswith("From: 김하나 <hana@example.com>\nTo: team@example.com\nDate: Mon, 02 Mar 2026")
    assert said.text.endswith("\n\n첨부를 보세요.")
    assert TABLE in attached.text
    assert (attached.id, attached.url) == (f"{path}#welfare.hwpx", str(path))


def test_a_message_in_html_only_is_read_as_text(tmp_path: Path) -> None:
    mail = message("x", "x")
    mail.set_content("<p>회의는 <b>3시</b>입니다.</p>", subtype="html")
    path = tmp_path / "one.eml"
    path.write_bytes(bytes(mail))
    (said,) = read(path)
    assert isinstance(said, Record)
    assert said.text.endswith("\n\n회의는 3시입니다.")


def test_every_message_of_a_mailbox_is_a_document_with_an_id_that_stays(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    for number in range(3):
        box.add(message(f"제목 {number}", f"본문 {number}\nFrom here on\n\nFrom there\n", f"m{number}@example.com"))
    box.close()
    records = read(tmp_path / "box.mbox")
    assert [one.id for one in records if isinstance(one, Record)] == [f"m{number}@example.com" for number in range(3)]
    assert all("From there" in one.text for one in records if isinstance(one, Record))


def test_files_in_an_archive_are_read_and_archives_in_it_are_not(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(WELFARE, "안내/welfare.hwpx")
        packed.writestr("notes.md", "# 메모\n\n내일 합니다.")
        packed.writestr("inner.zip", b"PK\x05\x06" + b"\0" * 18)
        packed.writestr("__MACOSX/._notes.md", b"\0")
    items = read(path)
    records = {one.id: one for one in items if isinstance(one, Record)}
    assert set(records) == {f"{path}#안내/welfare.hwpx", f"{path}#notes.md"}
    assert TABLE in records[f"{path}#안내/welfare.hwpx"].text
    assert {one.reason for one in items if isinstance(one, Skipped)} == {"an archive in an archive", "hidden"}


def test_an_archive_that_unpacks_to_far_more_is_refused_and_hides_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", b" " * 30_000_000)
    (item,) = read(path)
    assert isinstance(item, Failure)
    assert item.hides


def test_a_book_is_its_chapters_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
        packed.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        packed.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            '<dc:title>옷장 이야기</dc:title></metadata><manifest><item id="b" href="two.xhtml"/>'
            '<item id="a" href="text/one%201.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        packed.writestr("OEBPS/text/one 1.xhtml", "<html><body><h1>첫째</h1><p>시작입니다.</p></body></html>")
        packed.writestr("OEBPS/two.xhtml", "<html><body><h1>둘째</h1><p>끝입니다.</p></body></html>")
    (book,) = read(path)
    assert isinstance(book, Record)
    assert book.title == "옷장 이야기"
    assert book.text == "# 첫째\n\n시작입니다.\n\n# 둘째\n\n끝입니다."
    assert [place["pointer"] for _, place in book.marks] == ["OEBPS/text/one 1.xhtml", "OEBPS/two.xhtml"]
