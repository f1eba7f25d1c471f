"""How a stranger's shop is served: `python -m stylegraph.evals.bench.strangers --split tune`.

Four made-up shops (a Korean clothes mall, an English outdoor shop, a furniture shop, an Indian clothes shop) are written as such shops
export their products, imported by the machinery of `catalogue import`, and asked 60 wishes each, and plain ones beside those, all of
them tune. Printed for each shop and language: precision@5, the share of the first five that meet the whole wish, the share of
constraints that a shown product breaks without a word, and the share of wishes that the assistant's local router sends to the shop.
With STYLEGRAPH_ELASTICSEARCH_URL the same files are asked on the cluster as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from statistics import mean

from stylegraph.agent.settings import load_settings
from stylegraph.evals.cases import RouteCase
from stylegraph.evals.strangers import bazaar, furniture, mall, outdoor
from stylegraph.evals.strangers.product import Product
from stylegraph.evals.strangers.wishes import MORE, SHOWN, Judgement, StrangerCase, judge, load_wishes
from stylegraph.evals.training.router import as_state
from stylegraph.graphs.build import open_parts
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.source import FashionSource

Write = Callable[[Path], tuple[Path, list[Product]]]
SHOPS: Mapping[str, tuple[Write, str | None]] = {
    mall.NAME: (mall.write, None),
    outdoor.NAME: (outdoor.write, outdoor.CURRENCY),
    furniture.NAME: (furniture.write, None),
    bazaar.NAME: (bazaar.write, None),
}
"""Shop -> what writes its export, and the currency that its owner must name, if the export doesn't."""


@asynccontextmanager
async def on_cluster(shop: str, folder: Path) -> AsyncIterator[tuple[FashionSource, list[Product]]]:
    """Index a shop's export on the cluster that is set, under a prefix that nobody else has; it is removed again."""
    from stylegraph.tools.retrieval.elastic.cluster import Cluster
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

    write, currency = SHOPS[shop]
    file, products = write(folder)
    settings, embedder = load_settings(home=folder / "home"), LocalEmbedder()
    prefix = f"{settings.elasticsearch_prefix}.strangers-{secrets.token_hex(4)}"
    there = settings.model_copy(update={"elasticsearch_prefix": prefix})
    cluster = ElasticLibrary(there, embedder)
    source = await FashionSource.open(settings.home, embedder, file, cluster, currency=currency)
    try:
        yield source, products
    finally:
        await source.close()
        await cluster.close()
        made = Cluster(there)
        for index in (await made.client.indices.get(index=f"{made.prefix}*")).body:
            await made.client.indices.delete(index=index)
        await made.close()


@asynccontextmanager
async def opened(shop: str, folder: Path) -> AsyncIterator[tuple[FashionSource, list[Product]]]:
    """Import a shop into an empty home, and open what was imported."""
    write, currency = SHOPS[shop]
    file, products = write(folder)
    settings, embedder = load_settings(home=folder / "home"), LocalEmbedder()
    async with Stockroom(settings, embedder) as stock:
        await stock.import_file(file, currency=currency)
    source = await FashionSource.open(settings.home, embedder, settings.imported)
    try:
        yield source, products
    finally:
        await source.close()


async def judged(
    source: FashionSource, products: Sequence[Product], cases: Sequence[StrangerCase]
) -> list[tuple[StrangerCase, Judgement, list[str]]]:
    """Ask each wish; return it with its judgement and with what was told."""
    by_id = {product.id: product for product in products}
    found = []
    for case in cases:
        pieces, notes = await source.recommend(case.wish, SHOWN)
        shown = [(by_id[piece.id], piece.missed) for piece in pieces if piece.id in by_id]
        told = [note["text"] for note in notes] + [
            f"{one.id} {one.name} {one.price_krw} {one.missed}" for one in pieces
        ]
        found.append((case, judge(case, shown, [note["text"] for note in notes], products), told))
    return found


async def reached(folder: Path, cases: Sequence[StrangerCase]) -> frozenset[str]:
    """Return the ids of the wishes that the router of an assistant over the imported shop sends to it alone."""
    async with open_parts(load_settings(home=folder / "home", samples=True)) as parts:
        asked = {
            case.id: RouteCase(id=f"r-{case.language}-{place:04d}", text=case.wish, routes=["fashion"], language=case.language,
                               ask_back=False, split=case.split)
            for place, case in enumerate(cases)
        }  # fmt: skip
        routed = {name: (await parts.router.route(as_state(one)))["routing"]["routes"] for name, one in asked.items()}
    return frozenset(name for name, routes in routed.items() if routes == ["fashion"])


def figures(
    shop: str, store: str, found: Sequence[tuple[StrangerCase, Judgement, list[str]]], there: frozenset[str]
) -> Iterator[dict[str, object]]:
    """Return a line for each language."""
    for language in ("ko", "en"):
        asked = [case.id for case, *_ in found if case.language == language]
        own = [judgement for case, judgement, _ in found if case.language == language]
        if not own:
            continue
        precise = [one.precision for one in own if one.precision is not None]
        checked, unsaid = sum(one.checked for one in own), sum(len(one.unsaid) for one in own)
        yield {"shop": shop, "store": store, "language": language, "wishes": len(own), "precision@5": round(mean(precise), 3),
               "broken": sum(len(one.broken) for one in own), "unsaid": unsaid, "unsaid share": round(unsaid / checked, 3),
               "reached": round(len(there.intersection(asked)) / len(asked), 3)}  # fmt: skip


async def measure(split: str, shops: Sequence[str], *, each: bool) -> None:
    """Print the figures of one split."""
    stores = {"sqlite": opened, **({"elastic": on_cluster} if load_settings().elasticsearch_url else {})}
    there: frozenset[str] = frozenset()
    for shop, (store, way) in product(shops, stores.items()):
        asked = {
            name: [case for case in load_wishes(name) if case.split == split] for name in (shop, *MORE.get(shop, ()))
        }
        with tempfile.TemporaryDirectory() as folder:
            async with way(shop, Path(folder)) as (source, products):
                found = {name: await judged(source, products, cases) for name, cases in asked.items() if cases}
            cases = [case for listed in asked.values() for case in listed]
            there = await reached(Path(folder), cases) if store == "sqlite" else there
        for name, answered in found.items():
            for case, one, told in answered if each else ():
                if one.unsaid or (one.precision is not None and one.precision < 1):
                    print(case.id, case.wish, one.precision, one.broken, "unsaid:", one.unsaid, *told, sep="\n    ")
            for line in figures(name, store, answered, there):
                print(json.dumps({"split": split, **line}, ensure_ascii=False))


def main() -> None:
    """Print the figures of one split; with --each the wishes that were not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--shop", choices=[*SHOPS], action="append")
    parser.add_argument("--each", action="store_true", help="Show every wish that was not wholly met.")
    options = parser.parse_args()
    asyncio.run(measure(options.split, options.shop or [*SHOPS], each=options.each))


if __name__ == "__main__":
    main()
