"""Filters let through what a plain reading of the conditions lets through, before the best are chosen."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.tools.retrieval.hybrid import conditions
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

VALUES = st.sampled_from(["red", "blue", "a b", "", "3", "빨강"])
NUMBERS = st.sampled_from([-1, 0, 3, 2.5, 10**9])
FIELD = st.sampled_from(["colour", "price", "x\x1fy"])
METADATA = st.dictionaries(FIELD, VALUES | NUMBERS | st.booleans() | st.lists(VALUES | NUMBERS, max_size=3), max_size=3)
BOUND = st.sampled_from([-1.0, 0.0, 2.5, 3.0, 100.0])
CONDITION = st.fixed_dictionaries(
    {},
    optional={
        "any": st.lists(VALUES, max_size=2),
        "none": st.lists(VALUES, max_size=2),
        "gte": BOUND,
        "lte": BOUND,
        "lacking": st.booleans(),
    },
)


def meets(metadata, filters):
    """What the contract says, in plain Python."""
    for field, condition in filters.items():
        value = metadata.get(field, [])
        values = value if isinstance(value, list) else [value]
        texts = {str(one) for one in values}
        numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
        low, high = condition.get("gte", float("-inf")), condition.get("lte", float("inf"))
        has_any = bool(texts & set(condition.get("any", []))) or (
            condition.get("lacking", False) and not values_of(values)
        )
        if "any" in condition and not has_any:
            return False
        if texts & set(condition.get("none", [])):
            return False
        if ("gte" in condition or "lte" in condition) and not any(low <= number <= high for number in numbers):
            return False
    return True


def values_of(values):
    return [one for one in values if isinstance(one, str | int | float)]


@settings(max_examples=400)
@given(METADATA, st.dictionaries(FIELD, CONDITION, max_size=3))
def test_one_document_passes_alone_as_it_does_among_others(metadata, filters):
    assert conditions.meets(metadata, filters) == meets(metadata, filters)


@settings(max_examples=60)
@given(st.lists(METADATA, min_size=1, max_size=12), st.dictionaries(FIELD, CONDITION, max_size=3))
def test_the_documents_that_pass_are_those_that_meet_all_conditions(
    tmp_path_factory, embedder, document, documents, filters
):
    made = [document(str(number), "스웨터") | {"metadata": some} for number, some in enumerate(documents)]
    asyncio.run(compare(tmp_path_factory.mktemp("index") / "one.sqlite", embedder, made, filters))


async def compare(path, embedder, documents, filters):
    index = await EmbeddedIndex.open(path, embedder)
    encoded = [
        {"title": "", "chunks": ["스웨터"], "windows": [0], "vectors": embedder.encode(["스웨터"])} for _ in documents
    ]
    for start in range(0, len(documents), 5):
        await index.add(documents[start : start + 5], encoded[start : start + 5])
    expected = {one["id"] for one in documents if meets(one["metadata"], filters)}
    for leg in ("lexical", "dense", "fused"):
        assert {hit["document"] for hit in await index.search("스웨터", 50, filters, leg)} == expected
    await index.close()


@pytest.mark.parametrize("leg", ["lexical", "dense", "fused"])
async def test_they_act_before_the_best_are_chosen(index, document, leg):
    documents = [document(f"d{number}", "스웨터 세탁 " * 3, price=number) for number in range(300)]
    await index.add([*documents, document("far", "구두와 스웨터", price=1000)])
    hits = await index.search("스웨터 세탁", 3, {"price": {"gte": 999.0}}, leg)
    assert [hit["document"] for hit in hits] == ["far"]


async def test_a_filter_that_nothing_meets_gives_nothing(wardrobe):
    assert await wardrobe.search("세탁", 5, {"kind": {"any": ["recipe"]}}) == []
    assert await wardrobe.search("세탁", 5, {"nowhere": {"any": ["x"]}}) == []


async def test_conditions_read_as_they_are_written(wardrobe):
    async def found(filters):
        return {hit["document"] for hit in await wardrobe.search("세탁 wash", 9, filters)}

    assert await found({"colours": {"any": ["navy"]}}) == {"wool", "denim"}
    assert await found({"colours": {"any": ["navy"], "none": ["grey"]}}) == {"denim"}
    assert await found({"colours": {"any": ["navy"], "lacking": True}}) >= {"wool", "denim"}
    assert await found({"nowhere": {"any": ["x"], "lacking": True}}) == await found({})
    assert await found({"price": {"lte": 60_000}}) == {"linen", "denim"}
    assert await found({"price": {"gte": 59_000, "lte": 89_000}}) == {"wool", "denim"}
    assert await found({"colours": {"none": ["white"]}, "price": {"gte": 60_000}}) == {"wool", "padding"}
    assert await found({"season": {"none": ["winter"]}}) == {"wool", "linen", "denim", "silk", "padding"}
