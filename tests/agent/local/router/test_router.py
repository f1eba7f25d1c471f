"""Where a question goes without a model: by its words, its picture and what was said before."""

import pytest
from langchain_core.messages import AIMessage
from local_parts import BUILT_IN, Described, passage, state_of

from stylegraph.agent.evidence import Match
from stylegraph.agent.local.router.router import LocalRouter
from stylegraph.tools.retrieval.source import DocumentsSource

WOOL = ("울 니트는 어떻게 세탁해?", "울 니트는 30도 이하의 물에서 눌러 빱니다.")
SWEATER = ("How do I wash a wool sweater?", "Press it gently in water below 30 degrees.")
SUMMER = ("여름에 입을 시원한 셔츠 추천해줘", "1. 흰 린넨 셔츠 (59,000원)\n2. 하늘색 반팔 셔츠 (39,000원)")
RAIN = ("recommend a rain jacket", "1. Yellow rain jacket (59,000 won)\n2. Navy windbreaker (49,000 won)")


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("캐시미어 스웨터는 어떻게 빨아야 하나요?", {"documents"}),
        ("우리 회사 야근 수당 기준 찾아줘", {"documents"}),
        ("What does the manual say about descaling?", {"documents"}),
        ("광주 내일 비 와?", {"web"}),
        ("who won the match yesterday", {"web"}),
        ("capital of Portugal", {"web"}),
        ("10만원 이하 겨울 코트 보여줘", {"fashion"}),
        ("navy cardigan for my grandmother", {"fashion"}),
        ("안녕하세요!", {"chat"}),
        ("write a haiku in Japanese for me", {"chat"}),
        ("울 코트 추천하고 보관법도 알려줘", {"fashion", "documents"}),
        ("check tomorrow's weather in Oslo and pick a coat for me", {"web", "fashion"}),
        ("Compare our refund policy with the current consumer law", {"documents", "web"}),
    ],
)
async def test_a_question_goes_where_its_answer_is(routing, text, routes):
    assert set((await routing(text))["routes"]) == routes


async def test_each_of_several_routes_gets_its_own_part_of_the_question(routing):
    routed = await routing("린넨 셔츠 추천하고 세탁법도 알려줘")
    assert routed["queries"] == {
        "fashion": ["린넨 셔츠 추천하고"],
        "documents": ["린넨 셔츠 세탁법도 알려줘"],
    }


@pytest.mark.parametrize(
    ("text", "wish", "kept_out"),
    [
        ("Recommend a wool coat and tell me how to store wool in summer", "Recommend a wool coat", "summer"),
        ("겨울 등산 갈 때 입을 옷 추천하고 고어텍스 세탁법도 알려줘", "등산", "고어텍스"),
        ("린넨 셔츠 추천해주고 세탁법도 알려줘, 빨간색 말고", "빨간색 말고", "세탁"),
        ("recommend a silk scarf, nothing red, and tell me how to wash it", "nothing red", "wash"),
    ],
)
async def test_what_is_asked_elsewhere_is_no_wish_and_what_holds_for_all_stays(routing, text, wish, kept_out):
    part = (await routing(text))["parts"]["fashion"]
    assert wish in part
    assert kept_out not in part
    assert not part.endswith(" and")


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("이 옷 무슨 색이야?", {"image"}),
        ("이거 세탁기 돌려도 돼?", {"image", "documents"}),
        ("something like this but cheaper", {"image", "fashion"}),
        ("is this style still in fashion this year?", {"image", "web"}),
        ("사진은 무시하고 검은 구두 추천해줘", {"fashion"}),
        ("내일 부산 비 와?", {"web"}),
        ("고마워!", {"chat"}),
    ],
)
async def test_a_picture_is_looked_at_only_when_the_question_needs_it(routing, text, routes):
    assert set((await routing(text, image=True))["routes"]) == routes


@pytest.mark.parametrize(
    ("before", "text", "routes", "holds", "lacks"),
    [
        (WOOL, "그럼 실크는?", {"documents"}, ["실크"], ["니트"]),
        (SWEATER, "And silk?", {"documents"}, ["silk"], ["sweater"]),
        (SUMMER, "그럼 겨울에는?", {"fashion"}, ["겨울", "따뜻한 셔츠"], ["여름", "시원한"]),
        (SUMMER, "두 번째 거 더 자세히", {"fashion"}, ["하늘색 반팔 셔츠"], ["두 번째"]),
        (SUMMER, "첫 번째 거 세탁은 어떻게 해?", {"documents"}, ["흰 린넨 셔츠", "세탁"], []),
        (SUMMER, "더 싼 건 없어?", {"fashion"}, ["셔츠", "더 싼"], []),
        (SUMMER, "오늘 서울 날씨 어때?", {"web"}, ["서울 날씨"], ["셔츠"]),
        (RAIN, "for my dad instead", {"fashion"}, ["dad", "jacket"], []),
        (RAIN, "what about cheaper ones?", {"fashion"}, ["cheaper", "jacket"], []),
        (RAIN, "how do I wash the second one", {"documents"}, ["Navy windbreaker"], ["second"]),
        (RAIN, "unrelated, but who invented radio?", {"web"}, ["radio"], ["jacket"]),
        (RAIN, "thanks a lot!", {"chat"}, [], []),
        (("제주도 날씨 어때", "맑고 24도입니다."), "부산은?", {"web"}, ["부산 날씨"], ["제주"]),
        (("연차는 며칠이야?", "15일입니다."), "못 쓰면 돈으로 줘?", {"documents"}, ["연차"], []),
        (("원피스 추천해줘", "어느 계절에 입으실 건가요?"), "가을이요", {"fashion"}, ["원피스", "가을"], []),
        (
            ("이 사진 속 신발 뭐야?", "사진에는 갈색 스웨이드 첼시 부츠가 보여요."),
            "물 묻으면 어떡해",
            {"documents"},
            ["스웨이드 첼시 부츠", "물"],
            ["사진"],
        ),
        (("이 옷 뭐야?", "회색 울 블레이저로 보여요."), "집에서 빨 수 있나?", {"documents"}, ["울 블레이저"], []),
    ],
)
async def test_a_follow_up_is_made_standalone(routing, before, text, routes, holds, lacks):
    routed = await routing(text, *before)
    assert set(routed["routes"]) == routes
    assert all(words in routed["question"] for words in holds)
    assert not any(words in routed["question"] for words in lacks)


async def test_a_conversation_is_followed_over_several_turns(routing):
    routed = await routing(
        "그럼 아빠는?", *SUMMER, "겨울 걸로 바꿔줘", "1. 회색 니트 셔츠 (49,000원)\n2. 갈색 코듀로이 셔츠"
    )
    assert "셔츠" in routed["question"]
    assert "아빠" in routed["question"]
    assert routed["routes"] == ["fashion"]


@pytest.mark.parametrize(
    "text", ["이거 어떻게 빨아?", "그럼 가을에는?", "얼마예요?", "does it come in blue?", "what are the opening hours?"]
)
async def test_what_points_at_nothing_is_asked_back_once(routing, text):
    asked = await routing(text)
    assert asked["ask_back"]
    assert asked["routes"] == ["chat"]
    again = await routing(text, asked_back=True)
    assert again["ask_back"] is None


async def test_a_question_back_comes_in_the_language_of_the_question_with_quick_answers(routing):
    korean = await routing("이거 어떻게 빨아?")
    assert "소재" in korean["ask_back"]
    assert "린넨" in korean["choices"]
    english = await routing("how do I wash this?")
    assert "fabric" in english["ask_back"]
    assert "linen" in english["choices"]


@pytest.mark.parametrize(
    "text",
    [
        "이 규정은 언제부터 시행돼?",
        "추천해줘",
        "골프장 드레스코드 알려주고 거기 맞는 바지 골라줘",
        "it's 30 degrees out, what do I wear",
        "is it rude to wear white",
        "what are people wearing at concerts? find me something similar",
    ],
)
async def test_a_wide_question_is_not_an_unclear_one(routing, text):
    assert (await routing(text))["ask_back"] is None


async def test_signs_alone_are_in_the_language_of_the_conversation(routing):
    assert (await routing("???", *SUMMER))["language"] == "ko"
    assert (await routing("👍", *RAIN))["language"] == "en"


async def test_a_long_question_is_read_by_its_ends_and_kept_whole(routing):
    text = "여름 결혼식에 입을 원피스 추천해줘. " + "자세한 사정은 이래요. " * 800
    routed = await routing(text)
    assert "fashion" in routed["routes"]
    assert routed["question"] == text


class TestOwnSources:
    """A user's own source is learned from a handful of examples and takes nothing from the others."""

    ORDERS = Described(
        "orders",
        "The user's own orders: where a parcel is, delivery dates, cancelling and refunds.",
        ["내 주문 지금 어디쯤 왔어?", "지난주에 산 신발 배송 언제 도착해?", "주문 취소하고 싶어", "Where is my order?"],
    )
    STOCK = Described(
        "stock",
        "How many of each item are in stock, by shop and size.",
        ["M 사이즈 재고 있어?", "강남점에 검정 코트 재고 남았나요", "Is the navy blazer in stock in size L?"],
    )

    @pytest.fixture(scope="class")
    @classmethod
    def extended(cls, embedder):
        return LocalRouter(embedder, [*BUILT_IN, cls.ORDERS, cls.STOCK])

    @pytest.mark.parametrize(
        ("text", "route"),
        [
            ("어제 주문한 거 배송 시작됐나요", "orders"),
            ("주문 내역 보여줘", "orders"),
            ("has my order shipped yet", "orders"),
            ("흰 셔츠 S 사이즈 재고 확인해줘", "stock"),
            ("재고 부족한 품목 알려줘", "stock"),
        ],
    )
    async def test_its_questions_go_to_it(self, extended, text, route):
        assert (await extended.route(state_of(text)))["routing"]["routes"] == [route]

    @pytest.mark.parametrize(
        ("text", "route"),
        [
            ("흰 셔츠 추천해줘", "fashion"),
            ("울 니트 세탁법", "documents"),
            ("삼성전자 주가", "web"),
            ("where can I buy a Barbour jacket", "web"),
            ("안녕", "chat"),
        ],
    )
    async def test_the_questions_of_others_stay_theirs(self, extended, text, route):
        assert (await extended.route(state_of(text)))["routing"]["routes"] == [route]

    async def test_it_gets_a_query(self, extended):
        routed = (await extended.route(state_of("Where is my order?")))["routing"]
        assert routed["queries"] == {"orders": ["Where is my order?"]}


class Filtering(Described):
    def read_filters(self, question):
        return {"price_krw": {"lte": 50000}} if "5만원" in question else {}


async def test_filters_are_read_from_the_words_by_the_source(embedder):
    source = Filtering("fashion", "Clothes.", ["셔츠 추천해줘"])
    routed = (await LocalRouter(embedder, [source]).route(state_of("5만원 이하 흰 셔츠 찾아줘")))["routing"]
    assert routed["filters"] == {"fashion": {"price_krw": {"lte": 50000}}}


class Knowing(Described):
    async def probe(self, question):
        return 0.9


async def test_documents_that_know_the_answer_are_preferred_to_the_web(embedder):
    text = "몽골의 수도는 어디야?"
    knowing = Knowing("documents", "Documents.", [])
    assert (await LocalRouter(embedder, BUILT_IN).route(state_of(text)))["routing"]["routes"] == ["web"]
    assert (
        "documents"
        in (await LocalRouter(embedder, [knowing, *BUILT_IN[1:]]).route(state_of(text)))["routing"]["routes"]
    )


class Holding(Knowing):
    """Documents of somebody's own that match every question well: a stand-in for an index."""

    async def match(self, question):
        return Match(0.9, strange=True, passages=[passage(f"{question} It is told here.", title="All that is asked")])


async def test_what_somebody_indexed_answers_alone_what_else_goes_to_the_web_too(embedder):
    holding = Holding("documents", "Documents.", [])
    router = LocalRouter(embedder, [holding, *BUILT_IN[1:]])
    routing = (await router.route(state_of("몽골의 수도는 어디야?")))["routing"]
    assert routing["routes"] == ["documents"]
    assert routing["confidence"] > 0.9


async def test_a_question_that_points_at_nothing_is_put_back_whatever_somebody_indexed(embedder):
    holding = Holding("documents", "Documents.", [])
    router = LocalRouter(embedder, [holding, *BUILT_IN[1:]])
    assert (await router.route(state_of("이건 어떤 데서 써?")))["routing"]["ask_back"]
    assert not (await router.route(state_of("그 배는 왜 가라앉았어?")))["routing"]["ask_back"]


class Counting:
    """An embedder that remembers what it was given."""

    def __init__(self, embedder):
        self.name, self._embedder, self.given = embedder.name, embedder, []

    async def embed(self, texts):
        self.given.extend(texts)
        return await self._embedder.embed(texts)


async def test_a_question_that_stands_alone_is_read_once(embedder):
    counting = Counting(embedder)
    await LocalRouter(counting, BUILT_IN).route(state_of("실크 블라우스 세탁법"))
    assert counting.given.count("실크 블라우스 세탁법") == 1


class TestOnlyWhatIsThere:
    """Routes that were learned and have no source are nowhere to be found."""

    HR = Described(
        "hr",
        "The company's HR policies: leave, expenses, gifts, working hours, dress code, benefits.",
        [
            "연차는 며칠까지 쓸 수 있어?",
            "출장비 정산은 어떻게 해?",
            "재택근무 규정 알려줘",
            "How many vacation days do I get?",
            "What does the travel policy say?",
        ],
    )

    @pytest.fixture(scope="class")
    @classmethod
    def desk(cls, embedder):
        return LocalRouter(embedder, [Described("documents", "", DocumentsSource.examples), cls.HR], looks=False)

    @pytest.mark.parametrize(
        "text", ["흰 셔츠 추천해줘", "오늘 서울 날씨 어때?", "이 사진 속 옷이 뭐야?", "기념일 선물 예산 한도 알려줘"]
    )
    async def test_a_question_goes_to_no_source_that_is_not_there(self, desk, text):
        routed = (await desk.route(state_of(text, image=True)))["routing"]
        assert set(routed["routes"]) <= {"documents", "hr", "chat"}

    async def test_what_is_learned_of_nothing_goes_to_the_source_that_it_has_something_in_common_with(self, desk):
        assert (await desk.route(state_of("출장 갈 때 숙박비 한도가 얼마야")))["routing"]["routes"] == ["hr"]
        assert (await desk.route(state_of("실크 블라우스 보관법")))["routing"]["routes"] == ["documents"]

    async def test_what_its_own_source_may_say_on_health_is_not_declined(self, embedder):
        examples = ["예약은 어떻게 바꿔요?", "처방약 다시 받을 수 있나요?", "Can I get my pills refilled?"]
        clinic = Described("clinic", "A clinic's front desk: appointments, prescriptions.", examples)
        routed = (
            await LocalRouter(embedder, [clinic], looks=False).route(state_of("처방약 다시 받으려면 어떻게 해야 해?"))
        )["routing"]
        assert routed["routes"] == ["clinic"]

    async def test_without_a_domain_nobody_is_asked_back_about_its_things(self, desk, routing):
        asked = (await desk.route(state_of("이거 얼마야?")))["routing"]
        assert asked["ask_back"]
        assert "옷" not in asked["ask_back"]
        assert asked["choices"] == []
        assert "옷" in (await routing("이거 얼마야?"))["ask_back"]


@pytest.mark.parametrize("text", ["how to write a command group in click", "when do I get my first salary"])
async def test_a_question_that_is_like_nothing_learned_is_for_the_documents(routing, text):
    assert (await routing(text))["routes"] == ["documents"]


async def test_only_clear_small_talk_is_answered_without_a_look_at_the_documents(routing):
    assert (await routing("안녕하세요!"))["queries"] == {}
    assert (await routing("I feel sad today"))["queries"] == {}
    unsure = await routing("분쇄해서 보내주세요 되나요")
    assert (unsure["routes"], list(unsure["queries"])) == (["chat"], ["documents"])


async def test_a_follow_up_is_also_asked_of_the_document_that_answered_before(router):
    state = state_of("말릴 때는?", *WOOL)
    block = {"type": "text", "text": WOOL[1], "annotations": [{"type": "citation", "title": "울 니트 빨기"}]}
    state["messages"][1] = AIMessage([block], additional_kwargs={"status": "answered"})
    routed = (await router.route(state))["routing"]
    assert routed["wordings"] == ["울 니트 빨기 › 말릴 때는?"]
    assert routed["queries"]["documents"] == [routed["question"], "울 니트 빨기, 말릴 때는?"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (  # lent nothing of the other clause
            "울 스웨터는 어떻게 빨아요? 그리고 면접에는 뭐 입고 가요?",
            {"documents": "울 스웨터는 어떻게 빨아요?", "fashion": "면접에는 뭐 입고 가요?"},
        ),
        (  # no verb asks for it
            "how to get rust out of a cast iron pan? And bottoms for the gym",
            {"documents": "how to get rust out of a cast iron pan?", "fashion": "bottoms for the gym"},
        ),
        (  # what joined the clauses is in none of them
            "How do I get linen not to crease. Also, olive chinos",
            {"documents": "How do I get linen not to crease.", "fashion": "olive chinos"},
        ),
        (  # a condition of the wish is no question
            "How do I hang t-shirts without peg marks? And a trench coat, women's",
            {"documents": "How do I hang t-shirts without peg marks?", "fashion": "a trench coat, women's"},
        ),
        (  # what is told on the way to a wish is told of the wish
            "중성세제는 물 5리터에 몇 미리 넣어요? 그리고 은행 면접 보러 가는데 남자 구두 추천해줘",
            {"documents": "중성세제는 물 5리터에 몇 미리 넣어요?", "fashion": "은행 면접 보러 가는데 남자 구두 추천해줘"},
        ),
        (  # the whole is hardly a wish, its second clause is surely one
            "which swimsuit material survives chlorine? warm boots",
            {"documents": "which swimsuit material survives chlorine?", "fashion": "warm boots"},
        ),
    ],
)  # fmt: skip
async def test_a_question_and_a_wish_each_have_their_own_words(routing, text, parts):
    assert (await routing(text))["parts"] == parts


async def test_a_clause_that_leans_on_the_one_before_it_is_lent_what_that_is_about(routing):
    assert (await routing("린넨 셔츠 추천하고 세탁법도 알려줘"))["parts"]["documents"] == "린넨 셔츠 세탁법도 알려줘"
