"""What is known of a person: learned from explicit words and from feedback only, shown, corrected and deleted on request.

The profile lives in a LangGraph store under `("profile", user)`, so it is the same for Python, the command line
and the server. Nothing is inferred of who somebody is: a person who says "I don't like leather" has said it, and a
liked item says which colours and fabrics are liked, never for whom.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from langgraph.store.base import BaseStore

from stylegraph.agent.errors import InputError
from stylegraph.agent.text.ordinals import ordinal_in

Profile = dict[str, list[str]]
"""Field -> words as the person said them, newest last: `likes`, `dislikes` ("navy", "린넨"), `sizes` ("M", "270mm"),
`budget` ("5만원 이하", the newest only); and the ids of items, `liked` and `disliked`."""

FIELDS = ("likes", "dislikes", "sizes", "budget", "liked", "disliked")
Feedback = Literal["like", "dislike"]

_NOT_IN_LABELS = re.compile(r"[%.\x00-\x1f\x7f]")
_HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
_KEY = "profile"
_MOST = 50
_LONGEST = 60
_ONE_ONLY = frozenset({"budget"})

_ME = r"(?:나는|난|저는|전|제가|내가)"
_VERY = r"(?:정말|진짜|제일|가장|너무|아주)?"
_THING = r"(.{1,30}?)(?:은|는|이|가|을|를)?"
_NOT_SHOWN = r"(?!(?:it|them|this|that|these|those)\b|the (?!colou?r|fabric|feel|smell|look|style))"
"""What points at a piece that was shown tells no taste: "I don't like the shoes"."""
_SHOWN = r"(?:이|그|저|요)(?:거|것|건|게|런|\s|옷|색)|다\s|둘|전부|왜|안\s|무슨|뭐"
"""The same in Korean, at the beginning of a message."""
_SIZE = r"([0-9]{2,3}(?:\s?mm)?|X{0,3}[SML])(?![A-Za-z0-9])"
_USUALLY = r"(?:평소|보통|항상|늘|언제나)"
_SAID: Mapping[str, Sequence[re.Pattern[str]]] = {
    "dislikes": (
        re.compile(rf"{_ME}\s+{_THING}\s*{_VERY}\s*(?:싫어|안\s?좋아|별로)"),
        re.compile(
            rf"^\s*(?!{_SHOWN})((?:[가-힣A-Za-z]+\s){{0,2}}?[가-힣A-Za-z]{{1,12}}?)(?:은|는|이|가)?(?:\s+{_VERY})?\s*"
            r"(?:싫어|싫다|싫습|별로야|별로예|별로다)[가-힣]*[\s.!~ㅠㅎㅋ]*$"
        ),
        re.compile(
            rf"\bI (?:really )?(?:do\s?n['’]?o?t like|dislike|hate|can['’]t stand) {_NOT_SHOWN}([^.,!?;]{{1,40}})",
            re.IGNORECASE,
        ),
    ),
    "likes": (
        re.compile(rf"{_ME}\s+{_THING}\s*{_VERY}\s*(?:좋아해|좋아하|좋아합|좋더라)"),
        re.compile(rf"\bI (?:really |just )?(?:like|love|prefer) {_NOT_SHOWN}([^.,!?;]{{1,40}})", re.IGNORECASE),
    ),
    "sizes": (
        re.compile(
            rf"(?:내|제|나는|저는|난|전)\s*(?:옷\s?|신발\s?|발\s?)?사이즈(?:는|은|가)?\s*{_SIZE}", re.IGNORECASE
        ),
        re.compile(rf"\b(?:my size is|I wear (?:a )?size|I['’]m (?:a )?size) {_SIZE}", re.IGNORECASE),
    ),
    "budget": (
        re.compile(
            rf"(?:{_USUALLY}\s*)?(?:내|제)\s*{_USUALLY}?\s*예산(?:은|이)?\s*{_USUALLY}\s*((?:[^.,!?]|(?<=\d),(?=\d)){{2,24}}?)(?:이에요|예요|입니다|이야|야|$)"
            rf"|{_USUALLY}\s*예산(?:은|이)\s*((?:[^.,!?]|(?<=\d),(?=\d)){{2,24}}?)(?:이에요|예요|입니다|이야|야|$)"
        ),
        re.compile(
            r"\b(?:my (?:usual|normal) budget is|my budget is (?:usually|always)|I (?:usually|always) spend|I never (?:spend|pay) "
            r"more than) ((?:[^.,!?;]|(?<=\d),(?=\d)){2,30})",
            re.IGNORECASE,
        ),
    ),
}
_OPPOSITE = {"likes": "dislikes", "dislikes": "likes", "liked": "disliked", "disliked": "liked"}
_SENTENCE_END = re.compile(r"(?<=[.!?\n。])\s+")
_GOOD = re.compile(
    r"마음에 ?들|맘에 ?들|좋아(?:요|해|합)?|좋네|예쁘|이쁘|괜찮네|\b(?:I (?:really )?(?:like|love)|looks? (?:great|nice|good)|is (?:great|lovely|perfect))\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"마음에 ?안|맘에 ?안|안 ?(?:좋아|예뻐|이뻐)|싫|별로|그만 ?보|보여 ?주지 ?(?:마|말)"
    r"|\b(?:I (?:really )?(?:don['’]?t|do not) (?:like|love)|I hate|not my (?:style|taste)|never show)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"비슷|말고|추천|찾아|골라|더 |\b(?:similar|something like|but in|recommend|show me|find)\b|\?", re.IGNORECASE
)


def said(text: str) -> Profile:
    """Read what a person says about themselves.

    Args:
        text: Their words, one message.

    Returns:
        Only the fields that the words state; empty when they state nothing. What is said of an item that was shown
        ("the second one") is told by `judged`.
    """
    facts: Profile = {}
    for sentence in _SENTENCE_END.split(text):
        if judged(sentence) is not None:
            continue
        for field, patterns in _SAID.items():
            found = next((match for pattern in patterns if (match := pattern.search(sentence))), None)
            if found is not None:
                facts.setdefault(field, []).append(next(group for group in found.groups() if group).strip())
                break
    return facts


def judged(text: str) -> tuple[int, Feedback] | None:
    """Read an opinion on an item that was shown: "두 번째 거 마음에 들어", "I don't like the first one".

    Returns:
        Its 1-based place (-1: the last) and whether it is liked; None when the words say neither, or ask for something.
    """
    place = ordinal_in(text)
    if place is None or _ASKS.search(text):
        return None
    if _BAD.search(text):
        return place[0], "dislike"
    return (place[0], "like") if _GOOD.search(text) else None


def joined(profile: Profile, facts: Profile) -> Profile:
    """Add facts to a profile: the newest word on a thing wins, so a like takes a dislike of the same word away."""
    result = dict(profile)
    for field, words in facts.items():
        before = [] if field in _ONE_ONLY else _without(result, field, words)
        result[field] = [*before, *words][-1 if field in _ONE_ONLY else -_MOST :]
        if opposite := _OPPOSITE.get(field):
            result[opposite] = _without(result, opposite, words)
    return {field: words for field, words in result.items() if words}


def _without(profile: Profile, field: str, words: Sequence[str]) -> list[str]:
    return [word for word in profile.get(field, []) if word not in words]


async def read_profile(store: BaseStore, user: str) -> Profile:
    """Return what is known of a person; empty when nothing is."""
    item = await store.aget(_namespace(user), _KEY)
    return dict(item.value) if item else {}


async def learn(store: BaseStore, user: str, facts: Profile) -> Profile:
    """Add facts to a person's profile and give the whole."""
    return await _keep(store, user, joined(await read_profile(store, user), facts))


def opinions(feedback: Mapping[str, Sequence[str]]) -> Profile:
    """Return what opinions on items say of a person.

    Args:
        feedback: Ids of items under `like` and `dislike`.

    Raises:
        InputError: There is another key, or what is under it is no list of ids.
    """
    for kind, items in feedback.items():
        if kind not in ("like", "dislike") or isinstance(items, str) or len(items) > _MOST:
            raise InputError(
                f"Feedback {kind!r} can't be used.", f"Give up to {_MOST} ids of items under 'like' or 'dislike'."
            )
        if not all(isinstance(item, str) and _can_be_kept(item) for item in items):
            raise InputError(
                f"An id of feedback {kind!r} can't be used.", f"Ids are words of 1 to {_LONGEST} characters."
            )
    return {f"{kind}d": list(items) for kind, items in feedback.items() if items}


def _can_be_kept(word: str) -> bool:
    return 0 < len(word) <= _LONGEST and not _HALF_A_CHARACTER.search(word)


async def give_feedback(store: BaseStore, user: str, item: str, feedback: Feedback) -> Profile:
    """Keep that a person likes an item, or does not; the newest opinion on it counts.

    Args:
        store: Where profiles are.
        user: Whose.
        item: The item's id.
        feedback: `like` or `dislike`.
    """
    return await learn(store, user, opinions({feedback: [item]}))


async def correct(store: BaseStore, user: str, field: str, words: Sequence[str]) -> Profile:
    """Place words in the place of what a field says, and give the whole.

    Raises:
        InputError: There is no such field, or a word is empty or too long.
    """
    if field not in FIELDS:
        raise InputError(f"A profile has no field {field!r}.", f"Its fields: {', '.join(FIELDS)}.")
    if not words or any(not word.strip() or len(word) > _LONGEST for word in words) or len(words) > _MOST:
        raise InputError(f"{field} takes 1 to {_MOST} words of up to {_LONGEST} characters.", "Say less.")
    profile = {name: kept for name, kept in (await read_profile(store, user)).items() if name != field}
    return await _keep(store, user, joined(profile, {field: [word.strip() for word in words]}))


async def forget(store: BaseStore, user: str, word: str | None = None) -> Profile:
    """Delete a field or one word from a person's profile, or all of it; give what is left."""
    profile = await read_profile(store, user) if word is not None else {}
    if word in FIELDS:
        return await _keep(store, user, {field: kept for field, kept in profile.items() if field != word})
    return await _keep(store, user, {field: _without(profile, field, [word or ""]) for field in profile})


def label(user: str) -> str:
    """Return a person's name as a store takes it: without a full stop, which a mail address has, or a control character."""
    return _NOT_IN_LABELS.sub(lambda found: f"%{ord(found[0]):02X}", user)


def _namespace(user: str) -> tuple[str, str]:
    """Return where a person's profile lives."""
    return "profile", label(user)


async def _keep(store: BaseStore, user: str, profile: Profile) -> Profile:
    left = {field: words for field, words in profile.items() if words}
    if left:
        await store.aput(_namespace(user), _KEY, dict(left))
    else:
        await store.adelete(_namespace(user), _KEY)
    return left
