"""What a chat model is told about a draft of its own that was not good enough."""

from __future__ import annotations

from stylegraph.agent.reply import Grade
from stylegraph.agent.state import AssistantState


def complaint(state: AssistantState) -> str:
    """Return what was wrong with the last draft, sentence by sentence; empty where there is no draft to mend."""
    if not state.get("grade"):
        return ""
    grade = Grade.model_validate(state["grade"])
    lines = ["Your answer was checked against what it cites."]
    if wrong := [one.text for one in grade.sentences if not one.supported]:
        lines.append("Not borne out by what they cite, or cited without need to be checked:")
        lines += [f"- {text}" for text in wrong]
    if grade.missing:
        lines.append(f"Asked and not answered: {'; '.join(grade.missing)}.")
    lines.append(
        "Look up what could settle it, or mend it: correct, cite or leave out those sentences, and say what can't be found. "
        "Then give the whole answer again; leave everything else as it is, word for word."
    )
    return "\n".join(lines)
