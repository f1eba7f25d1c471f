"""Assistants as models: each by itself, and at each effort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args

from langgraph_sdk import get_client
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.state import Effort
from stylegraph.graphs.server.routes.openai.errors import ApiError

_GRAPH = "assistant"
_MOST = 100


class Model(NamedTuple):
    """What answers to a model's name."""

    id: str
    assistant: str
    """The assistant's id."""
    effort: str | None
    """None: as the assistant, or the server, has it set."""
    name: str
    created: int

    @property
    def shape(self) -> dict[str, Any]:
        """What OpenAI's API says of a model; `name` is what front-ends show."""
        told = {"id": self.id, "object": "model", "created": self.created, "owned_by": "stylegraph"}
        return {**told, "name": self.name}


async def listed(request: Request) -> Response:
    """List the models that whoever asks may use."""
    return JSONResponse({"object": "list", "data": [model.shape for model in await _models()]})


async def shown(request: Request) -> Response:
    """Return one model."""
    return JSONResponse((await model_of(request.path_params["model"])).shape)


async def model_of(name: str) -> Model:
    """Return the model of a name.

    Raises:
        ApiError: Whoever asks has none of that name.
    """
    models = await _models()
    found = next((model for model in models if model.id == name), None)
    if found is None:
        there = ", ".join(model.id for model in models[:8])
        told = f"There is no model {name[:80]!r}. There is: {there}."
        raise ApiError(404, told, code="model_not_found", param="model")
    return found


async def _models() -> list[Model]:
    assistants = await get_client().assistants.search(graph_id=_GRAPH, limit=_MOST)
    return [model for assistant in assistants for model in _at_each_effort(assistant)]


def _at_each_effort(assistant: Mapping[str, Any]) -> Iterator[Model]:
    """Return an assistant's models; the one that comes with the server goes by its graph's name, others by their ids."""
    own = (assistant.get("metadata") or {}).get("created_by") != "system"
    name = assistant["assistant_id"] if own else _GRAPH
    called = assistant.get("name") or name if own else "stylegraph"
    created = int(datetime.fromisoformat(str(assistant["created_at"])).timestamp())
    yield Model(name, assistant["assistant_id"], None, called, created)
    for effort in get_args(Effort):
        yield Model(f"{name}:{effort}", assistant["assistant_id"], effort, f"{called} ({effort})", created)
