"""Where a turn goes after each act, and the tasks that sources are sent.

The edges are async although they wait for nothing: LangGraph hands a plain function to a thread.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from langgraph.runtime import Runtime, get_runtime
from langgraph.types import Send

from stylegraph.agent.acts import LookUp
from stylegraph.agent.budget import Spent, exhausted, tally
from stylegraph.agent.evidence import AUDIENCE, Condition, EvidenceSource, Filters, SourceTask
from stylegraph.agent.links import addresses_in
from stylegraph.agent.state import AssistantContext, AssistantState
from stylegraph.graphs.nodes.drafts import is_stuck
from stylegraph.graphs.nodes.identity import Asker, asker, shown_to

_DOCUMENTS = "documents"


@dataclass(frozen=True)
class Dispatch:
    """Sends what an agent wants to look up to the sources.

    Args:
        sources: Name -> source.
    """

    sources: Mapping[str, EvidenceSource]

    async def after_agent(
        self, state: AssistantState, runtime: Runtime[AssistantContext]
    ) -> list[Send] | Literal["grade", "ask_back", "remember"]:
        """Look up what the agent wants to know, side by side; else grade its draft, ask back, or end."""
        act = state["act"]
        if act is None or act["kind"] == "stop":
            return "remember"
        if act["kind"] == "ask_back":
            return "ask_back"
        if act["kind"] == "draft":
            return "grade"
        by = asker(runtime)
        known = [one for one in act["look_ups"] if one["source"] in self.sources]
        tasks = [task_of(one, state, by) for one in known]
        _share_searches(known, tasks)
        sends = zip(known, tasks, strict=True)
        return [Send(self.sources[one["source"]].node, task) for one, task in sends] or "remember"


def task_of(look_up: LookUp, state: AssistantState, by: Asker) -> SourceTask:
    """Return what a source is asked to do for one look-up."""
    budget, spent, source = state["turn"]["budget"], spent_so_far(state), look_up["source"]
    return SourceTask(
        id=look_up["id"],
        tool=look_up.get("tool", ""),
        arguments=look_up.get("arguments", {}),
        question=look_up["question"],
        asked=state["turn"]["asked"],
        queries=look_up["queries"],
        filters=_filters(look_up, state, by),
        language=state["turn"]["language"],
        k=look_up["k"],
        attempt=state.get("revisions", 0),
        web_searches=budget["web_searches"] - spent["web_searches"],
        model_calls=budget["model_calls"] - spent["model_calls"],
        seconds=max(0.0, budget["seconds"] - spent["seconds"]),
        user=by.user,
        index=state["turn"]["index"],
        links=_known_links(state),
        shown=state.get("shown", []),
        memory=state.get("memory", {}).get(source),
        followed=source in state.get("last_routes", []),
        profile=state.get("profile", {}),
        seen=state.get("seen", []),
    )


def _share_searches(look_ups: Sequence[LookUp], tasks: Sequence[SourceTask]) -> None:
    """Leave to each look-up the web searches that those before it in the same source don't need: they run side by side."""
    needed: dict[str, int] = {}
    for one, task in zip(look_ups, tasks, strict=True):
        before = needed.get(one["source"], 0)
        task["web_searches"] = max(0, task["web_searches"] - before)
        needed[one["source"]] = before + len(one["queries"])


def _known_links(state: AssistantState) -> list[str]:
    """Return the addresses that may be opened: those that were found this turn, and those that the person gave."""
    found = [piece["url"] for piece in state.get("evidence", []) if piece["url"]]
    said = [message.text for message in state["messages"] if message.type == "human"]
    return list(dict.fromkeys([*found, *(link for text in said for link in addresses_in(text))]))


def may_see(state: AssistantState) -> Filters:
    """Return which documents the person who asks may see; for a node to call."""
    return _allowed(state, asker(get_runtime(AssistantContext)))


def _filters(look_up: LookUp, state: AssistantState, by: Asker) -> Filters:
    """Return what was asked for, and for documents what the caller allows: no revision gives that up."""
    return {**look_up["filters"], **(_allowed(state, by) if look_up["source"] == _DOCUMENTS else {})}


def _allowed(state: AssistantState, by: Asker) -> Filters:
    only = {field: Condition(any=values) for field, values in state["turn"].get("only", {}).items()}
    return {**only, **shown_to(by, only.get(AUDIENCE))}


async def look_if_pictured(state: AssistantState) -> Literal["analyse_image", "agent"]:
    """Look at the picture first, when there is one."""
    return "analyse_image" if state["turn"]["image"] else "agent"


async def good_enough(state: AssistantState) -> Literal["remember", "agent"]:
    """Let the agent mend a draft that is not good while the budget lasts."""
    grade = state.get("grade")
    if grade is None or grade["good"] or state["turn"]["effort"] == "quick" or is_stuck(state):
        return "remember"
    return "remember" if exhausted(state["turn"]["budget"], spent_so_far(state)) else "agent"


async def answered_back(state: AssistantState) -> Literal["remember", "agent"]:
    """Go on once the person has answered a question put back within the turn; else end the turn with it."""
    act = state["act"]
    return "remember" if act is not None and act["kind"] == "ask_back" else "agent"


def spent_so_far(state: AssistantState) -> Spent:
    """Add up what the turn has spent until now."""
    seconds = max(0.0, time.time() - state["turn"]["started"])
    spent = tally(state.get("ledger", []), seconds, state.get("revisions", 0))
    return Spent(**spent, model=model) if (model := state["turn"].get("model")) else spent
