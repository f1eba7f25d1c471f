"""Things and colours that only bear what a question is about.

How a silk blouse is ironed is decided by the silk, how coffee comes out of a white shirt by the coffee: a text on silk or
coffee need not name the blouse, the shirt or the white. One on another thing does not answer for it, and anything
that is no thing (a rug, a sofa) is asked about for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from stylegraph.agent.text.answer_types import asked_kinds
from stylegraph.agent.text.synonyms import Term, asked_terms, kind_of, meanings

_WEAR = frozenset({"wear", "fabric_wear"})
_FABRICS = frozenset({"materials", "fabric_wear"})
_STAINS = frozenset({"stains"})
_COLOURS = frozenset({"colours"})


def deciding(terms: Sequence[Term], *, of_colour: bool) -> dict[int, list[int]]:
    """Return for each word that only bears what is asked which words decide in its place, all by their places.

    Args:
        terms: The telling words of a question.
        of_colour: Whether it is a colour that is asked for.
    """
    stains = _places(terms, _STAINS)
    fabrics = _places(terms, _FABRICS)
    found: dict[int, list[int]] = {}
    for place, term in enumerate(terms):
        if term.kinds & _FABRICS:
            found[place] = stains if term.kinds & _WEAR else []
        elif term.kinds & _WEAR or (term.kinds & _COLOURS and not of_colour and _places(terms, _WEAR)):
            found[place] = [*fabrics, *stains]
    return {place: deciders for place, deciders in found.items() if deciders}


def without_bearers(question: str, words: Sequence[str]) -> list[str]:
    """Leave out of the words of a question those that only bear what it is about. Blocking: it may load the tokenizer."""
    terms = asked_terms(question, words, {})
    borne = {terms[place].token for place in deciding(terms, of_colour="colour" in asked_kinds(question))}
    return [word for word in words if word not in borne]


def _places(terms: Sequence[Term], kinds: Collection[str]) -> list[int]:
    return [place for place, term in enumerate(terms) if not term.kinds.isdisjoint(kinds)]


def names_another(asked: Sequence[Term], words: frozenset[str]) -> bool:
    """Check whether a text is about a thing that the question doesn't name."""
    known = {meaning for term in asked for meaning in term.meanings}
    return any(kind_of(meaning) in _WEAR and meaning not in known for meaning in meanings(words))
