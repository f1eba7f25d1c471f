"""A shop's goods under a name that the router has learned of: of "a velvet sofa" is asked as of "a velvet shirt".

The router learned from questions on clothes where a question goes. How somebody asks for a thing, or how it is cared for, is
the same of a sofa; only the noun is strange.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.goods import is_good
from stylegraph.tools.fashion.query.lexicon import normalise
from stylegraph.tools.fashion.query.nouns import Nouns

_WORD = re.compile(r"[가-힣]+|[a-z]+(?:['’-][a-z]+)*", re.IGNORECASE)
_LONGEST = 3
"""Words of a name."""
_SHORT = 2
_AS: Mapping[bool, str] = {True: "shirt", False: "셔츠"}
"""Whether a name is written in Latin letters -> what it is called instead."""


class Renaming:
    """Calls the goods that a catalogue holds, and others that shops sell, by a garment's name.

    Args:
        lexicon: The words of wishes, whose garments keep their names.
        nouns: The catalogue's own words.
    """

    def __init__(self, lexicon: BoundLexicon, nouns: Nouns) -> None:
        self._lexicon = lexicon
        self._nouns = nouns
        self._particles = re.compile(f"(?:{'|'.join(sorted(lexicon.lexicon.particles, key=len, reverse=True))}){{1,3}}")

    def renamed(self, text: str) -> str:
        """Return a text with each of the goods in it renamed, the particles behind it kept."""
        words, at, told, end = list(_WORD.finditer(text)), 0, list[str](), 0
        while at < len(words):
            length, stop = self._good_at(text, words, at)
            if length:
                told += [text[end : words[at].start()], _AS[words[at][0].isascii()]]
                end = stop
            at += length or 1
        return "".join([*told, text[end:]])

    def _good_at(self, text: str, words: Sequence[re.Match[str]], at: int) -> tuple[int, int]:
        """Return how many words name one of the goods, the longest first, and where it ends; 0 where none do."""
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            last = words[at + length - 1]
            for stop in self._ends(last):
                if self._is_good(text[words[at].start() : stop]):
                    return length, stop
        return 0, 0

    def _ends(self, word: re.Match[str]) -> list[int]:
        """Return where a word may end: as it stands, or before its particles."""
        cuts = [len(word[0])]
        if not word[0].isascii():
            cuts += [cut for cut in range(len(word[0]) - 1, 1, -1) if self._particles.fullmatch(word[0], cut)]
        return [word.start() + cut for cut in cuts]

    def _is_good(self, name: str) -> bool:
        if len(name) < _SHORT or self._is_known(name):
            return False
        return self._nouns.is_head(name) or is_good(name)

    def _is_known(self, name: str) -> bool:
        """Check whether wishes know a word: a garment needs no other name, and what joins or asks is no thing."""
        entry = self._lexicon.singles.get(normalise(name))
        garment = (
            entry is not None and entry.sense is not None and any(kind == "category" for kind, _ in entry.sense.means)
        )
        return garment or (entry is not None and bool(entry.roles))
