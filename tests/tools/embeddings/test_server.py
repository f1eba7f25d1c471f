"""An embedding on a server: batched, retried, bounded in time, and refused where it is no embedding.

The server is a stand-in that speaks OpenAI's protocol on loopback.
"""

import asyncio
import base64
import logging
import time

import numpy as np
import pytest
from standins.embedding import Fault, embedding_server, vector

from stylegraph.agent.errors import EmbeddingError, SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings.server import open_server_embedder

KEY = "sk-embedding-secret-1"
REPEATED = {"error": {"message": f"Incorrect API key provided: {KEY}"}}
SHORT = 0.3


def settings_for(server, **more):
    given = {"embedding_model": "words-1", "embedding_base_url": server.url, "embedding_api_key": KEY, **more}
    return Settings(_env_file=None, **given)


async def embedded(server, texts, **more):
    async with open_server_embedder(settings_for(server, **more)) as embedder:
        return await embedder.embed(texts)


async def test_a_row_a_text_of_unit_length_in_the_order_of_the_texts():
    async with (
        embedding_server() as server,
        open_server_embedder(settings_for(server)) as embedder,
    ):
        assert embedder.dimension == 0
        vectors = await embedder.embed(["울 스웨터 세탁", "washing a wool sweater", "기차 시간표"])
        assert (vectors.shape, vectors.dtype) == ((3, 64), np.float32)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        for row, text in zip(vectors, ("울 스웨터 세탁", "washing a wool sweater", "기차 시간표"), strict=True):
            assert row @ vector(text, 64) == pytest.approx(np.linalg.norm(vector(text, 64)), rel=1e-5)
        assert (embedder.name, embedder.dimension, embedder.tokens) == ("words-1", 64, 36)


async def test_blank_texts_are_not_sent_and_have_no_direction():
    async with embedding_server() as server:
        vectors = await embedded(server, ["", " \n\x00", "울", "\ud800"])
        assert server.texts == ["울"]
    assert vectors.any(axis=1).tolist() == [False, False, True, False]


async def test_even_without_any_text_the_dimension_is_known():
    async with embedding_server() as server:
        assert (await embedded(server, [])).shape == (0, 64)
        assert not (await embedded(server, [" "])).any()
        assert (await embedded(server, [" "], embedding_dimensions=8)).shape == (1, 8)


async def test_a_request_holds_so_many_texts_and_so_much_of_each():
    async with embedding_server(latency=0.02) as server:
        texts = [f"글 {number} " + "가" * 1_000 for number in range(10)]
        vectors = await embedded(server, texts, embedding_batch=3, embedding_max_chars=300, embedding_requests=2)
        assert sorted(len(body["input"]) for body in server.asked) == [1, 3, 3, 3]
        assert {len(text) for text in server.texts} == {300}
        assert server.most_at_once == 2
    assert vectors.shape == (10, 64)
    assert len(np.unique(vectors.round(4), axis=0)) == 10


async def test_long_texts_come_in_fewer_a_request():
    async with embedding_server() as server:
        await embedded(server, ["글 " * 10_000] * 8, embedding_max_chars=20_000)
        assert sorted(len(body["input"]) for body in server.asked) == [3, 5]


async def test_dimensions_are_asked_for_where_they_are_set_and_vectors_come_packed():
    async with embedding_server() as server:
        assert (await embedded(server, ["a"], embedding_dimensions=16)).shape == (1, 16)
        assert (await embedded(server, ["a"])).shape == (1, 64)
        sent = [{**body, "input": None} for body in server.asked]
    common = {"model": "words-1", "input": None, "encoding_format": "base64"}
    assert sent == [{**common, "dimensions": 16}, common]


async def test_documents_and_questions_begin_as_the_model_wants_it():
    wanted = {"embedding_document_prefix": "passage: ", "embedding_query_prefix": "query: "}
    async with (
        embedding_server() as server,
        open_server_embedder(settings_for(server, **wanted)) as embedder,
    ):
        await embedder.embed(["울", ""])
        await embedder.embed_queries(["울"])
        assert server.texts == ["passage: 울", "query: 울"]
        assert {body["model"] for body in server.asked} == {"words-1"}
        assert embedder.name == "words-1 after 'passage: '"


async def test_a_server_that_packs_no_vectors_is_found_out_once():
    async with embedding_server(floats_only=True) as server:
        async with open_server_embedder(settings_for(server)) as embedder:
            await embedder.embed(["a"])
            vectors = await embedder.embed(["b"])
        assert [body["encoding_format"] for body in server.asked] == ["base64", "float", "float"]
    assert np.linalg.norm(vectors) == pytest.approx(1)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_passing_failure_is_tried_again_after_the_pause_that_the_server_asks_for(status):
    fault = Fault(status, REPEATED, {"retry-after": "0.2"})
    async with embedding_server(faults=[fault, fault]) as server:
        begun = time.monotonic()
        assert (await embedded(server, ["a"])).any()
        assert len(server.asked) == 3
    assert 0.4 < time.monotonic() - begun < 10


async def test_it_is_tried_only_so_often_and_no_longer_than_indexing_may_wait():
    async with embedding_server(always=Fault(500, REPEATED, {"retry-after": "0"})) as server:
        with pytest.raises(EmbeddingError, match=r"failed \(500\)"):
            await embedded(server, ["a"], embedding_retries=2)
        assert len(server.asked) == 3
    async with embedding_server(always=Fault(429, REPEATED, {"retry-after": "3600"})) as server:
        with pytest.raises(EmbeddingError, match="no capacity or quota"):
            await embedded(server, ["a"])
        assert len(server.asked) == 1


NOT_PASSING = {
    "a wrong key": (Fault(401, REPEATED), "refused the key"),
    "no such model": (Fault(404, REPEATED), "does not know that model"),
    "a chat model": (Fault(501, REPEATED), "gives no vectors"),
    "too long": (Fault(413, REPEATED), "MAX_CHARS"),
    "a bad request": (Fault(400, REPEATED), "did not accept"),
    "a web page": (Fault(200, f"<html>{KEY}</html>"), "something else than vectors"),
    "something else": (Fault(200, {"object": "list"}), "something else than vectors"),
    "too few": (Fault(200, {"data": []}), "something else than vectors"),
    "no numbers": (
        Fault(200, {"data": [{"index": 0, "embedding": base64.b64encode(b"\xff\xff\xff\x7f" * 64).decode()}]}),
        "something else than vectors",
    ),
    "uneven": (
        Fault(200, {"data": [{"index": 0, "embedding": "no base64!"}]}),
        "something else than vectors",
    ),
}


@pytest.mark.parametrize(("fault", "told"), NOT_PASSING.values(), ids=NOT_PASSING)
async def test_any_other_failure_is_told_at_once_and_never_repeats_what_the_server_said(fault, told, caplog):
    with caplog.at_level(logging.DEBUG):
        async with embedding_server(always=fault) as server:
            with pytest.raises(EmbeddingError, match=told) as raised:
                await embedded(server, ["a"])
            assert len(server.asked) == 1
    assert raised.value.remedy
    assert KEY not in f"{raised.value}{caplog.text}"


async def test_a_server_that_is_not_there_is_tried_again_then_told(unused_tcp_port):
    settings = Settings(
        _env_file=None,
        embedding_model="words-1",
        embedding_base_url=f"http://127.0.0.1:{unused_tcp_port}/v1",
        embedding_retries=1,
    )
    async with open_server_embedder(settings) as embedder:
        with pytest.raises(EmbeddingError, match="can't be reached"):
            await embedder.embed(["a"])


async def test_vectors_of_another_length_are_refused():
    async with embedding_server(takes_dimensions=False) as server:
        with pytest.raises(EmbeddingError, match="64 numbers instead of 16") as raised:
            await embedded(server, ["a"], embedding_dimensions=16)
        assert "STYLEGRAPH_EMBEDDING_DIMENSIONS" in raised.value.remedy
        async with open_server_embedder(settings_for(server)) as embedder:
            await embedder.embed(["a"])
            server.dimension = 32
            with pytest.raises(EmbeddingError, match="32 numbers instead of 64"):
                await embedder.embed(["b"])


class TestQuestions:
    async def test_one_waits_only_so_long_and_the_next_not_at_all(self):
        async with embedding_server(always=Fault(hang=30)) as server:
            slow = settings_for(server, embedding_timeout=SHORT)
            async with open_server_embedder(slow) as embedder:
                for most in (SHORT + 1, 0.1):
                    begun = time.monotonic()
                    with pytest.raises(EmbeddingError, match="took too long"):
                        await embedder.embed_queries(["울"])
                    assert time.monotonic() - begun < most
                assert embedder.problem is not None
            assert len(server.asked) == 1

    async def test_the_server_is_asked_again_after_a_rest(self, monkeypatch):
        monkeypatch.setattr("stylegraph.tools.embeddings.server._REST_SECONDS", 0.0)
        async with (
            embedding_server(faults=[Fault(401, REPEATED)]) as server,
            open_server_embedder(settings_for(server)) as embedder,
        ):
            with pytest.raises(EmbeddingError):
                await embedder.embed_queries(["울"])
            assert (await embedder.embed_queries(["울"])).any()
            assert embedder.problem is None

    async def test_the_same_one_is_sent_once_whoever_asks_and_however_many_at_once(self):
        async with (
            embedding_server(latency=0.05) as server,
            open_server_embedder(settings_for(server)) as embedder,
        ):
            found = await asyncio.gather(*(embedder.embed_queries(["울", "니트"]) for _ in range(5)))
            again = await embedder.embed_queries(["울", "니트"])
            await embedder.embed_queries(["울"])
            assert [body["input"] for body in server.asked] == [["울", "니트"], ["울"]]
        assert all(np.array_equal(one, again) for one in found)

    async def test_one_who_gives_up_does_not_take_it_from_the_others(self):
        async with (
            embedding_server(latency=0.2) as server,
            open_server_embedder(settings_for(server)) as embedder,
        ):
            first = asyncio.create_task(embedder.embed_queries(["울"]))
            second = asyncio.create_task(embedder.embed_queries(["울"]))
            await asyncio.sleep(0.05)
            first.cancel()
            assert (await second).any()


class TestKeys:
    @pytest.mark.parametrize(
        ("given", "sent"),
        [
            ({"openai_api_key": "sk-chat"}, "sk-chat"),
            ({"openai_api_key": "sk-chat", "embedding_api_key": "sk-own"}, "sk-own"),
        ],
    )
    async def test_the_chat_models_server_and_key_will_do(self, given, sent):
        async with embedding_server(key=sent) as server:
            settings = Settings(_env_file=None, embedding_model="words-1", base_url=server.url, **given)
            async with open_server_embedder(settings) as embedder:
                assert (await embedder.embed(["a"])).any()

    async def test_another_server_never_gets_the_chat_models_key(self):
        async with embedding_server(key="sk-chat") as server:
            settings = Settings(
                _env_file=None, embedding_model="words-1", embedding_base_url=server.url, openai_api_key="sk-chat"
            )
            async with open_server_embedder(settings) as embedder:
                with pytest.raises(EmbeddingError, match="refused the key"):
                    await embedder.embed(["a"])

    async def test_without_a_key_and_an_address_it_is_said_what_to_set(self):
        with pytest.raises(SettingsError, match="neither a key nor a server"):
            async with open_server_embedder(
                Settings(_env_file=None, embedding_model="words-1", openai_api_key=None, base_url=None)
            ):
                pass
