"""Korean particles that follow the sound of the word before them."""

from __future__ import annotations

import re

from stylegraph.agent.text.language import has_final_consonant

_PAIRS = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이랑", "랑"), ("이나", "나"))
"""After a closed syllable, after an open one."""
_BY_PARTICLE = {particle: pair for pair in _PAIRS for particle in pair}
_ATTACHED = re.compile(r"(?:으로|이랑|이나|은|는|이|가|을|를|과|와|로|랑|나)(?=[\s,.?!]|$)")
_RIEUL = 8
"""ㄹ, which 로 follows without 으."""


def with_particle(word: str, particle: str) -> str:
    """Return a word with the right form of a particle: `with_particle("겨울", "는")` is "겨울은"."""
    closed, opened = _BY_PARTICLE[particle]
    is_closed = has_final_consonant(word) and not (particle in ("로", "으로") and _ends_in_rieul(word))
    return word + (closed if is_closed else opened)


def put(word: str, text: str, start: int, end: int) -> str:
    """Place a word in the place of `text[start:end]` and correct the particle behind it."""
    rest = text[end:]
    match = _ATTACHED.match(rest)
    replaced = with_particle(word, match.group()) + rest[match.end() :] if match else word + rest
    return re.sub(r"\s+", " ", text[:start] + replaced).strip()


def _ends_in_rieul(word: str) -> bool:
    last = word[-1:]
    return "가" <= last <= "힣" and (ord(last) - ord("가")) % 28 == _RIEUL
