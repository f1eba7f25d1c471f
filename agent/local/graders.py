"""The graders without a model: how relevant evidence is, and whether an answer is good enough."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.citations import cited_sentences, stands, without_markers
from stylegraph.agent.evidence import Evidence, Note
from stylegraph.agent.links import unlinked
from stylegraph.agent.local.clause_split import Asked, asked_apart
from stylegraph.agent.local.items import is_item, item_relevance, item_set_in, present, present_set
from stylegraph.agent.local.reader.reader import GOOD, LISTED, Reader
from stylegraph.agent.local.relevance import worth_reading
from stylegraph.agent.local.subquestions import asked_parts
from stylegraph.agent.local.templates import is_own_words, place_name
from stylegraph.agent.protocols import GradeUpdate
from stylegraph.agent.reply import Grade, ItemSet, Recommendation, SentenceSupport
from stylegraph.agent.state import AssistantState, Draft, Routing, current_routing
from stylegraph.agent.text.language import LANGUAGES, Language, detect_language, has_letters
from stylegraph.agent.text.question_types import topic_of, wants_detail, wants_overview

_CHAT = Grade(good=True, grounded=1.0, answers=1.0, in_language=True)
_SHARE_ANSWERED = 0.99
_SHARE_OF_BEST = 0.3
"""What is quoted must be at least this relevant, compared with the best evidence."""


class RelevanceUpdate(TypedDict):
    """What grading evidence adds to the state."""

    relevance: dict[str, float]


class LocalEvidenceGrader:
    """Grades evidence without a model.

    Args:
        reader: Reads the evidence.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def grade(self, state: AssistantState) -> RelevanceUpdate:
        """Read `routing`, `evidence`; give id -> 0..1: an item by its reasons, text by its best sentence."""
        evidence, routing = state.get("evidence", []), state.get("routing") or current_routing(state)
        relevance = {piece["id"]: item_relevance(piece) for piece in evidence if is_item(piece)}
        for route in {piece["route"] for piece in evidence}:
            texts = [piece for piece in evidence if piece["route"] == route and not is_item(piece)]
            for asked in await asyncio.to_thread(asked_apart, route, routing, texts, state.get("findings", [])):
                if asked.evidence:
                    read = (await self._reader.read(asked.question, asked.evidence)).relevance
                    relevance |= {
                        identity: max(grade, relevance.get(identity, 0.0)) for identity, grade in read.items()
                    }
        return {"relevance": {identity: round(grade, 4) for identity, grade in relevance.items()}}


class LocalAnswerGrader:
    """A `Grader` that needs no model.

    An answer is good when every sentence is borne by the evidence, it is in the language of the question, and for
    each thing that was asked some evidence that it quotes is likely to answer it.

    Args:
        reader: Reads the evidence.
        recommending: Names of the sources that find items to choose among.
    """

    def __init__(self, reader: Reader, recommending: Collection[str] = ()) -> None:
        self._reader = reader
        self._recommending = recommending

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Read `draft`, `evidence`, `relevance`, `routing`; give the grade."""
        draft, routing = state["draft"], current_routing(state)
        if draft["kind"] in ("chat", "declined"):
            return {"grade": _CHAT.model_dump(mode="json")}
        draft = _without_notes(draft, state.get("notes", []))
        sentences = supported_sentences(draft, state.get("evidence", []), item_set_in(state))
        asked = await self._answered(draft, routing, state)
        answers = sum(asked.values()) / len(asked)
        grounded = sum(sentence.supported for sentence in sentences) / len(sentences) if sentences else 1.0
        in_language = speaks(draft, routing["language"])
        good = draft["kind"] != "nothing" and grounded == 1.0 and in_language and answers >= _SHARE_ANSWERED
        grade = Grade(
            good=good,
            grounded=round(grounded, 4),
            answers=round(answers, 4),
            in_language=in_language,
            sentences=sentences,
            missing=[part for part, share in asked.items() if share < 1],
        )
        return {"grade": grade.model_dump(mode="json")}

    async def _answered(self, draft: Draft, routing: Routing, state: AssistantState) -> dict[str, float]:
        """Return what was asked, in words, with the share of it that is answered: 0 or 1."""
        asked: dict[str, float] = {}
        evidence, findings = worth_reading(state, routing["question"]), state.get("findings", [])
        others = [route for route in routing["routes"] if route not in ("chat", "image")]
        for route in others or ["image"] * (
            "image" in routing["routes"]
        ):  # beside others, the picture only serves them
            own = [piece for piece in evidence if piece["route"] == route]
            if any(is_item(piece) for piece in own) or route in self._recommending:
                asked[place_name(routing["language"], route)] = float(bool(draft["recommendations"]))
            else:
                for one in await asyncio.to_thread(asked_apart, route, routing, own, findings):
                    answered = await self._answered_by_text(draft, one, routing["language"])
                    asked |= {one.pictured["asks"]: min(answered.values())} if one.pictured else answered
        return asked or {routing["question"]: 0.0}

    async def _answered_by_text(self, draft: Draft, asked: Asked, language: Language) -> dict[str, float]:
        """Return for each part whether the evidence is likely to answer it, and what is quoted is of the best of it."""
        cited = {citation["evidence"] for citation in draft["citations"]}
        question, evidence = asked.question, asked.evidence
        if evidence and wants_overview(question):
            reading = await self._reader.read(topic_of(question) or question, evidence, language)
            return {question: float(reading.is_about and bool(cited & reading.relevance.keys()))}
        least = LISTED if wants_detail(question) else GOOD
        answered = {}
        for part in await asyncio.to_thread(asked_parts, question):
            relevance = (await self._reader.read(part, evidence, language)).relevance if evidence else {}
            quoted = max((grade for identity, grade in relevance.items() if identity in cited), default=0.0)
            best = max(relevance.values(), default=0.0)
            answered[part] = float(best >= least and quoted >= _SHARE_OF_BEST * best)
        return answered


def _without_notes(draft: Draft, notes: Sequence[Note]) -> Draft:
    """Leave out of a draft what notes say, such as why a source failed: it claims nothing about what was asked."""
    text = draft["text"]
    for note in notes:
        text = text.replace(note["text"], " ")
    return Draft(**{**draft, "text": text})


def supported_sentences(
    draft: Draft, evidence: Sequence[Evidence], made: ItemSet | None = None
) -> list[SentenceSupport]:
    """Check each sentence of a draft: its quotes stand in the evidence, or it repeats the facts of an item or of a set of them."""
    items = [Recommendation(**item) for item in draft["recommendations"]]
    facts = "\n".join(line for language in LANGUAGES for line in present(items, language))
    if made is not None:
        facts += "\n".join(line for language in LANGUAGES for line in present_set(made, language))
    checked = []
    for sentence, numbers in cited_sentences(draft["text"]):
        if is_own_words(sentence):
            continue
        borne = bool(numbers) and all(_bears(draft["citations"], number, evidence) for number in numbers)
        said = sentence in facts or (not numbers and _is_quoted(sentence, draft["citations"], evidence))
        checked.append(SentenceSupport(text=sentence, supported=borne or said, citations=numbers))
    return checked


def speaks(draft: Draft, language: Language) -> bool:
    """Check whether a draft is in a language by its own words; by one of its quotes when it has only those."""
    rows = {place for place, citation in enumerate(draft["citations"], start=1) if citation["quote"].startswith("|")}
    said = [sentence for sentence, numbers in cited_sentences(draft["text"]) if rows.isdisjoint(numbers)]
    own = without_markers(" ".join(said))  # a row of a table is told in words of its own
    for citation in draft["citations"]:
        own = own.replace(_as_written(citation), " ")
    if has_letters(own) or not draft["citations"]:
        return detect_language(own if has_letters(own) else draft["text"]) == language
    return any(detect_language(citation["quote"]) == language for citation in draft["citations"])


def _bears(citations: Sequence[Mapping[str, Any]], number: int, evidence: Sequence[Evidence]) -> bool:
    return 0 < number <= len(citations) and stands(citations[number - 1], evidence)


def _as_written(citation: Mapping[str, Any]) -> str:
    """Return a quote as the writer writes it."""
    return unlinked(" ".join(citation["quote"].split()))


def _is_quoted(sentence: str, citations: Sequence[Mapping[str, Any]], evidence: Sequence[Evidence]) -> bool:
    """Check whether a sentence without a number is part of a longer quote, which has its number at the end."""
    return any(sentence in _as_written(one) and stands(one, evidence) for one in citations)
