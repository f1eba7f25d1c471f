"""A cluster that can't be reached never ends a turn: this machine's index, then the web, then an honest word.

The whole assistant runs, with Elasticsearch's real client; nobody listens where the cluster should be. The web is a
stand-in for Tavily on loopback.
"""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from homes import with_catalogue, with_samples
from standins.tavily import tavily_server

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.knowledge.samples import samples
from stylegraph.tools.retrieval.library import IndexFolder

QUESTION = "장화 평균 판매가가 문서에 얼마로 나와 있어?"


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, Any]:
    """Settings with a cluster that refuses every connection."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    home = with_catalogue(tmp_path / "home")
    return {"_env_file": None, "home": home, "elasticsearch_url": url, "elasticsearch_timeout": 1.0}


async def test_the_index_of_this_machine_answers(broken: dict[str, Any], tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    shutil.copytree(samples()[0].path, notes)
    (notes / "boots.md").write_text("# 장화 시세\n\n국산 고무 장화의 평균 판매가는 34,900원입니다.", encoding="utf-8")
    settings = Settings(**broken)
    folder = IndexFolder(settings.indexes, LocalEmbedder())
    await ingest(await folder.index("default"), [notes], settings=settings)
    await folder.close()
    async with open_assistant(settings) as assistant:
        reply = await ask(assistant, QUESTION)
    assert reply.status is Status.ANSWERED
    assert "34,900원" in reply.text
    assert [note["code"] for note in reply.notes].count("index_fallback") == 1


async def test_without_an_index_here_the_web_answers(broken: dict[str, Any]) -> None:
    async with tavily_server() as tavily:
        settings = Settings(**broken, tavily_base_url=tavily.url, tavily_api_key="key")  # type: ignore[arg-type]
        async with open_assistant(settings) as assistant:
            reply = await ask(assistant, QUESTION)
    assert "34,900원" in reply.text
    assert {found["route"] for found in reply.evidence} == {"web"}
    assert any("can't be reached" in note["text"] for note in reply.notes)


async def test_with_neither_it_says_that_it_could_not_look_and_why(broken: dict[str, Any]) -> None:
    async with open_assistant(Settings(**broken)) as assistant:
        reply = await ask(assistant, QUESTION)
    assert reply.status is Status.BEST_EFFORT
    assert reply.unsearched == ["documents"]
    assert "제대로 찾아볼 수 없어서" in reply.text
    assert "can't be reached" in reply.text
    assert any("can't be reached" in note["text"] for note in reply.notes)
    assert reply.evidence == []


@pytest.mark.parametrize(
    ("question", "said", "claimed"),
    [
        ("오늘 서울 날씨 어때?", "웹에서 제대로 찾아볼 수 없어서", "없었어요"),
        ("What is in the news on fashion week today?", "could not search the web", "found nothing"),
    ],
)
async def test_a_web_search_that_is_refused_found_nothing_out(
    tmp_path: Path, question: str, said: str, claimed: str
) -> None:
    async with tavily_server() as tavily:
        tavily.key = "right"
        home = with_samples(tmp_path / "home")
        settings = Settings(_env_file=None, home=home, tavily_base_url=tavily.url, tavily_api_key="wrong")  # type: ignore[call-arg, arg-type]
        async with open_assistant(settings) as assistant:
            reply = await ask(assistant, question)
    assert reply.status is Status.BEST_EFFORT
    assert "web" in reply.unsearched
    assert said in reply.text
    assert claimed not in reply.text.split(said)[1]
    assert "TAVILY_API_KEY" in reply.text
