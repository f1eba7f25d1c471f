"""Cases changed by rule, to see what is lost when they are: numbers, order, distractors, missing facts (Li et al. 2024)."""

from __future__ import annotations

from typing import Literal

Kind = Literal["number", "order", "distractor", "missing"]
KINDS: tuple[Kind, ...] = ("number", "order", "distractor", "missing")
ABOUT: dict[Kind, str] = {
    "number": "other numbers, in the evidence or the wish",
    "order": "the same said in another order",
    "distractor": "a sentence about something else beside it",
    "missing": "the fact taken away; the label changes with it",
}
