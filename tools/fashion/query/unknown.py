"""Words that nothing is known of and that are plainly ruled out or insisted on."""

from __future__ import annotations

import re
from collections.abc import Callable

from stylegraph.tools.fashion.query.mentions import Mention, Sentence

_UNKNOWN_BEFORE = frozenset({"말고", "말구", "빼고", "빼구", "뺀", "제외", "제외하고"})
_UNKNOWN_AFTER = frozenset({"no", "without", "except", "excluding", "avoid", "anything but", "other than", "but not",
                            "must be", "has to be", "have to be", "needs to be", "only"})  # fmt: skip
"""Words that rule out, or insist on, even what no catalogue is known to have; "not" and "꼭" stand before too much else."""
_SAYS_LITTLE = frozenset({"idea", "problem", "worries", "matter", "thanks", "need", "longer", "doubt", "preference",
                          "rush", "hurry", "breaking", "looking", "able", "sure", "여기", "거기", "이거", "그거", "저거"})  # fmt: skip
_UNKNOWN_MUST = re.compile(r"(?P<word>[가-힣a-z0-9]{2,}?)(?:이어야|이여야|여야)만?$")
_UNKNOWN_TAIL = re.compile(r"(?:은|는|이|가|을|를|도)$")


def take_unknown(sentence: Sentence, is_name: Callable[[str], bool]) -> None:
    """Take a word that nothing is known of for a detail where it is plainly ruled out or insisted on: "X 말고", "no X"."""
    for index, token in enumerate(sentence.tokens):
        if not token.is_word or token.text in _SAYS_LITTLE:
            continue
        if word := _asked_unknown(sentence, index) or _refused_name(sentence, index, is_name):
            sentence.mentions[index] = Mention(index, token, (("details", word),), ())


def _asked_unknown(sentence: Sentence, index: int) -> str:
    text = sentence.tokens[index].text
    if len(text) < 2 or not any(map(str.isalpha, text)):
        return ""
    if must := _UNKNOWN_MUST.fullmatch(text):
        return must["word"]
    before, after = _spelled(sentence, index - 1), _spelled(sentence, index + 1)
    if after in _UNKNOWN_BEFORE or (after == "필수" and not text.isascii()):
        return _UNKNOWN_TAIL.sub("", text) if len(text) > 2 else text
    return text if text.isascii() and before in _UNKNOWN_AFTER and _ends_there(sentence, index) else ""


def _refused_name(sentence: Sentence, index: int, is_name: Callable[[str], bool]) -> str:
    """Return what items are called, where it is ruled out in English, whatever stands between: anything but a folding tent."""
    text = sentence.tokens[index].text
    if not text.isascii() or not is_name(text) or not sentence.role(sentence.beyond(index, -1), "not_en"):
        return ""
    following = sentence.tokens[index + 1] if index + 1 < len(sentence.tokens) else None
    return "" if following is not None and following.is_word and is_name(following.text) else text


def _spelled(sentence: Sentence, index: int) -> str:
    return sentence.tokens[index].text if 0 <= index < len(sentence.tokens) else ""


def _ends_there(sentence: Sentence, index: int) -> bool:
    """Check whether a word is a noun by what follows it: nothing, a sign, or a garment."""
    following = sentence.mentions.get(index + 1)
    roles = sentence.tokens[index + 1].roles if index + 1 < len(sentence.tokens) else frozenset({"end"})
    return bool({"end", "comma", "join", "clause"} & roles) or (following is not None and following.is_garment)
