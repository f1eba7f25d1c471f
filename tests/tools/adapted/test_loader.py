"""Loaders of langchain-community as sources: what they load is indexed and searched."""

from __future__ import annotations

import pytest
from langchain_community.document_loaders import CSVLoader, TextLoader
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from stylegraph.agent.errors import SourceError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.adapters import from_loader
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant

POLICIES = (
    "title,policy\nGifts,A gift for an anniversary may cost up to 50000 won.\nDress code,Shorts are fine on Fridays.\n"
)


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


def task(query, **more):
    return {"question": query, "queries": [query], "language": "en", "k": 2, "filters": {}, "index": "mine", **more}


def policies(tmp_path):
    path = tmp_path / "policies.csv"
    path.write_text(POLICIES)
    return path


def opened(loader, settings):
    return from_loader(loader, name="policies", description="The company's policies.")(settings)


async def test_rows_of_a_table_are_found_and_only_changes_are_indexed_again(settings, tmp_path):
    path = policies(tmp_path)
    async with opened(CSVLoader(str(path)), settings) as [source]:
        found = (await source.gather(task("What may a gift cost?")))["evidence"]
        assert "50000 won" in found[0]["text"]
        assert (found[0]["route"], found[0]["url"], found[0]["data"]["row"]) == ("policies", str(path), 0)
    path.write_text(POLICIES.replace("50000", "70000").replace("Dress code,Shorts are fine on Fridays.\n", ""))
    async with opened(CSVLoader(str(path)), settings) as [source]:
        found = (await source.gather(task("What may a gift cost?")))["evidence"]
        assert [("70000 won" in piece["text"]) for piece in found] == [True]


async def test_a_text_is_found_too(settings, tmp_path):
    path = tmp_path / "handbook.txt"
    path.write_text("Meeting rooms are booked at the front desk.\n\n연차는 입사일을 기준으로 매년 15일이 나옵니다.")
    async with opened(TextLoader(str(path), encoding="utf-8"), settings) as [source]:
        found = (await source.gather(task("연차는 며칠이야?")))["evidence"]
    assert "15일" in found[0]["text"]
    assert found[0]["title"] == "handbook"


async def test_a_chat_model_asks_it_under_names_of_its_own(settings, tmp_path):
    path = tmp_path / "handbook.txt"
    path.write_text("Meeting rooms are booked at the front desk.\n\nShorts are fine on Fridays.", encoding="utf-8")
    async with opened(TextLoader(str(path), encoding="utf-8"), settings) as [source]:
        assert [spec["name"] for spec in source.tools()] == ["search_policies", "read_policies"]
        assert all("The company's policies." in spec["description"] for spec in source.tools())
        whole = await source.gather(task("", tool="read_policies", arguments={"document": "handbook"}))
    assert "Shorts are fine on Fridays." in " ".join(piece["text"] for piece in whole["evidence"])


class Failing(BaseLoader):
    """Returns some documents, then fails, as a service does that goes away."""

    def __init__(self, *texts):
        self.texts = texts

    def lazy_load(self):
        for text in self.texts:
            yield Document(text)
        raise OSError("the wiki is away")


async def test_a_loader_that_fails_is_no_source_that_found_nothing(settings):
    async with opened(Failing(), settings) as [source]:
        with pytest.raises(SourceError, match="the wiki is away"):
            await source.gather(task("anything"))
    async with opened(Failing("Gifts may cost up to 50000 won."), settings) as [source]:
        found = await source.gather(task("What may a gift cost?"))
    assert [piece["text"] for piece in found["evidence"]] == ["Gifts may cost up to 50000 won."]
    assert [note["code"] for note in found["notes"]] == ["source_incomplete"]


async def test_the_assistant_routes_to_it_and_cites_it(settings, tmp_path):
    source = from_loader(
        CSVLoader(str(policies(tmp_path))),
        name="policies",
        description="The company's policies.",
        examples=["What is the dress code at work?", "기념일 선물 예산 한도 알려줘", "How much may a gift cost?"],
    )
    async with open_assistant(settings, sources=[source], builtin=()) as assistant:
        reply = await ask(assistant, "How much may a gift for an anniversary cost?")
    assert reply.routes == ["policies"]
    assert "50000 won" in reply.text
    assert reply.citations
