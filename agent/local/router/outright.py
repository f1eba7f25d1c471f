"""What words decide outright, whatever the examples say: small talk that names clothes, and what is not done here."""

from __future__ import annotations

from stylegraph.agent.text.coreference import is_talk
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.patterns import tells

_LOOKUPS = ("fresh", "market", "news", "records")


def is_small_talk(text: str) -> bool:
    """Check whether a message only greets, thanks, or states a liking."""
    if is_talk(text):
        return True
    words = load_words()
    if "?" in text or not tells("liking", text) or words.has(text, "recommend"):
        return False
    return tells("first_person", text) or words.has(text, "pointing", "shown") or not words.find(text, "thing")


def is_refused(text: str) -> bool:
    """Check whether a message wants something bought, or advice on health, law or money."""
    return tells("transaction", text) or wants_advice(text)


def wants_advice(text: str) -> bool:
    """Check whether a message wants advice on health, law or money, of which its own sources say nothing."""
    return tells("advice", text) and not tells("own_words", text) and not load_words().has(text, *_LOOKUPS)
