"""An index of Elasticsearch that others made, attached and asked: plain client calls make it, our code only reads it."""

from __future__ import annotations

import asyncio
import json
import secrets

import pytest
from elastic_node import requests_to
from elasticsearch import Elasticsearch
from integration.elastic_documents import Bag, document
from typer.testing import CliRunner

from stylegraph.agent.errors import IndexStoreError, InputError
from stylegraph.agent.evidence import Condition
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.build import open_library
from stylegraph.graphs.cli.app import app
from stylegraph.tools.retrieval.attached.attaching import Wanted, look_at
from stylegraph.tools.retrieval.attached.registry import FILE, Registry
from stylegraph.tools.retrieval.library import search, search_each
from stylegraph.tools.retrieval.source import DocumentsSource

ARTICLES = [
    {
        "headline": "환불 규정",
        "body": "환불은 구매한 날부터 14일 안에 신청합니다. 배송비는 고객이 부담합니다.",
        "link": "https://help.example.com/refund",
        "team": "support",
        "published": "2025-03-02",
        "views": 120,
        "draft": False,
        "labels": {"priority": "high"},
        "comments": [{"author": "kim", "stars": 5}, {"author": "lee", "stars": 1}],
    },
    {
        "headline": "사내 휴가 안내",
        "body": "연차는 한 해에 15일이며, 입사 첫해에는 한 달에 하루씩 생깁니다.",
        "link": "https://help.example.com/leave",
        "team": "hr",
        "published": "2024-11-20",
        "views": 40,
        "draft": True,
        "labels": {"priority": "low"},
        "comments": [{"author": "kim", "stars": 1}],
    },
    {
        "headline": "Warranty of the espresso machine",
        "body": "The espresso machine has a warranty of 36 months. Descale it every two months with citric acid.",
        "link": "javascript:alert(1)",
        "team": "support",
        "published": "2026-01-15",
        "views": 900,
        "draft": False,
        "labels": {"priority": "high"},
        "comments": [],
    },
]
MAPPING = {
    "properties": {
        "headline": {"type": "text", "analyzer": "nori", "fields": {"raw": {"type": "keyword"}}},
        "body": {"type": "text", "analyzer": "nori"},
        "link": {"type": "keyword"},
        "team": {"type": "keyword"},
        "published": {"type": "date"},
        "views": {"type": "integer"},
        "draft": {"type": "boolean"},
        "labels": {"type": "object", "properties": {"priority": {"type": "keyword"}}},
        "comments": {"type": "nested", "properties": {"author": {"type": "keyword"}, "stars": {"type": "byte"}}},
    }
}


@pytest.fixture
def client(elastic_node):
    """A plain client, as somebody else's program has it."""
    access = elastic_node.settings
    with Elasticsearch(access["elasticsearch_url"], basic_auth=_login(access)) as opened:
        yield opened


def _login(access):
    return (access["elasticsearch_user"], access["elasticsearch_password"]) if "elasticsearch_user" in access else None


@pytest.fixture
def made(client):
    """Make indexes as others do; they are removed at the end."""
    names = []

    def make(documents, mapping, **settings):
        name = f"others-{secrets.token_hex(4)}"
        names.append(name)
        client.indices.create(index=name, mappings=mapping, settings={"number_of_replicas": 0, **settings})
        for number, one in enumerate(documents):
            client.index(index=name, id=f"d{number}", document=one)
        client.indices.refresh(index=name)
        return name

    yield make
    for name in names:
        client.indices.delete(index=name)


@pytest.fixture
def articles(made):
    return made(ARTICLES, MAPPING)


@pytest.fixture
def settings(elastic_node, tmp_path):
    """Settings of somebody whose own documents are in files; the credentials are for what they attach."""
    access = {name: value for name, value in elastic_node.settings.items() if name != "elasticsearch_url"}
    return load_settings(home=tmp_path, samples=False, **access)


@pytest.fixture
def attach(elastic_node, settings):
    """Attach an index, and return what is kept of it."""

    async def attached(index, embedder=None, **wanted):
        wanted = {"text": "body", "name": "wiki", **wanted}
        found = await look_at(Wanted(f"{elastic_node.url}/{index}", **wanted), settings, embedder or Bag())
        Registry(settings.home).add(found)
        return found

    return attached


class TestSearch:
    async def test_words_are_found_by_the_index_s_own_analyzer_with_title_and_address(self, articles, attach, settings):
        kept = await attach(articles, title="headline")
        assert kept["link"]["path"] == "link"
        async with open_library(settings, Bag()) as library:
            hits = (await search_each(library, "환불은 며칠 안에 신청해야 하나요", 3)).hits
        name, best = hits[0]
        assert (name, best["document"], best["title"]) == ("wiki", "d0", "환불 규정")
        assert best["url"] == "https://help.example.com/refund"
        assert "14일" in best["text"]
        assert 0 < best["score"] <= 1
        assert "dense" not in best["ranks"]

    async def test_an_address_that_is_no_web_page_is_not_shown(self, articles, attach, settings):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            ((_, hit),) = await search(library, "espresso warranty", 1)
        assert hit["document"] == "d2"
        assert hit["url"] is None

    async def test_words_of_the_other_language_find_it_too(self, articles, attach, settings):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            hits = await search(library, "how many days until a refund", 3)
        assert "d0" in {hit["document"] for _, hit in hits}

    async def test_of_a_long_text_the_passage_that_answers_is_cited_by_its_place(self, made, attach, settings):
        filler = "오늘 회의에서는 여러 안건을 차례로 이야기했습니다. " * 80
        long = f"{filler}\n\n주차장은 지하 3층에 있고 등록은 총무팀에서 합니다.\n\n{filler}"
        index = made([{"body": long}, *ARTICLES[:1]], MAPPING)
        await attach(index)
        async with open_library(settings, Bag()) as library:
            ((_, hit),) = await search(library, "주차장 등록은 어디서 해?", 1)
        assert "총무팀" in hit["text"]
        assert len(hit["text"]) <= settings.chunk_size
        assert long[hit["locator"]["start"] : hit["locator"]["end"]] == hit["text"]
        assert hit["chunk"] > 0

    async def test_beside_our_own_indexes_the_best_of_all_come_first(self, articles, attach, settings):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            own = await library.index("notes")
            await own.add([document("tea", "보리차는 끓인 뒤 식혀서 냉장고에 이틀까지 둡니다.", title="보리차")])
            assert set(await library.indexes()) == {"notes", "wiki"}
            assert (await search(library, "보리차 냉장고", 1))[0][0] == "notes"
            assert (await search(library, "환불 배송비", 1))[0][0] == "wiki"

    async def test_a_question_is_one_request_whatever_the_wordings(self, articles, attach, settings):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            index = (await library.indexes())["wiki"]
            sent = requests_to(index._cluster)
            await index.search(["환불 기간", "refund period", "배송비는 누가 내?"], 3)
        assert sent == ["POST /_msearch"]

    async def test_nothing_but_searches_is_ever_sent(self, articles, attach, settings):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            index = (await library.indexes())["wiki"]
            sent = requests_to(index._cluster)
            hits = await index.search("환불", 2)
            await index.read(hits[0]["source"], "d0")
            await index.around(hits, 1)
            await index.listing()
            await index.named("환불 규정")
            await index.term_weights(["환불", "\x00"])
            await index.describe()
            with pytest.raises(InputError, match="only read"):
                await index.add([document("new", "text")])
            with pytest.raises(InputError, match="only read"):
                await index.delete(hits[0]["source"])
            assert await index.delete("/a/file/of/ours.md") == 0
        assert set(sent) == {"POST /_msearch"}


class TestMeaning:
    async def test_a_vector_of_our_embedding_is_searched_too(self, made, attach, settings):
        bag, texts = Bag(), [one["body"] for one in ARTICLES]
        vectors = (await bag.embed(texts)).tolist()
        vector = {"type": "dense_vector", "dims": 64, "similarity": "cosine"}
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        index = made([{**one, "vec": v} for one, v in zip(ARTICLES, vectors, strict=True)], mapping)
        kept = await attach(index, bag)
        assert (kept["vector"]["path"], kept["embedding"], kept["why_words"]) == ("vec", bag.name, "")
        async with open_library(settings, bag) as library:
            ((_, hit),) = await search(library, texts[1], 1, leg="dense")
            assert (hit["document"], hit["score"]) == ("d1", pytest.approx(1.0, abs=0.01))
            ((_, fused),) = await search(library, "연차 15일", 1)
            assert fused["document"] == "d1"
            assert set(fused["ranks"]) == {"lexical", "dense"}
            sent = requests_to((await library.indexes())["wiki"]._cluster)
            await search(library, "연차 15일", 1)
            assert sent == ["POST /_msearch"]

    @pytest.mark.parametrize(
        ("similarity", "scale"), [("l2_norm", 1.0), ("dot_product", 1.0), ("max_inner_product", 1.0)]
    )
    async def test_however_vectors_are_compared_a_cosine_is_told(self, made, attach, settings, similarity, scale):
        bag, texts = Bag(), [one["body"] for one in ARTICLES]
        vectors = ((await bag.embed(texts)) * scale).tolist()
        vector = {"type": "dense_vector", "dims": 64, "similarity": similarity}
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        await attach(made([{**one, "vec": v} for one, v in zip(ARTICLES, vectors, strict=True)], mapping), bag)
        (asked,) = await bag.embed_queries(["연차는 한 해에"])
        async with open_library(settings, bag) as library:
            hits = await search(library, "연차는 한 해에", 3, leg="dense")
        expected = {f"d{number}": max(0.0, float(asked @ v)) for number, v in enumerate(await bag.embed(texts))}
        assert {hit["document"]: hit["score"] for _, hit in hits} == pytest.approx(expected, abs=0.01)

    async def test_vectors_of_another_length_are_left_and_the_setting_is_named(self, made, attach, run, elastic_node):
        vector = {"type": "dense_vector", "dims": 8, "similarity": "cosine"}
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        index = made([{**one, "vec": [1.0] * 8} for one in ARTICLES], mapping)
        kept = await attach(index)
        assert kept["embedding"] == ""
        assert "have 8 numbers, those of bag-of-words 64" in kept["why_words"]
        told = run("index", "attach", f"{elastic_node.url}/{index}", "--text", "body", "--name", "again")
        assert "words only" in told.stdout
        assert "STYLEGRAPH_EMBEDDING_MODEL" in told.stdout

    async def test_vectors_of_another_model_are_known_although_they_are_as_long(self, made, attach, settings):
        vector = {"type": "dense_vector", "dims": 64, "similarity": "cosine"}
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        strange = [[float((number * 7 + place * place) % 11) - 5 for place in range(64)] for number in range(3)]
        kept = await attach(made([{**one, "vec": v} for one, v in zip(ARTICLES, strange, strict=True)], mapping))
        assert "come from another model than bag-of-words" in kept["why_words"]
        async with open_library(settings, Bag()) as library:
            ((_, hit),) = await search(library, "연차 15일", 1)
        assert "dense" not in hit["ranks"]

    async def test_with_another_embedding_set_later_words_alone_are_searched(self, made, attach, settings):
        class Other(Bag):
            name = "another"

        vector = {"type": "dense_vector", "dims": 64, "similarity": "cosine"}
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        vectors = (await Bag().embed([one["body"] for one in ARTICLES])).tolist()
        await attach(made([{**one, "vec": v} for one, v in zip(ARTICLES, vectors, strict=True)], mapping))
        async with open_library(settings, Other()) as library:
            assert "dense" not in (await search(library, "연차 15일", 1))[0][1]["ranks"]
            assert "another is set" in (await library.attached())["wiki"].words_only

    async def test_passages_with_vectors_of_their_own_are_nested_objects(self, made, attach, settings):
        bag = Bag()
        parts = ["도서관은 아침 9시에 엽니다.", "책은 21일 동안 빌릴 수 있습니다.", "복사는 한 장에 50원입니다."]
        vectors = (await bag.embed(parts)).tolist()
        vector = {"type": "dense_vector", "dims": 64, "similarity": "cosine"}
        text = {"type": "text", "analyzer": "nori"}
        mapping = {
            "properties": {
                "title": {"type": "text"},
                "parts": {"type": "nested", "properties": {"said": text, "vec": vector}},
            }
        }
        whole = {"title": "도서관", "parts": [{"said": p, "vec": v} for p, v in zip(parts, vectors, strict=True)]}
        kept = await attach(made([whole], mapping), bag, text="parts.said")
        assert (kept["vector"]["nested"], kept["embedding"]) == ("parts", bag.name)
        async with open_library(settings, bag) as library:
            for question in ("책은 며칠 동안 빌려?", "빌릴 수 있습니다"):
                for leg in ("fused", "lexical", "dense"):
                    ((_, hit),) = await search(library, question, 1, leg=leg)
                    assert hit["text"] == parts[1], (question, leg)
            source = hit["source"]
            assert [one["text"] for one in await (await library.indexes())["wiki"].read(source, "d0")] == parts


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"team": {"any": ["support"]}}, {"d0", "d2"}),
            ({"team": {"none": ["support"]}}, {"d1"}),
            ({"headline": {"any": ["환불 규정"]}}, {"d0"}),
            ({"published": {"any": ["2025"]}}, {"d0"}),
            ({"published": {"any": ["2024-11", "2026-01-15"]}}, {"d1", "d2"}),
            ({"published": {"gte": 2025, "lte": 2026}}, {"d0", "d2"}),
            ({"views": {"gte": 100}}, {"d0", "d2"}),
            ({"views": {"any": ["40", "not a number"]}}, {"d1"}),
            ({"views": {"any": ["not a number"]}}, set()),
            ({"draft": {"any": ["true"]}}, {"d1"}),
            ({"labels.priority": {"any": ["high"]}}, {"d0", "d2"}),
            ({"comments.author": {"any": ["lee"]}}, {"d0"}),
            ({"comments.author": {"any": ["lee"], "lacking": True}}, {"d0", "d2"}),
            ({"comments.stars": {"lte": 2}, "team": {"any": ["hr"]}}, {"d1"}),
            ({"no.such": {"any": ["x"]}}, set()),
            ({"no.such": {"none": ["x"]}}, {"d0", "d1", "d2"}),
            ({"no.such": {"any": ["x"], "lacking": True}}, {"d0", "d1", "d2"}),
        ],
    )
    async def test_a_filter_acts_wherever_documents_are_read(self, articles, attach, settings, filters, found):
        await attach(articles)
        async with open_library(settings, Bag()) as library:
            index = (await library.indexes())["wiki"]
            hits = await index.search("환불 연차 espresso 휴가", 9, filters)
            listed = await index.listing(filters)
            read = [await index.read(f"elasticsearch:{articles}", f"d{number}", filters) for number in range(3)]
            named = [await index.named(one["headline"], filters) for one in ARTICLES]
        assert {hit["document"] for hit in hits} == found
        assert {one["document"] for one in listed["documents"]} == found
        assert listed["total"] == len(found)
        assert {some[0]["document"] for some in read if some} == found
        assert {some[0]["document"] for some in named if some} <= found

    async def test_filters_hold_for_meaning_too(self, made, attach, settings):
        bag = Bag()
        vector = {"type": "dense_vector", "dims": 64, "similarity": "cosine"}
        vectors = (await bag.embed([one["body"] for one in ARTICLES])).tolist()
        mapping = {"properties": {**MAPPING["properties"], "vec": vector}}
        await attach(made([{**one, "vec": v} for one, v in zip(ARTICLES, vectors, strict=True)], mapping), bag)
        async with open_library(settings, bag) as library:
            hits = await search(library, "환불", 9, {"team": {"any": ["hr"]}}, leg="dense")
        assert {hit["document"] for _, hit in hits} == {"d1"}


SEEN_BY_HR = {"audience": Condition(any=["kim", "hr"], lacking=True)}
SEEN_BY_OTHERS = {"audience": Condition(any=["lee"], lacking=True)}
SEEN_BY_NOBODY = {"audience": Condition(any=[], lacking=True)}


class TestAudience:
    async def test_it_is_for_everybody_unless_it_says_for_whom(self, articles, attach, settings):
        await attach(articles)
        for seen in (SEEN_BY_HR, SEEN_BY_OTHERS, SEEN_BY_NOBODY):
            assert await _seen(settings, seen) == {"search", "list", "read", "named"}

    async def test_for_an_audience_it_is_there_for_nobody_else_wherever_it_is_read(self, articles, attach, settings):
        await attach(articles, audience=["hr"])
        assert await _seen(settings, {}) == {"search", "list", "read", "named"}
        assert await _seen(settings, SEEN_BY_HR) == {"search", "list", "read", "named"}
        assert await _seen(settings, SEEN_BY_OTHERS) == set()
        assert await _seen(settings, SEEN_BY_NOBODY) == set()
        assert await _seen(settings, {"audience": Condition(any=["hr"])}) == {"search", "list", "read", "named"}

    async def test_a_field_audience_of_the_documents_is_held_as_well(self, made, attach, settings):
        mapping = {"properties": {**MAPPING["properties"], "audience": {"type": "keyword"}}}
        index = made([{**ARTICLES[0], "audience": "boss"}, ARTICLES[1]], mapping)
        for audience in ([], ["hr"]):
            await attach(index, audience=audience)
            async with open_library(settings, Bag()) as library:
                hits = await search(library, "환불 연차", 9, SEEN_BY_HR)
                assert {hit["document"] for _, hit in hits} == {"d1"}


class TestAsking:
    async def test_a_source_asks_it_like_any_other_and_reads_its_documents_whole(self, articles, attach, settings):
        await attach(articles, title="headline")
        async with open_library(settings, Bag()) as library:
            source = DocumentsSource(library, embedder=Bag())
            assert await source.indexes() == ["wiki"]
            assert ("wiki", "사내 휴가 안내") in await source.titles()
            read = await source.read_document("사내 휴가 안내")
            assert read["whole"]
            assert "15일" in read["evidence"][0]["text"]
            assert read["evidence"][0]["url"] == "https://help.example.com/leave"
            weights = await source.term_weights(["환불", "\x00"])
            assert 0 < weights["환불"] < weights["\x00"]
            assert await source.probe("환불 배송비") > 0.1

    async def test_while_its_cluster_is_away_the_other_indexes_answer_and_say_so(self, articles, attach, settings):
        kept = await attach(articles)
        Registry(settings.home).add({**kept, "url": "http://127.0.0.1:9"})
        async with open_library(settings, Bag()) as library:
            await (await library.index("notes")).add([document("tea", "보리차는 이틀까지 둡니다.")])
            found = await search_each(library, "보리차", 3)
        assert [name for name, _ in found.hits] == ["notes"]
        assert "can't be reached" in str(found.problems["wiki"])

    async def test_an_index_that_is_gone_says_how_to_be_rid_of_it(self, articles, attach, settings):
        kept = await attach(articles)
        Registry(settings.home).add({**kept, "index": "gone"})
        async with open_library(settings, Bag()) as library:
            with pytest.raises(IndexStoreError, match="stylegraph index detach wiki"):
                await search(library, "환불", 1)


async def _seen(settings, filters):
    """Return by which ways the first document is seen."""
    async with open_library(settings, Bag()) as library:
        index = (await library.indexes())["wiki"]
        ways = {
            "search": await index.search("환불", 1, filters),
            "list": (await index.listing(filters))["documents"],
            "read": await index.read(f"elasticsearch:{index.attachment['index']}", "d0", filters),
            "named": await index.named("d0", filters),
        }
    return {way for way, found in ways.items() if found}


@pytest.fixture
def run(settings, elastic_node, monkeypatch):
    """Run a command of ours with those settings."""
    for name, value in {**elastic_node.settings, "home": settings.home, "samples": "false"}.items():
        if name != "elasticsearch_url":
            monkeypatch.setenv(f"STYLEGRAPH_{name.upper()}", str(value))

    def command(*arguments):
        return asyncio.run(asyncio.to_thread(CliRunner().invoke, app, list(arguments)))

    def apart(*arguments):
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(command, *arguments).result()

    return apart


class TestCommands:
    def test_attached_listed_searched_and_detached(self, articles, run, elastic_node, settings, client):
        address = f"{elastic_node.url}/{articles}"
        before = client.indices.stats(index=articles)["_all"]["primaries"]["indexing"]["index_total"]
        attached = run("index", "attach", address, "--text", "body", "--title", "headline", "--name", "wiki")
        assert attached.exit_code == 0, attached.stderr
        assert "text from body, title from headline, URL from link" in attached.stdout
        assert "words only: it has no vectors" in attached.stdout
        assert "views" in attached.stdout
        kept = (settings.home / FILE).read_text()
        assert settings.elasticsearch_password.get_secret_value() not in kept
        listed = run("index", "list")
        assert "attached: only read" in listed.stdout
        assert "환불 규정" in listed.stdout
        (found,) = [json.loads(line) for line in run("search", "환불", "-k", "1", "--json").stdout.splitlines()]
        assert found["hits"][0]["index"] == "wiki"
        assert run("search", "연차", "--only", "team=hr", "--around", "1").exit_code == 0
        doctored = run("doctor").stdout
        assert "wiki: 3 documents" in " ".join(doctored.split())
        assert run("index", "detach", "wiki").stdout == "wiki is detached.\n"
        assert "wiki" not in run("index", "list").stdout
        assert client.count(index=articles)["count"] == 3
        assert client.indices.stats(index=articles)["_all"]["primaries"]["indexing"]["index_total"] == before

    def test_an_answer_cites_title_and_address(self, articles, run, elastic_node):
        run("index", "attach", f"{elastic_node.url}/{articles}", "--text", "body", "--title", "headline")
        told = run("ask", "환불은 며칠 안에 신청해야 해?", "--json")
        reply = json.loads(told.stdout.splitlines()[-1])
        assert "14일" in reply["text"]
        assert [note["code"] for note in reply["notes"] if "vectors" in note["code"]] == []  # it has none to be missed
        (cited,) = [one for one in reply["evidence"] if one["title"] == "환불 규정"][:1]
        assert cited["url"] == "https://help.example.com/refund"
        assert "127.0.0.1" not in json.dumps(cited)

    def test_what_would_write_to_it_is_refused(self, articles, run, elastic_node, tmp_path):
        address = f"{elastic_node.url}/{articles}"
        run("index", "attach", address, "--text", "body", "--name", "wiki")
        (tmp_path / "note.md").write_text("text")
        (tmp_path / "knowledge.toml").write_text('[[source]]\nsource = "note.md"\nindex = "wiki"\n')
        refused = [
            ("index", str(tmp_path / "note.md"), "--index", "wiki"),
            ("index", "sync", "--file", str(tmp_path / "knowledge.toml")),
            ("index", "remove", "anything", "--index", "wiki"),
            ("index", "remove", address),
            ("index", "rebuild", "wiki"),
            ("index", "repair", "wiki"),
        ]
        for arguments in refused:
            told = run(*arguments)
            assert told.exit_code != 0, arguments
            assert "wiki is attached, and only read" in " ".join(told.stderr.split()), (arguments, told.stderr)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--text", "bdy"), "no field bdy in the index. Did you mean body?"),
            (("--text", "team"), "team is keyword, not text"),
            (("--text", "body", "--title", "headlin"), "Did you mean headline?"),
            (("--text", "body", "--vector", "vec"), "no field vec in the index. No field holds vectors."),
            (("--text", "body", "--name", "no/name"), "can't be called"),
            (("--text", "body", "--api-key-env", "NOT_THERE"), "NOT_THERE, which holds the API key"),
        ],
    )
    def test_what_is_wrong_is_told_in_a_line_with_the_nearest_right_name(
        self, articles, run, elastic_node, arguments, said
    ):
        told = run("index", "attach", f"{elastic_node.url}/{articles}", *arguments)
        assert told.exit_code != 0
        assert said in " ".join(told.stderr.split())
        assert "Traceback" not in told.stderr

    def test_of_an_index_that_is_not_there_the_nearest_is_named(self, articles, run, elastic_node):
        told = run("index", "attach", f"{elastic_node.url}/{articles[:-1]}", "--text", "body")
        assert f"Did you mean {articles}?" in " ".join(told.stderr.split())

    def test_missing_and_wrong_credentials_name_the_setting(self, articles, run, elastic_node, monkeypatch):
        if "elasticsearch_user" not in elastic_node.settings:
            pytest.skip("this node has no security")
        address = f"{elastic_node.url}/{articles}"
        monkeypatch.setenv("STYLEGRAPH_ELASTICSEARCH_PASSWORD", "wrong-word")
        told = run("index", "attach", address, "--text", "body")
        assert "does not accept the credentials" in " ".join(told.stderr.split())
        assert "wrong-word" not in told.stderr
        monkeypatch.delenv("STYLEGRAPH_ELASTICSEARCH_PASSWORD")
        monkeypatch.delenv("STYLEGRAPH_ELASTICSEARCH_USER")
        told = run("index", "attach", address, "--text", "body")
        assert "wants credentials. Set STYLEGRAPH_ELASTICSEARCH_API_KEY" in " ".join(told.stderr.split())
        told = run("index", "attach", address.replace("://", "://me:secret-word@"), "--text", "body")
        assert "--api-key-env" in told.stderr
        assert "secret-word" not in told.stderr

    def test_the_credentials_of_our_own_cluster_go_to_no_other(self, articles, run, elastic_node, monkeypatch, client):
        monkeypatch.setenv("STYLEGRAPH_ELASTICSEARCH_URL", "http://our.example.com:9200")
        told = run("index", "attach", f"{elastic_node.url}/{articles}", "--text", "body")
        assert "wants credentials of its own" in " ".join(told.stderr.split())

    def test_an_api_key_in_a_variable_of_its_own_reaches_it(self, articles, run, elastic_node, monkeypatch, client):
        if "elasticsearch_user" not in elastic_node.settings:
            pytest.skip("this node has no security")
        read = {"indices": [{"names": [articles], "privileges": ["read", "view_index_metadata"]}]}
        key = client.security.create_api_key(name="reader", role_descriptors={"reader": read})["encoded"]
        for name in ("USER", "PASSWORD"):
            monkeypatch.delenv(f"STYLEGRAPH_ELASTICSEARCH_{name}")
        monkeypatch.setenv("WIKI_KEY", key)
        options = ("--text", "body", "--name", "wiki", "--api-key-env", "WIKI_KEY")
        told = run("index", "attach", f"{elastic_node.url}/{articles}", *options)
        assert told.exit_code == 0, told.stderr
        assert "환불" in run("search", "환불", "-k", "1").stdout

    async def test_an_index_of_our_own_is_not_attached(self, elastic_node, elastic_settings, settings):
        from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

        own = ElasticLibrary(elastic_settings, Bag())
        await own.index("notes")
        await own.close()
        wanted = Wanted(f"{elastic_node.url}/{elastic_settings.elasticsearch_prefix}-notes", "text")
        with pytest.raises(InputError, match="made by stylegraph"):
            await look_at(wanted, settings, Bag())

    async def test_beside_our_own_indexes_on_a_cluster(self, elastic_settings, articles, attach, tmp_path):
        kept = await attach(articles)
        both = elastic_settings.model_copy(update={"home": tmp_path / "other"})
        Registry(both.home).add(kept)
        async with open_library(both, Bag()) as library:
            await (await library.index("notes")).add([document("tea", "보리차는 이틀까지 둡니다.", title="보리차")])
            assert (await search(library, "보리차", 1))[0][0] == "notes"
            assert (await search(library, "환불 배송비", 1))[0][0] == "wiki"
