"""Which documents are read as a whole where passages did not answer."""

from __future__ import annotations

from local_parts import answering, passage

from stylegraph.agent.local.whole_documents import WholeDocuments

QUESTION = "울 니트는 몇 도에서 빨아?"


def found(text, document):
    piece = passage(text, title=document, document=document)
    piece["data"] |= {"index": "own", "source": document, "document": document}
    return piece


WOOL = found("울 니트는 30도 이하의 물에서 빱니다.", "wool.md")
PARKING = found("주차는 세 시간까지 무료입니다.", "parking.md")
BEES = found("벌을 키우려면 증서가 있어야 합니다.", "bees.md")


async def test_the_two_likeliest_documents_are_read_from_their_beginning(reader):
    look_ups = await WholeDocuments(reader).look_ups(answering(QUESTION, ["documents"], [BEES, PARKING, WOOL]))
    assert [one["tool"] for one in look_ups] == ["read_document", "read_document"]
    first = look_ups[0]["arguments"]
    assert first["document"] == {"index": "own", "source": "wool.md", "document": "wool.md", "title": WOOL["title"]}
    assert first["score"] == 0.0  # what was not found for its likeness counts less than what was


async def test_they_are_read_once_a_turn(reader):
    state = answering(QUESTION, ["documents"], [WOOL])
    state["findings"] = [{"id": "documents-whole-0"}]
    assert await WholeDocuments(reader).look_ups(state) == []


async def test_nothing_is_read_for_a_question_that_went_elsewhere(reader):
    assert await WholeDocuments(reader).look_ups(answering(QUESTION, ["web"], [WOOL])) == []
