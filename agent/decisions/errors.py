"""Why a decision model made no decision, and what the reply says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Note
from stylegraph.agent.text.language import Language

Why = Literal["slow", "status", "unreachable", "malformed", "raised", "resting", "budget"]
Decision = Literal["route", "rerank", "grade"]

_REASONS: Mapping[Language, Mapping[Why, str]] = {
    "ko": {
        "slow": "{detail}초 안에 답이 오지 않았어요.",
        "status": "서버가 {detail} 오류로 답했어요.",
        "unreachable": "서버에 연결하지 못했어요.",
        "malformed": "물은 대로 답하지 않았어요.",
        "raised": "{detail} 오류가 났어요.",
        "resting": "조금 전에 실패해서 잠시 쉬고 있어요.",
        "budget": "이번 답변에 쓸 수 있는 모델 호출이 남지 않았어요.",
    },
    "en": {
        "slow": "There was no answer within {detail} s.",
        "status": "The server answered {detail}.",
        "unreachable": "The server can't be reached.",
        "malformed": "It did not answer what was asked.",
        "raised": "It failed with {detail}.",
        "resting": "It failed just now, and is left alone for a moment.",
        "budget": "The budget of this turn leaves no model call for it.",
    },
}
_DECISIONS: Mapping[Language, Mapping[Decision, str]] = {
    "ko": {"route": "찾아볼 곳 정하기", "grade": "답변 점검"},
    "en": {"route": "choosing where to look", "grade": "grading the answer"},
}
_TEXTS: Mapping[Language, str] = {
    "ko": "판단 모델 없이 처리한 단계가 있어요({decision}). {reason}",
    "en": "One step was done without the decision model ({decision}). {reason}",
}


class DecisionError(ModelError):
    """A decision model made no decision.

    Args:
        why: What happened.
        detail: Seconds, a status, or the name of an error; never what a server said, which may hold a key.
        ledger: What the failed call cost.
        pause: Seconds that the server asks to wait, if it does.
    """

    def __init__(
        self, why: Why, detail: str = "", ledger: Sequence[Charge] = (), *, pause: float | None = None
    ) -> None:
        super().__init__(_REASONS["en"][why].format(detail=detail))
        self.why = why
        self.detail = detail
        self.ledger = list(ledger)
        self.pause = pause


def reason_of(error: DecisionError, language: Language) -> str:
    """Return why there was no decision, for people."""
    return _REASONS[language][error.why].format(detail=error.detail)


def fallen_back(error: DecisionError, decision: Literal["route", "grade"], language: Language) -> Note:
    """Return the note that says which decision was made without the decision model, and why."""
    text = _TEXTS[language].format(decision=_DECISIONS[language][decision], reason=reason_of(error, language))
    return Note(code="decisions_failed", text=text)
