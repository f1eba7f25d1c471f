"""What an answer and its question have in common, as numbers: whether the one answers the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from stylegraph.agent.local.reader.features import Known, Numbers
from stylegraph.agent.local.reader.reader import Reading
from stylegraph.agent.local.support.comparison import Comparison
from stylegraph.agent.local.support.passages import Clause, Passage
from stylegraph.agent.text.answer_types import MEASURED, asked_kinds, stated_kinds

_EVASIVE = re.compile(
    r"찾지 못|찾을 수 없|알 수 없|모르겠|없었습니다|정보가 없|설명이 없|확인해 보|의논|상의"
    r"|\b(?:not (?:found|mentioned|stated|say)|don't know|do not know|couldn't find|can't find|no information|unclear|unknown)\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"(?:네|예|아니요|아니오|아뇨|yes|no|not|none|only)\b", re.IGNORECASE)

SIGNS: Mapping[str, int] = {
    **{"likely": 1, "source": 1, "source_best": 1, "asked_met": 1, "asked_met_with_source": 1, "cosine": 1},
    **{"kind_missing": -1, "kind_there": 1, "figure_missing": -1, "figure_there": 1, "kinds_shared": 1},
    **{"yes_or_no": 1, "evasive": -1, "echo": 0},
}
"""Each column of `answer_features`, and which way it may count."""
NAMES = tuple(SIGNS)


def answer_features(question: str, answer: str, passages: Sequence[Passage], alone: Reading, reading: Reading,
                    known: Known) -> Numbers:  # fmt: skip
    """Compare an answer with its question.

    Args:
        question: The question.
        answer: Without markers and markup.
        passages: The evidence.
        alone: The answer, read as if it were the evidence.
        reading: The evidence, read for the question.
        known: Words and vectors of the question, the answer, and all of the evidence.

    Returns:
        Shape (len(NAMES),).
    """
    source, strength = _source(answer, passages, reading, known)
    asked, stated = asked_kinds(question), stated_kinds(answer)
    measured = asked.intersection(MEASURED)
    figure = "number" in stated
    parts = {
        **{"likely": alone.likely, "source": strength, "source_best": float(strength > 0.99)},
        "asked_met": _met(question, [answer], known),
        "asked_met_with_source": _met(question, [answer, source], known),
        "cosine": float(known.vectors[question] @ known.vectors[answer]),
        "kind_missing": float(bool(measured) and measured.isdisjoint(stated)),
        "kind_there": float(not measured.isdisjoint(stated)),
        "figure_missing": float("number" in asked and not figure),
        "figure_there": float("number" in asked and figure),
        "kinds_shared": len(asked & stated) / (len(asked) or 1),
        "yes_or_no": float("permission" in asked and bool(_YES_OR_NO.match(answer))),
        "evasive": float(bool(_EVASIVE.search(answer))),
        "echo": _met(answer, [question], known),
    }
    return np.array([parts[name] for name in NAMES])


def _source(answer: str, passages: Sequence[Passage], reading: Reading, known: Known) -> tuple[str, float]:
    """Return the line that the answer was made from, and how likely that answers beside the likeliest line."""
    if not any(one.lines for one in passages):
        return "", 0.0
    compared = Comparison(answer, passages, known)
    best = max((line.answers for line in reading.lines), default=0.0)
    line = max(compared.lines, key=compared.likeness)
    own = max((one.answers for one in reading.lines if " ".join(one.text.split()) == line), default=0.0)
    return line, own / best if best else 0.0


def _met(text: str, by: Sequence[str], known: Known) -> float:
    """Return the share of a text's words that others have."""
    lines = tuple(one for one in by if one)
    return Comparison(text, [Passage(lines, tuple((Clause(line, ""),) for line in lines))], known).covered
