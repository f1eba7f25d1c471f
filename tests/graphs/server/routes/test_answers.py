"""What of a reply stands in OpenAI's shapes: where each quote is found."""

from __future__ import annotations

import pytest

from stylegraph.agent.reply import Citation, Reply, Status
from stylegraph.graphs.server.routes.openai.answers import text_of, url_citations

LONG = "Wash wool by hand, in water of at most 30 degrees, with a non-alkaline soap."


def reply_of(text, *quotes, notes=()):
    citations = [
        Citation(evidence="e1", quote=quote, start=0, end=len(quote), title="Wool", url=url) for quote, url in quotes
    ]
    return Reply.model_construct(
        text=text, status=Status.ANSWERED, language="en", citations=citations, notes=list(notes), choices=[]
    )


@pytest.mark.parametrize(
    ("url", "quote", "address"),
    [
        (None, "Wash it cold.", "Wool#1"),
        ("wool.md", "Wash it cold.", "Wool#1"),
        ("https://example.com/wool", "Wash it cold.", "https://example.com/wool#:~:text=Wash%20it%20cold."),
        ("https://example.com/#care", "Wash it.", "https://example.com/#care:~:text=Wash%20it."),
        ("https://example.com", LONG, "https://example.com#:~:text=Wash%20wool%20by%20hand%2C%20in,degrees%2C%20with%20a%20non%2Dalkaline%20soap."),
    ],
)  # fmt: skip
def test_a_quote_has_an_address_at_which_a_browser_finds_it(url, quote, address):
    (note,) = url_citations(reply_of("So it is. [1]", (quote, url)))
    assert note["url_citation"]["url"] == address


def test_annotations_come_by_number_and_each_quote_has_an_address_of_its_own():
    reply = reply_of("Second first [2], then the first [1], and the second again [2].", ("a", None), ("b", None))
    cited = [note["url_citation"] for note in url_citations(reply)]
    assert [one["url"] for one in cited] == ["Wool#1", "Wool#2", "Wool#2"]
    assert all(reply.text[one["start_index"] : one["end_index"]][1:-1] == one["url"][-1] for one in cited)


def test_a_note_that_the_answer_says_itself_is_not_said_twice():
    notes = [{"code": "a", "text": "The file was not read."}, {"code": "b", "text": "The web was not asked."}]
    reply = reply_of("Nothing found. The file was not read.", notes=notes)
    assert text_of(reply) == "Nothing found. The file was not read.\n\n> The web was not asked."
