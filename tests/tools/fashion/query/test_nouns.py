"""A catalogue's own words, and what a wish names of them."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.nouns import has_words, heads_of, share_of, words_of
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of


def _item(number: int, name: str, category: str, description: str = "") -> dict[str, object]:
    return {"id": str(number), "name_ko": name, "name_en": name, "category": category, "description_ko": description,
            "description_en": description}  # fmt: skip


SHOP = [
    _item(1, "Harlow Coat Rack, Oak", "Coat Racks", "Holds eight coats."), _item(2, "Fenn Coat Rack, Black", "Coat Racks"),
    _item(3, "Ostra Corner Sofa, Green", "Sofas", "With hidden storage."), _item(4, "Tilda 2 Seater Sofa, Grey", "Sofas"),
]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> WishReader:
    return WishReader(vocabulary_of(SHOP))


def said(reader: WishReader, text: str) -> list[tuple[str, bool]]:
    return [(one["said"], one["must"]) for one in reader.read(text)["named"]]


def test_a_name_ends_in_what_the_thing_is() -> None:
    assert list(heads_of("Cairn Women's Hiking Boots, Olive")) == ["boot", "hiking boot"]
    assert list(heads_of("[무료배송] 오버핏 린넨 셔츠 3color")) == ["셔츠", "린넨 셔츠"]
    assert words_of("Kids' Dresses & Scarves")[:2] == ["kid", "dress"]


def test_what_is_no_known_kind_must_stand_in_the_items_own_words(reader: WishReader) -> None:
    assert said(reader, "show me a sofa") == [("sofa", True)]
    assert said(reader, "a corner sofa with storage") == [("corner", True), ("sofa", True), ("storage", False)]


def test_of_what_descriptions_alone_say_only_things_are_wanted() -> None:
    told = "저녁에 덮기 좋은 담요예요. 집에 하나쯤 없어요? 손잡이가 있어요."
    reader = WishReader(vocabulary_of([_item(1, "체크 담요", "담요", told)]))
    assert said(reader, "저녁에 쓸 담요가 없어요 골라 주세요") == []
    assert said(reader, "손잡이 달린 담요") == [("손잡이", False)]


@pytest.mark.parametrize(
    ("text", "things"),
    [("put together a green corner under 200,000 won", ["corner"]), ("build me something to pull over tonight", []),
     ("pull together a corner", ["corner"]), ("what do I throw over the sofa", ["sofa"]), ("parts and a den", ["den", "parts"]),
     ("chests and a sofa", ["chests", "sofa"])],
)  # fmt: skip
def test_what_somebody_does_is_no_thing_that_is_wanted(text: str, things: list[str]) -> None:
    together = _item(5, "Lounge Chair", "Chairs", "Pull the parts together, throw a rug over it and build a den.")
    wish = WishReader(vocabulary_of([*SHOP, together])).read(text)
    nouns = [one["said"] for one in wish["unexpressed"] if one["field"] == "noun"]
    assert sorted({*nouns, *(one["said"] for one in wish["named"])}) == sorted(things)


def test_nothing_of_clothes_is_assumed_where_nothing_is_worn(reader: WishReader) -> None:
    wish = reader.read("a coat rack")
    assert "category" not in wish["wanted"]
    assert said(reader, "a coat rack") == [("coat", True), ("rack", True)]
    assert not wish["unexpressed"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [("a piano", "piano"), ("show me a washing line", "washing line"), ("피아노 있어요?", "피아노"), ("카약 보여줘", "카약"),
     ("something in the same place", None), ("a sofa for my apartment", None), ("설악산에서 쓸 sofa", None),
     ("something for walking the dog", None), ("a sofa for when it might rain", None)],
)  # fmt: skip
def test_a_thing_that_is_wanted_and_nowhere_is_missing_and_a_place_is_not(
    reader: WishReader, text: str, missing: str | None
) -> None:
    found = [one["said"] for one in reader.read(text)["unexpressed"] if one["field"] == "noun"]
    assert found == ([missing] if missing else [])


def test_an_item_has_words_in_any_of_its_texts_whatever_their_ending() -> None:
    rack = SHOP[0]
    assert has_words(rack, ["coat", "racks"])
    assert has_words(rack, ["holds"])
    assert not has_words(rack, ["holds"], named_only=True)
    assert has_words(_item(9, "실크 곱창머리끈", "액세서리"), ["머리끈"])
    assert not has_words(_item(9, "실크 곱창머리끈", "액세서리"), ["가방"])


OUTDOOR = [
    _item(1, "Skye 2-Person Tent", "Tents"), _item(2, "Larch 3 Person Tent", "Tents"), _item(3, "Larch Down Sleeping Bag", "Sleeping Bags"),
    _item(4, "Alder 30L Backpack", "Packs"), _item(5, "Cairn Folding Poles", "Poles"),
    {**_item(6, "Ida Desk", "Desks"), "colours": ["Oak"], "material": "Steel"},
    {**_item(7, "Ida Desk", "Desks"), "colours": ["White"], "material": "Oak"},
]  # fmt: skip


@pytest.fixture(scope="module")
def outdoor() -> WishReader:
    return WishReader(vocabulary_of(OUTDOOR))


@pytest.mark.parametrize(
    "text", ["a 2 person tent", "a two-person tent", "a tent for two", "a tent for two people, max $300"]
)
def test_how_many_it_takes_is_read_by_the_number_that_names_have(outdoor: WishReader, text: str) -> None:
    assert ["2 person"] in [one["words"] for one in outdoor.read(text)["named"]]


def test_how_long_it_is_for_says_not_how_many_it_takes(outdoor: WishReader) -> None:
    assert not [one for one in outdoor.read("a tent for two days")["named"] if one["words"][0][0].isdigit()]


@pytest.mark.parametrize(
    "text", ["poles, nothing folding", "something other than a folding one, please", "none of that folding stuff"]
)
def test_what_items_are_called_is_ruled_out_as_a_known_kind_is(outdoor: WishReader, text: str) -> None:
    wish = outdoor.read(text)
    assert wish["excluded"]["details"] == ["folding"]
    assert "folding" not in [one["said"] for one in wish["named"]]


def test_a_group_by_its_last_word_alone_does_not_take_what_is_called_otherwise(outdoor: WishReader) -> None:
    wish = outdoor.read("a backpack")
    assert "category" not in wish["wanted"]
    assert [one["words"] for one in wish["named"]] == [["backpack"]]


def test_a_value_of_two_columns_is_asked_of_either(outdoor: WishReader) -> None:
    wish = outdoor.read("an oak desk")
    assert not {"colours", "material"} & wish["wanted"].keys()
    assert ["oak"] in [[word.lower() for word in one["words"]] for one in wish["named"]]


CAMP = [
    *(_item(number, f"{maker} Trekking Rucksack", "bag") | {"shelf": "Packs"}
      for number, maker in enumerate(("Tarn", "Skye", "Larch"))),
    _item(3, "Tarn 30L Backpack", "Packs"), _item(4, "Skye 40L Backpack", "Packs"), _item(5, "Skye Down Sleeping Bag", "Sleeping Bags"),
    _item(6, "Tarn Hard Cooler", "Coolers"), _item(7, "Larch Soft Cooler", "Coolers"), _item(8, "Larch Down Jacket", "Jackets"),
    _item(9, "Skye Grid Fleece", "Midlayers"), _item(10, "Tarn Grid Fleece", "Midlayers"), _item(11, "Tarn Rain Jacket", "Jackets"),
]  # fmt: skip


@pytest.fixture(scope="module")
def camp() -> WishReader:
    return WishReader(vocabulary_of(CAMP))


@pytest.mark.parametrize("text", ["a rucksack", "배낭", "a bag"])
def test_a_shelf_is_what_the_names_on_it_say_and_a_sleeping_bag_is_no_bag(camp: WishReader, text: str) -> None:
    assert camp.read(text)["wanted"]["category"] == ["bag", "Packs"]


def test_a_shelf_whose_names_say_several_things_teaches_nothing() -> None:
    mixed = [*CAMP, *(_item(20 + number, f"Tarn Shirt {number}", "shirt") | {"shelf": "Packs"} for number in range(3))]
    assert vocabulary_of(mixed)["shelves"] == {}
    assert vocabulary_of(CAMP)["shelves"] == {"Packs": "bag"}


@pytest.mark.parametrize(
    ("text", "missing", "named"),
    [
        ("a cooler for the beach", [], ["cooler"]),
        ("a cool box", ["cool box"], []),
        ("a puffer jacket", ["puffer jacket"], []),
        ("a sleeping bag", [], ["sleeping bag"]),
    ],
)
def test_a_thing_is_named_by_all_of_its_words(
    camp: WishReader, text: str, missing: list[str], named: list[str]
) -> None:
    wish = camp.read(text)
    assert [one["said"] for one in wish["unexpressed"] if one["field"] == "noun"] == missing
    assert [one["said"] for one in wish["named"]] == named
    assert "category" not in wish["wanted"]
    assert "chic" not in wish["wanted"].get("details", [])


def test_what_a_word_says_is_what_it_says_where_no_such_thing_is_sold(reader: WishReader) -> None:
    assert "cooler" not in said(reader, "something cooler")
    assert "chic" in reader.read("something cooler")["wanted"]["details"]


RAINY = [
    _item(1, "Fellside Waterproof Rain Jacket", "Jackets", "Fully waterproof."), _item(2, "Skye Rain Jacket", "Jackets", "Waterproof and light."),
    _item(3, "Larch Shell Jacket", "Jackets", "Waterproof, with taped seams."), _item(4, "Tarn Shell Jacket", "Jackets", "Packs small."),
    _item(5, "Cairn Shell Jacket", "Jackets", "Windproof."), _item(6, "Merlin Tent", "Tents", "Fully waterproof."),
    _item(7, "Alder Headlamp", "Lighting", "Insulated."), _item(8, "Larch Headlamp", "Lighting"),
]  # fmt: skip


@pytest.mark.parametrize("text", ["a rain jacket", "우비"])
def test_what_descriptions_say_of_the_weather_makes_a_thing_as_good(text: str) -> None:
    (named,) = WishReader(vocabulary_of(RAINY)).read(text)["named"]
    assert [share_of(item, named) for item in RAINY] == [1.0, 1.0, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_where_nothing_is_called_a_raincoat_nothing_is_as_good_as_one() -> None:
    (named,) = WishReader(vocabulary_of(RAINY[2:])).read("a rain jacket")["named"]
    assert not any(share_of(item, named) for item in RAINY[2:])


def test_what_is_to_be_waterproof_is_not_so_by_the_rain_in_its_name() -> None:
    (named,) = WishReader(vocabulary_of(RAINY)).read("a waterproof jacket")["named"]
    assert share_of(RAINY[0], named) == 1.0
    assert share_of(_item(9, "Alder Rain Jacket", "Jackets"), named) == 0.0


@pytest.mark.parametrize(("text", "count"), [("two headlamps", 2), ("one insulated headlamp", 1), ("two people", None)])
def test_a_number_before_what_the_shop_sells_counts_it(text: str, count: int | None) -> None:
    assert WishReader(vocabulary_of(RAINY)).read(text)["count"] == count
