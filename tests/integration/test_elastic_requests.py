"""How often a question asks the cluster."""

from __future__ import annotations

import asyncio

import pytest
from integration.elastic_documents import document

from stylegraph.agent.settings import load_settings
from stylegraph.agent.text.synonyms import UNSEEN
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant, open_library
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.retrieval.elastic import library as libraries
from stylegraph.tools.retrieval.elastic.cluster import _Transport
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

DOCUMENTS = "캠핑 의자는 몇 kg까지 견뎌?"
MIXED = "울 니트 세탁법 알려주고 겨울 니트도 추천해줘"
LISTING, SEARCH = "GET listing", "POST search"


@pytest.fixture
def sent(monkeypatch):
    """All requests to the cluster, in their order."""
    asked, perform = [], _Transport.perform_request

    async def counted(self, method, target, **more):
        path = target.partition("?")[0]
        told = {"/_msearch": "search"}.get(path, path.rpartition("/")[2] if "/_" in path else "listing")
        asked.append(f"{method} {told}")
        return await perform(self, method, target, **more)

    monkeypatch.setattr(_Transport, "perform_request", counted)
    return asked


@pytest.fixture
async def assistant(elastic_settings, tmp_path, monkeypatch):
    settings = load_settings(
        **{name: getattr(elastic_settings, name) for name in elastic_settings.model_fields_set},
        home=tmp_path / "home",
        openai_api_key=None,
        tavily_api_key=None,
    )
    texts = {"캠핑 의자": "접이식 캠핑 의자는 120 kg까지 견딘다.", "울 니트": "울 니트는 30도 이하의 물에 손세탁한다."}
    async with open_library(settings, LocalEmbedder()) as library:
        index = await library.index("notes")
        await index.add([document(title, text, title=title) for title, text in texts.items()])
        await index.known("care")  # others see it from now on
    async with open_assistant(settings) as opened:
        await ask(opened, DOCUMENTS)
        await ask(opened, "겨울 니트 추천해줘")
        yield opened


def _waited_for(sent):
    """Leave out the list of indexes, which is asked for beside: see the test of a new index."""
    return [one for one in sent if one != LISTING]


async def test_a_documents_question_waits_for_one_request(assistant, sent):
    reply = await ask(assistant, DOCUMENTS)
    assert "120 kg" in reply.text
    assert _waited_for(sent) == [
        SEARCH,
        "POST _mget",
    ]  # the second when the answer stands, for what could be asked next


async def test_a_mixed_question_waits_for_one_of_each_index_side_by_side(assistant, sent):
    reply = await ask(assistant, MIXED)
    assert set(reply.routes) == {"documents", "fashion"}
    assert _waited_for(sent) == [SEARCH, SEARCH, "POST _mget"]


async def test_a_wish_waits_for_one(assistant, sent):
    await ask(assistant, "겨울 니트 추천해줘")
    assert _waited_for(sent) == [SEARCH]


async def test_a_new_index_is_noticed_beside_a_question_that_does_not_wait_for_it(
    assistant, sent, elastic_settings, monkeypatch
):
    others = ElasticLibrary(elastic_settings, LocalEmbedder())
    await (await others.index("more")).add([document("tent", "텐트는 5분이면 친다.", title="텐트")])
    await (await others.index("more")).known("care")
    await others.close()
    monkeypatch.setattr(libraries, "_FRESH_SECONDS", 0.0)
    sent.clear()
    await ask(assistant, DOCUMENTS)
    assert sent.count(SEARCH) == 1
    assert LISTING in sent
    await asyncio.sleep(0.5)
    assert "5분" in (await ask(assistant, "텐트는 몇 분이면 쳐?")).text


async def test_rarities_that_a_search_told_are_not_asked_for_again_until_something_is_written(elastic_settings, sent):
    library = ElasticLibrary(elastic_settings, LocalEmbedder())
    index = await library.index("notes")
    await index.add([document("a", "린넨 셔츠"), document("b", "울 니트")])
    await index.search("린넨 셔츠", 1)
    terms = [*tokenize("린넨 셔츠"), UNSEEN]
    sent.clear()
    told = await index.term_weights(terms)
    assert sent == []
    await index.add([document("c", "린넨 바지")])
    again = await index.term_weights(terms)
    assert sent.count(SEARCH) == 1
    assert again[UNSEEN] > told[UNSEEN]
    await library.close()


def test_a_wish_waits_for_a_slow_cluster_as_long_as_the_settings_say(elastic_settings):
    for timeout, patience in ((2.0, 2.0), (7.0, 7.0), (60.0, 10.0)):
        own = elastic_settings.model_copy(update={"elasticsearch_timeout": timeout, "source_timeout": 20.0})
        assert ElasticLibrary(own, LocalEmbedder()).patience == patience
