"""The message that ends a turn, in LangChain's standard content blocks: front-ends show its citations without knowing us."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import create_citation

from stylegraph.agent.citations import cited_places
from stylegraph.agent.reply import Reply
from stylegraph.agent.state import Turn


def reply_id(turn: Turn) -> str:
    """Return the id of the message that answers a turn."""
    return f"reply-{turn['id']}"


def reply_message(reply: Reply, turn: Turn) -> AIMessage:
    """Return the authoritative answer as a message: text, with an annotation for each place that cites something."""
    told = {"status": reply.status.value, "routes": reply.routes}
    annotations = _annotations(reply)
    if not annotations:
        return AIMessage(content=reply.text, id=reply_id(turn), additional_kwargs=told)
    block = {"type": "text", "text": reply.text, "annotations": annotations}
    return AIMessage(content=[block], id=reply_id(turn), additional_kwargs=told)


def _annotations(reply: Reply) -> list[dict[str, Any]]:
    """Return LangChain's `Citation` for each mark in the text: where it stands, and what it cites word for word."""
    return [
        dict(
            create_citation(
                url=cited.url if cited.url and "://" in cited.url else None,
                title=cited.title,
                start_index=start,
                end_index=end,
                cited_text=cited.quote,
                evidence=cited.evidence,
            )
        )
        for start, end, number in cited_places(reply.text, len(reply.citations))
        for cited in [reply.citations[number - 1]]
    ]
