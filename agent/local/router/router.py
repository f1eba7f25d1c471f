"""The router without a model: what a question asks is learned from examples, what it leans on is read from the words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from langchain_core.messages import AnyMessage, HumanMessage

from stylegraph.agent.conversation import cited_titles, said_before
from stylegraph.agent.evidence import (
    ContinuingSource,
    EvidenceSource,
    FilteringSource,
    Filters,
    RenamingSource,
)
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.router.asked_clauses import Clause, asked_clauses
from stylegraph.agent.local.router.choice import choose_routes, likely_routes
from stylegraph.agent.local.router.clarification import Clarifications, QuestionBack, question_back
from stylegraph.agent.local.router.classifier import LOOK, Learned, Margins, Reading, as_texts, best, learn
from stylegraph.agent.local.router.confidence import confidence_of
from stylegraph.agent.local.router.examples import load_labels
from stylegraph.agent.local.router.followup_model import Views, follow
from stylegraph.agent.local.router.followups import Context, Said, Standalone, fold, resolve
from stylegraph.agent.local.router.kernel_ridge import Head
from stylegraph.agent.local.router.matching import Judge, Matched, matched
from stylegraph.agent.local.router.outright import is_refused, is_small_talk, wants_advice
from stylegraph.agent.local.router.picture_cues import (
    goes_back_to_picture,
    needs_picture,
    points_at_picture,
    wants_pieces,
)
from stylegraph.agent.local.router.second_intents import with_companions
from stylegraph.agent.local.router.signs import Weights
from stylegraph.agent.local.support.likelihoods import all_alike
from stylegraph.agent.protocols import Embedder, RouteUpdate
from stylegraph.agent.state import AssistantState, Routing
from stylegraph.agent.text.clauses import asking_clauses, asks, beside, tied, what_is_asked
from stylegraph.agent.text.coreference import answers_back, pointing, refers_to_several
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language, detect_language, has_letters
from stylegraph.agent.text.patterns import tells
from stylegraph.agent.text.question_types import ABOUT

_SURE = 0.3
"""Margin at which a question without a topic of its own is taken to have one after all."""

_READ, _READ_OF_ANSWER = 800, 2_000
"""Characters of a question, and of an earlier answer, that are read."""
_LEANS, _STANDS_ALONE = -0.3, -0.7
"""Margins of leaning above which a question is read with the ones before it, and below which it isn't for want of a
topic."""
_TALK = 0.3
"""Margin of small talk and of what is declined above which a question isn't put back, unless it leans on what was said
before even more; below it a question that asks is for the documents."""
_SAME_OF_PICTURE = -0.1
"""Margin of going the same way at which the question before is asked anew, of the picture that came with this one."""
_SURE_BESIDE_OWN = 0.5
"""Margin at which a question of one clause goes elsewhere too, though a user's own source comes first."""
_LOOK_AGAIN = 0.1
"""Margin at which a picture of an earlier turn is looked at again."""
_CLEAR_TALK = 0.75
"""Margin of small talk and of what is declined from which the documents need no look."""
_DOCUMENTS = "documents"


class Read(NamedTuple):
    """A question, read: what it leans on, as one, and by clause."""

    asked: str
    pictured: bool
    """Whether a picture came with it."""
    context: Context
    standalone: Standalone
    text: str
    """What decides where it goes."""
    clauses: Sequence[Clause]
    """Those that ask for something; empty where it is one."""
    views: Views
    opening: Reading
    """Its first clause."""
    match: Matched
    """What the sources have of it."""

    @property
    def answers(self) -> bool:
        """Whether it answers a question that was put back."""
        return answers_back(self.asked, self.context.answer)


class Taught(NamedTuple):
    """What a router has learned; what is None was shipped."""

    head: Head | None = None
    following: Mapping[str, float] | None = None
    matching: Weights | None = None


_SHIPPED = Taught()


class LocalRouter:
    """A `Router` that needs no model: a few milliseconds a question once it has learned.

    Args:
        embedder: Makes the vectors that it learns from.
        sources: Where questions may go. Each is learned from its `examples` (a user's own also from its
            `description`), and asked for the filters that words imply.
        taught: What was learned of questions and of follow-ups, in the place of what is shipped.
        looks: Whether pictures can be looked at; if not, they are left aside.
        clarifications: What a domain asks back where a question does not say which thing it is about.
        reader: Reads what matches a question; one to which every word is as rare as any other, if None.
    """

    def __init__(
        self,
        embedder: Embedder,
        sources: Sequence[EvidenceSource],
        taught: Taught = _SHIPPED,
        *,
        looks: bool = True,
        clarifications: Clarifications | None = None,
        reader: Reader | None = None,
    ) -> None:
        self._judge = Judge(reader or Reader(embedder, all_alike), taught.matching)
        self._embedder = embedder
        self._looks = looks
        self._clarifications = clarifications
        self._taught = taught
        self._sources = {source.name: source for source in sources}
        self._learned: Learned | None = None

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Read `messages`, `turn`, `asked_back`; give the routing."""
        read = await self.read(state)
        language = _language(read.asked, _said_before(state["messages"]))
        back = None if state.get("asked_back") else self._question_back(read, language)
        routes = ["chat"] if back else _routes(read, self._taught.following)
        if continued := self._continued(state):
            routes, back = continued, None
        whole = state["turn"]["asked"]
        if read.asked != whole and read.standalone.text == read.asked.strip():
            read = read._replace(standalone=read.standalone._replace(text=whole))
        unsure = routes == ["chat"] and not back and self._is_unsure(read)
        if unsure and _asks_by_itself(read) and read.views.whole["chat"] < _TALK:
            routes, unsure = [_DOCUMENTS], False
        routing = self._routing(read, language, routes, back)
        if wordings := _wordings(read, state["messages"]):
            routing["wordings"] = wordings
        if unsure:
            routing["queries"][_DOCUMENTS] = [routing["question"]]
        if _DOCUMENTS in routing["queries"]:
            routing["queries"][_DOCUMENTS] += [one.replace(ABOUT, ", ") for one in wordings]
        return {"routing": routing}

    def _is_unsure(self, read: Read) -> bool:
        """Check whether what is taken for small talk, or for a thing that is declined, may be in the documents all the same."""
        if _DOCUMENTS not in self._sources or is_small_talk(read.asked):
            return False
        return wants_advice(read.asked) or read.views.whole["chat"] < _CLEAR_TALK

    def _continued(self, state: AssistantState) -> list[str]:
        """Return the source whose answer the words bid to change, where no picture came with them."""
        asked, memory = state["turn"]["asked"], state.get("memory", {})
        continuing = (source for source in self._sources.values() if isinstance(source, ContinuingSource))
        pictured = state["turn"]["image"] is not None
        return (
            []
            if pictured
            else [source.name for source in continuing if source.continues(asked, memory.get(source.name))]
        )

    def _question_back(self, read: Read, language: Language) -> QuestionBack | None:
        alone = read.views.alone
        leans, looks = min(alone.leaning, read.opening.leaning), best(alone.margins) == LOOK
        if (
            read.match.route
            or read.context.question
            or read.pictured
            or alone.margins["chat"] > max(_TALK, leans)
            or _is_of_own(read)
        ):
            return None
        return question_back(read.asked, language, self._clarifications, leans=leans, looks=looks)

    async def read(self, state: AssistantState) -> Read:
        """Read `messages` and `turn`: what was asked, and what it leans on."""
        said = _said_before(state["messages"])
        asked, pictured = _clipped(state["turn"]["asked"], _READ), self._looks and bool(state["turn"]["image"])
        before = [one.text for one in said if one.role == "user"]
        first, *_ = asking_clauses(asked)
        alone, opening, *earlier = await self._readings([asked, first, *before])
        leaning = {text for text, reading in zip(before, earlier, strict=True) if reading.leaning > _LEANS}
        context = Context() if pictured and _is_of_picture(asked, alone) else fold(said, leaning)
        standalone = await self._standalone(asked, alone, context)
        text = context.question if standalone.how == "form" else standalone.asks
        clauses = await asked_clauses(text, self._readings)
        texts = [context.question or text, what_is_asked(text), standalone.text]
        before_it, whole, joined = [
            reading.margins for reading in await self._readings(texts, {asked: alone, first: opening})
        ]
        parts = [clause.margins for clause in clauses]
        match = await matched(self._sources, standalone.text, alone.leans, whole, self._judge, parts)
        views = Views(match.margins, alone, before_it, joined)
        return Read(asked, pictured, context, standalone, text, clauses, views, opening, match)

    async def _standalone(self, asked: str, alone: Reading, context: Context) -> Standalone:
        standalone = resolve(asked, context, leans=alone.leaning > _LEANS)
        if standalone.how != "perhaps" or not await self._has_topic(alone, context):
            return standalone
        text = standalone.asks if load_words().has(asked, "market", "price", "care", "trend") else asked
        return Standalone(text, "own", text)

    async def _has_topic(self, alone: Reading, context: Context) -> bool:
        """Check whether a question that names no topic is about something else than the one before it."""
        (earlier,) = await self._readings([context.question])
        own = best(alone.margins)
        return alone.leaning < _STANDS_ALONE or (alone.margins[own] > _SURE and own != best(earlier.margins))

    def _routing(self, read: Read, language: Language, routes: list[str], back: QuestionBack | None) -> Routing:
        lookups = [route for route in routes if route != "chat"]
        question, parts = read.standalone.text, _parts(read, lookups)
        return Routing(
            question=question,
            language=language,
            routes=routes,
            queries={route: _queries(route, read, lookups) for route in lookups},
            parts=parts,
            filters={route: self._filters(route, parts.get(route, question)) for route in lookups},
            ask_back=back.text if back else None,
            choices=back.choices if back else [],
            confidence=max(confidence_of(max(read.views.whole.values())), round(read.match.likely, 3)),
        )

    def _filters(self, route: str, question: str) -> Filters:
        source = self._sources.get(route)
        return source.read_filters(question) if isinstance(source, FilteringSource) else {}

    async def _readings(self, texts: Sequence[str], known: Mapping[str, Reading] | None = None) -> list[Reading]:
        """Read each text once: the views of a question that stands alone are all the same."""
        if self._learned is None:
            self._learned = await learn(
                self._embedder, list(self._sources.values()), self._taught.head, looks=self._looks
            )
        read = dict(known or {})
        if new := [text for text in dict.fromkeys(texts) if text not in read]:
            renamed = [self._renamed(text) for text in new]
            vectors = await self._embedder.embed(renamed)
            readings = await asyncio.to_thread(self._learned.read, as_texts(renamed, vectors))
            read.update(zip(new, readings, strict=True))
        return [read[text] for text in texts]

    def _renamed(self, text: str) -> str:
        """Return a text in which what sources hold is called by what was learned of."""
        for source in self._sources.values():
            text = source.renamed(text) if isinstance(source, RenamingSource) else text
        return text


def _is_of_picture(asked: str, alone: Reading) -> bool:
    """Check whether a question points at its picture, rather than at what was said before or asking the same of it."""
    return points_at_picture(asked) and alone.same < _SAME_OF_PICTURE and not refers_to_several(asked)


def _is_of_own(read: Read) -> bool:
    """Check whether a question that points at nothing is for a user's own source: it knows words that nobody else does."""
    first = best(read.views.whole)
    return _is_own(first) and read.views.whole[first] > 0 and pointing(read.asked) is None


def _asks_by_itself(read: Read) -> bool:
    """Check whether a question asks for something without what was said before."""
    return asks(read.asked) and read.standalone.how == "own" and read.views.alone.leaning < _LEANS


def _is_own(route: str) -> bool:
    """Check whether a route is a user's own, of which nothing was learned before."""
    return route not in (*load_labels().routes, LOOK)


def _routes(read: Read, weights: Mapping[str, float] | None) -> list[str]:
    """Return the routes of a question that is clear."""
    if read.standalone.how != "form" and (is_small_talk(read.asked) or _is_refused(read)):
        return ["chat"]
    leans = read.standalone.how != "own" or read.views.alone.leaning > _STANDS_ALONE
    routes = _where_it_leads(read, weights) if read.context.question and leans else _where_it_goes(read)
    if read.pictured or (_has_seen(read) and goes_back_to_picture(read.asked, just_before=False)):
        return _with_picture(read.asked, routes, read.views.alone)
    return ["image" if route == LOOK else route for route in routes]


def _is_refused(read: Read) -> bool:
    """Check whether a message is declined; what a user's own source says on health is no advice of ours."""
    return is_refused(read.asked) and not (wants_advice(read.asked) and _is_of_own(read))


def _where_it_leads(read: Read, weights: Mapping[str, float] | None) -> list[str]:
    """Return the routes of a question that leans on the one before it."""
    return likely_routes(_allowed(follow(read.views, answers=read.answers, weights=weights), read))


def _where_it_goes(read: Read) -> list[str]:
    """Return the routes of a question that stands alone."""
    whole, *parts = [_allowed(margins, read) for margins in (read.views.whole, *(one.margins for one in read.clauses))]
    if read.match.route and not read.pictured:
        return with_companions([read.match.route], read.text, whole, several=len(parts) > 1)
    if len(parts) < 2 and _is_own(first := best(whole)):
        whole = {route: margin for route, margin in whole.items() if route == first or margin > _SURE_BESIDE_OWN}
    routes = choose_routes(whole, parts)
    return routes if routes == ["chat"] else with_companions(routes, read.text, whole, several=len(parts) > 1)


def _queries(route: str, read: Read, lookups: Sequence[str]) -> list[str]:
    """Return the clauses that go there, or the whole question; where another form is asked for, the one before."""
    if read.standalone.how == "form":
        return [read.context.question]
    if len(lookups) < 2 or len(read.clauses) < 2:
        return [read.standalone.text]
    fitting = [clause.asked for clause in read.clauses if clause.goes_to(lookups) == route]
    return fitting or [read.standalone.text]


def _parts(read: Read, routes: Sequence[str]) -> dict[str, str]:
    """Return what of a question each route has to itself: all of it but the clauses that are another route's.

    A season or a fabric that is asked about is no condition on items. What no clause asks ("nothing red") stays
    with every route. Of another form of the last answer it is the question before: "simpler" says nothing of the subject.
    """
    if read.standalone.how == "form":
        return dict.fromkeys(routes, read.context.question)
    if len(routes) < 2:
        return {}
    winners = [clause.goes_to(routes) for clause in read.clauses]
    parts = {route: _for_one(route, read.text, read.clauses, routes) for route in routes}
    return {route: part if route in winners else read.text for route, part in parts.items()}


def _for_one(route: str, text: str, clauses: Sequence[Clause], routes: Sequence[str]) -> str:
    """Return a question without the clauses that are for other routes."""
    items = load_labels().recommends
    for clause in clauses:
        winner = clause.goes_to(routes)
        left = "" if winner == items else beside(clause.said)  # what is said of the items is said of nothing else
        text = text.replace(clause.said, clause.asked if winner == route else left, 1)
    return tied(text)


def _allowed(margins: Margins, read: Read) -> Margins:
    """Leave out the look at a picture where there has been none, and small talk where the picture is pointed at."""
    left_out = set() if read.pictured or (_has_seen(read) and margins.get(LOOK, -1.0) > _LOOK_AGAIN) else {LOOK}
    if read.pictured and points_at_picture(read.asked):
        left_out.add("chat")
    return {route: margin for route, margin in margins.items() if route not in left_out}


def _has_seen(read: Read) -> bool:
    """Check whether a picture was spoken of before."""
    before = f"{read.context.question} {read.context.answer}"
    return bool(read.context.question) and tells("picture_before", before)


def _with_picture(asked: str, routes: Sequence[str], alone: Reading) -> list[str]:
    """Add the picture where it is needed, and the pieces that are to be like it or go with it."""
    if routes == ["chat"]:
        return ["chat"]
    others = [route for route in routes if route != LOOK]
    items = load_labels().recommends
    if wants_pieces(asked) and not others and items in alone.margins:
        others = [items]
    return ["image", *others] if needs_picture(asked, routes, leans=alone.leans) else others


def _wordings(read: Read, messages: Sequence[AnyMessage]) -> list[str]:
    """Return a question that leans on what was said as one about the document that the last answer was read from."""
    if read.standalone.how in ("own", "form") or not read.context.question:
        return []
    titles = [title for message in said_before(messages) for title in cited_titles(message)]
    return [f"{titles[-1]}{ABOUT}{read.asked}"] if titles else []


def _said_before(messages: Sequence[AnyMessage]) -> list[Said]:
    """Return what was said before the question."""
    return [
        Said("user", _clipped(message.text, _READ))
        if isinstance(message, HumanMessage)
        else Said("assistant", message.text[:_READ_OF_ANSWER])
        for message in said_before(messages)
    ]


def _clipped(text: str, most: int) -> str:
    """Return a long text's beginning and end, where its question stands."""
    return text if len(text) <= most else f"{text[: most // 2]} {text[-most // 2 :]}"


def _language(asked: str, said: Sequence[Said]) -> Language:
    """Return the language of the question; of the conversation when it has only signs."""
    texts = [asked, *(one.text for one in reversed(said) if one.role == "user")]
    return detect_language(next((text for text in texts if has_letters(text)), asked))
