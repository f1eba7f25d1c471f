"""Which sources run for a routing, and where the turn goes after each decision.

The routers are async although they wait for nothing: LangGraph hands a plain function to a thread.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from langgraph.runtime import Runtime
from langgraph.types import Send

from stylegraph.agent.budget import Spent, exhausted, tally
from stylegraph.agent.evidence import Condition, EvidenceSource, Filters, SourceTask
from stylegraph.agent.state import AssistantContext, AssistantState, Routing
from stylegraph.graphs.nodes.identity import AUDIENCE, Asker, asker
from stylegraph.tools.fashion.vision.look import looks_in
from stylegraph.tools.fashion.vision.query_rewriting import with_garments
from stylegraph.tools.unavailable import Unavailable

_DOCUMENTS, _PICTURE = "documents", "image"


@dataclass(frozen=True)
class Plan:
    """Turns a routing into tasks for sources."""

    sources: Mapping[str, EvidenceSource]
    """Route -> source."""
    k: int
    """Pieces of evidence asked of each source."""

    async def plan(self, state: AssistantState) -> dict[str, Any]:
        """Name what the picture shows in the queries; let the user's own documents answer for what is not set up."""
        looks, routing = looks_in(state), state["routing"]
        if looks and _PICTURE in routing["routes"]:
            routing = with_garments(routing, looks)
        wanted = [self.sources[route] for route in routing["routes"] if route in self.sources]
        if wanted and all(isinstance(source, Unavailable) for source in wanted) and _DOCUMENTS in self.sources:
            routes = list(dict.fromkeys([*routing["routes"], _DOCUMENTS]))
            queries = {_DOCUMENTS: [routing["question"]], **routing["queries"]}
            routing = Routing(**{**routing, "routes": routes, "queries": queries})
        return {"routing": routing} if routing is not state["routing"] else {}

    async def to_sources(
        self, state: AssistantState, runtime: Runtime[AssistantContext]
    ) -> list[Send] | Literal["answer", "ask_back"]:
        """Send a task to every source that is routed, all at once."""
        if state["routing"]["ask_back"] and not state.get("asked_back"):
            return "ask_back"
        return self._sends(state, state["routing"], self.k, asker(runtime)) or "answer"

    async def where_next(
        self, state: AssistantState, runtime: Runtime[AssistantContext]
    ) -> list[Send] | Literal["answer", "remember"]:
        """Look again, write again, or end with what there is."""
        revision = state["revision"]
        if revision is None or revision["action"] == "stop":
            return "remember"
        if revision["action"] == "correct":
            return "answer"
        return self._sends(state, revision["routing"], revision["k"], asker(runtime)) or "answer"

    def _sends(self, state: AssistantState, routing: Routing, k: int, by: Asker) -> list[Send]:
        wanted = [self.sources[route] for route in routing["routes"] if route in self.sources]
        return [Send(source.node, self._task(source.name, state, routing, k, by)) for source in wanted]

    def _task(self, route: str, state: AssistantState, routing: Routing, k: int, by: Asker) -> SourceTask:
        budget, spent = state["turn"]["budget"], spent_so_far(state)
        return SourceTask(
            question=routing.get("parts", {}).get(route, routing["question"]),
            asked=state["turn"]["asked"],
            queries=routing["queries"].get(route) or [routing["question"]],
            filters=_filters(route, state, routing, by),
            language=routing["language"],
            k=k,
            attempt=state.get("revisions", 0),
            web_searches=budget["web_searches"] - spent["web_searches"],
            seconds=max(0.0, budget["seconds"] - spent["seconds"]),
            user=by.user,
            index=state["turn"]["index"],
            shown=state.get("shown", []),
            outfit=state.get("last_outfit"),
            wish=state.get("last_wish") if route in (state.get("last_routing") or {"routes": []})["routes"] else None,
            profile=state.get("profile", {}),
            look=state.get("look"),
            looks=cast(list[dict[str, Any]], looks_in(state)),
        )


def _filters(route: str, state: AssistantState, routing: Routing, by: Asker) -> Filters:
    """Return what the question's words imply, and for documents what the caller allows: no revision gives that up."""
    implied = routing["filters"].get(route, {})
    if route != _DOCUMENTS:
        return implied
    only = state["turn"].get("only", {})
    return {**implied, **{field: Condition(any=values) for field, values in only.items()}, **_shown_to(by, only)}


def _shown_to(by: Asker, only: Mapping[str, Sequence[str]]) -> Filters:
    """Return what documents must be for, for somebody who may not see all of them: for everybody, or for one of theirs."""
    if by.audience is None:
        return {}
    if AUDIENCE not in only:
        return {AUDIENCE: Condition(any=by.audience, lacking=True)}
    return {AUDIENCE: Condition(any=[one for one in only[AUDIENCE] if one in by.audience])}


async def look_if_pictured(state: AssistantState) -> list[str]:
    """Look at the picture beside routing, when there is one."""
    return ["route", "analyse_image"] if state["turn"]["image"] else ["route"]


async def to_answer(state: AssistantState) -> list[str]:
    """Write beside grading the evidence; a thorough turn grades it first."""
    return ["grade_evidence"] if state["turn"]["effort"] == "thorough" else ["answer", "grade_evidence"]


async def after_evidence(state: AssistantState) -> Literal["answer", "grade_answer"]:
    """Write now if writing waited for the evidence's grades."""
    return "answer" if state["turn"]["effort"] == "thorough" else "grade_answer"


async def good_enough(state: AssistantState) -> Literal["remember", "revise"]:
    """Revise a draft that is not good while the budget lasts."""
    if state["grade"]["good"] or state["turn"]["effort"] == "quick":
        return "remember"
    return "remember" if exhausted(state["turn"]["budget"], spent_so_far(state)) else "revise"


def spent_so_far(state: AssistantState) -> Spent:
    """Add up what the turn has spent until now."""
    seconds = max(0.0, time.time() - state["turn"]["started"])
    return tally(state.get("ledger", []), seconds, state.get("revisions", 0))
