"""The questions that the local decisions are learned from, with their vectors."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from stylegraph.agent.decisions import Embedder, Vectors
from stylegraph.agent.local.data import read_yaml
from stylegraph.agent.local.words import load_words, words_digest

_SHIPPED = "prototypes.npz"
_SCALE = 127.0


class Prototype(NamedTuple):
    """A question of which the routes are known."""

    text: str
    routes: frozenset[str]
    intent: str
    """What small talk is after (`greeting`, `thanks`, `declined`, ...); empty for anything else."""


@cache
def load_prototypes() -> tuple[Prototype, ...]:
    """Read `prototypes.yaml`, once a process."""
    data = read_yaml("prototypes.yaml")
    routed = [
        Prototype(text, frozenset(routes.split("+")), "")
        for section in (data["routes"], data["combined"])
        for routes, texts in section.items()
        for text in texts
    ]
    talk = [Prototype(text, frozenset(["chat"]), intent) for intent, texts in data["chat"].items() for text in texts]
    return (*routed, *talk)


async def prototype_vectors(embedder: Embedder) -> Vectors:
    """Give the prototypes' vectors: those that were shipped, if they were made by this embedder of these texts."""
    texts = [prototype.text for prototype in load_prototypes()]
    shipped = _shipped()
    if shipped and shipped["vectors_of"] == digest(embedder.name, *texts):
        vectors = shipped["codes"].astype(np.float32) * (shipped["peak"] / _SCALE)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
    return await embedder.embed(texts)


def prototype_cues() -> Vectors:
    """Give the prototypes' cues: those that were shipped, if they were read with these words."""
    texts = [prototype.text for prototype in load_prototypes()]
    shipped = _shipped()
    if shipped and shipped["cues_of"] == digest(words_digest(), *texts):
        return np.asarray(shipped["cues"], dtype=np.float32)
    return load_words().features(texts)


def digest(*parts: str) -> str:
    """Name what is made of these texts."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


async def pack(embedder: Embedder) -> dict[str, np.ndarray]:
    """Give what is to be saved as `prototypes.npz`: one byte a number is enough for similarities to two digits."""
    texts = [prototype.text for prototype in load_prototypes()]
    vectors = await embedder.embed(texts)
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    return {
        "vectors_of": np.array(digest(embedder.name, *texts)),
        "codes": np.round(vectors / peak * _SCALE).astype(np.int8),
        "peak": peak.astype(np.float32),
        "cues_of": np.array(digest(words_digest(), *texts)),
        "cues": load_words().features(texts).astype(np.bool_),
    }


@cache
def _shipped() -> dict[str, np.ndarray]:
    path = files(__package__) / _SHIPPED
    if not path.is_file():
        return {}
    with path.open("rb") as file, np.load(file) as saved:
        return dict(saved)
