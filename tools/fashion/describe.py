"""An item in words: the facts that evidence states, and the text that is searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stylegraph.agent.language import Language
from stylegraph.tools.fashion.items import LIST_FIELDS, SINGLE_FIELDS, Item
from stylegraph.tools.fashion.wishes.binding import BoundLexicon

_STATED = (
    "category",
    "colours",
    "pattern",
    "material",
    "sleeve",
    "seasons",
    "styles",
    "moods",
    "occasions",
    "audience",
)
_HEADINGS: dict[Language, dict[str, str]] = {
    "ko": {
        **{
            "category": "종류",
            "colours": "색상",
            "pattern": "무늬",
            "material": "소재",
            "sleeve": "소매",
            "seasons": "계절",
        },
        **{"styles": "스타일", "moods": "분위기", "occasions": "상황", "audience": "대상", "warmth": "보온"},
        "price_krw": "가격",
    },
    "en": {
        **{"category": "Category", "colours": "Colours", "pattern": "Pattern", "material": "Material"},
        **{"sleeve": "Sleeve", "seasons": "Seasons", "styles": "Styles", "moods": "Moods", "occasions": "Occasions"},
        **{"audience": "For", "warmth": "Warmth", "price_krw": "Price"},
    },
}
_NO_SLEEVE = "none"


def name_of(item: Item, language: Language) -> str:
    """Give an item's name in a language."""
    return str(item["name_ko" if language == "ko" else "name_en"])


def values_of(item: Item, field: str) -> list[str]:
    """Give an item's values of a field as a list; empty when it has none."""
    value = item.get(field)
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def money(amount: float, language: Language) -> str:
    """Write a price in won."""
    return f"{amount:,.0f}원" if language == "ko" else f"{amount:,.0f} won"


def labels(lexicon: BoundLexicon, item: Item, field: str, language: Language) -> list[str]:
    """Give the names of an item's values in a language."""
    return [lexicon.label(field, value, language) for value in values_of(item, field) if value != _NO_SLEEVE]


def facts(lexicon: BoundLexicon, item: Item, language: Language, *, sample: bool) -> str:
    """Describe an item in sentences that can be quoted: its name, its description, its attributes and its price.

    Args:
        lexicon: Names the values.
        item: The item.
        language: Of the sentences.
        sample: Whether the price is a made-up sample price, which is then said.
    """
    description = str(item["description_ko" if language == "ko" else "description_en"])
    lines = [f"{name_of(item, language)}."]
    if description:
        lines.append(description)
    stated = ". ".join(_stated(lexicon, item, language, sample))
    return " ".join([*lines, f"{stated}."]) if stated else " ".join(lines)


def _stated(lexicon: BoundLexicon, item: Item, language: Language, sample: bool) -> Iterator[str]:
    headings = _HEADINGS[language]
    for field in _STATED:
        if named := labels(lexicon, item, field, language):
            yield f"{headings[field]}: {', '.join(named)}"
    if "warmth" in item:
        yield f"{headings['warmth']}: {item['warmth']}/5"
    if "price_krw" in item:
        made_up = {"ko": " (견본 가격)", "en": " (sample price)"}[language] if sample else ""
        yield f"{headings['price_krw']}: {money(item['price_krw'], language)}{made_up}"


def searchable(lexicon: BoundLexicon, item: Item) -> tuple[str, str]:
    """Give the title and the text by which an item is found: both languages, with the names of its attributes."""
    title = " / ".join(dict.fromkeys([item["name_ko"], item["name_en"]]))
    own = [field for field in item if field not in {*LIST_FIELDS, *SINGLE_FIELDS}]
    words: list[str] = [str(item.get("description_ko", "")), str(item.get("description_en", ""))]
    for language in ("ko", "en"):
        words += [label for field in _STATED for label in labels(lexicon, item, field, language)]
    words += [text for field in own if field not in _NOT_SEARCHED for text in values_of(item, field)]
    return title, "\n".join(dict.fromkeys(word for word in words if word))


_NOT_SEARCHED = frozenset(
    {"id", "image", "name_ko", "name_en", "description_ko", "description_en", "warmth", "price_krw"}
)


def mentions(lexicon: BoundLexicon, item: Item, concept: str, *, named_only: bool = False) -> bool:
    """Tell whether an item's own words, or only its name, speak of a concept such as a turtleneck or tweed."""
    fields = ("name_ko", "name_en") if named_only else ("name_ko", "name_en", "description_ko", "description_en")
    return lexicon.speaks_of(" / ".join(item[field] for field in fields), concept)


def in_list(words: Sequence[str], language: Language) -> str:
    """Join words as a language does: 여름, 가을 / summer and autumn."""
    if language == "ko" or len(words) < 2:
        return ", ".join(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}"
