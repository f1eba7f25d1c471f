"""How good evidence and answers are, told without a model."""

import pytest
from local_parts import answering, item, passage

from stylegraph.agent.citations import cite
from stylegraph.agent.local.graders import LocalAnswerGrader, LocalEvidenceGrader
from stylegraph.agent.local.writer import LocalWriter

WOOL = passage("울 니트는 30도 이하의 물에서 중성세제로 빱니다. 건조대에 펼쳐 그늘에서 말립니다.", title="울 니트 세탁")
COLD = passage("울 니트는 찬물에서 빠는 것이 좋습니다.", title="니트 관리", score=0.3)
CONTEST = passage("공모전 시상식은 10월에 열렸습니다. 대상 상금은 천만 원입니다.", title="공모전", score=0.3)


async def test_evidence_that_answers_is_graded_above_evidence_that_does_not(reader):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL, CONTEST])
    relevance = (await LocalEvidenceGrader(reader).grade(state))["relevance"]
    assert relevance[WOOL["id"]] > 0.5 > relevance[CONTEST["id"]]


async def test_an_item_is_graded_by_the_wishes_it_meets_and_misses(reader):
    half = item("검은 코트", reasons=["따뜻해요."], missed=["색이 달라요"])
    whole = item("흰 셔츠")
    state = answering("흰 셔츠 추천해줘", ["fashion"], [half, whole])
    relevance = (await LocalEvidenceGrader(reader).grade(state))["relevance"]
    assert (relevance[half["id"]], relevance[whole["id"]]) == (0.5, 1.0)


@pytest.fixture
def grade(reader):
    async def graded(state, draft):
        return (await LocalAnswerGrader(reader).grade({**state, "draft": draft}))["grade"]

    return graded


def draft_of(text, citations=(), kind="answer"):
    return {"text": text, "kind": kind, "citations": list(citations), "recommendations": []}


def quoting(piece, start=0, end=None):
    return cite(piece, start, end if end is not None else piece["text"].index(".") + 1)


async def test_a_quote_that_answers_is_good(grade):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL])
    citation = quoting(WOOL)
    result = await grade(state, draft_of(f"{citation['quote']} [1]", [citation]))
    assert (result["good"], result["grounded"], result["in_language"]) == (True, 1.0, True)


async def test_a_quote_that_does_not_answer_is_not_good_and_says_what_is_missing(grade):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [CONTEST])
    citation = quoting(CONTEST)
    result = await grade(state, draft_of(f"{citation['quote']} [1]", [citation]))
    assert not result["good"]
    assert result["missing"] == ["울 니트는 몇 도에서 빨아?"]


async def test_what_was_graded_irrelevant_is_as_little_read_by_the_grader_as_by_the_writer(grade):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL, COLD])
    citation = quoting(COLD)
    draft = draft_of(f"{citation['quote']} [1]", [citation])
    beside_better = await grade(state, draft)
    alone = await grade({**state, "relevance": {WOOL["id"]: 0.0}}, draft)
    assert beside_better["answers"] == 0.0
    assert alone["answers"] == 1.0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda citation: {**citation, "quote": "울 니트는 90도에서 삶습니다."},
        lambda citation: {**citation, "evidence": "documents-elsewhere"},
        lambda citation: {**citation, "start": 5},
    ],
)
async def test_a_false_quote_makes_its_sentence_unsupported(grade, spoil):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL])
    result = await grade(state, draft_of("울 니트는 30도에서 빱니다. [1]", [spoil(quoting(WOOL))]))
    assert result["grounded"] == 0.0
    assert not result["good"]


async def test_sentences_of_one_quote_share_its_number(grade):
    state = answering("울 니트는 몇 도에서 빨고 어떻게 말려?", ["documents"], [WOOL])
    citation = quoting(WOOL, end=len(WOOL["text"]))
    result = await grade(state, draft_of(f"{citation['quote']} [1]", [citation]))
    assert [sentence["supported"] for sentence in result["sentences"]] == [True, True]


async def test_a_sentence_without_evidence_is_unsupported(grade):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL])
    citation = quoting(WOOL)
    result = await grade(state, draft_of(f"{citation['quote']} [1] 울은 비싼 소재입니다.", [citation]))
    assert [sentence["supported"] for sentence in result["sentences"]] == [True, False]
    assert not result["good"]


async def test_an_answer_in_the_other_language_is_told(grade):
    state = answering("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL])
    result = await grade(state, draft_of("Wash wool at thirty degrees. [1]", [quoting(WOOL)]))
    assert not result["in_language"]


async def test_nothing_is_never_good_but_says_nothing_false(grade):
    state = answering("모피 보험료?", ["documents"], [], language="ko")
    result = await grade(
        state, draft_of("저장된 문서에서 찾아봤지만 이 질문에 답이 되는 내용은 없었어요.", kind="nothing")
    )
    assert (result["good"], result["grounded"], result["answers"]) == (False, 1.0, 0.0)


@pytest.mark.parametrize("question", ["여름 셔츠 추천해줘", "recommend a summer shirt"])
async def test_what_the_writer_says_of_items_is_borne_by_them(grade, reader, embedder, question):
    reasons = (
        ["여름에 입기 좋아요.", "면이라 시원해요."]
        if question.endswith("줘")
        else ["Good for summer.", "Cotton, so cool."]
    )
    state = answering(
        question, ["fashion"], [item("흰 셔츠" if question.endswith("줘") else "White shirt", reasons=reasons)]
    )
    draft = (await LocalWriter(reader, embedder).answer(state, lambda _: None))["draft"]
    assert (await grade(state, draft))["good"]


async def test_an_invented_reason_is_not_borne(grade, reader, embedder):
    state = answering("여름 셔츠 추천해줘", ["fashion"], [item("흰 셔츠")])
    draft = (await LocalWriter(reader, embedder).answer(state, lambda _: None))["draft"]
    draft["text"] += " 유명 배우가 입은 옷이에요."
    assert not (await grade(state, draft))["good"]


async def test_small_talk_is_good(grade):
    assert (await grade(answering("안녕", ["chat"], []), draft_of("안녕하세요!", kind="chat")))["good"]
