"""Spellings and what they ask for, as a tree that a text is read along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from stylegraph.tools.fashion.query.lexicon import SEPARATORS, Entry, normalise


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    entry: Entry | None = None


_Nodes = tuple[_Node, ...]
"""The same place in each tree that has it, the upper one first."""


class SpellingTree:
    """Spellings as a tree of their characters, over another tree that stays as it is."""

    def __init__(self, below: SpellingTree | None = None) -> None:
        self._root = _Node()
        self._roots: _Nodes = (self._root, below._root) if below else (self._root,)
        self.singles: dict[str, Entry] = dict(below.singles) if below else {}
        """Single words that ask for something."""

    def add(self, entry: Entry) -> None:
        """Add an entry; one for the same spelling stays a reading of it."""
        known = self.at(entry.surface)
        self.put(entry.surface, known.joined(entry) if known else entry, single=entry.sense is not None)

    def put(self, surface: str, entry: Entry, *, single: bool = True) -> None:
        """Let a spelling be one entry, whatever stood there."""
        node, spelling = self._root, normalise(surface).strip()
        for char in _optional_separators(spelling):
            node = node.children.setdefault(char, _Node())
        node.entry = entry
        if single and not SEPARATORS.search(spelling):
            self.singles[spelling] = entry

    def at(self, surface: str) -> Entry | None:
        """Return the entry of a spelling, if it has one."""
        nodes = self._roots
        for char in _optional_separators(normalise(surface).strip()):
            nodes = _under(nodes, char)
        return _entry(nodes)

    def matches(self, text: str, start: int) -> dict[int, Entry]:
        """Return where the spellings that a normalised text holds at a place end -> their entries."""
        found: dict[int, Entry] = {}
        self._follow(self._roots, text, start, found)
        return found

    def _follow(self, nodes: _Nodes, text: str, at: int, found: dict[int, Entry]) -> None:
        if (entry := _entry(nodes)) is not None:
            found[at] = found[at].joined(entry) if at in found and found[at] is not entry else entry
        if spaced := _under(nodes, " "):
            after = SEPARATORS.match(text, at)
            self._follow(spaced, text, after.end() if after else at, found)
        if at < len(text) and text[at] != " " and (following := _under(nodes, text[at])):
            self._follow(following, text, at + 1, found)


def _under(nodes: _Nodes, char: str) -> _Nodes:
    if len(nodes) == 1:  # mostly: a question is read along at every place
        child = nodes[0].children.get(char)
        return (child,) if child else ()
    return tuple(node.children[char] for node in nodes if char in node.children)


def _entry(nodes: _Nodes) -> Entry | None:
    """Return what the upper tree says, which knows what the lower one says."""
    return nodes[0].entry if len(nodes) == 1 else next((node.entry for node in nodes if node.entry), None)


def _optional_separators(spelling: str) -> Iterator[str]:
    """Return a spelling with a space wherever a separator may stand: between its words, and inside a long Korean word."""
    parts = SEPARATORS.sub(" ", spelling)
    loose = len(parts.replace(" ", "")) >= 3 and all("가" <= char <= "힣" or char == " " for char in parts)
    for index, char in enumerate(parts):
        yield char
        following = parts[index + 1] if index + 1 < len(parts) else " "
        if loose and char != " " and following != " ":
            yield " "
