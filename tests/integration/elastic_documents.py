"""Documents for the tests of the Elasticsearch index."""

from __future__ import annotations

import hashlib

import numpy as np

from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document

TEXTS = {
    "wool": ("울 니트 세탁", "울 니트는 30도 이하의 물에 중성세제로 손세탁하고, 그늘에 뉘어 말립니다."),
    "linen": (
        "린넨 셔츠 다림질",
        "린넨은 젖어 있을 때 높은 온도로 다리면 구김이 펴집니다. 여름 셔츠에 좋습니다.",
    ),
    "denim": ("데님 물빠짐", "새 청바지는 뒤집어서 찬물에 따로 빨아야 물이 덜 빠집니다."),
    "wine": ("Red wine on cotton", "Blot the stain, pour soda water over it, then wash the cotton at 40 degrees."),
    "coat": (
        "Storing winter coats",
        "Brush the coat, let it air, and store it in a breathable bag with cedar.",
    ),
    "leather": ("가죽 재킷 관리", "가죽은 젖으면 마른 천으로 닦고, 한 달에 한 번 전용 크림을 바릅니다."),
    "down": ("패딩 세탁법", "패딩은 지퍼를 잠그고 중성세제로 세탁한 뒤, 테니스공과 함께 건조기로 말립니다."),
    "silk": ("Silk blouses", "Wash silk by hand in cold water and never wring it; iron it inside out while damp."),
    "summer": ("여름 코디", "더운 날에는 린넨이나 시어서커처럼 바람이 통하는 소재의 반팔 티셔츠가 시원합니다."),
    "rain": ("장마철 신발", "비 오는 날에는 방수 부츠를 신고, 젖은 신발은 신문지를 넣어 말립니다."),
}
QUESTIONS = (
    "니트 세탁은 어떻게 해?",
    "여름에 시원한 소재",
    "반팔티셔츠",
    "how do I get red wine out of cotton",
    "가죽 재킷이 젖었어요",
    "store a winter coat",
    "중성세제",
)


class Bag:
    """An embedding that costs nothing: the sum of a direction for each word."""

    name = "bag-of-words"
    dimension = 64
    window = 200

    async def embed(self, texts):
        rows = [sum((_direction(word) for word in tokenize(text)), np.zeros(64)) for text in texts]
        vectors = np.array(rows).reshape(-1, 64)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths, lengths, 1)).astype(np.float32)

    async def embed_queries(self, texts):
        return await self.embed(texts)


class OtherBag(Bag):
    name = "another-bag"


def document(name, *texts, source="care", title="", content=None, **metadata):
    return Document(
        source=source,
        id=name,
        title=title,
        url=None,
        hash=content or hashlib.blake2b("|".join(texts).encode("utf-8", "replace"), digest_size=8).hexdigest(),
        metadata=metadata,
        chunks=[Chunk(text=text, locator={"start": 0, "end": len(text)}) for text in texts],
    )


def guide():
    """Ten short documents, each of two chunks, with fields to filter by."""
    return [
        document(name, text, f"{title}. {text[:20]}", title=title, number=number, lang=["ko", "en"][title.isascii()])
        for number, (name, (title, text)) in enumerate(TEXTS.items())
    ]


def _direction(word):
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).standard_normal(64)
