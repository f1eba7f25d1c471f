"""What nobody should give an index, given to the index of every engine: the right result, or an error that says why."""

from __future__ import annotations

import json

import numpy as np
import pytest
from integration.elastic_documents import Bag, document, guide

from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.retrieval.hybrid.index import EncodedDocument

SYNTAX = (
    *("*:*", "a AND (", "~", '"', "\\", "linen~2", "title:linen", "/.*/", "[* TO *]", "린넨 OR", "${x}", '{"a":1}'),
    *("'; DROP TABLE chunks; --", "NEAR(a b)", "^", "_exists_:words", "<script>", "linen\x1fcolour", "린넨 && !셔츠"),
)
NOTHING = ("!!!???", "*:*", "~ !?", "", "   ", "\x00", "\ud800", "👗👗", "…·—", "\u200b\u200d")
LARGEST = 50_000_000
"""STYLEGRAPH_DOCUMENT_MAX_BYTES: what is larger is refused when it is read."""


@pytest.fixture(scope="session")
def embedder():
    return Bag()


def names(hits):
    return [hit["document"] for hit in hits]


async def _comes_back(index, given):
    await index.add([given])
    (hit, *_) = await index.read(given["source"], given["id"])
    assert await index.known(given["source"]) == {hit["document"]: given["hash"]}
    return hit


class TestQueries:
    async def test_what_looks_like_syntax_is_only_words(self, index):
        await index.add(guide())
        for query in SYNTAX:
            hits = await index.search(query, 10, leg="lexical")
            plain = await index.search(" ".join(tokenize(query)), 10, leg="lexical")
            assert names(hits) == names(plain), query
            await index.search(query, 10)

    async def test_without_a_letter_or_a_digit_nothing_is_found(self, index):
        await index.add(guide())
        for query in NOTHING:
            assert await index.search(query, 10) == [], query

    async def test_words_among_control_characters_and_half_letters_are_found(self, index):
        await index.add(guide())
        for query in ("\x00린넨\x01 셔츠", "\ud800 린넨 셔츠", "린넨\u0000\u0007 셔츠\udfff"):
            assert names(await index.search(query, 1)) == ["linen"], query

    async def test_ten_thousand_characters(self, index):
        await index.add(guide())
        assert names(await index.search(("린넨 셔츠 " * 2000)[:10_000], 1)) == ["linen"]
        words = " ".join(f"word{number} 낱말{number}" for number in range(1000))
        assert len(await index.search(f"린넨 셔츠 {words}"[:10_000], 3)) == 3
        assert len(await index.search("린넨 셔츠 " * 20_000, 3)) == 3

    async def test_one_word_that_never_ends(self, index):
        await index.add([document("laugh", "ㅋ" * 1000), *guide()])
        assert names(await index.search("ㅋ" * 1000, 1, leg="lexical")) == ["laugh"]


class TestDocuments:
    async def test_control_characters_and_a_nul(self, index):
        text = "린넨\x00셔츠\x07\x1b[31m"
        hit = await _comes_back(index, document("a\x00b", text, title="t\x00", **{"k\x00": "v\x00"}))
        assert (hit["text"], hit["document"], hit["metadata"]) == (text, "a\x00b", {"k\x00": "v\x00"})
        assert len(await index.search("린넨", 5, {"k\x00": {"any": ["v\x00"]}})) == 1

    async def test_half_a_surrogate_pair(self, index):
        given = document("a\ud800", "린넨 \udfff 셔츠", source="s\ud800", title="\ud800", **{"f\ud800": "\ud800"})
        await index.add([given])
        (hit,) = await index.search("린넨", 1)
        assert hit["text"] == "린넨 ? 셔츠"
        assert await index.delete("s\ud800") == 1

    async def test_an_id_of_600_bytes_and_a_value_of_a_megabyte(self, index):
        hit = await _comes_back(index, document("가" * 200, "린넨", note="x" * 1_000_000))
        assert hit["document"] == "가" * 200
        assert len(await index.search("린넨", 5, {"note": {"any": ["x" * 1_000_000]}})) == 1
        assert await index.search("린넨", 5, {"note": {"any": ["x" * 999_999]}}) == []

    async def test_ten_thousand_fields(self, index):
        fields = {f"field.{number}": number for number in range(10_000)} | {"..": "dots", "": "nothing"}
        await _comes_back(index, document("wide", "린넨", **fields))
        conditions = {"field.9999": {"gte": 9999, "lte": 9999}, "": {"any": ["nothing"]}}
        assert len(await index.search("린넨", 5, conditions)) == 1
        assert await index.search("린넨", 5, {"field.9999": {"gte": 10_000}}) == []

    async def test_a_chunk_of_forty_thousand_tokens(self, index):
        text = " ".join(f"낱말{number % 500} word{number}" for number in range(20_000))
        hit = await _comes_back(index, document("long", text))
        assert hit["text"] == text
        assert names(await index.search("word19999", 1)) == ["long"]

    async def test_a_document_of_three_thousand_chunks(self, index):
        await index.add([document("book", *(f"{number}쪽" for number in range(3000)))])
        assert [hit["text"] for hit in await index.read("care", "book")] == [f"{number}쪽" for number in range(3000)]
        assert (await index.describe())["chunks"] == 3000

    async def test_a_document_of_fifty_megabytes(self, index):
        given, encoded = _enormous()
        await index.add([given], [encoded])
        assert names(await index.search("숨은낱말", 1, leg="lexical")) == ["enormous"]
        (hit,) = await index.search("숨은낱말", 1, leg="lexical")
        assert hit["chunk"] == len(given["chunks"]) - 1
        assert sum(len(one["text"].encode()) for one in await index.read("care", "enormous")) >= LARGEST
        assert await index.delete("care") == 1
        assert await index.search("숨은낱말", 1, leg="lexical") == []

    async def test_a_document_without_text(self, index):
        await index.add([document("empty")])
        assert list(await index.known("care")) == ["empty"]
        assert await index.read("care", "empty") == []
        assert await index.delete("care", ["empty"]) == 1

    async def test_numbers_of_every_size_keep_their_order(self, index):
        values = [-float("inf"), -1e300, -2.5, -1e-300, 0.0, 1e-300, 2, 10**15, 1e300, float("inf")]
        await index.add([document(f"n{place}", "린넨", value=value) for place, value in enumerate(values)])
        for place, value in enumerate(values):
            found = await index.search("린넨", 20, {"value": {"gte": value}}, "lexical")
            assert set(names(found)) == {f"n{later}" for later in range(place, len(values))}

    async def test_blanks_and_marks_are_kept(self, index):
        await index.add([document("blank", "   "), document("marks", "!!! ... ???")])
        assert (await index.describe())["documents"] == 2
        assert [hit["text"] for hit in await index.read("care", "marks")] == ["!!! ... ???"]

    async def test_a_record_that_json_can_hold_and_nothing_else_is_what_metadata_is(self, index):
        given = document("deep", "린넨", colours=["red", "red", ""], price=1, note="")
        hit = await _comes_back(index, given)
        assert json.dumps(hit["metadata"]) == json.dumps(given["metadata"])


def _enormous():
    """A log of fifty megabytes in chunks as large as they may be, encoded before: a real embedding takes 40 minutes."""
    line = f"2026-11-26T05:31:35 린넨 {'0123456789abcdef' * 15}\n"
    text = (line * (20_000 // len(line)))[:20_000]
    count = -(-LARGEST // len(text.encode()))
    vectors = np.random.default_rng(3).standard_normal((count, Bag.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tokens = " ".join(tokenize(text))
    chunks = [tokens] * (count - 1) + [f"{tokens} {' '.join(tokenize('숨은낱말'))}"]
    encoded = EncodedDocument(title="", chunks=chunks, windows=list(range(count)), vectors=vectors)
    return document("enormous", *[text] * (count - 1), f"{text} 숨은낱말"), encoded
