"""Subtitles and transcripts: SRT and WebVTT as running text that knows its seconds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.record import Blocks, Failure, Origin, Record, document, empty, placed

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|<\d[\d:.]*>|\{\\[^{}\n]{0,200}\}")
_PAUSE = 4.0
"""Seconds of silence that begin a paragraph."""
_PARAGRAPH = 30.0
"""Longest paragraph in seconds: a chunk is at most one, so that it never begins far before what it is cited for."""


class Cue(NamedTuple):
    """Words that are shown or said together."""

    start: float
    """Seconds from the beginning."""
    end: float
    text: str


def read_subtitles(text: str, origin: Origin) -> Record | Failure:
    """Read an SRT or WebVTT file as one document; each chunk knows the second that it begins at."""
    cues = list(_cues(text))
    if not cues:
        return empty(origin, "has no timed text", "SRT and WebVTT have lines such as 00:01:02,000 --> 00:01:04,000.")
    return transcript(cues, origin, _title(text) or origin.name)


def transcript(cues: Iterable[Cue], origin: Origin, title: str) -> Record | Failure:
    """Make a document of what was said: cues joined to paragraphs, each marked with its second.

    Rolling captions repeat the line before; what a cue repeats of the one before it is left out.
    """
    blocks = Blocks(" ")
    breaks: list[int] = []
    before = Cue(0.0, 0.0, "")
    begun = 0.0
    for cue in sorted(cues):
        fresh = _fresh(before.text, cue.text)
        apart = cue.start - before.end > _PAUSE or cue.start - begun > _PARAGRAPH
        if fresh and (apart or not breaks):
            begun = cue.start
            breaks.append(len(blocks.text))
            fresh = f"\n\n{fresh}" if blocks.text else fresh
        blocks.add(fresh, Locator(seconds=round(cue.start, 3)))
        before = cue
    if not blocks.text:
        return empty(origin)
    return placed(document(origin, blocks.text, title), marks=blocks.marks, breaks=tuple(breaks))


def _cues(text: str) -> Iterator[Cue]:
    """Return what stands under each timing line, up to a blank line or the next timing."""
    timing: tuple[float, float] | None = None
    words: list[str] = []
    for line in [*text.split("\n"), ""]:
        found = _TIMING.match(line)
        if timing is not None and (found or not line.strip()):
            yield Cue(*timing, _plain(words))
            timing, words = None, []
        if found:
            timing = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
        elif timing is not None:
            words.append(line)


def _seconds(parts: Iterable[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _plain(lines: Iterable[str]) -> str:
    return " ".join(html.unescape(_TAG.sub("", " ".join(lines))).split())


def _fresh(before: str, text: str) -> str:
    """Return what a cue adds: all of it, unless it begins with the end of the cue before."""
    if text == before:
        return ""
    if before and text.startswith(before):
        return text[len(before) :].strip()
    return text


def _title(text: str) -> str:
    """Return the title that WebVTT may have behind its signature."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return first[6:].strip(" -\t") if first.startswith("WEBVTT") else ""
