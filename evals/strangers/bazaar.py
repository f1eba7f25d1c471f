"""An Indian clothes shop: a CSV with semicolons, headers of its own trade (MRP, offer price, shade), rupees, stock beside each size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from stylegraph.evals.strangers.product import Product, write_export

NAME = "bazaar"
SEED = 24
_HEADER = ("style_id", "title", "brand", "dept", "article", "shade", "mrp", "offer_price", "sizes_available", "about")
_BRANDS = ("Vastra", "Neelam", "Oak & Ivory", "Roadline", "Tara Bai", "Gulmohar", "Studio Nine", "Kidoo")
_COLOURS = ("Black", "White", "Maroon", "Mustard", "Green", "Navy Blue", "Pink", "Red", "Grey", "Beige", "Teal")
_LETTERS, _WAISTS, _FEET = (
    ("S", "M", "L", "XL", "3XL"),
    ("28", "30", "32", "34", "36"),
    ("UK 5", "UK 6", "UK 7", "UK 8", "UK 9"),
)
_YEARS, _MONTHS = ("2-3Y", "4-5Y", "6-7Y", "8-9Y", "10-11Y"), ("0-3M", "3-6M", "6-12M")
_KINDS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...], tuple[int, int], tuple[str, ...]]] = {
    # kind: names, article, for whom, traits to choose from, prices, sizes
    "saree": (("Saree", "Saree with Blouse Piece"), "Sarees", ("Women",), ("Silk", "Cotton", "Georgette", "Printed"), (699, 5999), ()),
    "kurta": (("Straight Kurta", "A-Line Kurta"), "Kurtas", ("Women", "Men", "Boys"), ("Cotton", "Printed", "Embroidered", "Linen"), (399, 2499), _LETTERS),
    "lehenga": (("Lehenga Choli",), "Lehengas", ("Women", "Girls"), ("Silk", "Embroidered"), (1499, 8999), _LETTERS),
    "sherwani": (("Sherwani", "Sherwani Set"), "Sherwanis", ("Men", "Boys"), ("Silk", "Embroidered"), (2499, 9999), _LETTERS),
    "dupatta": (("Dupatta",), "Dupattas", ("Women",), ("Silk", "Cotton", "Printed"), (299, 1299), ()),
    "palazzo": (("Palazzos", "Flared Palazzo Pants"), "Palazzos", ("Women",), ("Cotton", "Printed"), (399, 1499), _LETTERS),
    "jeans": (("Slim Fit Jeans", "Straight Jeans"), "Jeans", ("Men", "Women", "Boys"), ("Stretchable", "Faded"), (799, 2999), _WAISTS),
    "tshirt": (("Round Neck T-shirt", "V-Neck T-shirt"), "Tshirts", ("Men", "Women", "Boys", "Girls"), ("Cotton", "Printed", "Striped"), (249, 1299), _LETTERS),
    "shirt": (("Casual Shirt", "Formal Shirt"), "Shirts", ("Men", "Boys"), ("Cotton", "Linen", "Checked", "Striped"), (599, 2499), _LETTERS),
    "dress": (("Fit and Flare Dress", "Maxi Dress"), "Dresses", ("Women", "Girls"), ("Floral", "Printed", "Georgette"), (699, 3499), _LETTERS),
    "top": (("Peplum Top", "Crop Top"), "Tops", ("Women",), ("Printed", "Floral", "Cotton"), (349, 1499), _LETTERS),
    "jacket": (("Denim Jacket", "Bomber Jacket", "Quilted Jacket"), "Jackets", ("Men", "Women", "Boys"), ("Windproof", "Hooded"), (999, 4999), _LETTERS),
    "sweatshirt": (("Sweatshirt",), "Sweatshirts", ("Men", "Women", "Girls"), ("Hooded", "Printed"), (599, 1999), _LETTERS),
    "trackpants": (("Track Pants", "Joggers"), "Track Pants", ("Men", "Women", "Boys"), ("Cotton", "Striped"), (399, 1799), _LETTERS),
    "shorts": (("Regular Shorts", "Sports Shorts"), "Shorts", ("Men", "Boys"), ("Cotton", "Printed"), (299, 1299), _WAISTS),
    "leggings": (("Churidar Leggings", "Ankle Length Leggings"), "Leggings", ("Women", "Girls"), ("Cotton", "Stretchable"), (249, 799), _LETTERS),
    "nightsuit": (("Night Suit",), "Night Suits", ("Women", "Boys", "Girls"), ("Cotton", "Printed"), (499, 1499), _LETTERS),
    "romper": (("Romper", "Bodysuit"), "Rompers", ("Infants",), ("Cotton", "Printed"), (249, 899), _MONTHS),
    "watch": (("Analogue Watch", "Digital Watch", "Chronograph Watch"), "Watches", ("Men", "Women"), ("Leather", "Water Resistant"), (799, 9999), ()),
    "wallet": (("Two Fold Wallet", "Card Holder Wallet"), "Wallets", ("Men", "Women"), ("Leather", "Textured"), (299, 1999), ()),
    "handbag": (("Handheld Bag", "Sling Bag", "Tote Bag"), "Handbags", ("Women",), ("Leather", "Textured"), (599, 3999), ()),
    "backpack": (("Laptop Backpack", "School Backpack"), "Backpacks", ("Unisex",), ("Water Resistant", "Textured"), (599, 2999), ()),
    "sunglasses": (("Aviator Sunglasses", "Wayfarer Sunglasses"), "Sunglasses", ("Men", "Women", "Unisex"), ("Polarised", "Mirrored"), (399, 3499), ()),
    "belt": (("Formal Belt", "Casual Belt"), "Belts", ("Men",), ("Leather", "Textured"), (299, 1499), ("30", "32", "34", "36")),
    "earrings": (("Jhumka Earrings", "Drop Earrings"), "Earrings", ("Women",), ("Gold-Plated", "Oxidised"), (149, 1299), ()),
    "sports-shoes": (("Running Shoes", "Walking Shoes"), "Sports Shoes", ("Men", "Women", "Boys"), ("Mesh", "Lightweight"), (999, 5999), _FEET),
    "heels": (("Block Heels", "Stilettos"), "Heels", ("Women",), ("Suede", "Textured"), (699, 2999), _FEET),
    "sandals": (("Comfort Sandals", "Sports Sandals"), "Sandals", ("Men", "Boys", "Girls"), ("Leather", "Lightweight"), (399, 1999), _FEET),
    "flip-flops": (("Flip-Flops", "Thong Flip-Flops"), "Flip Flops", ("Men", "Women", "Unisex"), ("Rubber", "Printed"), (149, 799), _FEET),
    "juttis": (("Ethnic Juttis", "Mojaris"), "Ethnic Shoes", ("Women", "Men"), ("Embroidered", "Leather"), (499, 1999), _FEET),
    "socks": (("Ankle Socks", "Pack of 3 Socks"), "Socks", ("Men", "Unisex"), ("Cotton", "Striped"), (99, 499), ()),
    "tie": (("Tie", "Tie and Pocket Square"), "Ties", ("Men",), ("Silk", "Striped"), (299, 1299), ()),
}  # fmt: skip
_AUDIENCE = {"Women": "women", "Men": "men", "Girls": "girls", "Boys": "boys", "Infants": "baby", "Unisex": "unisex"}
_WORN_WITH = (
    "jeans and sandals",
    "a white shirt",
    "juttis and a dupatta",
    "a denim jacket",
    "your favourite watch",
    "black leggings",
)
_MOODS = (
    "A must-have this season",
    "Easy to wear all day",
    "Made for celebrations",
    "Understated and versatile",
    "Fresh from our studio",
)
_PLUS = frozenset({"kurta", "jeans", "dress", "top", "palazzo"})


def write(folder: Path) -> tuple[Path, list[Product]]:
    """Write the export; return it with what is true of each product."""
    file = folder / f"{NAME}.csv"
    rows = (([row], product) for row, product in _rows(Random(SEED)))
    return file, write_export(file, _HEADER, rows, delimiter=";")


def _rows(dice: Random) -> Iterator[tuple[list[str], Product]]:
    number = 70400
    for kind, (names, article, audiences, traits, prices, sizes) in _KINDS.items():
        for _ in range(28):
            number += dice.randint(1, 9)
            colour, who, name, trait = (dice.choice(one) for one in (_COLOURS, audiences, names, traits))
            plus = kind in _PLUS and who == "Women" and dice.random() < 0.3
            words = [dice.choice(_BRANDS), who if dice.random() < 0.7 else "", colour if dice.random() < 0.6 else "",
                     "Plus Size" if plus else "", trait, name]  # fmt: skip
            price = dice.randrange(*prices) // 10 * 10 + 9
            stock = [(size, dice.choice((0, 0, 2, 5, 11))) for size in _sizes(sizes, who)]
            about = (f"{dice.choice(_MOODS)}: {'an' if name[0] in 'AE' else 'a'} {trait.lower()} {name.lower()} in {colour.lower()}. "
                     f"Team it with {dice.choice(_WORN_WITH)}.")  # fmt: skip
            named = {one.lower() for one in (trait, *name.split(), *(["plus size"] if plus else []))}
            product = Product(f"B{number}", kind, colour.lower(), float(price), _AUDIENCE[who],
                              tuple(size for size, left in stock if left), frozenset(named))  # fmt: skip
            yield [product.id, " ".join(filter(None, words)), words[0], who, article, colour, f"Rs. {price * 2:,}", f"Rs. {price:,}",
                   ", ".join(f"{size} ({left})" for size, left in stock), about], product  # fmt: skip


def _sizes(sizes: tuple[str, ...], who: str) -> tuple[str, ...]:
    return _YEARS if sizes in (_LETTERS, _WAISTS) and who in {"Boys", "Girls"} else sizes
