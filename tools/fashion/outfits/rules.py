"""The rules by which pieces make an outfit, each 0..1 over any set of pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from stylegraph.tools.fashion.items.pieces import SEASONS, Piece, concepts_of, universal_reader
from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.outfits.colour_harmony import harmony
from stylegraph.tools.fashion.query.wish import Values, Wish, empty_wish

_BROKEN = 0.02
"""What a rule gives that nothing makes up for: a ruled-out piece, a budget that is passed."""
_AREA = {"shoes": 0.45, "accessory": 0.3}
"""How much a piece is seen beside the clothes."""
_LARGE = frozenset({"top", "bottom", "dress", "outer"})
_NEAR_ENOUGH, _TOO_FAR = 1.6, 3.0
"""Steps of formality that pieces may lie apart, and from where they have nothing to do with each other."""
_SLOPE = 0.04
"""What each step apart takes even so: of two outfits that are fine, the more even one is better."""
_STYLELESS = 0.25
"""What pieces of which no two share a style lose."""
_HAT_BELOW, _HAT_WIDTH = 0.7, 1.0
_CODE_ROOM, _CODE_WIDTH = 0.25, 1.5
_HEAT = {"winter": 0, "autumn": 1, "spring": 1, "summer": 2}
_OUT_OF_SEASON = {False: (1.0, 0.42, 0.1), True: (1.0, 0.85, 0.5)}
"""Whether another layer covers a piece -> what it is worth by the steps of heat it is off."""
_SECOND_PATTERN, _THIRD_PATTERN = 0.65, 0.2
_PICKED_UP = 0.4
"""What is left of a discord of colours when one of the pieces has the other's colour in its pattern."""
_LEAST = 0.05
_WET = frozenset({"rain", "snow"})
_CHILLY = frozenset({"cold", "cool", "rain", "snow", "wind"})
_STYLES_TELL = frozenset({"formal", "business-casual", "casual", "sporty", "street", "party", "resort", "outdoor"})


@dataclass(frozen=True)
class Asked:
    """What a wish asks of an outfit as a whole, in concepts."""

    wanted: Values = field(default_factory=dict)
    excluded: Values = field(default_factory=dict)
    avoided: Values = field(default_factory=dict)
    seasons: frozenset[str] = frozenset()
    """When it is to be worn, also as the weather tells; empty if nothing does."""
    budget: float | None = None
    """For all pieces together, in won."""

    @property
    def weather(self) -> list[str]:
        """The kinds of weather that it speaks of."""
        return self.wanted.get("weather", [])


def asked_of(wish: Wish | str) -> Asked:
    """Read what a wish asks of an outfit; a wish over some catalogue's values is put into concepts."""
    read = wish if not isinstance(wish, str) else universal_reader().read(wish) if wish else empty_wish("", "en")
    wanted, told = _in_concepts(read["wanted"]), pairing_words()["seasons"]["weather"]
    weather = [*wanted.get("weather", []), *read["preferred"].get("weather", [])]
    seasons = wanted.get("seasons", []) or [season for name in weather for season in told.get(name, [])]
    excluded = _in_concepts(read["excluded"])
    kinds, price = universal_reader().lexicon.kinds, read.get("budget") or read["price"]
    return Asked(
        wanted={**wanted, "weather": weather} if weather else wanted,
        excluded={name: [one for value in values for one in (value, *kinds(name, value))
                         if one == value or one not in wanted.get(name, [])] for name, values in excluded.items()},
        avoided=_in_concepts(read["avoided"]),
        seasons=frozenset(seasons),
        budget=float(price["lte"]) if price and "lte" in price else None,
    )  # fmt: skip


def joined(said: Sequence[Asked]) -> Asked:
    """Join what was asked one after the other: what is refused later is no longer wanted, what is wanted later is allowed again."""
    wanted: Values = {}
    excluded: Values = {}
    avoided: Values = {}
    for asked in said:
        _move(asked.excluded, wanted, excluded)
        _move(asked.wanted, excluded, wanted)
        _move(asked.avoided, {}, avoided)
    return Asked(
        wanted={name: values for name, values in wanted.items() if values},
        excluded={name: values for name, values in excluded.items() if values},
        avoided=avoided,
        seasons=next((asked.seasons for asked in reversed(said) if asked.seasons), frozenset()),
        budget=next((asked.budget for asked in reversed(said) if asked.budget is not None), None),
    )


def _move(values: Values, out_of: Values, into: Values) -> None:
    for name, named in values.items():
        out_of[name] = [value for value in out_of.get(name, []) if value not in named]
        into[name] = list(dict.fromkeys([*into.get(name, []), *named]))


def _in_concepts(values: Values) -> Values:
    return {name: list(concepts_of(name, found)) for name, found in values.items()}


Rule = Callable[[Sequence[Piece], Asked], float]


def slots(pieces: Sequence[Piece], asked: Asked) -> float:
    """A top and a bottom, or a dress; one of each unless one is made to be worn over the other; shoes.

    What is missing may be a piece of which nothing tells where it is worn.
    """
    worn = {slot: [piece for piece in pieces if piece.slot == slot] for slot in {piece.slot for piece in pieces}}
    score = 1.0
    for slot, several in worn.items():
        if len(several) > 1 and slot not in {"accessory", ""}:
            score *= _together(several, slot)
    if "" in worn:
        return max(_LEAST, score)
    suited = any(piece.category in pairing_words()["suits"] for piece in pieces)
    if "dress" in worn:
        extra = [piece for piece in worn.get("bottom", []) if piece.category not in pairing_words()["with_dress"]]
        score *= (1.0, 0.35, 0.1)[min(2, len(extra))]
    else:
        score *= 1.0 if "top" in worn else 0.6 if "outer" in worn else 0.25
        score *= 1.0 if "bottom" in worn or suited else 0.25
    return max(_LEAST, score * (1.0 if "shoes" in worn else 0.85))


def _together(several: Sequence[Piece], slot: str) -> float:
    words = pairing_words()
    kinds = [piece.category for piece in several]
    if len(kinds) > 2 or slot in {"shoes", "dress"}:
        return 0.15
    if slot == "top":
        return 0.95 if any(kind in words["over"] for kind in kinds) and len(set(kinds)) > 1 else (
            0.75 if any(kind in words["under"] for kind in kinds) and "shirt" in kinds else 0.25)  # fmt: skip
    if slot == "outer":
        return 0.95 if any(kind in words["mid"] for kind in kinds) and len(set(kinds)) > 1 else 0.3
    return 0.75 if any(kind in words["with_dress"] for kind in kinds) and "skirt" in kinds else 0.15


def formality(pieces: Sequence[Piece], asked: Asked) -> float:
    """No two pieces too many steps apart between sport and formal wear, and no sporty hat on what is dressed up."""
    levels = [piece.formality for piece in pieces if piece.slot != "accessory"]
    if not levels:
        return 1.0
    apart = max(levels) - min(levels)
    score = min(1.0 - _SLOPE * apart, 1 - (apart - _NEAR_ENOUGH) / (_TOO_FAR - _NEAR_ENOUGH))
    below = [sum(levels) / len(levels) - piece.formality for piece in pieces if piece.slot == "accessory"]
    return max(_LEAST, score * min(1.0, 1 - (max(below, default=0.0) - _HAT_BELOW) / _HAT_WIDTH))


def style(pieces: Sequence[Piece], asked: Asked) -> float:
    """One style: each piece has one in common with most of the others."""
    styles = [set(piece.traits["styles"]) for piece in pieces if piece.traits.get("styles")]
    pairs = list(combinations(styles, 2))
    return 1 - _STYLELESS * (1 - sum(bool(one & other) for one, other in pairs) / len(pairs)) if pairs else 1.0


def season(pieces: Sequence[Piece], asked: Asked) -> float:
    """One season in which all pieces can be worn."""
    return max((_in_season(pieces, one) for one in SEASONS), default=1.0)


def _in_season(pieces: Sequence[Piece], wanted: str) -> float:
    layered = any(piece.slot == "outer" for piece in pieces)
    score = 1.0
    for piece in pieces:
        off = min(abs(_HEAT[wanted] - _HEAT[own]) for own in piece.seasons)
        covered = layered and piece.slot == "top" and all(_HEAT[own] > _HEAT[wanted] for own in piece.seasons)
        score *= _OUT_OF_SEASON[covered][off]
    return max(_LEAST, score)


def pattern(pieces: Sequence[Piece], asked: Asked) -> float:
    """One bold pattern at most; the same one in the same colours, as in a suit, counts once."""
    loud: dict[tuple[str, tuple[str, ...]], float] = {}
    for piece in pieces:
        share = 1.0 if piece.slot in _LARGE else _AREA.get(piece.slot, 1.0)
        key = piece.first("pattern"), piece.traits.get("colours") or (piece.name,)
        loud[key] = max(loud.get(key, 0.0), piece.loudness * share)
    ordered = [*sorted(loud.values(), reverse=True), 0.0, 0.0, 0.0]
    clash = min(ordered[0], 1.0) * (_SECOND_PATTERN * ordered[1] + _THIRD_PATTERN * ordered[2])
    return max(_LEAST, 1 - clash)


def colour(pieces: Sequence[Piece], asked: Asked) -> float:
    """Strong colours of different hues do not meet; what picks up a colour of a patterned piece is better than one that doesn't."""
    score = 1.0
    for one, other in combinations((piece for piece in pieces if piece.colours), 2):
        seen = _AREA.get(one.slot, 1.0) * _AREA.get(other.slot, 1.0)
        agreed = harmony(one.colours[0], other.colours[0])
        if set(one.colours[1:]) & set(other.colours[:1]) or set(other.colours[1:]) & set(one.colours[:1]):
            agreed = 1 - (1 - agreed) * _PICKED_UP
        score *= 1 - seen * (1 - agreed)
    return max(_LEAST, score)


def audience(pieces: Sequence[Piece], asked: Asked) -> float:
    """Pieces for women and pieces for men are not mixed, and are for the one whom the wish names."""
    named = Counter(piece.audience for piece in pieces if piece.audience)
    wanted = [one for one in asked.wanted.get("audience", []) if one != "unisex"]
    strangers = sum(count for one, count in named.items() if wanted and one not in wanted)
    mixed = len(named) > 1
    return max(_LEAST, (0.2 if mixed else 1.0) * (0.35**strangers))


def occasion(pieces: Sequence[Piece], asked: Asked) -> float:
    """The dress code of the occasion, and its etiquette."""
    codes = [pairing_words()["dress_codes"][name] for name in asked.wanted.get("occasions", []) if name in _codes()]
    if not codes:
        tables = pairing_words()["style_codes"]
        codes = [tables[name] for name in asked.wanted.get("styles", []) if name in _STYLES_TELL]
    score = 1.0
    worn = [piece for piece in pieces if piece.slot != "accessory"]
    if codes and worn:
        fits = [max(_code_fit(piece.formality, *code) for code in codes) for piece in worn]
        score = (sum(fits) / len(fits) + min(fits)) / 2
    if asked.wanted.get("occasions"):
        for piece in pieces:
            score *= _etiquette(piece, asked)
    return max(_LEAST, score)


def _codes() -> Mapping[str, Sequence[float]]:
    codes: Mapping[str, Sequence[float]] = pairing_words()["dress_codes"]
    return codes


def _code_fit(level: float, low: float, high: float) -> float:
    off = max(low - level, level - high, 0.0)
    return max(0.0, min(1.0, 1 - (off - _CODE_ROOM) / _CODE_WIDTH))


def _etiquette(piece: Piece, asked: Asked) -> float:
    """Lower what the occasion speaks against; a dress in the wrong colour is all that is seen."""
    score = 1.0
    for name, values in asked.avoided.items():
        has = piece.colours[:1] if name == "colours" else piece.traits.get(name, ())
        if has and all(value in values for value in has):
            score *= 0.45 if piece.slot == "dress" else 0.7 if name == "colours" else 0.8
    return score


def weather(pieces: Sequence[Piece], asked: Asked) -> float:
    """The season and weather that were asked for: something over it when it is cold, nothing open or delicate in the wet."""
    score = max((_in_season(pieces, one) for one in asked.seasons), default=1.0)
    outer = any(piece.slot == "outer" and piece.category not in pairing_words()["mid"] for piece in pieces)
    if not outer and (asked.seasons == {"winter"} or _CHILLY & set(asked.weather)):
        score *= 0.6
    if asked.seasons == {"summer"} and outer and not _WET & set(asked.weather):
        score *= 0.6
    if _WET & set(asked.weather):
        for piece in pieces:
            score *= _in_the_wet(piece, asked)
    elif asked.weather:
        for piece in pieces:
            score *= 0.8 if set(piece.traits.get("material", ())[:1]) & set(asked.avoided.get("material", [])) else 1.0
    return max(_LEAST, score)


def _in_the_wet(piece: Piece, asked: Asked) -> float:
    if piece.rainproof:
        return 1.0
    open_shoes = piece.category == "sandals" and ("snow" in asked.weather or piece.first("material") != "synthetic")
    spoilt = bool(set(piece.traits.get("material", ())[:1]) & set(asked.avoided.get("material", [])))
    suffers = 0.6 if piece.slot in {"shoes", "outer"} else 0.85
    return (0.6 if open_shoes else 1.0) * (suffers if spoilt else 1.0)


def wish(pieces: Sequence[Piece], asked: Asked) -> float:
    """Nothing that was ruled out, within the budget for the whole, and what was asked for by name."""
    if any(_is_ruled_out(piece, asked.excluded) for piece in pieces):
        return _BROKEN
    prices = [piece.price for piece in pieces if piece.price is not None]
    if asked.budget is not None and sum(prices) > asked.budget:
        return _BROKEN
    met = [_share(pieces, name, asked.wanted[name]) for name in _NAMED if name in asked.wanted]
    return 0.4 + 0.6 * sum(met) / len(met) if met else 1.0


_NAMED = ("category", "colours", "pattern", "material")


def _is_ruled_out(piece: Piece, excluded: Values) -> bool:
    return any(set(piece.traits.get(name, ())) & set(values) for name, values in excluded.items())


def _share(pieces: Sequence[Piece], name: str, values: Iterable[str]) -> float:
    """Return how far pieces have what is wanted: one of them a garment, a colour or a fabric, all of them no pattern."""
    wanted = set(values)
    if name == "pattern" and wanted == {"solid"}:
        return sum(piece.loudness < 0.5 for piece in pieces) / max(1, len(pieces))
    return float(any(set(piece.traits.get(name, ())) & wanted for piece in pieces))


RULES: Mapping[str, Rule] = {
    "slots": slots, "formality": formality, "style": style, "season": season, "pattern": pattern, "colour": colour,
    "audience": audience, "occasion": occasion, "weather": weather, "wish": wish,
}  # fmt: skip
"""In the order in which they are told."""
