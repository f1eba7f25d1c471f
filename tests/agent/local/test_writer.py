"""What is written without a model: quotes with their citations, items with their reasons, and plain words."""

import re

import pytest
from local_parts import answering, item, passage

from stylegraph.agent.citations import stands
from stylegraph.agent.local.writer import LocalWriter
from stylegraph.tools.fashion.pack import fashion_pack

WOOL = passage(
    "# 울 니트 세탁\n\n울 니트는 30도 이하의 물에서 중성세제로 빱니다. 비비지 말고 눌러서 빱니다.\n\n"
    "## 말리기\n\n울 니트는 건조대에 펼쳐 그늘에서 말립니다.",
    title="울 니트 세탁",
    document="wool.md",
)
LINEN = passage(
    "Wash linen at 30 °C to 40 °C with a mild detergent. Dry linen in the shade.",
    title="Linen care",
    document="linen.md",
)
CONTEST = passage(
    "## 대상\n\n### 별빛지도 — 팀 오로라\n\n‘별빛지도’는 밤하늘을 안내하는 앱입니다. 네 사람이 만들었습니다.\n\n"
    "### 빗물시계 — 팀 소나기\n\n‘빗물시계’는 강수량을 재는 장치입니다.\n\n"
    "### 골목책방 — 팀 책갈피\n\n‘골목책방’은 동네 책방을 잇는 서비스입니다.\n\n## 상금\n\n상금은 모두 백만 원입니다.",
    title="공모전 수상작",
    document="contest.html",
)


@pytest.fixture
def write(reader, embedder):
    """Write an answer; give the draft and what was told while it was written."""
    writer = LocalWriter(reader, embedder, fashion_pack().small_talk)

    async def answer(*args, **options):
        told = []
        draft = (await writer.answer(answering(*args, **options), told.append))["draft"]
        return draft, told

    return answer


async def test_each_sentence_is_a_verbatim_quote_with_its_citation(write):
    draft, _ = await write("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL, LINEN])
    assert draft["kind"] == "answer"
    assert "30도 이하의 물" in draft["text"]
    assert all(stands(citation, [WOOL, LINEN]) for citation in draft["citations"])
    assert all(f"[{number}]" in draft["text"] for number in range(1, len(draft["citations"]) + 1))


async def test_the_draft_is_told_piece_by_piece(write):
    draft, told = await write("울 니트는 어떻게 빨고 말려?", ["documents"], [WOOL])
    assert {event["event"] for event in told} == {"draft"}
    assert "".join(event["text"] for event in told) == draft["text"]
    assert len(told) >= len(draft["citations"]) > 1


async def test_sentences_stand_in_the_order_of_the_document_and_once(write):
    draft, _ = await write("울 니트는 어떻게 빨고 말려?", ["documents"], [WOOL, {**WOOL, "id": "documents-copy"}])
    quotes = [citation["quote"] for citation in draft["citations"]]
    assert len(set(quotes)) == len(quotes)
    assert quotes == sorted(quotes, key=WOOL["text"].index)


async def test_a_summary_of_winners_names_every_one_each_cited(write):
    draft, _ = await write("공모전 수상작들을 요약해줘", ["documents"], [CONTEST])
    for winner in ("별빛지도", "빗물시계", "골목책방"):
        assert any(winner in citation["quote"] for citation in draft["citations"])
    assert draft["text"].count("\n- ") == len(draft["citations"])


async def test_the_opening_of_a_list_stands_before_it(write):
    opened = passage(
        "공모전의 수상작이 정해졌습니다.\n\n" + CONTEST["text"], title="공모전 수상작", document="contest.html"
    )
    draft, _ = await write("공모전 수상작들을 요약해줘", ["documents"], [opened])
    assert "공모전의 수상작이 정해졌습니다. [1]\n\n- " in draft["text"]


async def test_more_of_one_of_a_list_is_all_that_stands_under_its_heading(write):
    draft, _ = await write("공모전 수상작들을 요약해줘, 별빛지도 더 자세히 알려줘", ["documents"], [CONTEST])
    assert [citation["quote"] for citation in draft["citations"]] == [
        "‘별빛지도’는 밤하늘을 안내하는 앱입니다.",
        "네 사람이 만들었습니다.",
    ]


async def test_evidence_in_the_other_language_is_said_to_be_so_and_quoted(write):
    draft, _ = await write("린넨은 몇 도에서 빨아?", ["documents"], [LINEN])
    assert "영어 자료" in draft["text"]
    assert "30 °C to 40 °C" in draft["text"]


@pytest.mark.parametrize(
    ("question", "quoted"),
    [("린넨은 몇 도에서 빨아요?", "30~40℃ 물"), ("How hot may linen be washed?", "30 °C to 40 °C")],
)
async def test_what_is_in_the_asker_s_language_is_read_alone_where_it_answers_as_well(write, question, quoted):
    korean = passage("린넨은 30~40℃ 물에서 빱니다. 표백제는 쓰지 않습니다.", title="린넨 세탁", document="linen.ko.md")
    draft, _ = await write(question, ["documents"], [korean, LINEN])
    assert quoted in draft["text"]
    assert len({citation["title"] for citation in draft["citations"]}) == 1


async def test_a_subject_and_care_asks_for_all_that_is_known_of_it(write):
    draft, _ = await write("울 니트 관리법", ["documents"], [WOOL, LINEN])
    assert "30도 이하의 물" in draft["text"]
    assert "펼쳐 그늘에서" in draft["text"]
    assert "linen" not in draft["text"]


async def test_sentences_of_the_same_words_about_other_things_are_both_told(write):
    pairs = passage(
        "Grey goes with pink, navy, white and yellow. Navy goes with white, grey, beige and camel.",
        title="Putting colours together",
        document="colours.md",
    )
    draft, _ = await write("what colors go with navy", ["documents"], [pairs])
    assert "Navy goes with white, grey, beige and camel." in draft["text"]


async def test_what_may_be_the_answer_in_other_words_is_told_as_what_comes_nearest(write):
    draft, _ = await write("스웨터가 젖었을 때 옷걸이에 걸어도 되나?", ["documents"], [WOOL])
    assert (draft["kind"], bool(draft["citations"])) == ("nothing", True)
    assert "꼭 맞는 답은 찾지 못했어요" in draft["text"]
    assert all(stands(citation, [WOOL]) for citation in draft["citations"])
    strange, _ = await write("드라이아이스는 몇 도야?", ["documents"], [WOOL])
    assert strange["citations"] == []


async def test_nothing_relevant_is_said_plainly_with_where_it_was_looked_for(write):
    draft, _ = await write("모피 코트 보험료는 얼마야?", ["documents"], [], language="ko")
    assert draft["kind"] == "nothing"
    assert "저장된 문서" in draft["text"]
    english, _ = await write("what does fur insurance cost?", ["documents", "web"], [])
    assert "your documents and the web" in english["text"]


async def test_a_second_attempt_prefers_nothing_to_what_hardly_fits(write):
    state = answering("모피 코트 보험은 어디서 들어?", ["documents"], [WOOL])
    revision = {"action": "widen", "routing": state["routing"], "k": 12, "reason": ""}
    draft, _ = await write("모피 코트 보험은 어디서 들어?", ["documents"], [WOOL], revision=revision)
    assert draft["kind"] == "nothing"


async def test_evidence_that_was_graded_irrelevant_is_not_quoted(write):
    draft, _ = await write("울 니트는 몇 도에서 빨아?", ["documents"], [WOOL], relevance={WOOL["id"]: 0.0})
    assert draft["citations"] == []


async def test_items_are_listed_with_price_and_reasons_and_given_as_data(write):
    shirt = item("흰 린넨 셔츠", reasons=["여름에 입기 좋아요.", "린넨이라 시원해요."])
    coat = item("검은 코트", price=None, reasons=["겨울에 따뜻해요."], missed=["색: 흰색이 아니라 검은색이에요"])
    draft, _ = await write("여름 셔츠 추천해줘", ["fashion"], [shirt, coat])
    assert draft["kind"] == "recommendation"
    assert "1. 흰 린넨 셔츠 (59,000원) — 여름에 입기 좋아요. 린넨이라 시원해요." in draft["text"]
    assert "맞지 않는 점: 색: 흰색이 아니라 검은색이에요" in draft["text"]
    assert [one["name"] for one in draft["recommendations"]] == ["흰 린넨 셔츠", "검은 코트"]


async def test_a_named_item_is_told_in_detail_and_cited(write):
    shirt = item("흰 린넨 셔츠", text="흰 린넨 셔츠. 깃이 넓은 셔츠입니다. 소재: 린넨. 계절: 여름.")
    draft, _ = await write("흰 린넨 셔츠 더 자세히 알려줘", ["fashion"], [shirt, item("검은 코트")])
    assert [citation["quote"] for citation in draft["citations"]] == [
        "깃이 넓은 셔츠입니다.",
        "소재: 린넨. 계절: 여름.",
    ]
    assert "검은 코트" not in draft["text"]
    assert "여름에 입기 좋아요" not in draft["text"]


async def test_several_routes_give_a_part_each_numbered_through(write):
    draft, _ = await write("울 니트 추천하고 세탁법도 알려줘", ["fashion", "documents"], [item("회색 울 니트"), WOOL])
    assert draft["text"].index("회색 울 니트") < draft["text"].index("자료에는 이렇게 나와 있어요")
    assert draft["recommendations"]
    assert draft["citations"]


async def test_a_part_that_brought_nothing_is_said_to_have(write):
    draft, _ = await write("울 니트 추천하고 오늘 날씨도 알려줘", ["fashion", "web"], [item("회색 울 니트")])
    assert "다만 웹에서는" in draft["text"]


async def test_a_users_own_source_is_believed_and_quoted(write):
    order = passage("코트는 9월 3일에 도착합니다.", route="orders", title="주문 7", score=1.0)
    draft, _ = await write("내 옷 언제 와?", ["orders"], [order])
    assert draft["citations"][0]["quote"] == "코트는 9월 3일에 도착합니다."


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("안녕!", "chat"),
        ("thank you!", "chat"),
        ("누구세요?", "chat"),
        ("what can you do?", "chat"),
        ("비행기표 예매해줘", "declined"),
    ],
)
async def test_small_talk_is_answered_and_what_is_not_done_declined(write, said, kind):
    draft, _ = await write(said, ["chat"], [])
    assert draft["kind"] == kind
    assert draft["citations"] == []


@pytest.mark.parametrize("said", ["I feel sad today", "우리 강아지가 어제 죽었어", "brain is mush, long day"])
async def test_no_feeling_is_guessed(write, said):
    draft, _ = await write(said, ["chat"], [])
    assert draft["kind"] == "chat"
    assert draft["text"].startswith(
        "Tell me what you would like" if said.isascii() else "찾아볼 것이나 고를 옷이 있으면"
    )


async def test_a_dislike_is_noted(write):
    draft, _ = await write("난 울 싫어", ["chat"], [])
    assert (draft["kind"], draft["text"]) == ("chat", "알겠어요. 옷을 골라 드릴 때 참고할게요.")


async def test_what_documents_answer_is_no_small_talk(reader, embedder):
    state = answering("what about that deposit", ["chat"], [passage("The deposit of 50 pounds is returned.")])
    state["routing"]["queries"] = {"documents": ["do I get my deposit back"]}
    state["routing"]["question"] = "do I get my deposit back"
    written = await LocalWriter(reader, embedder).answer(state, lambda _: None)
    assert written["draft"]["kind"] == "answer"
    assert written["routing"]["routes"] == ["documents"]
    unlike = await LocalWriter(reader, embedder).answer({**state, "evidence": [WOOL]}, lambda _: None)
    assert unlike["draft"]["citations"] == []
    assert "routing" not in unlike


async def test_small_talk_differs_by_what_was_said(write):
    answers = [
        (await write(said, ["chat"], []))[0]["text"]
        for said in ("안녕하세요", "고마워요", "잘 있어요, 안녕히!", "이름이 뭐예요?")
    ]
    assert len(set(answers)) == len(answers)


MANUAL = passage(
    "# Kettle\n\nA kettle for tea.\n\n## 1. Pairing\n\n1. Open the app.\n2. Hold the button. It blinks.\n3. Choose the kettle.\n\n"
    "## 2. Care\n\nDescale it monthly. Use citric acid.\n\n"
    "| Button | What it does |\n|---|---|\n| 70 | warms water for green tea |\n| 85 | warms water for coffee |",
    title="Kettle",
    document="kettle.md",
)


async def test_who_asks_how_gets_every_step(write):
    draft, _ = await write("how do I pair the kettle with the app?", ["documents"], [MANUAL])
    assert re.search(
        r"1\. Open the app\. \[\d\]\n2\. Hold the button\. \[\d\].*\n3\. Choose the kettle\.", draft["text"]
    )


async def test_a_row_of_a_table_is_told_in_words_and_quoted_as_it_stands(write):
    draft, _ = await write("which button warms water for green tea?", ["documents"], [MANUAL])
    assert "70: warms water for green tea [" in draft["text"]
    assert "| 70 | warms water for green tea |" in [citation["quote"] for citation in draft["citations"]]


async def test_a_summary_names_every_section_without_its_number(write):
    draft, _ = await write("summarise the kettle manual", ["documents"], [MANUAL])
    assert "- Pairing: Open the app." in draft["text"]
    assert "- Care: Descale it monthly." in draft["text"]


async def test_one_rank_is_no_question_for_all_winners(write):
    page = passage(
        "# 수상작\n\n수상작 세 편입니다.\n\n## 가\n대상은 팀 가로등의 앱입니다.\n\n## 나\n우수상은 팀 두손의 사전입니다.\n\n"
        "## 다\n장려상은 팀 한벌의 옷장입니다.",
        title="공모전 수상작",
    )
    every, _ = await write("수상작 알려줘", ["documents"], [page])
    one, _ = await write("대상 받은 팀은 누구야?", ["documents"], [page])
    assert all(team in every["text"] for team in ("가로등", "두손", "한벌"))
    assert "가로등" in one["text"]
    assert "한벌" not in one["text"]


async def test_what_could_not_be_asked_was_not_looked_in(write):
    note = {"code": "web_unavailable", "text": "Web search is not set up."}
    draft, _ = await write("is there a sauna?", ["web", "documents"], [MANUAL], notes=[note])
    assert draft["kind"] == "nothing"
    assert "the web" not in draft["text"]


async def test_evidence_counts_in_full_where_only_a_model_failed(write):
    note = {"code": "model_unavailable", "text": "The model did not answer."}
    question = "울 니트는 몇 도에서 빨아?"
    with_note, _ = await write(question, ["documents"], [WOOL], notes=[note])
    without, _ = await write(question, ["documents"], [WOOL])
    assert with_note["text"] == without["text"]


@pytest.mark.parametrize(
    ("language", "said", "claimed"),
    [("ko", "제대로 찾아볼 수 없어서", "없었어요"), ("en", "could not search your documents", "found nothing")],
)
async def test_what_could_not_be_searched_is_not_said_to_hold_nothing(write, language, said, claimed):
    note = {"code": "source_failed", "text": "The index is damaged. Repair it.", "unsearched": "documents"}
    draft, _ = await write("is there a sauna?", ["documents"], [], notes=[note], language=language)
    assert draft["kind"] == "nothing"
    assert said in draft["text"]
    assert claimed not in draft["text"]
    assert note["text"] in draft["text"]


async def test_what_was_found_is_told_beside_what_could_not_be_searched(write):
    note = {"code": "web_failed", "text": "The key is refused.", "unsearched": "web"}
    draft, _ = await write("울 니트는 몇 도에서 빨아?", ["documents", "web"], [WOOL], notes=[note], language="ko")
    assert draft["kind"] == "answer"
    assert "웹에서는 제대로 찾아보지 못했어요" in draft["text"]
    both, _ = await write("is there a sauna?", ["documents", "web"], [], notes=[note])
    assert "I looked in your documents" in both["text"]
    assert "could not search the web" in both["text"]


async def test_a_follow_up_is_read_as_the_documents_answer_it_best(reader, embedder):
    state = answering("리넨 셔츠 주름, 말릴 때는?", ["documents"], [WOOL])
    state["routing"]["wordings"] = ["울 니트 세탁 › 말릴 때는?"]
    written = await LocalWriter(reader, embedder).answer(state, lambda _: None)
    assert written["routing"]["question"] == "울 니트 세탁 › 말릴 때는?"
    assert "그늘에서 말립니다" in written["draft"]["text"]


async def test_a_title_alone_answers_no_follow_up(reader, embedder):
    state = answering("리넨 셔츠 주름, 염색은 누가 해줘?", ["documents"], [WOOL])
    state["routing"]["wordings"] = ["울 니트 세탁 › 염색은 누가 해줘?"]
    written = await LocalWriter(reader, embedder).answer(state, lambda _: None)
    assert "routing" not in written  # it is meant as it was routed
    assert written["draft"]["kind"] == "nothing"
