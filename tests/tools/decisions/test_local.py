"""A decision model on this machine: labels from a few examples, yes or no, scales, and what evidence bears."""

import math

import pytest
from langchain_core.decisions import Box, Choice, Noul, NoulCriteria, Score
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.graph import START, MessagesState, StateGraph

from stylegraph import InputError, LocalDecisions
from stylegraph.tools.decisions import local as module

TEAMS = {
    "billing": [
        "I was charged twice this month",
        "환불은 언제 되나요?",
        "The invoice has the wrong amount",
        "결제가 안 돼요",
    ],
    "technical": ["The app crashes when I open it", "로그인이 안 돼요", "I get an error on upload", "화면이 멈췄어요"],
    "shipping": ["Where is my parcel?", "배송은 며칠 걸려요?", "My order has not arrived", "택배를 못 받았어요"],
}


@pytest.fixture(scope="module")
def model():
    return LocalDecisions()


async def chosen(model, state, criteria=TEAMS):
    asked = {"team": Choice(instructions="Which team should handle this?", criteria=criteria)}
    return (await model.ainvoke({"state": state, "questions": asked})).choices["team"]


async def yes(model, state, instructions, criteria=None):
    asked = {"it": Noul(instructions=instructions, criteria=criteria)}
    return (await model.ainvoke({"state": state, "questions": asked})).nouls["it"].noul


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("이번 달에 카드값이 두 번 빠져나갔어요", "billing"),
        ("You billed me two times", "billing"),
        ("앱을 켜면 바로 꺼져요", "technical"),
        ("It freezes after I sign in", "technical"),
        ("주문한 게 아직도 안 왔어요", "shipping"),
        ("The package still isn't here", "shipping"),
    ],
)
async def test_a_few_examples_a_label_teach_it_in_both_languages(model, text, team):
    answer = await chosen(model, text)
    assert answer.choice == team
    assert answer.confidence == answer.probabilities[team] == max(answer.probabilities.values())
    assert math.isclose(sum(answer.probabilities.values()), 1, abs_tol=1e-6)


async def test_a_label_may_be_described_exemplified_both_or_named_alone(model):
    criteria = {
        "refund": {"description": "wants money back", "examples": ["환불해 주세요", "Give me my money back"]},
        "delivery": "asks when a parcel arrives",
        "greeting": None,
    }
    assert (await chosen(model, "돈 돌려주세요", criteria)).choice == "refund"
    assert (await chosen(model, "When will the parcel arrive?", criteria)).choice == "delivery"
    assert (await chosen(model, "greetings!", criteria)).choice == "greeting"


async def test_of_a_conversation_it_reads_what_the_person_said_last(model):
    said = [
        HumanMessage("결제가 안 돼요"),
        AIMessage("카드를 확인해 주세요."),
        HumanMessage("그건 됐고 택배는 언제 와요?"),
    ]
    assert (await chosen(model, said)).choice == "shipping"
    assert (await chosen(model, [{"role": "user", "content": "앱이 자꾸 꺼져요"}])).choice == "technical"


async def test_yes_and_no_are_told_by_what_they_mean(model):
    criteria = NoulCriteria(true=["서버가 내려갔어요", "Production is down"], false=["고마워요", "Thanks, no hurry"])
    assert await yes(model, "지금 서비스가 죽었어요", "Is it urgent?", criteria) > 0.6
    assert await yes(model, "고맙습니다!", "Is it urgent?", criteria) < 0.4


async def test_without_criteria_yes_is_likelier_of_what_is_nearer(model):
    asked = "Is this about the weather?"
    assert await yes(model, "내일 비 와요?", asked) > await yes(model, "계약서에 서명했어요", asked)


@pytest.mark.parametrize(
    ("claim", "other", "evidence"),
    [
        (
            "입장료는 4천 원입니다.",
            "입장료는 9천 원입니다.",
            ["공원은 7시에 연다.", "입장료는 4천 원이고 개는 못 들어간다."],
        ),
        ("Entry costs 4 pounds.", "Entry costs 9 pounds.", ["Dogs are not allowed. Entry costs 4 pounds."]),
    ],
)
async def test_a_claim_is_held_against_its_evidence(model, claim, other, evidence):
    asked = "Do the passages say the claim?"
    borne = await yes(model, {"evidence": evidence}, {"task": asked, "claim": claim})
    swapped = await yes(model, {"evidence": evidence}, {"task": asked, "claim": other})
    assert borne > 0.6 > 0.5 > swapped


async def test_a_passage_and_an_answer_are_held_against_the_question(model):
    state = {"question": "울 니트는 몇 도로 빨아야 해요?"}
    near = await yes(model, state, {"passage": "울 니트는 30℃ 이하의 물에서 중성세제로 손빨래한다."})
    far = await yes(model, state, {"passage": "회의는 매주 월요일 오전 10시에 시작한다."})
    assert near > 0.5 > far
    levels = ["does not answer", "answers in part", "answers fully"]
    told = {
        name: Score(instructions={"answer": text}, criteria=levels)
        for name, text in (("good", "30도 이하에서 손빨래하세요."), ("evasive", "그 정보는 찾지 못했습니다."))
    }
    scores = (await model.ainvoke({"state": state, "questions": told})).scores
    assert 0 <= scores["evasive"].score < scores["good"].score <= 2
    assert scores["good"].legend == dict(enumerate(levels))


async def test_a_state_with_a_field_called_question_is_still_asked_anything(model):
    criteria = NoulCriteria(true=["서버가 내려갔어요", "Production is down"], false=["고마워요", "Thanks, no hurry"])
    assert await yes(model, {"question": "서비스가 죽었어요", "context": "mail"}, "Urgent?", criteria) > 0.5


async def test_a_scale_is_told_by_its_levels(model):
    levels = [
        ["괜찮아요, 천천히 해 주세요", "no rush at all"],
        ["좀 불편하네요"],
        ["정말 화가 나네요!!", "this is outrageous"],
    ]
    asked = {"anger": Score(instructions="How angry?", criteria=levels)}
    calm, angry = [
        (await model.ainvoke({"state": text, "questions": asked})).scores["anger"].score
        for text in ("천천히 하셔도 돼요", "너무 화나요!!")
    ]
    assert calm < 1 < angry


async def test_pictures_are_refused(model):
    picture = [HumanMessage([{"type": "image", "base64": "", "mime_type": "image/png"}])]
    with pytest.raises(InputError, match="text alone"):
        await chosen(model, picture)
    with pytest.raises(InputError, match="no pictures"):
        await model.ainvoke({"state": "a cat", "questions": {"where": Box(instructions="the cat")}})


async def test_it_runs_without_a_loop_and_inside_one(model):
    asked = {"team": Choice(instructions="Which team?", criteria=TEAMS)}
    assert model.invoke({"state": "택배 언제 와요?", "questions": asked}).choices["team"].choice == "shipping"
    assert model.model_dump() == {"model": "stylegraph-local", "name": None}


async def test_it_is_an_edge_of_anybodys_graph_synchronous_or_not(model):
    def node(name):
        return lambda state: {"messages": [AIMessage(name)]}

    graph = StateGraph(MessagesState)
    for name in TEAMS:
        graph.add_node(name, node(name))
    graph.add_conditional_edges(START, model.edge(TEAMS), [*TEAMS])
    compiled = graph.compile()
    said = {"messages": [HumanMessage("주문한 게 아직도 안 왔어요")]}
    assert (await compiled.ainvoke(said))["messages"][-1].text == "shipping"
    assert compiled.invoke({"messages": [HumanMessage("You billed me two times")]})["messages"][-1].text == "billing"


async def test_labels_that_are_asked_again_and_again_stay_learned(monkeypatch):
    learned = []
    classifier = module.Classifier
    monkeypatch.setattr(module, "_KEPT", 2)
    monkeypatch.setattr(
        module, "Classifier", lambda labels, vectors: learned.append(labels) or classifier(labels, vectors)
    )
    model, often = LocalDecisions(), {"yes": "", "no": ""}
    for labels in (often, {"red": "", "blue": ""}, often, {"up": "", "down": ""}, often):
        await chosen(model, "no, thank you", labels)
    assert len(learned) == 3
