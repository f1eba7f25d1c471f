"""One product of a made-up shop: what is true of it, apart from how the shop writes it."""

from __future__ import annotations

from dataclasses import dataclass, field


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
