"""Where the article of a page stands, for pages that don't mark it: the readability algorithm."""

from __future__ import annotations

import logging
from typing import Any

Element = Any
"""An lxml element; lxml ships no types."""

_LARGEST = 2_000_000
"""Characters of markup that are searched; a larger page is a list or a log, not an article."""

logging.getLogger("readability").setLevel(logging.CRITICAL)  # it logs what it then raises


def find_article(page: Element) -> Element | None:
    """Return the part of a page that reads like its article, or None if there is no such part.

    Paragraphs are scored by their text and links, and lend their score to what holds them (the Arc90 algorithm, by
    readability-lxml). It is used to find the part only: what it would clean away, such as short lists and tables,
    belongs to the text.
    """
    from lxml import etree
    from readability import Document

    class Finder(Document):  # type: ignore[misc]
        def sanitize(self, node: Element, candidates: Any, keep_all_images: bool = False) -> str:  # noqa: ANN401
            return str(etree.tostring(node, encoding="unicode", method="html"))

    markup = etree.tostring(page, encoding="unicode", method="html")
    if len(markup) > _LARGEST:
        return None
    try:
        found = Finder(markup).summary(html_partial=True)
        return etree.fromstring(found, etree.HTMLParser(huge_tree=True))
    except Exception:  # a page may be anything; what it raises is its own or lxml's
        return None
