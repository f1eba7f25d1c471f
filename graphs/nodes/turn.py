"""How a turn begins and how it ends."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.runtime import Runtime
from langgraph.types import Overwrite, interrupt

from stylegraph.agent.acts import AskBack
from stylegraph.agent.budget import ENDED, Budget, ended_note, exhausted
from stylegraph.agent.errors import InputError
from stylegraph.agent.events import Learned, Replied
from stylegraph.agent.evidence import EvidenceSource, Note, unsearched
from stylegraph.agent.profile import Profile, judged, learn, opinions, read_profile, said
from stylegraph.agent.reply import Reply, Status
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantContext, AssistantState, Draft, Effort, Turn
from stylegraph.agent.text.language import detect_language
from stylegraph.graphs.nodes import usage
from stylegraph.graphs.nodes.attachments import Received, Receiver
from stylegraph.graphs.nodes.context import check_context, context_of
from stylegraph.graphs.nodes.dispatch import spent_so_far
from stylegraph.graphs.nodes.drafts import best_draft
from stylegraph.graphs.nodes.follow_ups import follow_ups
from stylegraph.graphs.nodes.identity import Asker, asker
from stylegraph.graphs.nodes.messages import reply_message
from stylegraph.tools.files_sent import unread

logger = logging.getLogger(__name__)

Update = dict[str, Any]

_BEST_EFFORT = {
    "ko": "여기까지는 확인했지만 질문에 다 답하지는 못했어요.",
    "en": "This is as far as I could confirm; it does not answer everything.",
}
_MISSING = {"ko": "확인하지 못한 것: ", "en": "Not confirmed: "}
_LEARNED = {"ko": "기억해 둘게요: ", "en": "Noted about you: "}
_NOT_LEARNED = {
    "ko": "말씀하신 취향을 저장하지 못했어요. stylegraph doctor로 이유를 볼 수 있어요.",
    "en": "What you said of yourself could not be kept: stylegraph doctor shows why.",
}


@dataclass(frozen=True)
class TurnKeeper:
    """Begins and ends turns."""

    settings: Settings
    sources: Collection[EvidenceSource] = ()

    async def begin(self, state: AssistantState, runtime: Runtime[AssistantContext]) -> Update:
        """Start clean: nothing of an earlier turn is cited in this one.

        Raises:
            FetchError: A picture's address can't be fetched.
            InputError: There is no question, it is too long, or a picture or the context can't be used.
        """
        context = context_of(runtime)
        by = asker(runtime)
        await check_context(runtime.context, self.sources, self.settings.choices)
        received = await Receiver(self.settings).receive(state, context, by.user)
        turn = self._turn(received, context, by)
        profile = await self._profile(runtime, turn["user"], opinions(context.get("feedback", {})))
        return {
            "messages": received.messages,
            "turn": turn,
            "pictures": received.sent or state.get("pictures", []),
            "profile": profile,
            "act": None,
            "routing": None,
            "findings": Overwrite([]),
            "working": Overwrite([]),
            "passages": [],
            "seen": [],
            "evidence": Overwrite([]),
            "artifacts": Overwrite({}),
            "kept": Overwrite({}),
            "choices": [],
            "relevance": {},
            "grade": None,
            "best": None,
            "revision": None,
            "revisions": 0,
            "ledger": Overwrite([]),
            "notes": Overwrite([unread(received.unread, turn["language"])] if received.unread else []),
        }

    def _turn(self, received: Received, context: AssistantContext, by: Asker) -> Turn:
        effort = context.get("effort", self.settings.effort)
        budget = wanted_budget(budget_for(effort, self.settings.budget), context.get("budget", {}), capped=by.capped)
        chosen = context.get("model", "")
        turn = Turn(
            id=uuid.uuid4().hex,
            asked=checked_question(received.asked, self.settings.question_max_chars),
            language=detect_language(received.asked),
            user=by.user,
            effort=effort,
            index=context.get("index"),
            only=checked_only(context.get("only") or {}),
            image=received.references[0] if received.references else None,
            images=received.references,
            started=time.time(),
            budget=budget,
        )
        return Turn(**turn, model=chosen) if chosen in self.settings.choices else turn

    async def _profile(self, runtime: Runtime[AssistantContext], user: str, facts: Profile) -> Profile:
        """Return what is known of a person, with what this turn brings; nothing where the profile is off."""
        if runtime.store is None or not self.settings.profile:
            return {}
        if not facts:
            return await read_profile(runtime.store, user)
        runtime.stream_writer(Learned(event="learned", facts=facts))
        return await learn(runtime.store, user, facts)

    async def ask_back(self, state: AssistantState, runtime: Runtime[AssistantContext]) -> Update:
        """Ask a question back instead of guessing: it ends the turn, or waits for an answer where the caller wants that."""
        act = cast(AskBack, state["act"])
        if context_of(runtime).get("ask_back") != "interrupt":
            return {"draft": Draft(text=act["text"], kind="chat", citations=[], recommendations=[])}
        answer = checked_question(str(interrupt(question_for(act))), self.settings.question_max_chars)
        return {
            "messages": [AIMessage(content=act["text"]), HumanMessage(content=answer)],
            "working": Overwrite([]),  # the conversation has it now; what was looked up stays found
            "turn": Turn(**{**state["turn"], "asked": answer}),
            "act": None,
            "routing": None,
            "asked_back": True,
        }

    async def remember(self, state: AssistantState, runtime: Runtime[AssistantContext]) -> Update:
        """End the turn: the reply, and what the next turn may lean on."""
        notes = [*state.get("notes", []), *await self._learned(state, runtime)]
        reply = reply_of(state, notes)
        if asked_next := await follow_ups(reply, state, self.sources):
            reply = reply.model_copy(update={"follow_ups": asked_next})
        if self.settings.server_tokens:  # also what decisions of somebody's own have spent
            await usage.charge(state["turn"]["id"], reply.spent["tokens_in"] + reply.spent["tokens_out"])
        await usage.written_down(reply, state["turn"]["id"])
        runtime.stream_writer(Replied(event="reply", reply=reply.as_dict()))
        shown = [item.id for item in reply.recommendations]
        return {
            "reply": reply.as_dict(),
            "messages": [reply_message(reply, state["turn"])],
            "working": Overwrite([]),
            "last_routes": reply.routes,
            "shown": still_shown(state.get("shown", []), shown),
            "memory": {**state.get("memory", {}), **state.get("kept", {})},
            "asked_back": reply.status is Status.ASKED_BACK,
        }

    async def _learned(self, state: AssistantState, runtime: Runtime[AssistantContext]) -> list[Note]:
        facts = said(state["turn"]["asked"])
        if not facts and (item := _item_judged(state)):
            facts = opinions({item[1]: [item[0]]})
        try:
            if not facts or not await self._profile(runtime, asker(runtime).user, facts):
                return []
        except Exception:  # a full disk, a store that is away: the answer is none the worse
            logger.warning("the profile could not be written", exc_info=True)
            return [Note(code="not_learned", text=_NOT_LEARNED[state["turn"]["language"]])]
        words = ", ".join(word for values in facts.values() for word in values)
        return [Note(code="learned", text=_LEARNED[state["turn"]["language"]] + words)]


def still_shown(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return what the next turn may point at: what is shown now, unless it is a look at some of what was shown before.

    "How is number 2?" leaves the list on the table: number 1 is still its first.
    """
    return list(before) if set(now) <= set(before) else list(now)


def question_for(act: AskBack) -> dict[str, Any]:
    """Return what an interrupt asks of the person: the question, quick answers, and the schema of the answer."""
    schema: dict[str, Any] = {"type": "string", "title": act["text"], "examples": act["choices"]}
    return {"type": "ask_back", "question": act["text"], "choices": act["choices"], "response_schema": schema}


def _item_judged(state: AssistantState) -> tuple[str, str] | None:
    """Return the item of those shown that the words judge, and how: "두 번째 거 마음에 들어"."""
    shown, opinion = state.get("shown", []), judged(state["turn"]["asked"])
    if opinion is None:
        return None
    index = opinion[0] - 1 if opinion[0] > 0 else len(shown) - 1
    return (shown[index], opinion[1]) if 0 <= index < len(shown) else None


def budget_for(effort: Effort, budget: Budget) -> Budget:
    """Return the budget of a turn: a thorough one may revise once more, three times at most, unless it may not at all."""
    revisions = budget["revisions"]
    more = min(3, revisions + 1) if effort == "thorough" and revisions else revisions
    return Budget(**{**budget, "revisions": more})


def wanted_budget(budget: Budget, wanted: Mapping[str, float], *, capped: bool) -> Budget:
    """Return a budget with what a caller wants otherwise: less of it, and more where they pay for it themselves."""
    limits = cast(Mapping[str, float], budget)
    asked = {part: min(amount, limits[part]) if capped else amount for part, amount in wanted.items() if part in limits}
    return cast(Budget, {**budget, **asked})


def checked_question(text: str, most: int) -> str:
    """Return the question without surrounding space.

    Args:
        text: What the person typed.
        most: Longest question, in characters.

    Raises:
        InputError: It is empty, too long, or not valid Unicode.
    """
    if not text.strip():
        raise InputError("The question is empty.", "Ask something, such as: 휴가 규정 알려줘.")
    if len(text) > most:
        raise InputError(
            f"The question has {len(text):,} characters, and {most:,} is the limit.",
            "Shorten it, index the long text as a document, or raise STYLEGRAPH_QUESTION_MAX_CHARS.",
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("The question is not valid Unicode.", "Send it as UTF-8.") from None
    return text.replace("\x00", " ").strip()


def checked_only(only: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return which documents a caller allows, if it can be used.

    Raises:
        InputError: It is not a list of texts for each field.
    """
    if isinstance(only, Mapping) and all(isinstance(values, list | tuple) for values in only.values()):
        return {str(field): [str(value) for value in values] for field, values in only.items()}
    raise InputError("`only` is not fields with lists of values.", 'Give it as {"audience": ["staff"]}.')


def reply_of(state: AssistantState, notes: list[Note]) -> Reply:
    """Assemble the authoritative reply from what the turn decided."""
    turn, act = state["turn"], state["act"]
    asked_back = act is not None and act["kind"] == "ask_back"
    final: dict[str, Any] = {"draft": state["draft"], "grade": None} if asked_back else best_draft(state)
    draft: Draft = final["draft"]
    ended = any(note["code"] == ENDED for note in notes)
    status = Status.ASKED_BACK if asked_back else status_of(draft, final["grade"], ended=ended)
    part = exhausted(turn["budget"], spent_so_far(state))
    failed = status is Status.NOT_FOUND and bool(unsearched(notes))
    if failed or (status is Status.NOT_FOUND and part == "seconds"):
        status = Status.BEST_EFFORT  # nobody knows what would have been found
    if part and status is Status.BEST_EFFORT and not ended:
        notes = [*notes, ended_note(part, turn["language"])]
    return Reply(
        text=draft["text"] if failed else labelled(draft["text"], status, final["grade"], turn),
        status=status,
        language=turn["language"],
        routes=routes_of(state),
        citations=draft["citations"],  # type: ignore[arg-type]
        recommendations=draft["recommendations"],  # type: ignore[arg-type]
        artifacts=state.get("artifacts", {}) if draft["recommendations"] else {},
        evidence=[] if asked_back else state.get("evidence", []),
        grade=final["grade"],
        spent=spent_so_far(state),
        choices=cast(AskBack, act)["choices"] if asked_back else state.get("choices", []),
        notes=list({note["text"]: note for note in notes}.values()),
    )


def routes_of(state: AssistantState) -> list[str]:
    """Return where the turn looked: as it was routed, else by what was looked up; `chat` where nothing was."""
    if (routing := state.get("routing")) is not None:
        return routing["routes"]
    looked = [finding["source"] for finding in state.get("findings", [])]
    return list(dict.fromkeys([*(piece["route"] for piece in state.get("evidence", [])), *looked])) or ["chat"]


def status_of(draft: Draft, grade: dict[str, Any] | None, *, ended: bool = False) -> Status:
    """Return how a turn ends whose last draft and grade these are.

    Args:
        draft: The draft.
        grade: Its grade.
        ended: Whether something was left undone because a part of the budget had ended.
    """
    if draft["kind"] in ("chat", "declined"):
        return Status.ANSWERED if draft["kind"] == "chat" else Status.DECLINED
    if ended:
        return Status.BEST_EFFORT
    if draft["kind"] == "nothing":
        return Status.NOT_FOUND
    return Status.ANSWERED if grade is None or grade["good"] else Status.BEST_EFFORT


def labelled(text: str, status: Status, grade: dict[str, Any] | None, turn: Turn) -> str:
    """Return under a best effort that it is one, and what is missing."""
    if status is not Status.BEST_EFFORT or grade is None:
        return text
    missing = ", ".join(grade["missing"])
    label = _BEST_EFFORT[turn["language"]] + (f" {_MISSING[turn['language']]}{missing}" if missing else "")
    return f"{text}\n\n{label}"
