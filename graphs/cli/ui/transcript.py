"""A conversation as a file: Markdown to read, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import AnyMessage
from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError


class Cited(TypedDict):
    """What an answer cites."""

    title: str
    url: str | None
    quote: str


class Said(TypedDict):
    """One message."""

    role: str
    text: str
    sources: list[Cited]


_ROLES = {"human": "user", "ai": "assistant"}


def said_in(messages: Sequence[AnyMessage]) -> list[Said]:
    """Return what people and the assistant said, with what it cited, each source once."""
    return [Said(role=_ROLES[one.type], text=one.text, sources=_sources(one)) for one in messages if one.type in _ROLES]


def write(said: Sequence[Said], file: Path) -> None:
    """Write a conversation into a new file.

    Raises:
        InputError: Its ending is none that is known, it is there already, or it can't be written.
    """
    written = {".md": as_markdown, ".json": as_json}.get(file.suffix.lower())
    if written is None:
        raise InputError(
            f"A conversation can't be written as {file.suffix or 'a file without an ending'}.", "Name it .md or .json."
        )
    try:
        with file.open("x", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(written(said))
    except FileExistsError:
        raise InputError(f"{file} is there already.", "Choose another name.") from None
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}.", "Choose another name.") from None


def as_markdown(said: Sequence[Said]) -> str:
    """Return a conversation to read: questions as quotes, answers as they are, their sources below them."""
    return "\n\n".join(_question(one["text"]) if one["role"] == "user" else _answer(one) for one in said) + "\n"


def as_json(said: Sequence[Said]) -> str:
    """Return a conversation for programs."""
    return json.dumps({"messages": list(said)}, ensure_ascii=False, indent=2) + "\n"


def _question(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _answer(one: Said) -> str:
    sources = [
        f"- {cited['title']}{_brackets(cited['url'])}: “{' '.join(cited['quote'].split())}”" for cited in one["sources"]
    ]
    return "\n\n".join([one["text"], *(["\n".join(sources)] if sources else [])])


def _brackets(url: str | None) -> str:
    return f" ({url})" if url else ""


def _sources(message: AnyMessage) -> list[Cited]:
    blocks: list[Any] = message.content if isinstance(message.content, list) else []
    notes = [note for block in blocks if isinstance(block, dict) for note in block.get("annotations", [])]
    found = [
        Cited(title=note.get("title") or "", url=note.get("url"), quote=note.get("cited_text") or "") for note in notes
    ]
    return list({(one["title"], one["quote"]): one for one in found}.values())
