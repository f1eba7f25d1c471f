"""Where a question goes, decided by a chat model in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from pydantic import BaseModel, create_model

from stylegraph.agent.decisions import Router, RouteUpdate
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import EvidenceSource, FilteringSource, Filters
from stylegraph.agent.language import detect_language
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.model import ModelCaller
from stylegraph.agent.llm.prompt import fenced, prompt, transcript
from stylegraph.agent.state import AssistantState, Routing

_CONVERSATION = 6_000
"""Characters of the conversation that the router reads."""
_MOST_QUERIES = 4


class _Query(BaseModel):
    route: str
    query: str


class _Decision(BaseModel):
    standalone_question: str
    routes: list[str]
    queries: list[_Query]
    ask_back: str
    choices: list[str]


class ModelRouter:
    """Routes by a model; knows each source by its description. Filters are read from the words, as locally."""

    def __init__(self, caller: ModelCaller, backup: Router, sources: Sequence[EvidenceSource]) -> None:
        self._caller = caller
        self._backup = backup
        self._sources = {source.name: source for source in sources}
        self._described = "\n".join(f"- {source.name}: {source.description}" for source in sources)
        self._form = _form([*self._sources, "image", "chat"])

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Give the routing; the local one when the model fails."""
        call = self._caller.call(state, "route")
        try:
            decision = await call.decide(prompt("route", _data(state), routes=self._described), self._form)
        except ModelError as error:
            return fallen_back(await self._backup.route(state), call, error)
        return {"routing": self._routing(decision, state), "ledger": call.ledger}

    def _routing(self, decision: _Decision, state: AssistantState) -> Routing:
        question = decision.standalone_question.strip() or state["turn"]["asked"]
        ask_back = decision.ask_back.strip() or None
        routes = _consistent(decision.routes, pictured=state["turn"]["image"] is not None)
        return Routing(
            question=question,
            language=detect_language(state["turn"]["asked"]),
            routes=routes,
            queries={route: _queries(decision, route) or [question] for route in routes if route != "chat"},
            filters={route: filters for route in routes if (filters := self._filters(route, question))},
            ask_back=None if state.get("asked_back") else ask_back,
            choices=decision.choices[:4] if ask_back else [],
            confidence=1.0,
        )

    def _filters(self, route: str, question: str) -> Filters:
        source = self._sources.get(route)
        return source.read_filters(question) if isinstance(source, FilteringSource) else {}


def _form(routes: Sequence[str]) -> type[_Decision]:
    """Give the form with the routes as an enumeration: a small model keeps to one more easily than to a rule."""
    route = Literal[tuple(dict.fromkeys(routes))]  # type: ignore[valid-type]
    query = create_model("Query", __base__=_Query, route=(route, ...))
    form = create_model("Decision", __base__=_Decision, routes=(list[route], ...), queries=(list[query], ...))  # type: ignore[valid-type]
    return cast(type[_Decision], form)


def _data(state: AssistantState) -> str:
    picture = "A picture comes with the last message." if state["turn"]["image"] else "No picture comes with it."
    return fenced(conversation=transcript(state["messages"], _CONVERSATION)) + f"\n\n{picture}"


def _consistent(routes: Sequence[str], *, pictured: bool) -> list[str]:
    """Keep what fits together: no look without a picture, and chat only where nothing is looked for."""
    kept = [route for route in dict.fromkeys(routes) if route != "chat" and (route != "image" or pictured)]
    return kept or ["chat"]


def _queries(decision: _Decision, route: str) -> list[str]:
    texts = (query.query.strip() for query in decision.queries if query.route == route)
    return [text for text in dict.fromkeys(texts) if text][:_MOST_QUERIES]
