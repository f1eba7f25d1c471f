"""The search index on a real Elasticsearch node."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from elastic_node import requests_to
from integration.elastic_documents import QUESTIONS, TEXTS, Bag, OtherBag, document, guide

from stylegraph.agent.errors import EmbeddingError, EmbeddingMismatchError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.elastic import mapping
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.index import ElasticIndex
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex


@pytest.fixture
async def library(elastic_settings):
    opened = ElasticLibrary(elastic_settings, Bag())
    yield opened
    await opened.close()


@pytest.fixture
async def index(library):
    return await library.index("care")


class Silent(Bag):
    async def embed(self, texts):
        raise EmbeddingError("The embedding does not answer.")


def _document(hit):
    """A hit without what may differ where two chunks of a document score nearly alike."""
    return {name: hit[name] for name in ("source", "document", "title", "url", "metadata", "ranks")}


class TestRanking:
    async def test_every_leg_ranks_and_scores_as_the_embedded_index_does(self, elastic_settings, tmp_path):
        cluster, embedder = Cluster(elastic_settings), LocalEmbedder()
        embedded = await EmbeddedIndex.open(tmp_path / "care.sqlite", embedder)
        elastic = await ElasticIndex.open(cluster, "care", embedder)
        for one in (embedded, elastic):
            await one.add(guide())
        for leg in ("fused", "lexical", "dense"):
            for question in (*QUESTIONS[1:5], list(QUESTIONS[:3])):
                for filters in ({}, {"lang": {"any": ["ko"]}, "number": {"gte": 1, "lte": 8}}):
                    expected = await embedded.search(question, 5, filters, leg)
                    hits = await elastic.search(question, 5, filters, leg)
                    scores = [hit["score"] for hit in expected]
                    assert [hit["score"] for hit in hits] == pytest.approx(scores, abs=0.01)
                    assert [_document(hit) for hit in hits] == [_document(hit) for hit in expected]
        assert await elastic.term_weights(["세탁", "linen", "nowhere"]) == pytest.approx(
            await embedded.term_weights(["세탁", "linen", "nowhere"])
        )
        await cluster.close()

    async def test_a_question_is_one_search_request_whatever_the_wordings(self, library, index):
        await index.add(guide())
        await index.search("린넨", 3)
        sent = requests_to(library._cluster)
        await index.search(["린넨 셔츠", "여름 옷", "linen in summer"], 3)
        assert sent == ["POST /_msearch"]

    async def test_of_a_question_as_long_as_a_document_the_rarest_words_are_found_out_first(self, library, index):
        await index.add(guide())
        await index.search("린넨", 3)
        sent = requests_to(library._cluster)
        words = " ".join(f"word{number}" for number in range(300))
        assert await index.search(words, 1)
        assert sent == ["POST /_msearch"] * 2

    async def test_one_document_does_not_fill_the_page(self, library, index):
        await index.add([document("long", *(f"린넨 셔츠 {number}" for number in range(1200))), *guide()])
        await index.search("린넨", 1)
        for leg in ("lexical", "fused", "dense"):
            sent = requests_to(library._cluster)
            hits = await index.search("린넨 셔츠 여름", 3, leg=leg)
            assert len({hit["document"] for hit in hits}) == 3
            assert len(sent) <= (2 if leg == "lexical" else 4)
        several = await index.search("린넨 셔츠", 3, collapse=False)
        assert {hit["document"] for hit in several} == {"long"}

    async def test_without_the_embedding_the_words_alone_are_searched(self, library, index):
        await index.add(guide())
        words_only = ElasticIndex(library._cluster, index._alias.version, Silent())
        await words_only._alias.refresh()
        hits = await words_only.search("린넨 셔츠", 3)
        assert hits[0]["document"] == "linen"
        assert all("dense" not in hit["ranks"] for hit in hits)
        with pytest.raises(EmbeddingError):
            await words_only.search("린넨 셔츠", 3, leg="dense")

    async def test_when_the_vectors_can_not_be_searched_the_words_are(self, library, index):
        class Longer(Bag):
            async def embed(self, texts):
                return (await super().embed(texts)).repeat(2, axis=1)

        await index.add(guide())
        await index._alias.refresh()
        hits = await ElasticIndex(library._cluster, index._alias.version, Longer()).search("린넨 셔츠", 3)
        assert hits[0]["document"] == "linen"
        assert all("dense" not in hit["ranks"] for hit in hits)

    async def test_64_questions_at_once(self, index):
        await index.add(guide())
        found = await asyncio.gather(*(index.search(QUESTIONS[n % len(QUESTIONS)], 3) for n in range(64)))
        assert all(len(hits) == 3 for hits in found)


class TestNori:
    """Kiwi keeps 꽃무늬 whole, nori also knows 무늬 in it."""

    async def test_where_the_cluster_has_it_what_was_cut_otherwise_is_found_last(self, index):
        if not index._alias.version.nori:
            pytest.skip("this cluster has no nori")
        await index.add([document("dress", "꽃무늬 원피스"), document("tile", "무늬 타일")])
        hits = await index.search("무늬", 5, leg="lexical")
        assert [hit["document"] for hit in hits] == ["tile", "dress"]
        assert hits[1]["score"] < hits[0]["score"] / 10

    async def test_where_it_has_not_the_index_is_made_without(self, library, monkeypatch):
        settings = mapping.settings

        def named_otherwise(shards, *, nori):
            made = settings(shards, nori=nori)
            if nori:
                made["analysis"]["analyzer"]["korean"] = {"type": "nori-of-another-cluster"}
            return made

        monkeypatch.setattr(mapping, "settings", named_otherwise)
        index = await library.index("care")
        assert not index._alias.version.nori
        await index.add([document("dress", "꽃무늬 원피스"), document("tile", "무늬 타일")])
        assert [hit["document"] for hit in await index.search("무늬", 5, leg="lexical")] == ["tile"]
        assert await library.rebuild("care") == 2


class TestLibrary:
    async def test_indexes_are_found_by_the_names_they_were_given(self, elastic_settings, library):
        for name in ("care", "Care", "옷장", "two.words"):
            await (await library.index(name)).add([document(name, "린넨")])
        other = ElasticLibrary(elastic_settings, Bag())
        found = await other.indexes()
        assert list(found) == sorted(("care", "Care", "옷장", "two.words"))
        assert [list(await index.known("care")) for index in found.values()] == [[name] for name in found]
        await other.close()

    async def test_an_index_made_with_another_embedding_is_a_problem_that_says_how_to_solve_it(
        self, elastic_settings, library
    ):
        await library.index("care")
        other = ElasticLibrary(elastic_settings, OtherBag())
        assert not await other.indexes()
        assert "stylegraph index rebuild care" in str((await other.problems())["care"])
        with pytest.raises(EmbeddingMismatchError):
            await other.index("care")
        await other.close()

    async def test_indexes_of_another_prefix_are_left_alone(self, elastic_settings, library):
        await library.index("care")
        settings = elastic_settings.model_copy(
            update={"elasticsearch_prefix": elastic_settings.elasticsearch_prefix[:4]}
        )
        other = ElasticLibrary(settings, Bag())
        assert not await other.indexes()
        assert not await other.problems()
        await other.close()


class TestFromFilesToEvidence:
    async def test_a_folder_is_indexed_brought_up_to_date_and_cited(self, library, tmp_path):
        for name, (title, text) in TEXTS.items():
            (tmp_path / f"{name}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
        assert await self._ingested(library, tmp_path) == (10, 0, 0, 0)
        assert await self._ingested(library, tmp_path) == (0, 0, 10, 0)
        (tmp_path / "linen.md").write_text("# 린넨\n\n린넨은 삶아도 됩니다.\n", encoding="utf-8")
        (tmp_path / "wool.md").unlink()
        assert await self._ingested(library, tmp_path) == (0, 1, 8, 1)
        task = {"question": "린넨 삶아도 돼?", "queries": ["린넨 삶아도 돼?"], "k": 3, "filters": {}, "index": None}
        gathered = await DocumentsSource(library).gather({**task, "language": "ko"})
        assert "삶아도" in gathered["evidence"][0]["text"]
        assert not gathered["notes"]
        (await library.index("care"))._searching._embedder = Silent()
        gathered = await DocumentsSource(library).gather({**task, "language": "ko"})
        assert "삶아도" in gathered["evidence"][0]["text"]
        assert [note["code"] for note in gathered["notes"]] == ["vectors_unavailable"]

    async def _ingested(self, library, folder):
        report = await ingest(await library.index("care"), [folder], settings=load_settings())
        return tuple(report.total(count) for count in ("added", "changed", "unchanged", "removed"))


def test_nothing_of_elasticsearch_is_imported_before_it_is_needed():
    import subprocess
    import sys

    code = "import sys, stylegraph.tools.retrieval.library; assert 'elasticsearch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
