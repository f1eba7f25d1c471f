"""The labelled cases: what each file holds, and how to read it. README.md beside this file has the labelling rules."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Any, Literal, overload

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.text.resources import read_yaml

Language = Literal["ko", "en"]
Route = Literal["documents", "web", "image", "fashion", "chat"]
Split = Literal["tune", "test"]
Attribute = Literal[
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
    "warmth",
]
Text = Annotated[str, Field(min_length=1)]
Judged = dict[Literal[Attribute, "price_krw"], Annotated[list[Text], Field(min_length=1)]]
"""Field -> values: met if any of them is there in any of the fields; of a price, the most that it may be."""
Values = dict[Attribute, Annotated[list[Text], Field(min_length=1)]]


_FAMILIES: dict[str, Split] = {
    "g": "tune",
    "g2": "test",
    "l": "tune",
    "l2": "test",
    "r": "tune",
    "r3": "tune",
    "r4": "tune",
    "r5": "tune",
    "r6": "tune",
    "r7": "test",
    "r8": "tune",
    "r9": "tune",
}
"""Families of ids with one split for all: cases that have been read, and those written blind after that."""


class _Labelled(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Said(_Labelled):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Text


class RouteCase(_Labelled):
    """A question and where it should go."""

    id: Annotated[str, Field(pattern=r"^r[3-9]?-(ko|en)-\d{4}$")]
    text: Text
    history: list[Said] = []
    image: bool = False
    """A picture comes with this question."""
    routes: Annotated[list[Route], Field(min_length=1)]
    """The exact set; the order means nothing."""
    standalone: list[Annotated[list[Text], Field(min_length=1)]] = []
    """The standalone question must contain one of each group, ignoring case."""
    language: Language
    ask_back: bool
    declined: bool = False
    """Outside what the assistant does."""
    split: Split


class PriceRange(_Labelled):
    """Won, both ends inclusive."""

    gte: int | None = None
    lte: int | None = None


class WishCase(_Labelled):
    """A wish and what its words ask for."""

    id: Annotated[str, Field(pattern=r"^w-(ko|en)-\d{4}$")]
    text: Text
    want: Values
    exclude: Values
    price_krw: PriceRange | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    language: Language
    split: Split


class OutfitCase(_Labelled):
    """Two outfits of which one is better, by one rule."""

    id: Annotated[str, Field(pattern=r"^o-\d{4}$")]
    rule: Literal["slots", "formality", "season", "pattern", "colour", "audience", "occasion", "weather", "wish"]
    """The rule that decides."""
    wish: str = ""
    good: Annotated[list[Text], Field(min_length=2)]
    """Ids of the sample catalogue, or words."""
    bad: Annotated[list[Text], Field(min_length=2)]

    @property
    def split(self) -> Split:
        """The split that the fixed rule puts it in."""
        return split_of(self.id)


class RecommendationCase(_Labelled):
    """A wish and what decides how relevant an item is to it."""

    id: Annotated[str, Field(pattern=r"^q-(ko|en)-\d{4}$")]
    text: Text
    must: Annotated[list[Judged], Field(min_length=1)]
    """What the words ask outright; the first group is the kind of piece."""
    should: list[Judged] = []
    """What softer words ask."""
    never: list[Judged] = []
    price: PriceRange | None = None
    seen: dict[str, Annotated[int, Field(ge=0, le=3)]] = {}
    """Grades given by looking at the photos, in the place of the rule's."""

    @property
    def language(self) -> Language:
        """The language of the wish."""
        return "ko" if "-ko-" in self.id else "en"

    @property
    def split(self) -> Split:
        """The split that the fixed rule puts it in."""
        return split_of(self.id)


@overload
def load_cases(name: Literal["routes"]) -> list[RouteCase]: ...
@overload
def load_cases(name: Literal["wishes"]) -> list[WishCase]: ...
@overload
def load_cases(name: Literal["outfits"]) -> list[OutfitCase]: ...
@overload
def load_cases(name: Literal["recommendations"]) -> list[RecommendationCase]: ...
def load_cases(
    name: Literal["routes", "wishes", "outfits", "recommendations"],
) -> list[RouteCase] | list[WishCase] | list[OutfitCase] | list[RecommendationCase]:
    """Read one file of cases, both splits, in the order of the file.

    Raises:
        pydantic.ValidationError: A case does not have the shape that its class gives.
    """
    read = read_cases(name)
    if name == "routes":
        return TypeAdapter(list[RouteCase]).validate_python(read)
    if name == "outfits":
        return TypeAdapter(list[OutfitCase]).validate_python(read)
    if name == "recommendations":
        return TypeAdapter(list[RecommendationCase]).validate_python(read)
    return TypeAdapter(list[WishCase]).validate_python(read)


def read_cases(name: str) -> list[Any]:
    """Read one file of cases as plain data."""
    read: list[Any] = read_yaml(__package__, f"{name}.yaml")
    return read


def split_of(case_id: str) -> Split:
    """Return the split that the fixed rule puts an id in."""
    family = _FAMILIES.get(case_id.partition("-")[0])
    if family:
        return family
    return "test" if int(blake2b(case_id.encode(), digest_size=2).hexdigest(), 16) % 2 == 1 else "tune"
