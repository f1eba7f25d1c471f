"""A catalogue is indexed once for what it holds, and tells by line what it could not use."""

import json

import pytest

from stylegraph.agent.errors import CatalogueError
from stylegraph.agent.evidence import Condition
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue, sample_items, sample_path
from stylegraph.tools.fashion.catalogue.reading import read_items
from stylegraph.tools.fashion.items.items import Problems


@pytest.fixture
def opened(tmp_path, embedder):
    async def open_catalogue(path):
        return await Catalogue.open(tmp_path, embedder, path)

    return open_catalogue


def written(path, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), "utf-8")
    return path


SHIRT = {"id": "1", "name": "Red shirt", "category": "shirt", "colours": ["red"], "price_krw": 10_000}


async def test_a_condition_of_a_search_holds_for_every_item_found(catalogue):
    found = await catalogue.search(
        ["셔츠"], 400, {"colours": Condition(none=["white"]), "price_krw": Condition(lte=3e4)}
    )
    assert found
    assert all("white" not in one.item["colours"] and one.item["price_krw"] <= 30_000 for one in found)


async def test_items_come_in_the_order_of_their_ids_and_unknown_ones_are_left_out(catalogue):
    assert [item["id"] for item in await catalogue.items(["sg009", "nowhere", "sg002"])] == ["sg009", "sg002"]


async def test_a_strangers_catalogue_is_searched_by_its_own_values(opened, stranger_file):
    catalogue = await opened(stranger_file)
    found = await catalogue.search(["kimono"], 5, {"material": Condition(any=["silk"])})
    await catalogue.close()
    assert [one.item["id"] for one in found] == ["a1"]
    assert catalogue.vocabulary["values"]["category"].keys() == {"kimono", "한복", "Bags", "T-Shirts"}


async def test_a_file_is_indexed_again_only_when_it_has_changed(tmp_path, opened):
    path = written(tmp_path / "closet.jsonl", SHIRT)
    await (await opened(path)).close()
    (first,) = (tmp_path / "catalogues").glob("*.sqlite")
    made = first.stat().st_mtime_ns
    await (await opened(path)).close()
    assert first.stat().st_mtime_ns == made
    written(path, SHIRT | {"price_krw": 9_000})
    catalogue = await opened(path)
    assert [item["price_krw"] for item in await catalogue.items(["1"])] == [9_000]
    await catalogue.close()


def test_rows_that_cant_be_used_are_named_by_line_and_the_rest_is_read(tmp_path):
    path = written(
        tmp_path / "closet.jsonl",
        SHIRT,
        "{broken",
        {"price": 9},
        SHIRT,
        {"id": "2", "name": "Hat", "price_krw": "cheap", "colours": "red|blue", "photo": "../../etc/passwd"},
        "[1]",
    )
    problems = Problems()
    read = list(read_items(path, problems))
    assert [item["id"] for item in read] == ["1", "2"]
    assert read[1]["colours"] == ["red", "blue"]
    assert "price_krw" not in read[1]
    assert "image" not in read[1]
    told = {(problem["line"], problem["field"], problem["kind"]) for problem in problems.listed}
    assert {(2, "", "skipped"), (3, "name", "skipped"), (4, "id", "skipped"), (6, "", "skipped")} <= told
    assert {(5, "price_krw", "left_out"), (5, "image", "left_out")} <= told


def test_a_csv_is_read_with_the_names_that_people_give_to_columns(tmp_path):
    path = tmp_path / "closet.csv"
    path.write_text('id,title,color,price,gender\n7,Linen shirt,white;beige,"39,000원",women\n', "utf-8")
    (item,) = read_items(path, Problems())
    assert (item["name_en"], item["colours"], item["price_krw"]) == ("Linen shirt", ["white", "beige"], 39_000)
    assert item["audience"] == "women"


@pytest.mark.parametrize("content", ["", "nonsense", '{"price": 3}'])
async def test_a_catalogue_without_a_usable_row_is_refused_with_a_remedy(tmp_path, opened, content):
    with pytest.raises(CatalogueError) as refused:
        await opened(written(tmp_path / "closet.jsonl", content))
    assert refused.value.remedy


async def test_a_missing_file_names_the_setting(tmp_path, opened):
    with pytest.raises(CatalogueError) as refused:
        await opened(tmp_path / "nowhere.jsonl")
    assert "STYLEGRAPH_CATALOGUE" in refused.value.remedy


def test_every_item_of_the_sample_has_a_photo_and_all_that_wishes_ask_for():
    items = sample_items()
    assert len(items) == 439
    for item in items:
        assert (sample_path().parent / item["image"]).is_file()
        assert {"category", "colours", "seasons", "audience", "price_krw"} <= item.keys()
