"""Whom a relation makes of somebody: a daughter is a girl, unless something says that she is grown up."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.tools.fashion.query.ages import ADULT, years_in
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.lexer import Token
from stylegraph.tools.fashion.query.wish import Wish, extend, remove

_GROWN = {"girls": ("women",), "boys": ("men",), "kids": ()}
"""Children -> what they are once they are grown; of a nephew or a niece in Korean nothing more is known."""
_OF_ADULTS = frozenset(
    {("occasions", "office"), ("occasions", "interview"), ("occasions", "date"), ("audience", "teens")}
)
"""What is said of no child: where none goes, and that they are older."""
_YOUNGEST = "kids"


def grow_up(wish: Wish, tokens: Sequence[Token], lexicon: BoundLexicon, *, adult_sizes: bool) -> None:
    """Let children be adults where an age says so: "girl, 23"; those of a relation also where other words do.

    Args:
        wish: The wish; changed in place.
        tokens: Its words.
        lexicon: The words of the catalogue.
        adult_sizes: Whether it asks for sizes that no child wears.
    """
    related = _is_related(tokens)
    if not _is_of_age(tokens) and not (related and (adult_sizes or _is_grown(tokens))):
        return
    named = {
        name for token in tokens if token.sense is not None for field, name in token.sense.means if field == "audience"
    }
    for young, grown in _GROWN.items():
        if young in named and (young != _YOUNGEST or related):
            _replace(wish, young, grown, lexicon)
    if wish["wanted"].get("audience") == []:
        del wish["wanted"]["audience"]


def _replace(wish: Wish, young: str, grown: Sequence[str], lexicon: BoundLexicon) -> None:
    named = set(lexicon.values("audience", young)) & set(wish["wanted"].get("audience", []))
    missing = [one for one in wish["unexpressed"] if (one["field"], one["concept"]) == ("audience", young)]
    if named or missing:
        remove(wish["wanted"], "audience", [*named])
        remove(wish["wanted"], "details", [young])
        wish["unexpressed"] = [one for one in wish["unexpressed"] if one not in missing]
        for name in grown:
            extend(wish["wanted"], "audience", lexicon.values("audience", name))


def _is_related(tokens: Sequence[Token]) -> bool:
    """Check whether a child is named by what they are to somebody: daughter, 조카."""
    return any("relatives" in token.roles and token.sense is not None and
               any(field == "audience" and name in _GROWN for field, name in token.sense.means) for token in tokens)  # fmt: skip


def _is_of_age(tokens: Sequence[Token]) -> bool:
    told = (token for token in tokens if token.amount is None or token.amount.kind == "ignored")
    return any(age >= ADULT for token in told for age in years_in(token.text))


def _is_grown(tokens: Sequence[Token]) -> bool:
    """Check whether words tell of somebody who is no child: a student, a teenager, a job interview."""
    means = {mark for token in tokens if token.sense is not None for mark in token.sense.means}
    return bool(means & _OF_ADULTS) or any("grown" in token.roles for token in tokens)
