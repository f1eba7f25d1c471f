"""`stylegraph recommend`, over the catalogue that comes with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from stylegraph.agent.profile import learn
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.persistence import open_people

pytestmark = pytest.mark.usefixtures("stocked")


def test_items_meet_the_conditions_and_say_why(cli):
    [record] = cli("recommend", "여름에 입을 셔츠, 빨간색 말고 5만원 이하", "-k", "4", "--json").records
    items = record["recommendations"]
    assert 1 <= len(items) <= 4
    for item in items:
        assert set(item) == {
            *("id", "name", "reasons", "price_krw", "price", "image", "url", "missed", "inferred", "swatches")
        }
        assert item["price_krw"] <= 50_000
        assert item["reasons"]
        assert Path(item["image"]).is_file()


def test_for_people_name_price_and_reasons_are_shown_in_their_language(cli):
    korean = cli("recommend", "여름 셔츠", "-k", "1").stdout
    assert korean.startswith("1. ")
    assert "원\n   · " in korean
    assert "₩" in cli("recommend", "a summer shirt", "-k", "1").stdout


def test_what_a_person_likes_is_taken_into_account(cli, home):
    async def tell():
        async with open_people(load_settings()) as people:
            await learn(people, "kim", {"likes": ["네이비"]})

    asyncio.run(tell())
    of = {
        user: [
            item["id"]
            for item in cli("recommend", "셔츠", "-k", "3", "--user", user, "--json").records[0]["recommendations"]
        ]
        for user in ("kim", "lee")
    }
    assert of["kim"] != of["lee"]


@pytest.mark.parametrize("args", [[], [""], ["x" * 20_001], ["셔츠", "-k", "0"]])
def test_what_is_no_wish_is_refused(cli, args):
    assert cli("recommend", *args).exit_code == 2


def test_a_catalogue_that_cant_be_read_is_named(cli, tmp_path):
    result = cli("recommend", "셔츠", "--json", env={"STYLEGRAPH_CATALOGUE": str(tmp_path / "mine.csv")})
    error = json.loads(result.stderr)["error"]
    assert (result.exit_code, error["type"], "mine.csv" in error["message"]) == (1, "CatalogueError", True)


def test_an_outfit_has_a_piece_for_each_place_and_says_why_and_what_else(cli):
    [record] = cli("recommend", "20만원 이하 가을 출근 코디", "--outfit", "--json").records
    outfit = record["outfit"]
    assert {"top", "bottom", "outer", "shoes"} <= {piece["slot"] for piece in outfit["pieces"]}
    assert outfit["total_krw"] <= 200_000
    assert all(piece["item"]["reasons"] for piece in outfit["pieces"])
    assert any(piece["alternatives"] for piece in outfit["pieces"])
    shown = cli("recommend", "20만원 이하 가을 출근 코디", "--outfit").stdout
    assert "[상의]" in shown
    assert "대신: " in shown
    assert f"{outfit['total_krw']:,}원" in shown


def test_an_outfit_is_made_around_an_item_or_a_garment_in_words(cli):
    around_item = cli("recommend", "for the office", "--outfit", "--around", "sg251", "--json").records[0]["outfit"]
    assert "sg251" in [piece["item"]["id"] for piece in around_item["pieces"]]
    assert "your own blazer" in cli("recommend", "--outfit", "--around", "a navy wool blazer").stdout


@pytest.mark.parametrize("args", [["셔츠", "--around", "sg251"], ["--outfit", "--around", "banana"]])
def test_what_no_outfit_can_be_made_around_is_refused(cli, args):
    assert cli("recommend", *args).exit_code == 2


def test_where_no_outfit_fits_that_is_said(cli):
    result = cli("recommend", "outfit under 1,000 won", "--outfit")
    assert result.exit_code == 0
    assert "1,000 won" in result.stdout
