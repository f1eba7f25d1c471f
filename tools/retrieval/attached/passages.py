"""Documents of an attached index cut into what can be cited, when they are read."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.chunks import Chunking, cut
from stylegraph.tools.retrieval.attached.questions import CLOSING, OPENING
from stylegraph.tools.retrieval.attached.registry import Attachment, Field
from stylegraph.tools.retrieval.hybrid.index import Chunk, DocumentEntry, Hit

_MARKED = re.compile(f"{OPENING}(.*?){CLOSING}", re.DOTALL)
_BETWEEN = "\n\n"
"""Between the values of a field that has several."""
_BESIDE = 0.5
"""Share of the best passage's evidence from which another of the same document is given too."""
_MOST = 3
"""Passages of one document."""


@dataclass(frozen=True)
class Matched:
    """What a search says of where a document matched."""

    words: frozenset[str] = frozenset()
    """As they stand in the text."""
    parts: frozenset[int] = frozenset()
    """Which of its nested objects matched best."""


@dataclass(frozen=True)
class Read:
    """A document as it came, cut."""

    entry: DocumentEntry
    passages: Sequence[Chunk]
    parts: Sequence[int] = field(default_factory=list)
    """For each passage, which of the field's values it is from."""

    def hit(self, ordinal: int, score: float, ranks: Mapping[str, int]) -> Hit:
        """Return one passage as what an index finds."""
        passage = self.passages[ordinal]
        return Hit(
            source=self.entry["source"],
            document=self.entry["document"],
            title=self.entry["title"],
            url=self.entry["url"],
            metadata=self.entry["metadata"],
            chunk=ordinal,
            text=passage["text"],
            locator=passage["locator"],
            score=score,
            ranks=dict(ranks),
        )

    def best(self, matched: Matched) -> list[tuple[int, float]]:
        """Return the passages that hold what matched, the best first, each with its share of the best one's evidence."""
        weights = self._weights(matched.words)
        inside = [place for place, part in enumerate(self.parts) if part in matched.parts]
        for place in inside:
            weights[place] = weights.get(place, 0.0) + 1.0
        most = max(weights.values(), default=0.0)
        if not most:
            return [(0, 1.0)] if self.passages else []
        shares = sorted(
            ((place, weight / most) for place, weight in weights.items()), key=lambda one: (-one[1], one[0])
        )
        return [one for one in shares if one[1] >= _BESIDE][:_MOST]

    def _weights(self, words: Collection[str]) -> dict[int, float]:
        """Return for each passage how much it holds of what matched: words that few passages have tell more."""
        texts = [passage["text"].casefold() for passage in self.passages]
        weights: dict[int, float] = {}
        for word in sorted(words):
            holding = [place for place, text in enumerate(texts) if word in text]
            for place in holding:
                weights[place] = weights.get(place, 0.0) + math.log(1 + len(texts) / len(holding))
        return weights


def read(hit: Mapping[str, Any], attachment: Attachment, source: str, chunking: Chunking) -> Read:
    """Return a document of a response, cut into passages whose spans are those of its whole text."""
    entry = entry_of(hit, attachment, source)
    passages: list[Chunk] = []
    parts: list[int] = []
    start = 0
    for part, text in enumerate(texts(hit, attachment["text"])):
        for chunk in cut(text, chunking):
            passages.append(_moved(chunk, start))
            parts.append(part)
        start += len(text) + len(_BETWEEN)
    return Read(entry, passages, parts)


def entry_of(hit: Mapping[str, Any], attachment: Attachment, source: str) -> DocumentEntry:
    """Return a document as it is listed. Of its fields only title and address are told."""
    title, link = _first(hit, attachment["title"]), _first(hit, attachment["link"])
    return DocumentEntry(
        source=source,
        document=hit["_id"],
        title=" ".join(title.split()) or hit["_id"],
        url=link if link.startswith(("https://", "http://")) else None,
        metadata={},
    )


def texts(hit: Mapping[str, Any], field: Field) -> list[str]:
    """Return the values of a field of text, in their order; a semantic_text of old keeps its text beside its vectors."""
    found = _values(hit.get("_source", {}), field["path"].split("."))
    plain = (one.get("text") if isinstance(one, Mapping) else one for one in found)
    return [str(one) for one in plain if isinstance(one, str | int | float)]


def matched(hit: Mapping[str, Any]) -> Matched:
    """Return where a document matched."""
    inner = [found["hits"]["hits"] for found in hit.get("inner_hits", {}).values()]
    marked = [text for one in (hit, *chain(*inner)) for some in one.get("highlight", {}).values() for text in some]
    words = {word.casefold() for text in marked for word in _MARKED.findall(text)}
    return Matched(frozenset(words), frozenset(some[0]["_nested"]["offset"] for some in inner if some))


def _first(hit: Mapping[str, Any], field: Field | None) -> str:
    found = texts(hit, field) if field is not None else []
    return found[0].strip() if found else ""


def _values(value: Any, path: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401 - plain data of any depth
    """Yield what stands at a path: objects may be lists, and keys may have dots in them."""
    if isinstance(value, list):
        for one in value:
            yield from _values(one, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        for length in range(1, len(path) + 1):
            yield from _values(value.get(".".join(path[:length])), path[length:])


def _moved(chunk: Chunk, start: int) -> Chunk:
    if not start:
        return chunk
    own = chunk["locator"]
    moved = Locator(**{**own, "start": own["start"] + start, "end": own["end"] + start})
    return Chunk(text=chunk["text"], locator=moved)
