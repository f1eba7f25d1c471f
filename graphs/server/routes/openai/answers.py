"""What a reply is in OpenAI's words: text, annotations, usage, and what has no place there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import quote as encoded

from stylegraph.agent.citations import cited_places
from stylegraph.agent.reply import Citation, Reply
from stylegraph.agent.text.language import Language

_CHOICES: Mapping[Language, str] = {"ko": "이렇게 답하셔도 돼요: ", "en": "You could answer: "}
_ENDS = 5
"""Words of a quote's beginning and end by which it is found."""


class Place(NamedTuple):
    """Where a text cites something."""

    start: int
    end: int
    number: int
    citation: Citation

    @property
    def address(self) -> str:
        """Where what is quoted stands, of its own for each quote: front-ends count addresses, and `[3]` is the third."""
        url, quote = self.citation.url, self.citation.quote
        if not url or "://" not in url:
            return f"{self.citation.title}#{self.number}"
        return f"{url}{':~:' if '#' in url else '#:~:'}text={_fragment(quote)}"


def text_of(reply: Reply) -> str:
    """Return the answer, then what a front-end that knows text alone would not show: quick answers, notes not said in it."""
    beside = [f"> {note['text']}" for note in reply.unsaid_notes]
    if reply.choices:
        beside.append(_CHOICES[reply.language] + " / ".join(reply.choices))
    return "\n\n".join([reply.text, *beside])


def url_citations(reply: Reply) -> list[dict[str, Any]]:
    """Return the annotations of a chat completion: a `url_citation` for each place that cites something, by number."""
    return [
        {"type": "url_citation", "url_citation": {**_span(place), "url": place.address}}
        for place in sorted(_places(reply), key=attrgetter("number"))
    ]


def citations(reply: Reply) -> list[dict[str, Any]]:
    """Return the annotations of a response: a page is a `url_citation`, a document without an address a `file_citation`."""
    return [
        {"type": "url_citation", **_span(place), "url": place.address}
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


def _fragment(quote: str) -> str:
    """Return a quote as browsers find it in a page and scroll to it: a longer one by where it begins and ends."""
    words = quote.split()
    parts = [words] if len(words) <= 2 * _ENDS else [words[:_ENDS], words[-_ENDS:]]
    return ",".join(encoded(" ".join(part), safe="").replace("-", "%2D") for part in parts)


def _places(reply: Reply) -> Iterator[Place]:
    for start, end, number in cited_places(reply.text, len(reply.citations)):
        yield Place(start, end, number, reply.citations[number - 1])
