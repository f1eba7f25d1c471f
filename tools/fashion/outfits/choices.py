"""What an answer would be otherwise, offered as quick answers beside it: asking first would only cost a turn."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.evidence import Note
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.wish import Wish
from stylegraph.tools.fashion.recommend.notes import note_words

_MOST = 4
_LEADING = ("occasions", "styles", "moods", "seasons", "weather", "category", "colours")
"""What tells an outfit where it is worn, or how it looks."""


def outfit_choices(notes: Sequence[Note], wish: Wish, lexicon: BoundLexicon, language: Language) -> list[str]:
    """Return quick answers to what a wish for an outfit left open, where the outfit would then be another.

    Whom it is for, if that was assumed; else where it is worn, if nothing tells.

    Args:
        notes: What was said of the outfit.
        wish: The wish.
        lexicon: The words of the catalogue.
        language: Of the answers.
    """
    if any(note["code"] == "audience_assumed" for note in notes):
        named = [value for value in lexicon.vocabulary["values"].get("audience", {})
                 if value not in lexicon.values("audience", "unisex")]  # fmt: skip
        return _answers("choice_audience", "audience", named, lexicon, language) if len(named) > 1 else []
    if any(wish["wanted"].get(field) for field in _LEADING):
        return []
    counts = lexicon.vocabulary["values"].get("occasions", {})
    return _answers("choice_occasion", "occasions", sorted(counts, key=lambda one: -counts[one]), lexicon, language)


def _answers(template: str, field: str, values: Sequence[str], lexicon: BoundLexicon, language: Language) -> list[str]:
    words = note_words(language)[template]
    return [filled(words, value=lexicon.label(field, value, language)) for value in values[:_MOST]]
