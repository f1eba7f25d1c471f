"""What a person thinks of an answer: kept with the turn as it was, for them to see and to delete, and to learn from.

It lies in a LangGraph store under `("verdicts", user)`, one for each answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

from langgraph.store.base import BaseStore
from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.profile import label

Rating = Literal["up", "down", "again"]
"""`again`: another answer was asked for, and nothing was said of this one."""
_ALL = "verdicts"
_MOST = 200
"""Answers of one person that are judged; of more the oldest are forgotten."""
_LONGEST = 1_000
_LONGEST_ANSWER = 20_000
_PAGE = 1_000


class Verdict(TypedDict):
    """What somebody thinks of an answer, and the turn that it is about."""

    message: str
    """The answer's id."""
    rating: Rating
    reason: str
    better: str
    """The answer as they would have it; empty where they did not say."""
    at: str
    earlier: list[str]
    """The questions of the conversation before."""
    question: str
    reply: dict[str, Any]
    """`agent.reply.Reply` as plain data, with its evidence."""


def verdict_on(
    message: str, given: Mapping[str, Any], earlier: Sequence[str], question: str, reply: Mapping[str, Any]
) -> Verdict:
    """Make a verdict of what somebody has sent: a `rating`, a `reason`, and the answer as it were `better`.

    Raises:
        InputError: The rating is none, or a text is none or too long.
    """
    rating = given.get("rating")
    if rating not in ("up", "down", "again"):
        raise InputError(f"The rating {str(rating)[:80]!r} can't be used.", "Send up, down or again.")
    return Verdict(
        message=message,
        rating=rating,
        reason=_text(given, "reason", _LONGEST),
        better=_text(given, "better", _LONGEST_ANSWER),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        earlier=list(earlier),
        question=question,
        reply=dict(reply),
    )


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    text = given.get(name, "")
    if not isinstance(text, str) or len(text) > longest:
        raise InputError(f"The field `{name}` can't be used.", f"Send a text of up to {longest:,} characters, or none.")
    return text.strip()


async def keep(store: BaseStore, user: str, verdict: Verdict) -> None:
    """Keep a verdict in the place of an older one on the same answer."""
    await store.aput((_ALL, label(user)), verdict["message"], dict(verdict), index=False)
    for old in (await verdicts_of(store, user))[_MOST:]:
        await forget(store, user, old["message"])


async def verdicts_of(store: BaseStore, user: str) -> list[Verdict]:
    """Return what a person thinks of answers, the newest first."""
    found = await store.asearch((_ALL, label(user)), limit=_PAGE)
    return sorted((cast(Verdict, one.value) for one in found), key=lambda one: one["at"], reverse=True)


async def forget(store: BaseStore, user: str, message: str | None = None) -> int:
    """Forget a verdict, or all that somebody has given; says how many."""
    gone = [one["message"] for one in await verdicts_of(store, user) if message in (None, one["message"])]
    for one in gone:
        await store.adelete((_ALL, label(user)), one)
    return len(gone)


class Judged(TypedDict):
    """What was said of answers on one day."""

    day: str
    up: int
    down: int


async def by_day(store: BaseStore, days: Collection[str]) -> list[Judged]:
    """Count what was said of answers on some days, of all people, in the order of the days."""
    counts = Counter((one["at"][:10], one["rating"]) for one in await _everybodys(store))
    return [Judged(day=day, up=counts[day, "up"], down=counts[day, "down"]) for day in days]


async def disliked(store: BaseStore) -> list[Verdict]:
    """Return every verdict that is no praise, of all people, the oldest first."""
    return sorted((one for one in await _everybodys(store) if one["rating"] != "up"), key=lambda one: one["at"])


async def _everybodys(store: BaseStore) -> list[Verdict]:
    found: list[Verdict] = []
    while page := await store.asearch((_ALL,), limit=_PAGE, offset=len(found)):
        found += [cast(Verdict, one.value) for one in page]
    return found
