"""One product of a made-up shop: what is true of it, apart from how the shop writes it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Product:
    """What is true of a product."""

    id: str
    kind: str
    colour: str
    price: float
    """In the shop's currency."""
    audience: str = ""
    """`women`, `men`, `girls`, `boys`, `kids`, `baby`, `unisex`; empty where it is for nobody in particular."""
    sizes: tuple[str, ...] = ()
    """Those in stock."""
    traits: frozenset[str] = field(default_factory=frozenset)
    """Its material, and what else it is: `waterproof`, `velvet`."""


def write_export(
    file: Path,
    header: Sequence[str],
    products: Iterable[tuple[Sequence[Sequence[str]], Product]],
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> list[Product]:
    """Write a shop's export; return what is true of each product.

    Args:
        file: Where it goes.
        header: The names of its columns.
        products: The rows of each product, and the product.
        encoding: How the shop's software writes text.
        delimiter: What stands between columns.
    """
    written = []
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerow(header)
        for rows, product in products:
            writer.writerows(rows)
            written.append(product)
    return written
