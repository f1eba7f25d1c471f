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
    "price": r"안에서는|cannot be had|가격|비싸|저렴|환율|통화|금액|원화|price|above|below|currenc|rate",
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


MORE: Mapping[str, Sequence[str]] = {
    "mall": ("mall-plain", "mall-together"),
    "outdoor": ("outdoor-plain", "outdoor-together"),
    "furniture": ("furniture-together",),
    "bazaar": ("bazaar-together",),
}
"""Shop -> the files of more wishes for it, all of them tune: their figures stand apart."""


class Range(BaseModel):
    """Both ends inclusive, in the shop's currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    gte: float = 0
    lte: float = float("inf")


class Asked(BaseModel):
    """What a product must be."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: list[str] = []
    colour: list[str] = []
    price: Range | None = None
    audience: str = ""
    size: str = ""
    traits: list[str] = []


class Counted(Asked):
    """One of several kinds that a wish is for, and how many of it."""

    count: int = 1


class StrangerCase(Asked):
    """One wish, its marked words, and what a product must be to meet it."""

    id: Annotated[str, Field(pattern=r"^[bmofpqt]\d{2}$")]
    split: Literal["tune", "test"]
    language: Literal["ko", "en"]
    text: str
    pieces: list[Counted] = []
    """Where it counts what it is for: each kind; `price` is then for every piece."""
    total: Range | None = None
    """What they may cost together."""
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


def broken(case: Asked, product: Product) -> Iterator[str]:
    """Return what a product breaks of what it must be."""
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
    if case.pieces:
        return _judge_counted(case, shown, notes, shop)
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


def _judge_counted(
    case: StrangerCase, shown: Sequence[tuple[Product, Sequence[str]]], notes: Sequence[str], shop: Sequence[Product]
) -> Judgement:
    """Judge what was shown for a wish that counts its pieces: so many of each kind, their sum, and whether it is told.

    Where a sum within the budget can be had and another is shown, nothing is met.
    """
    products, told = [product for product, _ in shown], " ".join(notes)
    wanted = [one.model_copy(update={"price": case.price}) for one in case.pieces]
    kept, least = _matched(wanted, products), _matched(wanted, sorted(shop, key=lambda product: product.price))
    sums = [round(sum(product.price for product in found), 2) for found in (products, least)]
    most = case.total.lte if case.total else float("inf")
    fails = [
        (one, " ".join([told, *lacks]))
        for product, lacks in shown if product not in kept for one in _nearest(wanted, product)
    ]  # fmt: skip
    fails += [("price", told)] * (sums[0] > most or case.incomparable)
    missed = sums[0] > most >= sums[1]
    unsaid = [one for one, said in fails if missed or not _is_said(case, one, said)]
    unsaid += ["sum"] * (case.price is None and f"{sums[0]:,.10g}" not in told)
    return Judgement(
        precision=0.0 if missed else len(kept) / max(len(products), len(least)),
        checked=max(1, len(products)) + 2,
        broken=[one for one, _ in fails],
        unsaid=unsaid,
    )


def _nearest(wanted: Sequence[Counted], product: Product) -> list[str]:
    """Return what a product breaks of the kind that it comes nearest to; one too many of a kind is none of it."""
    return min((list(broken(one, product)) for one in wanted), key=lambda lacks: ("kind" in lacks, len(lacks))) or [
        "kind"
    ]


def _matched(wanted: Sequence[Counted], products: Sequence[Product]) -> list[Product]:
    """Return the products that are among what is wanted, each kind in its number, the first of them."""
    left = {place: one.count for place, one in enumerate(wanted)}
    found = []
    for product in products:
        place = next((at for at, one in enumerate(wanted) if left[at] and not any(broken(one, product))), None)
        if place is not None:
            left[place] -= 1
            found.append(product)
    return found


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
