"""Korean lines joined again: whether a line of a page ends between two words or inside of one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stylegraph.agent.text.tokenizer import is_one_word

_HANGUL_END = re.compile(r"[가-힣]$")
_HANGUL_START = re.compile(r"[가-힣]")
_FEWEST = 0.15
"""Share of line ends that must be inside a word. Where lines break between words, Kiwi takes 3 of 100 for parted ones;
where they break anywhere, about 60 of 100 are."""
_SEEN = 400
"""Line ends of a document that are looked at to tell how it breaks its lines."""


class Joints:
    """What stands between the lines of one document. Word processors break Korean between words or anywhere.

    Args:
        pairs: Lines that follow each other.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        korean = [pair for pair in pairs if _meet_in_hangul(*pair)][:_SEEN]
        parted = sum(is_one_word(before, after) for before, after in korean)
        self._parts_words = bool(parted) and parted >= _FEWEST * len(korean)

    def between(self, before: str, after: str) -> str:
        """Return what joins two lines: nothing where a word goes on, else a space."""
        goes_on = self._parts_words and _meet_in_hangul(before, after) and is_one_word(before, after)
        return "" if goes_on else " "


def _meet_in_hangul(before: str, after: str) -> bool:
    return bool(_HANGUL_END.search(before) and _HANGUL_START.match(after))
