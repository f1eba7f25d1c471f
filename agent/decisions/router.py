"""The first act by a decision model: where to look, whether to ask back, or to answer at once, in one request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.decisions import Choice, ClassifierResponse, Noul, Question

from stylegraph.agent.decisions.asking import Decider
from stylegraph.agent.decisions.errors import DecisionError, fallen_back
from stylegraph.agent.evidence import EvidenceSource, FilteringSource, Filters
from stylegraph.agent.protocols import Router, RouteUpdate
from stylegraph.agent.state import AssistantState, Routing
from stylegraph.agent.text.language import Language

AT_ONCE = "at_once"
"""The label of what needs no look-up; a source of this name would be taken for it."""
_FIRST, _ALSO, _BACK = "first", "also_", "ask_back"
_SURE = 0.7
"""Probability from which a second source is looked into, and from which the person is asked back: both cost time."""
_MESSAGES, _LONGEST = 6, 800
_CHAT = "chat"
_BACK_TEXT: dict[Language, str] = {
    "ko": "무엇을 찾아 드리면 될지 조금만 더 자세히 알려 주시겠어요?",
    "en": "Could you tell me a little more about what you are looking for?",
}
_TALK = "Small talk, thanks, or a request about what was just said: nothing has to be looked up."


class DecisionRouter:
    """A `Router` by a decision model, in one request.

    The backup reads the question first: what it leans on, its filters and its words for each source are found without a
    model; only where it goes is decided anew. A question with a picture stays where the backup sends it.

    Args:
        decider: Asks the model.
        backup: Reads the question, and decides where the model does not.
        sources: The sources that are set up.
    """

    def __init__(self, decider: Decider, backup: Router, sources: Sequence[EvidenceSource]) -> None:
        self._decider = decider
        self._backup = backup
        self._sources = {source.name: source for source in sources}

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Return the routing; the backup's where the model fails, with a note."""
        update = await self._backup.route(state)
        if state["turn"]["image"] or not self._sources:
            return update
        routing = update["routing"]
        try:
            asked = await self._decider.in_turn("route", _about(state, routing), self._questions(), state)
        except DecisionError as error:
            note = fallen_back(error, "route", state["turn"]["language"])
            return {**update, "notes": [*update.get("notes", []), note], "ledger": [*error.ledger]}
        decided = self._decided(routing, asked.response, may_ask=not state.get("asked_back"))
        return {**update, "routing": decided, "ledger": [*update.get("ledger", []), *asked.ledger]}

    def _questions(self) -> dict[str, Question]:
        meanings: dict[str, Any] = {name: _meaning(source) for name, source in self._sources.items()}
        questions: dict[str, Question] = {
            _FIRST: Choice(
                instructions="Where should an assistant look to answer the question?",
                criteria={**meanings, AT_ONCE: _TALK},
            ),
            _BACK: Noul(
                instructions="Is a fact missing without which no look-up could help, so that the person must be asked first?"
            ),
        }
        for name, source in self._sources.items() if len(self._sources) > 1 else ():
            questions[_ALSO + name] = Noul(
                instructions=f"Does a part of the question need this, whatever else it needs: {source.description}"
            )
        return questions

    def _decided(self, routing: Routing, response: ClassifierResponse, *, may_ask: bool) -> Routing:
        first = response.choices[_FIRST]
        if may_ask and response.nouls[_BACK].noul >= _SURE:
            back = routing["ask_back"] or _BACK_TEXT[routing["language"]]
            return _to(routing, [_CHAT], first.confidence, ask_back=back)
        if first.choice == AT_ONCE:
            return _to(routing, [_CHAT], first.confidence)
        also = [
            name
            for name in self._sources
            if name != first.choice and _ALSO + name in response.nouls and response.nouls[_ALSO + name].noul >= _SURE
        ]
        decided = _to(routing, [first.choice, *also], first.confidence)
        return Routing(**{**decided, "filters": {name: self._filters(name, decided) for name in decided["routes"]}})

    def _filters(self, name: str, routing: Routing) -> Filters:
        """Return the conditions that the words imply, as the source reads them."""
        source = self._sources[name]
        if name in routing["filters"] or not isinstance(source, FilteringSource):
            return routing["filters"].get(name, {})
        return source.read_filters(routing.get("parts", {}).get(name, routing["question"]))


def _meaning(source: EvidenceSource) -> dict[str, Any]:
    """Return what belongs to a source, as a label: what is found there, and questions that go there."""
    return {"description": source.description, "examples": list(source.examples)}


def _about(state: AssistantState, routing: Routing) -> dict[str, Any]:
    """Return what is decided about: the question as it was understood, and the conversation before it."""
    said = [one for one in state["messages"][:-1] if one.type in ("human", "ai")][-_MESSAGES:]
    earlier = [{"role": "user" if one.type == "human" else "assistant", "content": one.text[:_LONGEST]} for one in said]
    about: dict[str, Any] = {"question": routing["question"][:_LONGEST]}
    return {"earlier": earlier, **about} if earlier else about


def _to(routing: Routing, routes: list[str], confidence: float, ask_back: str | None = None) -> Routing:
    """Return a routing to other routes; what the backup found for one of them is kept."""
    kept = {
        "routes": routes,
        "queries": {
            route: routing["queries"].get(route) or [routing["question"]] for route in routes if route != _CHAT
        },
        "ask_back": ask_back,
        "choices": routing["choices"] if ask_back and ask_back == routing["ask_back"] else [],
        "confidence": round(confidence, 3),
    }
    return Routing(**{**routing, **kept})  # type: ignore[typeddict-item]
