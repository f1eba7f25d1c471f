"""The things that a wish names, and the sentence that they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.lexer import Token
from stylegraph.tools.fashion.query.lexicon import Marks

Status = Literal["wanted", "nice", "excluded", "alongside", "dropped"]

_FURTHEST = 6
"""How many light words may stand between a thing and what rules it out."""


@dataclass
class Mention:
    """One thing that is named, and what the words around it make of it."""

    at: int
    """Index of its token."""
    token: Token
    means: Marks
    prefers: Marks
    status: Status = "wanted"
    must: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it says something about."""
        return frozenset(kind for kind, _ in self.means)

    @property
    def is_garment(self) -> bool:
        """Whether it names a kind of garment."""
        return any(kind == "category" and not concept.startswith("!") for kind, concept in self.means)


@dataclass
class Sentence:
    """The tokens of a wish with the mentions among them."""

    tokens: Sequence[Token]
    lexicon: BoundLexicon
    mentions: dict[int, Mention] = field(default_factory=dict)
    """Index of the token -> mention."""

    def role(self, index: int, role: str) -> bool:
        """Check whether the token at an index plays a part; False outside."""
        return 0 <= index < len(self.tokens) and role in self.tokens[index].roles

    def with_role(self, role: str) -> Iterator[int]:
        """Return the indexes of the tokens that play a part."""
        return (index for index, token in enumerate(self.tokens) if role in token.roles)

    def beyond(self, index: int, step: int) -> int:
        """Go left or right over light words; give the index of the first other token, which may lie outside."""
        for _ in range(_FURTHEST):
            index += step
            if index in self.mentions or not self.role(index, "light"):
                break
        return index
