"""Markdown and plain text: the text stays exactly as it is, so that a span in it is a span in the file."""

from __future__ import annotations

import re
from typing import Any

import yaml

from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record, document, empty, placed

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_TITLE_LINES = 200
"""A heading further down is not the title."""


def read_text(text: str, origin: Origin) -> Record | Failure:
    """Read a plain text: its first line is its title."""
    return document(origin, text) if text.strip() else empty(origin)


def read_markdown(text: str, origin: Origin) -> Record | Failure:
    """Read Markdown: the first heading is the title; YAML front matter becomes metadata and leaves the text."""
    matter, offset = _front_matter(text)
    body = text[offset:]
    if not body.strip():
        return empty(origin)
    title = str(matter.pop("title", "") or "") or heading(body)
    return placed(document(origin, body, title, matter), offset=offset)


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    """Return the front matter, and where the text after it begins."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, 0
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(found[1], Loader=yaml.SafeLoader)):
            return {}, 0  # a few lines of aliases can stand for gigabytes
        matter = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, 0
    return (matter, found.end()) if isinstance(matter, dict) else ({}, 0)


def heading(body: str) -> str:
    """Return the first heading of Markdown outside a code fence, or an empty string."""
    lines = body.split("\n", _TITLE_LINES)[:_TITLE_LINES]
    fenced = False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.match(line)):
            return heading[1]
        elif not fenced and line.strip() and _UNDERLINE.match(below) and not _UNDERLINE.match(line):
            return line
    return ""
