"""Any number of realistic chunks, made quickly: real sentences in new orders, with a vocabulary that goes on growing."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import sentences
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document, EncodedDocument

_SENTENCES_IN_POOL = 3000
_CHUNK_CHARS = 500
_WINDOW_CHARS = 200
_RARE = 12
"""A token that the pool holds less often than this is taken to be a name or a term, and varies from chunk to chunk."""


@dataclass(frozen=True)
class Pool:
    """Sentences with their tokens and vectors."""

    texts: list[str]
    tokens: list[list[str]]
    vectors: Vectors
    rare: frozenset[str]


def pool() -> Pool:
    """Read the guide's and the catalogue's sentences, Korean and English, and encode each once."""
    texts = sorted(set(_sentences()))
    random.Random(3).shuffle(texts)
    texts = texts[:_SENTENCES_IN_POOL]
    tokens = [tokenize(text) for text in texts]
    counts = Counter(token for some in tokens for token in some)
    rare = frozenset(token for token, count in counts.items() if count < _RARE)
    return Pool(texts, tokens, LocalEmbedder().encode(texts), rare)


def compose(made_of: Pool, count: int, seed: int = 5) -> Iterator[tuple[Document, EncodedDocument]]:
    """Return documents of one chunk, each with what encoding it would give.

    Rare tokens get one of ever more numbers (a new one with falling probability), which gives the long tail of Zipf's
    law; a window's vector is the mean of its sentences' vectors with some noise, of unit length.
    """
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    for number in range(count):
        picked = list(_pick(made_of, chance))
        text = "\n".join(made_of.texts[index] for index in picked)
        tokens = [_varied(token, made_of, chance, number) for index in picked for token in made_of.tokens[index]]
        vectors = _windows(made_of, picked, noise)
        document = Document(
            source="composed",
            id=f"d{number}",
            title=made_of.texts[picked[0]][:40],
            url=None,
            hash=str(number),
            metadata={"colour": chance.choice(["red", "blue", "green", "black"]), "price": chance.randrange(100_000)},
            chunks=[Chunk(text=text, locator={"start": 0, "end": len(text)})],
        )
        encoded = EncodedDocument(
            title=" ".join(made_of.tokens[picked[0]][:8]),
            chunks=[" ".join(tokens)],
            windows=[0] * len(vectors),
            vectors=vectors,
        )
        yield document, encoded


def queries(made_of: Pool, count: int, seed: int = 9) -> list[str]:
    """Return texts as long as questions: a run of 5 to 12 words of a sentence."""
    chance = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        words = chance.choice(made_of.texts).split()
        if len(words) >= 5:
            length = chance.randint(5, 12)
            start = chance.randrange(max(1, len(words) - length))
            found.append(" ".join(words[start : start + length]))
    return found


def _sentences() -> Iterator[str]:
    tools = files("stylegraph.tools")
    for page in (tools / "knowledge" / "guide").iterdir():
        yield from (line for line in sentences(page.read_text(encoding="utf-8")) if not line.startswith("#"))
    catalogue = (tools / "fashion" / "data" / "catalogue.jsonl").read_text(encoding="utf-8")
    for item in map(json.loads, catalogue.splitlines()):
        yield from (item["description_ko"], item["description_en"])


def _pick(made_of: Pool, chance: random.Random) -> Iterator[int]:
    length = 0
    while length < _CHUNK_CHARS:
        index = chance.randrange(len(made_of.texts))
        length += len(made_of.texts[index])
        yield index


def _varied(token: str, made_of: Pool, chance: random.Random, number: int) -> str:
    if token not in made_of.rare:
        return token
    return f"{token}{int((number + 1) ** chance.random())}"


def _windows(made_of: Pool, picked: list[int], noise: np.random.Generator) -> Vectors:
    per_window = max(1, round(len(picked) * _WINDOW_CHARS / _CHUNK_CHARS))
    indexes = iter(picked)
    means = []
    while some := list(islice(indexes, per_window)):
        means.append(made_of.vectors[some].mean(axis=0))
    blurred = np.array(means) + noise.normal(0, 0.01, (len(means), means[0].shape[0]))
    unit: Vectors = (blurred / np.linalg.norm(blurred, axis=1, keepdims=True)).astype(np.float32)
    return unit
