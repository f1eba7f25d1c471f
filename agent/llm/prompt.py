"""Prompts: files for what never changes, fenced data for what people and documents say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

from langchain_core.messages import AnyMessage, BaseMessage, HumanMessage, SystemMessage

from stylegraph.agent.evidence import Evidence

_FOLDER = Path(__file__).parent / "prompts"
_LONGEST_PASSAGE = 2_500
"""Characters of one piece of evidence that a model reads: about 600 English tokens, a whole chunk at any usual size."""


def prompt(name: str, data: str, **values: str) -> list[BaseMessage]:
    """Give the messages for one call: the rules of `prompts/<name>.md`, then the data.

    Args:
        name: Which rules.
        data: What the call is about, fenced with `fenced`.
        values: What the rules have `$names` for.
    """
    return [SystemMessage(_rules(name).substitute(values)), HumanMessage(data)]


@cache
def _rules(name: str) -> Template:
    return Template((_FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def fenced(**parts: str) -> str:
    """Put each text between tags that it can't close.

    The tags carry a digest of all that stands between them, so a text can't know them; the same data gives the same
    tags, so recorded calls replay.
    """
    mark = hashlib.blake2b("\x1f".join(parts.values()).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return "\n\n".join(f"<{name}-{mark}>\n{text}\n</{name}-{mark}>" for name, text in parts.items())


def numbered(evidence: Sequence[Evidence]) -> str:
    """Give evidence as numbered passages, each cut to a length that a whole chunk fits into."""
    return "\n\n".join(
        f"[{number}] {found['title']}\n{found['text'][:_LONGEST_PASSAGE]}" for number, found in enumerate(evidence, 1)
    )


def transcript(messages: Sequence[AnyMessage], characters: int) -> str:
    """Give the newest messages that fit, oldest first, one `person:` or `assistant:` line each.

    Args:
        messages: The conversation; the newest is always there, cut if it must be.
        characters: How much may be given.
    """
    lines: list[str] = []
    for message in reversed(messages):
        who = "person" if isinstance(message, HumanMessage) else "assistant"
        line = f"{who}: {message.text.strip()}"
        if lines and len(line) > characters:
            break
        lines.append(line[:characters])
        characters -= len(line)
    return "\n".join(reversed(lines))
