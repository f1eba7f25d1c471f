"""The agent that is a chat model: one call a visit, with the sources as its tools."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, Literal, cast

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall
from pydantic import BaseModel, Field, create_model

from stylegraph.agent.acts import Act, AskBack, Drafted, Finding, LookUp, LookUps, look_ups_of
from stylegraph.agent.budget import leaves_one_call
from stylegraph.agent.errors import ModelError
from stylegraph.agent.events import Drafted as DraftEvent
from stylegraph.agent.events import Revising
from stylegraph.agent.evidence import Evidence, EvidenceSource, Filters, OverviewSource, RecallingSource, SourceTask
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.client import Call, ModelCaller
from stylegraph.agent.llm.complaint import complaint
from stylegraph.agent.llm.context import prompt_for
from stylegraph.agent.llm.desk import Desk
from stylegraph.agent.llm.drafts import Visible, compose, draft_of
from stylegraph.agent.llm.errors import UnsupportedOptionError
from stylegraph.agent.llm.fallback import fallen_back, noted
from stylegraph.agent.llm.prefetch import Prefetcher
from stylegraph.agent.llm.prompts import rules_of
from stylegraph.agent.llm.structured_output import cut_short
from stylegraph.agent.llm.toolbox import ASK, Toolbox
from stylegraph.agent.llm.working import kept, said
from stylegraph.agent.protocols import ActUpdate, Agent, Router, RouteUpdate, Stream
from stylegraph.agent.state import AssistantState

_MOST_LOOK_UPS = 8
"""Look-ups of one visit."""
_FEWEST = 3
_LONGEST_BACK = 300
_MOST_CHOICES = 4
_TIMES = 3
"""Messages that a visit may take: one that calls only what can't be done is told so, and may call again before it must write."""
_REPEATED = "You asked exactly this before: the result stands above."
_NO_TOOL = "There is no such tool."
_NO_JSON = "Its arguments were no JSON object: nothing was looked up."
_TOO_MANY = "Too many look-ups at once: this one was left out."


class ModelAgent:
    """An `Agent` by a chat model.

    It sees the conversation as messages, the date, the profile, what the sources hold and everything found this turn, and
    looks up, asks back or writes. When the budget has room for one more call, tools are taken away and it answers with
    what there is.

    Args:
        caller: Calls the model.
        backup: Acts when the model fails.
        sources: The sources that are set up.
        router: Makes the first act, where a caller wants that cheap.
        may_see: Tells by the authenticated caller which documents they may see.
        prefetcher: Looks up what a question plainly asks for, where no router makes the first act.
    """

    def __init__(
        self,
        caller: ModelCaller,
        backup: Agent,
        sources: Sequence[EvidenceSource],
        router: Router | None = None,
        may_see: Callable[[AssistantState], Filters] = lambda _: {},
        prefetcher: Prefetcher | None = None,
    ) -> None:
        self._caller = caller
        self._backup = backup
        self._sources = sources
        self._router = router
        self._prefetcher = prefetcher
        self._may_see = may_see
        self._tools = Toolbox(sources, caller.settings.evidence_k)
        self._form = _form(self._tools.names)

    async def act(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Return the next act; the backup's when the model fails."""
        if self._router is not None and state.get("act") is None and not state.get("routing"):
            return await self._routed(self._router, state, stream)
        visit = _Visit(self._caller.call(state, "agent"), stream, complaint(state))
        if not state.get("act") and not state.get("routing") and self._only_one(visit.call):
            return await self._backup.act(state, stream)  # looks up without the model, which then writes
        if self._prefetcher and not state.get("act") and (look_ups := await self._prefetcher.look_ups(state)):
            return {"act": LookUps(kind="look_ups", look_ups=look_ups)}
        try:
            return await self._visited(visit, state)
        except ModelError as error:
            quiet: Stream = (lambda _: None) if visit.said else stream
            return fallen_back(await self._backup.act(state, quiet), visit.call, error)

    def _only_one(self, call: Call) -> bool:
        """Check whether the budget has room for one call in all: asked to look up, the model could never answer."""
        return call.state["turn"]["budget"]["model_calls"] == 1 and bool(self._tools.names)

    async def _routed(self, router: Router, state: AssistantState, stream: Stream) -> ActUpdate:
        """Let a router make the first act."""
        routed = await router.route(state)
        routing = routed["routing"]
        if routing["ask_back"] and not state.get("asked_back"):
            act: Act = AskBack(kind="ask_back", text=routing["ask_back"], choices=routing["choices"])
            return cast(ActUpdate, {**routed, "act": act})
        names = {source.name for source in self._sources}
        look_ups = look_ups_of(routing, names, self._caller.settings.evidence_k)
        if look_ups:
            return cast(ActUpdate, {**routed, "act": LookUps(kind="look_ups", look_ups=look_ups)})
        ledger = [*state.get("ledger", []), *routed.get("ledger", [])]
        acted = await self.act({**state, "routing": routing, "ledger": ledger}, stream)
        return _after(routed, acted)

    async def _visited(self, visit: _Visit, state: AssistantState) -> ActUpdate:
        """Ask the model until it makes an act: what it calls that there is not is told to it."""
        recalled = [] if state.get("working") else await self._recalled(state)
        state = {**state, "evidence": [*recalled, *state.get("evidence", [])]}
        desk = Desk.of(state, await self._holdings(state), self._caller.settings)
        update: dict[str, Any] = {"evidence": recalled, "passages": [found["id"] for found in desk.passages]}
        told = complaint(state)
        working: list[AnyMessage] = [HumanMessage(told)] if told else []
        findings: list[Finding] = []
        for attempt in range(_TIMES):
            seen = _with(state, working, findings)
            last = attempt + 1 == _TIMES or is_last(visit.call)
            message, broken = _with_broken_calls(await self._said(visit, seen, desk, last=last))
            working.append(message)
            if (act := self._act(message, seen, desk.passages, findings, broken)) is not None:
                break
        update |= {"working": kept(working), "findings": findings, "ledger": visit.call.ledger}
        if act is not None and act["kind"] != "draft":
            return cast(ActUpdate, {**update, "act": act})
        return await self._drafted(visit, state, desk, message, update)

    def _act(
        self,
        message: AIMessage,
        state: AssistantState,
        passages: Sequence[Evidence],
        findings: list[Finding],
        broken: Collection[str],
    ) -> Act | None:
        """Return a message as an act; None where it calls nothing that can be done, which `findings` then tells."""
        calls = message.tool_calls
        if not calls:
            return Drafted(kind="draft")
        if (back := next((call for call in calls if call["name"] == ASK), None)) and not state.get("asked_back"):
            return _asked_back(back, message)
        made = {_key(call) for one in said(state) for call in getattr(one, "tool_calls", [])}
        look_ups: list[LookUp] = []
        for call in calls:
            look_up = self._tools.look_up(call, passages) if call["id"] not in broken else None
            missing = _NO_JSON if call["id"] in broken else _NO_TOOL
            wrong = missing if look_up is None else _REPEATED if _key(call) in made else _TOO_MANY
            if look_up is None or _key(call) in made or len(look_ups) >= _MOST_LOOK_UPS:
                findings.append(Finding(id=call["id"] or call["name"], source=call["name"], evidence=[], notes=[wrong]))
            else:
                look_ups.append(look_up)
                made.add(_key(call))
        return LookUps(kind="look_ups", look_ups=_shared(look_ups)) if look_ups else None

    async def _said(self, visit: _Visit, state: AssistantState, desk: Desk, *, last: bool) -> AIMessage:
        """Return the model's next message: by tools or, where its server takes none, by a form."""
        if last or self._caller.takes_tools:
            try:
                return await self._conversed(visit, state, desk, last=last)
            except UnsupportedOptionError as error:
                if error.option != "tools":
                    raise
        settings = self._caller.settings
        rules = (
            f"{rules_of('agent', settings)}\n\n{rules_of('form', settings, tools=self._tools.described(desk.holds))}"
        )
        prompt = await asyncio.to_thread(prompt_for, rules, state, desk, last=False, told=True)
        form = await visit.call.decide(prompt, self._form, settings.model_max_tokens)
        message = _from_form(form, len(state.get("working", [])))
        visit.visible(desk).take(message.text + "\n")
        return message

    async def _conversed(self, visit: _Visit, state: AssistantState, desk: Desk, *, last: bool) -> AIMessage:
        """Return the model's next message, its text handed on as it comes; without tools when it is the last."""
        rules = rules_of("agent", self._caller.settings)
        prompt = await asyncio.to_thread(prompt_for, rules, state, desk, last=last, told=not self._caller.takes_tools)
        specs = [] if last else self._tools.specs(desk.holds, asking=not state.get("asked_back"))
        visible = visit.visible(desk)
        message = await visit.call.converse(prompt, specs, visible.take)
        visible.end()
        return message

    async def _drafted(
        self, visit: _Visit, state: AssistantState, desk: Desk, message: AIMessage, update: dict[str, Any]
    ) -> ActUpdate:
        """Return the model's text as a draft; the local one where it can't cite any of what it says, even when told so.

        Raises:
            ModelError: There is no text.
        """
        if not message.text.strip():
            raise ModelError("The model called what there is not, and wrote nothing.")
        looked = bool(state.get("findings"))
        composed = await asyncio.to_thread(compose, message.text, desk.reading)
        draft = await asyncio.to_thread(draft_of, composed, desk.reading, looked=looked)
        if draft["kind"] == "answer" and not composed.citations and not composed.general and state.get("grade"):
            local = await self._backup.act({**state, "grade": None}, lambda _: None)
            return noted(cast(ActUpdate, {**update, "ledger": [], **local}), visit.call, "uncited")
        act = Drafted(kind="draft", reason=complaint(state)) if state.get("grade") else Drafted(kind="draft")
        made = cast(ActUpdate, {**update, "draft": draft, "act": act})
        if not cut_short(message):
            return made
        return noted(cast(ActUpdate, {**made, "ledger": []}), visit.call, "cut")

    async def _holdings(self, state: AssistantState) -> dict[str, str]:
        """Return what the sources hold for the person who asks; a source that can't say is left out."""
        asked = [source for source in self._sources if isinstance(source, OverviewSource)]
        told = await asyncio.gather(*(one.overview(self._task(state)) for one in asked), return_exceptions=True)
        return {one.name: text for one, text in zip(asked, told, strict=True) if isinstance(text, str) and text}

    async def _recalled(self, state: AssistantState) -> list[Evidence]:
        """Return what the person saw last, so that it can be talked about."""
        if not state.get("shown"):
            return []
        asked = [source for source in self._sources if isinstance(source, RecallingSource)]
        told = await asyncio.gather(*(one.recall(self._task(state)) for one in asked), return_exceptions=True)
        return [piece for pieces in told if not isinstance(pieces, BaseException) for piece in pieces]

    def _task(self, state: AssistantState) -> SourceTask:
        """Return what a source needs to know to say what it holds for this person, and to show again what they saw."""
        turn = state["turn"]
        return SourceTask(
            question=turn["asked"],
            queries=[turn["asked"]],
            filters=self._may_see(state),
            language=turn["language"],
            k=self._caller.settings.evidence_k,
            attempt=0,
            web_searches=0,
            seconds=turn["budget"]["seconds"],
            user=turn["user"],
            index=turn["index"],
            shown=state.get("shown", []),
            profile=state.get("profile", {}),
        )


def _after(routed: RouteUpdate, acted: ActUpdate) -> ActUpdate:
    """Return an act with the routing before it, and what both cost and noted."""
    notes = [*routed.get("notes", []), *acted.get("notes", [])]
    ledger = [*routed.get("ledger", []), *acted.get("ledger", [])]
    return {**acted, "routing": routed["routing"], "notes": notes, "ledger": ledger}


class _Visit:
    """One visit: its calls, and what of a draft has been seen."""

    def __init__(self, call: Call, stream: Stream, mends: str) -> None:
        self.call = call
        self.said = False
        self._mends = mends
        self._stream = stream

    def visible(self, desk: Desk) -> Visible:
        """Return what hands on the next message's text."""
        return Visible(self._show, desk.reading)

    def _show(self, text: str) -> None:
        """Hand on a piece of a draft."""
        if self._mends and not self.said:
            self._stream(Revising(event="revising", action="correct", reason=self._mends))
        self.said = True
        self._stream(DraftEvent(event="draft", text=text))


class _Search(BaseModel):
    tool: str
    query: str


class _Form(BaseModel):
    """An act, for a server that takes no tools."""

    look_ups: Annotated[list[_Search], Field(max_length=_MOST_LOOK_UPS)]
    ask_back: str
    answer: str


def _form(tools: Sequence[str]) -> type[_Form]:
    """Return the form with the tools as an enumeration: a small model keeps to one more easily than to a rule."""
    if not tools:
        return _Form
    tool = Literal[tuple(dict.fromkeys(tools))]  # type: ignore[valid-type]
    search = create_model("Search", __base__=_Search, tool=(tool, ...))  # type: ignore[arg-type]
    look_ups = Annotated[list[search], Field(max_length=_MOST_LOOK_UPS)]  # type: ignore[valid-type]
    return create_model("Act", __base__=_Form, look_ups=(look_ups, ...))


def _from_form(form: _Form, place: int) -> AIMessage:
    """Return a form as the message that a model with tools would have sent."""
    if form.answer.strip() and not form.look_ups:
        return AIMessage(form.answer)
    calls = [
        ToolCall(name=one.tool, args={"query": one.query}, id=f"form-{place}-{number}")
        for number, one in enumerate(form.look_ups)
    ]
    if form.ask_back.strip() and not calls:
        calls = [ToolCall(name=ASK, args={"question": form.ask_back}, id=f"form-{place}-ask")]
    if not calls:
        raise ModelError("The model's answer was empty.")
    return AIMessage("", tool_calls=calls)


def _shared(look_ups: Sequence[LookUp]) -> list[LookUp]:
    """Let several look-ups of one source share what one alone would bring, and half as much again: they find much twice."""
    times = Counter(one["source"] for one in look_ups)
    return [
        LookUp(**{**one, "k": max(_FEWEST, -(-one["k"] * 3 // (2 * times[one["source"]])))})
        if times[one["source"]] > 1
        else one
        for one in look_ups
    ]


def _asked_back(call: ToolCall, message: AIMessage) -> AskBack:
    arguments = call["args"] or {}
    text = plain(str(arguments.get("question") or message.text)).strip()[:_LONGEST_BACK]
    if not text:
        raise ModelError("The model asked nothing back.")
    choices = arguments.get("choices")
    told = [plain(str(choice)).strip() for choice in choices] if isinstance(choices, list) else []
    return AskBack(kind="ask_back", text=text, choices=[choice for choice in told if choice][:_MOST_CHOICES])


def _with_broken_calls(message: AIMessage) -> tuple[AIMessage, frozenset[str]]:
    """Return a message whose broken calls are calls without arguments, so that each can be answered; and their ids."""
    broken = [
        ToolCall(name=call["name"] or "", args={}, id=call["id"] or f"broken-{place}")
        for place, call in enumerate(message.invalid_tool_calls)
    ]
    if not broken:
        return message, frozenset()
    whole = message.model_copy(update={"tool_calls": [*message.tool_calls, *broken], "invalid_tool_calls": []})
    return whole, frozenset(str(call["id"]) for call in broken)


def _key(call: ToolCall) -> tuple[str, str]:
    """Return what makes a call the same as another."""
    return call["name"], json.dumps(call["args"], sort_keys=True, ensure_ascii=False)


def _with(state: AssistantState, working: Sequence[AnyMessage], findings: Sequence[Finding]) -> AssistantState:
    """Return the state with what this visit has added so far."""
    more = {
        "working": [*state.get("working", []), *kept(working)],
        "findings": [*state.get("findings", []), *findings],
    }
    return cast(AssistantState, {**state, **more})


def is_last(call: Call) -> bool:
    """Check whether the budget has room for this call and no other."""
    turn, ledger = call.state["turn"], [*call.state.get("ledger", []), *call.ledger]
    return leaves_one_call(turn["budget"], ledger, time.time() - turn["started"])
