"""A shop's goods under a name that the router has learned of."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.renaming import Renaming
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

SHOP = [
    {"id": str(number), "name_ko": name, "name_en": name, "category": kind}
    for number, (name, kind) in enumerate([("Ostra Corner Sofa", "Sofas"), ("Fenn Coat Rack", "Coat Racks"), ("Ida Boots", "Boots")])
]  # fmt: skip


@pytest.fixture(scope="module")
def renaming() -> Renaming:
    reader = WishReader(vocabulary_of(SHOP))
    return Renaming(reader.lexicon, reader.nouns)


@pytest.mark.parametrize(
    ("said", "renamed"),
    [
        ("a green corner sofa under £400", "a green shirt under £400"),  # the longest of its names
        ("How do I clean a velvet sofa?", "How do I clean a velvet shirt?"),
        ("신발장이랑 옷걸이 보여줘", "셔츠이랑 셔츠 보여줘"),  # known in both languages, the particles kept
        ("a kayak", "a shirt"),  # what shops sell, and this one does not
        ("brown boots", "brown boots"),  # a garment is known as it is
        ("what is the delivery time", "what is the delivery time"),
    ],
)
def test_goods_are_called_as_what_the_router_knows(renaming: Renaming, said: str, renamed: str) -> None:
    assert renaming.renamed(said) == renamed
