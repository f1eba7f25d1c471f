"""Text in evidence that speaks to the assistant instead of the reader: it is neither shown to a model nor quoted.

Documents, web pages, captions and catalogue rows are data. A model is told so, and weak ones forget it; so what is
plainly written to steer an assistant is taken out before. The patterns of `injection.yaml` want two signs at once (an
order, and the instructions, the assistant or the form of the answer that it is about), so that "ignore the care
label" stays a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from stylegraph.agent.text.language import Span, sentence_spans
from stylegraph.agent.text.resources import read_yaml

_GAP = "[…]"
_BLANK = re.compile(r"\n\s*\n")
_LINE = re.compile(r"\n")
_NEXT_LINE = re.compile(r"\s*\S[^\n]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
_LONGEST_WORD = 200
"""Characters; what is longer is a picture's data or the like, and no pattern is searched for in all of it."""
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f\x00-\x08\x0b-\x1f\x7f]")
"""Characters that a reader does not see and a model does: zero widths, direction marks, tags, controls."""


_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)")
_WRITTEN = re.compile(r"[^\n]+")
_BROKEN_UP = re.compile(r"\w[\u200b-\u200f\u2060-\u2064\ufeff]+(?=\S)")
_SPACED_OUT = re.compile(r"(?<!\S)(?:[^\W\d_][ \t]+){6,}[^\W\d_](?!\w)")
_WIDE = re.compile(r"[\uff21-\uff3a\uff41-\uff5a]+")
_LEAST_BROKEN, _LEAST_WIDE = 8, 3
"""Letters that are broken up, and words of full-width letters, from which on a line is written to be read by nobody."""


class _Patterns(NamedTuple):
    speech: re.Pattern[str]
    takeover: re.Pattern[str]


def plain(text: str) -> str:
    """Return a text without the characters that hide orders from people."""
    return _UNSEEN.sub("", text)


@lru_cache(maxsize=512)
def order_spans(text: str) -> tuple[Span, ...]:
    """Find what speaks to the assistant, with what follows it.

    A sentence takes the rest of its line with it (and the next line after a colon), a pretended change of speaker the
    rest of its paragraph. Invisible and full-width letters are read as what they look like, Base64 as what it says.

    Returns:
        Spans in order, none overlapping.
    """
    seen, places = _as_seen(text)
    taken = [(match.start(), _end(_BLANK, seen, match.end())) for match in _patterns().takeover.finditer(seen)]
    said = [(start, _line_end(seen, end)) for start, end in sentence_spans(seen) if _steers(seen[start:end])]
    encoded = [match.span() for match in _BASE64.finditer(seen) if _steers(_decoded(match[0]))]
    joined = _joined(sorted([*taken, *said, *encoded]))
    return tuple((places[start], places[end - 1] + 1) for start, end in joined)


def hidden_spans(text: str) -> list[Span]:
    """Find what a text says and hides from people: comments, letters that are broken up or spaced out, Base64 that says something.

    Whatever it says, no answer quotes it: nobody who opens the text would find it there.
    """
    lines = (line.span() for line in _WRITTEN.finditer(text) if _hides(line[0]))
    return _joined(sorted([*(match.span() for match in _COMMENT.finditer(text)), *lines]))


def gives_orders(text: str) -> bool:
    """Check whether a text, such as one sentence that might be quoted, speaks to the assistant."""
    return bool(order_spans(text))


def without_orders(text: str) -> str:
    """Return a text with a gap where it speaks to the assistant."""
    kept, at = [], 0
    for start, end in order_spans(text):
        kept += [text[at:start], _GAP]
        at = end
    return "".join([*kept, text[at:]])


def masked(text: str) -> str:
    """Return a text of the same length, blank where it speaks to the assistant: what may be shown in part or quoted."""
    kept = text
    for start, end in order_spans(text):
        kept = f"{kept[:start]}{' ' * (end - start)}{kept[end:]}"
    return kept


@cache
def _patterns() -> _Patterns:
    data = read_yaml(__package__, "injection.yaml")
    named = re.compile("|".join(f"<<{name}>>" for name in data["words"]))
    speech = "|".join(named.sub(lambda match: data["words"][match[0][2:-2]], pattern) for pattern in data["speech"])
    flags = re.IGNORECASE | re.MULTILINE
    return _Patterns(re.compile(speech, flags), re.compile("|".join(data["takeover"]), flags))


def _steers(sentence: str) -> bool:
    return _patterns().speech.search(" ".join(word[:_LONGEST_WORD] for word in sentence.split())) is not None


def _hides(line: str) -> bool:
    broken = sum(1 for _ in zip(range(_LEAST_BROKEN), _BROKEN_UP.finditer(line), strict=False))
    wide = sum(1 for _ in zip(range(_LEAST_WIDE), _WIDE.finditer(line), strict=False))
    return (
        broken == _LEAST_BROKEN
        or wide == _LEAST_WIDE
        or _SPACED_OUT.search(line) is not None
        or any(" " in _decoded(match[0]) for match in _BASE64.finditer(line))
    )


def _as_seen(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it reads, and where each of its characters stands in the text."""
    if text.isascii():
        return text, range(len(text))
    read = [(shown, at) for at, one in enumerate(text) for shown in unicodedata.normalize("NFKC", plain(one))]
    return "".join(shown for shown, _ in read), [at for _, at in read]


def _decoded(base64: str) -> str:
    try:
        return b64decode(base64.rstrip("=") + "=" * (-len(base64.rstrip("=")) % 4)).decode()
    except ValueError:
        return ""


def _line_end(text: str, start: int) -> int:
    end = _end(_LINE, text, start)
    following = _NEXT_LINE.match(text, end) if text[:end].rstrip().endswith(":") else None
    return following.end() if following else end


def _end(until: re.Pattern[str], text: str, start: int) -> int:
    found = until.search(text, start)
    return found.start() if found else len(text)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
