"""What the tests of pictures need: photos and looks in one call each."""

from __future__ import annotations

from pathlib import Path

from stylegraph.tools.fashion.vision.look import Attributes, Look

PHOTOS = Path(__file__).parent / "tools" / "image" / "photos"


def look(category="shirt", verdict="garment", colours=(("navy", 0.7), ("white", 0.3)), **attributes):
    """Return what the network might have made of a photo of a striped shirt."""
    told = {"pattern": "striped", "sleeve": "long", "material": "cotton", "seasons": ["winter", "spring"]} | attributes
    return Look(
        picture="picture:0",
        verdict=verdict,
        category=category,
        label="Shirt" if category else None,
        confidence=0.9,
        alternatives=[{"label": "Outwear", "confidence": 0.05}],
        attributes=Attributes(**told) if category else Attributes(),
        colours=[{"name": name, "hex": "#101010", "share": share} for name, share in colours],
        similar=[],
        embedding="AAAA",
        made_by="garments",
    )
