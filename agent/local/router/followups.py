"""Follow-ups made standalone: "그럼 겨울에는?" after a request for the summer becomes the same request for the winter.

The earlier conversation is folded into one standalone question, turn by turn. A new question that leans on it takes
from it what it lacks: the item it points at, the request of which it changes one word, or the whole question before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Literal, NamedTuple

from stylegraph.agent.text import coreference
from stylegraph.agent.text.gazetteer import Slot, load_words
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.ordinals import listed_items, named_thing, ordinal_in, pick
from stylegraph.agent.text.particles import put
from stylegraph.agent.text.patterns import pattern, tells

How = Literal["own", "item", "change", "form", "more", "perhaps"]
"""How a question leans on the ones before: not at all; on an item; a changed word; another form of the answer; the
whole question before it; perhaps on that, for want of a topic of its own."""


class Said(NamedTuple):
    """One earlier message."""

    role: Literal["user", "assistant"]
    text: str


class Context(NamedTuple):
    """What a conversation has come to."""

    question: str = ""
    """The last standalone question; empty if nothing was asked yet."""
    answer: str = ""
    """What was answered to it."""
    thing: str = ""
    """The item or thing it was about, if there is one."""
    listing: str = ""
    """The last answer that listed several things: what "number 2" counts in, also after one of them was looked at."""


class Standalone(NamedTuple):
    """A question that can be understood alone."""

    text: str
    how: How
    asks: str
    """What is asked now, with the thing it is about but without the earlier request: what decides its route."""


_CHANGING = ("season", "audience", "place", "time", "material", "occasion", "colour", "thing", "pattern", "style")
_WHOLE = ("weather", "news")
"""Cues of a question that is whole without a verb: "내일 대구 날씨는?"."""
_MOST_TURNS = 12
_WARMTH = {
    ("여름", "겨울"): ("시원한", "따뜻한"),
    ("겨울", "여름"): ("따뜻한", "시원한"),
    ("summer", "winter"): ("cool", "warm"),
    ("winter", "summer"): ("warm", "cool"),
}
"""A season that is exchanged takes coolness or warmth with it."""


def fold(history: Sequence[Said], leaning_texts: Set[str] = frozenset()) -> Context:
    """Fold a conversation into the one standalone question that it has come to.

    Args:
        history: What was said, oldest first.
        leaning_texts: The messages that are known to lean on what was said before them.
    """
    context = Context()
    for said in history[-_MOST_TURNS:]:
        if said.role == "assistant":
            listing = said.text if len(listed_items(said.text)) > 1 else context.listing
            context = context._replace(answer=said.text, thing=_thing_after(said.text, context), listing=listing)
        elif not coreference.is_talk(said.text):
            resolved = resolve(said.text, context, leans=said.text in leaning_texts)
            kept = "" if resolved.how == "own" else context.thing
            context = Context(resolved.text, "", _specific(resolved.text) or kept, context.listing)
    return context


def resolve(question: str, context: Context, *, leans: bool = False) -> Standalone:
    """Make a question standalone.

    Args:
        question: The person's words.
        context: What the conversation has come to.
        leans: Whether it is known to lean on what was said before; else only its words tell.
    """
    question = question.strip()
    switched = coreference.without_switch(question)
    if not context.question or coreference.is_talk(question) or switched != question:
        return Standalone(switched, "own", switched)
    if coreference.asks_for_another_form(question):
        return Standalone(_joined(context, question), "form", question)
    if not coreference.corrects(question):
        if named := _item_named(question, context):
            return Standalone(named, "item", named)
        if changed := _changed(question, context):
            return Standalone(changed, "change", changed)
    return _joined_if_leaning(question, context, leans=leans)


def _joined_if_leaning(question: str, context: Context, *, leans: bool) -> Standalone:
    asks = f"{context.thing} {question}" if context.thing and not _names_a_thing(question) else question
    if leans or coreference.answers_back(question, context.answer) or _leans(question, context):
        return Standalone(_joined(context, question), "more", asks)
    if coreference.lacks_topic(question):
        return Standalone(_joined(context, question), "perhaps", asks)
    return Standalone(question, "own", question)


def _leans(question: str, context: Context) -> bool:
    """Check whether a question leans on the earlier one; clothes for the weather that was asked for do so, too."""
    words = load_words()
    if words.has(question, *_WHOLE) and not coreference.points_back(question):
        return False
    wanted = words.has(question, "recommend", "ask_piece") or bool(words.find(question, "thing"))
    for_weather = words.has(context.question, "weather") and wanted and not words.has(question, "care", "why")
    return coreference.leans(question) or (for_weather and not words.find(question, "season", "place"))


def _names_a_thing(question: str) -> bool:
    return bool(load_words().find(question, "thing", "material"))


def _thing_after(answer: str, context: Context) -> str:
    """Return what a conversation is about after an answer: its one item, what the question named, what the answer names."""
    items = listed_items(answer)
    if len(items) == 1:
        return items[0]
    if _looked(context._replace(answer=answer)) and load_words().find(answer, "thing"):
        return named_thing(answer)
    return context.thing or ("" if items or not load_words().find(answer, "thing") else named_thing(answer))


def _specific(text: str) -> str:
    thing = named_thing(text)
    return "" if tells("generic_thing", thing) else thing


def _item_named(question: str, context: Context) -> str:
    """Place names in the place of "두 번째 거" and "it", where the earlier answer or question has them; empty if none."""
    items = listed_items(context.answer)
    if place := ordinal_in(question):
        name = pick(items if len(items) > 1 else listed_items(context.listing) or items, place[0])
        return _with_topic(put(name, question, place[1], place[2]), name, context) if name else ""
    if kind := coreference.pointed_kind(question):
        name = next((item for item in items if kind.word.lower() in item.lower()), "")
        return put(name, question, kind.start, kind.end) if name else ""
    if told := _attribute_told(question, context):
        return told
    span = coreference.pointing(question)
    if (
        span is None
        or not context.thing
        or (
            (len(items) > 1 or context.listing)
            and (coreference.is_plural(question) or coreference.refers_to_several(question))
        )
    ):
        return ""
    if (_names_a_thing(question) and not tells("place_of_thing", question)) or _is_about_more(context):
        return ""
    return coreference.replaced(question, span, context.thing)


def _attribute_told(question: str, context: Context) -> str:
    """Place the colour or fabric that the answer named in the place of "그 색" or "that fabric"."""
    match = pattern("of_answer").search(question)
    if match is None:
        return ""
    kind = (
        "material"
        if any(word in match.group().lower() for word in ("소재", "원단", "fabric", "material"))
        else "colour"
    )
    named = load_words().find(context.answer, kind)
    return put(named[0].word, question, *match.span()) if named else ""


def _is_about_more(context: Context) -> bool:
    """Check whether the earlier question asked something about its thing, which "it" then stands for as a whole."""
    asked = load_words().has(context.question, "care", "how", "why", "whether", "own", "records", "weather", "market")
    return asked and not listed_items(context.answer) and not _looked(context)


def _with_topic(text: str, name: str, context: Context) -> str:
    """Keep the earlier question with an item that is no thing: "the second point" of which report?"""
    return (
        text
        if _names_a_thing(name) or _names_a_thing(context.question)
        else f"{coreference.bare(context.question)}, {text}"
    )


def _changed(question: str, context: Context) -> str:
    """Exchange one word of the earlier question for the fragment's word of the same kind; empty if none fits."""
    if not (
        coreference.is_fragment(question) or coreference.answers_back(question, context.answer)
    ) or coreference.adds(question):
        return ""
    words, earlier = load_words(), context.question
    if detect_language(question) != detect_language(earlier):
        return ""
    for new in words.find(coreference.bare(question), *_CHANGING):
        old = _of_kind(words.find(earlier, new.kind), new, earlier)
        if old is not None:
            whole = _made_of(old, earlier) if new.kind == "material" and not _wishes(earlier) else old
            return _without_article(_exchange(earlier, whole, new.word), new.word, changed=whole != old)
    return ""


def _wishes(question: str) -> bool:
    return load_words().has(question, "recommend", "ask_piece", "search")


def _made_of(material: Slot, text: str) -> Slot:
    """Return a fabric with the thing behind it: who asks how a wool sweater is washed, "and silk?", means silk as such."""
    behind = (slot for slot in load_words().find(text, "thing") if text[material.end : slot.start] == " ")
    thing = next(behind, None)
    return material if thing is None else material._replace(end=thing.end)


def _without_article(text: str, word: str, *, changed: bool) -> str:
    return (
        re.sub(rf"\b(?:an?|my|this|that) (?={re.escape(word)}\b)", "", text, flags=re.IGNORECASE) if changed else text
    )


def _of_kind(slots: Sequence[Slot], new: Slot, earlier: str) -> Slot | None:
    """Choose the word to exchange; of several things the one wanted for: the last in Korean, the first in English."""
    others = [slot for slot in slots if slot.word.lower() != new.word.lower()]
    if not others:
        return None
    return others[-1] if new.kind == "thing" and detect_language(earlier) == "ko" else others[0]


def _exchange(earlier: str, old: Slot, word: str) -> str:
    text = put(word, earlier, old.start, old.end)
    was, now = _WARMTH.get((old.word.lower(), word.lower()), ("", ""))
    return re.sub(rf"(?<![A-Za-z]){was}(?![A-Za-z])", now, text, flags=re.IGNORECASE) if was else text


def _looked(context: Context) -> bool:
    """Check whether the question before was about a picture: what was seen there then stands in its place."""
    pointed = load_words().has(context.question, "picture") or coreference.pointing(context.question) is not None
    return pointed and not tells("asks_back", context.answer)


def _joined(context: Context, question: str) -> str:
    thing = "" if _specific(context.question) and not _looked(context) else context.thing
    before = "" if thing and _looked(context) else coreference.bare(context.question, keep_start=True)
    pieces = [before, thing, coreference.without_filler(question)]
    return ", ".join(piece for piece in pieces if piece)
