"""What a picture shows, in the same words whoever looked: the network of this package or a vision chat model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, cast

from typing_extensions import TypedDict

Verdict = Literal["garment", "not_sure", "not_a_garment"]
"""`not_sure`: something to wear, perhaps, but which is a guess."""


class Alternative(TypedDict):
    """A label that it could be, too."""

    label: str
    confidence: float
    """0..1."""


class NamedColour(TypedDict):
    """One colour of the garment."""

    name: str
    """One of the catalogue's colours."""
    hex: str
    """As seen in the photo: `#1f2a44`."""
    share: float
    """Of the garment's area, 0..1."""


class Similar(TypedDict):
    """An item that looks alike."""

    id: str
    score: float
    """Cosine of the embeddings, -1..1."""


class Attributes(TypedDict, total=False):
    """What the garment is like, in the catalogue's words. What could not be told is missing."""

    pattern: str
    sleeve: str
    material: str
    audience: str
    """`women`, `men`, `unisex` or `kids`, by appearance only."""
    warmth: int
    """1 (coolest) .. 5."""
    seasons: list[str]
    styles: list[str]
    occasions: list[str]


class Look(TypedDict):
    """What one picture shows. Plain data: it travels in the state."""

    picture: str | None
    """Reference of the stored picture."""
    number: NotRequired[int]
    """Which picture it is, 1-based, where several were sent."""
    verdict: Verdict
    category: str | None
    """In the catalogue's words (`sneakers`, `coat`, ...); None unless it is a garment."""
    label: str | None
    """The most likely of the 17 labels of the photo data; None for what is no garment."""
    confidence: float
    """That the label is right, 0..1, calibrated; for `not_a_garment`, that there is none."""
    alternatives: list[Alternative]
    """The next labels, likeliest first."""
    attributes: Attributes
    colours: list[NamedColour]
    """Largest first."""
    sure: NotRequired[dict[str, float]]
    """Attribute, or `colours`, or `category` -> probability of what is told, by the network; of several, their mean."""
    similar: list[Similar]
    """Items of the catalogue that look alike, most alike first."""
    embedding: NotRequired[str]
    """For finding more that look alike: base64 of 128 little-endian float16, unit length."""
    answer: NotRequired[str]
    """To a question about the picture, when a model that can answer looked."""
    made_by: str
    """`garments`, or the name of the model."""


def looks_in(state: Mapping[str, Any]) -> list[Look]:
    """Return what the pictures of a turn, or of a source's task, show.

    Args:
        state: `AssistantState` or `SourceTask`.
    """
    return cast(list[Look], [one for one in state.get("seen") or [] if "category" in one])  # or another pack's
