"""Sizes that a wish names, in letters, in words or as somebody's age; and whom that age makes of them."""

from __future__ import annotations

import re
from functools import cached_property

from stylegraph.tools.fashion.query.ages import ADULT, Months, audience_of, sizes_for
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.goods import other_names
from stylegraph.tools.fashion.query.wish import Unexpressed, Wish, extend, remove

SIZE_COLUMNS = ("size", "sizes", "사이즈", "치수")
_SIZE_PARTS = re.compile(r"\s*(?:사이즈|size|mm|[|,;/\s])\s*")
_PLUS = re.compile(r"[2-9]xl|[1-9]x")
"""Sizes of which shops make a range of their own."""
_PLUS_SIZE = "curve"
"""One of the names of plus sizes, by which the others are known."""
_UNIT = re.compile(r"\s*(?:사이즈|\bsize\b)\s*")
_SIZE_NAMES = {"라지": "l", "large": "l", "미디엄": "m", "미디움": "m", "medium": "m", "스몰": "s", "small": "s"}
_EXTRA = re.compile(r"(?:엑스\s?|extra[\s-]|x-)(?=[sl라스])")
_MANY_X = re.compile(r"(x{2,})(?=[sl]$)|(\d)\s?(?=x[sl]$)")
_AS_CHILDREN = {"women": "girls", "men": "boys", "girls": "girls", "boys": "boys"}


class Sizes:
    """Reads sizes by a catalogue's column of them.

    Args:
        lexicon: The words of the catalogue.
    """

    def __init__(self, lexicon: BoundLexicon) -> None:
        self._lexicon = lexicon

    @cached_property
    def bare(self) -> frozenset[str]:
        """Return the sizes that a number of three digits may be: 260 of a shoe."""
        columns = self._lexicon.vocabulary["values"]
        return frozenset(
            size for name in SIZE_COLUMNS for size in columns.get(name, ()) if re.fullmatch(r"\d{3}", size)
        )

    def add(self, wish: Wish, said: str) -> None:
        """Ask for a size by the catalogue's column of sizes, if it has one."""
        columns = self._lexicon.vocabulary["values"]
        column = next((name for name in SIZE_COLUMNS if name in columns), None)
        if column is None:
            wish["unexpressed"].append(Unexpressed(field="size", concept="size", said="", must=False))
            return
        parts = _sizes_in(said)
        if fitting := [value for value in columns[column] if parts & _sizes_in(value.lower())]:
            extend(wish["wanted"], column, fitting)
        else:
            bare = _UNIT.sub("", said).upper()
            wish["unexpressed"].append(Unexpressed(field=column, concept=bare, said=bare, must=False))

    def add_age(self, wish: Wish, age: Months, said: str) -> None:
        """Ask for the sizes of an age, where the catalogue has such, and for what is for somebody so young."""
        columns = self._lexicon.vocabulary["values"]
        column = next((name for name in SIZE_COLUMNS if sizes_for((0, ADULT * 12), columns.get(name, ()))), None)
        shoes = any(self._lexicon.slot(kind) == "shoes" for kind in wish["wanted"].get("category", []))
        fitting = sizes_for(age, columns[column]) if column is not None else []
        if column is not None and fitting and not (shoes and all(map(str.isdigit, fitting))):
            extend(wish["wanted"], column, fitting)
        elif column is not None:
            wish["unexpressed"].append(Unexpressed(field=column, concept=said, said=said, must=False))
        young = audience_of(age)
        for grown, child in _AS_CHILDREN.items():
            if set(self._lexicon.values("audience", grown)) & set(wish["wanted"].get("audience", [])):
                remove(wish["wanted"], "audience", self._lexicon.values("audience", grown))
                there = self._lexicon.values("audience", "baby" if young == "baby" else child)
                extend(wish["wanted"], "audience", there or self._lexicon.values("audience", "kids"))
        if not wish["wanted"].get("audience", [1]):
            del wish["wanted"]["audience"]
        if "audience" not in wish["wanted"] and not any(one["field"] == "audience" for one in wish["unexpressed"]):
            names = ("baby",) if young == "baby" else ("kids", "girls", "boys")
            extend(
                wish["wanted"],
                "audience",
                [value for name in names for value in self._lexicon.values("audience", name)],
            )

    def add_plus(self, wish: Wish) -> None:
        """Take the largest sizes of the catalogue for plus sizes, where it has such and no word for them; else they stay missing."""
        columns = self._lexicon.vocabulary["values"]
        column = next((name for name in SIZE_COLUMNS if name in columns), None)
        large = [
            value for value in columns.get(column or "", ()) if any(map(_PLUS.fullmatch, _sizes_in(value.lower())))
        ]
        missing = [one for one in wish["unexpressed"] if _PLUS_SIZE in other_names(one["concept"])]
        if column is not None and large and missing:
            extend(wish["wanted"], column, large)
            wish["unexpressed"] = [one for one in wish["unexpressed"] if one not in missing]

    def are_grown(self, wish: Wish) -> bool:
        """Check whether the sizes that a wish asks for are none of the children's, where the catalogue has such."""
        columns = self._lexicon.vocabulary["values"]
        column = next((name for name in SIZE_COLUMNS if name in wish["wanted"]), None)
        childrens = sizes_for((0, ADULT * 12), columns[column]) if column else []
        return bool(column and childrens) and not set(childrens) & set(wish["wanted"][column or ""])


def _sizes_in(text: str) -> set[str]:
    """Return the sizes that a text names, in letters where it has them in words: XL of an extra large, 2XL of XXL."""
    found = set[str]()
    for part in _SIZE_PARTS.split(_EXTRA.sub("x", text)):
        short = part.removeprefix("x") if part.startswith("x") and part[1:] in _SIZE_NAMES else part
        plain = ("x" if short != part else "") + _SIZE_NAMES.get(short, short)
        found.add(_MANY_X.sub(lambda many: f"{len(many[1])}x" if many[1] else many[2], plain))
    return found - {""}
