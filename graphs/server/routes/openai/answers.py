"""What a reply is in OpenAI's words: text, annotations, usage, and what has no place there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from stylegraph.agent.citations import cited_places
from stylegraph.agent.reply import Citation, Reply
from stylegraph.agent.text.language import Language

_CHOICES: Mapping[Language, str] = {"ko": "이렇게 답하셔도 돼요: ", "en": "You could answer: "}


class Place(NamedTuple):
    """Where a text cites something."""

    start: int
    end: int
    citation: Citation


def text_of(reply: Reply) -> str:
    """Return the answer, then what a front-end that knows text alone would not show: quick answers and notes."""
    beside = [f"> {note['text']}" for note in reply.notes]
    if reply.choices:
        beside.append(_CHOICES[reply.language] + " / ".join(reply.choices))
    return "\n\n".join([reply.text, *beside])


def url_citations(reply: Reply) -> list[dict[str, Any]]:
    """Return the annotations of a chat completion: a `url_citation` for each place that cites something."""
    return [
        {"type": "url_citation", "url_citation": {**_span(place), "url": place.citation.url or place.citation.title}}
        for place in _places(reply)
    ]


def citations(reply: Reply) -> list[dict[str, Any]]:
    """Return the annotations of a response: a page is a `url_citation`, a document without an address a `file_citation`."""
    return [
        {"type": "url_citation", **_span(place), "url": place.citation.url}
        if place.citation.url and "://" in place.citation.url
        else {
            "type": "file_citation",
            "file_id": place.citation.evidence,
            "filename": place.citation.title,
            "index": place.start,
        }
        for place in _places(reply)
    ]


def chat_usage(reply: Reply) -> dict[str, Any]:
    """Return what the turn has spent, as a chat completion says it."""
    spent = reply.spent
    return {
        "prompt_tokens": spent["tokens_in"],
        "completion_tokens": spent["tokens_out"],
        "total_tokens": spent["tokens_in"] + spent["tokens_out"],
        "prompt_tokens_details": {"cached_tokens": spent.get("tokens_cached", 0)},
        "completion_tokens_details": {"reasoning_tokens": spent.get("tokens_reasoning", 0)},
    }


def response_usage(reply: Reply) -> dict[str, Any]:
    """Return what the turn has spent, as a response says it."""
    spent = reply.spent
    return {
        "input_tokens": spent["tokens_in"],
        "input_tokens_details": {"cached_tokens": spent.get("tokens_cached", 0)},
        "output_tokens": spent["tokens_out"],
        "output_tokens_details": {"reasoning_tokens": spent.get("tokens_reasoning", 0)},
        "total_tokens": spent["tokens_in"] + spent["tokens_out"],
    }


def beside(reply: Reply) -> dict[str, Any]:
    """Return what OpenAI's shapes have no place for: the quotes, the recommended items, how the turn ended."""
    whole = reply.as_dict()
    fields = (
        "status",
        "language",
        "citations",
        "recommendations",
        "artifacts",
        "choices",
        "follow_ups",
        "notes",
        "spent",
    )
    return {field: whole[field] for field in fields}


def _span(place: Place) -> dict[str, Any]:
    return {"start_index": place.start, "end_index": place.end, "title": place.citation.title}


def _places(reply: Reply) -> Iterator[Place]:
    for start, end, number in cited_places(reply.text, len(reply.citations)):
        yield Place(start, end, reply.citations[number - 1])
