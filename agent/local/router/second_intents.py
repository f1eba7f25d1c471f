"""What a question needs beside what it is first about: the second need of one clause, told by its words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from stylegraph.agent.local.router.examples import load_labels
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.patterns import pattern, tells


def with_companions(routes: Sequence[str], text: str, there: Collection[str], *, several: bool) -> list[str]:
    """Add the routes that the words ask for in so many words.

    Args:
        routes: What the question is about, as learned.
        text: The question.
        there: The routes that there are.
        several: Whether it takes apart into clauses.
    """
    companions = _companions()
    wanted = [
        other
        for route in routes
        for other, needs in companions.get(route, {}).items()
        if other in there and needs(text, several)
    ]
    return list(dict.fromkeys([*routes, *wanted]))


def asks_for_pieces(text: str) -> bool:
    """Check whether things are asked for: the verb stands beside the thing."""
    if tells("wear_verb", text):
        return True
    return any(
        pattern("pieces_verb_after").search(text[slot.end :]) or _asked_before(text[: slot.start], slot.word)
        for slot in load_words().find(text, "thing")
    )


def _asked_before(before: str, word: str) -> bool:
    return not tells("generic_wanted", word) and tells("pieces_verb_before", before)


def _asks_what_is_known(text: str, several: bool) -> bool:
    """Check whether knowledge is asked for beside pieces."""
    return tells("own_asked", text) or (tells("knowledge_asked", text) and (several or tells("and_also", text)))


def _asks_for_pieces_too(text: str, several: bool) -> bool:
    """Check whether pieces are asked for beside knowledge."""
    beside = several or tells("and_also", text) or tells("own_asked", text)
    return beside and asks_for_pieces(text)


def _asks_for_pieces_of_today(text: str, several: bool) -> bool:
    """Check whether pieces are asked for beside what is new, rather than where to buy them."""
    return asks_for_pieces(text) and not load_words().has(text, "market")


def _needs_today(text: str, several: bool) -> bool:
    """Check whether the pieces depend on the weather that will be, or on what is in vogue now."""
    return tells("looked_up_weather", text) or (tells("trend_now", text) and not tells("left_aside", text))


def _needs_the_world(text: str, several: bool) -> bool:
    """Check whether the documents are to be held against what is new outside."""
    return tells("world_now", text) and (several or tells("compares", text) or tells("and_also", text))


def _names_own_documents(text: str, several: bool) -> bool:
    return tells("own_asked", text)


def _companions() -> Mapping[str, Mapping[str, Callable[[str, bool], bool]]]:
    """Return route -> what else it may need -> the words that say so."""
    items = load_labels().recommends
    return {
        items: {"documents": _asks_what_is_known, "web": _needs_today},
        "documents": {items: _asks_for_pieces_too, "web": _needs_the_world},
        "web": {items: _asks_for_pieces_of_today, "documents": _names_own_documents},
    }
