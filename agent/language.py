"""Which language a text is in."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["ko", "en"]

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-z]")


def detect_language(text: str) -> Language:
    """Tell Korean from English by letters; one Hangul syllable weighs as much as about three Latin letters.

    Text without letters is taken as Korean only when nothing says otherwise, so English is the default.
    """
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    return "ko" if hangul * 3 >= latin and hangul else "en"
