"""Which language a text is in, and where its sentences are."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z]")
_ATTACHED = re.compile(r"[A-Za-z](?:이야|야|은|는|을|를|로|으로|에|의|도|이|가|랑|좀)(?![가-힣])")
_ENGLISH_GRAMMAR = re.compile(
    r"\b(?:the|an?|is|are|was|do|does|did|can|could|should|would|will|i|you|my|me|what|where|how|why|who|which|"
    r"when|to|of|for|with|in|on|at|from|and|or|that|this|it|be|not)\b",
    re.IGNORECASE,
)

_CLOSERS = "\"'”’»)]}」』】》›*_"
_STOP = re.compile(
    rf"[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s|$)"  # a Western stop, then closing marks, then space
    rf"|[。！？]+[{re.escape(_CLOSERS)}]*"  # a full-width stop needs no space
    r"|(?<=[다요죠까])[.!?]+(?=[가-힣A-Z\"'“‘(])"  # Korean often goes on without the space
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:(?-i:[A-Z])|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|e\.g|i\.e|cf|approx|Fig|Figs|Inc|Ltd|Co|U\.S|U\.K|p|pp|al)\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)[ \t]*(?:[-*•]\s*|#{1,6}[ \t]+)?\(?(?:\d{1,3}\.)+$")
_ITEM = re.compile(r"(?:[-*+•·▪○●◦※▶►]|\d{1,3}[.)])\s")
_BLOCK = re.compile(rf"\s*(?:{_ITEM.pattern}|#{{1,6}}\s|\||>|```|---|\(|\w+(?: \w+)?[:：] )")
_WRAPPED_WIDTH = 56
"""A line at least this wide (Hangul counts two) that ends without a stop is taken to go on in the next one."""

Span = tuple[int, int]
"""First character of a piece of text, and one past its last."""


def detect_language(text: str) -> Language:
    """Distinguish Korean from English: by letters, one Hangul syllable weighing as much as about three Latin letters.

    A Korean sentence may be full of English nouns ("black friday 세일 when이야"), so Hangul among Latin letters is
    Korean unless English grammar holds the sentence together. Text without letters is taken as English.
    """
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    if not hangul or hangul * 3 >= latin:
        return "ko" if hangul else "en"
    return "ko" if _ATTACHED.search(text) or not _ENGLISH_GRAMMAR.search(text) else "en"


def has_letters(text: str) -> bool:
    """Check whether there is any Korean or Latin letter to tell the language by."""
    return bool(_HANGUL.search(text) or _LATIN.search(text))


def sentence_spans(text: str) -> list[Span]:
    """Find the sentences of Korean or English text, list items, headings and table rows included.

    Returns:
        Spans in order, none overlapping, none blank; together they hold every character that is not white space.
    """
    cuts = sorted({*_line_cuts(text), *_stop_cuts(text)})
    spans = (_trimmed(text, start, end) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))
    return [span for span in spans if span[0] < span[1]]


def sentences(text: str) -> list[str]:
    """Return the sentences themselves, in order, each a verbatim piece of the text."""
    return [text[start:end] for start, end in sentence_spans(text)]


def has_final_consonant(word: str) -> bool:
    """Check whether the last syllable is closed, which decides between 은 and 는, 을 and 를, 이 and 가."""
    last = word[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 != 0
    return last in "013678lmnrLMNR"


def _stop_cuts(text: str) -> list[int]:
    return [stop.end() for stop in _STOP.finditer(text) if _ends_sentence(text, stop.start(), stop.end())]


def _ends_sentence(text: str, start: int, end: int) -> bool:
    """Distinguish a full stop from the dot of an abbreviation, an initial or a list number."""
    if text[start:end] != ".":
        return True
    before = text[max(0, start - 12) : end]
    follows = text[end : end + 2].strip()
    return not (_ABBREVIATED.search(before) or _NUMBERED.search(before) or follows[:1].islower())


def _line_cuts(text: str) -> list[int]:
    """Cut at a line break unless the line looks wrapped: wide, without a stop, not before a list item or a field."""
    cuts, start = [], 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if not _goes_on(line, text[end : end + 200]):
            cuts.append(end)
        start = end
    return cuts[:-1] if cuts and cuts[-1] == len(text) else cuts


def _goes_on(line: str, after: str) -> bool:
    body = line.strip()
    following = after.splitlines()[0] if after.strip() and after.splitlines() else ""
    if not body or not following.strip() or body.startswith(("#", "|")) or _is_stopped(body):
        return False
    if _ITEM.match(body) and not following[0].isspace():
        return False
    wide = sum(2 if letter >= "\u1100" else 1 for letter in body[:_WRAPPED_WIDTH]) >= _WRAPPED_WIDTH
    return wide and not _BLOCK.match(following)


def _is_stopped(line: str) -> bool:
    end = line[-20:]
    return any(stop.end() == len(end) and _ends_sentence(end, *stop.span()) for stop in _STOP.finditer(end))


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
