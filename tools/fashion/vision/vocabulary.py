"""The words of a look: those that the network was trained on, and that a vision model has to use, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Category = Literal[
    "beanie", "blazer", "blouse", "boots", "cap", "cardigan", "coat", "dress", "dress-shoes", "flats", "hat", "heels",
    "hoodie", "jacket", "jeans", "leggings", "longsleeve", "pants", "polo", "sandals", "shirt", "shorts", "skirt",
    "sneakers", "sweater", "top", "tshirt", "undershirt", "vest",
]  # fmt: skip
Colour = Literal[
    "beige", "black", "blue", "brown", "burgundy", "gold", "green", "grey", "khaki", "light-blue", "navy", "orange",
    "pink", "purple", "red", "silver", "white", "yellow",
]  # fmt: skip
Pattern = Literal[
    "animal", "checked", "colour-block", "dotted", "floral", "graphic", "lace", "other", "solid", "striped",
    "textured", "washed",
]  # fmt: skip
Sleeve = Literal["long", "none", "short", "sleeveless", "three-quarter"]
Material = Literal[
    "canvas", "corduroy", "cotton", "denim", "fleece", "fur", "knit", "lace", "leather", "linen", "padded", "satin",
    "sheer", "straw", "suede", "synthetic", "wool",
]  # fmt: skip
Audience = Literal["men", "unisex", "women", "kids"]
Season = Literal["spring", "summer", "autumn", "winter"]
Style = Literal[
    "business-casual", "casual", "feminine", "formal", "minimal", "outdoor", "party", "resort", "sporty", "street",
    "vintage",
]  # fmt: skip
Occasion = Literal[
    "beach", "date", "everyday", "exercise", "home", "interview", "office", "outdoor", "party", "travel",
    "wedding-guest",
]  # fmt: skip

_OTHERS = {
    "tshirt": "T-Shirt",
    **dict.fromkeys(("sweater", "cardigan"), "Longsleeve"),
    **dict.fromkeys(("jacket", "coat", "vest"), "Outwear"),
    **dict.fromkeys(("jeans", "leggings"), "Pants"),
    **dict.fromkeys(("beanie", "cap"), "Hat"),
    **dict.fromkeys(("boots", "dress-shoes", "flats", "heels", "sandals", "sneakers"), "Shoes"),
}
HEXES: Mapping[str, str] = {
    "beige": "#d8c7a8", "black": "#1c1c1e", "blue": "#2f5fa8", "brown": "#6b4a33", "burgundy": "#6d1f2f",
    "gold": "#c9a13b", "green": "#3c7a4a", "grey": "#8b8d91", "khaki": "#6f6b45", "light-blue": "#9fc3e0",
    "navy": "#222d4d", "orange": "#e07b2d", "pink": "#e8a3b5", "purple": "#6f4a8e", "red": "#c32a34",
    "silver": "#b9bcc2", "white": "#f2f1ee", "yellow": "#e9c93f",
}  # fmt: skip
"""What a colour looks like where the picture itself was not measured."""


def label_of(category: str) -> str:
    """Return the label of the photo data that a category belongs to: `Outwear` for a coat."""
    return _OTHERS.get(category, category.capitalize())
