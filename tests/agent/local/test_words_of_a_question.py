"""How a question is taken apart: clauses, what it leans on, what an answer listed, and Korean particles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.local.router.followups import Context, Said, fold, resolve
from stylegraph.agent.text.clauses import complete, split_clauses
from stylegraph.agent.text.ordinals import listed_items, named_thing, ordinal_in, pick
from stylegraph.agent.text.particles import put, with_particle
from stylegraph.agent.text.question_types import asked_of

WILD = st.text(st.sampled_from("그이거저 두번째는은도로까?!., thisitone12가나다라셔츠코트 and\n"), max_size=120)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("린넨 셔츠 추천하고 세탁법도 알려줘", ["린넨 셔츠 추천하고", "린넨 셔츠 세탁법도 알려줘"]),
        ("Pick a wool coat and tell me how to store it", ["Pick a wool coat", "wool coat tell me how to store it"]),
        ("린넨 셔츠 추천해주고 세탁법도 알려줘", ["린넨 셔츠 추천해주고", "린넨 셔츠 세탁법도 알려줘"]),
        ("세탁법 알려주고 린넨 셔츠도 추천해줘", ["린넨 셔츠 세탁법 알려주고", "린넨 셔츠도 추천해줘"]),
        ("울 니트는 몇 도로 빨아야 하고 바지도 추천해줘", ["울 니트는 몇 도로 빨아야 하고", "바지도 추천해줘"]),
        ("실크는 어떻게 빨고 여름 셔츠도 추천해줘", ["실크는 어떻게 빨고", "여름 셔츠도 추천해줘"]),
        ("면접에 입어야 하고 따뜻한 코트 추천해줘", ["면접에 입어야 하고 따뜻한 코트 추천해줘"]),
        ("셔츠하고 바지 추천해줘", ["셔츠하고 바지 추천해줘"]),
        ("보고서 핵심만 알려줘", ["보고서 핵심만 알려줘"]),
    ],
)
def test_a_question_is_taken_apart_where_it_asks_for_something_else(text, clauses):
    assert complete(split_clauses(text)) == clauses


@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ("1. 흰 셔츠 (39,000원) — 시원해요.\n2. 검은 셔츠 (29,000원)", ["흰 셔츠", "검은 셔츠"]),
        ("이런 옷은 어떠세요? 1. White shirt (39,000 won) 2. Navy polo", ["White shirt", "Navy polo"]),
        ("- 린넨\n- 시어서커", ["린넨", "시어서커"]),
        ("에펠탑, 루브르, 몽마르트르입니다.", ["에펠탑", "루브르", "몽마르트르"]),
        ("30도 이하의 물에서 빱니다.", []),
        (
            "- 대상은 팀 ‘가로등’의 ‘밤길등대’가 받았습니다. [1]\n- 팀 ‘새참’의 ‘한술기록’은 앱입니다. [2]",
            ["밤길등대", "한술기록"],
        ),
    ],
)
def test_what_an_answer_listed_is_read_back(answer, items):
    assert listed_items(answer) == items


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("두 번째 거 얼마야", 2),
        ("3번 보여줘", 3),
        ("the last one please", -1),
        ("number two in red", 2),
        ("첫 데이트룩", None),
    ],
)
def test_places_in_a_list_are_understood(text, place):
    found = ordinal_in(text)
    assert (found and found[0]) == place


def test_the_last_of_a_list_is_picked_and_one_beyond_it_is_not():
    assert pick(["a", "b"], -1) == "b"
    assert pick(["a", "b"], 3) is None


def test_a_thing_is_named_with_its_colour_and_fabric():
    assert named_thing("사진에는 회색 울 블레이저가 보여요.") == "회색 울 블레이저"
    assert named_thing("It looks like an olive bomber jacket.") == "olive bomber jacket"


@pytest.mark.parametrize(
    ("word", "particle", "joined"),
    [
        ("겨울", "는", "겨울은"),
        ("바지", "은", "바지는"),
        ("서울", "으로", "서울로"),
        ("부산", "로", "부산으로"),
        ("코트", "을", "코트를"),
    ],
)
def test_particles_follow_the_sound_before_them(word, particle, joined):
    assert with_particle(word, particle) == joined


def test_a_word_put_in_the_place_of_another_corrects_the_particle():
    assert put("바지", "코트는 얼마야", 0, 2) == "바지는 얼마야"
    assert put("겨울", "봄에는", 0, 1) == "겨울에는"


def test_thanks_in_between_do_not_end_a_subject():
    said = [
        Said("user", "제주 날씨 어때"),
        Said("assistant", "맑아요."),
        Said("user", "고마워!"),
        Said("assistant", "네!"),
    ]
    assert fold(said).question == "제주 날씨 어때"


@settings(max_examples=150)
@given(WILD, WILD, WILD)
def test_any_follow_up_resolves_to_some_text(question, earlier, answer):
    resolved = resolve(question or "?", Context(earlier, answer, ""))
    assert isinstance(resolved.text, str)
    assert fold([Said("user", earlier), Said("assistant", answer)]) is not None


def test_another_form_of_an_answer_is_looked_up_by_the_question_before_it():
    routing = {
        "question": "린넨 세탁법, 쉽게 설명해줘",
        "routes": ["documents"],
        "queries": {"documents": ["린넨 세탁법"]},
    }
    assert asked_of("documents", {**routing, "parts": {"documents": "린넨 세탁법"}}) == "린넨 세탁법"
    assert asked_of("documents", routing) == routing["question"]
