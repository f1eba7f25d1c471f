"""The words that a catalogue uses of its items, learned from it: what is wanted must be one of them, in any language.

Nothing of clothes is assumed: a saree, a tent and a sofa are each known because names of the catalogue end in them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from stylegraph.tools.fashion.query.lexicon import normalise

_WORD = re.compile(r"[가-힣]+|[^\W\d_가-힣]+")
_MEASURE = re.compile(r"(?<![\w.])(\d{1,3})[\s-]?([가-힣]+|[a-z]{2,})")
_ASIDE = re.compile(r"[\[(（{【].*?[\])）}】]")
_HEAD_ENDS = re.compile(
    r",|\s[-–—|/]\s|\s(?:with|for|in|by|of|from|and)\s|\s\d+\s?(?:color|colour|종|컬러|size)|[0-9]+color", re.IGNORECASE
)
_CRUMBS = re.compile(r"\s*(?:>|»|›|\||/|,|&|\n)\s*")
_POSSESSIVE = re.compile(r"(?<=\w)['’](?:s\b)?")
_SOME = 0.1
_SHORT = 2
_AS_GOOD = 0.8
"""How far a waterproof jacket is a rain jacket."""
_MOST = 20_000
_MOST_HEADS = 400
_LONGEST_TEXT = 1_000


class Words(TypedDict):
    """What a catalogue's own words are, each with how many items have it: plain data, kept beside the index."""

    heads: dict[str, int]
    """What names and kinds end in: one word, and that with the one before it."""
    named: dict[str, int]
    """Words of names, kinds, tags and other columns."""
    told: dict[str, int]
    """Words of descriptions alone."""


class Named(TypedDict):
    """Something that a wish names and only the items' own words can tell."""

    said: str
    """As the wish says it."""
    words: list[str]
    """As the catalogue says it; an item has all of them."""
    must: bool
    """Whether an item without it is no answer; else it ranks."""
    called: NotRequired[bool]
    """Whether items are called so: what a description says goes with an item is no such item."""
    instead: NotRequired[list[str]]
    """Other words of the catalogue for its first word, wherever an item has them: waterproof, of a rain jacket."""


class WordReader:
    """Collects a catalogue's words while items pass by."""

    def __init__(self) -> None:
        self._heads, self._named, self._told = Counter[str](), Counter[str](), Counter[str]()

    def read(self, item: Mapping[str, Any]) -> None:
        """Take note of one item's words."""
        self._heads.update({head for text in _titles(item) for head in heads_of(text)})
        self._named.update({*words_of(naming(item)), *measures_of(naming(item))})
        self._told.update(set(words_of(telling(item))))

    def words(self) -> Words:
        """Return what was collected, the most frequent of it."""
        named = dict(self._named.most_common(_MOST))
        told = ((word, count) for word, count in self._told.most_common(_MOST) if word not in named)
        heads = (
            (head, count) for head, count in self._heads.most_common() if count > 1 or len(self._named) < _MOST_HEADS
        )
        return Words(heads=dict(list(heads)[:_MOST_HEADS]), named=named, told=dict(told))


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """Return an English word without its plural ending."""
    if not word.isascii() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word.removesuffix("s")


def words_of(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared."""
    return [singular(word) for word in _WORD.findall(_POSSESSIVE.sub("", normalise(text)))]


def measures_of(text: str) -> list[str]:
    """Return the words of a text that a number stands before, with it: "2 seater", "2 person"."""
    return [f"{number} {singular(word)}" for number, word in _MEASURE.findall(normalise(text))]


def heads_of(name: str) -> Iterator[str]:
    """Return what a name ends in: "boots" and "hiking boots" of "Cairn Women's Hiking Boots, Olive"."""
    words = words_of(_HEAD_ENDS.split(_ASIDE.sub(" ", name).strip())[0])
    for length in (1, 2):
        if len(words) >= length:
            yield " ".join(words[-length:])


def naming(item: Mapping[str, Any]) -> str:
    """Return the texts that say what an item is: its names, its kind, tags and all other columns that are words."""
    return " / ".join(_strings(value for field, value in item.items() if field not in _NOT_NAMING))


def telling(item: Mapping[str, Any]) -> str:
    """Return the start of an item's descriptions."""
    texts = dict.fromkeys(str(item.get(field) or "")[:_LONGEST_TEXT] for field in ("description_ko", "description_en"))
    return " / ".join(texts)


_NOT_NAMING = frozenset({"id", "description_ko", "description_en", "image", "image_url", "url", "link", "availability", "price_shown", "currency", "inferred",
                         "seasons", "occasions", "moods", "styles", "price_krw", "warmth"})  # fmt: skip


def _strings(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and not one.startswith(("http://", "https://")):
                yield one


def _titles(item: Mapping[str, Any]) -> Iterator[str]:
    yield from {str(item["name_ko"]), str(item["name_en"])}
    for field in ("category", "shelf"):
        if item.get(field):
            yield from _CRUMBS.split(str(item[field]))


class Nouns:
    """The words of one catalogue, to be asked of a wish's."""

    def __init__(self, words: Words | None) -> None:
        self._words: Words = words or Words(heads={}, named={}, told={})

    @cached_property
    def heads(self) -> list[str]:
        """What items are, most frequent first."""
        counts = self._words["heads"]
        return sorted(counts, key=lambda head: (-counts[head], head))

    @cached_property
    def is_korean(self) -> bool:
        """Whether the catalogue has Korean names, so that a Korean word needs no translation."""
        named = self._words["named"]
        return sum(not word.isascii() for word in named if not word[0].isdigit()) > _SOME * len(named)

    @cached_property
    def traits(self) -> list[str]:
        """Return what else items are said to be, most frequent first: materials, makers, what they are for."""
        counts = {
            word: count
            for word, count in self._words["named"].items()
            if count > 1 and word not in self._words["heads"] and not word[0].isdigit()
        }
        told = {word: count for word, count in self._words["told"].items() if count > 2}
        return [
            word for table in (counts, told) for word in sorted(table, key=lambda one: (-table[one], one))[:_MOST_HEADS]
        ]

    @lru_cache(maxsize=4_096)  # noqa: B019 (as long-lived as the catalogue)
    def place(self, word: str) -> Literal["name", "text"] | None:
        """Return where the catalogue has a word: in what its items are called, or in descriptions alone; None: nowhere."""
        wanted = singular(normalise(word))
        if _stands_in(wanted, self._words["named"]):
            return "name"
        return "text" if _stands_in(wanted, self._words["told"]) else None

    @cached_property
    def measured(self) -> frozenset[str]:
        """What names have numbers of: the seats of a sofa, the persons of a tent."""
        return frozenset(word.split()[1] for word in self._words["named"] if word[0].isdigit())

    def named(self, said: str, words: Sequence[str], *, must: bool) -> Named:
        """Return something that a wish names by the catalogue's words for it."""
        return Named(said=said, words=list(words), must=must, called=self.is_head(" ".join(words)))

    def is_head(self, word: str) -> bool:
        """Check whether items of the catalogue are called by a word."""
        wanted = " ".join(words_of(word))
        return any(head == wanted or (not wanted.isascii() and len(wanted) >= _SHORT and head.endswith(wanted))
                   for head in self._words["heads"])  # fmt: skip


def _stands_in(word: str, words: Mapping[str, int]) -> bool:
    """Check whether a word is one of some; a Korean one also as a part of one: 머리끈 of 곱창머리끈."""
    if word in words:
        return True
    return not word.isascii() and len(word) >= _SHORT and any(word in other for other in words)


def has_words(item: Mapping[str, Any], words: Iterable[str], *, named_only: bool = False) -> bool:
    """Check whether an item's own words have all of some."""
    text = naming(item) if named_only else f"{naming(item)} / {telling(item)}"
    own = _counted(text)
    return all(_stands_in(singular(normalise(word)), own) for word in words)


def is_named(item: Mapping[str, Any], one: Named) -> bool:
    """Check whether an item is, or is said to be, what a wish names."""
    return share_of(item, one) > 0


def share_of(item: Mapping[str, Any], one: Named) -> float:
    """Return how far an item is what a wish names, 0..1: one that is called so before one that only is as good."""
    called = one.get("called", False)
    if has_words(item, one["words"], named_only=called):
        return 1.0
    others = one.get("instead", [])
    is_as_good = any(has_words(item, [word]) for word in others) and has_words(
        item, one["words"][1:], named_only=called
    )
    return _AS_GOOD if is_as_good else 0.0


@lru_cache(maxsize=20_000)
def _counted(text: str) -> Mapping[str, int]:
    return dict.fromkeys([*words_of(text), *measures_of(text)], 1)
