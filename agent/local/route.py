"""The router without a model: what a question asks is learned from examples, what it leans on is read from the words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from stylegraph.agent.decisions import Embedder, RouteUpdate
from stylegraph.agent.evidence import EvidenceSource, FilteringSource, Filters, ProbedSource
from stylegraph.agent.language import Language, detect_language, has_letters
from stylegraph.agent.local.choice import Margins, Views, about_item, choose_routes, follow
from stylegraph.agent.local.clauses import asking_clauses, beside, complete, tied, what_is_asked
from stylegraph.agent.local.companions import with_companions
from stylegraph.agent.local.followup import Context, Said, Standalone, fold, resolve
from stylegraph.agent.local.leaning import answers_back
from stylegraph.agent.local.learned import LOOK, Learned, Reading, as_texts, best, learn
from stylegraph.agent.local.outright import is_refused, is_small_talk
from stylegraph.agent.local.patterns import tells
from stylegraph.agent.local.pictured import needs_picture, points_at_picture, wants_pieces
from stylegraph.agent.local.unclear import QuestionBack, question_back
from stylegraph.agent.local.words import load_words
from stylegraph.agent.state import AssistantState, Routing

_SURE = 0.3
"""Margin at which a question without a topic of its own is taken to have one after all."""

_PROBE_GAIN, _PROBE_NOISE = 2.5, 0.2
"""How much a probe's score lifts a margin, and the score that anything reaches by chance."""

_READ, _READ_OF_ANSWER = 800, 2_000
"""Characters of a question, and of an earlier answer, that are read."""
_LEANS, _STANDS_ALONE = -0.3, -0.7
"""Margins of leaning above which a question is read with the ones before it, and below which it isn't for want of a
topic."""
_LOOK_AGAIN = 0.1
"""Margin at which a picture of an earlier turn is looked at again."""


class _Read(NamedTuple):
    """A question, read: as one, by clause, and what was asked before it."""

    text: str
    clauses: list[str]
    parts: Sequence[Margins]
    views: Views


class LocalRouter:
    """A `Router` that needs no model: a few milliseconds a question once it has learned.

    Args:
        embedder: Makes the vectors that it learns from.
        sources: Where questions may go. Each is learned from its `examples` (a user's own also from its
            `description`), and asked for the filters that words imply.
    """

    def __init__(self, embedder: Embedder, sources: Sequence[EvidenceSource]) -> None:
        self._embedder = embedder
        self._sources = {source.name: source for source in sources}
        self._learned: Learned | None = None

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Read `messages`, `turn`, `asked_back`; give the routing."""
        said = _said_before(state["messages"])
        asked, pictured = _clipped(state["turn"]["asked"], _READ), bool(state["turn"]["image"])
        before = [one.text for one in said if one.role == "user"]
        first, *_ = asking_clauses(asked)
        alone, opening, *earlier = await self._readings([asked, first, *before])
        leaning = {text for text, reading in zip(before, earlier, strict=True) if reading.leans > _LEANS}
        own = pictured and points_at_picture(asked)  # "this" is what the picture shows, not what was said before
        context = Context() if own else fold(said, leaning)
        language = _language(asked, said)
        standalone, read = await self._read(asked, alone, context)
        back = None
        if not (context.question or pictured or state.get("asked_back")):
            back = question_back(
                asked, language, leans=min(alone.leans, opening.leans), looks=best(alone.margins) == LOOK
            )
        routes = ["chat"] if back else self._routes(asked, standalone, read, context, pictured=pictured)
        if asked != state["turn"]["asked"] and standalone.text == asked.strip():
            standalone = standalone._replace(text=state["turn"]["asked"])
        return {"routing": self._routing(standalone, language, routes, read, back)}

    async def _read(self, asked: str, alone: Reading, context: Context) -> tuple[Standalone, _Read]:
        standalone = resolve(asked, context, leans=alone.leans > _LEANS)
        if standalone.how == "perhaps" and await self._has_topic(alone, context):
            text = standalone.asks if load_words().has(asked, "market", "price", "care", "trend") else asked
            standalone = Standalone(text, "own", text)
        text = context.question if standalone.how == "form" else standalone.asks
        clauses = complete(asking_clauses(text))
        texts = [context.question or text, what_is_asked(text), standalone.text, *clauses]
        earlier, whole, joined, *parts = [reading.margins for reading in await self._readings(texts)]
        whole = await self._probed(standalone.text, whole)
        views = Views(whole, alone.margins, earlier, joined)
        return standalone, _Read(text, clauses, parts if len(parts) > 1 else [whole], views)

    async def _has_topic(self, alone: Reading, context: Context) -> bool:
        """Say whether a question that names no topic is about something else than the one before it."""
        (earlier,) = await self._readings([context.question])
        own = best(alone.margins)
        return alone.leans < _STANDS_ALONE or (alone.margins[own] > _SURE and own != best(earlier.margins))

    async def _probed(self, text: str, margins: dict[str, float]) -> dict[str, float]:
        """Lift the sources that say they could answer what would else go to the web or be taken for small talk."""
        if best(margins) not in ("web", "chat"):
            return margins
        probed = [source for source in self._sources.values() if isinstance(source, ProbedSource)]
        asked = [source for source in probed if source.name in margins and source.name != "fashion"]
        scores = await asyncio.gather(*(source.probe(text) for source in asked))
        lifts = {
            source.name: _PROBE_GAIN * max(0.0, score - _PROBE_NOISE)
            for source, score in zip(asked, scores, strict=True)
        }
        return {route: margin + lifts.get(route, 0.0) for route, margin in margins.items()}

    def _routes(
        self, asked: str, standalone: Standalone, read: _Read, context: Context, *, pictured: bool
    ) -> list[str]:
        if standalone.how != "form" and (is_small_talk(asked) or is_refused(asked)):
            return ["chat"]
        whole, parts = read.views.whole, read.parts
        if standalone.how in ("more", "perhaps"):
            whole = follow(read.views, answered=answers_back(asked, context.answer), text=asked)
            parts = [whole]
        elif standalone.how == "item":
            whole = about_item(whole, read.views.earlier, asked)
            parts = [whole]
        seen = pictured or (bool(context.question) and tells("picture_before", f"{context.question} {context.answer}"))
        allowed = [_allowed(margins, asked, seen=seen, pictured=pictured) for margins in (whole, *parts)]
        routes = choose_routes(allowed[0], allowed[1:])
        if routes != ["chat"]:
            routes = with_companions(routes, read.text, read.clauses)
        if pictured:
            return _with_picture(asked, routes)
        return ["image" if route == LOOK else route for route in routes]

    def _routing(
        self, standalone: Standalone, language: Language, routes: list[str], read: _Read, back: QuestionBack | None
    ) -> Routing:
        lookups = [route for route in routes if route != "chat"]
        parts = _parts(read, lookups)
        return Routing(
            question=standalone.text,
            language=language,
            routes=routes,
            queries={route: self._queries(route, standalone, read, len(lookups)) for route in lookups},
            parts=parts,
            filters={route: self._filters(route, parts.get(route, standalone.text)) for route in lookups},
            ask_back=back.text if back else None,
            choices=back.choices if back else [],
            confidence=round(min(1.0, max(0.0, (max(read.views.whole.values()) + 1) / 2)), 3),
        )

    def _queries(self, route: str, standalone: Standalone, read: _Read, routes: int) -> list[str]:
        """Give the clauses that go there, or the whole question."""
        if routes < 2 or len(read.clauses) < 2:
            return [standalone.text]
        fitting = [clause for clause, part in zip(read.clauses, read.parts, strict=False) if best(part) == route]
        return fitting or [standalone.text]

    def _filters(self, route: str, question: str) -> Filters:
        source = self._sources.get(route)
        return source.read_filters(question) if isinstance(source, FilteringSource) else {}

    async def _readings(self, texts: Sequence[str]) -> list[Reading]:
        if self._learned is None:
            self._learned = await learn(self._embedder, list(self._sources.values()))
        vectors = await self._embedder.embed(texts)
        return await asyncio.to_thread(self._learned.read, as_texts(texts, vectors))


def _parts(read: _Read, routes: Sequence[str]) -> dict[str, str]:
    """Give what of a question each route has to itself: all of it but the clauses that are another route's.

    A season or a fabric that is asked about is no wish for clothes of it. What no clause asks ("nothing red") stays
    with every route.
    """
    if len(routes) < 2:
        return {}
    winners = [best(margins) for margins in read.parts]
    clauses = list(zip(asking_clauses(read.text), read.clauses, winners, strict=True)) if len(winners) > 1 else []
    parts = {route: _without_others(read.text, clauses, {*routes} - {route}) for route in routes}
    return {route: part if route in winners else read.text for route, part in parts.items()}


def _without_others(text: str, clauses: Sequence[tuple[str, str, str]], others: set[str]) -> str:
    for clause, completed, winner in clauses:
        text = text.replace(clause, beside(clause) if winner in others else completed, 1)
    return tied(text)


def _allowed(margins: Margins, asked: str, *, seen: bool, pictured: bool) -> Margins:
    """Leave out the look at a picture where there has been none, and small talk where the picture is pointed at."""
    left_out = set() if pictured or (seen and margins[LOOK] > _LOOK_AGAIN) else {LOOK}
    if pictured and points_at_picture(asked):
        left_out.add("chat")
    return {route: margin for route, margin in margins.items() if route not in left_out}


def _with_picture(asked: str, routes: Sequence[str]) -> list[str]:
    """Add the picture where it is needed, and the pieces that are to be like it or go with it."""
    if routes == ["chat"]:
        return ["chat"]
    others = [route for route in routes if route != LOOK]
    if wants_pieces(asked) and not others:
        others = ["fashion"]
    return ["image", *others] if needs_picture(asked, routes) else others


def _said_before(messages: Sequence[AnyMessage]) -> list[Said]:
    """Give what was said before the newest message."""
    said = []
    for message in messages[:-1]:
        if isinstance(message, HumanMessage):
            said.append(Said("user", _clipped(message.text, _READ)))
        elif isinstance(message, AIMessage):
            said.append(Said("assistant", message.text[:_READ_OF_ANSWER]))
    return said


def _clipped(text: str, most: int) -> str:
    """Give a long text's beginning and end, where its question stands."""
    return text if len(text) <= most else f"{text[: most // 2]} {text[-most // 2 :]}"


def _language(asked: str, said: Sequence[Said]) -> Language:
    """Give the language of the question; of the conversation when it has only signs."""
    texts = [asked, *(one.text for one in reversed(said) if one.role == "user")]
    return detect_language(next((text for text in texts if has_letters(text)), asked))
