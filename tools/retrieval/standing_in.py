"""What is said when the index on this machine answers in the place of a cluster."""

from __future__ import annotations

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.evidence import Note
from stylegraph.agent.text.language import Language

_STOOD_IN: dict[Language, str] = {
    "ko": "검색 서버에서 찾을 수 없어서 이 컴퓨터에 있는 색인에서 찾았습니다: {why}",
    "en": "The search server could not be asked, so the index on this machine was searched instead: {why}",
}


def stood_in(language: Language, error: IndexStoreError, unsearched: str | None = None) -> Note:
    """Return the note that says why the cluster was not asked.

    Args:
        language: Of the note.
        error: Why.
        unsearched: The source, where this machine's index may hold less than the cluster.
    """
    note = Note(code="index_fallback", text=_STOOD_IN[language].format(why=error.message))
    return note if unsearched is None else Note(**note, unsearched=unsearched)
