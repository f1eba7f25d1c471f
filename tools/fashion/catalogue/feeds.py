"""The exports and feeds of shop systems as plain rows: a product a row, its variants folded into it, only sizes in stock.

Shopify's product CSV and products.json, WooCommerce's CSV, Google Merchant Center's XML and TSV, schema.org's Product in JSON-LD:
known by their columns, so that nobody has to say what they are. Any other row passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from stylegraph.tools.fashion.catalogue.cells import is_gone
from stylegraph.tools.fashion.items.items import SOLD_OUT

Row = tuple[int, Mapping[str, Any]]
Cells = dict[str, Any]

_OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("color", "colour", "colors", "colours", "색상", "컬러", "색"), "color"),
    **dict.fromkeys(("size", "sizes", "사이즈", "치수", "호수"), "size"),
}
_NO_OPTION = frozenset({"default title", ""})
_SHOPIFY = frozenset({"Handle", "Title", "Variant Price"})
_SHOPIFY_INNER = re.compile(
    r"(?:Variant|Option\d|Image|SEO|Google Shopping|Gift Card|Published|Status|Cost per item|Unit Price)\b.*"
)
_UNSOLD = frozenset({"draft", "archived"})
_WOO = frozenset({"SKU", "Name", "Regular price"})
_WOO_KEPT = ("Name", "Description", "Short description", "Categories", "Tags", "Images", "Brands", "External URL")
_WOO_ATTRIBUTE = re.compile(r"Attribute (\d+) name")
_STOCK = "stock status"
"""The column of what is folded; `availability` is that of a feed that is still to be folded."""


def folded(rows: Iterable[Row]) -> Iterator[Row]:
    """Return rows with the variants of one product folded into one, where they are a shop system's; else as they are."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    rows, columns = chain([first], rows), frozenset(map(str, first[1]))
    if columns >= _SHOPIFY:
        yield from _grouped(rows, lambda row: str(row.get("Handle", "")), _shopify)
    elif columns >= _WOO:
        yield from _grouped(rows, _WooParents().of, _woocommerce)
    elif "item_group_id" in columns or "item group id" in columns or "availability" in columns:
        yield from _grouped(rows, _merchant_group, _merchant)
    else:
        yield from rows


def _grouped(
    rows: Iterator[Row],
    key: Callable[[Mapping[str, Any]], str],
    fold: Callable[[list[Mapping[str, Any]]], Cells | None],
) -> Iterator[Row]:
    """Fold neighbouring rows with one key; a row without a key stands alone."""
    place = 0

    def keyed(row: Row) -> object:
        nonlocal place
        place += 1
        return key(row[1]) or place

    for _, group in groupby(rows, keyed):
        members = list(group)
        if product := fold([row for _, row in members]):
            yield members[0][0], product


def _shopify(rows: list[Mapping[str, Any]]) -> Cells | None:
    head = rows[0]
    if str(head.get("Status", "")).lower() in _UNSOLD:
        return None
    product: Cells = {name: cell for name, cell in head.items() if not _SHOPIFY_INNER.fullmatch(name)}
    product["Image Src"] = head.get("Image Src", "")
    names = {
        n: next((str(row[f"Option{n} Name"]) for row in rows if row.get(f"Option{n} Name")), "") for n in (1, 2, 3)
    }
    variants = [
        Variant(
            {names[n]: str(row.get(f"Option{n} Value", "")) for n in (1, 2, 3) if names[n]},
            row.get("Variant Price"),
            _shopify_sells(row),
        )
        for row in rows
        if row.get("Variant Price")
    ]
    return product | joined(variants)


def _shopify_sells(row: Mapping[str, Any]) -> bool:
    untracked = "Variant Inventory Tracker" in row and not row["Variant Inventory Tracker"]
    goes_on = str(row.get("Variant Inventory Policy", "")).lower() == "continue"
    return untracked or goes_on or _is_left(row.get("Variant Inventory Qty"))


def _is_left(cell: object) -> bool:
    """Check whether an amount in stock is above none; what is not counted is there."""
    number = re.match(r"\s*(-?\d+)", str(cell if cell is not None else ""))
    return number is None or int(number[1]) > 0


class _WooParents:
    """Knows which product the rows of a WooCommerce export belong to: variations name their parent by SKU or id."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, row: Mapping[str, Any]) -> str:
        own = str(row.get("ID") or row.get("SKU") or "")
        if parent := str(row.get("Parent") or ""):
            return self._names.get(parent, parent.removeprefix("id:"))
        self._names = {str(row.get("SKU") or own): own, f"id:{own}": own}
        return own


def _woocommerce(rows: list[Mapping[str, Any]]) -> Cells | None:
    head, variations = rows[0], rows[1:]
    if str(head.get("Published", "1")) in {"-1", "0"}:
        return None
    product: Cells = {name: head[name] for name in _WOO_KEPT if head.get(name)}
    product |= {name: cell for name, cell in head.items() if name.startswith(("Meta: ", "GTIN"))}
    if images := product.pop("Images", ""):
        product["image"] = str(images).split(",")[0].strip()
    if categories := product.pop("Categories", ""):
        product["category"] = str(categories).split(",")[-1].strip()
    product["id"] = str(head.get("SKU") or head.get("ID") or "")
    sold = [row for row in variations or [head] if row.get("Sale price") or row.get("Regular price")]
    variants = [
        Variant(_woo_options(row), row.get("Sale price") or row.get("Regular price"), _woo_sells(row)) for row in sold
    ]
    return {
        **{name: values for name, values in _woo_listed(head).items() if not variations},
        **product,
        **joined(variants),
    }


def _woo_options(row: Mapping[str, Any]) -> dict[str, str]:
    numbers = [match[1] for name in row if (match := _WOO_ATTRIBUTE.fullmatch(name))]
    return {
        str(row[f"Attribute {n} name"]): str(row.get(f"Attribute {n} value(s)", ""))
        for n in numbers
        if row.get(f"Attribute {n} name") and "," not in str(row.get(f"Attribute {n} value(s)", ""))
    }


def _woo_listed(row: Mapping[str, Any]) -> Cells:
    """Return the attributes of a product without variations that have several values."""
    numbers = [match[1] for name in row if (match := _WOO_ATTRIBUTE.fullmatch(name))]
    pairs = ((str(row[f"Attribute {n} name"]), str(row.get(f"Attribute {n} value(s)", ""))) for n in numbers)
    return {
        _option(name): [one.strip() for one in values.split(",")] for name, values in pairs if name and "," in values
    }


def _woo_sells(row: Mapping[str, Any]) -> bool:
    return str(row.get("In stock?", "1")).lower() not in {"0", "no", "outofstock"} and _is_left(row.get("Stock"))


def _merchant_group(row: Mapping[str, Any]) -> str:
    return str(row.get("item_group_id") or row.get("item group id") or "")


def _merchant(rows: list[Mapping[str, Any]]) -> Cells:
    head = rows[0]
    product = {
        name: cell
        for name, cell in head.items()
        if name not in {"availability", "color", "size", "price", "sale_price"}
    }
    variants = [
        Variant(
            {name: str(row[name]) for name in ("color", "size") if row.get(name)},
            row.get("sale_price") or row.get("sale price") or row.get("price"),
            not is_gone(row.get("availability")),
        )
        for row in rows
    ]
    group = _merchant_group(head)
    return {**product, **({"id": group} if group else {}), **joined(variants)}


class Variant:
    """One variant of a product.

    Args:
        options: What tells it from the others: name -> value.
        price: As the shop writes it.
        sells: Whether it can be bought.
    """

    def __init__(self, options: Mapping[str, str], price: object, sells: bool) -> None:
        self.options = {_option(name): value for name, value in options.items() if value.lower() not in _NO_OPTION}
        self.price = price
        self.sells = sells


def _option(name: str) -> str:
    plain = name.strip().lower()
    return _OPTIONS.get(plain, plain)


def joined(variants: Sequence[Variant]) -> Cells:
    """Return what the variants of a product come to: options in stock, the lowest price, and whether anything is left."""
    there = [variant for variant in variants if variant.sells]
    cells: Cells = {}
    for name in dict.fromkeys(name for variant in variants for name in variant.options):
        of = there if name == "size" else there or variants
        cells[name] = list(dict.fromkeys(one.options[name] for one in of if name in one.options))
    if priced := [variant for variant in there or variants if variant.price not in (None, "")]:
        cells["price"] = min(priced, key=lambda variant: _amount(variant.price)).price
    if variants:
        cells[_STOCK] = "in stock" if there else SOLD_OUT
    return cells


def _amount(price: object) -> float:
    digits = re.search(r"\d[\d,]*(?:\.\d+)?", str(price))
    return float(digits[0].replace(",", "")) if digits else float("inf")


def products_in(document: object) -> Iterator[Cells]:
    """Return the products of a JSON document: Shopify's products.json, or schema.org's Product and ProductGroup in JSON-LD."""
    if isinstance(document, list):
        for one in document:
            yield from products_in(one)
    elif isinstance(document, dict):
        kinds = _kinds(document)
        if {"Product", "ProductGroup"} & kinds:
            yield _linked(document)
        elif "variants" in document and "title" in document:
            yield _shopify_json(document)
        elif not kinds and not _HOLDERS & document.keys():
            yield document
        for name in ("products", "@graph", "itemListElement", "item", "mainEntity"):
            yield from products_in(document.get(name))


_HOLDERS = frozenset({"products", "@graph", "itemListElement", "item", "mainEntity", "@context"})


def _kinds(document: Mapping[str, Any]) -> set[str]:
    kind = document.get("@type", [])
    return {str(one).rpartition("/")[2] for one in (kind if isinstance(kind, list) else [kind])}


def _shopify_json(product: Mapping[str, Any]) -> Cells:
    names = [str(one.get("name", "") if isinstance(one, dict) else one) for one in product.get("options", [])]
    variants = [
        Variant(
            {name: str(one.get(f"option{place}") or "") for place, name in enumerate(names, start=1)},
            one.get("price"),
            bool(one.get("available", True)) and _is_left(one.get("inventory_quantity")),
        )
        for one in product["variants"]
    ]
    images = product.get("images") or [product.get("image") or {}]
    cells = {"id": product.get("handle") or product.get("id"), "name": product["title"], "brand": product.get("vendor"),
             "description": product.get("body_html"), "category": product.get("product_type"), "tags": product.get("tags"),
             "image": images[0].get("src") if isinstance(images[0], dict) else images[0]}  # fmt: skip
    return cells | joined(variants)


def _linked(product: Mapping[str, Any]) -> Cells:
    members: list[Mapping[str, Any]] = [one for one in _listed(product.get("hasVariant")) if isinstance(one, dict)]
    audience = next((one for one in _listed(product.get("audience")) if isinstance(one, dict)), {})
    cells = {
        "id": product.get("productGroupID") or product.get("sku") or product.get("productID") or product.get("@id"),
        "name": product.get("name"), "description": product.get("description"), "brand": _name(product.get("brand")),
        "category": _name(product.get("category")), "material": _name(product.get("material")),
        "pattern": _name(product.get("pattern")), "audience": _name(audience.get("suggestedGender") or audience.get("audienceType")),
        "image": _first_address(product.get("image")), "url": product.get("url"),
    }  # fmt: skip
    offers = [(one, offer) for one in members or [product] for offer in _offers(one)]
    variants = [_offered(one, offer) for one, offer in offers] or [_offered(one, {}) for one in members or [product]]
    currency = next((str(offer["priceCurrency"]) for _, offer in offers if offer.get("priceCurrency")), "")
    return {
        **{name: cell for name, cell in cells.items() if cell},
        **joined(variants),
        **({"currency": currency} if currency else {}),
    }


def _offers(product: Mapping[str, Any]) -> list[dict[str, Any]]:
    offers: list[dict[str, Any]] = [one for one in _listed(product.get("offers")) if isinstance(one, dict)]
    return [inner for one in offers for inner in (_listed(one.get("offers")) or [one]) if isinstance(inner, dict)]


def _offered(product: Mapping[str, Any], offer: Mapping[str, Any]) -> Variant:
    specification = next((one for one in _listed(offer.get("priceSpecification")) if isinstance(one, dict)), {})
    price = offer.get("price") or offer.get("lowPrice") or specification.get("price")
    options = {name: _name(product.get(name)) for name in ("color", "size")}
    return Variant(
        {name: value for name, value in options.items() if value},
        price,
        not is_gone(offer.get("availability")),
    )


def _listed(value: object) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _name(value: object) -> str:
    first = next(iter(_listed(value)), "")
    return str(first.get("name", "") if isinstance(first, dict) else first)


def _first_address(value: object) -> str:
    first = next(iter(_listed(value)), "")
    return str(first.get("url") or first.get("contentUrl") or "" if isinstance(first, dict) else first)
