"""What an item of a catalogue is, and what reading a catalogue came to."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from typing_extensions import TypedDict

Item = dict[str, Any]
"""One garment. `id`, `name_ko`, `name_en`, `description_ko`, `description_en`, `image`, `url`; single values `category`,
`pattern`, `material`, `sleeve`, `audience`; lists `colours` (main first), `seasons`, `styles`, `moods`, `occasions`;
numbers `warmth` (1..5) and `price_krw`; `price_shown`, the price as the shop writes it where that is not won;
`availability`, where it is sold out; `image_url`, where its photo was fetched from; `inferred`, field -> `Inferred`; and
any column of the user's own. What is not known is left out."""

LIST_FIELDS = ("colours", "seasons", "styles", "moods", "occasions")
SINGLE_FIELDS = ("category", "pattern", "material", "sleeve", "audience")
NUMBER_FIELDS = ("warmth", "price_krw")
NAMES = ("name_ko", "name_en")
DESCRIPTIONS = ("description_ko", "description_en")
FIELDS = ("id", "name", *NAMES, "description", *DESCRIPTIONS, *SINGLE_FIELDS, *LIST_FIELDS, *NUMBER_FIELDS,
          "image", "url", "currency")  # fmt: skip
"""What a column can be; any other name makes a column of the user's own."""

SOLD_OUT = "out of stock"
"""What `availability` says of an item that can't be bought now; one that can be has no such field."""

ProblemKind = Literal["skipped", "left_out", "own_value"]
_MOST_PROBLEMS = 1_000


class Inferred(TypedDict):
    """Where an attribute comes from that no column says."""

    by: Literal["name", "description", "kind", "photo"]
    """Read from the name or the description, usual for such a garment, or seen in the photo."""
    confidence: float
    """How often what is inferred so is right, 0..1."""


class Problem(TypedDict):
    """Something about one line of a catalogue."""

    line: int
    """1-based line of the file."""
    field: str
    kind: ProblemKind
    """The row was not taken; the value was not taken; the value is taken, and known by its own spelling only."""
    text: str
    times: int
    """How many lines have it; `line` is the first of them."""


class Report(TypedDict):
    """What reading a catalogue came to."""

    items: int
    skipped: int
    problems: list[Problem]
    """The first 1,000 different ones."""
    more_problems: int


class Problems:
    """Collects problems, the first of them in full; what many lines have in common is told once, with how often."""

    def __init__(self) -> None:
        self._listed: dict[object, Problem] = {}
        self.counts: Counter[str] = Counter()
        """Kind -> how many lines."""
        self.more = 0

    @property
    def listed(self) -> list[Problem]:
        """The problems, in the order of their first lines."""
        return sorted(self._listed.values(), key=lambda problem: problem["line"])

    def add(self, line: int, field: str, kind: ProblemKind, text: str) -> None:
        """Note one problem."""
        self.counts[kind] += 1
        key = (field, text) if kind == "own_value" else (line, field, text)
        if key in self._listed:
            self._listed[key]["times"] += 1
        elif len(self._listed) < _MOST_PROBLEMS:
            self._listed[key] = Problem(line=line, field=field, kind=kind, text=text, times=1)
        else:
            self.more += 1

    def report(self, items: int) -> Report:
        """Return all of it with the number of items that were taken."""
        return Report(items=items, skipped=self.counts["skipped"], problems=self.listed, more_problems=self.more)
