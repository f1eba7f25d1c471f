"""A reply as people read it in a terminal, and as a program reads it from a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from stylegraph.agent.evidence import Locator
from stylegraph.agent.reply import ItemSet, Recommendation, Reply, SetPiece, Status
from stylegraph.agent.text.language import Language
from stylegraph.graphs.cli.ui.contact_sheet import show_sheet
from stylegraph.graphs.cli.ui.markdown import show_markdown
from stylegraph.graphs.cli.ui.screen import Screen, plain

_EVIDENCE = ("id", "route", "title", "text", "url", "locator", "score")

_SOURCES = {"ko": "출처", "en": "Sources"}
_NO_SOURCES = {"ko": "이 답은 인용한 곳이 없어요.", "en": "This answer cites nothing."}
_MISSED = {"ko": "아쉬운 점: ", "en": "But: "}
_OR = {"ko": "대신: ", "en": "Or: "}
_CHOICES = {"ko": "이렇게 답하셔도 돼요: ", "en": "You could answer: "}
_NEXT = {"ko": "이어서 물어볼 만한 것: ", "en": "You could ask next: "}
_PAGE = {"ko": "{page}쪽", "en": "p. {page}"}
_ENDED: Mapping[Language, Mapping[Status, str]] = {
    "ko": {
        Status.BEST_EFFORT: "확인된 데까지의 답이에요",
        Status.ASKED_BACK: "답하기 전에 여쭤볼게요",
        Status.NOT_FOUND: "찾지 못했어요",
        Status.DECLINED: "도와드릴 수 없는 질문이에요",
    },
    "en": {
        Status.BEST_EFFORT: "Only partly confirmed",
        Status.ASKED_BACK: "A question first",
        Status.NOT_FOUND: "Not found",
        Status.DECLINED: "Not something I do",
    },
}


def reply_record(reply: Reply) -> dict[str, Any]:
    """Return what `--json` writes of a reply."""
    whole = reply.as_dict()
    shown = ("text", "status", "language", "routes", "citations", "recommendations")
    return {
        **{field: whole[field] for field in shown},
        "evidence": [{field: found[field] for field in _EVIDENCE} for found in whole["evidence"]],
        **{field: whole[field] for field in ("grade", "spent", "notes")},
        **({"choices": reply.choices} if reply.choices else {}),
        **({"follow_ups": reply.follow_ups} if reply.follow_ups else {}),
        **({"artifacts": whole["artifacts"]} if reply.artifacts else {}),
    }


def show_reply(screen: Screen, reply: Reply) -> None:
    """Write a reply for people: the answer, its photos, items and sources, and what went differently than asked."""
    if label := _ENDED[reply.language].get(reply.status):
        screen.say(f"[{label}]", "yellow")
    show_markdown(screen, reply.text)
    if reply.choices:
        screen.say(_CHOICES[reply.language] + " / ".join(reply.choices), "cyan")
    show_sheet(screen.out, reply.recommendations)
    for number, item in enumerate(reply.recommendations, start=1):
        if item.name not in reply.text:
            screen.say("")
            show_item(screen, number, item, reply.language)
    for piece in reply.item_set.pieces if reply.item_set else ():
        if piece.alternatives:
            screen.say(f"{piece.label} — {_OR[reply.language]}{_others(piece, reply.language)}", "dim")
    sources = list(_sources(reply))
    if sources:
        screen.say(f"\n{_SOURCES[reply.language]}", "bold")
    for source in sources:
        screen.show(source)
    for note in reply.unsaid_notes:
        screen.say(f"· {note['text']}", "dim")


def show_follow_ups(screen: Screen, reply: Reply) -> None:
    """Write what could be asked next, where the conversation goes on."""
    if reply.follow_ups:
        screen.say(_NEXT[reply.language] + " / ".join(reply.follow_ups), "cyan")


def show_quotes(screen: Screen, reply: Reply) -> None:
    """Write what an answer cites: number, document and place, and the words themselves."""
    if not reply.citations:
        screen.say(_NO_SOURCES[reply.language], "dim")
    for number, citation in enumerate(reply.citations, start=1):
        screen.show(Text(f"[{number}] ", "cyan").append(plain(citation.title), "bold"))
        if citation.url:
            screen.say(f"    {_near(citation.url)}", "dim")
        screen.say(f"    “{' '.join(citation.quote.split())}”")


def show_items(screen: Screen, items: Sequence[Recommendation], language: Language) -> None:
    """Write items: their photos as a contact sheet, then each in words."""
    show_sheet(screen.out, items)
    for number, item in enumerate(items, start=1):
        show_item(screen, number, item, language)


def show_item(screen: Screen, number: int | None, item: Recommendation, language: Language) -> None:
    """Write one item, with its number if it has one: name and price, why, and what it lacks."""
    heading = Text(plain(item.name) if number is None else f"{number}. {plain(item.name)}", "bold")
    if cost := price_of(item, language):
        heading.append(f"  {cost}", "green")
    screen.show(heading)
    for reason in item.reasons:
        screen.say(f"   · {reason.text}")
    if item.inferred:
        screen.say(f"   ({'; '.join(item.inferred)})", "dim")
    if item.missed:
        screen.say(f"   {_MISSED[language]}{', '.join(item.missed)}", "yellow")


def show_item_set(screen: Screen, made: ItemSet, language: Language) -> None:
    """Write a set of items: its photos, each piece with what else would do in its place, then what holds for the whole."""
    show_sheet(screen.out, [piece.item for piece in made.pieces], [piece.label for piece in made.pieces])
    for piece in made.pieces:
        screen.say(f"[{piece.label}]", "bold cyan")
        show_item(screen, None, piece.item, language)
        if piece.alternatives:
            screen.say(f"   {_OR[language]}{_others(piece, language)}", "dim")
    screen.say("")
    for reason in made.reasons:
        screen.say(f"· {reason.text}")


def _others(piece: SetPiece, language: Language) -> str:
    """Name what else would do in a place."""
    return ", ".join(f"{other.name}{_brackets(price_of(other, language))}" for other in piece.alternatives)


def _brackets(cost: str) -> str:
    return f" ({cost})" if cost else ""


def price_of(item: Recommendation, language: Language) -> str:
    """Return what an item costs: as its shop writes it, or in won; nothing where that is not known."""
    return item.price or ("" if item.price_krw is None else price(item.price_krw, language))


def price(won: int, language: Language) -> str:
    """Return an amount of won as it is written in a language."""
    return f"{won:,}원" if language == "ko" else f"₩{won:,}"


def _sources(reply: Reply) -> Iterator[Text]:
    """Return one line a document: the numbers by which the answer cites it, its title and where it is."""
    found = {evidence["id"]: evidence for evidence in reply.evidence}
    documents: dict[tuple[str, str], list[int]] = {}
    for number, citation in enumerate(reply.citations, start=1):
        locator = found[citation.evidence]["locator"] if citation.evidence in found else Locator()
        place = [_near(citation.url)] if citation.url else []
        place += [_PAGE[reply.language].format(page=locator["page"])] if "page" in locator else []
        place += [_clock(locator["seconds"])] if "seconds" in locator else []
        place += [locator["pointer"]] if locator.get("pointer", "").startswith("/") else []
        documents.setdefault((citation.title, ", ".join(place)), []).append(number)
    for (title, where), numbers in documents.items():
        line = Text(f"[{_ranges(numbers)}] ", "cyan")
        yield line.append(plain(title), "default").append(f"  {plain(where)}" if where else "", "dim")


def _clock(seconds: float) -> str:
    """Write a moment of a recording as players show it: 1:23, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _near(url: str) -> str:
    """Return a path as it is written from here, if it is below; a URL as it is."""
    try:
        return str(Path(url).relative_to(Path.cwd()))
    except ValueError:
        return url


def _ranges(numbers: list[int]) -> str:
    """Write ascending numbers shortly: 1, 2, 3, 5 as `1-3, 5`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
