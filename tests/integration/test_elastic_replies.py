"""What a person reads when the cluster is in trouble: the whole assistant on a real node, broken in one way after another.

There is neither an index on this machine nor the web, so the reply is honest: nothing was found, and why.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from integration.elastic_doors import make_certificate, silent_door, tls_door
from pydantic import SecretStr

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

QUESTIONS = {
    "ko": "장화 평균 판매가가 문서에 얼마로 나와 있어?",
    "en": "What is the average price of boots in the document?",
}
ANSWERS = {"ko": "34,900원", "en": "34,900 won"}
TEXT = (
    "# 장화 시세\n\n국산 고무 장화의 평균 판매가는 34,900원입니다.\n",
    "# Boots\n\nThe average price of rubber boots is 34,900 won.\n",
)


@pytest.fixture
def settings(elastic_settings, tmp_path):
    closet = tmp_path / "closet.csv"
    closet.write_text("id,name,category,price_krw\n1,Silk kimono,kimono,90000\n", "utf-8")
    patience = {"elasticsearch_timeout": 8.0, "elasticsearch_retries": 1, "elasticsearch_patience": 5.0}
    return elastic_settings.model_copy(update={"home": tmp_path / "home", "catalogue": closet, **patience})


@pytest.fixture
async def library(settings):
    opened = ElasticLibrary(settings, LocalEmbedder())
    yield opened
    await opened.close()


@pytest.fixture
async def notes(tmp_path, settings, library):
    """A folder that is indexed on the node."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number, text in enumerate(TEXT):
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    assert await _indexed(library, folder, settings) == (2, 0)
    return folder


async def _indexed(library, folder, settings):
    report = await ingest(await library.index("default"), [folder], settings=settings)
    return report.total("added"), report.total("unchanged")


async def _says(assistant, why, language="ko"):
    """The reply to a question whose answer can't be reached: soon, honest, with the reason, in the asker's language."""
    begun = time.monotonic()
    reply = await ask(assistant, QUESTIONS[language])
    assert time.monotonic() - begun < 20
    assert reply.status is Status.BEST_EFFORT
    assert any(why in note["text"] for note in reply.notes), reply.notes
    assert "only-for-tests" not in str(reply.notes)


async def _answers(assistant, language="ko"):
    """The reply when all is well again, which may take a moment; nothing is opened anew."""
    for _ in range(40):
        reply = await ask(assistant, QUESTIONS[language])
        if reply.status is Status.ANSWERED:
            break
        await asyncio.sleep(0.5)
    assert ANSWERS[language] in reply.text
    assert not [note for note in reply.notes if "Elasticsearch" in note["text"]]


@asynccontextmanager
async def without_alias(client, index):
    await client.indices.delete_alias(index=index.index, name=index.alias)
    yield
    await client.indices.put_alias(index=index.index, name=index.alias)


@asynccontextmanager
async def closed(client, index):
    await client.indices.close(index=index.index)
    yield
    await client.indices.open(index=index.index)


@asynccontextmanager
async def overloaded(client, index):
    await client.cluster.put_settings(persistent={"indices.breaker.total.limit": "1%"})
    try:
        yield
    finally:
        await client.cluster.put_settings(persistent={"indices.breaker.total.limit": None})


async def test_every_trouble_is_told_and_passes(settings, library, notes):
    client, version = library._cluster.client, (await library.index("default"))._alias.version
    async with open_assistant(settings) as assistant:
        for language in ("ko", "en"):
            await _answers(assistant, language)
        for trouble, why in (
            (without_alias, "lost its alias"),
            (closed, "not available"),
            (overloaded, "too much to do"),
        ):
            async with trouble(client, version):
                await _says(assistant, why)
                await _says(assistant, why, "en")
            await _answers(assistant)
        await client.indices.delete(index=version.index)
        await _says(assistant, "not in Elasticsearch")
        assert await _indexed(library, notes, settings) == (2, 0)
        await _answers(assistant)


async def test_a_full_disk_stops_indexing_and_no_question(settings, library, notes):
    client, version = library._cluster.client, (await library.index("default"))._alias.version

    async def block(value):
        await client.indices.put_settings(index=version.index, settings={"index.blocks.read_only_allow_delete": value})

    await block(True)
    (notes / "new.md").write_text("# 새 글\n\n새 글입니다.\n", encoding="utf-8")
    async with open_assistant(settings) as assistant:
        with pytest.raises(IndexStoreError, match="disk is nearly full"):
            await _indexed(library, notes, settings)
        await _answers(assistant)
        await block(None)
        assert await _indexed(library, notes, settings) == (1, 2)


async def test_a_wrong_password(settings, library, notes, elastic_node):
    if elastic_node.own is None:
        pytest.skip("the node is not ours to lock")
    async with open_assistant(settings.model_copy(update={"elasticsearch_password": SecretStr("wrong")})) as assistant:
        await _says(assistant, "does not accept the credentials")


async def test_a_cluster_that_never_answers_does_not_hold_up_a_turn(settings):
    async with silent_door() as url:
        mute = settings.model_copy(update={"elasticsearch_url": url, "elasticsearch_timeout": 2.0})
        async with open_assistant(mute) as assistant:
            await _says(assistant, "did not answer in time")
            await _says(assistant, "did not answer in time", "en")


async def test_a_certificate_that_nobody_vouches_for(settings, library, notes, tmp_path):
    certificate, key, _ = make_certificate(tmp_path)
    host, _, port = settings.elasticsearch_url.rpartition("/")[2].partition(":")
    async with tls_door((host, int(port)), certificate, key) as url:
        async with open_assistant(settings.model_copy(update={"elasticsearch_url": url})) as assistant:
            await _says(assistant, "is not trusted")
        trusting = {"elasticsearch_url": url, "elasticsearch_ca": certificate}
        async with open_assistant(settings.model_copy(update=trusting)) as assistant:
            await _answers(assistant)


async def test_killed_while_a_folder_is_indexed(settings, library, notes, elastic_node):
    if elastic_node.own is None:
        pytest.skip("the node is not ours to kill")
    many = "\n".join(f'{{"id": "r{n}", "text": "셔츠 {n}번은 {n}번 서랍에 있습니다."}}' for n in range(1500))
    (notes / "many.jsonl").write_text(many, encoding="utf-8")
    async with open_assistant(settings) as assistant:
        running = asyncio.create_task(_indexed(library, notes, settings))
        index = await library.index("default")
        while not running.done() and (await index.describe())["documents"] < 100:
            await asyncio.sleep(0.1)
        elastic_node.kill()
        try:
            with pytest.raises(IndexStoreError, match="can't be reached"):
                await running
            await _says(assistant, "can't be reached")
        finally:
            await asyncio.to_thread(elastic_node.start)
        for _ in range(100):
            try:
                _, unchanged = await _indexed(library, notes, settings)
                break
            except IndexStoreError:
                await asyncio.sleep(0.5)
        assert unchanged >= 2
        known = await index.known(str(notes))
        assert len(known) == 1502
        assert all(known.values())
        await _answers(assistant)
