"""Whether a text is about the garment in the picture: a guide to jeans does not say how to wash a dress."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from stylegraph.tools.fashion.items.pieces import universal_reader
from stylegraph.tools.fashion.vision.descriptions import SAID_BY_CATEGORY
from stylegraph.tools.fashion.vision.look import Look

_IMPLIED: Mapping[str, str] = {category: made for made, kinds in SAID_BY_CATEGORY.items() for category in kinds}
"""Category -> the material that its name says."""
_MAY_BE: Mapping[str, frozenset[str]] = {
    "knit": frozenset({"wool", "cashmere"}),
    "satin": frozenset({"silk"}),
    "leather": frozenset({"suede"}),
    "suede": frozenset({"leather"}),
}
"""What a photo shows -> what it may be as well: nobody sees wool, one sees that it is knitted."""


def is_about_another(look: Look, heading: str) -> bool:
    """Check whether a title or heading names garments or materials, and none that the picture shows.

    Where materials are named they decide, since care depends on them: a silk guide is not for a dress that may be of
    anything, while a wool guide is for a knitted hat.

    Args:
        look: Of a garment.
        heading: Of a document or a section of it.
    """
    categories, materials, leanings = _named(heading)
    category = look["category"] or ""
    material = look["attributes"].get("material") or _IMPLIED.get(category)
    if materials:
        return materials.isdisjoint({material, *_MAY_BE.get(material or "", ())})
    if not categories or material in {_IMPLIED.get(named, "") for named in categories}:
        return False
    return category not in categories or bool(leanings and material and material not in leanings)


@lru_cache(maxsize=4096)
def _named(heading: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the categories and materials that a heading names, and the materials that what it names is often made of."""
    wish = universal_reader().read(heading)
    return (
        frozenset(wish["wanted"].get("category", ())),
        frozenset(wish["wanted"].get("material", ())),
        frozenset(wish["preferred"].get("material", ())),
    )
