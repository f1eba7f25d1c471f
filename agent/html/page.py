"""A lookbook: one HTML page that opens offline, with everything in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from stylegraph.agent.html.cards import Cards, style, words
from stylegraph.agent.html.markup import Html, Part, joined, tag
from stylegraph.agent.html.photos import Embed
from stylegraph.agent.text.language import Language

if TYPE_CHECKING:
    from stylegraph.agent.evidence import Note
    from stylegraph.agent.reply import ItemSet, Recommendation, Reply

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser lets the page do: show what is in it, and ask nothing of anybody."""


_LONG_TITLE = 36
"""Characters from which a title is set smaller."""


@dataclass(frozen=True)
class Lookbook:
    """What a page shows."""

    title: str
    """The question in the person's words."""
    language: Language
    reply: Reply | None = None
    """For an answer: its text, status and sources."""
    items: list[Recommendation] = field(default_factory=list)
    item_set: ItemSet | None = None
    notes: list[Note] = field(default_factory=list)
    sample: bool = False
    """Whether the items are those of the sample catalogue, which nobody sells."""


def lookbook_of(title: str, reply: Reply, *, sample: bool = False) -> Lookbook:
    """Return what a page shows of a reply."""
    return Lookbook(
        title,
        reply.language,
        reply,
        [] if reply.item_set else reply.recommendations,
        reply.item_set,
        reply.notes,
        sample,
    )


def page(book: Lookbook, embed: Embed) -> str:
    """Write a page.

    Args:
        book: What it shows.
        embed: Gives photos as data URLs.
    """
    told = words()[book.language]
    head = joined([
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{book.title or told['item_set']} · {told['lookbook']}"),
        tag("style", style(), _page_style()),
    ])  # fmt: skip
    body = tag("body", tag("div", joined(_sections(book, embed)), class_="sg-page"), class_="sg")
    return f"<!doctype html>\n{tag('html', tag('head', head), body, lang=book.language)}\n"


def _sections(book: Lookbook, embed: Embed) -> list[Part]:
    cards, told = Cards(book.language, embed), words()[book.language]
    lead = tag("div", cards.answer(book.reply), class_="sg-lead") if book.reply else None
    long = " sg-long" if len(book.title) > _LONG_TITLE else ""
    header = tag(
        "header",
        tag("p", told["lookbook"], class_="sg-label"),
        tag("h1", book.title or told["item_set"], class_=f"sg-title{long}"),
        lead,
    )
    shown: list[Part] = [cards.item_set(book.item_set) if book.item_set else None]
    if book.items or not (book.item_set or book.reply):
        shown.append(cards.items(book.items))
    main = tag("main", joined(shown)) if any(shown) else None
    after = [cards.sources(book.reply.citations) if book.reply else None, cards.notes(book.notes)]
    footer = tag("footer", tag("span", told["footer"]), tag("span", told["sample"]) if book.sample else None)
    return [header, main, *after, footer]


@cache
def _page_style() -> Html:
    return Html((files("stylegraph.agent.html") / "page.css").read_text("utf-8"))
