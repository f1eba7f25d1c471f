"""What was learned from the labelled questions, kept beside them, so that the router is ready in milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from stylegraph.agent.local.router.examples import Prototype, load_prototypes
from stylegraph.agent.local.router.kernel_ridge import Head
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.gazetteer import words_digest

NAME = "examples.npz"
_SCALE = 127.0

Packed = dict[str, Any]
"""Name -> array."""


def pack(embedder: Embedder, head: Head) -> Packed:
    """Return what is to be saved of a head that was fitted on `coarse` vectors of all labelled questions."""
    peak = np.abs(head.vectors).max(axis=1, keepdims=True)
    return {
        "embedder": np.array(embedder.name),
        "words": np.array(words_digest()),
        **described(load_prototypes()),
        "labels": np.array(head.labels),
        "codes": np.round(head.vectors / peak * _SCALE).astype(np.int8),
        "peak": peak.astype(np.float32),
        "cues": head.cues.astype(np.bool_),
        "dual": head.dual,
        "grams": np.frombuffer("\n".join(head.gram_rows).encode(), dtype=np.uint8),
        "rarity": head.rarity.astype(np.float16),
        "gram_weights": head.gram_weights.astype(np.float16),
    }


def described(prototypes: Sequence[Prototype]) -> Packed:
    """Return what is kept of the questions themselves: enough to know one again, and what small talk is after."""
    intents = sorted({one.intent for one in prototypes})
    return {
        "questions": np.array(_digest(f"{one.text}\x1e{'+'.join(sorted(one.routes))}" for one in prototypes)),
        "texts": np.array([_number(one.text) for one in prototypes], dtype=np.uint32),
        "intents": np.array(intents),
        "intent": np.array([intents.index(one.intent) for one in prototypes], dtype=np.uint8),
    }


def coarse(vectors: Vectors) -> Vectors:
    """Return unit vectors as they come back from the file: a byte a number is enough for similarities to two digits."""
    peak = np.abs(vectors).max(axis=1, keepdims=True)
    return _unpacked(np.round(vectors / peak * _SCALE), peak)


def shipped_head(embedder: Embedder) -> Head | None:
    """Return what was learned, if it was learned with this embedder and these words."""
    if not _is_of(embedder) or _saved()["words"] != words_digest():
        return None
    saved = _saved()
    grams = saved["grams"].tobytes().decode().split("\n")
    return Head(
        labels=tuple(map(str, saved["labels"])),
        vectors=_unpacked_once(),
        cues=saved["cues"].astype(np.float32),
        dual=saved["dual"],
        gram_rows={gram: row for row, gram in enumerate(grams)},
        rarity=saved["rarity"].astype(np.float32),
        gram_weights=saved["gram_weights"].astype(np.float32),
    )


def is_current(embedder: Embedder) -> bool:
    """Check whether what is shipped was learned from the labelled questions as they are now."""
    return _is_of(embedder) and bool(_saved()["questions"] == described(load_prototypes())["questions"])


def is_known(text: str) -> bool:
    """Check whether a text is one of the labelled questions."""
    return _number(text) in _numbers() if _saved() else text in {one.text for one in load_prototypes()}


async def prototype_vectors(embedder: Embedder) -> Vectors:
    """Return the vectors of all labelled questions: those that were shipped, or made now."""
    return _unpacked_once() if is_current(embedder) else await embedder.embed([one.text for one in load_prototypes()])


async def talk_examples(embedder: Embedder) -> tuple[Vectors, list[str]]:
    """Return the vectors of what is small talk, and what each is after."""
    if _is_of(embedder):
        names, codes = _saved()["intents"], _saved()["intent"]
        rows = np.flatnonzero(names[codes] != "")
        return _unpacked_once()[rows], [str(name) for name in names[codes[rows]]]
    talk = [one for one in load_prototypes() if one.intent]
    return await embedder.embed([one.text for one in talk]), [one.intent for one in talk]


@cache
def _unpacked_once() -> Vectors:
    return _unpacked(_saved()["codes"].astype(np.float32), _saved()["peak"])


def _unpacked(codes: Vectors, peak: Vectors) -> Vectors:
    vectors = codes * (peak / _SCALE)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _is_of(embedder: Embedder) -> bool:
    return bool(_saved()) and _saved()["embedder"] == embedder.name


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


@cache
def _numbers() -> frozenset[int]:
    return frozenset(map(int, _saved()["texts"]))


@cache
def _saved() -> Packed:
    path = files(__package__) / NAME
    if not path.is_file():
        return {}
    with path.open("rb") as file, np.load(file) as saved:
        return dict(saved)
