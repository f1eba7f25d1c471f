"""Documents that a server embeds: indexed, searched, asked about, and what happens where it fails.

The server is a stand-in that speaks OpenAI's protocol on loopback; indexes, ingestion and the assistant are the real ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_client
from served import Server
from standins.embedding import EmbeddingServer, Fault, embedding_server

from stylegraph.agent.errors import EmbeddingError, EmbeddingMismatchError
from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant, open_documents, open_library
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.report import Report
from stylegraph.tools.retrieval.library import search

KEY = "sk-embedding-secret-2"
DOWN = Fault(500, {"error": {"message": f"no capacity for {KEY}"}}, {"retry-after": "0"})
WOOL = "# 울 관리\n\n울 스웨터는 30도 이하의 찬물에 손세탁하고 뉘어서 말립니다."
LINEN = "# Linen\n\nLinen shirts are ironed while they are damp."
BUTTONS = "# Buttons\n\nA button is sewn on with four stitches."


@pytest.fixture
async def server() -> Any:
    async with embedding_server(key=KEY) as running:
        yield running


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in (("wool.md", WOOL), ("linen.md", LINEN), ("buttons.md", BUTTONS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def settings(server: EmbeddingServer, tmp_path: Path) -> Any:
    def made(**more: Any) -> Settings:
        given = {"home": tmp_path / "home", "samples": False, "embedding_model": "words-1", "embedding_api_key": KEY}
        return Settings(**{"_env_file": None, "embedding_base_url": server.url, **given, **more})

    return made


async def index(settings: Settings, *sources: Path, into: str = "notes") -> Report:
    async with open_library(settings) as library:
        return await ingest(await library.index(into), sources, settings=settings)


async def found(settings: Settings, question: str, **more: Any) -> list[Any]:
    async with open_library(settings) as library:
        return [hit for _, hit in await search(library, question, 3, **more)]


async def described(settings: Settings, name: str = "notes") -> Any:
    async with open_library(settings) as library:
        return await (await library.indexes())[name].describe()


async def test_documents_are_indexed_and_searched_with_it(server: EmbeddingServer, settings: Any, notes: Path) -> None:
    report = await index(settings(), notes)
    assert (report.total("added"), report.total("failed")) == (3, 0)
    about = await described(settings())
    assert (about["embedding"], about["dimension"], about["documents"]) == ("words-1", 64, 3)
    hits = await found(settings(), "울 스웨터 세탁", leg="dense")
    assert hits[0]["document"] == "wool.md"
    assert hits[0]["ranks"]["dense"] == 1
    assert "울 관리. # 울 관리\n\n울 스웨터는 30도 이하의 찬물에 손세탁하고 뉘어서 말립니다." in server.texts


async def test_a_chunk_gets_one_vector_and_a_long_one_several(
    server: EmbeddingServer, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "long.txt").write_text("울 스웨터는 찬물에 손세탁합니다. " * 200, encoding="utf-8")
    await index(settings(), tmp_path / "long.txt")
    chunks = (await described(settings()))["chunks"]
    assert 1 < chunks == len(server.texts) - 1  # and one text to see how long vectors are
    await index(settings(embedding_max_chars=200), tmp_path / "long.txt", into="short")
    assert len(server.texts) > 4 * chunks


async def test_an_unchanged_document_is_not_embedded_again(server: EmbeddingServer, settings: Any, notes: Path) -> None:
    await index(settings(), notes)
    server.asked.clear()
    assert (await index(settings(), notes)).total("unchanged") == 3
    assert not server.asked


async def test_the_server_is_not_asked_before_something_needs_a_vector(
    server: EmbeddingServer, settings: Any, notes: Path
) -> None:
    await index(settings(), notes)
    server.asked.clear()
    assert (await found(settings(), "linen", leg="lexical"))[0]["document"] == "linen.md"
    assert not server.asked


class TestAnotherEmbedding:
    @pytest.mark.parametrize(
        "other",
        [
            {"embedding_model": None},
            {"embedding_model": "words-2"},
            {"embedding_dimensions": 32},
            {"embedding_document_prefix": "passage: "},
        ],
        ids=["local", "model", "dimension", "prefix"],
    )
    async def test_is_refused_with_the_command_that_rebuilds(self, settings: Any, notes: Path, other: Any) -> None:
        await index(settings(), notes)
        with pytest.raises(EmbeddingMismatchError, match=r"words-1 \(64 numbers") as raised:
            await found(settings(**other), "wool", index="notes")
        assert "stylegraph index rebuild notes" in raised.value.remedy
        with pytest.raises(EmbeddingMismatchError):
            await index(settings(**other), notes)

    async def test_is_noticed_where_the_server_changed_under_the_same_name(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        await index(settings(), notes)
        server.dimension = 32
        with pytest.raises(EmbeddingMismatchError, match=r"but words-1 \(32\) is set"):
            await found(settings(), "wool")
        (notes / "silk.md").write_text("# Silk\n\nSilk is washed by hand.")
        with pytest.raises(EmbeddingMismatchError):
            await index(settings(), notes)
        assert (await described(settings()))["documents"] == 3

    async def test_is_noticed_where_the_index_was_rebuilt_while_it_is_open(self, settings: Any, notes: Path) -> None:
        await index(settings(), notes)
        async with open_library(settings()) as library:
            await search(library, "wool", 1)
            async with open_library(settings(embedding_dimensions=32)) as other:
                assert await other.rebuild("notes") == 3
            with pytest.raises(EmbeddingMismatchError, match=r"\(32 numbers"):
                await search(library, "wool", 1)
        assert (await found(settings(embedding_dimensions=32), "울 스웨터 세탁", leg="dense"))[0][
            "document"
        ] == "wool.md"

    async def test_a_rebuild_that_the_server_ends_leaves_the_index_as_it_was(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        await index(settings(embedding_model=None), notes)
        server.faults, server.always = [None], DOWN
        async with open_library(settings(embedding_retries=0)) as library:
            with pytest.raises(EmbeddingError):
                await library.rebuild("notes")
        assert (await found(settings(embedding_model=None), "wool sweater"))[0]["document"] == "wool.md"
        server.always = None
        async with open_library(settings()) as library:
            assert await library.rebuild("notes") == 3
        assert (await described(settings()))["embedding"] == "words-1"


class TestIndexingFails:
    @pytest.mark.parametrize("fault", [DOWN, Fault(401), Fault(hang=30)], ids=["500", "401", "hang"])
    async def test_by_source_with_what_to_do_and_a_second_run_completes_it(
        self, server: EmbeddingServer, settings: Any, tmp_path: Path, fault: Fault
    ) -> None:
        good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
        good.write_text("울은 찬물에 빱니다.")
        bad.write_text("Linen is ironed while damp. " * 200)
        server.faults, server.always = [None, None], fault
        quick = settings(embedding_retries=1, embedding_patience=1.0, embedding_batch=1)
        first, second = (await index(quick, good, bad)).sources
        assert (first.added, first.failed, second.added, second.failed) == (1, 0, 0, 1)
        assert second.failures[0].where == str(bad)
        assert "index again" in second.failures[0].remedy
        assert KEY not in str(second)
        assert (await described(settings()))["sources"] == {str(good): 1}
        server.always = None
        again = await index(settings(), good, bad)
        assert [(one.added, one.unchanged) for one in again.sources] == [(0, 1), (1, 0)]

    async def test_what_has_vanished_stays_until_a_run_succeeds(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        await index(settings(), notes)
        (notes / "wool.md").unlink()
        (notes / "silk.md").write_text("# Silk\n\nSilk is washed by hand.")
        server.always = DOWN
        assert (await index(settings(embedding_retries=0), notes)).total("failed") == 1
        assert (await described(settings()))["documents"] == 3
        server.always = None
        report = await index(settings(), notes)
        assert (report.total("added"), report.total("removed")) == (1, 1)

    async def test_an_index_that_is_not_there_yet_is_not_begun(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        server.always = DOWN
        with pytest.raises(EmbeddingError, match="failed"):
            await index(settings(embedding_retries=0), notes)
        assert not settings().indexes.exists()


class TestAsking:
    async def test_an_answer_is_cited_from_what_it_found(self, settings: Any, notes: Path) -> None:
        await index(settings(), notes)
        async with open_assistant(settings()) as assistant:
            reply = await ask(assistant, "울 스웨터는 몇 도에서 빨아야 해?")
        assert reply.status is Status.ANSWERED
        assert "30도" in reply.text
        assert reply.citations
        assert not reply.notes

    @pytest.mark.parametrize(
        ("fault", "why"),
        [(DOWN, "failed (500)"), (Fault(401), "refused the key"), (Fault(hang=30), "took too long")],
        ids=["500", "401", "hang"],
    )
    async def test_a_server_that_fails_leaves_the_words_and_a_note(
        self, server: EmbeddingServer, settings: Any, notes: Path, fault: Fault, why: str
    ) -> None:
        await index(settings(), notes)
        server.always = fault
        async with open_assistant(settings(embedding_timeout=0.5)) as assistant:
            reply = await ask(assistant, "울 스웨터는 몇 도에서 빨아야 해?")
        assert reply.status is Status.ANSWERED
        assert "30도" in reply.text
        [note] = reply.notes
        assert note["code"] == "vectors_unavailable"
        assert why in note["text"]
        assert KEY not in str(reply)

    async def test_where_words_find_nothing_the_note_says_that_meaning_was_not_asked(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        await index(settings(), notes)
        server.always = DOWN
        ready = settings(embedding_retries=0)
        async with open_embedder(ready) as embedder, open_documents(ready, embedder) as documents:
            gathered = await documents.gather(task("zzz qqq"))
        assert not gathered["evidence"]
        assert [note["code"] for note in gathered["notes"]] == ["vectors_unavailable"]

    async def test_a_question_is_sent_once_in_a_turn_whatever_the_number_of_indexes(
        self, server: EmbeddingServer, settings: Any, notes: Path
    ) -> None:
        for name in ("one", "two", "three"):
            await index(settings(), notes, into=name)
        server.asked.clear()
        async with open_assistant(settings()) as assistant:
            await ask(assistant, "How is a linen shirt ironed?")
        assert len(server.texts) == len(set(server.texts))

    @pytest.mark.parametrize("answered", [0, 1], ids=["at once", "after its first answer"])
    async def test_the_sample_knowledge_waits_for_a_server_that_is_down(
        self, server: EmbeddingServer, settings: Any, answered: int
    ) -> None:
        server.faults, server.always = [None] * answered, DOWN
        given = settings(samples=True, embedding_retries=0)
        async with open_assistant(given) as assistant:
            reply = await ask(assistant, "How do I get red wine out of cotton?")
        assert "vectors_unavailable" in {note["code"] for note in reply.notes}
        assert not given.indexes.exists()


async def test_no_secret_and_no_address_reaches_the_files(server: EmbeddingServer, settings: Any, notes: Path) -> None:
    address = server.url.replace("http://", "http://user:sk-in-address@")
    given = settings(embedding_base_url=address)
    with contextlib.suppress(EmbeddingError):
        await index(given, notes)
    await index(settings(), notes)
    async with open_assistant(settings()) as assistant:
        await ask(assistant, "울 스웨터는 몇 도에서 빨아야 해?")
    written = {path: await asyncio.to_thread(path.read_bytes) for path in settings().home.rglob("*") if path.is_file()}
    assert any(b"words-1" in content for content in written.values())
    for secret in (KEY, "sk-in-address", server.url):
        assert not [path for path, content in written.items() if secret.encode() in content]


def task(question: str) -> Any:
    return {
        "question": question,
        "queries": [question],
        "filters": {},
        "language": "en",
        "k": 3,
        "attempt": 0,
        "user": "local",
        "index": None,
        "shown": [],
        "profile": {},
    }


@pytest.mark.integration
async def test_the_server_indexes_and_answers_with_it(server: EmbeddingServer, tmp_path: Path) -> None:
    environment = {
        "STYLEGRAPH_SAMPLES": "false",
        "STYLEGRAPH_EMBEDDING_MODEL": "words-1",
        "STYLEGRAPH_EMBEDDING_BASE_URL": server.url,
        "STYLEGRAPH_EMBEDDING_API_KEY": KEY,
    }
    running = await asyncio.to_thread(Server, tmp_path, environment)
    try:
        client = get_client(url=running.url, api_key=None)
        sent = {"texts": [{"title": "Flumpet rules", "text": "A flumpet must be wound 88 times before the festival."}]}
        done = await client.runs.wait(None, "indexing", input=sent)
        assert done["reports"][0]["added"] == 1  # type: ignore[index, call-overload]
        asked = {"messages": [{"role": "user", "content": "How many times must a flumpet be wound, by the rules?"}]}
        reply = (await client.runs.wait(None, "assistant", input=asked))["reply"]  # type: ignore[index, call-overload]
        assert "88 times" in reply["text"]
        assert not reply["notes"]
    finally:
        await asyncio.to_thread(running.stop)
    assert any("flumpet" in text.lower() for text in server.texts)
    log = running.log.read_text(encoding="utf-8", errors="replace")
    assert "BlockingError" not in log
    assert KEY not in log


@pytest.mark.integration
async def test_a_cluster_holds_its_vectors_too(
    server: EmbeddingServer, settings: Any, elastic_settings: Settings, notes: Path
) -> None:
    cluster = {name: value for name, value in elastic_settings if name.startswith("elasticsearch_")}
    given = settings(**cluster, embedding_retries=0)
    server.always = DOWN
    with pytest.raises(EmbeddingError):
        await index(given, notes)
    server.always = None
    assert (await index(given, notes)).total("added") == 3
    about = await described(given)
    assert (about["engine"], about["embedding"], about["dimension"]) == ("elasticsearch", "words-1", 64)
    assert (await found(given, "울 스웨터 세탁", leg="dense"))[0]["document"] == "wool.md"
    server.dimension = 32
    with pytest.raises(EmbeddingMismatchError, match=r"but words-1 \(32\) is set"):
        await found(given, "wool")
    server.always = DOWN
    [hit, *_] = await found(given, "linen shirts")
    assert (hit["document"], "dense" in hit["ranks"]) == ("linen.md", False)
    server.always = None
    async with open_library(given) as library:
        assert await library.rebuild("notes") == 3
    assert (await described(given))["dimension"] == 32
    assert (await found(given, "울 스웨터 세탁", leg="dense"))[0]["document"] == "wool.md"
