"""An English outdoor shop: Shopify's product CSV, a row a variant, prices without a currency, stock by variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from stylegraph.evals.strangers.product import Product, write_export

NAME = "outdoor"
CURRENCY = "USD"
SEED = 22
_HEADER = ("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value", "Option2 Name",
           "Option2 Value", "Variant SKU", "Variant Inventory Qty", "Variant Price", "Status")  # fmt: skip
_LINES = ("Ridgeway", "Larch", "Tarn", "Cairn", "Fellside", "Alder", "Skye", "Merlin")
_COLOURS = ("Black", "Navy", "Olive", "Red", "Orange", "Grey", "Teal", "Yellow")
_LETTERS, _FEET, _AGES = ("S", "M", "L", "XL"), ("7", "8", "9", "10", "11"), ("4", "6", "8", "10", "12")
_KINDS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...], tuple[int, int], tuple[str, ...]]] = {
    # kind: names, type, audiences, traits to choose from, prices, sizes
    "tent": (("2-Person Tent", "Tunnel Tent", "Backpacking Tent"), "Tents", ("",), ("waterproof", "ultralight"), (119, 549), ()),
    "sleeping-bag": (("Down Sleeping Bag", "3-Season Sleeping Bag"), "Sleeping Bags", ("",), ("down", "synthetic"), (79, 399), ()),
    "backpack": (("30L Backpack", "Trekking Rucksack"), "Packs", ("",), ("waterproof", "recycled"), (59, 249), ()),
    "hiking-boots": (("Hiking Boots", "Mid Hiking Boots"), "Footwear", ("Men's", "Women's"), ("waterproof", "leather"), (99, 259), _FEET),
    "trail-shoes": (("Trail Running Shoes",), "Footwear", ("Men's", "Women's"), ("waterproof", "mesh"), (79, 169), _FEET),
    "rain-jacket": (("Rain Jacket", "Shell Jacket"), "Jackets", ("Men's", "Women's"), ("waterproof", "packable"), (89, 349), _LETTERS),
    "down-jacket": (("Down Jacket", "Hooded Down Jacket"), "Jackets", ("Men's", "Women's"), ("down", "packable"), (149, 399), _LETTERS),
    "fleece": (("Grid Fleece", "Fleece Pullover"), "Midlayers", ("Men's", "Women's"), ("recycled", "windproof"), (49, 139), _LETTERS),
    "base-layer": (("Merino Base Layer", "Thermal Base Layer"), "Base Layers", ("Men's", "Women's"), ("merino", "synthetic"), (39, 119), _LETTERS),
    "kids-jacket": (("Kids' Rain Jacket", "Kids' Puddle Jacket"), "Kids", ("Kids'",), ("waterproof", "recycled"), (39, 89), _AGES),
    "kids-boots": (("Kids' Hiking Boots",), "Kids", ("Kids'",), ("waterproof", "leather"), (45, 89), ("1", "2", "3", "4")),
    "headlamp": (("Headlamp", "Rechargeable Headlamp"), "Lighting", ("",), ("rechargeable", "waterproof"), (19, 99), ()),
    "stove": (("Camp Stove", "Canister Stove"), "Camp Kitchen", ("",), ("titanium", "windproof"), (29, 189), ()),
    "bottle": (("Insulated Water Bottle", "Steel Water Bottle"), "Hydration", ("",), ("insulated", "steel"), (15, 49), ()),
    "poles": (("Trekking Poles", "Folding Trekking Poles"), "Trekking Poles", ("",), ("carbon", "aluminium"), (49, 199), ()),
    "hammock": (("Camping Hammock", "Double Hammock"), "Hammocks", ("",), ("ultralight", "recycled"), (39, 129), ()),
    "cooler": (("Hard Cooler", "Soft Cooler"), "Coolers", ("",), ("insulated", "recycled"), (59, 329), ()),
    "harness": (("Climbing Harness", "Alpine Harness"), "Climbing", ("",), ("ultralight", "recycled"), (49, 139), ("S", "M", "L")),
    "beanie": (("Merino Beanie", "Ribbed Beanie"), "Accessories", ("",), ("merino", "recycled"), (19, 45), ()),
    "gloves": (("Softshell Gloves", "Ski Gloves"), "Accessories", ("Men's", "Women's"), ("waterproof", "leather"), (25, 119), ("S", "M", "L")),
}  # fmt: skip
_TRAITS = frozenset(trait for _, _, _, traits, _, _ in _KINDS.values() for trait in traits)
_AUDIENCE = {"Men's": "men", "Women's": "women", "Kids'": "kids", "": ""}


def write(folder: Path) -> tuple[Path, list[Product]]:
    """Write the export; return it with what is true of each product."""
    file = folder / f"{NAME}.csv"
    return file, write_export(file, _HEADER, _products(Random(SEED)))


def _products(dice: Random) -> Iterator[tuple[list[list[str]], Product]]:
    for kind, (names, sort, audiences, traits, prices, sizes) in _KINDS.items():
        for number in range(12):
            colour, who, name, trait = (
                dice.choice(_COLOURS),
                dice.choice(audiences),
                dice.choice(names),
                dice.choice(traits),
            )
            handle = f"{kind}-{number:02d}"
            lead = f"{who} " if who and who not in name else ""
            title = f"{dice.choice(_LINES)} {lead}{name}"
            price = dice.randrange(*prices) + 0.95
            body = (
                f"<p>{_told(trait)} A {name.lower().replace(chr(39), '')} for long days out.</p>"
                f"<ul><li>Colour: {colour}</li><li>{trait.capitalize()}</li></ul>"
            )
            stock = [0 if dice.random() < 0.35 else dice.randint(1, 20) for _ in sizes or ("",)]
            if not any(stock):
                stock[0] = 3
            rows = list(_variants((handle, title, body, sort, f"{trait}, camping"), colour, sizes, stock, price))
            there = tuple(size for size, left in zip(sizes, stock, strict=False) if left)
            named = {
                word for word in name.lower().split() if word in _TRAITS
            }  # what its name says is true of it as well
            product = Product(handle, kind, colour.lower(), price, _AUDIENCE[who], there, frozenset({trait, *named}))
            yield rows, product


def _variants(
    told: tuple[str, str, str, str, str], colour: str, sizes: Sequence[str], stock: Sequence[int], price: float
) -> Iterator[list[str]]:
    handle, title, body, sort, tags = told
    for place, size in enumerate(sizes or ("",)):
        first = [title, body, "Fell & Field", sort, tags, "TRUE"] if not place else [""] * 6
        option = ["Color" if not place else "", colour, ("Size" if not place else "") if size else "", size]
        yield [handle, *first, *option, f"{handle}-{size or 'one'}", str(stock[place]), f"{price:.2f}", "active"]


def _told(trait: str) -> str:
    return {
        "waterproof": "Fully waterproof with taped seams.", "ultralight": "Ultralight, so you forget it is there.",
        "down": "Filled with responsibly sourced down.", "recycled": "Made from recycled fabric.",
        "merino": "Soft merino wool keeps odours away.", "insulated": "Insulated to keep its temperature all day.",
    }.get(trait, f"Made with {trait} parts that last.")  # fmt: skip
