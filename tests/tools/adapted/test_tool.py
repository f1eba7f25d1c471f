"""A LangChain tool as a source."""

from __future__ import annotations

import json

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import ToolException, create_retriever_tool, tool

from stylegraph.agent.errors import SettingsError, SourceError
from stylegraph.agent.evidence import EvidenceSource, SchemedSource
from stylegraph.graphs.adapters import from_tool


@tool
def leave(name: str) -> str:
    """Days of leave that an employee has left."""
    return f"{name} has 11 days left."


@tool
def room(floor: int, people: int = 2) -> dict[str, object]:
    """A free meeting room."""
    return {"room": floor * 100 + 4, "seats": people, "이름": "회의실"}


@tool
def closed(query: str) -> str:
    """Always fails."""
    raise ToolException("the payroll system is closed")


@tool
async def long(query: str) -> str:
    """A long text."""
    return "\n\n".join(f"Paragraph {number}. {'word ' * 60}" for number in range(20))


def task(*queries, **more):
    return {"question": queries[0], "queries": list(queries), "language": "en", "k": 5, **more}


async def test_it_is_a_source_with_a_schema():
    source = from_tool(leave)
    assert isinstance(source, EvidenceSource)
    assert isinstance(source, SchemedSource)
    assert (source.name, source.node) == ("leave", "call_leave")
    assert source.args_schema["properties"]["name"]["type"] == "string"


async def test_each_query_is_asked_where_the_tool_takes_a_text():
    found = await from_tool(leave).gather(task("Kim", "Lee", "Kim"))
    assert [(piece["title"], piece["text"]) for piece in found["evidence"]] == [
        ("leave: Kim", "Kim has 11 days left."),
        ("leave: Lee", "Lee has 11 days left."),
    ]


async def test_what_a_model_chose_is_what_it_is_called_with():
    [found] = (await from_tool(room).gather(task("a room", arguments={"floor": 3})))["evidence"]
    assert json.loads(found["text"]) == {"room": 304, "seats": 2, "이름": "회의실"}
    with pytest.raises(SourceError, match="needs floor, which only a chat model"):
        await from_tool(room).gather(task("a room"))
    with pytest.raises(SourceError, match="can't be called so"):
        await from_tool(room).gather(task("a room", arguments={"floor": "third"}))


@pytest.mark.parametrize("handled", [True, False])
async def test_one_that_fails_is_no_tool_that_found_nothing(handled):
    failing = closed.model_copy(update={"handle_tool_error": handled})
    with pytest.raises(SourceError, match="payroll system is closed"):
        await from_tool(failing).gather(task("anything"))


async def test_a_long_answer_is_passages_with_their_spans():
    text = await long.ainvoke({"query": ""})
    found = (await from_tool(long).gather(task("anything")))["evidence"]
    assert len(found) > 1
    for piece in found:
        assert len(piece["text"]) <= 2_000
        assert text[piece["locator"]["start"] : piece["locator"]["end"]] == piece["text"]


async def test_documents_beside_the_text_are_evidence_of_their_own():
    class Wiki(BaseRetriever):
        def _get_relevant_documents(self, query, *, run_manager):
            return [Document("Dragons fear ice.", metadata={"source": "https://wiki.example/dragons", "page": 2})]

    wiki = create_retriever_tool(Wiki(), "Wiki-Search", "The game's wiki.", response_format="content_and_artifact")
    source = from_tool(wiki)
    [found] = (await source.gather(task("dragons")))["evidence"]
    assert source.name == "wiki_search"
    assert (found["text"], found["url"], found["locator"]) == (
        "Dragons fear ice.",
        "https://wiki.example/dragons",
        {"page": 3},
    )


def test_a_name_that_no_route_can_have_is_refused():
    with pytest.raises(SettingsError, match="'Leave!'"):
        from_tool(leave, name="Leave!")
