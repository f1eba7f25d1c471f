"""Fields of one row or object made into a record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from stylegraph.tools.ingestion.formats.record import (
    Failure,
    Origin,
    Record,
    as_title,
    first_line,
    plain,
    with_language,
)
from stylegraph.tools.net.charsets import clean

ID_MAX_BYTES = 512
"""Longest id: what Elasticsearch takes."""

_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_METADATA = ("id", "title", "text")


class UnusableFieldError(ValueError):
    """A field that can't be used; the message says which and why."""


def as_record(fields: Mapping[str, Any], origin: Origin, where: str) -> Record | Failure:
    """Make a record of fields: `id`, `title` and `text` are the document's, all others its metadata.

    Without an id, one is made of the content, so that it stays the same wherever the line stands.

    Args:
        fields: What the row or the object holds.
        origin: The file that it stands in.
        where: The file and the line.

    Returns:
        The record, or the failure when there is no text or a field can't be used.
    """
    identity = None
    try:
        identity = _id(fields.get("id"))
        text = _text(fields.get("text"))
        title = _title(fields.get("title"))
    except UnusableFieldError as error:
        return Failure(where, str(error), "Correct the line and index again.", id=identity)
    metadata = plain({name: value for name, value in fields.items() if name not in _NOT_METADATA})
    url = metadata.get("url")
    return Record(
        id=identity or _content_id(fields),
        title=title or first_line(text),
        text=text,
        url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else origin.place,
        where=where,
        metadata=with_language(metadata, text),
        file=origin.id,
    )


def _id(value: Any) -> str | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnusableFieldError("has an `id` that is neither text nor a whole number")
    identity = str(value).strip()
    if _UNUSABLE.search(identity):
        raise UnusableFieldError("has an `id` with control characters in it")
    size = len(identity.encode())
    if size > ID_MAX_BYTES:
        raise UnusableFieldError(f"has an `id` of {size} bytes; {ID_MAX_BYTES} are allowed")
    return identity or None


def _text(value: Any) -> str:  # noqa: ANN401
    if value is not None and not isinstance(value, str):
        raise UnusableFieldError("has a `text` that is not text")
    text = clean(value or "")
    if not text.strip():
        raise UnusableFieldError("has no `text`")
    return text


def _title(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict | list):
        raise UnusableFieldError("has a `title` that is not text")
    return "" if value is None else as_title(str(value))


def _content_id(fields: Mapping[str, Any]) -> str:
    content = json.dumps(dict(fields), sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
