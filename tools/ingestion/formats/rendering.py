"""HTML elements as text: headings, list items and table rows as Markdown writes them, paragraphs apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Element = Any
"""An lxml element; lxml ships no types."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNREAD = _words(
    """
    script style noscript template svg math iframe object embed canvas audio video button input select textarea
    datalist dialog head map
    """
)
"""Never text of a page."""
_FURNITURE = frozenset(["nav", "aside", "menu"])
_FRAME = frozenset(["header", "footer"])
"""Furniture of the page; in an article they are its own: a title, an author."""
_FURNITURE_ROLES = frozenset(["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "menu"])
_FURNITURE_CLASSES = _words(
    """
    nav navbar navigation gnb lnb snb menu sidebar side-bar breadcrumb breadcrumbs footer site-footer site-header
    comments comment-list related related-posts recommend recommended share share-buttons social sns
    cookie cookie-banner cookie-consent popup modal pagination paging newsletter subscribe advertisement ad ads
    advert banner skip-link skip-nav tags tag-list
    """
)
_ARTICLE = frozenset(["article", "main", "body", "html"])

_BLOCKS = _words(
    """
    h1 h2 h3 h4 h5 h6 li pre tr td th address article aside blockquote body caption center dd details dialog div
    dl dt fieldset figcaption figure footer form header hr legend main nav ol p section summary table tbody
    tfoot thead ul
    """
)
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_PREFIXES = {"li": "- ", **_HEADINGS}
_SPACE = re.compile(r"\s+")
_STRUCTURE = ("table", "ul", "ol", "pre", *_HEADINGS)
"""A table row that holds one of these lays out a page; it is no row of data."""


def render(roots: Iterable[Element], *, furniture: bool = False) -> str:
    """Return the text of elements, in order.

    Args:
        roots: lxml elements, none inside another.
        furniture: Whether navigation, headers, footers and asides are read too.

    Returns:
        Blocks of text with a blank line between; list items and table rows on lines of their own.
    """
    page = _Page()
    for root in roots:
        _walk(root, page, furniture)
        page.end_block()
    return page.text()


def is_furniture(element: Element) -> bool:
    """Check whether an element stands around a page's article: navigation, header, footer, sidebar, comments."""
    tag = element.tag
    if tag in _ARTICLE:
        return False
    if tag in _FURNITURE or element.get("role", "") in _FURNITURE_ROLES:
        return True
    if tag in _FRAME:
        return not any(ancestor.tag in ("article", "main") for ancestor in element.iterancestors())
    names = {*element.get("class", "").lower().split(), element.get("id", "").lower()}
    return bool(names & _FURNITURE_CLASSES)


def _is_unread(element: Element, furniture: bool) -> bool:
    return element.tag in _UNREAD or _is_hidden(element) or (not furniture and is_furniture(element))


def _is_hidden(element: Element) -> bool:
    style = element.get("style", "").replace(" ", "").lower()
    return "hidden" in element.attrib or element.get("aria-hidden") == "true" or "display:none" in style


def _walk(root: Element, page: _Page, furniture: bool) -> None:
    """Go through an element without recursion: pages nest deeper than Python does."""
    from lxml import etree

    walker = etree.iterwalk(root, events=("start", "end"))
    skipped = None
    for event, element in walker:
        if event == "start" and _is_unread(element, furniture):
            skipped = element
            walker.skip_subtree()
        elif event == "start":
            page.open(element)
            page.add(element.text)
        else:
            if element is not skipped:
                page.close(element)
            if element is not root:
                page.add(element.tail)


class _Page:
    """Text as it comes, cut into blocks."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._words: list[str] = []
        self._prefix = ""
        self._verbatim = 0
        self._row: Element | None = None

    def open(self, element: Element) -> None:
        """Begin an element."""
        tag = element.tag
        if tag == "br":
            self._words.append("\n" if self._row is None else " ")
        elif self._row is not None:
            self._words.append(" " if tag in _BLOCKS else "")
        elif tag in _BLOCKS:
            self.end_block()
            self._verbatim += tag == "pre"
            if tag == "tr" and next(element.iter(*_STRUCTURE), None) is None:
                self._row, self._prefix = element, "| "
            self._prefix = _PREFIXES.get(tag, self._prefix)

    def close(self, element: Element) -> None:
        """End an element."""
        tag = element.tag
        if self._row is not None and element is not self._row:
            self._words.append(" | " if tag in ("td", "th") else " " if tag in _BLOCKS else "")
        elif tag in _BLOCKS:
            self.end_block()
            self._verbatim -= tag == "pre"
            if self._row is not None and self._blocks and _names_columns(element):
                self._blocks.append(f"|{' --- |' * (self._blocks[-1].count('|') - 1)}")
            self._row, self._prefix = None, ""

    def add(self, text: str | None) -> None:
        """Take text as it stands in the page."""
        if text:
            self._words.append(text if self._verbatim else _SPACE.sub(" ", text))

    def end_block(self) -> None:
        """Close the block that is open, if it has text."""
        joined = "".join(self._words)
        body = _listing(joined.strip("\n")) if self._verbatim else _tidy(joined)
        if body.strip(" |\n"):
            self._blocks.append(self._prefix + (body.replace("\n", " ") if self._prefix else body))
            self._prefix = ""
        self._words = []

    def text(self) -> str:
        """Return the blocks as one text."""
        parts: list[str] = []
        for block, before in zip(self._blocks, ["", *self._blocks], strict=False):
            close = block[:2] in ("- ", "| ") and block[:2] == before[:2]
            parts.append(("\n" if close else "\n\n") + block)
        return "".join(parts).strip()


def _names_columns(row: Element) -> bool:
    """Check whether a row is the first of its table and has header cells only."""
    cells = [cell.tag for cell in row.iterchildren("td", "th")]
    return len(cells) > 1 and set(cells) == {"th"} and not any(True for _ in row.itersiblings("tr", preceding=True))


def _listing(text: str) -> str:
    """Return what is laid out line by line in a fence, so that nobody takes it for prose."""
    return f"```\n{text}\n```" if "\n" in text and "```" not in text else text


def _tidy(text: str) -> str:
    """Drop the space around lines, and doubled space."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
