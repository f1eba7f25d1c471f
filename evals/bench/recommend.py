"""How good recommendations are: nDCG@10 beside keywords, BM25 and vectors. `python -m stylegraph.evals.bench.recommend`.

One table: for each language the mean nDCG@10 of what we recommend, of matching keywords (an item scores by how many
of the wish's words stand in its text), of BM25 alone and of vectors alone, all over the same texts of the same items.
The grades come from `evals/cases/recommendations.yaml` by the rules written there; no code of the recommender is used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean

from stylegraph.evals.bench.labelled import K, ndcg
from stylegraph.evals.cases import RecommendationCase, load_cases
from stylegraph.evals.harness.relevance import Item, grade
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.catalogue.preparing import shelved
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.hybrid.index import Document
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

Way = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the ids of the first ten items for a wish."""


def by_keywords(items: Sequence[Item], texts: Mapping[str, str]) -> Way:
    """Return the way of the notes: the items in whose text most words of the wish stand; a tie goes by their order."""

    async def ranked(wish: str) -> list[str]:
        words = re.findall(r"[\w가-힣]+", wish.lower())
        scores = {item["id"]: sum(word in texts[item["id"]] for word in words) for item in items}
        return sorted((one for one in scores if scores[one]), key=lambda one: -scores[one])[:K]

    return ranked


async def measure(split: str) -> dict[str, dict[str, float]]:
    """Return language -> way -> mean nDCG@10."""
    items, embedder = sample_items(), LocalEmbedder()
    documents: list[Document] = [{**shelved(item, item["id"]).document, "metadata": {}} for item in items]
    with tempfile.TemporaryDirectory() as folder:
        source = await FashionSource.open(Path(folder), embedder)
        index = await EmbeddedIndex.open(Path(folder) / "plain.sqlite", embedder)
        await index.add(documents)

        async def ours(wish: str) -> list[str]:
            return [one.id for one in (await source.recommend(wish, K))[0]][:K]

        async def words(wish: str) -> list[str]:
            return [hit["document"] for hit in await index.search(wish, K, leg="lexical")]

        async def meaning(wish: str) -> list[str]:
            return [hit["document"] for hit in await index.search(wish, K, leg="dense")]

        texts = {one["id"]: f"{one['title']} {one['chunks'][0]['text']}".lower() for one in documents}
        ways: dict[str, Way] = {"ours": ours, "keywords": by_keywords(items, texts), "BM25": words, "vectors": meaning}
        chosen = [case for case in load_cases("recommendations") if case.split == split]
        gains = [(case, {name: await _gain(case, way, items) for name, way in ways.items()}) for case in chosen]
        await source.close()
        await index.close()
    for case, gain in gains:
        if _shown:
            print(case.id, {name: round(value, 2) for name, value in gain.items()}, case.text)
    told = {}
    for language in ("ko", "en"):
        own = [gain for case, gain in gains if case.language == language]
        told[language] = {"wishes": float(len(own)), **{name: mean(gain[name] for gain in own) for name in ways}}
    return told


_shown: list[bool] = []


async def _gain(case: RecommendationCase, way: Way, items: Sequence[Item]) -> float:
    return ndcg(await way(case.text), {item["id"]: grade(case, item) for item in items})


def main() -> None:
    """Print the table of one split, a line a language, and the margin over the best of the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    parser.add_argument("--each", action="store_true", help="Show every wish.")
    options = parser.parse_args()
    _shown.extend([True] if options.each else [])
    for language, figures in asyncio.run(measure(options.split)).items():
        margin = figures["ours"] - max(value for name, value in figures.items() if name not in {"ours", "wishes"})
        row = {name: round(value, 3) for name, value in {**figures, "margin": margin}.items()}
        print(json.dumps({"split": options.split, "language": language, **row}))


if __name__ == "__main__":
    main()
