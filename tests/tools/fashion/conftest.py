"""A catalogue that is indexed once a session, and readers over it and over a stranger's."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from stylegraph.agent.protocols import Vectors
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue, sample_items
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

STRANGER = [
    {"id": "a1", "name": "Emerald silk kimono robe", "category": "kimono", "colours": ["dark green"], "material": "silk",
     "seasons": ["monsoon"], "audience": "adults", "price_krw": 250000, "brand": "Nike", "fit": "regal"},
    {"id": "a2", "name": "서늘한 모시 한복", "category": "한복", "colours": ["옥색"], "material": "모시",
     "seasons": ["여름"], "audience": "kids", "price_krw": 180000, "brand": "설빔", "fit": "regal"},
    {"id": "a3", "name": "Canvas tote", "category": "Bags", "colours": ["Off White"], "material": "canvas",
     "seasons": ["summer", "monsoon"], "audience": "adults", "price_krw": 30000, "brand": "Nike", "fit": "roomy"},
    {"id": "a4", "name": "Navy Blue T-Shirt", "category": "T-Shirts", "colours": ["Navy Blue"], "material": "cotton",
     "seasons": ["summer"], "audience": "Women", "price_krw": 20000, "brand": "설빔", "fit": "roomy"},
]  # fmt: skip
"""A catalogue with values that ours does not have, and two columns of its own."""


class HashEmbedder:
    """An embedding by the hash of a text: for tests about conditions, which no embedding may change."""

    name = "hash"
    dimension = 512
    window = 200

    async def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [np.frombuffer(hashlib.blake2b(text.encode()).digest() * 8, dtype=np.uint8) for text in texts]
        vectors = np.stack(rows).astype(np.float32) - 127.5 if rows else np.zeros((0, 512), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self.embed(texts)


@pytest.fixture(scope="session")
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture(scope="session")
def reader() -> WishReader:
    return WishReader(vocabulary_of(sample_items()))


@pytest.fixture(scope="session")
def stranger_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("stranger") / "closet.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in STRANGER), "utf-8")
    return file


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample catalogue is indexed."""
    folder = tmp_path_factory.mktemp("home")

    async def index() -> None:
        await (await Catalogue.open(folder, HashEmbedder())).close()

    asyncio.run(index())
    return folder


@pytest.fixture
async def catalogue(home: Path) -> AsyncIterator[Catalogue]:
    opened = await Catalogue.open(home, HashEmbedder())
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def items() -> dict[str, Item]:
    return {item["id"]: item for item in sample_items()}
