"""A conversation that its owner shows to others by a link: as it was when the link was made, until it is taken back.

It lies in a LangGraph store under `("shares", owner)`, one for each conversation; `("share_links",)` knows whose a link is, by
its hash. Who has the link can read; it is as hard to guess as a key.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from langgraph.store.base import BaseStore
from typing_extensions import TypedDict

from stylegraph.agent.profile import label

_ALL, _LINKS = "shares", ("share_links",)
_BYTES = 32
_LONGEST_TITLE = 200
_SHOWN = ("text", "status", "language", "citations", "recommendations", "artifacts", "notes")
"""What of a reply others read: the answer with its quotes. Not the text around them, nor how it came about."""


class SharedTurn(TypedDict):
    """A question and its answer, as others read them."""

    question: str
    pictures: int
    """How many were sent along; they are not shown."""
    reply: dict[str, Any]


class Share(TypedDict):
    """What others read by a link."""

    link: str
    title: str
    at: str
    turns: list[SharedTurn]


def shown(question: str, pictures: int, reply: Mapping[str, Any]) -> SharedTurn:
    """Return what others read of a turn."""
    return SharedTurn(
        question=question, pictures=pictures, reply={name: reply[name] for name in _SHOWN if name in reply}
    )


async def keep(store: BaseStore, owner: str, thread: str, title: str, turns: Sequence[SharedTurn]) -> Share:
    """Make a link to a conversation as it is now; one that there was keeps its address and shows this from now on."""
    former = await of_thread(store, owner, thread)
    link = former["link"] if former else secrets.token_urlsafe(_BYTES)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    share = Share(link=link, title=title[:_LONGEST_TITLE], at=at, turns=list(turns))
    await store.aput((_ALL, label(owner)), thread, dict(share), index=False)
    await store.aput(_LINKS, _hashed(link), {"owner": label(owner), "thread": thread}, index=False)
    return share


async def of_thread(store: BaseStore, owner: str, thread: str) -> Share | None:
    """Return what is shared of somebody's conversation; None: nothing."""
    found = await store.aget((_ALL, label(owner)), thread)
    return cast(Share, found.value) if found else None


async def of_link(store: BaseStore, link: str) -> Share | None:
    """Return what a link shows; None where there is no such link, or it was taken back."""
    known = await store.aget(_LINKS, _hashed(link))
    if known is None:
        return None
    found = await store.aget((_ALL, known.value["owner"]), known.value["thread"])
    share = cast(Share, found.value) if found else None
    return share if share and secrets.compare_digest(share["link"].encode(), link.encode()) else None


async def withdraw(store: BaseStore, owner: str, thread: str) -> bool:
    """Take a link back, and say whether there was one."""
    share = await of_thread(store, owner, thread)
    if share is None:
        return False
    await store.adelete(_LINKS, _hashed(share["link"]))
    await store.adelete((_ALL, label(owner)), thread)
    return True


def _hashed(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()
