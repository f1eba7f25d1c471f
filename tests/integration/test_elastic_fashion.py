"""The fashion catalogue on a real Elasticsearch node, beside the same catalogue in a file."""

from __future__ import annotations

import pytest
from integration.elastic_documents import Bag
from integration.elastic_doors import Door

from stylegraph.agent.evidence import Condition
from stylegraph.graphs.build import open_library
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.opening import open_fashion
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

WISHES = (
    "여름에 입을 시원한 캐주얼",
    "5만원 이하 흰 셔츠, 줄무늬 말고",
    "결혼식 하객 원피스",
    "a warm coat for men in winter",
    "navy shorts under 40,000 won",
)
CONDITIONS = (
    {},
    {"colours": Condition(none=["white"]), "price_krw": Condition(lte=3e4)},
    {"category": Condition(any=["dress", "blouse"]), "seasons": Condition(any=["summer"])},
)


def _meets(item, conditions):
    """Whether an item is what the conditions above ask for."""
    return all(
        ("none" not in one or not set(one["none"]) & set(item[field]))
        and (
            "any" not in one or set(one["any"]) & ({item[field]} if isinstance(item[field], str) else set(item[field]))
        )
        and ("lte" not in one or item[field] <= one["lte"])
        for field, one in conditions.items()
    )


@pytest.fixture
async def both(elastic_settings, tmp_path):
    """The sample catalogue on the node and in a file."""
    cluster = ElasticLibrary(elastic_settings, Bag())
    there, here = await Catalogue.open(tmp_path, Bag(), None, cluster), await Catalogue.open(tmp_path, Bag())
    yield there, here
    for catalogue in (there, here):
        await catalogue.close()
    await cluster.close()


async def test_words_meaning_and_conditions_find_what_they_find_in_the_file(both):
    there, here = both
    for wish in WISHES:
        for conditions in CONDITIONS:
            expected = await here.search([wish], 5, conditions)
            found = await there.search([wish], 5, conditions)
            assert [one.text for one in found] == pytest.approx([one.text for one in expected], abs=0.02)
            assert found[0].item["id"] in {one.item["id"] for one in expected}
            assert all(_meets(one.item, conditions) for one in found)
    assert there.trouble is None


async def test_the_setting_alone_brings_it_there_and_no_document_is_looked_for_in_it(elastic_settings, tmp_path):
    settings = elastic_settings.model_copy(update={"home": tmp_path})
    async with open_fashion(settings, Bag()) as fashion, open_library(settings, Bag()) as library:
        pieces, notes = await fashion.recommend(WISHES[1], 3)
        assert len(pieces) == 3
        assert all(piece.price_krw <= 50_000 for piece in pieces)
        assert not [note for note in notes if note["code"] == "index_fallback"]
        assert not list(tmp_path.rglob("*.sqlite"))
        assert not await library.indexes()


async def test_a_node_that_goes_is_stood_in_for_until_it_is_back(elastic_settings, tmp_path, stranger_file):
    async with Door.before(elastic_settings.elasticsearch_url) as door:
        cluster = ElasticLibrary(elastic_settings.model_copy(update={"elasticsearch_url": door.url}), Bag())
        fashion = await FashionSource.open(tmp_path, Bag(), stranger_file, cluster)
        assert await _codes(fashion) == []
        await door.shut()
        assert await _codes(fashion) == ["index_fallback"]
        await door.open()
        cluster._cluster._rest_until = 0.0
        assert await _codes(fashion) == []
        await fashion.close()
        await cluster.close()


@pytest.fixture
def stranger_file(tmp_path):
    file = tmp_path / "closet.csv"
    file.write_text("id,name,category,price_krw\n1,Silk kimono,kimono,90000\n2,Linen shirt,shirt,30000\n", "utf-8")
    return file


async def _codes(fashion):
    """The codes of the notes with a wish that one piece meets."""
    pieces, notes = await fashion.recommend("silk kimono", 1)
    assert [piece.id for piece in pieces] == ["1"]
    return [note["code"] for note in notes if note["code"] == "index_fallback"]
