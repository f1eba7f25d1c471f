"""An item in words: the facts that evidence states, and the text that is searched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.items.items import Inferred, Item
from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.query.binding import BoundLexicon

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
_INFERRED: Mapping[Language, str] = {"ko": "상품 정보에 없어 짐작한 것", "en": "Not stated by the shop"}
_READ_FROM: Mapping[Language, Mapping[str, str]] = {
    "ko": {"name": "상품명에서 읽음", "description": "설명에서 읽음", "kind": "보통 그런 옷", "photo": "사진에서 봄"},
    "en": {
        "name": "read from the name",
        "description": "read from the description",
        "kind": "usual for such a garment",
        "photo": "seen in the photo",
    },
}
_NO_SLEEVE = "none"


def name_of(item: Item, language: Language) -> str:
    """Return an item's name in a language."""
    return str(item["name_ko" if language == "ko" else "name_en"])


def values_of(item: Item, field: str) -> list[str]:
    """Return an item's values of a field as a list; empty when it has none."""
    value = item.get(field)
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def labels(lexicon: BoundLexicon, item: Item, field: str, language: Language) -> list[str]:
    """Return the names of an item's values in a language."""
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
    sentences = [": ".join(one) for one in stated(lexicon, item, language, sample=sample)]
    if inferred := inferences(item, language):
        sentences.append(f"{_INFERRED[language]}: {', '.join(inferred)}")
    return " ".join([*lines, *(f"{sentence}." for sentence in sentences)])


def swatches(lexicon: BoundLexicon, item: Item, language: Language) -> list[tuple[str, str | None]]:
    """Return the names of an item's colours in a language, each with how it looks (`#1f2a48`), where that is known."""
    found: list[tuple[str, str | None]] = []
    for value in values_of(item, "colours"):
        concept = lexicon.concept("colours", value)
        code = pairing_words()["colours"].get(concept.name if concept else value)
        found.append((lexicon.label("colours", value, language), code))
    return found


def inferences(item: Item, language: Language, fields: Collection[str] | None = None) -> list[str]:
    """Return what of an item no column says, what it was read from and how sure that is: "소재: 상품명에서 읽음, 90%".

    Args:
        item: The item.
        language: Of the words.
        fields: Which fields; None: all.
    """
    notes: Mapping[str, Inferred] = item.get("inferred", {})
    return [
        f"{_HEADINGS[language].get(field, field)}: {_READ_FROM[language][note['by']]}, {note['confidence']:.0%}"
        for field, note in notes.items()
        if fields is None or field in fields
    ]


def stated(lexicon: BoundLexicon, item: Item, language: Language, *, sample: bool) -> Iterator[tuple[str, str]]:
    """Return what a catalogue says of an item, a heading and its values each, the price last."""
    headings = _HEADINGS[language]
    for field in _STATED:
        if named := labels(lexicon, item, field, language):
            yield headings[field], ", ".join(named)
    if "warmth" in item:
        yield headings["warmth"], f"{item['warmth']}/5"
    if "price_shown" in item:
        yield headings["price_krw"], str(item["price_shown"])
    elif "price_krw" in item:
        made_up = {"ko": " (견본 가격)", "en": " (sample price)"}[language] if sample else ""
        yield headings["price_krw"], f"{lexicon.priced(item['price_krw'], language)}{made_up}"


def mentions(lexicon: BoundLexicon, item: Item, concept: str, *, named_only: bool = False) -> bool:
    """Check whether an item's own words, or only its name, speak of a concept such as a turtleneck or tweed."""
    fields = ("name_ko", "name_en") if named_only else ("name_ko", "name_en", "description_ko", "description_en")
    return lexicon.speaks_of(" / ".join(item[field] for field in fields), concept)


def in_list(words: Sequence[str], language: Language) -> str:
    """Join words as a language does: 여름, 가을 / summer and autumn."""
    if language == "ko" or len(words) < 2:
        return ", ".join(words)
    return ", ".join(words[:-1]) + f" and {words[-1]}"
