"""Another word of the catalogue for something it has no word for: couch is a sofa there, 텐트 a tent, hanbok 한복.

Its own words decide: one that is known to be the same (`words/goods.yaml`), one that sounds the same in the other script, else one
whose meaning is as near as that of a translation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.tools.fashion.query.goods import other_names
from stylegraph.tools.fashion.query.loanwords import may_sound_alike, sounds_alike, spelt_alike
from stylegraph.tools.fashion.query.nouns import Nouns, words_of

_NEAR = 0.62
"""Cosine of the local embedding from which two words are one thing: translations of the tune shops' kinds lie above, others below."""
_NEAR_TRAIT = 0.69
"""The same for what items are said to be, whose words are farther from what is meant."""
_HEARD = 0.38
"""The same for words that have the same consonants."""
_LONGEST = 5
"""Words of a phrase that are looked at."""


@dataclass(frozen=True)
class Synonym:
    """A word of the catalogue that stands for another."""

    said: str
    words: list[str]
    is_same: bool
    """Whether it is the same word in another script, which needs no telling."""


@dataclass(frozen=True)
class _Match:
    start: int
    end: int
    synonym: Synonym
    near: float


class Synonyms:
    """Looks for synonyms among what the items of a catalogue are called, and what they are said to be.

    Args:
        nouns: The catalogue's words.
        embedder: Compares meanings.
    """

    def __init__(self, nouns: Nouns, embedder: Embedder) -> None:
        self._nouns = nouns
        self._embedder = embedder
        self._vectors: dict[bool, Vectors] = {}

    async def of(self, phrase: str) -> tuple[list[Synonym], list[str]]:
        """Return the catalogue's words for the parts of a phrase, the surest reading of it, and the words that it has nothing for."""
        words = phrase.split()[:_LONGEST]
        found = await self._best(words)
        if found is None:
            return [], words
        before, after = await self.of(" ".join(words[: found.start])), await self.of(" ".join(words[found.end :]))
        return [*before[0], found.synonym, *after[0]], [*before[1], *after[1]]

    async def whole(self, phrase: str) -> Synonym | None:
        """Return what items are called that a phrase as a whole stands for: 다운 재킷, a down jacket."""
        words = phrase.split()
        match = await self._match(words, (0, len(words)), as_heads=True)
        return match.synonym if match else None

    async def trait(self, word: str) -> Synonym | None:
        """Return what items are said to be that a word stands for: 방수, waterproof."""
        match = await self._match([word], (0, 1), as_heads=False)
        return match.synonym if match else None

    async def _best(self, words: Sequence[str]) -> _Match | None:
        """Return the part of a phrase that is the surest: what an item is before what it is said to be."""
        spans = [(start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
        for as_heads in (True, False):
            matches = [await self._match(words, span, as_heads=as_heads) for span in spans]
            if found := [match for match in matches if match is not None]:
                return max(found, key=lambda match: (match.near, match.end - match.start))
        return None

    async def _match(self, words: Sequence[str], span: tuple[int, int], *, as_heads: bool) -> _Match | None:
        candidates = self._nouns.heads if as_heads else self._nouns.traits
        text = " ".join(words[slice(*span)])
        said = " ".join(words_of(text))
        if not candidates or not said:
            return None

        def match(word: str, near: float, *, is_same: bool) -> _Match:
            return _Match(*span, Synonym(text, word.split(), is_same), near)

        there = set(candidates)
        known = next((name for name in other_names(said) if name in there), None)
        if known is None and not as_heads:  # a part of a longer word, as 물세탁 of 물세탁할
            known = next((name for name in other_names(said) if all(map(self._nouns.place, name.split()))), None)
        if known is not None:
            return match(known, 1.0, is_same=said.isascii() != known.isascii())
        if (heard := next((word for word in candidates if sounds_alike(said, word)), None)) is not None:
            return match(heard, 1.0, is_same=True)
        if as_heads and (spelt := next((word for word in candidates if spelt_alike(said, word)), None)) is not None:
            return match(spelt, 1.0, is_same=False)
        if as_heads not in self._vectors:
            self._vectors[as_heads] = await self._embedder.embed(candidates)
        likeness = map(float, self._vectors[as_heads] @ (await self._embedder.embed_queries([said]))[0])
        ranked = sorted(zip(candidates, likeness, strict=True), key=lambda pair: -pair[1])
        if ranked[0][1] >= (_NEAR if as_heads else _NEAR_TRAIT):
            return match(*ranked[0], is_same=may_sound_alike(said, ranked[0][0]))
        heard, near = next(
            ((word, near) for word, near in ranked if near >= _HEARD and may_sound_alike(said, word)), ("", 0.0)
        )
        return match(heard, near, is_same=True) if heard else None
