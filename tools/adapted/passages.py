"""A long answer as passages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from stylegraph.agent.evidence import Evidence, make_evidence

_LONGEST = 2_000
"""Characters of one passage: a screen, which a model reads whole."""


async def passages_of(
    route: str, title: str, text: str, *, url: str | None = None, data: Mapping[str, Any] | None = None
) -> list[Evidence]:
    """Return a text as passages in its order, each with its exact span; none of a blank one.

    Args:
        route: The source's name.
        title: What the text is called.
        text: The text.
        url: Where it can be opened.
        data: What is known of it.
    """
    spans = [(0, text)] if len(text) <= _LONGEST else await asyncio.to_thread(_cut, text)
    return [
        make_evidence(
            route, title, part, url=url, data=data, found_by="call", locator={"start": start, "end": start + len(part)}
        )
        for start, part in spans
        if part.strip()
    ]


def _cut(text: str) -> list[tuple[int, str]]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=_LONGEST, chunk_overlap=0, add_start_index=True)
    return [(part.metadata["start_index"], part.page_content) for part in splitter.create_documents([text])]
