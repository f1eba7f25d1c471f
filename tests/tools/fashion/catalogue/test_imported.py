"""Imported catalogues: only what changed is done, whatever stops it, and all of them are searched together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from stylegraph.agent.errors import CatalogueError, IndexStoreError, InputError
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.tools.fashion.catalogue import importing
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.fashion.vision.gallery import gallery_of
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PHOTOS = Path(__file__).parents[2] / "image" / "photos"
SHIRT = {"id": "1", "name": "네이비 린넨 셔츠", "price": 39_000}
LOAFERS = {"id": "2", "name": "Brown leather loafers", "price": "$120"}


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.delenv("STYLEGRAPH_CATALOGUE", raising=False)
    return load_settings(home=tmp_path / "home", catalogue=None)


@pytest.fixture
def shop(tmp_path):
    """Write a shop's file."""

    def write(*rows, name="shop.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
        return path

    return write


@pytest.fixture
def take_in(settings, embedder):
    """Import a file; give added, changed, unchanged, removed."""

    async def run(path, **options):
        async with Stockroom(settings, embedder) as stock:
            counts = await stock.import_file(path, **options)
        return tuple(counts[key] for key in ("added", "changed", "unchanged", "removed"))

    return run


async def items_in(settings, embedder, *ids):
    catalogue = await Catalogue.open(settings.home, embedder, settings.catalogue_in_use)
    try:
        return await catalogue.items(ids)
    finally:
        await catalogue.close()


async def test_again_and_again_only_what_is_new_changed_or_gone_is_done(take_in, shop):
    assert await take_in(shop(SHIRT, LOAFERS)) == (2, 0, 0, 0)
    assert await take_in(shop(SHIRT, LOAFERS)) == (0, 0, 2, 0)
    assert await take_in(shop(SHIRT | {"price": 29_000}, {"id": "3", "name": "흰 볼캡"})) == (1, 1, 0, 1)


async def test_imported_items_are_recommended_without_a_further_setting(take_in, shop, settings, embedder):
    assert settings.catalogue_in_use is None
    await take_in(shop(SHIRT, LOAFERS))
    assert settings.catalogue_in_use == settings.imported
    source = await FashionSource.open(settings.home, embedder, settings.catalogue_in_use)
    (shirt,), _ = await source.recommend("남색 셔츠", 3)
    (shoes,), _ = await source.recommend("leather shoes under 200 dollars", 3)
    await source.close()
    assert (shirt.id, shirt.price_krw, shirt.price) == ("1", 39_000, None)
    assert (shoes.id, shoes.price_krw, shoes.price) == ("2", None, "$120")  # never told in another currency
    assert any("상품명에서 읽음" in told for told in shirt.inferred)
    assert any("read from the name" in told for told in shoes.inferred)


async def test_a_catalogue_that_is_set_wins_over_what_is_imported(take_in, shop, settings):
    await take_in(shop(SHIRT))
    mine = shop(LOAFERS, name="mine.jsonl")
    assert load_settings(home=settings.home, catalogue=mine).catalogue_in_use == mine


async def test_what_is_inferred_is_kept_in_the_item_with_its_source_and_confidence(take_in, shop, settings, embedder):
    await take_in(shop(SHIRT | {"description": "여름 데이트에 입기 좋은 셔츠"}))
    (item,) = await items_in(settings, embedder, "1")
    assert {field: note["by"] for field, note in item["inferred"].items()} == {
        "category": "name", "colours": "name", "material": "name", "seasons": "description", "occasions": "description",
    }  # fmt: skip
    assert all(0.5 <= note["confidence"] <= 1 for note in item["inferred"].values())


async def test_several_catalogues_are_searched_together_and_an_id_names_one_item(take_in, shop, settings, embedder):
    await take_in(shop(SHIRT, name="spring.jsonl"))
    async with Stockroom(settings, embedder) as stock:
        counts = await stock.import_file(shop({**LOAFERS, "id": "1"}, LOAFERS, name="autumn.jsonl"))
        listed = await stock.listed()
    assert [one["text"] for one in counts["problems"]] == ["The id '1' is taken by the catalogue 'spring'."]
    assert {one["name"]: one["known"]["items"] for one in listed} == {"spring": 1, "autumn": 1}
    assert [item["id"] for item in await items_in(settings, embedder, "1", "2")] == ["1", "2"]


async def test_removing_the_last_catalogue_brings_the_sample_back(take_in, shop, settings, embedder):
    await take_in(shop(SHIRT, name="spring.jsonl"))
    await take_in(shop(LOAFERS, name="autumn.jsonl"))
    async with Stockroom(settings, embedder) as stock:
        assert await stock.remove("spring") == 1
        assert [one["name"] for one in await stock.listed()] == ["autumn"]
        with pytest.raises(InputError, match="spring"):
            await stock.remove("spring")
        assert await stock.remove("autumn") == 1
    assert settings.catalogue_in_use is None


async def test_what_stops_an_import_loses_and_doubles_nothing(take_in, shop, settings, embedder, monkeypatch):
    monkeypatch.setattr(importing, "_BATCH", 10)
    path = shop(*({"id": str(number), "name": f"셔츠 {number}"} for number in range(60)))
    add, calls = EmbeddedIndex.add, []

    async def failing(self, documents, encoded=None):
        calls.append(len(documents))
        if len(calls) == 3:
            raise IndexStoreError("The disk is full.")
        await add(self, documents, encoded)

    monkeypatch.setattr(EmbeddedIndex, "add", failing)
    with pytest.raises(IndexStoreError):
        await take_in(path)
    monkeypatch.setattr(EmbeddedIndex, "add", add)
    catalogue = await Catalogue.open(settings.home, embedder, settings.catalogue_in_use)
    assert catalogue.vocabulary["items"] == 20
    await catalogue.close()
    assert await take_in(path) == (40, 0, 20, 0)
    assert len(await items_in(settings, embedder, *map(str, range(60)))) == 60


async def test_a_file_that_cant_be_read_to_its_end_removes_nothing(take_in, tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text("id,name\n1,셔츠\n2,바지\n", "utf-8")
    await take_in(path)
    path.write_text('id,name\n1,셔츠\n2,"' + "x" * 2_000_000, "utf-8")
    assert await take_in(path) == (0, 0, 1, 0)


async def test_a_file_without_a_usable_row_is_refused_and_leaves_nothing(take_in, shop, settings):
    with pytest.raises(CatalogueError) as refused:
        await take_in(shop({"가격": 1}))
    assert "--map" in refused.value.remedy
    assert settings.catalogue_in_use is None


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 80])
async def test_a_name_that_could_be_a_path_is_refused(take_in, shop, name):
    with pytest.raises(InputError):
        await take_in(shop(SHIRT), name=name)


async def test_photos_are_kept_small_by_digest_and_say_what_no_text_says(take_in, shop, settings, embedder, tmp_path):
    for name in ("dress", "jeans"):
        shutil.copy(PHOTOS / f"{name}.webp", tmp_path / f"{name}.webp")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    rows = ({"id": "a", "name": "New in", "image": "dress.webp"}, {"id": "jeans", "name": "그냥 옷"},
            {"id": "c", "name": "셔츠", "image": "broken.jpg"})  # fmt: skip
    async with Stockroom(settings, embedder) as stock:
        counts = await stock.import_file(shop(*rows))
    assert counts["photos"] == 3
    assert [(one["line"], one["field"]) for one in counts["problems"]] == [(3, "image")]
    dress, jeans, shirt = await items_in(settings, embedder, "a", "jeans", "c")
    assert (dress["category"], dress["inferred"]["category"]["by"]) == ("dress", "photo")
    assert jeans["category"] == "jeans"
    assert "image" not in shirt
    kept = settings.imported.parent / dress["image"]
    assert kept.stat().st_size < 100_000
    assert set(gallery_of(settings.catalogue_in_use).ids) == {"a", "jeans"}
    assert await take_in(shop(*rows)) == (0, 0, 3, 0)
    assert await take_in(shop(rows[1])) == (0, 0, 1, 2)
    assert not kept.exists()


async def test_the_index_is_read_for_photos_only_where_one_has_an_address(take_in, shop, tmp_path, monkeypatch):
    shutil.copy(PHOTOS / "dress.webp", tmp_path / "dress.webp")
    rows = [{"id": "a", "name": "New in", "image": "dress.webp"}, LOAFERS]
    await take_in(shop(*rows))
    read, real = [], EmbeddedIndex.survey_here
    monkeypatch.setattr(EmbeddedIndex, "survey_here", lambda index, note: (read.append(1), real(index, note))[1])
    assert await take_in(shop(*rows)) == (0, 0, 2, 0)
    assert not read
    await take_in(
        shop(
            *rows,
            SHIRT | {"image": "https://shop.example/1.jpg"},
            {"id": "4", "name": "Cap", "image": "https://shop.example/4.jpg"},
        )
    )
    assert len(read) == 3  # once for both photos, twice for what is made of all items


async def test_what_a_column_says_is_never_overwritten_by_a_photo(take_in, shop, settings, embedder, tmp_path):
    shutil.copy(PHOTOS / "dress.webp", tmp_path / "a.webp")
    await take_in(shop({"id": "a", "name": "무언가", "category": "셔츠", "color": "카키"}))
    (item,) = await items_in(settings, embedder, "a")
    assert (item["category"], item["colours"]) == ("셔츠", ["카키"])
    assert "category" not in item["inferred"]
