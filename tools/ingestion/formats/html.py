"""HTML: the article of a page as Markdown-like text, without the furniture around it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from stylegraph.tools.ingestion.formats.article import find_article
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record, document, empty
from stylegraph.tools.ingestion.formats.rendering import is_furniture, render
from stylegraph.tools.net.charsets import clean

Element = Any
"""An lxml element; lxml ships no types."""

_SHORTEST_ARTICLE = 300
"""Characters; a shorter text is hardly an article, and then all of the page is read."""
_SMALL_SHARE = 0.25
"""An `article` or `main` with less than this share of the page's text is not the article."""


def read_html(text: str, origin: Origin) -> Record | Failure:
    """Read a page.

    With `origin.css_class` only the elements that have one of the classes, or `#ids`, are read, in the order of the
    page. Without, it is the page's `main` or `article`; where neither holds much, the part that reads like an article,
    else the whole body. Navigation, headers, footers, asides, scripts and what is hidden are left out.
    """
    try:
        page = parse(text)
    except RecursionError:
        return empty(origin, "is nested too deeply", "Save the article as text first.")
    if page is None:
        return empty(origin)
    if origin.css_class:
        chosen = _with_class(page, origin.css_class)
        if not chosen:
            return _no_such_class(page, origin)
        body = render(chosen, furniture=True)
    else:
        body = _article(page)
    if not body:
        return empty(
            origin, "has no readable text", "A page that is drawn by scripts can't be read: save it as text first."
        )
    return document(origin, body, _title(page))


def html_text(markup: str) -> str:
    """Return the text of a piece of HTML, such as a field of a feed or an API; text without markup stays as it is."""
    if "<" not in markup and "&" not in markup:
        return clean(markup).strip()
    try:
        page = parse(clean(markup))
    except RecursionError:
        return ""
    return "" if page is None else render([page])


def parse(text: str) -> Element | None:
    """Return the page's root, or None when there is nothing in it.

    Raises:
        RecursionError: It is nested deeper than libxml2 goes, which would drop the rest without a word.
    """
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        page = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log.filter_from_fatals()):
        raise RecursionError
    return page


def _title(page: Element) -> str:
    """Return the text of `<title>`, else og:title, else the first `<h1>`."""
    for path in ("//title[not(ancestor::svg)]//text()", "//meta[@property='og:title']/@content", "(//h1)[1]//text()"):
        title = "".join(map(str, page.xpath(path))).strip()
        if title:
            return title
    return ""


def _with_class(page: Element, classes: Sequence[str]) -> list[Element]:
    """Return the outermost elements that have one of the classes or `#ids`."""
    from lxml import etree

    wanted = set(classes)
    chosen: list[Element] = []
    walker = etree.iterwalk(page, events=("start",))
    for _, element in walker:
        if wanted & {*element.get("class", "").split(), f"#{element.get('id')}"}:
            chosen.append(element)
            walker.skip_subtree()
    return chosen


def _no_such_class(page: Element, origin: Origin) -> Failure:
    known = dict.fromkeys(name for value in page.xpath("//@class") for name in str(value).split())
    known |= dict.fromkeys(f"#{value}" for value in page.xpath("//@id"))
    near = [match for name in origin.css_class for match in difflib.get_close_matches(name, known, n=3, cutoff=0.4)]
    names = ", ".join(origin.css_class)
    remedy = f"Did you mean {' or '.join(dict.fromkeys(near))}?" if near else "Look for the class in the page's source."
    return empty(origin, f"has no element of the class {names}", remedy)


def _article(page: Element) -> str:
    body = page.find("body")
    whole = render([page if body is None else body])
    for roots in _candidates(page):
        article = render(roots)
        if len(article) >= _SMALL_SHARE * len(whole):
            return article
    return _likely_article(page, whole)


def _likely_article(page: Element, whole: str) -> str:
    """Return what reads like an article on a page that doesn't mark it, or all of the page when nothing does."""
    found = find_article(page)
    article = "" if found is None else render([found])
    large = len(article) >= max(_SMALL_SHARE * len(whole), _SHORTEST_ARTICLE)
    return article if large else whole


def _candidates(page: Element) -> Iterator[list[Element]]:
    """Return what the article may be, the likeliest first."""
    for path in ("//main | //*[@role='main']", "//article"):
        found = [element for element in page.xpath(path) if not any(map(is_furniture, element.iterancestors()))]
        known = set(found)
        outermost = [element for element in found if known.isdisjoint(element.iterancestors())]
        if outermost:
            yield outermost
