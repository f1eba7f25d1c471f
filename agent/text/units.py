"""Text taken apart into what can be read and cited by itself: a sentence, a list item, a table row, a block of code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from stylegraph.agent.text.language import sentence_spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

UnitKind = Literal["heading", "sentence", "item", "header", "row", "code", "markup"]
"""`header` is the first row of a table with the rule below it. `markup` says nothing by itself: badges, tags, bare
navigation, comments, link definitions, rules."""

_NEWLINE = re.compile(r"\r\n?|\n")
_STRUCTURE = re.compile(r"(?m)^[ \t>]*(?:[-*+•·▪○●◦※▶►#|<`~=!\[]|\d{1,9}[.)]\s|\t| {4})|\|")
"""A text without any of these is prose from end to end, and need not be parsed."""
_BULLET = re.compile(r"(?:[•·▪○●◦※▶►]|\(?\d{1,3}[.)]|[가-하][.)]|[①-⑳])\s?")
"""Bullets of plain texts and office programs, which Markdown does not know."""
_TABLE_RULE = re.compile(r"[ \t>]*\|?[ \t:|-]*-[ \t:|-]*\|?[ \t]*")
_IMAGE = r"!\[[^\]]*\](?:\([^)\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])"
_LINK = r"\[(?:[^\[\]])*\](?:\([^)]*\)|\[[^\]]*\])"
_BADGE = re.compile(rf"\[\s*(?:{_IMAGE}\s*)+\](?:\([^)]*\)|\[[^\]]*\])|{_IMAGE}")
_NAVIGATION = re.compile(rf"(?:{_LINK}[\s|·•/,–—-]*){{2,}}")
_CONTENTS = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]*\]\(#[^)]*\)\s*")
"""A line of a table of contents."""
_DEFINITION = re.compile(r"[ >]*\[[^\]]+\]:\s*<?(?:[a-z][a-z+.-]*:|[#/.]|www\.|[\w./-]+\.\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ANCHOR = re.compile(r"<a\b.*?(?:</a\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>?")
_INLINE_TAG = r"(?!/?(?:a|b|i|em|strong|code|span|sub|sup|kbd|mark|small|u|s|br)\b)"
_BLOCK_TAG = re.compile(rf"(?:\s*(?:<!--.*?(?:-->|\Z)|<{_INLINE_TAG}/?[a-zA-Z][^<>]*>))+", re.DOTALL)
_CODE_SIGN = re.compile(r"[(){};=<>$_\\/]")
_HANGUL = re.compile(r"[가-힣]")
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*$")
_UNDERLINE = re.compile(r"\s*\n[ \t>]*(?:=+|-+)\s*$")
_LONGEST_UNDERLINED = 120
"""Characters of a line that dashes below it make a heading."""

_LONGEST_MARKUP = 4_000
"""Characters of a line that is looked at for badges and links."""

_PASSAGE = 8_000
"""Characters of a text whose units are remembered: a passage, not a document while it is indexed."""


class Unit(NamedTuple):
    """A piece of a text that can be read and cited by itself."""

    start: int
    end: int
    kind: UnitKind
    level: int = 0
    """Of a heading, 1 to 6."""
    group: int = -1
    """Where the table or the outermost list begins that it is part of; -1 for none."""
    item: int = -1
    """Where the outermost list item begins that it is part of; -1 for none."""


def units(text: str) -> tuple[Unit, ...]:
    """Take a text apart. Markdown is read as CommonMark with tables; any other text is sentences and lines.

    Returns:
        Units in order, none overlapping, none blank; together they hold every character that is not white space.
    """
    return _units_of_passage(text) if len(text) <= _PASSAGE else _units(text)


@lru_cache(maxsize=1_024)
def _units_of_passage(text: str) -> tuple[Unit, ...]:
    """Do the same for what search, reader and prompt ask for again and again, in a turn and in the next."""
    return _units(text)


def _units(text: str) -> tuple[Unit, ...]:
    if not _STRUCTURE.search(text):
        return tuple(Unit(start, end, "sentence") for start, end in sentence_spans(text))
    return tuple(_Parsed(text).units())


def opens_list(text: str) -> bool:
    """Check whether a sentence introduces what comes after it."""
    return text.rstrip("*_ \t").endswith((":", "："))


def heading_words(heading: str) -> str:
    """Return the words of a Markdown heading, without its signs."""
    marked = _HEADING.match(heading)
    return marked[1] if marked else _UNDERLINE.sub("", heading).strip()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")


class _Leaf(NamedTuple):
    """A block that holds no other, by its lines."""

    first: int
    last: int
    type: str
    level: int
    group: int
    item: int
    opens_item: bool


class _Parsed:
    """A text with the blocks that it consists of."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(found.end() for found in _NEWLINE.finditer(text)), len(text)]

    def units(self) -> Iterator[Unit]:
        """Return the units of each block in order, and those of the lines that are in none."""
        done = 0
        for leaf in self._leaves():
            yield from self._between(done, leaf.first)
            first = max(done, leaf.first)
            last = self._with_rule(leaf)
            if first < last:
                yield from self._of(leaf._replace(first=first, last=last))
            done = max(done, last)
        yield from self._between(done, len(self._lines) - 1)

    def _leaves(self) -> Iterator[_Leaf]:
        groups: list[int] = []
        items: list[int] = []
        opened = False
        for token in _parser().parse(self._text):
            if token.type in _GROUPS:
                groups.append(self._lines[(token.map or [0])[0]])
            elif token.type in _GROUP_ENDS:
                groups.pop()
            elif token.type == "list_item_open":
                items.append(self._lines[(token.map or [0])[0]])
                opened = True
            elif token.type == "list_item_close":
                items.pop()
            elif token.type in _LEAVES and token.map:
                yield self._leaf(token, groups, items, opened)
                opened = False

    def _leaf(self, token: Token, groups: Sequence[int], items: Sequence[int], opened: bool) -> _Leaf:
        first, last = token.map or [0, 0]
        group, item = (groups or [-1])[0], (items or [-1])[0]
        kind = "header" if token.type == "tr_open" and token.level and self._is_header(last) else token.type
        level = int(token.tag[1]) if token.type == "heading_open" else 0
        if level and token.markup in ("=", "-") and not self._is_underlined(first, last):
            kind, level = "paragraph_open", 0
        return _Leaf(first, last, kind, level, group, item, opened)

    def _is_header(self, below: int) -> bool:
        return below < len(self._lines) - 1 and _TABLE_RULE.fullmatch(self._line(below)) is not None

    def _is_underlined(self, first: int, last: int) -> bool:
        return last - first == 2 and len(self._line(first).strip()) <= _LONGEST_UNDERLINED

    def _with_rule(self, leaf: _Leaf) -> int:
        return leaf.last + 1 if leaf.type == "header" else leaf.last

    def _line(self, number: int) -> str:
        return self._text[self._lines[number] : self._lines[number + 1]].rstrip("\r\n")

    def _between(self, first: int, last: int) -> Iterator[Unit]:
        """Return the units of lines that Markdown shows nothing of: link definitions, for one."""
        for number in range(first, last):
            start, end = self._lines[number], self._lines[number + 1]
            kind: UnitKind = "markup" if not any(map(str.isalnum, self._line(number))) else "sentence"
            kind = "markup" if _DEFINITION.match(self._line(number)) else kind
            yield from _unit(self._text, start, end, kind)

    def _of(self, leaf: _Leaf) -> Iterator[Unit]:
        start, end = self._lines[leaf.first], self._lines[leaf.last]
        place = {"group": leaf.group, "item": leaf.item}
        if leaf.type in ("fence", "code_block") and not self._is_prose(leaf, start, end):
            yield from _unit(self._text, start, end, "code", **place)
        elif leaf.type in _WHOLE:
            yield from _unit(self._text, start, end, _WHOLE[leaf.type], level=leaf.level, **place)
        elif leaf.type == "html_block":
            yield from self._of_tags(start, end, place)
        elif leaf.opens_item:
            yield from self._of_item(start, end, place)
        else:
            yield from self._of_paragraph(leaf, place)

    def _is_prose(self, leaf: _Leaf, start: int, end: int) -> bool:
        """Distinguish an indented paragraph of a plain text from indented code."""
        body = self._text[start:end]
        return leaf.type == "code_block" and (bool(_HANGUL.search(body)) or not _CODE_SIGN.search(body))

    def _of_tags(self, start: int, end: int, place: dict[str, int]) -> Iterator[Unit]:
        """Return what a block of HTML says between its tags, and the tags as markup."""
        body, done = self._text[start:end], 0
        for tags in [*_BLOCK_TAG.finditer(body), None]:
            first, last = tags.span() if tags else (len(body), len(body))
            if _said(body[done:first]):
                for one, other in sentence_spans(body[done:first]):
                    yield Unit(start + done + one, start + done + other, "sentence", **place)
            else:
                yield from _unit(self._text, start + done, start + first, "markup", **place)
            if tags:
                yield from _unit(self._text, start + first, start + last, "markup", **place)
            done = last

    def _of_paragraph(self, leaf: _Leaf, place: dict[str, int]) -> Iterator[Unit]:
        """Return the sentences of a paragraph; lines of badges, and rows of a table without a header, are apart."""
        kinds = [self._kind_of_line(number) for number in range(leaf.first, leaf.last)]
        for kind, run in groupby(range(leaf.first, leaf.last), lambda number: kinds[number - leaf.first]):
            lines = list(run)
            start = self._lines[lines[0]]
            if kind == "sentence":
                yield from self._of_prose(start, self._lines[lines[-1] + 1], place)
                continue
            whole = {**place, "group": start} if kind == "row" and place["group"] < 0 else place
            for number in lines:
                yield from _unit(self._text, self._lines[number], self._lines[number + 1], kind, **whole)

    def _kind_of_line(self, number: int) -> UnitKind:
        line = self._line(number).strip(" \t>")
        if line.startswith("|") and line.endswith("|") and line.count("|") > 2:
            return "row"
        return "markup" if _says_nothing(line) else "sentence"

    def _of_item(self, start: int, end: int, place: dict[str, int]) -> Iterator[Unit]:
        """Return an item; in a plain text the line below a numbered one need not belong to it."""
        body = self._text[start:end]
        spans = sentence_spans(body)
        own = next((at for at, (first, _) in enumerate(spans) if at and body[first - 1] in "\r\n"), len(spans))
        last = start + spans[own - 1][1]
        yield from _unit(self._text, start, last, "markup" if _says_nothing(body) else "item", **place)
        yield from (Unit(start + first, start + last, "sentence") for first, last in spans[own:])

    def _of_prose(self, start: int, end: int, place: dict[str, int]) -> Iterator[Unit]:
        """Return sentences; those of one line behind a bullet are one item."""
        item: Unit | None = None
        for first, last in sentence_spans(self._text[start:end]):
            span = start + first, start + last
            opens = not first or self._text[span[0] - 1] in "\r\n" or self._begins_line(span[0])
            if item and not opens:
                item = item._replace(end=span[1])
                continue
            if item:
                yield item
            is_item = opens and _BULLET.match(self._text, span[0]) is not None
            group = (item.group if item else span[0]) if is_item else -1
            item = Unit(*span, "item", 0, group, span[0]) if is_item and place["group"] < 0 else None
            if item is None:
                yield Unit(*span, "sentence", **place)
        if item:
            yield item

    def _begins_line(self, at: int) -> bool:
        line = self._lines[bisect_right(self._lines, at) - 1]
        return not self._text[line:at].strip(" \t>")


_LEAVES = frozenset({"heading_open", "paragraph_open", "fence", "code_block", "html_block", "hr", "tr_open"})
_GROUPS = frozenset({"bullet_list_open", "ordered_list_open", "table_open"})
_GROUP_ENDS = frozenset({"bullet_list_close", "ordered_list_close", "table_close"})
_WHOLE: dict[str, UnitKind] = {"heading_open": "heading", "hr": "markup", "tr_open": "row", "header": "header"}


def _unit(text: str, start: int, end: int, kind: UnitKind, **place: int) -> Iterator[Unit]:
    """Return a unit without the white space around it, if anything is left."""
    body = text[start:end]
    first, last = start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())
    if first < last:
        yield Unit(first, last, kind, **place)


def _said(text: str) -> bool:
    """Check whether HTML says anything beside what its links are called."""
    return any(map(str.isalnum, _TAG.sub("", _ANCHOR.sub("", _COMMENT.sub("", text)))))


def _says_nothing(line: str) -> bool:
    """Check whether a line is only badges, tags, or links in a row."""
    if not line.strip() or len(line) > _LONGEST_MARKUP or line.lstrip()[:1] not in "[!<-*+0123456789":
        return False
    rest = _BADGE.sub("", line).strip()
    if not rest or _NAVIGATION.fullmatch(rest) or _CONTENTS.fullmatch(rest):
        return True
    return "<" in rest and not _said(rest)
