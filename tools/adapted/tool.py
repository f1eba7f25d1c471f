"""A LangChain tool as a source."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain_core.documents import Document
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import Evidence, Gathered, SourceTask
from stylegraph.tools.adapted.arguments import calls_of, text_evidence_title
from stylegraph.tools.adapted.documents import as_evidence
from stylegraph.tools.adapted.passages import passages_of


@dataclass(frozen=True)
class AdaptedTool:
    """An `EvidenceSource` over a tool."""

    tool: BaseTool
    name: str
    description: str
    examples: Sequence[str] = ()

    @property
    def node(self) -> str:
        """The node's verb in the graph."""
        return f"call_{self.name}"

    @cached_property
    def args_schema(self) -> Mapping[str, Any]:
        """JSON schema of the tool's arguments, for a chat model to fill in."""
        parameters: dict[str, Any] = convert_to_openai_tool(self.tool)["function"]["parameters"]
        return parameters

    async def gather(self, state: SourceTask) -> Gathered:
        """Call the tool with what a model chose, else once a query.

        Raises:
            SourceError: It failed, or needs arguments that nobody has chosen.
        """
        calls = calls_of(self.tool.name, self.args_schema, state)
        found = await asyncio.gather(*(self._called(arguments) for arguments in calls))
        return Gathered(evidence=[piece for pieces in found for piece in pieces])

    async def _called(self, arguments: dict[str, Any]) -> list[Evidence]:
        call = {"type": "tool_call", "id": uuid.uuid4().hex, "name": self.tool.name, "args": arguments}
        try:
            answer = await self.tool.ainvoke(call)
        except ToolException as error:
            raise SourceError(f"{self.tool.name}: {error}") from error
        except ValidationError as error:
            raise SourceError(f"{self.tool.name} can't be called so: {error.errors()[0]['msg']}.") from error
        return await self._evidence(answer, arguments)

    async def _evidence(self, answer: Any, arguments: Mapping[str, Any]) -> list[Evidence]:  # noqa: ANN401
        if not isinstance(answer, ToolMessage):
            return await passages_of(self.name, self.tool.name, str(answer))
        if answer.status == "error":
            raise SourceError(f"{self.tool.name}: {answer.text}")
        if documents := _documents(answer.artifact):
            return [as_evidence(self.name, one, 1 - rank / (len(documents) + 1)) for rank, one in enumerate(documents)]
        return await passages_of(self.name, text_evidence_title(self.tool.name, arguments), answer.text)


def _documents(artifact: object) -> list[Document]:
    """Return the documents that a tool gives beside its text, as LangChain's retriever tools do."""
    return [one for one in artifact if isinstance(one, Document)] if isinstance(artifact, list | tuple) else []
