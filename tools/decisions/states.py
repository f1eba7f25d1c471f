"""What a decision is made about: the text of a state, and the parts of it that have a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import BaseMessage

from stylegraph.agent.errors import InputError

_CLAIM = ("claim",)
_EVIDENCE = ("evidence", "passage", "passages", "context")
_QUESTION = ("question", "query")
_ANSWER = ("answer", "response")
_PARTS = (*_CLAIM, *_EVIDENCE, *_QUESTION, *_ANSWER)
_MEDIA = ("image", "image_url", "audio", "video", "file", "input_image", "input_audio", "input_file")


class Parts(NamedTuple):
    """What the local graders read of a state and of the instructions; empty where there is none."""

    claim: str
    evidence: list[str]
    question: str
    answer: str


def parts_of(state: Any, instructions: Any) -> Parts | None:  # noqa: ANN401 - any JSON
    """Return the parts that instructions name, the rest of them from the state; None where they name none.

    A state alone never decides this: one with a field `question` may be asked anything.
    """
    if not isinstance(instructions, Mapping) or not any(name in instructions for name in _PARTS):
        return None
    named: dict[str, Any] = {**(state if isinstance(state, Mapping) else {}), **instructions}

    def first(names: Sequence[str]) -> Any:  # noqa: ANN401
        return next((named[name] for name in names if named.get(name)), "")

    return Parts(text_of(first(_CLAIM)), _texts(first(_EVIDENCE)), text_of(first(_QUESTION)), text_of(first(_ANSWER)))


def _texts(evidence: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Return the pieces of evidence, each as its text."""
    if isinstance(evidence, Mapping):
        evidence = [evidence] if "text" in evidence else list(evidence.values())
    pieces = [evidence] if isinstance(evidence, str) else list(evidence)
    return [text for piece in pieces if (text := text_of(piece))]


def text_of(state: Any) -> str:  # noqa: ANN401 - any JSON
    """Return what a state says: of a conversation the last thing that a person said, of an object all its values.

    Raises:
        InputError: It holds a picture, a recording or a file.
    """
    if isinstance(state, BaseMessage):
        return text_of(state.content)
    if isinstance(state, Mapping):
        return _of_mapping(state)
    if isinstance(state, Sequence) and not isinstance(state, str):
        said = [one for one in state if _is_persons(one)]
        return text_of(said[-1]) if said else "\n".join(text for one in state if (text := text_of(one)))
    return "" if state is None else str(state).strip()


def _of_mapping(state: Mapping[str, Any]) -> str:
    if state.get("type") in _MEDIA:
        raise InputError("The local decisions read text alone.", "Leave pictures, recordings and files out of it.")
    if "role" in state and "content" in state:
        return text_of(state["content"])
    if set(state) >= {"type", "text"}:
        return text_of(state["text"])
    return "\n".join(text for value in state.values() if (text := text_of(value)))


def _is_persons(one: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(one, BaseMessage):
        return one.type == "human"
    return isinstance(one, Mapping) and one.get("role") in ("user", "human") and "content" in one
