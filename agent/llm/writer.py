"""The answer, written by a chat model from numbered passages and checked in code."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from langchain_core.messages import BaseMessage
from langgraph.types import StreamWriter

from stylegraph.agent.errors import ModelError
from stylegraph.agent.events import Drafted
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.client import Call, ModelCaller
from stylegraph.agent.llm.context import conversation
from stylegraph.agent.llm.fallback import fallen_back, noted
from stylegraph.agent.llm.grounding import compose
from stylegraph.agent.llm.links import links_in
from stylegraph.agent.llm.passages import worth_reading
from stylegraph.agent.llm.prompts import numbered, prompt, shortened
from stylegraph.agent.llm.streaming import Visible
from stylegraph.agent.protocols import DraftUpdate, Writer
from stylegraph.agent.state import AssistantState, Draft, Kind
from stylegraph.agent.text.language import Language

LANGUAGES: dict[Language, str] = {"ko": "Korean", "en": "English"}


class ModelWriter:
    """Writes with a model: the text streams, its quotes stay behind and are verified.

    Args:
        caller: Calls the model.
        backup: Writes when the model fails, when there is nothing to read, and when the model can't cite what it says.
    """

    def __init__(self, caller: ModelCaller, backup: Writer) -> None:
        self._caller = caller
        self._backup = backup

    async def answer(self, state: AssistantState, writer: StreamWriter) -> DraftUpdate:
        """Return a draft; the local one when the model fails."""
        chatting = state["routing"]["routes"] == ["chat"]
        passages = [] if chatting else worth_reading(state)
        if not chatting and not passages:
            return await self._backup.answer(state, writer)
        call = self._caller.call(state, "answer")
        asked = chat_prompt(state) if chatting else await asyncio.to_thread(answer_prompt, state, passages)
        said: list[str] = []
        try:
            text = await self._streamed(call, asked, passages, writer, said)
        except ModelError as error:
            return fallen_back(await self._locally(state, writer, said), call, error)
        draft = await asyncio.to_thread(compose, text, passages)
        if chatting:
            return {"draft": _chatted(draft), "ledger": call.ledger}
        if not draft["citations"] and draft["kind"] == "answer" and _is_last_try(state):
            return noted(await self._locally(state, writer, said), call, "uncited")
        return {"draft": draft, "ledger": call.ledger}

    async def _streamed(
        self,
        call: Call,
        asked: Sequence[BaseMessage],
        passages: Sequence[Evidence],
        writer: StreamWriter,
        said: list[str],
    ) -> str:
        def show(text: str) -> None:
            said.append(text)
            writer(Drafted(event="draft", text=text))

        visible = Visible(show, links_in(passages))
        text = await call.write(asked, visible.take)
        visible.end()
        return text

    async def _locally(self, state: AssistantState, writer: StreamWriter, said: Sequence[str]) -> DraftUpdate:
        """Return the local draft; unseen when a part of the model's has been seen: the reply is what counts."""
        return await self._backup.answer(state, (lambda _: None) if said else writer)


def answer_prompt(state: AssistantState, passages: Sequence[Evidence]) -> list[BaseMessage]:
    """Return the messages that ask for an answer from passages."""
    routing = state["routing"]
    return prompt(
        "write",
        f"{_complaint(state)}Answer in {LANGUAGES[routing['language']]}.",
        examples=routing["language"],
        values={"language": LANGUAGES[routing["language"]]},
        data={"question": shortened(routing["question"]), "passages": numbered(passages)},
    )


def _complaint(state: AssistantState) -> str:
    """Return what was wrong with the last answer, if there was one: the same prompt would give the same again."""
    revision = state.get("revision")
    if revision is None:
        return ""
    if revision["action"] == "correct":
        return f"Your last answer was not good. {revision['reason']}\n"
    missing = ", ".join(state["grade"]["missing"])
    return f"Your last answer lacked this: {missing}. Give it if the passages hold it.\n" if missing else ""


def chat_prompt(state: AssistantState) -> list[BaseMessage]:
    """Return the messages that ask for a word of small talk."""
    read, language = conversation(state), state["routing"]["language"]
    data = {"earlier": read.summary, "conversation": read.messages}
    values = {"language": LANGUAGES[language]}
    return prompt("chat", f"Answer in {LANGUAGES[language]}.", examples=language, values=values, data=data)


def _chatted(draft: Draft) -> Draft:
    kind: Kind = "declined" if draft["kind"] == "declined" else "chat"
    return Draft(text=draft["text"], kind=kind, citations=[], recommendations=[])


def _is_last_try(state: AssistantState) -> bool:
    """Check whether an answer without a single citation will not be written again."""
    tried = state.get("revisions", 0)
    return state["turn"]["effort"] == "quick" or tried > 0 or state["turn"]["budget"]["revisions"] <= tried
