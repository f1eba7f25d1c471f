"""What a picture adds to the queries of the other routes: "it" becomes what the picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stylegraph.agent.language import Language
from stylegraph.agent.local.clauses import split_clauses
from stylegraph.agent.local.leaning import pointed_kind, pointing, replaced
from stylegraph.agent.local.particles import put
from stylegraph.agent.local.patterns import pattern, tells
from stylegraph.agent.local.words import load_words
from stylegraph.agent.state import Routing
from stylegraph.tools.image.look import Look
from stylegraph.tools.image.telling import phrase

_FIELDS: Mapping[str, Sequence[str]] = {
    "documents": ("material",),
    "web": ("colours", "pattern", "material"),
}
"""Route -> what is named beside the garment: care depends on the material, fashion on the look."""

_GENERIC = frozenset({"옷", "clothes", "garment", "garments", "piece"})


def with_garment(routing: Routing, look: Look) -> Routing:
    """Name the pictured garment in the queries of documents and the web.

    Args:
        routing: Where the question goes.
        look: What the picture shows; a picture without a garment, or one that is a guess, adds nothing.
    """
    if look["verdict"] != "garment":
        return routing
    queries = dict(routing["queries"])
    for route, fields in _FIELDS.items():
        if route in routing["routes"]:
            named = phrase(look, routing["language"], fields)
            given = queries.get(route) or [routing["question"]]
            queries[route] = [naming(_without_what_it_is(query), named, routing["language"]) for query in given]
    return Routing(**{**routing, "queries": queries})


def is_named(look: Look, route: str, queries: Sequence[str], language: Language) -> bool:
    """Say whether queries to a route are about the pictured garment, rather than a thing that the question names."""
    named = phrase(look, language, _FIELDS.get(route, ()))
    return look["verdict"] == "garment" and any(named in query for query in queries)


def _without_what_it_is(query: str) -> str:
    """Leave out the part that only asks what it is: the look has answered that."""
    clauses = split_clauses(query)
    rest = [clause for clause in clauses if not tells("what_it_is", clause)]
    return " ".join(rest) if rest and len(rest) < len(clauses) else query


def naming(query: str, thing: str, language: Language) -> str:
    """Put a thing's name where a query points at it, else in front of a query that names no garment.

    Args:
        query: Such as "이거 어떻게 세탁해?".
        thing: Such as "면 원피스".
        language: Of the query.
    """
    bare = pattern("in_picture").sub("", query).strip() or query
    if kind := pointed_kind(bare):
        return replaced(bare, (kind.start, kind.end), thing)
    if (span := pointing(bare)) is not None:
        return replaced(bare, span, thing)
    if named := load_words().find(bare, "garment"):
        generic = all(slot.word.lower() in _GENERIC for slot in named)
        return put(thing, bare, named[0].start, named[0].end) if generic else bare
    return f"{thing} {bare}" if language == "ko" else f"{thing}: {bare}"
