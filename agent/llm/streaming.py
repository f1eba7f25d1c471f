"""The part of a model's text that people see while it comes: not the quotes under it, not the word that labels it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from stylegraph.agent.llm.links import without_links

Label = Literal["NOTHING", "DECLINED"]

_LABEL = re.compile(r"^[*_#]{0,4}(NOTHING|DECLINED)\b[*_:：\s]{0,4}")
_QUOTES = re.compile(r"\n[ \t]*(?:-{3,}[ \t]*(?=\n|$)|\[\d{1,2}\][ \t]*:?[ \t]*[\"“「'‘])")
_UNDECIDED = re.compile(r"\n[ \t]*(?:-+[ \t]*|\[\d{0,2}|\[\d{1,2}\][ \t]*:?[ \t]*)?$")
_WORD_END = re.compile(r"\s(?=\S*$)")


class Parts(NamedTuple):
    """A model's text, taken apart."""

    label: Label | None
    answer: str
    quotes: str
    """What stands below the answer: the line `---` and a quote a line."""


def parted(text: str) -> Parts:
    """Take a whole text apart."""
    label = _LABEL.match(text.lstrip())
    body = text.lstrip()[label.end() :] if label else text
    quotes = _QUOTES.search(f"\n{body}")
    end = quotes.start() if quotes else len(body) + 1
    return Parts(label[1] if label else None, f"\n{body}"[1:end].strip(), body[max(0, end - 1) :])  # type: ignore[arg-type]


class Visible:
    """Hands on what may be seen of a text that comes in pieces, word by word.

    Args:
        show: Takes each piece that may be seen.
        links: The addresses that may be seen.
    """

    def __init__(self, show: Callable[[str], None], links: frozenset[str]) -> None:
        self._show = show
        self._links = links
        self._pending = "\n"
        self._began = False
        self._ended = False

    def take(self, piece: str) -> None:
        """Take the next piece."""
        if self._ended:
            return
        self._pending += piece
        quotes = _QUOTES.search(self._pending)
        if quotes and (quotes.end() < len(self._pending) or "-" not in quotes[0]):
            self._hand_on(quotes.start())
            self._ended = True
            return
        undecided = _UNDECIDED.search(self._pending)
        word = _WORD_END.search(self._pending)
        self._hand_on(min(undecided.start() if undecided else len(self._pending), word.end() - 1 if word else 0))

    def end(self) -> None:
        """Hand on what is left."""
        quotes = _QUOTES.search(self._pending)
        if not self._ended:
            self._hand_on(quotes.start() if quotes else len(self._pending))
        self._ended = True

    def _hand_on(self, end: int) -> None:
        text, self._pending = self._pending[:end], self._pending[end:]
        if not self._began:
            text = _LABEL.sub("", text.lstrip()).lstrip()
            self._began = bool(text)
        if text := without_links(text, self._links):
            self._show(text)
