"""What could be asked next of documents that were cited: their other headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stylegraph.agent.injection import gives_orders, plain
from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.tools.retrieval.outlines import DocumentRef, Outline

_ASKS: Mapping[Language, str] = {
    "ko": "‘{title}’에서 ‘{heading}’에 대해서도 알려줘",
    "en": "What does “{title}” say about “{heading}”?",
}
_SITE = " | "
"""Before the name of its site, in the title of a page."""
_OF_EACH = 2
_SHORTEST, _LONGEST = 2, 60
"""Characters of a heading that can be asked about."""


def documents_cited(reply: Reply, route: str) -> list[tuple[DocumentRef, list[int]]]:
    """Return each document that a reply cites, and where its cited passages begin; one of each title."""
    cited = {one.evidence for one in reply.citations}
    found: dict[str, tuple[DocumentRef, list[int]]] = {}
    for piece in reply.evidence:
        own = piece["data"]
        if piece["id"] in cited and piece["route"] == route and "index" in own:
            place = {name: str(own.get(name, "")) for name in ("index", "source", "document")}
            ref = DocumentRef(**place, title=piece["title"])  # type: ignore[typeddict-item]
            found.setdefault(piece["title"], (ref, []))[1].append(piece["locator"].get("start", 0))
    return list(found.values())


def unsaid(outline: Outline, starts: Sequence[int], language: Language) -> list[str]:
    """Return questions about the sections of a document that an answer does not cite, those after the cited one first.

    Args:
        outline: The document's sections.
        starts: Where the cited passages begin.
        language: Of the answer: a heading in another would make a question in two.
    """
    title = " ".join(plain(outline["title"]).split(_SITE)[0].split())
    sections = [one for one in outline["sections"] if not any(one["start"] <= at < one["end"] for at in starts)]
    first = max(starts, default=0)
    in_turn = [one for one in sections if one["start"] > first] + [one for one in sections if one["start"] <= first]
    headings = list(dict.fromkeys(_askable((one["heading"] for one in in_turn), title, language)))
    return [_ASKS[language].format(title=title, heading=heading) for heading in headings[:_OF_EACH]]


def _askable(headings: Iterator[str], title: str, language: Language) -> Iterator[str]:
    for heading in headings:
        words = " ".join(plain(heading).split())
        own = words.casefold() != title.casefold() and _SHORTEST <= len(words) <= _LONGEST
        if own and len(title) <= _LONGEST and detect_language(words) == language and not gives_orders(words):
            yield words
