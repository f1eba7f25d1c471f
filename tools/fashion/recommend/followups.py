"""A wish that follows another: what is carried over, what is replaced, what is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from stylegraph.agent.text.ordinals import ordinal_in
from stylegraph.tools.fashion.items.item_text import values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.naming import NOUN
from stylegraph.tools.fashion.query.nouns import Named
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.prices import Price, as_budget
from stylegraph.tools.fashion.query.wish import About, Unexpressed, Values, Wish
from stylegraph.tools.fashion.recommend.reasons import field_names

_OF_ONE_PIECE = ("colours", "pattern", "material", "sleeve", "details", "warmth")
"""Said of the garment that was asked for: another garment doesn't take them over."""
_SHARED = ("category", "colours", "pattern", "material", "sleeve", "styles", "moods", "seasons", "audience")
"""In what a piece that is like another is like it."""
_LEADING = frozenset({"occasions", "weather", "seasons", "category"})
"""What decides which colours, styles and so on are leaned to."""
_OF_A_SEASON = ("weather", "warmth", "seasons")
"""What goes with a season: the cool of a summer wish is none of winter's."""
_WHOLE = frozenset({"category", "occasions", "weather", "styles"})
"""Fields that make a wish of their own of words that name them."""
_LONGEST_EDIT = 8
_AMONG = re.compile(r"(?:그|이|저|얘네|걔네)\s?(?:중|가운데)|\b(?:of|among|from) (?:those|these|them)\b")
_ADDS = re.compile(
    r"(?<=[가-힣])도(?=[\s,.!]|$)|\b(?:also|too|as well|either)\b|\bor\b|(?:이나|도 괜찮|도 좋)", re.IGNORECASE
)
_SAME = r"(?<![가-힣])(?:같은|그|이|동일한)\s?(?:{names})|\b(?:same|that|matching)\s(?:{names})\b"
_OTHER = r"다른\s?(?:{names})|\b(?:(?:an)?other|different)\s(?:{names})\b"
_NOT_IT = re.compile(r"\s*(?:말고|말구|빼고|빼구|제외)|(?:은|는)?\s*(?:말고|빼고)", re.IGNORECASE)
_NOT_IT_BEFORE = re.compile(r"\b(?:not|except|other than|without|anything but)\s*$", re.IGNORECASE)


def followed(last: Wish, text: str, standalone: str, shown: Sequence[Item], reader: WishReader) -> Wish:
    """Read words as a follow-up of a wish.

    A field that is named anew is replaced, or added to ("검정도"); what is ruled out adds up, unless it is wanted now.
    Another garment keeps season, occasion, person and price, and not what was said of the first alone. "The same
    colour" is the one that was wished for, else that of the piece pointed at.

    Args:
        last: The wish before.
        text: The person's words as they came.
        standalone: The same made standalone: what "that" is to be worn with has its name there.
        shown: The items that they saw last, in order.
        reader: Reads wishes over the same catalogue.
    """
    new = reader.read(text)
    new["alongside"] = new["alongside"] or reader.read(standalone)["alongside"]
    pointed = _about(new, text)
    at = _pointed_at(pointed, shown)
    wish = Wish(**{**deepcopy(last), "text": new["text"], "language": new["language"], "rest": new["rest"]})
    same = _same_as_before(text, wish, at, reader.lexicon)
    other = _other_than_before(text, wish, at, reader.lexicon)
    _drop(wish, [*_of_no_matter(text, reader.lexicon), *other])
    if "seasons" in new["wanted"]:
        _drop(wish, _OF_A_SEASON)
    if "degrees" in new:
        wish["degrees"] = new["degrees"]
    elif _LEADING & {"weather", "seasons"} & new["wanted"].keys():
        wish.pop("degrees", None)
    names_thing = "category" in new["wanted"] or any(one["must"] for one in new.get("named", []))
    if names_thing:
        wish["named"] = _named(wish, new)
    _change_things(wish, new)
    pointed = _change_budget(wish, new, pointed, at, names_thing=names_thing)
    if "category" in new["wanted"]:
        _drop(wish, ("category", *_OF_ONE_PIECE))
        wish["parts"], wish["alongside"] = new["parts"], {}
    elif any(field in new["wanted"] for field in _OF_ONE_PIECE):
        wish["parts"] = []
    if (
        wish["price"]
        and wish["price"].get("relative")
        and ("category" in new["wanted"] or (pointed and "ordinal" in pointed))
    ):
        wish["price"] = None  # cheaper than other things were
    if pointed is not None or not names_thing:
        new["unexpressed"] = [one for one in new["unexpressed"] if one["field"] != NOUN]  # words around an edit
    _join(wish, new, adds=bool(_ADDS.search(text)) and not same)
    wish["wanted"] |= same
    for field, values in other.items():
        wish["excluded"][field] = list(dict.fromkeys([*wish["excluded"].get(field, []), *values]))
    wish["about"] = About(relations=[]) if pointed is None and _AMONG.search(text) else pointed
    if "order" in new:
        wish["order"] = new["order"]
        wish["count"] = wish["count"] or (1 if wish["about"] == About(relations=[]) else None)
    elif new["price"] or pointed:
        wish.pop("order", None)
    wish["shown"] = [*dict.fromkeys([*last.get("shown", []), *(item["id"] for item in shown)])]
    wish["stressed"] = [field for field in new["wanted"] if field != "category"]
    if pointed and "similar" in pointed["relations"]:
        _lean_to(wish, at, new)
    return reader.settled(wish)


def _change_things(wish: Wish, new: Wish) -> None:
    """Leave several things for what is wanted now; what is said anew is said of each of them."""
    if new.get("things") or "category" in new["wanted"] or any(one.get("called") for one in new.get("named", [])):
        wish["things"] = new.get("things", [])
    for thing in wish.get("things", []):
        thing["wanted"] = {field: values for field, values in thing["wanted"].items() if field not in new["wanted"]}


def _change_budget(
    wish: Wish, new: Wish, about: About | None, pieces: Sequence[Item], *, names_thing: bool
) -> About | None:
    """Let a new price be for all pieces together where the last wish counted them; other things have a sum of their own.

    Return how the words point at what was shown: not at all where "cheaper" is meant of the sum.
    """
    prices = [item["price_krw"] for item in pieces if "price_krw" in item]
    if "budget" in new or names_thing:
        wish.pop("budget", None)
        wish.update({"budget": new["budget"]} if "budget" in new else {})
    elif "budget" in wish and new["price"] is not None:
        wish["budget"], new["price"] = as_budget(new["price"]), None
    elif "budget" in wish and prices and about is not None and "cheaper" in about["relations"]:
        wish["budget"] = Price(**{**wish["budget"], "said": "", "lte": round(sum(prices)) - 1, "relative": True})
        return None
    return about


def _named(wish: Wish, new: Wish) -> list[Named]:
    """Return what is named now; what only describes, such as "and round ones?", is added to the thing that was named."""
    now = new.get("named", [])
    if "category" in new["wanted"] or any(one.get("called") for one in now):
        return now
    said = {one["said"] for one in now}
    return [*(one for one in wish.get("named", []) if one["said"] not in said), *now]


def is_edit(wish: Wish, text: str) -> bool:
    """Check whether words say nothing but how another wish is to change: a price, a colour, for whom, which season."""
    named = any(one["must"] for one in wish.get("named", [])) or any(
        one["field"] == NOUN for one in wish["unexpressed"]
    )
    if named or wish["parts"] or len(text.split()) > _LONGEST_EDIT or _WHOLE & {*wish["wanted"], *wish["alongside"]}:
        return False
    changed = bool(wish["wanted"] or wish["excluded"] or wish["price"] or wish["price_leaning"] or wish["about"])
    return changed or "order" in wish


def points_among(text: str) -> bool:
    """Check whether words choose among all that was shown: "그 중에 제일 싼 거", "the cheapest of those"."""
    return bool(_AMONG.search(text))


def looked_at(last: Mapping[str, Any] | None, shown: Sequence[str]) -> list[str]:
    """Return the one of what is shown that the last wish was to look at: "2번 어때?"; nothing where it was no such wish."""
    about = (last or {}).get("about") or {}
    place = about.get("ordinal")
    if place is None or about["relations"]:
        return []
    index = place - 1 if place > 0 else len(shown) - 1
    return list(shown[index : index + 1])


def names_what_was(text: str, lexicon: BoundLexicon) -> bool:
    """Check whether words lean on what was shown by a column of it: "from the same brand", "다른 색으로"."""
    return any(
        re.search(pattern.format(names=names), text, re.IGNORECASE)
        for names in field_names(lexicon.vocabulary["values"]).values()
        for pattern in (_SAME, _OTHER)
    )


def _about(new: Wish, text: str) -> About | None:
    """Return how words point at what was shown: a place alone points at the piece itself, or, ruled out, at others."""
    about, place = new["about"], ordinal_in(text)
    if place is None:
        return about
    ordinal, start, end = place
    refused = _NOT_IT.match(text[end:]) or _NOT_IT_BEFORE.search(text[:start])
    asks_more = any(new[side] for side in ("wanted", "excluded", "preferred")) or new["price"] is not None
    relations = list(about["relations"]) if about else ["other"] if refused else ["similar"] if asks_more else []
    return About(relations=relations, ordinal=ordinal)  # type: ignore[typeddict-item]


def _pointed_at(about: About | None, shown: Sequence[Item]) -> list[Item]:
    place = about.get("ordinal") if about else None
    if place is None:
        return list(shown)
    index = place - 1 if place > 0 else len(shown) - 1
    return list(shown[index : index + 1])


def _join(wish: Wish, new: Wish, *, adds: bool) -> None:
    for field, values in new["wanted"].items():
        together = [*wish["wanted"].get(field, []), *values] if adds and field != "category" else values
        wish["wanted"][field] = list(dict.fromkeys(together))
        _take(wish["excluded"], field, values)
    for field, values in new["excluded"].items():
        wish["excluded"][field] = list(dict.fromkeys([*wish["excluded"].get(field, []), *values]))
    if _LEADING & new["wanted"].keys():
        wish["preferred"], wish["avoided"] = {}, {}  # they followed from what is replaced; found anew when settled
    for side in ("preferred", "avoided", "alongside"):
        for field, values in new[side].items():
            wish[side][field] = list(dict.fromkeys([*values, *wish[side].get(field, [])]))
    wish["must"] = [*dict.fromkeys([*(field for field in wish["must"] if field in wish["wanted"]), *new["must"]])]
    wish["unexpressed"] = [*_still_missing(wish, new), *new["unexpressed"]]
    wish["price"] = new["price"] or wish["price"]
    wish["price_leaning"] = new["price_leaning"] or wish["price_leaning"]
    wish["count"] = new["count"] or (None if _asks_for_others(wish, new) else wish["count"])


def _asks_for_others(wish: Wish, new: Wish) -> bool:
    """Check whether one piece was asked for, and now the others are."""
    return wish["count"] == 1 and new["about"] is not None and "other" in new["about"]["relations"]


def _still_missing(wish: Wish, new: Wish) -> Iterator[Unexpressed]:
    for missing in wish["unexpressed"]:
        if missing["concept"] in wish["wanted"].get("details", []) and missing["field"] not in new["wanted"]:
            yield missing


def _drop(wish: Wish, fields: Sequence[str]) -> None:
    for field in fields:
        wish["wanted"].pop(field, None)
        wish["preferred"].pop(field, None)
        wish["must"] = [must for must in wish["must"] if must != field]
    if "price_krw" in fields:
        wish["price"] = wish["price_leaning"] = None


def _take(table: Values, field: str, values: Sequence[str]) -> None:
    if field in table:
        table[field] = [value for value in table[field] if value not in values]
        if not table[field]:
            del table[field]


def _lean_to(wish: Wish, pieces: Sequence[Item], new: Wish) -> None:
    """Lean to what a piece that is pointed at has; the kind of garment is a condition, which the stylist makes."""
    for field in _SHARED:
        values = [value for item in pieces for value in values_of(item, field)[: 1 if field == "colours" else None]]
        if values and field not in {*new["wanted"], *wish["wanted"], "category"}:
            wish["preferred"][field] = list(dict.fromkeys(values))


def _same_as_before(text: str, wish: Wish, pieces: Sequence[Item], lexicon: BoundLexicon) -> Values:
    """Read "같은 색으로", "in the same fabric": what was wished for of it, else what the piece pointed at has."""
    found: Values = {}
    for field, names in field_names(lexicon.vocabulary["values"]).items():
        if re.search(_SAME.format(names=names), text, re.IGNORECASE):
            of_pieces = [value for item in pieces[:1] for value in values_of(item, field)[:1]]
            if values := wish["wanted"].get(field) or of_pieces:
                found[field] = list(values)
    return found


def _other_than_before(text: str, wish: Wish, pieces: Sequence[Item], lexicon: BoundLexicon) -> Values:
    """Read "다른 색으로", "in another fabric": what was wished for of it, or else shown, is not wanted again."""
    found: Values = {}
    for field, names in field_names(lexicon.vocabulary["values"]).items():
        if re.search(_OTHER.format(names=names), text, re.IGNORECASE):
            seen = [value for item in pieces for value in values_of(item, field)[:1]]
            found[field] = list(dict.fromkeys(wish["wanted"].get(field) or seen))
    return found


def _of_no_matter(text: str, lexicon: BoundLexicon) -> list[str]:
    """Read "색은 상관없어", "never mind the price": the fields that are no longer asked for."""
    fields: Mapping[str, int] = dict.fromkeys([*lexicon.vocabulary["values"], *lexicon.vocabulary["ranges"]], 1)
    return [
        field
        for field, names in field_names(fields).items()
        if re.search(
            rf"(?:{names})(?:은|는|이|도)?\s?(?:상관\s?없|관계\s?없|무관|아무|신경)"
            rf"|\bany (?:{names})\b|\b(?:{names}) (?:doesn['’]?t|does not|don['’]?t|do not) matter"
            rf"|\b(?:forget|ignore|never mind|regardless of) (?:about )?(?:the )?(?:{names})\b",
            text,
            re.IGNORECASE,
        )
    ]
