"""The agent without a model: it routes first, writes next, and looks wider after a draft that was not good enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stylegraph.agent.acts import AskBack, Drafted, LookUp, LookUps, Stop, look_ups_of
from stylegraph.agent.events import Event, Revising
from stylegraph.agent.local.clause_split import Asked, asked_apart, looked_up_apart
from stylegraph.agent.local.reviser import MOST, reworded
from stylegraph.agent.local.templates import place_name
from stylegraph.agent.local.whole_documents import WholeDocuments
from stylegraph.agent.protocols import ActUpdate, Router, Stream
from stylegraph.agent.state import AssistantState, Draft, Revision, Routing, current_routing, looked_at_first
from stylegraph.agent.text.language import Language, detect_language

Rewrite = Callable[[Routing, AssistantState], Routing]
"""Names in the queries what pictures show."""

_DOCUMENTS = "documents"
_WIDER = f"{_DOCUMENTS}-1"
"""Id of a second look-up."""


class Writer(Protocol):
    """Writes a draft from a routing and evidence."""

    async def answer(self, state: AssistantState, stream: Stream) -> Mapping[str, Any]:
        """Read `routing`, `evidence`, `relevance`, `revision`; return `draft`, and `routing` where it turned out otherwise."""


class Reviser(Protocol):
    """Decides what to do about a draft that is not good enough."""

    async def revise(self, state: AssistantState) -> Mapping[str, Any]:
        """Read `grade`, `draft`, `routing`, `revisions`; return `revision`."""


class EvidenceGrader(Protocol):
    """Scores how relevant each piece of evidence is."""

    async def grade(self, state: AssistantState) -> Mapping[str, Any]:
        """Read `routing`, `evidence`; return `relevance`: id -> 0..1 for all of them."""


def as_it_is(routing: Routing, state: AssistantState) -> Routing:
    """Return a routing as it is: no pictures are understood."""
    return routing


@dataclass(frozen=True)
class LocalAgent:
    """An `Agent` that needs no model.

    Args:
        router: Decides where the question goes.
        evidence_grader: Tells which evidence is worth reading, where there is more than was first asked for.
        writer: Writes drafts.
        reviser: Decides how to look wider.
        sources: Names of the sources that there are.
        unavailable: Those of them that are not set up: the user's own documents answer for them.
        k: Pieces of evidence that a source is asked for the first time.
        rewrite: Names in the queries what pictures show.
        whole: Tells which documents to read as a whole where passages did not answer.
    """

    router: Router
    evidence_grader: EvidenceGrader
    writer: Writer
    reviser: Reviser
    sources: Collection[str]
    unavailable: Collection[str] = ()
    k: int = 6
    rewrite: Rewrite = as_it_is
    whole: WholeDocuments | None = None

    async def act(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Return the next act."""
        routing = state.get("routing")
        if routing is None:
            return await self._first(state, stream)
        if state.get("grade"):
            return await self._again(state, stream)
        return await self._write(state, stream)

    async def _first(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Route; write at once where nothing is left to look up."""
        routed = await self.router.route(state)
        routing = self._prepared(routed["routing"], state)
        update: dict[str, Any] = {**routed, "routing": routing}
        if routing["ask_back"] and not state.get("asked_back"):
            return {**update, "act": AskBack(kind="ask_back", text=routing["ask_back"], choices=routing["choices"])}  # type: ignore[typeddict-item]
        known = {finding["source"] for finding in state.get("findings", [])}  # a model looked, and then failed
        looking = looked_at_first(routing)
        wanted = await asyncio.to_thread(looked_up_apart, look_ups_of(looking, self.sources, self.k), looking)
        if look_ups := [one for one in wanted if one["source"] not in known]:
            return {**update, "act": LookUps(kind="look_ups", look_ups=look_ups)}  # type: ignore[typeddict-item]
        return {**update, **await self._write({**state, "routing": routing}, stream)}  # type: ignore[typeddict-item]

    def _prepared(self, routing: Routing, state: AssistantState) -> Routing:
        """Name what pictures show in the queries; let the user's own documents answer for what is not set up."""
        routing = self.rewrite(routing, state)
        wanted = [route for route in routing["routes"] if route in self.sources]
        if not wanted or _DOCUMENTS not in self.sources or any(route not in self.unavailable for route in wanted):
            return routing
        routes = list(dict.fromkeys([*routing["routes"], _DOCUMENTS]))
        return Routing(
            **{**routing, "routes": routes, "queries": {_DOCUMENTS: [routing["question"]], **routing["queries"]}}
        )

    async def _again(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Look wider, write anew from what there is, or stop."""
        revision: Revision = (await self.reviser.revise(state))["revision"]
        if revision["action"] == "stop":
            return {"revision": revision, "act": Stop(kind="stop", reason=revision["reason"])}
        if revision["action"] == "widen":
            look_ups = await self._wider(revision, state)
            return {
                "revision": revision,
                "act": LookUps(kind="look_ups", look_ups=look_ups, reason=revision["reason"]),
            }
        stream(Revising(event="revising", action="correct", reason=revision["reason"]))
        written = await self._write({**state, "revision": revision}, stream)
        return {**written, "revision": revision, "act": Drafted(kind="draft", reason=revision["reason"])}

    async def _wider(self, revision: Revision, state: AssistantState) -> list[LookUp]:
        """Return the look-ups of a revision: of what was answered none is made again, lest its answer becomes another."""
        routing, attempt = revision["routing"], state.get("revisions", 0) + 1
        look_ups = look_ups_of(routing, self.sources, revision["k"], attempt)
        wanted = await asyncio.to_thread(looked_up_apart, look_ups, routing, wider=True)
        missing = set(state["grade"]["missing"]) if state["grade"] else set()
        looked = {finding["source"] for finding in state.get("findings", [])}
        again = [
            one
            for one in wanted
            if one["source"] not in looked
            or not missing.isdisjoint((one["question"], place_name(routing["language"], one["source"])))
        ]
        return again or wanted

    async def _write(self, state: AssistantState, stream: Stream) -> ActUpdate:
        read: Mapping[str, Any] = {}
        if state["turn"]["effort"] == "thorough" or state.get("revisions"):
            if look_ups := await self._whole(state):
                return {"act": LookUps(kind="look_ups", look_ups=look_ups)}
            read = await self.evidence_grader.grade(state)
        state = {**state, **read}  # type: ignore[typeddict-item]
        told: list[Event] = []
        written = {**read, **await self.writer.answer(state, told.append)}
        wider = any(finding["id"].startswith(_WIDER) for finding in state.get("findings", []))
        if not wider and (look_ups := await self._in_own_language(written["draft"], {**state, **written})):  # type: ignore[typeddict-item]
            return {**written, "act": LookUps(kind="look_ups", look_ups=look_ups)}  # type: ignore[typeddict-item]
        for event in told:
            stream(event)
        return {**written, "act": Drafted(kind="draft")}  # type: ignore[typeddict-item]

    async def _whole(self, state: AssistantState) -> list[LookUp]:
        """Return the look-ups that read documents as a whole, once it has been looked wider; a model reads as it likes."""
        widened = state.get("revisions") and not state.get("working")
        return await self.whole.look_ups(state) if self.whole and widened else []

    async def _in_own_language(self, draft: Draft, state: AssistantState) -> list[LookUp]:
        """Return a wider look-up where documents answered in another language only: words prefer none, a reader does."""
        routing = current_routing(state)
        if routing["routes"] != [_DOCUMENTS] or state.get("working"):  # a model looks as it likes
            return []
        evidence, findings = state.get("evidence", []), state.get("findings", [])
        asked = await asyncio.to_thread(asked_apart, _DOCUMENTS, routing, evidence, findings)
        foreign = {one.question for one in asked if self._is_foreign(one, draft, routing["language"])}
        if not foreign:
            return []
        queries = {_DOCUMENTS: await asyncio.to_thread(reworded, routing["queries"].get(_DOCUMENTS) or [*foreign])}
        wider = Routing(**{**routing, "queries": {**routing["queries"], **queries}})
        look_ups = look_ups_of(wider, self.sources, MOST, attempt=1)
        apart = await asyncio.to_thread(looked_up_apart, look_ups, wider, wider=True)
        return [one for one in apart if len(asked) < 2 or one["question"] in foreign]

    def _is_foreign(self, asked: Asked, draft: Draft, language: Language) -> bool:
        """Check whether only texts of another language are quoted for a question, and there may be more than was found."""
        own = {piece["id"] for piece in asked.evidence}
        languages = {detect_language(one["quote"]) for one in draft["citations"] if one["evidence"] in own}
        return bool(languages) and language not in languages and len(asked.evidence) >= self.k
