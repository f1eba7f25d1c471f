"""What happens when a model's decision fails: the local one stands in, and the reply says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Note
from stylegraph.agent.llm.model import Call

Update = TypeVar("Update", bound=Mapping[str, Any])

_TEXT = {
    "ko": "모델 대신 기본 규칙으로 처리했어요({decision}): {reason}",
    "en": "Done without the model ({decision}): {reason}",
}


def fallen_back(update: Update, call: Call, error: ModelError) -> Update:
    """Give the local decision, with what the failed calls cost and a note on why."""
    text = _TEXT[call.state["turn"]["language"]].format(decision=call.by, reason=error)
    notes = [*update.get("notes", []), Note(code="model_failed", text=text)]
    return cast(Update, {**update, "notes": notes, "ledger": [*update.get("ledger", []), *call.ledger]})
