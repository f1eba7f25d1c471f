"""The costly part of taking in items, apart from the index, so that worker processes can do it.

Photos are looked at, what is missing is filled in, words are cut into tokens, names are embedded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from stylegraph.agent.errors import InputError
from stylegraph.agent.protocols import Vectors
from stylegraph.tools.fashion.catalogue.filling import LEAST, fill, fill_by_kind, infer
from stylegraph.tools.fashion.catalogue.photos import Album, Limits, Photo, is_web, seen_values
from stylegraph.tools.fashion.catalogue.words import concept_of
from stylegraph.tools.fashion.items.items import DESCRIPTIONS, LIST_FIELDS, NAMES, SINGLE_FIELDS, Item
from stylegraph.tools.fashion.query.lexicon import load_lexicon
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder, tokens_of
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document, EncodedDocument

SOURCE = "catalogue"
"""What all items are indexed under."""
_ATTRIBUTES = (*SINGLE_FIELDS, *LIST_FIELDS)
_NOT_SEARCHED = frozenset(
    {
        "id",
        "image",
        "image_url",
        "url",
        "inferred",
        "warmth",
        "price_krw",
        "price_shown",
        "currency",
        "availability",
        *NAMES,
        *DESCRIPTIONS,
        *_ATTRIBUTES,
    }
)


@dataclass(frozen=True)
class Task:
    """One new or changed item."""

    line: int
    item: Item
    hash: str
    """Of everything that makes it what it is."""
    photo: Photo | None = None
    album: Path | None = None
    """Where its photo is kept."""
    limits: Limits | None = None
    awaited: bool = False
    """Whether its photo stands at a web address and is not here yet."""


@dataclass
class Prepared:
    """One item, ready to be indexed."""

    document: Document
    encoded: EncodedDocument
    names: list[str]
    """What its vectors stand for."""
    troubles: list[tuple[int, str]] = field(default_factory=list)
    """Line and what is wrong with the photo."""


@dataclass
class Batch:
    """Items that are ready, with what each different name among them means: a shirt in five colours has one name."""

    prepared: list[Prepared]
    names: list[str]
    vectors: Vectors | None
    """One row a name."""

    def attach(self, vectors: Vectors) -> None:
        """Distribute the vectors of the names."""
        rows = {name: row for row, name in enumerate(self.names)}
        for one in self.prepared:
            one.encoded["vectors"] = vectors[[rows[name] for name in one.names]]


def prepare(tasks: Sequence[Task], encoder: TextEncoder | None) -> list[Batch]:
    """Prepare items: pure CPU work, picklable with its arguments and its result.

    Args:
        tasks: The items.
        encoder: The embedding; None leaves vectors out.
    """
    batch = batched([_prepared(task) for task in tasks])
    if encoder is not None:
        batch.vectors = encoder.encode(batch.names)
    return [batch]


def batched(prepared: list[Prepared]) -> Batch:
    """Gather items with their different names."""
    return Batch(prepared, list(dict.fromkeys(name for one in prepared for name in one.names)), None)


def _prepared(task: Task) -> Prepared:
    item, troubles = dict(task.item), list[tuple[int, str]]()
    fill(item)
    try:
        _look(task, item)
    except InputError as error:
        if not is_web(str(item.get("image"))):
            item.pop("image", None)
        troubles.append((task.line, str(error)))
    fill_by_kind(item)
    prepared = shelved(item, task.hash)
    prepared.troubles = troubles
    return prepared


def shelved(item: Item, mark: str) -> Prepared:
    """Make a document of an item, whose words are all that is known of it and whose vectors are its names.

    A sentence encoder tells names apart well; attributes are matched by value, so they need no vector.

    Args:
        item: The item.
        mark: The document's hash.
    """
    names = list(dict.fromkeys(item[name] for name in NAMES))
    title, lines = " / ".join(names), list(dict.fromkeys(searched(item)))
    text = "\n".join(lines)
    document = Document(
        source=SOURCE,
        id=item["id"],
        title=title,
        url=None,
        hash=mark,
        metadata=item,
        chunks=[Chunk(text=text, locator={"start": 0, "end": len(text)})],
    )
    tokens = " ".join(filter(None, (_tokens(line) for line in lines)))
    encoded = EncodedDocument(title=_tokens(title), chunks=[tokens], windows=[0] * len(names), vectors=None)
    return Prepared(document, encoded, names)


def _look(task: Task, item: Item) -> None:
    """Keep an item's photo, and fill in what it shows and nothing else says."""
    if task.photo is None or task.album is None or task.limits is None:
        return
    album = Album(task.album)
    kept = _kept(album, task.photo, task.limits)
    if is_web(str(task.item.get("image"))):
        item["image_url"] = task.item["image"]
    item["image"] = f"{task.album.name}/{kept.parent.name}/{kept.name}"
    for name, value, sure in seen_values(album.seen(task.photo.digest) or {"verdict": ""}):
        if not item.get(name) and sure >= LEAST:
            infer(item, name, value, "photo", sure)


def _kept(album: Album, photo: Photo, limits: Limits) -> Path:
    try:
        return album.keep(photo, limits)
    finally:
        if photo.passing:
            photo.path.unlink(missing_ok=True)


def searched(item: Item) -> Iterator[str]:
    """Return the texts by which an item is found: its descriptions, its attributes in both languages, its own columns."""
    yield from (str(item[name]) for name in DESCRIPTIONS if item.get(name))
    for name in _ATTRIBUTES:
        for value in _listed(item.get(name)):
            yield from _names_of(name, value)
    for name, value in item.items():
        if name not in _NOT_SEARCHED:
            yield from (text for text in _listed(value) if not text.startswith(("http://", "https://")))


@lru_cache(maxsize=10_000)
def _names_of(name: str, value: str) -> tuple[str, ...]:
    concept = load_lexicon().concepts.get((name, concept_of(name, value) or ""))
    return (value,) if concept is None else (concept.ko, concept.en, value)


def _listed(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@lru_cache(maxsize=20_000)
def _tokens(line: str) -> str:
    return tokens_of(line)


def canonical(item: Item) -> bytes:
    """Return an item as bytes that are the same for the same item."""
    return json.dumps(item, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
