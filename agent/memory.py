"""What is known of a person: learned from explicit words only, shown and deleted on request.

The profile lives in a LangGraph store under `("profile", user)`, so it is the same for Python, the command line
and the server. Nothing is inferred: a person who says "I don't like leather" has said it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from langgraph.store.base import BaseStore

Profile = dict[str, list[str]]
"""Field -> words as the person said them, newest last: `likes`, `dislikes` ("navy", "린넨"), `sizes` ("M", "270mm")."""

_KEY = "profile"
_MOST = 50

_ME = r"(?:나는|난|저는|전|제가|내가)"
_VERY = r"(?:정말|진짜|제일|가장|너무|아주)?"
_THING = r"(.{1,30}?)(?:은|는|이|가|을|를)?"
_SIZE = r"([0-9]{2,3}(?:\s?mm)?|X{0,3}[SML])\b"
_SAID: Mapping[str, Sequence[re.Pattern[str]]] = {
    "dislikes": (
        re.compile(rf"{_ME}\s+{_THING}\s*{_VERY}\s*(?:싫어|안\s?좋아|별로)"),
        re.compile(
            r"\bI (?:really )?(?:do\s?n['’]?o?t like|dislike|hate|can['’]t stand) ([^.,!?;]{1,40})", re.IGNORECASE
        ),
    ),
    "likes": (
        re.compile(rf"{_ME}\s+{_THING}\s*{_VERY}\s*(?:좋아해|좋아하|좋아합|좋더라)"),
        re.compile(r"\bI (?:really |just )?(?:like|love|prefer) ([^.,!?;]{1,40})", re.IGNORECASE),
    ),
    "sizes": (
        re.compile(
            rf"(?:내|제|나는|저는|난|전)\s*(?:옷\s?|신발\s?|발\s?)?사이즈(?:는|은|가)?\s*{_SIZE}", re.IGNORECASE
        ),
        re.compile(rf"\b(?:my size is|I wear (?:a )?size|I['’]m (?:a )?size) {_SIZE}", re.IGNORECASE),
    ),
}
_OPPOSITE = {"likes": "dislikes", "dislikes": "likes"}
_SENTENCE_END = re.compile(r"(?<=[.!?\n。])\s+")


def said(text: str) -> Profile:
    """Read what a person says about themselves.

    Args:
        text: Their words, one message.

    Returns:
        Only the fields that the words state; empty when they state nothing.
    """
    facts: Profile = {}
    for sentence in _SENTENCE_END.split(text):
        for field, patterns in _SAID.items():
            found = next((match for pattern in patterns if (match := pattern.search(sentence))), None)
            if found is not None:
                facts.setdefault(field, []).append(found.group(1).strip())
                break
    return facts


def joined(profile: Profile, facts: Profile) -> Profile:
    """Add facts to a profile: the newest word on a thing wins, so a like takes a dislike of the same word away."""
    result = dict(profile)
    for field, words in facts.items():
        result[field] = [*_without(result, field, words), *words][-_MOST:]
        if opposite := _OPPOSITE.get(field):
            result[opposite] = _without(result, opposite, words)
    return {field: words for field, words in result.items() if words}


def _without(profile: Profile, field: str, words: Sequence[str]) -> list[str]:
    return [word for word in profile.get(field, []) if word not in words]


async def read_profile(store: BaseStore, user: str) -> Profile:
    """Give what is known of a person; empty when nothing is."""
    item = await store.aget(("profile", user), _KEY)
    return dict(item.value) if item else {}


async def learn(store: BaseStore, user: str, facts: Profile) -> Profile:
    """Add facts to a person's profile and give the whole."""
    profile = joined(await read_profile(store, user), facts)
    await store.aput(("profile", user), _KEY, dict(profile))
    return profile


async def forget(store: BaseStore, user: str, word: str | None = None) -> Profile:
    """Delete one word from a person's profile, or all of it; give what is left."""
    profile = await read_profile(store, user) if word is not None else {}
    left = {field: kept for field in profile if (kept := _without(profile, field, [word or ""]))}
    if left:
        await store.aput(("profile", user), _KEY, dict(left))
    else:
        await store.adelete(("profile", user), _KEY)
    return left
