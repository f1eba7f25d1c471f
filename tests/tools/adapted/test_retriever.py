"""A LangChain retriever as a source: here a vector store of langchain-core's over the embedding of this machine."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

from stylegraph.agent.settings import Settings
from stylegraph.graphs.adapters import from_retriever
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.embeddings import LocalEmbedder

WIKI = {
    "Dragons": "Dragons of the northern keep fear ice and nothing else. A frost arrow brings one down.",
    "Potions": "A healing potion needs two red herbs and spring water.",
    "Mounts": "The grey wolf can be tamed with three pieces of raw meat.",
}


class Local(Embeddings):
    def embed_documents(self, texts):
        return asyncio.run(LocalEmbedder().embed(texts)).tolist()

    def embed_query(self, text):
        return self.embed_documents([text])[0]


@pytest.fixture(scope="module")
def source():
    documents = [
        Document(text, metadata={"title": title, "url": f"https://wiki.example/{title}", "tags": ["game"]})
        for title, text in WIKI.items()
    ]
    store = InMemoryVectorStore.from_documents(documents, Local())
    examples = ["What do dragons fear?", "How do I tame a wolf?", "물약은 어떻게 만들어?", "늑대를 길들이려면?"]
    return from_retriever(
        store.as_retriever(search_kwargs={"k": 2}), name="wiki", description="The game's wiki.", examples=examples
    )


async def test_documents_are_evidence_best_first(source):
    asked = {"queries": ["taming a wolf", "how to tame the wolf"], "k": 2}
    found = (await source.gather(asked))["evidence"]
    assert len(found) == 2
    assert (found[0]["title"], found[0]["url"], found[0]["route"]) == ("Mounts", "https://wiki.example/Mounts", "wiki")
    assert 1 >= found[0]["score"] > found[1]["score"] > 0
    assert found[0]["data"]["tags"] == ["game"]


async def test_the_assistant_routes_to_it_and_cites_it(source, tmp_path):
    settings = Settings(_env_file=None, home=tmp_path / "home", samples=False)
    async with open_assistant(settings, sources=[source], builtin=["documents"]) as assistant:
        reply = await ask(assistant, "What do dragons fear?")
    assert reply.routes == ["wiki"]
    assert "fear ice" in reply.text
    assert {citation.title for citation in reply.citations} == {"Dragons"}
