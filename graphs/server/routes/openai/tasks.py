"""What front-ends ask of a model about a conversation, beside it: a title, tags, what could be asked next.

These are instructions for a chat model, in the form of a question. They come after an answer, or even before it, for the same
conversation, of which they must not become a part. Each is answered from what is known, in the form that it wants: Open WebUI's
as JSON of one field, LibreChat's title as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Literal, cast

from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError

from stylegraph.graphs.server.routes.openai.asked import Asked

Task = Literal["title", "tags", "follow_ups", "queries", "plain title"]
_BEGINS = "### Task:"
_FORM = re.compile(r'JSON format:\s*\{\s*"(title|tags|follow_ups|queries)":')
_TITLE = re.compile(
    r"\AProvide a concise, 5-word-or-less title for the conversation.*^Conversation:\n", re.DOTALL | re.MULTILINE
)
"""How LibreChat asks for a title, unless its `titlePrompt` says otherwise."""
_FIRST = re.compile(r"(?:<chat_history>\s*USER|^Conversation:\nUser): (.+)", re.MULTILINE)
_MOST = 60


def task_of(asked: Asked) -> Task | None:
    """Return what is wanted about a conversation; None: it is a question."""
    if asked.before:
        return None
    if _TITLE.match(asked.text):
        return "plain title"
    form = _FORM.search(asked.text)
    about = asked.text.startswith(_BEGINS) and "<chat_history>" in asked.text
    return cast(Task, form[1]) if form and about else None


async def done(task: Task, asked: Asked, thread: str | None) -> str:
    """Return what is wanted, in the form that was asked for: without a conversation that is kept there are no follow-ups.

    Args:
        task: What is wanted.
        asked: The instructions, with the conversation's last messages.
        thread: The conversation that they are about, where it is kept.
    """
    if task == "plain title":
        return _title(asked.text)
    found: str | Sequence[str] = []
    if task == "title":
        found = _title(asked.text)
    elif task == "follow_ups" and thread:
        found = await _follow_ups(thread)
    return json.dumps({task: found}, ensure_ascii=False)


def _title(instructions: str) -> str:
    """Return the first question that is shown, cut at a word."""
    first = _FIRST.search(instructions)
    words = first[1].strip() if first else ""
    return words if len(words) <= _MOST else words[: _MOST - 1].rsplit(" ", 1)[0] + "…"


async def _follow_ups(thread: str) -> Sequence[str]:
    try:
        values = (await get_client().threads.get_state(thread)).get("values")
    except NotFoundError:
        return []
    reply = values.get("reply") if isinstance(values, dict) else None
    return (reply or {}).get("follow_ups") or []
