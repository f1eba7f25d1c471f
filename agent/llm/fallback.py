"""What happens when a model's decision fails: the local one stands in, and the reply says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

from stylegraph.agent.budget import ended_note
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Note
from stylegraph.agent.llm.client import Call
from stylegraph.agent.llm.errors import BudgetEndedError, ServerError
from stylegraph.agent.text.language import Language

Update = TypeVar("Update", bound=Mapping[str, Any])

_DECISIONS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "agent": "찾아보고 답하기",
        "grade": "답변 점검",
        "look": "사진 보기",
    },
    "en": {
        "agent": "looking up and answering",
        "grade": "grading the answer",
        "look": "looking at the picture",
    },
}
_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "down": "모델을 쓸 수 없어 모델 없이 답했어요. {reason}",
        "failed": "모델 없이 처리한 단계가 있어요({decision}). {reason}",
        "uncited": "모델이 쓴 답의 근거를 자료에서 확인하지 못해, 자료의 문장으로 답했어요.",
        "cut": "모델의 답이 길이 제한에서 끊겼어요. STYLEGRAPH_MODEL_MAX_TOKENS를 늘리면 끝까지 받을 수 있어요.",
    },
    "en": {
        "down": "The model could not be used, so this was answered without it. {reason}",
        "failed": "One step was done without the model ({decision}). {reason}",
        "uncited": "The evidence did not bear what the model wrote, so the answer quotes the evidence.",
        "cut": "The model's answer was cut at the longest that is allowed. Raise STYLEGRAPH_MODEL_MAX_TOKENS to get all of it.",
    },
}


def fallen_back(update: Update, call: Call, error: ModelError) -> Update:
    """Return the local decision, with what the failed calls cost and a note on why."""
    language = call.state["turn"]["language"]
    texts = _TEXTS[language]
    if isinstance(error, BudgetEndedError):
        return _with(update, call, ended_note(error.part, language))
    if isinstance(error, ServerError):
        return _with(update, call, Note(code="model_unavailable", text=texts["down"].format(reason=error)))
    decision = _DECISIONS[language].get(call.by, call.by)
    return _with(update, call, Note(code="model_failed", text=texts["failed"].format(decision=decision, reason=error)))


def noted(update: Update, call: Call, why: Literal["uncited", "cut"]) -> Update:
    """Return a decision with what the calls cost, and a note on why the model's was not used, or not whole."""
    return _with(update, call, Note(code=f"model_{why}", text=_TEXTS[call.state["turn"]["language"]][why]))


def _with(update: Update, call: Call, note: Note) -> Update:
    notes, ledger = [*update.get("notes", []), note], [*update.get("ledger", []), *call.ledger]
    return cast(Update, {**update, "notes": notes, "ledger": ledger})
