"""What a dialogue of a client and a stylist asks of an outfit, and how outfits that are only described are ranked for it."""

import pytest

from stylegraph.tools.fashion.outfits.character import SCALES, asked, described
from stylegraph.tools.fashion.outfits.dialogue import asked_in, clauses_of, turns_of
from stylegraph.tools.fashion.outfits.score import score_outfit


def of(scale, values):
    return values[SCALES.index(scale)]


@pytest.mark.parametrize(
    "text",
    [
        "손님: 면접이 있어요.\n코디: 바지가 편하세요?",
        "<US> 면접이 있어요. <CO> 바지가 편하세요?",
        "Client: 면접이 있어요.\nStylist: 바지가 편하세요?",
    ],
)
def test_turns_are_told_apart_by_who_speaks(text):
    assert [(turn.text, turn.by_stylist) for turn in turns_of(text)] == [
        ("면접이 있어요.", False),
        ("바지가 편하세요?", True),
    ]


def test_without_labels_each_line_is_the_clients():
    assert [turn.by_stylist for turn in turns_of("a job interview\nno heels, please")] == [False, False]


@pytest.mark.parametrize(
    ("text", "field", "refused", "wanted"),
    [
        (
            "손님: 치마가 좋아요.\n코디: 알겠습니다.\n손님: 아니다, 치마 말고 바지로 할래요.",
            "category",
            "skirt",
            "pants",
        ),
        ("client: A black dress?\nclient: On second thought, no black. White.", "colours", "black", "white"),
    ],
)
def test_what_is_refused_later_is_no_longer_wanted(text, field, refused, wanted):
    read = asked_in(text)
    assert refused not in read.wanted.get(field, [])
    assert refused in read.excluded[field]
    assert wanted in read.wanted[field]


def test_what_the_stylist_proposes_counts_unless_it_is_turned_down():
    taken = asked_in("코디: 코트는 어떠세요?\n손님: 좋아요.")
    declined = asked_in("코디: 코트는 어떠세요?\n손님: 별로예요.")
    assert taken.wanted["category"] == ["coat"]
    assert "category" not in declined.wanted
    assert declined.excluded["category"] == ["coat"]


def test_a_choice_that_the_stylist_offers_is_no_wish():
    assert "category" not in asked_in("코디: 코트와 가디건 중에 뭐가 좋으세요?\n손님: 글쎄요.").wanted


def test_later_turns_and_the_client_weigh_more():
    first, question, last = clauses_of("손님: 회사에 가요.\n코디: 추우세요?\n손님: 따뜻한 게 좋아요.")
    assert question.weight < first.weight < last.weight


@pytest.mark.parametrize(
    ("text", "matter"), [("딱 붙는 바지는 싫어요", "딱 붙는 바지는"), ("no tight trousers", "tight trousers")]
)
def test_a_refusal_is_known_by_the_grammar_of_wishes(text, matter):
    (clause,) = clauses_of(text)
    assert (clause.refused, clause.matter) == (True, matter)


@pytest.mark.parametrize(
    ("scale", "more", "less"),
    [
        ("warm", "안쪽에 복슬복슬한 털을 둘러 한파에도 끄떡없는", "바람이 솔솔 드나드는 얇은 마직"),
        ("bold", "눈부시게 현란한 장식", "조용하고 단출한"),
        ("soft", "나풀나풀한 소녀 감성", "군인 같은 투박함"),
        ("warm", "padded for the coldest days", "airy and light for the heat"),
        ("bold", "dazzling under the spotlights", "quiet and unremarkable"),
    ],
)
def test_descriptions_are_read_in_words_that_no_list_has(scale, more, less):
    assert of(scale, described(more)) > of(scale, described(less))


def test_of_what_is_refused_the_contrary_is_asked():
    wanted, refused = (
        of("tight", asked(clauses_of(text))) for text in ("몸에 딱 붙는 옷이 좋아요", "몸에 딱 붙는 옷은 싫어요")
    )
    assert refused < 0 < wanted


DRESSED = ["단추 하나로 여미는 일자형, 구김 없는 모직, 짙은 남색, 믿음직한 느낌", "빳빳하게 선 깃, 면, 흰색, 반듯함",
           "앞주름을 잡아 곧게 떨어짐, 정장지, 검정, 깔끔함", "굽이 거의 없고 발등에 장식, 가죽, 점잖음"]  # fmt: skip
LOUD = ["비스듬한 지퍼와 징 장식, 가죽, 반항적인", "해골을 크게 찍고 밑단을 찢음, 면, 거친 느낌",
        "허벅지가 다 보이게 짧고 달라붙음, 비닐 광택, 도발적인", "아찔하게 가느다란 굽, 은색, 번쩍거림"]  # fmt: skip


@pytest.mark.parametrize(
    ("dialogue", "best", "worst"),
    [
        ("손님: 내일 은행에서 최종 면접을 봐요.\n코디: 차분하게 갈까요?\n손님: 네, 튀는 건 싫어요.", DRESSED, LOUD),
        (
            "손님: 밴드 공연에서 노래해요.\n코디: 세 보이게 갈까요?\n손님: 네, 화려하게요. 얌전한 건 싫어요.",
            LOUD,
            DRESSED,
        ),
    ],
)
def test_outfits_that_are_only_described_are_ranked_by_the_dialogue(dialogue, best, worst):
    better, other = score_outfit(best, dialogue), score_outfit(worst, dialogue)
    assert better.score > other.score
    assert better.rules["character"] > other.rules["character"]


def test_pieces_whose_words_are_understood_are_left_to_the_rules():
    suit = ["navy suit jacket", "white shirt", "navy suit trousers", "black oxford shoes"]
    assert "likeness" not in score_outfit(suit, "a job interview").rules


def test_a_piece_that_names_no_garment_may_be_the_one_that_is_missing():
    named = ["흰 셔츠", "검은 구두"]
    assert score_outfit(named).rules["slots"] < 0.4
    assert score_outfit([*named, "허리에서 넓게 퍼지며 무릎을 덮음"]).rules["slots"] == 1
