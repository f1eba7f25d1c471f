"""Whether a question that came with a picture needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stylegraph.agent.local import leaning
from stylegraph.agent.local.learned import LOOK
from stylegraph.agent.local.words import load_words

_LEFT_ASIDE = re.compile(
    r"(?:사진|이미지|그림)(?:은|는|이랑은?|과는?|하고는?|와는?)? ?(?:일단 )?(?:무시|상관|관계|신경|빼고|놔두고|별개)"
    r"|\b(?:ignore|forget|regardless of|unrelated to|not about|never mind|nothing to do with) (?:the|this|that|my) (?:photo|picture|image|pic)",
    re.IGNORECASE,
)
_MATCHES = re.compile(
    r"어울리|어울릴|비슷|맞춰|매치|코디|같이 ?입|\b(?:match\w*|similar|goes? with|pair\w*|like)\b", re.IGNORECASE
)


def needs_picture(question: str, routes: Sequence[str]) -> bool:
    """Say whether the picture is needed for an answer that these routes give.

    It is when it is to be described, when the question points at it, and when it names no piece of its own.
    """
    if _LEFT_ASIDE.search(question):
        return False
    words = load_words()
    if LOOK in routes or words.has(question, "picture", "pointing", "own_thing") or leaning.pointed_kind(question):
        return True
    return "web" not in routes and (bool(_MATCHES.search(question)) or not words.find(question, "garment", "material"))
