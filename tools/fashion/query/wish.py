"""What somebody wishes for, as data, and the conditions that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.nouns import Named
from stylegraph.tools.fashion.query.prices import Price

Values = dict[str, list[str]]
"""Field -> values, any of which will do."""

Relation = Literal["cheaper", "dearer", "other", "similar"]

SOFT_FIELDS = frozenset({"styles", "moods", "occasions", "weather", "details", "warmth"})
"""What is wanted of these ranks items; what is wanted of any other column is a condition."""


HARD_COLUMNS = frozenset(
    {"category", "colours", "pattern", "material", "sleeve", "seasons", "audience", "price_krw", "warmth"}
)
"""Columns of the usual kind; what else a catalogue has is a column of its own."""


class Unexpressed(TypedDict):
    """Something asked for that the loaded catalogue has no value for."""

    field: str
    concept: str
    said: str
    """The word that asked for it."""
    must: bool


class About(TypedDict):
    """A wish that points at what was shown before."""

    relations: list[Relation]
    """How what is wanted stands to them; none: they themselves are meant."""
    ordinal: NotRequired[int]
    """1-based place among what was shown; absent: all of them."""


class Thing(TypedDict):
    """One of several things that a wish is for."""

    wanted: Values
    """Its kind, where a field knows it, and what is said of it alone."""
    named: list[Named]
    unexpressed: list[Unexpressed]
    foreign: NotRequired[list[str]]
    count: NotRequired[int]
    """How many of it, where the wish counts them."""


class Wish(TypedDict):
    """What is wished for, in the values of one catalogue. Plain data: a model may make it as well."""

    text: str
    language: Language
    wanted: Values
    """Asked for. Also `details` and `weather` (names of concepts) and `warmth` (`low`, `mid`, `high`)."""
    excluded: Values
    """Ruled out: never given, whatever is relaxed."""
    preferred: Values
    """Nice to have, or implied by the weather or the occasion."""
    avoided: Values
    """Spoken against by the weather or the occasion, not by the person."""
    must: list[str]
    """Fields that are never relaxed."""
    price: Price | None
    """What every piece may cost."""
    budget: NotRequired[Price]
    """What all pieces together may cost, where the wish says how many it wants."""
    price_leaning: Literal["low", "high"] | None
    alongside: Values
    """What it is to be worn with."""
    parts: list[Values]
    """For several garments in one wish, each with what belongs to it alone; else empty."""
    things: NotRequired[list[Thing]]
    """For several things of which the catalogue's own words tell one at least, each with what belongs to it; else absent."""
    count: int | None
    about: About | None
    unexpressed: list[Unexpressed]
    named: NotRequired[list[Named]]
    """What only the items' own words can tell: a saree, a tent, titanium."""
    foreign: NotRequired[list[str]]
    """Words of it that no field has and that the catalogue may have in its own language: 방수, and 다운 재킷 for a down jacket."""
    degrees: NotRequired[float]
    """The temperature that it names, in Celsius."""
    order: NotRequired[Literal["cheapest", "dearest"]]
    """What is asked for is the one end of the prices, among all that fits."""
    rest: str
    """The words that were not understood."""
    shown: list[str]
    """Ids of items that were given for it before: what is "another" is none of them."""
    stressed: list[str]
    """Fields that a follow-up has just named: they count double."""


WARMTH: Mapping[str, tuple[float, float]] = {"low": (1, 2), "mid": (2, 3), "high": (4, 5)}
"""Level -> its range on the scale from 1 (coolest) to 5 (warmest)."""


def empty_wish(text: str, language: Language) -> Wish:
    """Return a wish that asks for nothing."""
    return Wish(
        text=text,
        language=language,
        wanted={},
        excluded={},
        preferred={},
        avoided={},
        must=[],
        price=None,
        price_leaning=None,
        alongside={},
        parts=[],
        count=None,
        about=None,
        unexpressed=[],
        rest="",
        shown=[],
        stressed=[],
    )


def must_words(wish: Wish) -> list[str]:
    """Return the words that an item must have of its own."""
    return [word for one in wish.get("named", []) if one["must"] for word in one["words"]]


def wish_filters(wish: Wish, lexicon: BoundLexicon) -> Filters:
    """Return the conditions of a wish: what every item must meet before it is ranked.

    Exclusions take the kinds of a value with them ("no blue" rules out light blue), unless one of those is wanted.
    Pieces for everybody fit everybody: unisex joins a wanted audience. Of a wish for several garments, what belongs to
    one of them alone is no condition for all: see `wishes_of`.
    """
    columns = lexicon.vocabulary["values"]
    filters: Filters = {}
    owned = {field for part in wish["parts"] for field in part if not all(field in other for other in wish["parts"])}
    for field, values in wish["wanted"].items():
        if field in columns and field not in SOFT_FIELDS and field not in owned:
            more = _also_for(values, lexicon) if field == "audience" else ()
            filters[field] = Condition(any=list(dict.fromkeys([*values, *more])))
    for field, values in wish["excluded"].items():
        if field in columns:
            wanted = [*wish["wanted"].get(field, []), *wish["preferred"].get(field, [])]
            kinds = [kind for value in values for kind in lexicon.kinds(field, value) if kind not in wanted]
            filters.setdefault(field, Condition())["none"] = list(dict.fromkeys([*values, *kinds]))
    if "warmth" in wish["excluded"] and "warmth" in lexicon.vocabulary["ranges"]:
        filters["warmth"] = _warmth_left(wish["excluded"]["warmth"])
    if (
        wish["price"] is not None
        and "price_krw" in lexicon.vocabulary["ranges"]
        and _can_compare(wish["price"], lexicon)
    ):
        filters["price_krw"] = Condition()
        if others := _in_other_currencies(wish["price"], lexicon):
            filters["currency"] = Condition(none=others)
        if "gte" in wish["price"]:
            filters["price_krw"]["gte"] = float(wish["price"]["gte"])
        if "lte" in wish["price"]:
            filters["price_krw"]["lte"] = float(wish["price"]["lte"])
    return filters


_YOUNG: Mapping[str, tuple[str, ...]] = {
    "kids": ("girls", "boys"), "girls": ("kids",), "boys": ("kids",), "teens": (), "baby": (),
}  # fmt: skip
"""Young people -> for whom else a piece may be that is for them; what is for everybody is for adults."""


def _also_for(values: Sequence[str], lexicon: BoundLexicon) -> list[str]:
    """Return the audiences whose pieces are for somebody as well: children's for girls, unisex for adults."""
    names = [concept.name if (concept := lexicon.concept("audience", value)) else value for value in values]
    others = [other for name in names for other in _YOUNG.get(name, ("unisex",))]
    return [value for other in others for value in lexicon.values("audience", other)]


def young(lexicon: BoundLexicon) -> list[str]:
    """Return the audiences of a catalogue that are no adults."""
    return [value for name in _YOUNG for value in lexicon.values("audience", name)]


def open_to_all(filters: Filters, lexicon: BoundLexicon) -> Filters:
    """Return conditions under which what is said to be for nobody is for any grown-up: a harness where boots are a man's or a woman's."""
    wanted, counts = filters.get("audience", {}).get("any", []), lexicon.vocabulary["values"].get("audience", {})
    if not wanted or set(young(lexicon)) & set(wanted) or sum(counts.values()) >= lexicon.vocabulary["items"]:
        return filters
    none = [*filters["audience"].get("none", []), *(value for value in counts if value not in wanted)]
    return {**filters, "audience": Condition(none=list(dict.fromkeys(none)))}


def _can_compare(price: Price, lexicon: BoundLexicon) -> bool:
    return price["currency"] in lexicon.comparable or price["currency"] in lexicon.vocabulary["values"].get(
        "currency", {}
    )


def _in_other_currencies(price: Price, lexicon: BoundLexicon) -> list[str]:
    """Return the currencies of a mixed catalogue that a price can't be compared with."""
    known = {price["currency"], *(lexicon.comparable if price["currency"] in lexicon.comparable else ())}
    return [code for code in lexicon.vocabulary["values"].get("currency", {}) if code not in known]


def wishes_of(wish: Wish) -> list[Wish]:
    """Return a wish for each garment of a wish for several; of any other, itself."""
    if things := wish.get("things"):
        return [_single(wish, thing) for thing in things]
    owned = {field for part in wish["parts"] for field in part}
    shared = {field: values for field, values in wish["wanted"].items() if field not in owned}
    return [Wish(**{**wish, "wanted": shared | part, "parts": []}) for part in wish["parts"]] or [wish]


def _single(wish: Wish, thing: Thing) -> Wish:
    """Return a wish for one of several things, with what holds for them all."""
    own = Wish(**{**wish, "wanted": wish["wanted"] | thing["wanted"], "parts": [], "things": []})
    own["named"] = list(thing["named"])
    own["unexpressed"] = list(thing["unexpressed"])
    own["foreign"] = list(thing.get("foreign", []))
    own["count"] = thing.get("count", wish["count"])
    return own


def is_counted(wish: Wish) -> bool:
    """Check whether a wish is for so many of each kind, or for pieces that may cost so much together; no look at one piece is."""
    if wish["about"] is not None and not wish["about"]["relations"]:
        return False
    return "budget" in wish or any("count" in thing for thing in wish.get("things", []))


def _warmth_left(levels: list[str]) -> Condition:
    """Return the range that is left when levels of warmth are ruled out."""
    left = Condition()
    if "high" in levels:
        left["lte"] = WARMTH["high"][0] - 1
    if "low" in levels:
        left["gte"] = WARMTH["low"][1]
    return left


def extend(values: Values, kind: str, more: Iterable[str]) -> None:
    """Add values of a field; none is there twice."""
    merged = list(dict.fromkeys([*values.get(kind, []), *more]))
    if merged:
        values[kind] = merged


def remove(values: Values, kind: str, gone: Sequence[str]) -> None:
    """Take values of a field away; the field stays, if empty."""
    if kind in values:
        values[kind] = [value for value in values[kind] if value not in gone]
