"""A look in words: the phrase that stands for a garment in a query, and the sentences that an answer may quote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stylegraph.agent.evidence import Evidence, evidence_id
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.particles import with_particle
from stylegraph.tools.fashion.items.item_text import in_list
from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.query.lexicon import load_lexicon
from stylegraph.tools.fashion.vision.look import Look, NamedColour

ROUTE = "image"
_SAYS_LITTLE = frozenset({"solid", "washed", "textured", "other"})
"""Patterns that a phrase leaves out."""
SAID_BY_CATEGORY: Mapping[str, Sequence[str]] = {"denim": ("jeans",), "knit": ("sweater",)}
"""Materials that the garment's name says already."""
_ADJECTIVES = frozenset({"knit", "padded", "sheer"})
_PLURAL = frozenset(
    {"jeans", "pants", "shorts", "leggings", "sneakers", "sandals", "heels", "flats", "dress-shoes", "boots"}
)
_YEAR = ("spring", "summer", "autumn", "winter")
_LABELS: Mapping[str, tuple[str, str]] = {
    "Outwear": ("겉옷", "outerwear"),
    "Body": ("바디슈트", "a bodysuit"),
    "Shoes": ("신발", "shoes"),
    "T-Shirt": ("티셔츠", "a T-shirt"),
    "Longsleeve": ("긴팔 티", "a long-sleeve tee"),
}
"""Labels that are no category of their own: in Korean, in English."""
_TITLES: Mapping[Language, tuple[str, str]] = {"ko": ("사진", "사진 {n}"), "en": ("The picture", "Picture {n}")}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "garment": "{where}에 보이는 것은 {what|이에요/예요}.",
        "not_sure": "{where}에 보이는 것은 {what}인 것 같지만 확실하지 않아요.",
        "or": "{others}일 수도 있어요.",
        "not_a_garment": "{where}에서 옷을 알아보지 못했어요. 옷 한 벌이 잘 보이는 사진이면 알아보기 쉬워요.",
        "colour": "색은 {colours|이에요/예요}.",
        "colours": "색은 {colours} 정도예요.",
        "pattern": "무늬는 {value}",
        "material": "소재는 {value}",
        "sleeve": "소매는 {value}",
        "suits": "{seasons}에 입기 좋아요.",
        "style": "{styles} 스타일이에요.",
        "occasions": "어울리는 자리는 {occasions|이에요/예요}.",
    },
    "en": {
        "garment": "{where} shows {what}.",
        "not_sure": "{where} seems to show {what}, but that is not sure.",
        "or": "It could also be {others}.",
        "not_a_garment": "{where} shows no garment that could be made out. A photo of one piece, seen clearly, would help.",
        "colour": "Its colour is {colours}.",
        "colours": "Its colours are {colours}.",
        "suits": "It suits {seasons}.",
        "style": "Its style is {styles}.",
        "occasions": "Good for {occasions}.",
    },
}


def phrase(look: Look, language: Language, fields: Sequence[str] = ("colours", "pattern", "material")) -> str:
    """Name the garment as a shop would: "남색 스트라이프 면 셔츠"; empty when the picture shows none.

    Args:
        look: The look.
        language: Of the words.
        fields: What is said beside the category, in this order.
    """
    category = look["category"]
    if category is None:
        return ""
    told = {"colours": look["colours"][0]["name"] if look["colours"] else None, **_telling(look)}
    words = [label(field, str(told[field]), language) for field in fields if told.get(field)]
    return " ".join([*words, label("category", category, language)])


def label(field: str, value: str, language: Language) -> str:
    """Return the name of a value in a language; the value itself when it has none."""
    concept = load_lexicon().concepts.get((field, value))
    return concept.label(language) if concept else value


def _telling(look: Look) -> dict[str, str | None]:
    """Return pattern and material where they say something that the category does not."""
    pattern, material = look["attributes"].get("pattern"), look["attributes"].get("material")
    implied = look["category"] in SAID_BY_CATEGORY.get(material or "", ())
    return {"pattern": None if pattern in _SAYS_LITTLE else pattern, "material": None if implied else material}


def as_evidence(look: Look, language: Language) -> Evidence:
    """Return a look as a piece of evidence whose sentences can be quoted.

    Args:
        look: The look.
        language: Of the sentences.
    """
    title = _title(language, look.get("number"))
    text = " ".join([*([look["answer"]] if look.get("answer") else []), *sentences(look, language, title)])
    return Evidence(
        id=evidence_id(ROUTE, look["picture"] or "", text),
        route=ROUTE,
        title=title,
        text=text,
        url=None,
        locator={"pointer": look["picture"] or ""},
        score=1.0,
        found_by=look["made_by"],
        data={"look": {name: value for name, value in look.items() if name not in ("embedding", "answer")}},
    )


def _title(language: Language, place: int | None) -> str:
    alone, numbered = _TITLES[language]
    return alone if place is None else numbered.format(n=place)


def sentences(look: Look, language: Language, where: str) -> Iterator[str]:
    """Describe a look, most important first.

    Args:
        look: The look.
        language: Of the sentences.
        where: What the picture is called.
    """
    words, what = _WORDS[language], _with_article(look, language)
    yield filled(words[look["verdict"]], where=where, what=what)
    if look["verdict"] == "not_a_garment":
        return
    if look["verdict"] == "not_sure" and (
        others := [_label(one["label"], language) for one in look["alternatives"][:2]]
    ):
        yield filled(words["or"], others=in_list(others, language))
    if look["colours"]:
        yield filled(
            words["colours" if len(look["colours"]) > 1 else "colour"], colours=_shares(look["colours"], language)
        )
    if made := _made(look, language):
        yield made
    yield from _worn(look, language)


def _label(name: str, language: Language) -> str:
    korean, english = _LABELS.get(name, ("", ""))
    return (korean if language == "ko" else english) or label("category", name.lower(), language)


def _with_article(look: Look, language: Language) -> str:
    named = phrase(look, language)
    if language == "ko" or not named or look["category"] in _PLURAL:
        return named
    return f"{'an' if named[0] in 'aeiou' else 'a'} {named}"


def _shares(colours: Sequence[NamedColour], language: Language) -> str:
    names = [label("colours", colour["name"], language) for colour in colours]
    if len(names) == 1:
        return names[0]
    return ", ".join(f"{name} {colour['share']:.0%}" for name, colour in zip(names, colours, strict=True))


def _made(look: Look, language: Language) -> str:
    """Describe pattern, material and sleeves in one sentence; empty when nothing is known of them."""
    told = look["attributes"]
    known = {
        field: label(field, value, language)
        for field, value in (("pattern", told.get("pattern")), ("material", told.get("material")), _sleeve(look))
        if value
    }
    if not known:
        return ""
    if language == "ko":
        parts = [_WORDS["ko"][field].format(value=value) for field, value in known.items()]
        return with_particle(", ".join(parts), "로") + " 보여요."
    if "material" in known and told.get("material") not in _ADJECTIVES:
        known["material"] = f"made of {known['material']}"
    return f"It looks {in_list(list(known.values()), language)}."


def _sleeve(look: Look) -> tuple[str, str | None]:
    sleeve = look["attributes"].get("sleeve")
    return "sleeve", None if sleeve == "none" else sleeve


def _worn(look: Look, language: Language) -> Iterator[str]:
    """Describe when, how and where it is worn."""
    told: Mapping[str, object] = look["attributes"]
    for key, field in (("suits", "seasons"), ("style", "styles"), ("occasions", "occasions")):
        values = told.get(field)
        if isinstance(values, list) and values:
            ordered = sorted(values, key=lambda value: _YEAR.index(value) if value in _YEAR else 0)
            named = in_list([label(field, value, language) for value in ordered], language)
            yield filled(_WORDS[language][key], **{field: named})
