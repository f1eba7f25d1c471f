"""The questions that the local decisions are learned from, with their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import yaml

from stylegraph.agent.decisions import Embedder, Vectors

_VECTORS = "prototypes.npz"
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
    data = yaml.safe_load((files(__package__) / "prototypes.yaml").read_text(encoding="utf-8"))
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
    shipped = _shipped(digest(embedder.name, texts))
    return shipped if shipped is not None else await embedder.embed(texts)


def digest(embedder: str, texts: Sequence[str]) -> str:
    """Name the vectors of these texts by this embedder."""
    return hashlib.blake2b("\x1f".join([embedder, *texts]).encode(), digest_size=16).hexdigest()


def pack(embedder: str, texts: Sequence[str], vectors: Vectors) -> dict[str, np.ndarray]:
    """Give what is to be saved as `prototypes.npz`: one byte a number is enough for similarities to two digits."""
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    return {
        "digest": np.array(digest(embedder, texts)),
        "codes": np.round(vectors / peak * _SCALE).astype(np.int8),
        "peak": peak.astype(np.float32),
    }


def _shipped(wanted: str) -> Vectors | None:
    path = files(__package__) / _VECTORS
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as saved:
        if str(saved["digest"]) != wanted:
            return None
        vectors = saved["codes"].astype(np.float32) * (saved["peak"] / _SCALE)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
