"""What a picture adds to a wish: pieces like the one that it shows, or pieces to go with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.merging import resolved
from stylegraph.tools.fashion.query.wish import About, Wish
from stylegraph.tools.fashion.vision.gallery import Gallery, unpacked

_MATCHING = re.compile(
    r"어울|매치|맞춰|맞출|코디|(?:함께|같이) (?:입|신|쓸|쓰)"
    r"|\b(?:goes?|going|worn?|wear|combine|team|style)\b.{0,30}\bwith\b|\b(?:match|matches|matching|pair)\b|\bstyle (?:this|it|these)\b",
    re.IGNORECASE,
)
_NEUTRAL = ("white", "black", "grey", "navy", "beige")
"""Colours that go with any other."""
_AS_IT_IS = ("colours", "pattern", "material", "sleeve", "seasons", "styles", "audience")
_AS_COMPANY = ("seasons", "styles", "audience")
_COMPARED = 500
"""Items that are compared with the picture."""
_TELLING_SHARE = 0.25
"""Share of the garment from which a second colour counts."""
_SAME_PIECE = 0.6
"""Cosine from which the item that looks most alike tells what such a piece costs."""


@dataclass(frozen=True)
class Pictured:
    """The garment of a picture, as if it were an item of the catalogue."""

    item: Item
    """Its attributes in the catalogue's values; the price is that of the item that looks most alike."""
    matching: bool
    """Whether pieces to go with it are wanted, not pieces like it."""
    likeness: Mapping[str, float] = field(default_factory=dict)
    """Item id -> how much it looks like the picture, 0..1; empty where that is not wanted."""
    others: Sequence[Item] = ()
    """The garments of further pictures that the wish is about as well."""

    @property
    def items(self) -> list[Item]:
        """All of them."""
        return [self.item, *self.others]


def pictured(
    looks: Sequence[Mapping[str, Any]], wish: Wish, lexicon: BoundLexicon, gallery: Gallery | None
) -> Pictured | None:
    """Read looks for a wish; None when no picture shows a garment.

    Args:
        looks: `tools.image.look.Look`s.
        wish: What the words say.
        lexicon: The words of the catalogue.
        gallery: Its items by how they look, if they are known so.
    """
    worn = [look for look in looks if look["category"]]
    if not worn:
        return None
    matching = bool(_MATCHING.search(wish["text"]))
    likeness: dict[str, float] = {}
    for look in () if matching else worn:
        for identity, score in _likeness(look, gallery).items():
            likeness[identity] = max(score, likeness.get(identity, 0.0))
    item, *others = (_as_item(look, lexicon) for look in worn)
    return Pictured(item, matching, likeness, others)


def with_picture(wish: Wish, seen: Pictured, lexicon: BoundLexicon) -> Wish:
    """Let the picture fill in what the words leave open: kind, colours and style as they are in it, or to go with it."""
    if seen.matching:
        known = wish["alongside"].get("category", [])
        wish["alongside"]["category"] = list(dict.fromkeys([*known, *(item["category"] for item in seen.items)]))
        leanings = [{name: item.get(name) for name in _AS_COMPANY} | _beside(item) for item in seen.items]
    else:
        relations = list(wish["about"]["relations"]) if wish["about"] else []
        if "similar" not in relations and "category" not in wish["wanted"]:
            relations.append("similar")
        wish["about"] = About(relations=relations) if relations else None  # "the second picture" counts pictures
        if nearest(seen) is None and {"cheaper", "dearer"} & set(relations):  # cheaper than what, nobody knows
            wish["price_leaning"] = "low" if "cheaper" in relations else "high"
        leanings = [{name: item.get(name) for name in _AS_IT_IS} for item in seen.items]
    for name, values in ((name, values) for leaning in leanings for name, values in leaning.items()):
        listed = values if isinstance(values, list) else [values] if values else []
        given = [value for one in listed for value in resolved(name, str(one), lexicon)]
        if given and name not in wish["wanted"]:
            known = wish["preferred"].setdefault(name, [])
            known.extend(value for value in given if value not in known)
    return wish


def _as_item(look: Mapping[str, Any], lexicon: BoundLexicon) -> Item:
    shares = look["colours"]
    colours = [colour["name"] for place, colour in enumerate(shares) if not place or colour["share"] >= _TELLING_SHARE]
    told = {"category": look["category"], "colours": colours, **look["attributes"]}
    item: Item = {"id": ""}
    for name, values in told.items():
        listed = values if isinstance(values, list) else [values]
        known = [value for one in listed for value in resolved(name, str(one), lexicon)]
        if known:
            item[name] = known if isinstance(values, list) else known[0]
    return {"category": look["category"], **item}


def _beside(item: Item) -> dict[str, list[str]]:
    """Return colours and pattern that leave the garment the say: neutral beside a strong colour, plain beside a pattern."""
    beside: dict[str, list[str]] = {}
    main: Sequence[str] = item.get("colours", [])[:1]
    if main and main[0] not in _NEUTRAL:
        beside["colours"] = list(_NEUTRAL)
    if item.get("pattern") not in (None, "solid", "washed", "textured"):
        beside["pattern"] = ["solid"]
    return beside


def _likeness(look: Mapping[str, Any], gallery: Gallery | None) -> dict[str, float]:
    if gallery is None or "embedding" not in look:
        return {}
    return {one["id"]: max(0.0, one["score"]) for one in gallery.nearest(unpacked(look["embedding"]), _COMPARED)}


def nearest(seen: Pictured) -> str | None:
    """Return the id of the item that may be the pictured piece itself, if one looks enough like it."""
    best = max(seen.likeness, key=lambda identity: seen.likeness[identity], default=None)
    return best if best is not None and seen.likeness[best] >= _SAME_PIECE else None
