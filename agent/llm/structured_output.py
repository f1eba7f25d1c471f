"""The form that a decision must have: asked of the server, and checked here whatever the server does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel, ValidationError

Form = TypeVar("Form", bound=BaseModel)


def response_format(form: type[BaseModel]) -> dict[str, Any]:
    """Return the request's `response_format` for a form: OpenAI's strict JSON schema."""
    schema = _strict(form.model_json_schema())
    return {"type": "json_schema", "json_schema": {"name": form.__name__, "schema": schema, "strict": True}}


def with_schema(prompt: Sequence[BaseMessage], form: type[BaseModel]) -> list[BaseMessage]:
    """Place the schema into the words of the last message: for servers that don't take it otherwise."""
    schema = json.dumps(_strict(form.model_json_schema()), ensure_ascii=False)
    rule = f"Answer with one JSON object and nothing else. It must fit this schema:\n{schema}"
    last = prompt[-1].content
    asked = f"{last}\n\n{rule}" if isinstance(last, str) else [*last, {"type": "text", "text": rule}]  # with pictures
    return [*prompt[:-1], HumanMessage(asked)]


def structured(chat: BaseChatModel, form: type[BaseModel]) -> Runnable[Any, Any] | None:
    """Return what asks a model for a form by its package's own means, and gives the message as `raw`; None without any."""
    method = {"method": "json_schema"} if (chat.profile or {}).get("structured_output") else {}
    try:
        return chat.with_structured_output(form, include_raw=True, **method)
    except (NotImplementedError, ValueError, TypeError):  # a chat model may have none, or another one
        return None


def filled(message: AIMessage) -> AIMessage:
    """Return a message whose text is the form, where the model filled it in by calling a tool."""
    if not message.tool_calls:
        return message
    return message.model_copy(
        update={"content": json.dumps(message.tool_calls[0]["args"], ensure_ascii=False), "tool_calls": []}
    )


def cut_short(message: AIMessage) -> bool:
    """Check whether an answer ended where there was room for no more: each provider has its own word for that."""
    told = message.response_metadata
    details = told.get("incomplete_details") or {}
    reasons = {told.get(name) for name in ("finish_reason", "stop_reason", "done_reason")} | {details.get("reason")}
    return bool(reasons & _CUT)


_CUT = {"length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_context_window_exceeded"}


def fits(text: str, form: type[BaseModel]) -> bool:
    """Check whether a text holds a form."""
    try:
        read(text, form)
    except ValidationError:
        return False
    return True


def read(text: str, form: type[Form]) -> Form:
    """Read a form out of a text that may have a code fence or words around it.

    Raises:
        pydantic.ValidationError: It is not there, or does not fit.
    """
    start, end = text.find("{"), text.rfind("}")
    return form.model_validate_json(text[start : end + 1] if 0 <= start < end else text)


def complaint(error: ValidationError) -> str:
    """Describe shortly what does not fit; nothing of the answer itself is repeated."""
    return "; ".join(f"{'.'.join(map(str, part['loc'])) or 'answer'}: {part['msg']}" for part in error.errors()[:3])


def _strict(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON schema
    """Return a schema as strict mode wants it: every property required, none besides, no defaults or titles."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items() if key not in ("default", "title", "description")}
    if isinstance(schema.get("properties"), dict):
        strict["properties"] = {name: _strict(part) for name, part in schema["properties"].items()}
        strict |= {"required": list(schema["properties"]), "additionalProperties": False}
    return strict
