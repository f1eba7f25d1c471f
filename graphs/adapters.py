"""What the LangChain ecosystem offers as sources, and the assistant as a tool of it."""

from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from stylegraph.graphs.api import CompiledAssistant


class Question(BaseModel):
    """What the assistant is asked as a tool."""

    question: str = Field(description="A question that can be understood by itself, in Korean or English.")


def as_tool(assistant: CompiledAssistant, *, name: str, description: str) -> BaseTool:
    """Return the assistant as a tool for another agent: a question in, the answer out.

    Inside another graph it runs as a part of it: its interrupts reach that graph's caller, and nothing is kept apart.
    LangChain's own `Runnable.as_tool` takes no graph whose state holds messages: it can't read them back.

    Args:
        assistant: What `open_assistant` gave.
        name: The tool's name, as a model sees it.
        description: What it answers, as a model sees it.

    Returns:
        A tool whose content is the answer's text and whose artifact is the reply as plain data.

    Example:
        >>> async with open_assistant() as assistant:  # doctest: +SKIP
        ...     tool = as_tool(assistant, name="style", description="Answers questions on clothes and their care.")
        ...     agent = create_agent("openai:gpt-6-luna", tools=[tool])
    """
    graph = assistant.copy({"checkpointer": None})

    async def ask(question: str, config: RunnableConfig) -> tuple[str, dict[str, Any]]:
        ended = await graph.ainvoke({"messages": [{"role": "user", "content": question}]}, config)
        return ended["reply"]["text"], ended["reply"]

    return StructuredTool.from_function(
        coroutine=ask,
        name=name,
        description=description,
        args_schema=Question,
        response_format="content_and_artifact",
    )
