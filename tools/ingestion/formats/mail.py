"""Mail: a message as a document, and each file attached to it as one of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import PurePosixPath
from typing import BinaryIO

from stylegraph.tools.ingestion.formats.html import html_text
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record, document, empty, too_big
from stylegraph.tools.ingestion.formats.room import FAR_MORE, Room
from stylegraph.tools.net.charsets import clean

_HEADERS = ("From", "To", "Cc", "Date")
_FROM = b"From "
_REMEDY = "Export the mailbox again."
_SAVE = "Save what is attached, and index that."


def read_mail(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read one message: its subject is the title; who wrote to whom and when stands above its text.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits the file.
    """
    if failure := too_big(stream, origin):
        yield replace(failure, hides=True)
        return
    yield from _message(stream.read(), origin)


def read_mailbox(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read the messages of an mbox file, each a document; one at a time is in memory.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits a message.
    """
    for number, content in enumerate(_messages(stream, origin.max_bytes), start=1):
        where = f"{origin.place}, message {number}"
        own = replace(origin, id=f"{origin.id}#{number}", place=where)
        if len(content) > origin.max_bytes:
            yield replace(empty(own, f"is larger than {origin.max_bytes:,} bytes", _REMEDY), hides=True)
            continue
        for item in _message(content, own):
            yield replace(item, url=origin.place) if isinstance(item, Record) else item


def _messages(stream: BinaryIO, most: int) -> Iterator[bytes]:
    lines: list[bytes] = []
    size, after_blank = 0, True
    for line in stream:
        if line.startswith(_FROM) and after_blank:
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif size <= most:
            lines.append(line.removeprefix(b">") if line.startswith(b">From ") else line)
            size += len(line)
        after_blank = not line.strip()
    if lines:
        yield b"".join(lines)


def _message(content: bytes, origin: Origin) -> Iterator[Item]:
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        identity = str(message["Message-ID"] or "").strip("<> \r\n") or origin.id
        own = replace(origin, id=identity if origin.id.rpartition("#")[1] else origin.id)
        text, title = _text(message), clean(str(message["Subject"] or ""))
        attached = [(part.get_filename() or "", _content(part)) for part in message.iter_attachments()]
    except Exception:  # a message is written by anybody
        yield Failure(origin.place, "can't be read as mail", _REMEDY, id=origin.id, hides=True)
        return
    yield document(own, text, title, _fields(message)) if text else empty(own)
    room = origin.room or Room(origin.max_bytes)
    for name, body in attached:
        if not room.take(len(body)):
            yield replace(empty(own, FAR_MORE, _SAVE), hides=True)
            return
        if name and body:
            yield from _attachment(name, body, replace(own, room=room))


def _text(message: EmailMessage) -> str:
    head = [f"{name}: {clean(str(message[name]))}" for name in _HEADERS if message[name]]
    body = message.get_body(preferencelist=("plain", "html"))
    content = clean(str(body.get_content())) if body is not None else ""
    if body is not None and body.get_content_subtype() == "html":
        content = html_text(content)
    return "\n".join(head) + "\n\n" + content.strip() if content.strip() else ""


def _fields(message: EmailMessage) -> dict[str, str]:
    return {name.lower(): clean(str(message[name])) for name in ("From", "Date") if message[name]}


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return bytes(part.get_content())
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachment(name: str, body: bytes, origin: Origin) -> Iterator[Item]:
    from stylegraph.tools.ingestion.formats.files import reader_of

    path = PurePosixPath(clean(name).replace("\\", "/"))
    own = replace(origin, id=f"{origin.id}#{path.name}", place=f"{origin.place}, {path.name}", name=path.stem)
    stream = io.BytesIO(body)
    reader = reader_of(stream, path.suffix)
    if isinstance(reader, str) or reader in (read_mailbox,):
        return
    for item in reader(stream, own):
        yield replace(item, url=origin.place) if isinstance(item, Record) else item
