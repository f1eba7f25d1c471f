"""Signs that a question leans on what was said before it."""

from __future__ import annotations

import re
from functools import cache

from stylegraph.agent.text.gazetteer import Slot, load_words
from stylegraph.agent.text.language import Span
from stylegraph.agent.text.particles import put, with_particle
from stylegraph.agent.text.patterns import pattern, tells

_BLENDED = {"건": "는", "게": "가", "걸": "를"}
"""A pointing word whose particle is grown together with it."""
_END = re.compile(r"[\s?!.~,ㅠㅎㅋ]+$")
_LONGEST_FORM = 45
_LONGEST_FRAGMENT = 28
_LONGEST_NOUN = 8
_FEW_WORDS = 3
_LONGEST_TOPICLESS = 20
_LONGEST_TOPICLESS_WORDS = 7
_TOPICS = ("records", "weather", "news", "trend", "own", "task", "talk", "feeling", "size", "advice", "body")
_KINDS = ("thing", "material", "place", "time", "season", "colour", "style")


def is_talk(text: str) -> bool:
    """Check whether a message is nothing but a greeting, thanks or assent."""
    return bool(_only_talk().match(text.strip()))


def without_switch(text: str) -> str:
    """Take off the words that say that the subject changes; the text as it is when there are none."""
    return pattern("switch").sub("", text, count=1) or text


def asks_for_another_form(text: str) -> bool:
    """Check whether the last answer is wanted shorter, as a table, in another language."""
    return len(text) <= _LONGEST_FORM and tells("another_form", text) and not load_words().find(text, "thing")


def leans(text: str) -> bool:
    """Check whether a question can't be understood without the ones before: it points back, compares, or is a piece."""
    if points_back(text):
        return True
    return (tells("starts", text) and not _complete(text)) or is_fragment(text)


def points_back(text: str) -> bool:
    """Check whether a question points at, compares with, or changes what was said."""
    return tells("refers", text) or pointing(text) is not None


def lacks_topic(text: str) -> bool:
    """Check whether a short question names nothing that it could be about: "집에서 빨 수 있나?", "is there a fee"."""
    short = len(text) <= _LONGEST_TOPICLESS or (len(text.split()) <= _LONGEST_TOPICLESS_WORDS and text.isascii())
    words = load_words()
    return short and not words.has(text, *_TOPICS) and not words.find(text, *_KINDS)


def is_fragment(text: str) -> bool:
    """Check whether a question is only a piece of one: short, and without a verb or with one that says little."""
    body = bare(text)
    if len(body) > _LONGEST_FRAGMENT:
        return False
    light = pattern("light_tail").search(body)
    if light and len(body[: light.start()].split()) <= _FEW_WORDS:
        return True
    return not tells("predicate", body) or _is_addressed_noun(body)


def answers_back(text: str, answer: str) -> bool:
    """Check whether a message answers a question that was put back."""
    return tells("asks_back", answer) and len(text) <= _LONGEST_FRAGMENT and "?" not in text


def corrects(text: str) -> bool:
    """Check whether a message corrects what was understood, rather than asking about it."""
    return tells("corrects", text)


def adds(text: str) -> bool:
    """Check whether something is wanted beside what was wanted, not in its place."""
    return tells("adds", text)


def is_plural(text: str) -> bool:
    """Check whether a question points at several things."""
    return tells("plural", text)


def refers_to_several(text: str) -> bool:
    """Check whether a question asks which of the things that were listed: "둘 중에 뭐가 나아?", "which of those"."""
    return tells("of_several", text)


def pointing(text: str) -> Span | None:
    """Find the word that points at a thing, such as "그거" or "it"; what points at a document doesn't count."""
    match = pattern("points").search(text)
    return match.span() if match and not points_at_document(text) else None


def points_at_document(text: str) -> bool:
    """Check whether a question points at something that is known without a conversation: "이 규정", "this lease"."""
    return tells("points_nowhere", text)


def replaced(text: str, span: Span, thing: str) -> str:
    """Place a thing's name in the place of the word that points at it: "이건" gives it its particle too."""
    particle = _BLENDED.get(text[span[1] - 1], "") if text[span[0]] in "그이저" else ""
    return put(with_particle(thing, particle) if particle else thing, text, *span)


def pointed_kind(text: str) -> Slot | None:
    """Find a kind of thing that is pointed at, such as "그 로퍼" or "the navy blazer"; the slot spans all its words."""
    for slot in load_words().find(text, "thing"):
        before = pattern("pointed_kind").search(text[: slot.start])
        if before:
            return slot._replace(start=before.start())
    return None


def bare(text: str, *, keep_start: bool = False) -> str:
    """Take off what carries no content: fillers in front, signs at the end."""
    return _END.sub("", text if keep_start else pattern("filler").sub("", text))


def without_filler(text: str) -> str:
    """Take off the fillers in front."""
    return pattern("filler").sub("", text) or text


def _complete(text: str) -> bool:
    """Check whether a question has a verb and something that it is about."""
    words = load_words()
    return tells("predicate", bare(text)) and (words.has(text, *_TOPICS) or bool(words.find(text, *_KINDS)))


def _is_addressed_noun(body: str) -> bool:
    """Distinguish "여자요" and "M 사이즈입니다", which are nouns politely said, from verbs."""
    return tells("addressed", body) and len(body) <= _LONGEST_NOUN and " " not in body


@cache
def _only_talk() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{pattern('talk_words').pattern})[\s,!.~ㅎㅋㅠ^]*)+$", re.IGNORECASE)
