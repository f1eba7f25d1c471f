"""A stranger's catalogue over the whole graph: its words find the way to it, and follow-ups are read by its columns."""

from __future__ import annotations

import json

import pytest

from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant

ROWS = [
    {"id": f"e{number}", "name": f"{colour.title()} {kind} {number}", "category": kind, "colours": [colour], "price_krw": price,
     "brand": brand, "fit": fit, "length": length}
    for number, (kind, colour, price, brand, fit, length) in enumerate([
        ("culottes", "moss", 79_000, "Maeve", "relaxed", "midi"), ("culottes", "sand", 69_000, "Norrland", "slim", "midi"),
        ("hanbok", "jade", 250_000, "Maeve", "relaxed", "maxi"), ("hanbok", "rose", 180_000, "설빔", "relaxed", "midi"),
        ("trench", "sand", 189_000, "Norrland", "relaxed", "midi"), ("trench", "ink", 159_000, "Maeve", "slim", "maxi"),
    ], start=1)
]  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "closet.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    return Settings(_env_file=None, home=tmp_path / "home", samples=False, catalogue=file)


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("show me moss culottes",), {"e1"}),
        (("한복 추천해줘", "설빔 걸로"), {"e4"}),
        (("recommend a trench", "in a slim fit"), {"e6"}),
        (("트렌치코트 보여줘", "Norrland 말고"), {"e6"}),
        (("show me a hanbok", "a different brand than Maeve please", "no rose"), None),
        (("show me a trench by Maeve", "culottes from the same brand"), {"e1"}),
    ],
)
async def test_its_own_words_lead_to_it_and_carry_over(settings, turns, found):
    async with open_assistant(settings) as assistant:
        replies = [await ask(assistant, turn, thread="t") for turn in turns]
    full = {item.id for item in replies[-1].recommendations if not item.missed}
    assert replies[-1].routes == ["fashion"]
    assert full == found if found is not None else "e4" not in full


FURNITURE = [
    {"id": f"f{number}", "name": f"Ostra {kind}, {colour}", "category": f"{kind}s", "colours": [colour], "price_krw": price}
    for number, (kind, colour, price) in enumerate([
        ("Corner Sofa", "Green", 900_000), ("Armchair", "Green", 400_000), ("King Size Bed Frame", "Oak", 700_000),
        ("Shoe Cabinet", "White", 200_000), ("Coat Rack", "Black", 90_000), ("Floor Lamp", "Brass", 120_000),
    ])
]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "routes"),
    [
        ("a green corner sofa", ["fashion"]),
        ("king size bed frame", ["fashion"]),
        ("소파 100만원 이하", ["fashion"]),
        ("a kayak", ["fashion"]),  # which it does not have, and says so
        ("How do I clean a velvet sofa?", ["documents"]),
        ("커튼 세탁법 알려줘", ["documents"]),
    ],
)
async def test_goods_that_no_router_has_learned_of_lead_to_the_shop_that_sells_them(settings, tmp_path, asked, routes):
    file = tmp_path / "furniture.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in FURNITURE), "utf-8")
    async with open_assistant(settings.model_copy(update={"catalogue": file, "samples": True})) as assistant:
        assert (await ask(assistant, asked)).routes == routes
