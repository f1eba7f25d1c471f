"""Citations: made from evidence word for word, and checked against it, whoever wrote the answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.reply import Citation
from stylegraph.agent.text.code import code_spans
from stylegraph.agent.text.language import Span, sentences

_MARKER = re.compile(r"\[(\d{1,3})\]")
_SPACE = re.compile(r"\s+")


def cite(evidence: Evidence, start: int, end: int) -> dict[str, Any]:
    """Make a citation of `evidence["text"][start:end]`, as plain data."""
    quote = evidence["text"][start:end]
    citation = Citation(
        evidence=evidence["id"], quote=quote, start=start, end=end, title=evidence["title"], url=evidence["url"]
    )
    return citation.model_dump(mode="json")


def stands(citation: Mapping[str, Any], evidence: Sequence[Evidence]) -> bool:
    """Check whether a citation is true: its evidence is of this turn, and the quote stands there.

    White space and Unicode form may differ; nothing else.
    """
    source = next((one for one in evidence if one["id"] == citation["evidence"]), None)
    if source is None or not citation["quote"].strip():
        return False
    return same_words(source["text"][citation["start"] : citation["end"]], citation["quote"])


def locate(quote: str, text: str) -> Span | None:
    """Find a quote in a text, whatever its white space and Unicode form; None when it doesn't stand there."""
    exact = text.find(quote)
    if quote and exact >= 0:
        return exact, exact + len(quote)
    pieces = [re.escape(piece) for piece in unicodedata.normalize("NFC", quote).split()]
    if not pieces or unicodedata.normalize("NFC", text) != text:
        return None
    match = re.search(r"\s+".join(pieces), text)
    return match.span() if match else None


def same_words(one: str, other: str) -> bool:
    """Check whether two texts are the same up to white space and Unicode form."""
    return _plain(one) == _plain(other)


def markers(sentence: str) -> list[int]:
    """Return the numbers of the citations that a sentence names: `[2]` names the second."""
    return [int(number) for number in _MARKER.findall(sentence)]


def cited_places(text: str, count: int) -> list[tuple[int, int, int]]:
    """Return where a text names its citations: first character, one past the last, and the 1-based number.

    Args:
        text: The text; brackets in its code are no marks.
        count: How many citations it has.
    """
    code = code_spans(text)
    marks = [match for match in _MARKER.finditer(text) if not any(a <= match.start() < b for a, b in code)]
    return [(match.start(), match.end(), int(match[1])) for match in marks if 0 < int(match[1]) <= count]


def without_marks(text: str) -> str:
    """Return a text without the numbers of its citations, its lines as they are; code keeps what it holds."""
    kept, at = [], 0
    for start, end in [*code_spans(text), (len(text), len(text))]:
        kept += [re.sub(rf"[ \t]*{_MARKER.pattern}", "", text[at:start]), text[start:end]]
        at = end
    return "".join(kept)


def without_markers(text: str) -> str:
    """Return a text without the numbers of its citations."""
    return _SPACE.sub(" ", re.sub(rf"\s*{_MARKER.pattern}", "", text)).strip()


def cited_sentences(text: str) -> list[tuple[str, list[int]]]:
    """Return each sentence of an answer with the citations that it names; a marker after a stop belongs to its sentence."""
    joined: list[str] = []
    for sentence in sentences(text):
        if joined and not _MARKER.sub("", sentence).strip():
            joined[-1] += f" {sentence}"
        elif joined and (match := re.match(r"(?:\[\d{1,3}\]\s*)+", sentence)):
            joined[-1] += f" {match.group().strip()}"
            joined.append(sentence[match.end() :])
        else:
            joined.append(sentence)
    return [(sentence, markers(sentence)) for sentence in joined if _MARKER.sub("", sentence).strip()]


def claims(text: str) -> list[tuple[str, list[int]]]:
    """Return the sentences of an answer with the citations that they name; a block of code is no sentence."""
    for block in code_blocks(text):
        text = text.replace(block, "\n", 1)
    return cited_sentences(text)


def code_blocks(text: str) -> list[str]:
    """Return the blocks of code of a text."""
    return [text[start:end] for start, end in code_spans(text) if "\n" in text[start:end]]


def _plain(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
