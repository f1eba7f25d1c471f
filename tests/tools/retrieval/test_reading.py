"""Documents read as a whole: by name, by section, around a place, within a bound, by those who may."""

import pytest

from stylegraph.agent.errors import InputError, SourceError
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.tools.retrieval import reading
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource

SAYS = "이 조항은 서로 협의하여 바꿀 수 있습니다. 바꾼 내용은 서면으로 남깁니다. "
CONTRACT = "\n\n".join(
    [
        "# 용역 계약서",
        "갑과 을은 다음과 같이 계약합니다.",
        *(
            f"## 제{number}조 {name}\n\n{SAYS * 12}\n\n### 예외\n\n{name}의 예외는 부칙 {number}에 둡니다."
            for number, name in enumerate(["기간", "대금", "해지 통보", "비밀", "분쟁"], 1)
        ),
    ]
)
STAFF = {"audience": {"any": ["staff"], "lacking": True}}


@pytest.fixture
async def library(tmp_path, embedder, document):
    folder = IndexFolder(tmp_path / "indexes", embedder)
    index = await folder.index("office")
    await index.add(
        [
            document("contract.md", CONTRACT, "용역 계약서", size=300, language="ko"),
            document("parking.md", "Parking is free for guests.", "Parking", language="en"),
            document(
                "board.md", "# 이사회\n\n보너스를 정했습니다.", "이사회 회의록", audience=["board"], language="ko"
            ),
        ]
    )
    yield folder
    await folder.close()


def text_of(found):
    return " ".join(hit["text"] for hit in found["passages"])


async def test_a_short_document_is_read_whole(library):
    found = await reading.read_document(library, "Parking")
    assert (text_of(found), found["whole"], found["next"]) == ("Parking is free for guests.", True, None)


async def test_a_document_whose_places_a_server_keeps_to_itself_is_found_by_its_title(library):
    ref = {"index": "office", "source": "notes", "document": "elsewhere.md", "title": "Parking"}
    assert text_of(await reading.read_document(library, ref)) == "Parking is free for guests."
    with pytest.raises(InputError, match=r"elsewhere\.md"):
        await reading.read_document(library, {name: ref[name] for name in ("index", "source", "document")})


async def test_an_outline_has_every_heading_with_how_long_its_section_is(library):
    contents = await reading.outline(library, "contract.md")
    assert [section["heading"] for section in contents["sections"][:4]] == [
        "용역 계약서",
        "제1조 기간",
        "예외",
        "제2조 대금",
    ]
    assert [section["level"] for section in contents["sections"][:4]] == [1, 2, 3, 2]
    whole = estimated_tokens(CONTRACT)
    assert contents["tokens"] == pytest.approx(whole, rel=0.05)
    assert sum(section["tokens"] for section in contents["sections"]) == pytest.approx(whole, rel=0.1)
    for section in contents["sections"]:
        assert CONTRACT[section["start"] : section["end"]].startswith(f"{'#' * section['level']} {section['heading']}")


@pytest.mark.parametrize("section", ["제3조 해지 통보", "해지", 6, "6"])
async def test_a_section_is_read_with_what_is_under_it(library, section):
    found = await reading.read_document(library, "contract.md", section=section)
    said = text_of(found)
    assert found["whole"]
    assert "## 제3조 해지 통보" in said
    assert "해지 통보의 예외" in said
    assert "## 제5조" not in said


async def test_a_section_that_is_not_there_names_those_that_are(library):
    with pytest.raises(InputError) as caught:
        await reading.read_document(library, "contract.md", section="보험")
    assert "제1조 기간" in caught.value.remedy


async def test_a_long_document_is_read_by_its_sections_within_the_bound(library):
    found = await reading.read_document(library, "contract.md", max_tokens=900)
    assert not found["whole"]
    assert sum(estimated_tokens(hit["text"]) for hit in found["passages"]) <= 900
    said = text_of(found)
    assert all(f"## 제{number}조" in said for number in range(1, 6))


async def test_reading_on_gives_every_passage_once(library):
    at, read = 0, []
    while at is not None:
        found = await reading.read_document(library, "contract.md", start=at, max_tokens=500)
        read += [hit["chunk"] for hit in found["passages"]]
        at = found["next"]
    assert read == list(range(len(read)))
    assert len(read) > 4


async def test_a_place_is_read_with_what_stands_on_both_sides(library):
    at = CONTRACT.index("## 제3조")
    found = await reading.read_document(library, "contract.md", at=at, max_tokens=700)
    spans = [(hit["locator"]["start"], hit["locator"]["end"]) for hit in found["passages"]]
    assert spans[0][0] < at < spans[-1][1]
    assert sum(estimated_tokens(hit["text"]) for hit in found["passages"]) <= 700


async def test_words_that_stand_in_one_title_only_name_it(library):
    assert (await reading.find_document(library, "계약서"))["document"] == "contract.md"


async def test_who_may_not_see_a_document_is_told_as_little_as_of_one_that_is_not_there(library):
    assert "보너스" in text_of(await reading.read_document(library, "이사회 회의록"))
    ref = await reading.find_document(library, "board.md")
    for named in ("이사회 회의록", "board.md", ref):
        with pytest.raises(InputError) as caught:
            await reading.read_document(library, named, STAFF)
        assert "이사회 회의록" not in caught.value.remedy


async def test_the_source_gives_what_is_read_as_evidence_with_the_ids_that_a_search_gives(library):
    source = DocumentsSource(library)
    task = {"question": "parking", "queries": ["parking guests"], "filters": {}, "language": "en", "k": 1, "attempt": 0}
    (found,) = (await source.gather({**task, "user": "u", "index": None, "shown": [], "profile": {}}))["evidence"]
    read = await source.read_document({key: found["data"][key] for key in ("index", "source", "document")})
    assert [piece["id"] for piece in read["evidence"]] == [found["id"]]
    assert (await source.outline("Parking"))["ref"]["document"] == "parking.md"
    assert "Parking" in await source.index_card()
    with pytest.raises(SourceError):
        await source.read_document("nothing like it")


async def test_a_document_without_headings_is_outlined_by_its_pages(library, document):
    paged = document("talk.pdf", f"{SAYS * 3}\n\n{SAYS * 3}", "발표", size=60)
    for number, chunk in enumerate(paged["chunks"]):
        chunk["locator"]["page"] = 1 + number // 2
    await (await library.index("office")).add([paged])
    sections = (await reading.outline(library, "발표"))["sections"]
    assert [section["page"] for section in sections] == list(range(1, len(sections) + 1))


async def test_what_is_read_beside_a_search_counts_as_it_is_asked_to(library):
    task = {"id": "1", "question": "", "queries": ["?"], "filters": {}, "k": 6, "language": "ko", "seconds": 5.0}
    task |= {"tool": "read_document", "user": "u", "index": None, "shown": [], "profile": {}}
    source = DocumentsSource(library)
    whole = (await source.gather({**task, "arguments": {"document": "Parking"}}))["evidence"]
    beside = (await source.gather({**task, "arguments": {"document": "Parking", "score": 0.0}}))["evidence"]
    assert [one["score"] for one in whole] == [1.0]
    assert [one["score"] for one in beside] == [0.0]
    part = {"document": "용역 계약서", "max_tokens": 200}
    assert len((await source.gather({**task, "arguments": part}))["evidence"]) < len(
        (await source.gather({**task, "arguments": {"document": "용역 계약서"}}))["evidence"]
    )
