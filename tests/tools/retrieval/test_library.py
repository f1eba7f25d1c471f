"""A folder of indexes is looked at one by one or all at once, and as it is now."""

import pytest

from stylegraph.agent.errors import EmbeddingMismatchError, InputError
from stylegraph.tools.retrieval.library import IndexFolder, search
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex


@pytest.fixture
async def library(tmp_path, embedder):
    folder = IndexFolder(tmp_path / "indexes", embedder)
    yield folder
    await folder.close()


async def test_a_folder_that_is_not_there_holds_nothing(library):
    assert await library.indexes() == {}
    assert await search(library, "스웨터", 3) == []


async def test_all_indexes_are_searched_together_or_one_alone(library, document):
    await (await library.index("care")).add([document("a", "울 스웨터는 손세탁합니다.")])
    await (await library.index("shop")).add([document("b", "스웨터를 팝니다.")])
    both = await search(library, "스웨터", 5)
    assert {(name, hit["document"]) for name, hit in both} == {("care", "a"), ("shop", "b")}
    assert [hit["score"] for _, hit in both] == sorted((hit["score"] for _, hit in both), reverse=True)
    assert [name for name, _ in await search(library, "스웨터", 5, index="shop")] == ["shop"]
    assert len(await search(library, "스웨터", 1)) == 1


async def test_an_index_made_later_by_another_is_seen(library, tmp_path, embedder, document):
    assert await library.indexes() == {}
    other = await EmbeddedIndex.open(tmp_path / "indexes" / "later.sqlite", embedder)
    await other.add([document("a", "스웨터.")])
    assert [name for name, _ in await search(library, "스웨터", 3)] == ["later"]
    await other.close()


async def test_an_index_that_was_removed_is_gone(library, tmp_path, document):
    await (await library.index("care")).add([document("a", "스웨터.")])
    for path in (tmp_path / "indexes").iterdir():
        path.unlink()
    assert await library.indexes() == {}


async def test_an_index_that_is_not_there_is_named_with_those_that_are(library):
    await library.index("care")
    with pytest.raises(InputError, match="care"):
        await search(library, "스웨터", 3, index="nowhere")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "x" * 65, "a b", "nul\x00"])
async def test_a_name_that_can_not_be_a_files_is_refused(library, name):
    with pytest.raises(InputError):
        await library.index(name)


@pytest.mark.parametrize("name", ["care", "옷-관리", "v1.2"])
async def test_names_may_be_korean(library, name):
    assert (await library.index(name)).name == name


async def test_one_bad_file_does_not_hide_the_others(library, tmp_path, document):
    await (await library.index("care")).add([document("a", "스웨터.")])
    (tmp_path / "indexes" / "bad.sqlite").write_text("no database " * 99)
    assert [name for name, _ in await search(library, "스웨터", 3)] == ["care"]
    assert set(await library.problems()) == {"bad"}


async def test_an_index_that_is_asked_for_says_what_is_wrong_with_it(library, tmp_path):
    class Another:
        name, dimension = "another", 8

    await (await EmbeddedIndex.open(tmp_path / "indexes" / "old.sqlite", Another())).close()
    with pytest.raises(EmbeddingMismatchError):
        await search(library, "스웨터", 3, index="old")


async def test_a_passage_that_was_indexed_from_two_paths_counts_once(library, document):
    index = await library.index("care")
    twice = [document(name, "울 스웨터는 손세탁합니다.") for name in ("a", "b")]
    await index.add([*twice, document("c", "스웨터는 접어 둡니다.")])
    for k in (2, 5):
        found = [hit["text"] for _, hit in await search(library, "스웨터", k, collapse=False)]
        assert sorted(found) == ["스웨터는 접어 둡니다.", "울 스웨터는 손세탁합니다."]
