"""What Open WebUI writes around a person's words: which files came with them, and what it has read in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Content = str | list[dict[str, Any]] | None
_CONTEXT = re.compile(r"\A### Task:\n.*<context>.*</context>\s*", re.DOTALL)
"""Its instructions and excerpts: sources here are what was indexed, so that an answer's citations can be checked."""
_FILES = re.compile(r"\A<attached_files>\n(.*?)</attached_files>\s*", re.DOTALL)
_FILE = re.compile(r'<file (?![^>]*content_type="image/)[^>]*?name="([^"]*)"')
"""One that is no picture; pictures come as such beside the text."""


def unwrapped(content: Content) -> Content:
    """Return a message's content in the person's own words, with a block for each file that is only named."""
    if isinstance(content, str):
        words, files = _unwrapped(content)
        return [{"type": "text", "text": words}, *map(_file, files)] if files else words
    parts: list[dict[str, Any]] = []
    for part in content or []:
        words, files = _unwrapped(_text(part))
        named = {"text": words} if words != _text(part) else {}
        parts += [*([{**part, **named}] if words or not named else []), *map(_file, files)]
    return parts


def _unwrapped(text: str) -> tuple[str, list[str]]:
    text = _CONTEXT.sub("", text)
    files = _FILES.match(text)
    return (text[files.end() :], _FILE.findall(files[1])) if files else (text, [])


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _file(name: str) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": name}}
