"""The documents as a source: passages as evidence, whole documents for an overview, honest notes."""

import json

import pytest

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import EvidenceSource, ProbedSource
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource


@pytest.fixture
async def library(tmp_path, embedder):
    folder = IndexFolder(tmp_path / "indexes", embedder)
    yield folder
    await folder.close()


@pytest.fixture
async def source(library, document):
    index = await library.index("care")
    winners = " ".join(
        f"{place}등 팀 {name}은 앱 {name}을 만들었습니다." for place, name in enumerate("가나다라마바", 1)
    )
    await index.add(
        [
            document("wool", "울 스웨터는 찬물에 손세탁합니다.", "울 관리", url="/notes/wool.md", season="winter"),
            document("linen", "Linen shirts stay cool in summer.", "Linen", season="summer"),
            document("contest", f"코딩 공모전 수상작을 발표합니다. {winners}", "코딩 공모전", size=60),
        ]
    )
    return DocumentsSource(library)


def task(question, language="ko", **more):
    return {
        "question": question,
        "queries": [question],
        "filters": {},
        "language": language,
        "k": 3,
        "attempt": 0,
        "user": "local",
        "index": None,
        "shown": [],
        "profile": {},
        "look": None,
    } | more


def test_it_is_a_source_that_can_be_probed(library):
    source = DocumentsSource(library)
    assert isinstance(source, EvidenceSource)
    assert isinstance(source, ProbedSource)
    assert (source.name, source.node) == ("documents", "retrieve")
    assert len(source.examples) >= 4


async def test_evidence_says_where_it_stands(source):
    best = (await source.gather(task("울 스웨터 세탁")))["evidence"][0]
    assert best["text"] == "울 스웨터는 찬물에 손세탁합니다."
    assert (best["route"], best["title"], best["url"]) == ("documents", "울 관리", "/notes/wool.md")
    assert best["locator"] == {"start": 0, "end": len(best["text"])}
    assert best["data"] == {"season": "winter", "source": "/notes", "document": "wool", "index": "care"}
    assert best["id"] == (await source.gather(task("울 스웨터 세탁")))["evidence"][0]["id"]
    json.dumps(best)


async def test_an_overview_gets_the_whole_document_in_order(source):
    found = (await source.gather(task("코딩 공모전 수상작들을 요약해줘")))["evidence"]
    contest = [one for one in found if one["data"]["document"] == "contest"]
    text = " ".join(one["text"] for one in contest)
    assert all(f"팀 {name}은" in text for name in "가나다라마바")
    assert [one["locator"]["start"] for one in contest] == sorted(one["locator"]["start"] for one in contest)


async def test_filters_hold(source):
    found = (await source.gather(task("세탁 shirt", filters={"season": {"any": ["summer"]}})))["evidence"]
    assert [one["data"]["document"] for one in found] == ["linen"]


async def test_the_probe_tells_what_is_there_from_what_is_not(source):
    assert await source.probe("울 스웨터 손세탁") > await source.probe("내일 기차표 예매") + 0.1


async def test_an_index_that_can_not_be_read_is_told_in_the_language_of_the_question(source, tmp_path):
    (tmp_path / "indexes" / "bad.sqlite").write_text("no database " * 99)
    (korean,) = (await source.gather(task("스웨터")))["notes"]
    (english,) = (await source.gather(task("shirt", "en")))["notes"]
    assert korean["code"] == english["code"] == "index_unavailable"
    assert "bad" in korean["text"]
    assert english["text"].startswith("The index bad")


async def test_an_index_that_is_not_there_is_a_source_error(source):
    with pytest.raises(SourceError, match="nowhere"):
        await source.gather(task("스웨터", index="nowhere"))


async def test_words_weigh_by_how_rare_they_are_in_all_indexes(source):
    weights = await source.term_weights(["스웨터", "없는낱말"])
    assert 0 <= weights["스웨터"] < weights["없는낱말"]


async def test_without_an_index_every_word_tells_as_much_as_any_other(library):
    assert await DocumentsSource(library).term_weights(["wool", "스웨터"]) == {"wool": 1.0, "스웨터": 1.0}
