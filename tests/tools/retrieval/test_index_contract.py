"""What every search index promises, whatever it is made of."""

import asyncio

import pytest

from stylegraph.tools.retrieval.hybrid.encoding import encode
from stylegraph.tools.retrieval.passages import spliced

LEGS = ["fused", "lexical", "dense"]


def names(hits):
    return [hit["document"] for hit in hits]


async def test_an_empty_index_finds_nothing_and_says_so(index):
    for leg in LEGS:
        assert await index.search("스웨터", 5, leg=leg) == []
    described = await index.describe()
    assert (described["documents"], described["chunks"], described["sources"], described["updated"]) == (0, 0, {}, "")
    assert await index.known("/notes") == {}
    assert await index.read("/notes", "wool") == []


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("울 스웨터 손세탁", "wool"),
        ("what to wear in summer heat", "linen"),
        ("패딩 건조기 테니스공", "padding"),
        ("washing a silk scarf", "silk"),
    ],
)
async def test_the_document_that_answers_comes_first(wardrobe, query, first):
    for leg in LEGS:
        assert names(await wardrobe.search(query, 3, leg=leg))[0] == first, leg


async def test_a_question_finds_the_answer_in_another_language(wardrobe):
    assert names(await wardrobe.search("실크 스카프 빨래", 5))[0] == "silk"
    assert "wool" in names(await wardrobe.search("how to wash a wool sweater", 2))


async def test_a_question_s_words_are_looked_for_in_the_other_language_too(index, document):
    await index.add(
        [
            document("sweater", "Pills are lifted off a jumper with a comb, always in one direction.", "Knitwear"),
            document("shirt", "Iron the collar first, then the sleeves.", "Shirts"),
            document("office", "사무실에서는 니트 위에 재킷을 입습니다. 니트 조끼도 괜찮습니다.", "복장 안내"),
            document("meal", "점심은 열두 시에 먹습니다.", "점심"),
        ]
    )
    assert names(await index.search("스웨터에 생긴 보풀은 빗으로 떼나요?", 3))[0] == "sweater"
    assert names(await index.search("스웨터에 생긴 보풀은 빗으로 떼나요?", 3, leg="lexical")) == []
    assert names(await index.search("How do I remove pilling from my jumper?", 3))[0] == "sweater"


async def test_a_hit_says_where_it_stands_and_why(wardrobe):
    (hit,) = await wardrobe.search("테니스공", 1)
    assert hit["source"] == "/notes"
    assert hit["title"] == "패딩 세탁"
    assert hit["text"].startswith("패딩은 중성세제로")
    assert hit["locator"] == {"start": 0, "end": len(hit["text"])}
    assert hit["metadata"] == {"colours": ["black"], "price": 210_000, "kind": "care"}
    assert hit["ranks"] == {"lexical": 1, "dense": hit["ranks"]["dense"]}
    assert 0 < hit["score"] <= 1


async def test_scores_fall_and_stay_between_0_and_1(wardrobe):
    for leg in LEGS:
        scores = [hit["score"] for hit in await wardrobe.search("세탁 wash", 5, leg=leg)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


async def test_words_find_only_what_holds_them_and_meaning_finds_what_is_near(wardrobe):
    assert names(await wardrobe.search("테니스공", 5, leg="lexical")) == ["padding"]
    assert len(await wardrobe.search("테니스공", 5, leg="dense")) == 5


async def test_several_wordings_are_searched_at_once(wardrobe):
    found = names(await wardrobe.search(["패딩 건조기", "linen shirt ironing"], 2))
    assert set(found) == {"padding", "linen"}


async def test_a_title_counts(index, document):
    await index.add([document("a", "모직은 찬물에 빱니다.", "코트"), document("b", "찬물에 빱니다.", "모직")])
    assert names(await index.search("모직", 2, leg="lexical")) == ["b", "a"]


async def test_a_document_comes_once_by_its_best_chunk_unless_asked_otherwise(index, document):
    text = "첫째 문단은 여름 이야기입니다. " * 8 + "둘째 문단에는 스웨터가 나옵니다. " * 8
    await index.add([document("long", text, size=150), document("short", "스웨터는 없습니다.")])
    hits = await index.search("스웨터", 5)
    assert sorted(names(hits)) == ["long", "short"]
    best = next(hit for hit in hits if hit["document"] == "long")
    assert "스웨터" in best["text"]
    assert len([hit for hit in await index.search("스웨터", 9, collapse=False) if hit["document"] == "long"]) > 1


async def test_many_chunks_of_one_document_do_not_crowd_out_the_others(index, document):
    text = "스웨터 세탁은 찬물에 합니다. " * 600
    await index.add([document("long", text, size=60), *(document(f"d{n}", f"스웨터 {n}벌.") for n in range(5))])
    assert len(await index.search("스웨터 세탁", 6, leg="lexical")) == 6


async def test_a_document_is_read_back_in_order(index, document):
    text = " ".join(f"{number}번째 문장입니다." for number in range(40))
    await index.add([document("a", text, size=80)])
    chunks = await index.read("/notes", "a")
    assert [chunk["chunk"] for chunk in chunks] == list(range(len(chunks)))
    assert all(chunk["text"] == text[chunk["locator"]["start"] : chunk["locator"]["end"]] for chunk in chunks)


async def test_a_hit_is_read_with_what_stands_beside_it(index, document):
    text = " ".join(f"{number}번째 문장입니다." for number in range(40))
    await index.add([document("a", text, size=80), document("b", "열아홉번째 문장입니다.")])
    chunks = await index.read("/notes", "a")
    hits = [chunks[0], chunks[3], chunks[-1], *await index.read("/notes", "b")]
    found = await index.around(hits, 1)
    assert [[one["chunk"] for one in some] for some in found] == [
        [0, 1],
        [2, 3, 4],
        [len(chunks) - 2, len(chunks) - 1],
        [0],
    ]
    assert " ".join(spliced(found[1]).split()) in text
    assert await index.around([], 1) == []
    await index.delete("/notes", ["a"])
    assert await index.around(hits[:1], 1) == [[]]


STAFF = {"audience": {"any": ["staff"], "lacking": True}}


async def staffed(index, document):
    await index.add(
        [
            document("open.md", "누구나 봅니다.", "Open Hours", language="ko"),
            document("pay.md", "급여표입니다.", "급여", audience=["staff"], language="ko"),
            document("board.md", "The board decides.", "Board minutes", audience=["board"], language="en"),
        ]
    )


async def test_a_listing_names_what_may_be_seen_and_counts_languages(index, document):
    await staffed(index, document)
    listing = await index.listing()
    assert [entry["title"] for entry in listing["documents"]] == ["Board minutes", "Open Hours", "급여"]
    assert (listing["total"], listing["languages"]) == (3, {"ko": 2, "en": 1})
    seen = await index.listing(STAFF)
    assert [entry["document"] for entry in seen["documents"]] == ["open.md", "pay.md"]
    assert (seen["total"], seen["languages"]) == (2, {"ko": 2})


async def test_a_listing_is_bounded_and_new_when_the_index_has_changed(index, document):
    await index.add([document(f"d{number}", f"글 {number}", f"제목 {number}") for number in range(30)])
    listing = await index.listing(limit=5)
    assert (len(listing["documents"]), listing["total"]) == (5, 30)
    await index.delete("/notes", ["d3"])
    assert (await index.listing(limit=5))["total"] == 29


@pytest.mark.parametrize("name", ["open.md", "Open Hours", "open  hours"])
async def test_a_document_is_found_by_its_name(index, document, name):
    await staffed(index, document)
    assert [entry["document"] for entry in await index.named(name)] == ["open.md"]


async def test_a_document_that_may_not_be_seen_is_neither_found_by_name_nor_read(index, document):
    await staffed(index, document)
    for name in ("board.md", "Board minutes"):
        assert len(await index.named(name)) == 1
        assert await index.named(name, STAFF) == []
    assert len(await index.read("/notes", "board.md")) == 1
    assert await index.read("/notes", "board.md", STAFF) == []
    assert len(await index.read("/notes", "pay.md", STAFF)) == 1


async def test_rows_are_found_by_the_header_that_they_go_on_under(index, document):
    rows = document("fees", "| 12월 | 3천 원 |\n| 1월 | 5천 원 |")
    rows["chunks"][0]["locator"]["lead_in"] = "| 달 | 주차 요금 |"
    await index.add([rows, document("other", "| 12월 | 눈 |\n| 1월 | 맑음 |")])
    for leg in ("fused", "lexical"):
        assert names(await index.search("12월 주차 요금", 2, leg=leg))[0] == "fees"


async def test_adding_again_replaces(index, document):
    await index.add([document("a", "스웨터 이야기."), document("b", "셔츠 이야기.")])
    await index.add([document("a", "구두 이야기.")])
    assert names(await index.search("스웨터", 5, leg="lexical")) == []
    assert names(await index.search("구두", 5, leg="lexical")) == ["a"]
    assert (await index.describe())["documents"] == 2


async def test_of_the_same_document_twice_in_one_call_the_last_stays(index, document):
    await index.add([document("a", "스웨터 이야기."), document("a", "구두 이야기.")])
    assert (await index.describe())["chunks"] == 1
    assert names(await index.search("구두", 5, leg="lexical")) == ["a"]


async def test_ids_are_each_sources_own(index, document):
    await index.add([document("a", "스웨터."), document("a", "스웨터.", source="/other")])
    assert (await index.describe())["sources"] == {"/notes": 1, "/other": 1}
    assert await index.delete("/other") == 1
    assert [hit["source"] for hit in await index.search("스웨터", 5)] == ["/notes"]


async def test_what_is_deleted_is_found_no_more(wardrobe):
    assert await wardrobe.delete("/notes", ["wool", "nowhere"]) == 1
    for leg in LEGS:
        assert "wool" not in names(await wardrobe.search("울 스웨터 세탁", 5, leg=leg))
    assert await wardrobe.delete("/notes") == 4
    assert (await wardrobe.describe())["chunks"] == 0
    assert await wardrobe.delete("/notes") == 0


async def test_it_knows_what_it_holds(wardrobe, document):
    known = await wardrobe.known("/notes")
    assert set(known) == {"wool", "linen", "denim", "silk", "padding"}
    assert all(known.values())
    assert (await wardrobe.describe())["updated"].endswith("+00:00")


async def test_documents_can_be_encoded_elsewhere(open_index, document, embedder):
    here, elsewhere = await open_index(), await open_index()
    documents = [document("a", "울 스웨터는 찬물에 빱니다.", "울"), document("b", "Linen is cool.", "Linen")]
    await here.add(documents)
    await elsewhere.add(documents, encode(documents, embedder))
    for query in ("스웨터", "cool shirt"):
        assert await here.search(query, 2) == await elsewhere.search(query, 2)


async def test_rare_words_weigh_more_than_common_ones(index, document):
    await index.add(
        [document(f"d{number}", "세탁 이야기" + (" 스웨터" if number == 0 else "")) for number in range(20)]
    )
    weights = await index.term_weights(["세탁", "스웨터", "없는낱말"])
    assert 0 <= weights["세탁"] < weights["스웨터"] < weights["없는낱말"]


async def test_asking_for_none_gives_none_and_for_more_than_there_is_gives_all(wardrobe):
    assert await wardrobe.search("세탁", 0) == []
    assert len(await wardrobe.search("세탁 wash", 1000)) == 5


async def test_many_tasks_may_use_it_at_once(index, document):
    async def add(number):
        await index.add([document(f"d{number}", f"스웨터 {number}벌의 세탁.")])
        return await index.search(f"스웨터 {number}벌", 3)

    assert all(await asyncio.gather(*(add(number) for number in range(12))))
    assert (await index.describe())["documents"] == 12
    assert len(await index.search("스웨터", 20)) == 12


async def test_closing_twice_is_fine(index, document):
    await index.add([document("a", "스웨터.")])
    await index.close()
    await index.close()
