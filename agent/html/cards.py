"""The parts of a shown reply: answer, cards of items, a set of items as a board, sources, notes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from stylegraph.agent.html.markup import Html, Part, joined, link, tag
from stylegraph.agent.html.photos import Embed
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml

if TYPE_CHECKING:
    from stylegraph.agent.evidence import Note
    from stylegraph.agent.reply import Citation, ItemSet, Recommendation, Reply, SetPiece, Swatch

_MARKER = re.compile(r"\[(\d{1,3})\]")
_LISTED = re.compile(r"\s*\d+\.\s")
_GAPS = re.compile(r"\n{3,}")
_HEX = re.compile(r"#[0-9a-f]{6}")


@cache
def words() -> Mapping[Language, Mapping[str, str]]:
    """Return the phrases of both languages."""
    loaded: Mapping[Language, Mapping[str, str]] = read_yaml(__package__, "words.yaml")
    return loaded


@cache
def style() -> Html:
    """Return the style sheet of all parts; every rule begins with a class of its own."""
    return Html((files("stylegraph.agent.html") / "look.css").read_text("utf-8"))


class Cards:
    """Makes the parts in one language.

    Args:
        language: Of what stands beside the reply's own words.
        embed: Gives photos as data URLs.
        anchor: What the sources of this reply are called by its numbers, where others stand on the same page.
    """

    def __init__(self, language: Language, embed: Embed, anchor: str = "source") -> None:
        self._words = words()[language]
        self._language = language
        self._embed = embed
        self._anchor = anchor

    def answer(self, reply: Reply) -> Html:
        """Return status, text and quick answers of a reply; the numbers in it lead to its sources."""
        status = self._words.get(reply.status.value)
        choices = [tag("li", choice) for choice in reply.choices]
        return joined([
            tag("p", status, class_="sg-status") if status else None,
            tag("div", joined(self._with_markers(_without_cards(reply), len(reply.citations))), class_="sg-answer"),
            tag("ul", joined(choices), class_="sg-choices", aria_label=self._words["choices"]) if choices else None,
        ])  # fmt: skip

    def items(self, items: Sequence[Recommendation]) -> Html:
        """Return recommended items as cards."""
        if not items:
            return tag("p", self._words["nothing"])
        cards = [tag("li", self._card(item), class_="sg-card") for item in items]
        return self._section("picks", tag("ul", joined(cards), class_="sg-grid"))

    def item_set(self, made: ItemSet) -> Html:
        """Return a set of items as a board, with what holds for the whole."""
        pieces = [tag("li", self._piece(piece), class_="sg-card") for piece in made.pieces]
        total = None if made.total_krw is None else f"{self._words['total']} {self._won(made.total_krw)}"
        board = tag("ul", joined(pieces), class_=f"sg-board sg-n{len(pieces)}")
        whole = self._reasons([reason.text for reason in made.reasons])
        label = tag("p", self._words["whole"], class_="sg-label")
        return self._section(
            "item_set", joined([board, tag("div", label, whole, class_="sg-whole") if whole else None]), total
        )

    def sources(self, citations: Sequence[Citation]) -> Html | None:
        """Return the sources in the order of their numbers, each with its quote."""
        if not citations:
            return None
        listed = [
            tag("li", link(cited.title, cited.url), tag("q", cited.quote), id=f"sg-{self._anchor}-{number}")
            for number, cited in enumerate(citations, start=1)
        ]
        return self._section("sources", tag("ol", joined(listed), class_="sg-sources"))

    def notes(self, notes: Sequence[Note]) -> Html | None:
        """Return what went differently than asked."""
        if not notes:
            return None
        return self._section("notes", tag("ul", joined(tag("li", note["text"]) for note in notes), class_="sg-notes"))

    def _section(self, title: str, content: Html, beside: str | None = None) -> Html:
        named = tag("h2", self._words[title], tag("span", beside) if beside else None)
        return tag("section", named, content)

    def _card(self, item: Recommendation) -> Html:
        cost = item.price or ("" if item.price_krw is None else self._won(item.price_krw))
        return joined([
            self._photo(item),
            tag("h3", link(item.name, item.url)),
            tag("p", cost, class_="sg-price") if cost else None,
            self._swatches(item.swatches),
            self._reasons([reason.text for reason in item.reasons]),
            self._small("missed", item.missed),
            self._small("inferred", item.inferred),
        ])  # fmt: skip

    def _piece(self, piece: SetPiece) -> Html:
        return joined([tag("p", piece.label, class_="sg-label"), self._card(piece.item), self._instead(piece)])

    def _instead(self, piece: SetPiece) -> Html | None:
        if not piece.alternatives:
            return None
        others = [tag("li", self._photo(other), tag("p", other.name)) for other in piece.alternatives]
        label = tag("p", self._words["instead"], class_="sg-label")
        return tag("div", label, tag("ul", joined(others)), class_="sg-instead")

    def _photo(self, item: Recommendation) -> Html:
        """Return the photo; where there is none to show, a field of the item's colours."""
        photo = self._embed(item.image) if item.image else None
        if photo is not None:
            named = self._words["photo"].format(name=item.name)
            return tag("div", tag("img", src=photo, alt=named, loading="lazy"), class_="sg-photo")
        bands = joined(tag("i", style=f"background:{swatch.hex}") for swatch in item.swatches if _is_hex(swatch.hex))
        return tag("div", tag("span", bands, class_="sg-blank"), class_="sg-photo", aria_hidden="true")

    def _swatches(self, swatches: Sequence[Swatch]) -> Html | None:
        if not swatches:
            return None
        shown = [
            tag("li", tag("i", style=f"background:{one.hex}") if _is_hex(one.hex) else None, one.name)
            for one in swatches
        ]
        label = self._words["colours"].format(names=", ".join(one.name for one in swatches))
        return tag("ul", joined(shown), class_="sg-swatches", aria_label=label)

    def _reasons(self, reasons: Sequence[str]) -> Html | None:
        return tag("ul", joined(tag("li", reason) for reason in reasons), class_="sg-why") if reasons else None

    def _small(self, label: str, told: Sequence[str]) -> Html | None:
        if not told:
            return None
        return tag("p", tag("b", f"{self._words[label]}: "), ", ".join(told), class_="sg-small")

    def _with_markers(self, answer: str, count: int) -> Iterator[Part]:
        """Return an answer whose markers lead to the sources; a number that no source has stays text."""
        at = 0
        for match in _MARKER.finditer(answer):
            if 1 <= int(match[1]) <= count:
                yield answer[at : match.start()].rstrip(" ")
                yield tag("sup", tag("a", match[1], href=f"#sg-{self._anchor}-{match[1]}"))
                at = match.end()
        yield answer[at:]

    def _won(self, won: int) -> str:
        return self._words["price"].format(won=f"{won:,}")


def notebook(reply: Reply, embed: Embed) -> Html:
    """Return a reply as a notebook shows it: one piece of HTML with its style sheet."""
    cards = Cards(
        reply.language, embed, hashlib.blake2b(reply.text.encode("utf-8", "replace"), digest_size=4).hexdigest()
    )
    parts: list[Part] = [tag("div", cards.answer(reply))]
    if reply.item_set:
        parts.append(cards.item_set(reply.item_set))
    elif reply.recommendations:
        parts.append(cards.items(reply.recommendations))
    parts += [cards.sources(reply.citations), cards.notes(reply.unsaid_notes)]
    return joined([tag("style", style()), tag("div", joined(parts), class_="sg sg-note", lang=reply.language)])


def _without_cards(reply: Reply) -> str:
    """Return an answer without the lines of a list that the cards show better."""
    names = [item.name for item in reply.recommendations]
    kept = [
        line for line in reply.text.splitlines() if not (_LISTED.match(line) and any(name in line for name in names))
    ]
    return _GAPS.sub("\n\n", "\n".join(kept)).strip()


def _is_hex(code: str | None) -> bool:
    return code is not None and _HEX.fullmatch(code) is not None
