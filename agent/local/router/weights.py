"""What was learned from the prototypes, kept in a file beside them, so that a process starts in milliseconds."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import numpy as np

from stylegraph.agent.local.router.examples import load_prototypes
from stylegraph.agent.local.router.kernel_ridge import Head
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.gazetteer import words_digest

NAME = "examples.npz"
_SCALE = 127.0

Packed = dict[str, np.ndarray]


def pack(embedder: Embedder, head: Head) -> Packed:
    """Return what is to be saved of a head that was fitted on `coarse` vectors."""
    peak = np.abs(head.vectors).max(axis=1, keepdims=True)
    return {
        "vectors_of": np.array(_vectors_of(embedder)),
        "learned_with": np.array(words_digest()),
        "codes": np.round(head.vectors / peak * _SCALE).astype(np.int8),
        "peak": peak.astype(np.float32),
        "cues": head.cues.astype(np.bool_),
        "dual": head.dual,
        "grams": np.frombuffer("\n".join(head.gram_rows).encode(), dtype=np.uint8),
        "rarity": head.rarity.astype(np.float16),
        "gram_weights": head.gram_weights.astype(np.float16),
    }


def coarse(vectors: Vectors) -> Vectors:
    """Return unit vectors as they come back from the file: a byte a number is enough for similarities to two digits."""
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    return _unpacked(np.round(vectors / peak * _SCALE), peak)


def shipped_vectors(embedder: Embedder) -> Vectors | None:
    """Return the prototypes' vectors, if those that were shipped were made by this embedder of these texts."""
    saved = _saved()
    if not saved or saved["vectors_of"] != _vectors_of(embedder):
        return None
    return _unpacked_once()


def shipped_head(embedder: Embedder) -> Head | None:
    """Return what was learned, if it was learned with this embedder from these texts and words."""
    saved, vectors = _saved(), shipped_vectors(embedder)
    if vectors is None or saved["learned_with"] != words_digest():
        return None
    grams = saved["grams"].tobytes().decode().split("\n")
    return Head(
        vectors=vectors,
        cues=saved["cues"].astype(np.float32),
        dual=saved["dual"],
        gram_rows={gram: row for row, gram in enumerate(grams)},
        rarity=saved["rarity"].astype(np.float32),
        gram_weights=saved["gram_weights"].astype(np.float32),
    )


async def prototype_vectors(embedder: Embedder) -> Vectors:
    """Return the prototypes' vectors: those that were shipped, or made now."""
    shipped = shipped_vectors(embedder)
    return shipped if shipped is not None else await embedder.embed([one.text for one in load_prototypes()])


@cache
def _unpacked_once() -> Vectors:
    return _unpacked(_saved()["codes"].astype(np.float32), _saved()["peak"])


def _unpacked(codes: Vectors, peak: Vectors) -> Vectors:
    vectors = codes * (peak / _SCALE)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _vectors_of(embedder: Embedder) -> str:
    """Name the texts, what is known of them, and what made their vectors."""
    parts = [f"{one.text}\x1e{'+'.join(sorted(one.routes))}" for one in load_prototypes()]
    return hashlib.blake2b("\x1f".join([embedder.name, *parts]).encode(), digest_size=16).hexdigest()


@cache
def _saved() -> Packed:
    path = files(__package__) / NAME
    if not path.is_file():
        return {}
    with path.open("rb") as file, np.load(file) as saved:
        return dict(saved)
