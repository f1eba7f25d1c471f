"""What a picture adds to the queries of the other routes: "it" becomes what the picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stylegraph.agent.state import AssistantState, Pictured, Routing
from stylegraph.agent.text.clauses import split_clauses
from stylegraph.agent.text.coreference import pointed_kind, pointing, replaced
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.particles import put
from stylegraph.agent.text.patterns import pattern, tells
from stylegraph.agent.text.question_types import asked_of
from stylegraph.tools.fashion.items.pieces import universal_reader
from stylegraph.tools.fashion.vision.descriptions import phrase
from stylegraph.tools.fashion.vision.look import Look, looks_in

_FIELDS: Mapping[str, Sequence[str]] = {
    "documents": ("material",),
    "web": ("colours", "pattern", "material"),
}
"""Route -> what is named beside the garment: care depends on the material, fashion on the look."""
_CERTAIN = 0.7
"""Probability from which a material is asked about, where a guess would mislead; it is told from 0.4 on."""

_GENERIC = frozenset({"옷", "clothes", "garment", "garments", "piece"})


def with_pictures(routing: Routing, state: AssistantState) -> Routing:
    """Name what the turn's pictures show in the queries, where the question goes to a picture."""
    looks = looks_in(state)
    return with_garments(routing, looks) if looks and "image" in routing["routes"] else routing


def with_garments(routing: Routing, looks: Sequence[Look]) -> Routing:
    """Name the pictured garments in the queries of documents and the web: of several, each in queries of its own.

    Args:
        routing: Where the question goes.
        looks: What the pictures show; one without a garment, or one that is a guess, adds nothing.
    """
    seen = [look for look in looks if look["verdict"] == "garment"]
    if not seen:
        return routing
    queries = dict(routing["queries"])
    for route in _FIELDS:
        if route in routing["routes"]:
            given = queries.get(route) or [routing["question"]]
            named = [asking_of(look, route, query, routing["language"]) for look in seen for query in given]
            queries[route] = list(dict.fromkeys(named))
    more = {"pictured": _pictured(seen, routing)} if len(seen) > 1 and "documents" in routing["routes"] else {}
    return Routing(**{**routing, "queries": queries, **more})  # type: ignore[typeddict-item]


def asking_of(look: Look, route: str, query: str, language: Language) -> str:
    """Return a query to a route with the pictured garment's name in it."""
    return naming(_without_what_it_is(query), phrase(look, language, _fields(look, route)), language)


def _fields(look: Look, route: str) -> list[str]:
    """Return what is named beside the garment: a material that is a guess would find guides to another one."""
    guessed = look.get("sure", {}).get("material", 1.0) < _CERTAIN
    return [field for field in _FIELDS.get(route, ()) if field != "material" or not guessed]


def _pictured(looks: Sequence[Look], routing: Routing) -> list[Pictured]:
    """Return what documents are asked of each garment, and are answered for it."""
    question, language = asked_of("documents", routing), routing["language"]
    return [
        Pictured(
            picture=look.get("number", place),
            named=phrase(look, language),
            asks=asking_of(look, "documents", question, language),
        )
        for place, look in enumerate(looks, start=1)
    ]


def meant(looks: Sequence[Look], question: str) -> Sequence[Look]:
    """Return those of several pictures that a question is about: "this dress" is no jacket; all where it names no kind.

    Blocking: it may load the words of wishes.
    """
    if len(looks) < 2:
        return looks
    wish = universal_reader().read(question)
    kinds = wish["alongside"].get("category") or wish["wanted"].get("category") or ()
    return [look for look in looks if look["category"] in kinds] or looks


def is_named(look: Look, route: str, queries: Sequence[str], language: Language) -> bool:
    """Check whether queries to a route are about the pictured garment, rather than a thing that the question names."""
    named = phrase(look, language, _fields(look, route))
    return look["verdict"] == "garment" and any(named in query for query in queries)


def _without_what_it_is(query: str) -> str:
    """Leave out the part that only asks what it is: the look has answered that."""
    clauses = split_clauses(query)
    rest = [clause for clause in clauses if not tells("what_it_is", clause)]
    return " ".join(rest) if rest and len(rest) < len(clauses) else query


def naming(query: str, thing: str, language: Language) -> str:
    """Place a thing's name where a query points at it, else in front of a query that names no garment.

    Args:
        query: Such as "이거 어떻게 세탁해?".
        thing: Such as "면 원피스".
        language: Of the query.
    """
    bare = pattern("in_picture").sub("", query).strip() or query
    if several := pattern("several_in_picture").search(bare):
        return replaced(bare, several.span(), thing)
    if kind := pointed_kind(bare):
        return replaced(bare, (kind.start, kind.end), thing)
    if (span := pointing(bare)) is not None:
        return replaced(bare, span, thing)
    if named := load_words().find(bare, "thing"):
        generic = all(slot.word.lower() in _GENERIC for slot in named)
        return put(thing, bare, named[0].start, named[0].end) if generic else bare
    return f"{thing} {bare}" if language == "ko" else f"{thing}: {bare}"
