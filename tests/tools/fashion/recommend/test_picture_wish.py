"""What a picture adds to a wish."""

from __future__ import annotations

import numpy as np
import pytest
from picture_parts import look

from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.recommend.picture_wish import nearest, pictured, with_picture
from stylegraph.tools.fashion.vision.gallery import Gallery, packed


@pytest.fixture(scope="module")
def read():
    return WishReader(vocabulary_of(sample_items()))


@pytest.fixture(scope="module")
def gallery():
    vectors = np.eye(3, 128, dtype=np.float32)
    return Gallery(["a", "b", "c"], vectors)


def seen_like(vector, **more):
    return {**look(**more), "embedding": packed(np.array(vector, np.float32))}


def joined(read, text, seen, *others, gallery=None):
    wish = read.read(text)
    found = pictured([seen, *others], wish, read.lexicon, gallery)
    return with_picture(wish, found, read.lexicon), found


def test_like_this_means_its_kind_and_leans_to_what_it_looks_like(read):
    wish, found = joined(read, "이거랑 비슷한 거 보여줘", look())
    assert not found.matching
    assert wish["about"]["relations"] == ["similar"]
    assert found.item["category"] == "shirt"
    assert wish["preferred"]["pattern"] == ["striped"]
    assert wish["preferred"]["colours"] == ["navy", "white"]


def test_what_is_asked_for_in_words_wins_over_the_picture(read):
    wish, _ = joined(read, "이런 스타일로 빨간 원피스", look())
    assert wish["wanted"]["category"] == ["dress"]
    assert wish["wanted"]["colours"] == ["red"]
    assert "colours" not in wish["preferred"]


@pytest.mark.parametrize(
    "text", ["이 옷이랑 어울리는 바지 추천해줘", "이거에 뭐 입지? 같이 입을 거", "what goes with this?"]
)
def test_what_goes_with_it_is_worn_beside_it(read, text):
    wish, found = joined(read, text, look(colours=[("red", 1.0)]))
    assert found.matching
    assert wish["alongside"]["category"] == ["shirt"]
    assert wish["preferred"]["pattern"] == ["solid"]  # beside a pattern
    assert "black" in wish["preferred"]["colours"]  # beside a strong colour
    assert "red" not in wish["preferred"]["colours"]
    assert found.likeness == {}


def test_the_second_picture_is_no_second_item(read):
    wish, _ = joined(read, "두 번째 사진이랑 비슷한 옷", look())
    assert "ordinal" not in wish["about"]


def test_items_are_compared_by_how_they_look(read, gallery):
    _, found = joined(read, "이거랑 비슷한 거", seen_like(np.eye(3, 128)[1]), gallery=gallery)
    assert found.likeness == pytest.approx({"a": 0, "b": 1, "c": 0}, abs=1e-3)
    assert nearest(found) == "b"


def test_cheaper_than_a_picture_leans_to_low_prices_where_nothing_is_like_it(read, gallery):
    wish, _ = joined(read, "이거랑 비슷한데 더 저렴한 거", seen_like(np.eye(4, 128)[3]), gallery=gallery)
    assert wish["price_leaning"] == "low"
    wish, _ = joined(read, "이거랑 비슷한데 더 저렴한 거", seen_like(np.eye(4, 128)[0]), gallery=gallery)
    assert wish["price_leaning"] is None


def test_a_second_colour_counts_only_if_there_is_much_of_it(read):
    _, found = joined(read, "비슷한 거", look(colours=[("white", 0.9), ("black", 0.1)]))
    assert found.item["colours"] == ["white"]


def test_a_picture_of_no_garment_adds_nothing(read):
    wish = read.read("비슷한 거")
    assert pictured([look(category=None, verdict="not_a_garment", colours=())], wish, read.lexicon, None) is None
    assert pictured([], wish, read.lexicon, None) is None


def test_a_strangers_catalogue_is_spoken_to_in_its_own_values():
    reader = WishReader(
        vocabulary_of([{"id": "1", "name_ko": "a", "name_en": "a", "category": "Shirts", "colours": ["Navy Blue"]}])
    )
    wish, found = joined(reader, "비슷한 거", look())
    assert (found.item["category"], found.item["colours"]) == ("Shirts", ["Navy Blue"])
    assert wish["preferred"]["colours"] == ["Navy Blue"]


def test_what_goes_with_two_is_worn_beside_both(read):
    wish, found = joined(read, "what goes with these two?", look("jeans"), look("jacket", colours=[("red", 1.0)]))
    assert found.matching
    assert wish["alongside"]["category"] == ["jeans", "jacket"]
    assert [item["category"] for item in found.items] == ["jeans", "jacket"]


def test_what_is_like_two_is_like_either(read, gallery):
    first, second = seen_like([1, *[0] * 127], category="dress"), seen_like([0, 1, *[0] * 126], category="coat")
    wish, found = joined(read, "이거랑 비슷한 거", first, second, gallery=gallery)
    assert found.likeness == pytest.approx({"a": 1.0, "b": 1.0, "c": 0.0}, abs=0.01)
    assert len(wish["preferred"]["colours"]) == len(set(wish["preferred"]["colours"]))
