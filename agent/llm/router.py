"""Where a question goes, decided by a chat model in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, create_model

from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import EvidenceSource, FilteringSource, Filters
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.context import Conversation, conversation, summarised
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.prompts import prompt
from stylegraph.agent.protocols import Router, RouteUpdate
from stylegraph.agent.state import AssistantState, Routing
from stylegraph.agent.text.language import Language, detect_language

_MOST_QUERIES = 4
_MOST_SEARCHES = 8
_LONGEST_QUERY = 400
_LONGEST_BACK = 300
_MOST_CHOICES = 4


class _Search(BaseModel):
    route: str
    query: str


class _Decision(BaseModel):
    question: str
    searches: Annotated[list[_Search], Field(max_length=_MOST_SEARCHES)]
    ask_back: str
    choices: Annotated[list[str], Field(max_length=_MOST_CHOICES)]


class _LongDecision(_Decision):
    summary: str


class ModelRouter:
    """Routes by a model, which knows each source by its description. Filters are read from the words, as locally.

    Args:
        caller: Calls the model.
        backup: Routes when the model fails.
        sources: Where questions may go.
    """

    def __init__(self, caller: ModelCaller, backup: Router, sources: Sequence[EvidenceSource]) -> None:
        self._caller = caller
        self._backup = backup
        self._sources = {source.name: source for source in sources}
        self._described = "\n".join(f"- {source.name}: {source.description}" for source in sources)
        self._forms = {long: _form([*self._sources, "image", "chat"], long=long) for long in (False, True)}

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Return the routing, and a new summary once the conversation is long; the local routing when the model fails."""
        call, read = self._caller.call(state, "route"), conversation(state)
        values = {"routes": self._described}
        said = {"earlier": read.summary, "conversation": read.messages}
        asked = prompt("route", _remarks(state, read), values=values, data=said)
        try:
            decision = await call.decide(asked, self._forms[bool(read.upto)])
        except ModelError as error:
            return fallen_back(await self._backup.route(state), call, error)
        routing = self._routing(decision, state)
        if routing["ask_back"] is None and decision.ask_back and routing["routes"] == ["chat"]:
            routing = (await self._backup.route(state))["routing"]  # it may not ask again, and said nowhere to look
        update = RouteUpdate(routing=routing, ledger=call.ledger)
        if isinstance(decision, _LongDecision) and decision.summary.strip():
            update["summary"] = summarised(decision.summary, read.upto)
        return update

    def _routing(self, decision: _Decision, state: AssistantState) -> Routing:
        turn = state["turn"]
        question, language = _standalone(decision, state), turn["language"]
        routes = _consistent(decision, pictured=turn["image"] is not None)
        asks = routes == ["chat"] and _may_ask_back(state)  # with somewhere to look, looking comes first
        back = plain(decision.ask_back).strip()[:_LONGEST_BACK] if asks else ""
        return Routing(
            question=question,
            language=language,
            routes=routes,
            queries={route: _queries(decision, route, language) or [question] for route in routes if route != "chat"},
            filters={route: filters for route in routes if (filters := self._filters(route, question))},
            ask_back=back or None,
            choices=[choice[:_LONGEST_BACK] for choice in decision.choices[:_MOST_CHOICES]] if back else [],
            confidence=1.0,
        )

    def _filters(self, route: str, question: str) -> Filters:
        source = self._sources.get(route)
        return source.read_filters(question) if isinstance(source, FilteringSource) else {}


def _form(routes: Sequence[str], *, long: bool) -> type[_Decision]:
    """Return the form with the routes as an enumeration: a small model keeps to one more easily than to a rule."""
    route = Literal[tuple(dict.fromkeys(routes))]  # type: ignore[valid-type]
    search = create_model("Search", __base__=_Search, route=(route, ...))  # type: ignore[arg-type]
    searches = Annotated[list[search], Field(max_length=_MOST_SEARCHES)]  # type: ignore[valid-type]
    base = _LongDecision if long else _Decision
    return create_model("Decision", __base__=base, searches=(searches, ...))


def _remarks(state: AssistantState, read: Conversation) -> str:
    remarks = ["A picture comes with the last message." if state["turn"]["image"] else "No picture."]
    if state["turn"]["effort"] == "thorough":
        remarks.append("Give two or three differently worded queries for each route.")
    if not _may_ask_back(state):
        remarks.append('You asked back last time. Now search with what there is; ask_back is "".')
    if read.upto:
        remarks.append(
            "summary: what all but the last four messages say that still matters (wishes, names, what was settled), "
            "with what is in `earlier`, in at most 80 words."
        )
    return "\n".join(remarks)


def _may_ask_back(state: AssistantState) -> bool:
    return not state.get("asked_back")


def _standalone(decision: _Decision, state: AssistantState) -> str:
    """Return the standalone question: the person's own words unless they lean on what was said before."""
    asked = state["turn"]["asked"]
    return plain(decision.question).strip() or asked if len(state["messages"]) > 1 else asked


def _consistent(decision: _Decision, *, pictured: bool) -> list[str]:
    """Keep what fits together: no look without a picture, and chat only where nothing is looked for."""
    routes = dict.fromkeys(search.route for search in decision.searches)
    return [route for route in routes if route != "chat" and (route != "image" or pictured)] or ["chat"]


def _queries(decision: _Decision, route: str, language: Language) -> list[str]:
    """Return the queries of a route; one in another language than the question finds little in the person's documents."""
    given = (search.query for search in decision.searches if search.route == route)
    texts = (" ".join(plain(query).split())[:_LONGEST_QUERY] for query in given)
    return [text for text in dict.fromkeys(texts) if text and detect_language(text) == language][:_MOST_QUERIES]
