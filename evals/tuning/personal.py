"""What names a person: addresses and numbers that must not be learned."""

from __future__ import annotations

import re

_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<!\d)01[016789][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)"
    r"|(?<!\d)\+\d{1,3}[-. ]?\d{1,4}(?:[-. ]?\d{3,4}){2}(?!\d)"
    r"|(?<!\d)\d{6}-[1-8]\d{6}(?!\d)"
    r"|(?<!\d)(?:\d{4}[- ]){3}\d{4}(?!\d)"
)
"""An address of mail, a phone number, a Korean resident's number, a card's number."""


def without_personal(text: str) -> str:
    """Return a text with a mark in the place of each such address and number."""
    return _PERSONAL.sub("[…]", text)


def is_personal(text: str) -> bool:
    """Check whether a text holds an address of mail, or the number of a phone, a resident or a card."""
    return bool(_PERSONAL.search(text))
