"""Wishes in a stranger's shop, and how what is shown for them is judged: by what is true of the products alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.strangers.product import Product
from stylegraph.tools.fashion.query.lexicon import load_lexicon, normalise

SHOWN = 5
_MARKED = re.compile(r"\{([kcpast]):([^}]*)\}")
_FIELDS = {"k": "kind", "c": "colour", "p": "price", "a": "audience", "s": "size", "t": "traits"}
_SAYS: Mapping[str, str] = {
    "price": r"가격|비싸|저렴|환율|통화|금액|원화|price|above|below|currenc|rate",
    "size": r"사이즈|size",
    "audience": r"여성|남성|여아|남아|아동|아이|성별|women|men|boys|girls|child|kids|whom",
}
"""What names a constraint besides the words that asked for it."""
_FITS_FOR: Mapping[str, frozenset[str]] = {
    "women": frozenset({"women", "unisex", ""}),
    "men": frozenset({"men", "unisex", ""}),
    "girls": frozenset({"girls", "kids"}),
    "boys": frozenset({"boys", "kids"}),
    "kids": frozenset({"kids", "girls", "boys", "baby"}),
    "baby": frozenset({"baby"}),
}


MORE: Mapping[str, Sequence[str]] = {"mall": ("mall-plain",), "outdoor": ("outdoor-plain",)}
"""Shop -> the files of more wishes for it, all of them tune: their figures stand apart."""


class Range(BaseModel):
    """Both ends inclusive, in the shop's currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    gte: float = 0
    lte: float = float("inf")


class StrangerCase(BaseModel):
    """One wish, its marked words, and what a product must be to meet it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(pattern=r"^[bmofpq]\d{2}$")]
    split: Literal["tune", "test"]
    language: Literal["ko", "en"]
    text: str
    kind: list[str]
    colour: list[str] = []
    price: Range | None = None
    audience: str = ""
    size: str = ""
    traits: list[str] = []
    count: int = SHOWN
    """How many it asks for, where it names a number."""
    absent: bool = False
    """The shop has nothing like it: whatever is shown breaks the wish, and that is to be said."""
    incomparable: bool = False
    """Its price is in another currency, for which no rate is set: that is to be said."""

    @property
    def wish(self) -> str:
        """The text without its marks."""
        return _MARKED.sub(lambda match: match[2], self.text)

    @cached_property
    def asked(self) -> dict[str, list[str]]:
        """Constraint -> the words that ask for it."""
        asked: dict[str, list[str]] = {}
        for match in _MARKED.finditer(self.text):
            asked.setdefault(_FIELDS[match[1]], []).append(match[2])
        return asked


def load_wishes(name: str) -> list[StrangerCase]:
    """Return the wishes of one file: of a shop, or one of those of `MORE`."""
    return TypeAdapter(list[StrangerCase]).validate_python(
        read_yaml("stylegraph.evals", f"cases/strangers/{name}.yaml")
    )


def broken(case: StrangerCase, product: Product) -> Iterator[str]:
    """Return the constraints of a wish that a product breaks."""
    if product.kind not in case.kind:
        yield "kind"
    if case.colour and product.colour not in case.colour:
        yield "colour"
    if case.price and not case.price.gte <= product.price <= case.price.lte:
        yield "price"
    if case.audience and product.audience not in _FITS_FOR[case.audience]:
        yield "audience"
    if case.size and case.size not in product.sizes:
        yield "size"
    if not set(case.traits) <= product.traits:
        yield "traits"


@dataclass(frozen=True)
class Judgement:
    """How what was shown for one wish stands to it."""

    precision: float | None
    """Share of the first five that meet it whole; None where the shop has nothing that does."""
    checked: int
    broken: list[str]
    unsaid: list[str]


def judge(
    case: StrangerCase, shown: Sequence[tuple[Product, Sequence[str]]], notes: Sequence[str], shop: Sequence[Product]
) -> Judgement:
    """Judge what was shown for a wish.

    Args:
        case: The wish.
        shown: The products in order, each with what was said that it misses.
        notes: What was said of the wish as a whole.
        shop: All products.
    """
    fitting = sum(not any(broken(case, product)) for product in shop)
    first = list(shown[:SHOWN])
    kept = sum(not any(broken(case, product)) for product, _ in first)
    fails = [(one, " ".join([*notes, *missed])) for product, missed in first for one in broken(case, product)]
    fails += [("price", " ".join(notes))] if case.incomparable else []
    fails += [("kind", " ".join(notes))] if not first else []
    return Judgement(
        precision=_precision(kept, len(first), case.count, fitting) if fitting else None,
        checked=max(1, len(first)) * len(case.asked),
        broken=[one for one, _ in fails],
        unsaid=[one for one, told in fails if not _is_said(case, one, told)],
    )


def _precision(kept: int, shown: int, count: int, fitting: int) -> float:
    """Return the share of what is asked for that is kept, where more than was asked for is nothing kept."""
    return min(kept, count) / (shown if shown > count else min(count, fitting))


def _is_said(case: StrangerCase, constraint: str, told: str) -> bool:
    text = normalise(told)
    if constraint in _SAYS and re.search(_SAYS[constraint], text):
        return True
    asked = case.asked.get(constraint) or [word for words in case.asked.values() for word in words]
    words = {spelling for word in asked for spelling in _names(word)}
    return any(word in text for word in words)


def _names(word: str) -> Iterator[str]:
    """Return a word, and what it is called in either language where it is one of the word files."""
    plain = normalise(word)
    yield from (part.rstrip("s") for part in (plain, *plain.split()) if len(part) > 1)
    for concept in load_lexicon().concepts.values():
        if plain in map(normalise, (concept.ko, concept.en, *concept.words)):
            yield from (normalise(spelling.rstrip("~")) for spelling in (concept.ko, concept.en, *concept.words))
