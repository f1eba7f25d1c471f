"""LangChain's documents as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langchain_core.documents import Document

from stylegraph.agent.evidence import Evidence, Locator, make_evidence
from stylegraph.tools.ingestion.formats.record import as_title, first_line, plain

_PLACES = ("url", "source", "link", "file_path")
"""Metadata in which LangChain's loaders and retrievers keep where a document is."""
_SCORES = ("relevance_score", "score", "_score")


def as_evidence(route: str, document: Document, score: float) -> Evidence:
    """Return a document as a piece of evidence.

    Args:
        route: The source's name.
        document: The document.
        score: How well it fits, 0..1, where its metadata doesn't say it.
    """
    metadata, text = document.metadata, document.page_content
    return make_evidence(
        route,
        title_of(document),
        text,
        url=place_of(metadata),
        score=_score(metadata, score),
        locator=locator_of(metadata, len(text)),
        data=plain(metadata),
    )


def title_of(document: Document) -> str:
    """Return what a document is called: its title, its file's name, or its first line."""
    titled = document.metadata.get("title")
    place = place_of(document.metadata)
    return as_title(str(titled or "")) or (Path(place).stem if place else "") or first_line(document.page_content)


def place_of(metadata: Mapping[str, Any]) -> str | None:
    """Return the web address or the path at which a document can be opened, if there is one."""
    named = (str(metadata[place]) for place in _PLACES if metadata.get(place))
    return next((one for one in named if one.startswith(("http://", "https://")) or Path(one).suffix), None)


def locator_of(metadata: Mapping[str, Any], length: int) -> Locator:
    """Return where in its source a document stands: LangChain counts pages from 0."""
    locator: Locator = {}
    label, page, start = metadata.get("page_label"), metadata.get("page"), metadata.get("start_index")
    if isinstance(label, str) and label.isdecimal():
        locator["page"] = int(label)
    elif isinstance(page, int):
        locator["page"] = page + 1
    if isinstance(start, int) and start >= 0:
        locator["start"], locator["end"] = start, start + length
    return locator


def _score(metadata: Mapping[str, Any], otherwise: float) -> float:
    given = (metadata.get(name) for name in _SCORES)
    return next((float(one) for one in given if isinstance(one, int | float) and 0 <= one <= 1), otherwise)
