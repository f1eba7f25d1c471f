"""What to do about an answer that is not good enough: the grade says it all, so no call is made."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from stylegraph.agent.protocols import Reviser, RevisionUpdate
from stylegraph.agent.state import AssistantState, Revision, Routing
from stylegraph.agent.text.language import Language

_WRONG: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "language": "답변이 질문의 언어(한국어)로 쓰이지 않았어요.",
        "unsupported": "자료로 확인되지 않는 문장이 있어요: {sentences}",
        "uncited": "문장마다 근거가 되는 자료의 번호와, 그 자료에서 그대로 옮긴 인용이 있어야 해요.",
    },
    "en": {
        "language": "The answer is not in English, the language of the question.",
        "unsupported": "The passages do not bear this: {sentences}",
        "uncited": "Each sentence needs the number of a passage, and a quote copied from it exactly.",
    },
}
_MOST_NAMED = 3
_LONGEST = 120


class ModelReviser:
    """Writes again what was badly written, and looks again for what is missing, in the grader's words.

    Args:
        backup: Decides what to give up and where else to look.
        routes: Sources that can be asked.
    """

    def __init__(self, backup: Reviser, routes: Collection[str]) -> None:
        self._backup = backup
        self._routes = frozenset(routes)

    async def revise(self, state: AssistantState) -> RevisionUpdate:
        """Return the revision."""
        update = await self._backup.revise(state)
        revision, before = update["revision"], state.get("revision")
        if wrong := _badly_written(state):
            routing, k = (before["routing"], before["k"]) if before else (state["routing"], revision["k"])
            return {"revision": Revision(action="correct", routing=routing, k=k, reason=wrong)}
        if revision["action"] != "widen":
            return update
        return {**update, "revision": Revision(**{**revision, "routing": self._asked_anew(revision["routing"], state)})}

    def _asked_anew(self, routing: Routing, state: AssistantState) -> Routing:
        """Look for what is missing in the grader's words; on the web too when the documents hold nothing of it."""
        queries = state["grade"].get("queries", [])
        routes = list(routing["routes"])
        if routes == ["documents"] and "web" in self._routes and not _useful(state, "documents"):
            routes.append("web")
        asked = {route: routing["queries"].get(route) or [routing["question"]] for route in routes}
        if queries:
            asked = {route: asked[route] if route == "fashion" else queries for route in routes}
        return Routing(**{**routing, "routes": routes, "queries": asked})


def _badly_written(state: AssistantState) -> str:
    """Return what is wrong with an answer whose evidence would do; empty when evidence is what it lacks."""
    grade, draft, texts = state["grade"], state["draft"], _WRONG[state["turn"]["language"]]
    if draft["kind"] == "nothing":
        return ""
    if not grade["in_language"]:
        return texts["language"]
    wrong = [sentence["text"] for sentence in grade["sentences"] if not sentence["supported"]]
    enough = grade["answers"] >= 1 or any(_useful(state, route) for route in state["routing"]["routes"])
    if not wrong or not enough:
        return ""
    named = " / ".join(text[:_LONGEST] for text in wrong[:_MOST_NAMED])
    reason = texts["unsupported"].format(sentences=named)
    return reason if draft["citations"] else f"{reason} {texts['uncited']}"


def _useful(state: AssistantState, route: str) -> bool:
    """Check whether a source found anything that was graded as an answer."""
    relevance = state.get("relevance", {})
    return any(found["route"] == route and relevance.get(found["id"], 0.0) >= 1 for found in state.get("evidence", []))
