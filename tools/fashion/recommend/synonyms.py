"""Another word of the catalogue for something it has no word for: couch is a sofa there, 텐트 a tent, hanbok 한복.

Its own words decide: one that sounds the same in the other script, else one whose meaning is as near as that of a translation.
"""

from __future__ import annotations

from dataclasses import dataclass

from stylegraph.agent.decisions import Embedder, Vectors
from stylegraph.tools.fashion.query.loanwords import may_sound_alike, sounds_alike
from stylegraph.tools.fashion.query.nouns import Nouns, words_of

_NEAR = 0.62
"""Cosine of the local embedding from which two words are one thing: translations of the tune shops' kinds lie above, others below."""
_HEARD = 0.4
"""The same for words that have the same consonants."""


@dataclass(frozen=True)
class Synonym:
    """A word of the catalogue that stands for another."""

    words: list[str]
    is_same: bool
    """Whether it is the same word in another script, which needs no telling."""


class Synonyms:
    """Looks for synonyms among what the items of a catalogue are called.

    Args:
        nouns: The catalogue's words.
        embedder: Compares meanings.
    """

    def __init__(self, nouns: Nouns, embedder: Embedder) -> None:
        self._nouns = nouns
        self._embedder = embedder
        self._vectors: Vectors | None = None

    async def of(self, phrase: str) -> Synonym | None:
        """Return the catalogue's word for something, None where it has none."""
        heads = self._nouns.heads
        said = " ".join(words_of(phrase))
        if not heads or not said:
            return None
        if (heard := next((head for head in heads if sounds_alike(said, head)), None)) is not None:
            return Synonym(heard.split(), is_same=True)
        if self._vectors is None:
            self._vectors = await self._embedder.embed(heads)
        likeness = self._vectors @ (await self._embedder.embed_queries([said]))[0]
        ranked = sorted(zip(heads, map(float, likeness), strict=True), key=lambda pair: -pair[1])
        head, near = ranked[0]
        if near >= _NEAR:
            return Synonym(head.split(), is_same=False)
        heard = next((head for head, near in ranked if near >= _HEARD and may_sound_alike(said, head)), None)
        return Synonym(heard.split(), is_same=True) if heard else None
