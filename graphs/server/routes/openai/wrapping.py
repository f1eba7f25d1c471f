"""What front-ends write around a person's words: which files came with them, and what they have read in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Content = str | list[dict[str, Any]] | None
_CONTEXT = re.compile(r"\A### Task:\n.*<context>.*</context>\s*", re.DOTALL)
"""Open WebUI's instructions and excerpts: sources here are what was indexed, so that an answer's citations can be checked."""
_FILES = re.compile(r"\A<attached_files>\n(.*?)</attached_files>\s*", re.DOTALL)
_FILE = re.compile(r'<file (?![^>]*content_type="image/)[^>]*?name="([^"]*)"')
"""One that is no picture; pictures come as such beside the text."""
_ATTACHED = re.compile(r'\AAttached document\(s\):\n```md(# ".*)\n\n```\n', re.DOTALL)
"""LibreChat's: the text of each file, whole. Files have fences of their own, so the last one ends it."""
_ATTACHED_FILE = re.compile(r'(?:\A|\n---\n\n)# "(.+)"\n')


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
    for around, file in ((_FILES, _FILE), (_ATTACHED, _ATTACHED_FILE)):
        if files := around.match(text):
            return text[files.end() :], file.findall(files[1])
    return text, []


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _file(name: str) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": name}}
