"""The writer without a model: it quotes, lists and says plainly what it did not find."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired

from typing_extensions import TypedDict

from stylegraph.agent.acts import Finding
from stylegraph.agent.citations import cite
from stylegraph.agent.events import Drafted
from stylegraph.agent.evidence import Evidence, unsearched
from stylegraph.agent.links import unlinked
from stylegraph.agent.local.clause_split import Asked, asked_apart, parts_of
from stylegraph.agent.local.items import (
    asked_about,
    is_item,
    item_set_in,
    lead_of,
    present,
    present_set,
    recommendations,
)
from stylegraph.agent.local.reader.passage_lines import Line
from stylegraph.agent.local.reader.quotes import (
    best_lines,
    first_lines,
    in_one_language,
    in_reading_order,
    is_sentence,
    listed_lines,
    section_lines,
)
from stylegraph.agent.local.reader.reader import GOOD, LISTED, NEAR, Reader
from stylegraph.agent.local.relevance import worth_reading
from stylegraph.agent.local.router.smalltalk import DECLINED, Sayings, SmallTalk
from stylegraph.agent.local.subquestions import asked_parts
from stylegraph.agent.local.templates import lead_of_part, nothing_of_source, phrase, places
from stylegraph.agent.protocols import Embedder, Stream
from stylegraph.agent.reply import ItemSet, Recommendation
from stylegraph.agent.state import AssistantState, Draft, Routing, current_routing, is_talk, looked_at_first
from stylegraph.agent.text.answer_types import asked_kinds
from stylegraph.agent.text.language import Language, Span, detect_language, sentence_spans
from stylegraph.agent.text.question_types import ABOUT, topic_of, wants_detail, wants_items, wants_overview

_STANDING_IN = 0.6
"""Likelihood from which evidence of another source than the one that was wanted answers."""
_DOCUMENTS = "documents"
_READ = (_DOCUMENTS, "web")
_MOST_QUOTES = 6
_LONGEST_SECTION = 40
_FACT = re.compile(r"[^:.]{1,20}: ")
_PIECE = re.compile(r"[^\]\n]*(?:\] ?|\n+)|[^\]\n]+$")
"""What is told at once: up to the end of a sentence's citation, or of a line."""


class DraftUpdate(TypedDict):
    """What writing adds to the state."""

    draft: Draft
    routing: NotRequired[Routing]
    """Where it turned out to go, or how to be meant, where that is otherwise than it was routed."""


@dataclass
class _Part:
    """What one route brought, as lines of text."""

    route: str
    lines: list[str] = field(default_factory=list)
    lead: str = ""
    quoted: list[dict[str, Any]] = field(default_factory=list)
    items: list[Recommendation] = field(default_factory=list)


class LocalWriter:
    """A `Writer` that needs no model: each sentence from a document is a verbatim quote with its citation.

    A row of a table is quoted as it stands, and told with the names of its columns.

    Args:
        reader: Reads the evidence.
        embedder: Tells what small talk is after.
        small_talk: What is said to it, where that is not what is said everywhere.
    """

    def __init__(self, reader: Reader, embedder: Embedder, small_talk: Sayings | None = None) -> None:
        self._reader = reader
        self._talk = SmallTalk(embedder, small_talk)

    async def answer(self, state: AssistantState, stream: Stream) -> DraftUpdate:
        """Read `routing`, `evidence`, `relevance`, `revision`; give a draft, told sentence by sentence."""
        update = await self._written(state, await self._understood(state))
        for piece in _PIECE.findall(update["draft"]["text"]):
            stream(Drafted(event="draft", text=piece))
        return update

    async def _understood(self, state: AssistantState) -> Routing:
        """Return the routing with the question worded as the documents answer it best."""
        routing = current_routing(state)
        read = worth_reading(state, routing["question"])
        texts = [piece for piece in read if piece["route"] == _DOCUMENTS and not is_item(piece)]
        wordings = [routing["question"], *routing.get("wordings", [])]
        if len(wordings) < 2 or not texts:
            return routing
        likely = [await self._likely(one, texts, routing["language"]) for one in wordings]
        return Routing(**{**routing, "question": wordings[likely.index(max(likely))]})

    async def _likely(self, wording: str, evidence: Sequence[Evidence], language: Language) -> float:
        """Return how likely a wording is answered: its title, which is met anyway, answers nothing of what is asked now."""
        title, _, own = wording.rpartition(ABOUT)
        of_title = [piece for piece in evidence if piece["title"] == title]
        if title and not (of_title and (await self._reader.read(own, of_title, language)).likely >= NEAR):
            return 0.0
        return (await self._reader.read(wording, evidence, language)).likely

    async def _written(self, state: AssistantState, routing: Routing) -> DraftUpdate:
        """Write from where is looked first, and for what may be small talk only if that answers."""
        first, talk = looked_at_first(routing), is_talk(routing)
        draft = await self._found(state, first, sure=not talk)
        if talk and draft["kind"] != "answer":
            return {"draft": await self._chat(state["turn"]["asked"], routing["language"])}
        if talk:
            return {"draft": draft, "routing": first}
        if routing["question"] == current_routing(state)["question"]:
            return {"draft": draft}
        routed = state["routing"] or routing
        return {"draft": draft, "routing": Routing(**{**routed, "question": routing["question"]})}

    async def _chat(self, asked: str, language: Language) -> Draft:
        intent, text = await self._talk.answer(asked, language)
        return Draft(text=text, kind="declined" if intent == DECLINED else "chat", citations=[], recommendations=[])

    async def _found(self, state: AssistantState, routing: Routing, *, sure: bool) -> Draft:
        routes = [route for route in routing["routes"] if route != "chat"]
        evidence = worth_reading(state, routing["question"])
        least = GOOD
        if any(_is_unavailable(route, state) for route in routes):  # then likeness across languages proves too little
            least = _STANDING_IN
            evidence = [piece for piece in evidence if detect_language(piece["text"]) == routing["language"]]
        findings = state.get("findings", [])
        parts = [await self._part(route, _of(route, evidence), routing, findings, least) for route in routes]
        if (made := item_set_in(state)) is not None:
            parts = [_as_set(part, made, routing["language"]) if part.items else part for part in parts]
        found = [part for part in parts if part.lines]
        missing = [part.route for part in parts if not part.lines and not _is_unavailable(part.route, state)]
        failed = {
            route: why
            for route, why in unsearched(state.get("notes", [])).items()
            if route in missing or route not in routes
        }
        empty = [route for route in missing if route not in failed]
        if found:
            return _draft(found, empty, failed, routing["language"])
        nothing = _nothing(empty if failed else missing or routes, failed, routing["language"])
        asked = sure and least == GOOD and not failed
        return await self._nearest(nothing, evidence, routing, findings) if asked else nothing

    async def _nearest(
        self, nothing: Draft, evidence: Sequence[Evidence], routing: Routing, findings: Sequence[Finding]
    ) -> Draft:
        """Return what comes nearest to an answer, said to be no more, where it may be one in other words."""
        texts = [piece for piece in evidence if piece["route"] in _READ and not is_item(piece)]
        if not texts or wants_overview(routing["question"]):
            return nothing
        parts = await asyncio.to_thread(parts_of, routing["question"], texts, findings)
        readings = [await self._reader.read(one.question, one.evidence, routing["language"]) for one in parts]
        reading, nearest = max(zip(readings, parts, strict=True), key=lambda one: one[0].likely)
        if not reading.is_near:
            return nothing
        lines = best_lines(reading, nearest.evidence, asked_kinds(nearest.question))
        near = _quoting(texts[0]["route"], lines, nearest.evidence)
        looked_in = places(routing["language"], sorted({piece["route"] for piece in texts}))
        text = "\n\n".join([phrase(routing["language"], "nearest", places=looked_in), *near.lines])
        return Draft(**{**nothing, "text": text, "citations": near.quoted})

    async def _part(
        self, route: str, evidence: Sequence[Evidence], routing: Routing, findings: Sequence[Finding], least: float
    ) -> _Part:
        if (item := asked_about(evidence, routing["question"])) is not None:
            return _about_item(route, item, routing["language"])
        if items := recommendations(evidence):
            return _Part(route, present(items, routing["language"]), lead=lead_of(evidence), items=items)
        texts = [piece for piece in evidence if not is_item(piece)]
        if route == "image" and texts:
            return _quoting(route, await self._seen(texts, routing), texts, routing["language"])
        asked = await asyncio.to_thread(asked_apart, route, routing, texts, findings)
        told = [await self._quotes(route, one, least, routing["language"]) for one in asked]
        if len(asked) == 1:
            return told[0]
        pictured = asked[0].pictured is not None
        return _side_by_side(route, told, asked, routing["language"]) if pictured else _one_by_one(route, told)

    async def _seen(self, evidence: Sequence[Evidence], routing: Routing) -> list[Line]:
        """Return what each picture shows; alone, also what of it answers: else the other routes do."""
        reading = await self._reader.read(routing["question"], evidence)
        answering = (
            best_lines(reading, evidence, asked_kinds(routing["question"])) if len(routing["routes"]) == 1 else []
        )
        shown = first_lines(reading)
        lines = [*shown, *(line for line in answering if line not in shown)]
        return sorted(lines, key=lambda line: (line.evidence, line.start))  # the pictures as they were sent

    async def _quotes(self, route: str, asked: Asked, least: float, language: Language) -> _Part:
        question, evidence = asked.question, asked.evidence
        if not evidence:
            return _Part(route)
        if wants_overview(question):
            reading = await self._reader.read(topic_of(question) or question, evidence, language)
            lines = listed_lines(reading, evidence, items=wants_items(question)) if reading.is_about else []
            return _quoting(route, lines, evidence, language, listed=len(lines) > 2)
        answering = self._telling if wants_detail(question) else self._answering
        return _quoting(route, await answering(question, evidence, least, language), evidence, language)

    async def _telling(
        self, question: str, evidence: Sequence[Evidence], least: float, language: Language
    ) -> list[Line]:
        """Return all that stands under the heading of the best line: more of one thing is asked for."""
        reading = await self._reader.read(question, evidence, language)
        enough = max(reading.relevance.values()) >= LISTED * least / GOOD
        lines = section_lines(reading, evidence)
        return in_one_language(lines, language) if enough else []

    async def _answering(
        self, question: str, evidence: Sequence[Evidence], least: float, language: Language
    ) -> list[Line]:
        """Return the lines that answer each part of a question."""
        parts = await asyncio.to_thread(asked_parts, question)
        most = max(2, _MOST_QUOTES // len(parts)) if len(parts) > 1 else 5
        chosen: list[Line] = []
        for part in parts:
            reading = await self._reader.read(part, evidence, language)
            if max(reading.relevance.values()) >= least:
                chosen += in_one_language(best_lines(reading, evidence, asked_kinds(part), most), language)
        return in_reading_order(chosen, evidence)


def _side_by_side(route: str, told: Sequence[_Part], asked: Sequence[Asked], language: Language) -> _Part:
    """Describe each pictured thing by itself, below its name; also that nothing was found of one."""
    joined = _Part(route)
    if not any(part.lines for part in told):
        return joined
    for part, one in zip(told, asked, strict=True):
        name = "of_picture" if part.lines else "none_of_picture"
        said = {"n": str(one.pictured["picture"]), "what": one.pictured["named"]} if one.pictured else {}
        leads = [phrase(language, name, **said), *([part.lead] if part.lead else [])]
        joined.lines += ["\n".join(leads), *(_renumbered(line, len(joined.quoted)) for line in part.lines)]
        joined.quoted += part.quoted
    return joined


def _one_by_one(route: str, told: Sequence[_Part]) -> _Part:
    """Answer one question after another; what was quoted for one is not quoted again."""
    joined = _Part(route)
    for part in told:
        if part.lines and not all(quote in joined.quoted for quote in part.quoted):
            between = "\n" if part.lines[-1].startswith("- ") else "\n\n"
            lines = [_renumbered(line, len(joined.quoted)) for line in part.lines]
            joined.lines.append("\n\n".join([*([part.lead] if part.lead else []), between.join(lines)]))
            joined.quoted += part.quoted
    return joined


def _as_set(part: _Part, made: ItemSet, language: Language) -> _Part:
    """Return what a catalogue gave as the set that it is."""
    return _Part(part.route, present_set(made, language), items=[piece.item for piece in made.pieces])


def _is_unavailable(route: str, state: AssistantState) -> bool:
    """Check whether a source could not be asked at all, of which a note tells: nothing was looked for there."""
    return any(note["code"] == f"{route}_unavailable" for note in state.get("notes", []))


def _of(route: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    return [piece for piece in evidence if piece["route"] == route]


def _about_item(route: str, item: Evidence, language: Language) -> _Part:
    """Return what the catalogue says of one item: its description, and its facts in one quote."""
    spans = _told(item["text"], item["data"]["name"])
    quotes = [f"{_on_one_line(item['text'][start:end])} [{place}]" for place, (start, end) in enumerate(spans, start=1)]
    items = [named.model_copy(update={"reasons": [], "missed": []}) for named in recommendations([item])]
    lines = [*present(items, language, numbered=False), *quotes]
    return _Part(route, lines, quoted=[cite(item, start, end) for start, end in spans], items=items)


def _told(text: str, name: str) -> list[Span]:
    """Return the sentences of a text that say more than the name, those of the form "fact: value" joined."""
    spans: list[Span] = []
    for start, end in sentence_spans(text):
        is_fact = bool(_FACT.match(text[start:end]))
        if is_fact and spans and _FACT.match(text[slice(*spans[-1])]):
            spans[-1] = spans[-1][0], end
        elif text[start:end].rstrip(".") != name:
            spans.append((start, end))
    return spans


def _quoting(
    route: str,
    lines: Sequence[Line],
    evidence: Sequence[Evidence],
    language: Language | None = None,
    *,
    listed: bool = False,
) -> _Part:
    """Quote lines: as a list, or as a paragraph for each document; led by a word on their language if one is given."""
    part = _Part(route)
    if not lines:
        return part
    part.quoted = [cite(evidence[line.evidence], line.start, line.end) for line in lines]
    if language and not any(detect_language(line.text) == language for line in lines):
        part.lead = phrase(language, "lead_other_language")
    elif language and listed:
        part.lead = phrase(language, "lead_list", title=unlinked(evidence[lines[0].evidence]["title"]))
    part.lines = _as_list(lines) if listed else _as_prose(lines, evidence)
    return part


def _as_list(lines: Sequence[Line]) -> list[str]:
    """Write a line for each section, below the one that opens the document."""
    opens = len({line.depth for line in lines}) > 1 and lines[0].depth < lines[1].depth
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        before = lines[number - 2] if number > 1 else None
        if before and line.section and line.section == before.section:
            written[-1] += f" {unlinked(line.said)} [{number}]"
        elif opens and not before:
            written.append(f"{unlinked(line.said)} [{number}]\n")
        else:
            written.append(f"- {_under_section(line)}{unlinked(line.said)} [{number}]")
    return written


def _as_prose(lines: Sequence[Line], evidence: Sequence[Evidence]) -> list[str]:
    """Write a paragraph for each document; steps, and what doesn't end as a sentence, on lines of their own."""
    ordered = sum(line.step > 0 for line in lines) > 2
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        before = lines[number - 2] if number > 1 else None
        is_step = ordered and line.step > 0
        text = f"{line.step}. " * is_step + f"{unlinked(line.said)} [{number}]"
        if before and evidence[before.evidence]["title"] == evidence[line.evidence]["title"]:
            written[-1] += (" " if is_sentence(before.said) and not is_step else "\n") + text
        else:
            written.append(text)
    return written


def _under_section(line: Line) -> str:
    """Return the name of a line's section, as long as the line doesn't say it itself."""
    told = line.said.casefold()
    said = all(word in told for word in re.findall(r"\w+", line.section.casefold()))
    return "" if said or len(line.section) > _LONGEST_SECTION else f"{line.section}: "


def _draft(parts: Sequence[_Part], missing: Sequence[str], failed: Collection[str], language: Language) -> Draft:
    """Join the parts, numbering their citations through, and say which places held nothing or could not be searched."""
    blocks: list[str] = []
    citations: list[dict[str, Any]] = []
    items: list[Recommendation] = []
    for place, part in enumerate(parts):
        listed = bool(part.items) and not part.quoted
        says_itself = listed and bool(part.lead) and len(parts) == 1
        opens = (len(parts) > 1 or listed) and not says_itself
        leads = [lead_of_part(language, part.route, first=place == 0)] if opens else []
        lines = [_renumbered(line, len(citations)) for line in part.lines]
        between = "\n" if part.items or lines[-1].startswith("- ") else "\n\n"
        blocks.append("\n\n".join([*leads, *([part.lead] if part.lead else []), between.join(lines)]))
        citations += part.quoted
        items += part.items
    if missing:
        blocks.append(phrase(language, "part_missing", places=places(language, missing)))
    if failed:
        blocks.append(phrase(language, "part_unsearched", places=places(language, list(failed))))
    return Draft(
        text="\n\n".join(blocks),
        kind="answer" if citations else "recommendation",
        citations=citations,
        recommendations=[item.model_dump(mode="json") for item in items],
    )


def _nothing(routes: Sequence[str], failed: Mapping[str, str], language: Language) -> Draft:
    """Return the sentence that names where there was nothing, and which places could not be searched and why."""
    own = nothing_of_source(language, routes[0]) if len(routes) == 1 else None
    said = [(own or phrase(language, "nothing", places="{places}")).format(places=places(language, routes))]
    said = said if routes else []
    if own is None and not failed:
        said.append(phrase(language, "nothing_hint"))
    if failed:
        said += [phrase(language, "unsearched", places=places(language, list(failed))), *failed.values()]
    return Draft(text=" ".join(said), kind="nothing", citations=[], recommendations=[])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _renumbered(line: str, by: int) -> str:
    return re.sub(r"\[(\d+)\](?=$|\s)", lambda match: f"[{int(match[1]) + by}]", line) if by else line
