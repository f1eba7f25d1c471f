"""A wish for several things that only the catalogue's own words know."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.query.wish import wishes_of

SHOP = [
    {"id": str(number), "name_ko": name, "name_en": name, "category": kind, "colours": [colour], "price_krw": 50_000 + number}
    for number, (name, kind, colour) in enumerate([
        ("Larch Sleeping Bag", "Sleeping Bags", "olive"), ("Tarn Double Hammock", "Hammocks", "olive"), ("Ada Cushion", "Cushions", "navy"),
        ("Ostra Sofa", "Seats", "green"), ("Winton Armchair", "Seats", "green"), ("Ida Blackout Curtains", "Textiles", "navy"),
    ])
]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> WishReader:
    return WishReader(vocabulary_of(SHOP))


def things(reader: WishReader, text: str) -> list[tuple[str, list[str]]]:
    """Return what each thing is called, and its colours."""
    return [
        (" ".join(one["said"] for one in [*each["named"], *each["unexpressed"]]), each["wanted"].get("colours", []))
        for each in reader.read(text).get("things", [])
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a green sofa and an armchair", [("sofa", ["green"]), ("armchair", [])]),
        ("a green armchair or sofa", [("armchair", ["green"]), ("sofa", ["green"])]),  # either, in green
        ("a sofa and an armchair, both green", [("sofa", ["green"]), ("armchair", ["green"])]),
        ("navy blackout curtains and a matching cushion", [("blackout curtains", ["navy"]), ("cushion", ["navy"])]),
        ("침낭이랑 해먹 둘 다 올리브색으로", [("침낭", ["olive"]), ("해먹", ["olive"])]),
        ("a green sofa", []),
        ("blackout curtains", []),  # one thing, by two words
    ],
)
def test_each_of_several_things_has_what_is_said_of_it(reader, text, found):
    assert things(reader, text) == found


def test_what_is_said_of_all_is_asked_of_each(reader):
    singles = wishes_of(reader.read("a sofa and an armchair under 90,000 won"))
    assert [one["price"]["lte"] for one in singles] == [90_000, 90_000]


def test_a_place_with_its_particle_is_no_part_of_the_thing(reader):
    assert things(reader, "현관에 둘 신발장이랑 옷걸이") == [("신발장", []), ("옷걸이", [])]
