"""Items by how they look: embeddings in memory, compared all at once."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.errors import CatalogueError
from stylegraph.tools.fashion.vision.look import Look, Similar

Vectors = NDArray[np.float32]

SAMPLE = Path(__file__).parent / "data" / "catalogue.npz"
"""The sample catalogue's items."""


@dataclass(frozen=True)
class Gallery:
    """Embeddings of items.

    A plain product over all of them is exact and takes milliseconds for 100,000: no index earns its place here.
    """

    ids: Sequence[str]
    vectors: Vectors
    """Shape (n, 128), rows of unit length."""

    def nearest(self, embedding: Vectors, k: int, within: Collection[str] | None = None) -> list[Similar]:
        """Find the items that look most alike.

        Args:
            embedding: Shape (128,), unit length.
            k: How many at most.
            within: Ids to choose among, or None for all.
        """
        scores = self.vectors @ embedding
        if within is not None:
            chosen = frozenset(within)
            scores[[item not in chosen for item in self.ids]] = -np.inf
        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k] if k else np.array([], np.intp)
        ordered = best[np.argsort(-scores[best], kind="stable")].tolist()
        return [Similar(id=self.ids[i], score=round(float(scores[i]), 4)) for i in ordered if np.isfinite(scores[i])]

    def save(self, path: Path) -> None:
        """Write to a file (npz, half precision)."""
        with path.open("wb") as file:
            np.savez_compressed(file, ids=np.array(self.ids, np.str_), vectors=self.vectors.astype(np.float16))

    @classmethod
    def open(cls, path: Path) -> Gallery:
        """Read a file.

        Raises:
            CatalogueError: It is not there or not a gallery.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                ids, vectors = data["ids"].tolist(), data["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise CatalogueError(f"The gallery {path} can't be read: {str(error)[:200]}.", "Make it again.") from None
        return cls(ids, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


class Hanging:
    """Collects looks for a gallery."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        """Of what was taken in."""
        self._vectors: list[Vectors] = []

    def add(self, identity: str, look: Look) -> None:
        """Take in a look; one of no garment is left out."""
        if "embedding" in look:
            self.ids.append(identity)
            self._vectors.append(unpacked(look["embedding"]))

    def gallery(self) -> Gallery:
        """Return the gallery of all that was taken in."""
        return Gallery(self.ids, np.array(self._vectors, np.float32).reshape(len(self.ids), -1))


def gallery_of(catalogue: Path | None) -> Gallery | None:
    """Open the gallery of a catalogue: the file beside it that ends in `.npz`; None where there is none.

    Args:
        catalogue: CSV or JSONL; None: the sample catalogue.

    Raises:
        CatalogueError: The file is there and is no gallery.
    """
    path = SAMPLE if catalogue is None else catalogue.with_suffix(".npz")
    return Gallery.open(path) if path.is_file() else None


def packed(embedding: Vectors) -> str:
    """Write an embedding as text that JSON carries: base64 of little-endian float16."""
    return base64.b64encode(embedding.astype("<f2").tobytes()).decode()


def unpacked(text: str) -> Vectors:
    """Read what `packed` wrote: shape (128,), unit length."""
    embedding = np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)
    return embedding / np.linalg.norm(embedding)
