"""Documents to index, and indexes of every engine to put them in."""

import hashlib
from contextlib import asynccontextmanager
from itertools import count

import pytest

from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.chunks import split
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex


def make_document(name, text, title="", source="/notes", url=None, size=800, **metadata):
    """A document as ingestion would make it."""
    digest = hashlib.sha256(f"{title}{text}{metadata}".encode("utf-8", "replace")).hexdigest()
    return {
        "source": source,
        "id": name,
        "title": title,
        "url": url,
        "hash": digest,
        "metadata": metadata,
        "chunks": split(text, size, 0),
    }


@pytest.fixture(scope="session")
def embedder():
    return LocalEmbedder()


@pytest.fixture(scope="session")
def document():
    return make_document


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.integration)])
async def open_index(request, tmp_path, embedder):
    """Opens empty indexes of one engine; closes them at the end."""
    opened = on_elasticsearch if request.param == "elasticsearch" else in_files
    async with opened(request, tmp_path, embedder) as make:
        yield make


@asynccontextmanager
async def in_files(request, folder, embedder):
    names, opened = count(), []

    async def make():
        index = await EmbeddedIndex.open(folder / "indexes" / f"index{next(names)}.sqlite", embedder)
        opened.append(index)
        return index

    yield make
    for index in opened:
        await index.close()


@asynccontextmanager
async def on_elasticsearch(request, folder, embedder):
    from elastic_node import library_of_its_own

    names = count()
    async with library_of_its_own(request.getfixturevalue("elastic_node"), embedder) as library:
        yield lambda: library.index(f"index{next(names)}")


@pytest.fixture
async def index(open_index):
    return await open_index()


WARDROBE = [
    ("wool", "울 관리", "울 스웨터는 찬물에 손세탁합니다. 비틀어 짜지 말고 뉘어서 말립니다.", ["grey", "navy"], 89_000),
    ("linen", "Linen shirts", "Linen shirts stay cool in the summer heat. Iron them while damp.", ["white"], 45_000),
    ("denim", "청바지 세탁", "청바지는 뒤집어서 찬물에 빱니다. 자주 빨지 않는 편이 좋아요.", ["navy"], 59_000),
    (
        "silk",
        "Silk scarves",
        "Silk scarves fade in the sun. Wash them by hand with a mild soap.",
        ["red", "white"],
        120_000,
    ),
    ("padding", "패딩 세탁", "패딩은 중성세제로 빨고 건조기에 테니스공을 넣어 돌립니다.", ["black"], 210_000),
]


@pytest.fixture
async def wardrobe(index):
    """An index of five short documents, Korean and English, with colours and prices."""
    documents = [
        make_document(name, text, title, colours=colours, price=price, kind="care")
        for name, title, text, colours, price in WARDROBE
    ]
    await index.add(documents)
    return index
