"""Chunks of one document put together again, as its text runs."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.tools.retrieval.hybrid.index import Hit


def spliced(chunks: Sequence[Hit]) -> str:
    """Return neighbouring chunks as one text, what they share once.

    Args:
        chunks: Chunks of one document in order; their locators say where they begin and end.
    """
    text, end = "", 0
    for chunk in chunks:
        start = chunk["locator"].get("start", end)
        shared = max(0, end - start) if text else 0
        text += ("\n" if text and start > end else "") + chunk["text"][shared:]
        end = max(end, chunk["locator"].get("end", end))
    return text
