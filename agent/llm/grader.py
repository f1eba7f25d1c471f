"""How good a draft is: its citations by code, its sentences and its completeness by a chat model in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from stylegraph.agent.citations import claims, code_blocks, without_markers
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.claims import Claim, Doubts, claims_of
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.context import conversation, summarised
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.passages import numbered, units_within
from stylegraph.agent.llm.prompts import fenced, rules_of, shortened
from stylegraph.agent.local.items import is_item
from stylegraph.agent.protocols import Grader, GradeUpdate
from stylegraph.agent.reply import Grade, SentenceSupport
from stylegraph.agent.state import AssistantState, Draft

_ANSWERS = {"no": 0.0, "partly": 0.5, "fully": 1.0}
_MOST_NAMED = 4
_LONGEST = 160
_TOKENS = 500
_SUMMARY = (
    "\n\nsummary: what the conversation between its tags says that still matters (wishes, names, what was settled), "
    "in at most 80 words."
)


class _Checked(BaseModel):
    unsupported: Annotated[list[int], Field(max_length=40)]
    answers: Literal["fully", "partly", "no"]
    missing: Annotated[list[str], Field(max_length=_MOST_NAMED)]


class _CheckedLong(_Checked):
    summary: str


class ModelGrader:
    """Grades a draft in one call, and without one where there is nothing that a model could add.

    Args:
        caller: Calls the model.
        backup: Grades when the draft was written without a model, and when the model fails.
        doubts: Say where a model is worth its call.
    """

    def __init__(self, caller: ModelCaller, backup: Grader, doubts: Doubts) -> None:
        self._caller = caller
        self._backup = backup
        self._doubts = doubts

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Return the grade."""
        if not _by_model(state):
            return await self._backup.grade(state)
        upto = conversation(state, self._caller.settings.context_tokens).upto
        if not _has_claims(state) or not (upto or await self._asks(state)):
            return {"grade": _graded(state["draft"], None).model_dump(mode="json")}
        call = self._caller.call(state, "grade")
        try:
            unclear = await asyncio.to_thread(_unclear, state)
            prompt = await asyncio.to_thread(self._prompt, state, unclear, bool(upto))
            said = await call.decide(prompt, _CheckedLong if upto else _Checked, _TOKENS)
        except ModelError as error:
            update: GradeUpdate = {"grade": _graded(state["draft"], None).model_dump(mode="json")}
            return fallen_back(update, call, error)
        grade = _graded(state["draft"], _just(said, unclear))
        update = {"grade": grade.model_dump(mode="json"), "ledger": call.ledger}
        if isinstance(said, _CheckedLong):
            update["summary"] = summarised(said.summary, upto)
        return update

    async def _asks(self, state: AssistantState) -> bool:
        """Check whether a model is asked: always when the turn is to be thorough, else where code has a doubt."""
        return state["turn"]["effort"] == "thorough" or await self._doubts.about(state)

    def _prompt(self, state: AssistantState, unclear: Sequence[Claim], long: bool) -> list[BaseMessage]:
        """Return the messages: the question, the sentences by number, and what they cite, but for what code sees in it."""
        rules = rules_of("grade", self._caller.settings) + (_SUMMARY if long else "")
        passages, places = _passages(state), {place for claim in unclear for place in claim.citations}
        cited = [state["draft"]["citations"][place - 1] for place in sorted(places)]
        shown = [_shown(place, found, cited) for place, found in passages.items()]
        data = {
            "question": shortened(_question(state)),
            "passages": "\n\n".join(filter(None, shown)),
            "notes": "\n".join(dict.fromkeys(note for one in state.get("findings", []) for note in one["notes"])),
            "answer": "\n".join(
                f"{number}. {_addressed(text, numbers, state['draft'], passages)}"
                for number, (text, numbers) in enumerate(claims(state["draft"]["text"]), start=1)
            ),
            "code": "\n".join(code_blocks(state["draft"]["text"])),
            "conversation": _older(state) if long else "",
        }
        return [SystemMessage(rules), HumanMessage(fenced(**data))]


def _by_model(state: AssistantState) -> bool:
    """Check whether a model wrote the draft: the local grader knows what the local writer does."""
    return state.get("routing") is None or bool(state.get("working"))


def _has_claims(state: AssistantState) -> bool:
    """Check whether there is something to check: talk about what was said needs no grade, nor does the end of a search."""
    draft = state["draft"]
    return draft["kind"] in ("answer", "recommendation") and state["turn"]["effort"] != "quick"


def _graded(draft: Draft, said: _Checked | None) -> Grade:
    """Return the grade; by code alone, which finds that citations hold, where no model said anything."""
    unsupported = set(said.unsupported) if said else set()
    sentences = [
        SentenceSupport(text=text, supported=number not in unsupported, citations=numbers)
        for number, (text, numbers) in enumerate(claims(draft["text"]), start=1)
    ]
    struck = draft.get("unsupported", [])
    if said is None:
        sentences = [one.model_copy(update={"supported": one.text not in struck}) for one in sentences]
    grounded = sum(one.supported for one in sentences) / len(sentences) if sentences else 1.0
    missing = _named(said.missing) if said else []
    answers = _ANSWERS[said.answers] if said and missing else 0.0 if said and said.answers == "no" else 1.0
    return Grade(
        good=grounded == 1.0 and answers == 1.0,
        grounded=round(grounded, 4),
        answers=answers,
        in_language=True,
        sentences=sentences,
        missing=missing if answers < 1 else [],
    )


def _just(said: _Checked, unclear: Sequence[Claim]) -> _Checked:
    """Drop complaints that code sees to be wrong: the cited words are the sentence's own, numbers and all."""
    numbers = {claim.number for claim in unclear}
    kept = [number for number in dict.fromkeys(said.unsupported) if number in numbers]
    return said.model_copy(update={"unsupported": kept})


def _passages(state: AssistantState) -> dict[int, Evidence]:
    """Return the cited evidence by the numbers that the writer knew it by."""
    known = {found["id"]: found for found in state.get("evidence", [])}
    cited = {citation["evidence"] for citation in state["draft"]["citations"]}
    order = [*state.get("passages", []), *sorted(cited - set(state.get("passages", [])))]
    return {place: known[one] for place, one in enumerate(order, start=1) if one in cited and one in known}


def _unclear(state: AssistantState) -> list[Claim]:
    """Return the sentences that code can't see to be borne by what they cite."""
    return [claim for claim in claims_of(state["draft"], state.get("evidence", [])) if not claim.is_plain]


def _shown(place: int, found: Evidence, citations: Sequence[Mapping[str, Any]]) -> str:
    """Return a cited passage: an item whole, of a text the cited units with their neighbours; empty if nothing is cited of it."""
    spans = [(one["start"], one["end"]) for one in citations if one["evidence"] == found["id"]]
    if not spans or is_item(found):
        return numbered(place, found) if spans else ""
    return numbered(place, found, only=units_within(found, spans, around=1))


def _addressed(text: str, numbers: Sequence[int], draft: Draft, passages: Mapping[int, Evidence]) -> str:
    """Return a sentence behind which stand the addresses that it cites, as the passages have them."""
    addresses = []
    for citation in (draft["citations"][number - 1] for number in numbers if 0 < number <= len(draft["citations"])):
        for place, found in passages.items():
            if found["id"] == citation["evidence"]:
                units = sorted(units_within(found, [(citation["start"], citation["end"])]))
                run = f"-{units[-1]}" if len(units) > 1 else ""
                addresses.append(f"[{place}.{units[0]}{run}]")
    return f"{without_markers(text)} {''.join(dict.fromkeys(addresses))}".rstrip()


def _question(state: AssistantState) -> str:
    """Return the question, with the one before it where there was one: a follow-up says little alone."""
    said = [message.text for message in state["messages"] if message.type == "human"]
    before = f"(asked before: {shortened(plain(said[-2]), 100)}) " if len(said) > 1 else ""
    return before + state["turn"]["asked"]


def _older(state: AssistantState) -> str:
    summary = state.get("summary")
    lines = [f"{message.type}: {shortened(plain(message.text), 200)}" for message in state["messages"][:-5]]
    return "\n".join([*([summary["text"]] if summary else []), *lines])


def _named(texts: Sequence[str]) -> list[str]:
    cleaned = (" ".join(plain(text).split())[:_LONGEST] for text in texts)
    return [text for text in dict.fromkeys(cleaned) if text][:_MOST_NAMED]
