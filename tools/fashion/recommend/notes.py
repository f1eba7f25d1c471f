"""What a reply says about a wish that could not be met as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from stylegraph.agent.evidence import Note
from stylegraph.agent.local.templates import phrase
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.items.item_text import in_list, name_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.currency import WON, written
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.wish import Unexpressed, Values, Wish
from stylegraph.tools.fashion.recommend.ranking import Ranked
from stylegraph.tools.fashion.recommend.reasons import field_name
from stylegraph.tools.fashion.recommend.together import Together

_TOLD = ("seasons", "occasions", "audience", "styles", "colours", "pattern", "material", "size", "category")
"""Fields of a wish that are told back, in the order in which they are."""


_SAID_BY_THE_FIRST = frozenset({"audience", "size"})
"""Fields of which one value brings the others along: children's is for girls too."""
_MOST_SIDE_BY_SIDE = 3
_UNREAD = frozenset({"wish_unexpressed", "price_incomparable"})
"""Notes on what a sum leaves out, which is said before it."""


class Lead(NamedTuple):
    """What was understood of a wish and how well it is met, in one sentence."""

    told: str
    """For people: all that would have done, where any of several things would."""
    remark: str
    """For a chat model, which reads the wish and the pieces as well: of several things the first."""


NO_LEAD = Lead("", "")


class Notes:
    """Collects notes in one language."""

    def __init__(self, lexicon: BoundLexicon, language: Language) -> None:
        self.listed: list[Note] = []
        self._lexicon = lexicon
        self._language = language
        self._words = _templates()[language]
        self._lacking = ""
        self._gone: Sequence[Item] = ()
        self._last = ""

    def relaxed(self, given_up: Sequence[str], wish: Wish, exact: int) -> None:
        """Report which conditions were given up, and how many items meet them all."""
        told = [
            key for key in given_up if key.removesuffix("_near") == key or key.removesuffix("_near") not in given_up
        ]
        named = in_list([self._condition(key, wish) for key in told], self._language)
        key = "relaxed_few" if exact else "relaxed_none"
        self._add("wish_relaxed", key, given_up=named, count=str(exact))

    def nothing(self, wish: Wish) -> None:
        """State that nothing fits, and which musts stand in the way if they do."""
        if wish["price"] is not None and wish["price"].get("relative"):
            self._add("nothing_fits", "nothing_cheaper" if "lte" in wish["price"] else "nothing_dearer")
        elif wish["must"]:
            values = [(field, value) for field in wish["must"] for value in wish["wanted"].get(field, [])]
            named = [self._lexicon.label(field, value, self._language) for field, value in values]
            self._add("nothing_fits", "nothing_must", fields=in_list(named, self._language))
        elif asked := self._asked(wish, whole=False):
            self._add("nothing_fits", "nothing_of", fields=asked)
        else:
            self._add("nothing_fits", "nothing")

    def lead(self, wish: Wish, chosen: Sequence[Ranked], others: int = 0) -> Lead:
        """Return what was understood and how well what is shown meets it; empty where little was asked.

        Args:
            wish: The wish.
            chosen: What is shown.
            others: How many more would do as well.
        """
        lacking, self._lacking = self._lacking, ""
        gone, self._gone = self._gone, ()
        if chosen and (gone or self._last):
            said = phrase(self._language, "lead_sold_out", names=self._named(gone)) if gone else self._last
            return Lead(said, said)
        if not chosen or lacking:
            said = phrase(self._language, "lead_missing", asked=lacking) if chosen else ""
            return Lead(said, said)
        if "order" in wish and not chosen[0].relaxed:
            item = chosen[0].item
            price = item.get("price_shown") or self._lexicon.priced(item.get("price_krw", 0), self._language)
            said = phrase(self._language, f"lead_{wish['order']}", name=name_of(item, self._language), price=str(price))
            return Lead(said, said)
        asked, remark = self._asked(wish), self._how_well(self._asked(wish, whole=False), chosen)
        is_one = wish["count"] == 1 and asked and not (chosen[0].relaxed or chosen[0].missed)
        return Lead(self._only_one(asked, others) if is_one else self._how_well(asked, chosen), remark)

    def _only_one(self, asked: str, others: int) -> str:
        """Return what is said of the one piece that was asked for: that there are others, where there are."""
        return phrase(self._language, "lead_one_of" if others else "lead_one", asked=asked)

    def _how_well(self, asked: str, chosen: Sequence[Ranked]) -> str:
        if not asked:
            return ""
        whole = sum(not one.relaxed and not one.missed for one in chosen)
        key = "lead_all" if whole == len(chosen) else "lead_some" if whole else "lead_none"
        return phrase(self._language, key, asked=asked, count=str(whole), others=str(len(chosen) - whole))

    def _asked(self, wish: Wish, *, whole: bool = True) -> str:
        """Name what a wish asks for: whom it is for, its colours, what only words tell, its kind; or of each field the first."""
        wanted = {field: wish["wanted"][field] for field in _TOLD if wish["wanted"].get(field)}
        values = [self._one_of(field, listed if whole else listed[:1]) for field, listed in wanted.items()]
        own = [one["said"] for one in wish.get("named", [])]
        place = len(values) - ("category" in wanted)
        price = [self._bound(wish["price"])] if wish["price"] and not wish["price"].get("relative") else []
        return (" · " if self._language == "ko" else ", ").join([*values[:place], *own, *values[place:], *price])

    def _one_of(self, field: str, values: Sequence[str]) -> str:
        """Name what any of some values would do for: the group that they are, else the first of them, side by side."""
        groups = (one for (kind, name), one in self._lexicon.lexicon.concepts.items()
                  if kind == field and one.members and not one.called and set(self._lexicon.values(kind, name)) == set(values))  # fmt: skip
        if len(values) > 1 and (group := next(groups, None)) is not None:
            return group.label(self._language)
        first = values[: 1 if field in _SAID_BY_THE_FIRST else _MOST_SIDE_BY_SIDE]
        return " / ".join(dict.fromkeys(self._lexicon.label(field, value, self._language) for value in first))

    def _bound(self, price: Price) -> str:
        bounds = [self._lexicon.priced(price[end], self._language) for end in ("gte", "lte") if end in price]
        return "~".join(bounds) if len(bounds) > 1 else f"{bounds[0]}{_side(price, self._language)}"

    def no_outfit(self, budget: float | None) -> None:
        """State that no whole outfit fits, and the budget if there is one."""
        price = "" if budget is None else self._lexicon.priced(budget, self._language)
        self._add("nothing_fits", "no_outfit" if budget is None else "no_outfit_price", price=price)

    def falls_short(self, rule: str) -> None:
        """Report by which rule an outfit is less than good."""
        self._add("outfit_falls_short", "falls_short", value=self._words[f"rule_{rule}"])

    def assumed_audience(self, audience: str) -> None:
        """Report for whom an outfit is when nobody was named."""
        named = self._lexicon.label("audience", audience, self._language)
        self._add("audience_assumed", "assumed_audience", value=named)

    def for_nobody(self) -> None:
        """State that the catalogue does not say for whom its items are."""
        self._add("wish_unexpressed", "for_nobody")

    def unexpressed(self, missing: Unexpressed, near: Sequence[str]) -> None:
        """State that the catalogue has no value for something that was asked for."""
        field, value = missing["field"], self._concept(missing)
        if field == "size" and missing["concept"] == "size":
            self._add("wish_unexpressed", "no_size")
        elif field == "price_krw":
            self._add("wish_unexpressed", "no_price")
        elif field == "category":
            self._add("wish_unexpressed", "no_category", value=value, there=self._kinds())
        elif field == "audience":
            child = missing["said"] in self._lexicon.lexicon.roles["relatives"]
            self._add(
                "wish_unexpressed", "no_child" if child else "no_audience", value=missing["said"] if child else value
            )
        elif field in {"details", "excluded"}:
            self._add("wish_unexpressed", "no_word" if field == "details" else "no_word_excluded", value=value)
        elif field == "occasions":
            self._add("wish_unexpressed", "no_occasion", value=value)
        else:
            names = in_list([self._lexicon.label(field, one, self._language) for one in near], self._language)
            named = field_name(field, self._language)
            self._add("wish_unexpressed", "near_value" if near else "no_value", field=named, value=value, near=names)
            self._lacking = self._lacking or ("" if near else value)

    def left_out(self, dislikes: Values) -> None:
        """Report what was left out because the person dislikes it."""
        named = [
            self._lexicon.label(kind, value, self._language) for kind, values in dislikes.items() for value in values
        ]
        if named and not any(note["code"] == "wish_relaxed" for note in self.listed):
            self._add("profile_applied", "left_out", value=in_list(named, self._language))

    def hardly_cheaper(self, wish: Wish) -> None:
        """State that nothing is cheaper, or dearer, than everything that was seen."""
        relations = wish["about"]["relations"] if wish["about"] else []
        self._add("compared_to_some", "hardly_cheaper" if "cheaper" in relations else "hardly_dearer")

    def no_cheaper(self, wish: Wish, item: Item) -> None:
        """State that nothing that is wanted is cheaper, or dearer, than a piece that was seen."""
        side = "cheaper" if wish["about"] and "cheaper" in wish["about"]["relations"] else "dearer"
        price = item.get("price_shown") or self._lexicon.priced(item["price_krw"], self._language)
        told = {"name": name_of(item, self._language), "price": str(price)}
        asked = self._asked(Wish(**{**wish, "price": None}), whole=False)
        told["of"] = filled(self._words["of"], asked=asked) if asked else ""
        self._last = filled(self._words[f"no_{side}"], **told)
        self._add("nothing_fits", f"no_{side}", **told)

    def unpriced(self, wish: Wish) -> None:
        """State that a picture tells no price, where one is asked to be compared with."""
        if wish["about"] and {"cheaper", "dearer"} & set(wish["about"]["relations"]):
            self._add("picture_unpriced", "picture_unpriced")

    def together(self, wishes: Sequence[Wish], made: Together, budget: Price | None) -> Lead:
        """State what pieces cost together; before that what there is too little of, and that it is more than the budget."""
        lacking = [phrase(self._language, "lead_missing", asked=self._lacking)] if self._lacking else []
        gone = [phrase(self._language, "lead_sold_out", names=self._named(self._gone))] if self._gone else []
        unread = [note["text"] for note in self.listed if note["code"] in _UNREAD]
        first, self._lacking, self._gone = len(self.listed), "", ()
        for wish, group, wanted in zip(wishes, made.pieces, made.wanted, strict=True):
            if not group:
                self._add("nothing_fits", "nothing_of", fields=self._asked(wish))
            elif len(group) < wanted:
                self._add("fewer", "fewer", asked=self._asked(wish), count=str(len(group)))
        if any(made.pieces):
            self._sum(wishes, made, budget)
        told = self.listed[first:]
        if not made.fits or len(told) > 1:
            self.listed = [*told, *self.listed[:first]]
        said = " ".join([*unread, *lacking, *gone, *(note["text"] for note in told)])
        return Lead(said, said)

    def _sum(self, wishes: Sequence[Wish], made: Together, budget: Price | None) -> None:
        """Tell the sum of pieces, and how it stands to the budget."""
        counted = [filled(self._words["counted"], asked=self._asked(wish), count=str(len(group)))
                   for wish, group in zip(wishes, made.pieces, strict=True) if group]  # fmt: skip
        told = {"asked": self._words["counted_and"].join(counted)}
        if made.total is None:
            self._add("sum_unknown", "together_unpriced", **told)
            return
        told["total"] = self._lexicon.priced(made.total, self._language)
        told["budget"] = self._lexicon.priced(budget["lte"], self._language) if budget else ""
        if made.fits:
            named = budget is not None and not budget.get("relative", False)
            self._add("sum_told", "together_of" if named else "together", **told)
        else:
            self._add("nothing_fits", "together_over", **told)

    def price(self, price: Price | None) -> None:
        """Report at which rate another currency was counted."""
        if price is None or not price["said"]:
            return
        shown = self._bound(price)
        rate = f"{price['rate'] / self._lexicon.money.rates[self._lexicon.currency]:,.6g}"
        self._add(
            "currency_converted",
            "currency",
            said=price["said"],
            currency=price["currency"],
            rate=rate,
            own=self._own(),
            bound=shown,
        )

    def _own(self) -> str:
        if self._lexicon.currency != WON:
            return f" {self._lexicon.currency}"
        return {"ko": "원", "en": " won"}[self._language]

    def no_noun(self, said: str) -> None:
        """State, before all else, that the catalogue has nothing of a name; what is shown then is the nearest."""
        if self._gone:
            return  # it has, and that is said
        self._lacking = said
        self._add("noun_missing", "no_noun", value=said)
        self.listed.insert(0, self.listed.pop())

    def sold_out(self, items: Sequence[Item]) -> None:
        """State, before all else, what would do if it were not sold out; what is shown then is the nearest."""
        if items and not self._gone:
            self._gone = items
            self._add("sold_out", "sold_out", names=self._named(items))
            self.listed.insert(0, self.listed.pop())

    def _named(self, items: Sequence[Item]) -> str:
        """Name the first of some items, and how many more there are."""
        names = [name_of(item, self._language) for item in items[:_MOST_SIDE_BY_SIDE]]
        more = len(items) - len(names)
        return ", ".join(names) + (phrase(self._language, "and_more", count=str(more)) if more else "")

    def no_item(self) -> None:
        """State that a piece that was asked about is not there."""
        self._add("unknown_item", "no_item")

    def unknown_argument(self, field: str, value: str, near: Sequence[str]) -> None:
        """State that a filter asks for a value that is not there, and which ones are near it."""
        named = field_name(field, self._language)
        self._add("unknown_value", "unknown_argument", field=named, value=value, near=", ".join(near))

    def misshapen_argument(self, name: str, shape: str, value: str, near: Sequence[str]) -> None:
        """State that a filter can't be read as it came, how it has to be, and which values there are."""
        named = self._words[f"shape_{shape}"]
        key = "misshapen_one_of" if near else "misshapen"
        self._add("unknown_value", key, field=name, value=value, shape=named, near=", ".join(near))

    def unknown_filter(self, name: str, near: Sequence[str]) -> None:
        """State that there is no such filter, and which ones are near it."""
        self._add("unknown_value", "unknown_filter", value=name, near=", ".join(near))

    def synonym(self, said: str, found: str) -> None:
        """Report by which of the catalogue's words something was looked for."""
        self._add("wish_synonym", "synonym", value=said, found=found)

    def incomparable(self, price: Price) -> None:
        """State that a price in another currency can't be compared."""
        said = price["said"] or written(
            price.get("lte", price.get("gte", 0)) / price["rate"], price["currency"], self._language
        )
        self._add(
            "price_incomparable", "incomparable", said=said, own=self._lexicon.currency, currency=price["currency"]
        )

    def one_currency(self, currency: str) -> None:
        """State that only items priced in the currency of the wish were looked at."""
        self._add("price_incomparable", "one_currency", currency=currency)

    def _condition(self, key: str, wish: Wish) -> str:
        field = key.removesuffix("_near")
        named = " / ".join(
            self._lexicon.label(field, value, self._language) for value in wish["wanted"].get(field, [])[:4]
        )
        if key in self._words:
            return filled(self._words[key], value=named)
        if key == "price_krw":
            return self._words["price"]
        if key.endswith("_near"):
            return filled(self._words[f"near_{field}"], value=named)
        return filled(self._words["condition"], field=field_name(field, self._language), value=named)

    def _concept(self, missing: Unexpressed) -> str:
        concept = self._lexicon.lexicon.concepts.get((missing["field"], missing["concept"]))
        return concept.label(self._language) if concept else missing["said"] or missing["concept"]

    def _kinds(self) -> str:
        values = self._lexicon.vocabulary["values"].get("category", {})
        common = sorted(values, key=lambda value: (-values[value], value))[:12]
        return ", ".join(self._lexicon.label("category", value, self._language) for value in common)

    def _add(self, code: str, template: str, **values: str) -> None:
        note = Note(code=code, text=filled(self._words[template], **values))
        if note not in self.listed:
            self.listed.append(note)


def _side(price: Mapping[str, object], language: Language) -> str:
    if "lte" in price:
        return {"ko": " 이하", "en": " or less"}[language]
    return {"ko": " 이상", "en": " or more"}[language]


def note_words(language: Language) -> Mapping[str, str]:
    """Return the templates of notes, and of quick answers to what they ask."""
    return _templates()[language]


@cache
def _templates() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = read_yaml("stylegraph.tools.fashion", "words/notes.yaml")
    return loaded
