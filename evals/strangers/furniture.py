"""A furniture shop, where nothing is worn: a feed for Google Merchant Center, TSV, prices as 249.00 GBP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from stylegraph.evals.strangers.product import Product, write_export

NAME = "furniture"
SEED = 23
_HEADER = (
    "id",
    "title",
    "description",
    "link",
    "availability",
    "price",
    "condition",
    "brand",
    "product_type",
    "color",
    "material",
)
_LINES = ("Harlow", "Ostra", "Winton", "Bexley", "Marlow", "Fenn", "Hoxton", "Tilda")
_COLOURS = ("Oak", "Walnut", "White", "Black", "Grey", "Green", "Navy", "Mustard", "Cream")
_KINDS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[int, int]]] = {
    "sofa": (("3 Seater Sofa", "2 Seater Sofa", "Corner Sofa"), "Living Room > Sofas", ("velvet", "linen", "leather"), (399, 1499)),
    "armchair": (("Armchair", "Accent Armchair"), "Living Room > Armchairs", ("velvet", "boucle", "leather"), (149, 599)),
    "dining-table": (("Extending Dining Table", "Round Dining Table"), "Dining > Tables", ("oak", "marble", "glass"), (199, 999)),
    "coffee-table": (("Coffee Table", "Nesting Coffee Table"), "Living Room > Tables", ("oak", "marble", "glass"), (79, 399)),
    "desk": (("Writing Desk", "Standing Desk"), "Home Office > Desks", ("oak", "steel"), (119, 599)),
    "office-chair": (("Office Chair", "Ergonomic Office Chair"), "Home Office > Chairs", ("mesh", "leather"), (89, 449)),
    "dining-chair": (("Set of 2 Dining Chairs", "Dining Chair"), "Dining > Chairs", ("velvet", "rattan", "oak"), (59, 249)),
    "bookcase": (("Bookcase", "Ladder Bookcase"), "Living Room > Storage", ("oak", "steel"), (99, 399)),
    "bed": (("Double Bed Frame", "King Size Bed Frame"), "Bedroom > Beds", ("velvet", "oak", "rattan"), (249, 899)),
    "mattress": (("Memory Foam Mattress", "Pocket Sprung Mattress"), "Bedroom > Mattresses", ("foam", "wool"), (149, 799)),
    "wardrobe": (("2 Door Wardrobe", "Sliding Wardrobe"), "Bedroom > Wardrobes", ("oak", "pine"), (249, 999)),
    "floor-lamp": (("Floor Lamp", "Arc Floor Lamp"), "Lighting > Floor Lamps", ("brass", "rattan"), (49, 249)),
    "table-lamp": (("Table Lamp", "Ceramic Table Lamp"), "Lighting > Table Lamps", ("brass", "ceramic"), (25, 129)),
    "rug": (("Area Rug", "Runner Rug"), "Textiles > Rugs", ("wool", "jute"), (49, 399)),
    "mirror": (("Wall Mirror", "Full Length Mirror"), "Decor > Mirrors", ("brass", "oak"), (39, 199)),
    "bar-stool": (("Bar Stool", "Swivel Bar Stool"), "Dining > Stools", ("leather", "rattan"), (59, 199)),
    "cushion": (("Scatter Cushion", "Velvet Cushion"), "Textiles > Cushions", ("velvet", "linen"), (15, 49)),
    "curtains": (("Blackout Curtains", "Linen Curtains"), "Textiles > Curtains", ("linen", "cotton"), (29, 149)),
    "coat-rack": (("Coat Rack", "Wall Coat Rack"), "Hallway > Coat Racks", ("oak", "steel"), (29, 129)),
    "shoe-cabinet": (("Shoe Cabinet", "Slim Shoe Cabinet"), "Hallway > Shoe Storage", ("oak", "steel"), (79, 249)),
}  # fmt: skip


def write(folder: Path) -> tuple[Path, list[Product]]:
    """Write the feed; return it with what is true of each product."""
    file = folder / f"{NAME}.tsv"
    return file, write_export(file, _HEADER, (([row], product) for row, product in _rows(Random(SEED))), delimiter="\t")


def _rows(dice: Random) -> Iterator[tuple[list[str], Product]]:
    number = 7000
    for kind, (names, sort, materials, prices) in _KINDS.items():
        for _ in range(14):
            number += 1
            colour, material, name = dice.choice(_COLOURS), dice.choice(materials), dice.choice(names)
            price, assembled = dice.randrange(*prices), dice.random() < 0.4
            storage = kind in {"sofa", "bed", "coffee-table"} and dice.random() < 0.4
            extra = f"{' With hidden storage.' if storage else ''}{' Delivered assembled.' if assembled else ''}"
            told = f"A {name.lower()} in {colour.lower()} {material}, made to be lived with.{extra}"
            traits = {material, *(("storage",) if storage else ()), *(("assembled",) if assembled else ())}
            traits |= {"velvet"} if name.startswith("Velvet") else {"linen"} if name.startswith("Linen") else set()
            product = Product(f"FN-{number}", kind, colour.lower(), price, traits=frozenset(traits))
            title = f"{dice.choice(_LINES)} {name}, {colour}"
            yield [product.id, title, told, f"https://shop.example/{product.id}", "in stock", f"{price}.00 GBP", "new",
                   "Harbour Home", f"Home > {sort}", colour, material.capitalize()], product  # fmt: skip
