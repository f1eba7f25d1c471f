"""What people say, and what is understood: particles, spacing, typos, negation, both languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.query.parser import LONGEST_WISH, WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

SHOES = {"sneakers", "sandals", "heels", "flats", "dress-shoes", "boots"}
WARM_COLOURS = {"red", "orange", "yellow", "brown", "beige", "burgundy"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("여름에 입을 시원한 캐주얼 스타일", {"seasons": ["summer"], "weather": ["hot"], "styles": ["casual"]}),
        ("흰색 면 셔츠를 찾아요", {"colours": ["white"], "material": ["cotton"], "category": ["shirt"]}),
        ("남자여름반팔티", {"audience": ["men"], "seasons": ["summer"], "sleeve": ["short"], "category": ["tshirt"]}),
        ("체크남방하나살까", {"pattern": ["checked"], "category": ["shirt"]}),
        ("꾸안꾸 하객룩", {"styles": ["casual"], "occasions": ["wedding-guest"]}),
        ("니트 원피스", {"category": ["dress"], "material": ["knit"]}),
        ("30도 넘는 날 입을 반바지", {"weather": ["hot"], "category": ["shorts"]}),
        ("영하 5도 코트", {"weather": ["cold"], "category": ["coat"]}),
        ("비 오는 날 입을 자켓", {"weather": ["rain"], "category": ["jacket"]}),
        ("a plain white tee", {"pattern": ["solid"], "colours": ["white"], "category": ["tshirt"]}),
        ("85F weather polo", {"weather": ["hot"], "category": ["polo"]}),
        ("striped long-sleeved shirts", {"pattern": ["striped"], "sleeve": ["long"], "category": ["shirt"]}),
        ("something cool for summer", {"weather": ["hot"], "seasons": ["summer"]}),
        ("a cool jacket", {"moods": ["chic"], "category": ["jacket"]}),
        ("따뜻한 니트", {"weather": ["cold"], "category": ["sweater"]}),
        ("a warm sweater", {"weather": ["cold"], "category": ["sweater"]}),
    ],
)
def test_understands_what_is_asked_for(reader: WishReader, text: str, wanted: dict[str, list[str]]) -> None:
    assert {kind: set(values) for kind, values in reader.read(text)["wanted"].items()} == {
        kind: set(values) for kind, values in wanted.items()
    }


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("따뜻한 색감의 니트", ["sweater"]),
        ("그런 따뜻한 색", []),
        ("warm colours", []),
        ("a sweater in a warm color", ["sweater"]),
        ("a warm-coloured sweater", ["sweater"]),
    ],
)
def test_a_warm_colour_is_a_colour_and_no_weather(reader: WishReader, text: str, category: list[str]) -> None:
    wish = reader.read(text)
    assert wish["wanted"] == ({"category": category} if category else {})
    assert set(wish["preferred"]["colours"]) == WARM_COLOURS


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a jacket with a manufacturer's warranty", []),
        ("a jacket with a manufacturer’s warranty", []),
        ("I'm after a jacket", []),
        ("Levi's 스타일 재킷", []),
        ("women's jacket", []),
        ("women's jacket in S", ["S"]),
        ("a size S jacket", ["S"]),
        ("S", ["S"]),
        ("a jacket, 'S'", ["S"]),
        ("M 사이즈 재킷", ["M"]),
    ],
)
def test_the_letter_after_an_apostrophe_is_no_size(text: str, sizes: list[str]) -> None:
    vocabulary = vocabulary_of(sample_items())
    values = {**vocabulary["values"], "size": {"S": 9, "M": 9, "L": 9}}
    read = WishReader({**vocabulary, "values": values}).read(text)
    assert read["wanted"].get("size", []) == sizes
    assert read["wanted"].get("audience", []) == (["women"] if "women" in text else [])


@pytest.mark.parametrize(
    ("text", "excluded", "wanted"),
    [
        ("빨간색 말고 니트", {"colours": ["red"]}, {"category": ["sweater"]}),
        ("빨간색이나 검은색은 빼고", {"colours": ["red", "black"]}, {}),
        ("빨강, 검정 말고 셔츠", {"colours": ["red", "black"]}, {"category": ["shirt"]}),
        ("줄무늬는 싫고 체크 셔츠로", {"pattern": ["striped"]}, {"pattern": ["checked"], "category": ["shirt"]}),
        ("너무 캐주얼하지 않은 바지", {"styles": ["casual"]}, {"category": ["jeans", "leggings", "pants", "shorts"]}),
        ("튀지않는 티셔츠", {"moods": ["bold"]}, {"category": ["tshirt"]}),
        ("남색만 아니면 다 좋아요", {"colours": ["navy"]}, {}),
        ("긴팔은 더우니까 빼고 여름 셔츠", {"sleeve": ["long"]}, {"seasons": ["summer"], "category": ["shirt"]}),
        ("두꺼운 거 말고 가을 가디건", {"warmth": ["high"]}, {"seasons": ["autumn"], "category": ["cardigan"]}),
        ("not too formal", {"styles": ["formal"]}, {}),
        ("no leather or suede boots", {"material": ["leather", "suede"]}, {"category": ["boots"]}),
        ("shirts without stripes", {"pattern": ["striped"]}, {"category": ["shirt"]}),
        ("anything but black", {"colours": ["black"]}, {}),
        ("no red, navy or black", {"colours": ["red", "navy", "black"]}, {}),
        ("I don't want heels", {"category": ["heels"]}, {}),
        ("leather-free sandals", {"material": ["leather"]}, {"category": ["sandals"]}),
    ],
)
def test_a_negation_reaches_its_list_and_nothing_more(
    reader: WishReader, text: str, excluded: dict[str, list[str]], wanted: dict[str, list[str]]
) -> None:
    wish = reader.read(text)
    assert {kind: set(values) for kind, values in wish["excluded"].items()} == {
        kind: set(values) for kind, values in excluded.items()
    }
    assert {kind: set(values) for kind, values in wish["wanted"].items()} == {
        kind: set(values) for kind, values in wanted.items()
    }


def test_another_kind_instead_keeps_its_trait(reader: WishReader) -> None:
    wish = reader.read("핑크색 바지 말고 핑크색 치마")
    assert wish["wanted"] == {"colours": ["pink"], "category": ["skirt"]}
    assert "colours" not in wish["excluded"]


@pytest.mark.parametrize(
    ("typo", "category"),
    [
        ("원피쓰", "dress"),
        ("가디겐", "cardigan"),
        ("스니커쯔", "sneakers"),
        ("cardigen", "cardigan"),
        ("swetaer", "sweater"),
        ("shrit", "shirt"),
        ("dreses", "dress"),
        ("원 피 스", "dress"),
        ("가 디건", "cardigan"),
    ],
)
def test_reads_over_typos_and_spaces(reader: WishReader, typo: str, category: str) -> None:
    assert reader.read(f"{typo} 추천")["wanted"]["category"] == [category]


@pytest.mark.parametrize("word", ["결정장애", "은행", "금요일", "books", "while", "greet", "와인바"])
def test_another_word_is_no_typo(reader: WishReader, word: str) -> None:
    assert reader.read(word)["wanted"] == {}


def test_names_are_not_wishes(reader: WishReader) -> None:
    assert "colours" not in reader.read("I work at Orange, the telecom. Trousers?")["wanted"]


@pytest.mark.parametrize(
    "text", ["꼭 린넨 셔츠여야 해요", "셔츠는 린넨만", "a shirt, must be linen", "only linen shirts"]
)
def test_a_must_is_marked(reader: WishReader, text: str) -> None:
    wish = reader.read(text)
    assert wish["wanted"]["material"] == ["linen"]
    assert "material" in wish["must"]


@pytest.mark.parametrize("text", ["가능하면 린넨 셔츠", "린넨이면 좋겠어요, 셔츠", "preferably a linen shirt"])
def test_a_nice_to_have_is_no_condition(reader: WishReader, text: str) -> None:
    wish = reader.read(text)
    assert wish["preferred"]["material"] == ["linen"]
    assert wish["wanted"] == {"category": ["shirt"]}


@pytest.mark.parametrize(
    "text", ["색은 상관없고 심플한 셔츠", "검정이든 흰색이든 상관없고 심플한 셔츠", "simple shirt, I don't mind black"]
)
def test_what_does_not_matter_is_dropped(reader: WishReader, text: str) -> None:
    assert "colours" not in reader.read(text)["wanted"]


def test_what_it_goes_with_is_not_what_is_wanted(reader: WishReader) -> None:
    for text in ("청바지에 어울리는 셔츠", "a shirt that goes with jeans", "I already have jeans, suggest a shirt"):
        wish = reader.read(text)
        assert wish["wanted"]["category"] == ["shirt"]
        assert wish["alongside"]["category"] == ["jeans"]


def test_a_companion_is_not_the_wearer(reader: WishReader) -> None:
    assert "audience" not in reader.read("여친이랑 데이트할 때 입을 셔츠")["wanted"]
    assert "audience" not in reader.read("a dinner with my wife, what shirt?")["wanted"]
    assert reader.read("여친 줄 가디건")["wanted"]["audience"] == ["women"]


def test_a_wider_word_stands_for_its_members(reader: WishReader) -> None:
    assert set(reader.read("신발 추천")["wanted"]["category"]) == SHOES
    assert set(reader.read("신발 추천, 샌들은 말고")["wanted"]["category"]) == SHOES - {"sandals"}
    assert reader.read("여름 신발, 샌들")["wanted"]["category"] == ["sandals"]


def test_several_garments_keep_what_is_theirs(reader: WishReader) -> None:
    parts = reader.read("흰 셔츠랑 검은 치마")["parts"]
    assert parts == [{"category": ["shirt"], "colours": ["white"]}, {"category": ["skirt"], "colours": ["black"]}]
    assert reader.read("shirt in white and skirt in navy")["parts"] == [
        {"category": ["shirt"], "colours": ["white"]},
        {"category": ["skirt"], "colours": ["navy"]},
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [("셔츠 세 벌", 3), ("딱 하나만", 1), ("바지 2개", 2), ("three shirts", 3), ("just one pair of heels", 1),
     ("a couple of polos", 2), ("top 5 skirts", 5), ("두 번째 거", None), ("a dress", None),
     ("겨울 코트 하나 추천해줘", 1), ("원피스 하나 보여주세요", 1), ("코트 하나 사려는데 추천해줘", None), ("코트 추천해줘", None),
     ("코트 하나하나 보여줘", None), ("하나도 안 비싼 코트", None), ("후드티 딱 하나", 1), ("바지 하나면 돼", 1), ("코트 한 벌 추천해줘", 1),
     ("suggest a warm coat", None), ("a jacket please", None), ("one warm coat", 1), ("pick one for me", 1), ("the best one for rain", 1),
     ("what's your top pick in coats", 1), ("your top picks", None), ("show me one in blue", None), ("a one-shoulder top", None)],
)  # fmt: skip
def test_counts_pieces_only_when_told(reader: WishReader, text: str, count: int | None) -> None:
    assert reader.read(text)["count"] == count


def test_says_what_the_catalogue_has_no_value_for(reader: WishReader) -> None:
    missing = {one["field"]: one["concept"] for one in reader.read("나이키 실크 수영복, 사이즈 M")["unexpressed"]}
    assert missing == {"brand": "nike", "material": "silk", "category": "swimwear", "size": "size"}


def test_points_at_what_was_shown(reader: WishReader) -> None:
    assert reader.read("두 번째 거랑 비슷한데 더 저렴한 거")["about"] == {
        "relations": ["similar", "cheaper"],
        "ordinal": 2,
    }
    assert reader.read("show me something else")["about"] == {"relations": ["other"]}


_WISH_READER = WishReader(vocabulary_of(sample_items()), is_word=lambda word: False)


@settings(max_examples=150)
@given(st.text(max_size=80) | st.text(alphabet="빨간색말고이나no ,.0123456789만원$-~", max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    wish = _WISH_READER.read(text)
    assert wish == _WISH_READER.read(text)
    assert wish["text"] == text


def test_a_very_long_text_is_read_in_time(reader: WishReader) -> None:
    assert len(reader.read("면" * 1_000_000)["text"]) == LONGEST_WISH


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("아빠 환갑 선물", {"audience": ["men"]}),
        ("엄마 칠순 선물로 옷", {"audience": ["women"]}),
        ("dad's wedding gift shirt", {"audience": ["men"], "category": ["shirt"]}),
        ("형 결혼식에 입을 옷", {"occasions": ["wedding-guest"]}),
    ],
)
def test_a_gift_is_for_the_one_whose_party_it_is_and_is_not_worn_there_by_the_giver(text, wanted, reader):
    assert reader.read(text)["wanted"] == wanted
