"""Pictures that a question is about: taken out of the messages, kept in the store, and known by reference from then on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage

from stylegraph.agent.conversation import question_of
from stylegraph.agent.errors import InputError
from stylegraph.agent.local.router.picture_cues import goes_back_to_picture
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantContext, AssistantState
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.tools.files_sent import files_in, unread
from stylegraph.tools.image.picture import image_blocks, open_picture
from stylegraph.tools.image.store import PictureStore

_MOST = 8
"""Pictures that come with one question."""
_WORDLESS: Mapping[Language, str] = {"ko": "이 사진에 뭐가 보여?", "en": "What is in this picture?"}
"""What is asked by a picture without words."""
_FILES = "unread_files"
"""What a message keeps of the files that came with it: their names."""
_ASK: Mapping[Language, str] = {"ko": "그다음 궁금한 것을 글로 물어봐 주세요.", "en": "Then ask about it in words."}


@dataclass(frozen=True)
class Received:
    """What a turn begins with."""

    asked: str
    """The person's words."""
    references: list[str]
    """The pictures that the question is about, in order."""
    sent: list[str]
    """Those of them that came with it; the others were sent before."""
    messages: list[AnyMessage]
    """What takes the place of messages that carried pictures or files: they have the same ids."""
    unread: list[str]
    """The files that came with it and are not read."""


@dataclass(frozen=True)
class Receiver:
    """Receives the pictures of a turn."""

    settings: Settings

    async def receive(self, state: AssistantState, context: AssistantContext, user: str) -> Received:
        """Keep what came with the question or beside it; else see whether an earlier picture is meant.

        The question is the person's last message, wherever it stands: a supervisor adds its hand-off after it.

        Raises:
            FetchError: The address of a picture is refused, too slow or not a picture.
            InputError: A picture can't be used, or there are too many, or there is nothing but a file that is not read;
                says why and what to do.
        """
        question = question_of(state["messages"])
        words = question.text if question else ""
        sources = [*_named(context), *(image_blocks(question.content) if question else [])]
        if len(sources) > _MOST:
            raise InputError(
                f"{len(sources)} pictures came with the question, and {_MOST} is the limit.", "Send fewer."
            )
        sent = list(await asyncio.gather(*(self._keep(source, user) for source in sources)))
        sent = sent or _sent_before(question)
        files = _files(question)
        if files and not words.strip() and not sent:
            told = unread(files, _spoken(state))["text"]
            raise InputError(told, _ASK[_spoken(state)])
        asked = words if words.strip() or not sent else _WORDLESS[_spoken(state)]
        references = sent or (await asyncio.to_thread(_meant, asked, state) if state.get("pictures") else [])
        return Received(asked, references, sent, _without_pictures(state["messages"], question, asked, sent), files)

    async def _keep(self, source: Mapping[str, Any], user: str) -> str:
        picture = await open_picture(source, self.settings)
        return (await PictureStore(self.settings).keep(picture, user))["reference"]


def _named(context: AssistantContext) -> list[dict[str, Any]]:
    """Return the pictures beside the message as blocks are given: whoever calls may not own this machine's files."""
    named = context.get("image") or []
    return [{"type": "image", "url": source} for source in ([named] if isinstance(named, str) else named)]


def _sent_before(message: AnyMessage | None) -> list[str]:
    """Return the pictures that a question came with which is asked again; whose they are is looked at when they are opened."""
    kept = message.additional_kwargs.get("pictures") if isinstance(message, HumanMessage) else None
    return [one for one in kept if isinstance(one, str)][:_MOST] if isinstance(kept, list) else []


def _files(message: AnyMessage | None) -> list[str]:
    """Return the names of the files that a question came with, also where it is asked again without them."""
    if not isinstance(message, HumanMessage):
        return []
    kept = message.additional_kwargs.get(_FILES)
    before = [one for one in kept if isinstance(one, str)][:_MOST] if isinstance(kept, list) else []
    return files_in(message.content) or before


def _meant(asked: str, state: AssistantState) -> list[str]:
    """Return the pictures sent last, if the words go back to them; after items were shown, "this one" is one of those."""
    before = state.get("turn")
    answered = state.get("reply") or {}
    just_before = bool(before and before["image"]) and not answered.get("recommendations")
    return state["pictures"] if goes_back_to_picture(asked, just_before=just_before) else []


def _without_pictures(
    messages: Sequence[AnyMessage], question: HumanMessage | None, asked: str, sent: Sequence[str]
) -> list[AnyMessage]:
    """Return each message that carries a picture or a file again, with words only: neither ever enters a checkpoint."""
    cleaned: list[AnyMessage] = []
    for message in messages:
        asks = message is question
        if not isinstance(message, HumanMessage) or not (_carries(message) or (asks and sent)):
            continue
        kept = {**message.additional_kwargs, **({"pictures": list(sent)} if asks else {})}
        if files := files_in(message.content):
            kept[_FILES] = files
        cleaned.append(HumanMessage(content=asked if asks else message.text, id=message.id, additional_kwargs=kept))
    return cleaned


def _carries(message: HumanMessage) -> bool:
    return bool(image_blocks(message.content) or files_in(message.content))


def _spoken(state: AssistantState) -> Language:
    """Return the language of the conversation; Korean where nothing was said yet."""
    texts = (message.text for message in reversed(state["messages"]) if isinstance(message, HumanMessage))
    return next((detect_language(text) for text in texts if text.strip()), "ko")
