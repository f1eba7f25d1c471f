"""What a turn gives back."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from stylegraph.agent.budget import Spent
from stylegraph.agent.evidence import Evidence, Note, unsearched
from stylegraph.agent.text.language import Language


class Status(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    BEST_EFFORT = "best_effort"
    """The budget ended first: the best draft so far, labelled, with what is missing."""
    ASKED_BACK = "asked_back"
    NOT_FOUND = "not_found"
    """Nothing relevant, said plainly."""
    DECLINED = "declined"
    """Not something that this assistant does."""


class _Border(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(_Border):
    """A quote that stands in this turn's evidence, word for word; checked in code."""

    evidence: str
    """Id of the evidence."""
    quote: str
    start: int
    """First character of the quote in the evidence's text."""
    end: int
    """One past the last: `text[start:end] == quote`."""
    title: str
    url: str | None = None


class Reason(_Border):
    """Why an item was chosen: what it meets, and the sentence that says so."""

    field: str
    """The field that it meets, such as `season` or `price_krw`."""
    text: str
    """In the language of the question."""


class Swatch(_Border):
    """One colour of an item."""

    name: str
    """In the language of the question."""
    hex: str | None = None
    """What the colour looks like, `#1f2a48`; None for a colour that is not known."""


class Recommendation(_Border):
    """One item of the catalogue, with reasons that are true of its attributes."""

    id: str
    name: str
    reasons: list[Reason]
    price_krw: int | None = None
    price: str | None = None
    """As the shop writes it, where that is not won: `$49.00`."""
    swatches: list[Swatch] = []
    """Its colours, the main one first."""
    image: str | None = None
    """Path or web address of the photo."""
    url: str | None = None
    """Where the shop shows it."""
    missed: list[str] = []
    """What it does not meet, in the language of the question."""
    inferred: list[str] = []
    """What the reasons rest on and no column of the catalogue says: what it was read from, and how sure that is."""


class SetPiece(_Border):
    """What fills one place of a set."""

    slot: str
    """The place: which there are, the source knows."""
    label: str
    """The place's name in the language of the question."""
    item: Recommendation
    """Its reasons say what it meets and how it goes with the rest."""
    alternatives: list[Recommendation] = []
    """Others that go with the rest, best first, within the budget too."""


class ItemSet(_Border):
    """Items that belong together, each in a place of its own: an artifact of kind `item_set`."""

    kind: Literal["item_set"] = "item_set"
    title: str = ""
    """What such a set is called, in the language of the question."""
    asked: str
    """The words that it was made for."""
    pieces: list[SetPiece]
    reasons: list[Reason]
    """What holds for the whole, in the language of the question."""
    score: float
    """How well it goes together and fits the words, 0..1."""
    rules: dict[str, float]
    """Rule -> 0..1: what the score is made of."""
    total_krw: int | None = None
    """What all pieces cost together; None when a price is not known."""


class SentenceSupport(_Border):
    """One sentence of the answer and whether the evidence bears it."""

    text: str
    supported: bool
    citations: list[int] = []
    """1-based numbers of the citations that it names."""


class Grade(_Border):
    """How good an answer is."""

    good: bool
    grounded: float
    """Share of sentences that the evidence bears, 0..1."""
    answers: float
    """How much of what was asked it answers, 0..1."""
    in_language: bool
    """Whether it is in the language of the question."""
    sentences: list[SentenceSupport] = []
    missing: list[str] = []
    """What was asked and not answered."""
    queries: list[str] = []
    """Searches that might find what is missing."""


class Reply(_Border):
    """The authoritative result of a turn."""

    text: str
    """The answer; `[1]` names the first citation."""
    status: Status
    language: Language
    routes: list[str]
    citations: list[Citation] = []
    recommendations: list[Recommendation] = []
    artifacts: dict[str, Any] = {}
    """What a front-end may show beside the text, by name, as plain data with its `kind`."""
    evidence: list[Evidence] = []
    """What was read, best first."""
    grade: Grade | None = None
    spent: Spent
    choices: list[str] = []
    """Quick answers to a question put back, or to one that the notes put beside an answer."""
    follow_ups: list[str] = []
    """What could be asked next: made of what was found and not said."""
    notes: list[Note] = []
    """What went differently than asked: the degradation record."""

    @property
    def unsaid_notes(self) -> list[Note]:
        """The notes that the text does not say itself: what is shown beside it."""
        return [note for note in self.notes if note["text"] not in self.text]

    @property
    def unsearched(self) -> list[str]:
        """The sources that could not be searched, or not wholly, where that leaves the question without an answer."""
        return [] if self.status is not Status.BEST_EFFORT or self.found else list(unsearched(self.notes))

    @property
    def found(self) -> bool:
        """Whether it rests on anything that was found."""
        return bool(self.citations or self.recommendations)

    @property
    def item_set(self) -> ItemSet | None:
        """The recommendations as a set of items that belong together, when one was asked for."""
        found = (one for one in self.artifacts.values() if isinstance(one, dict) and one.get("kind") == "item_set")
        return next((ItemSet.model_validate(one) for one in found), None)

    def as_dict(self) -> dict[str, Any]:
        """Return the reply as plain, JSON-able data: what the state and the wire carry."""
        return self.model_dump(mode="json")

    def _repr_html_(self) -> str:
        """Show the reply in a notebook: the answer, cards of what is recommended, the sources."""
        from stylegraph.agent.html.cards import notebook
        from stylegraph.agent.html.photos import embed

        return notebook(self, embed)
