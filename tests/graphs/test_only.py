"""A caller may allow only some documents: those of an audience, or in a language."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import with_catalogue

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.cli.ui.options import conditions
from stylegraph.graphs.nodes.turn import checked_only
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source
from stylegraph.tools.retrieval.library import IndexFolder

QUESTION = "장화 평균 판매가가 문서에 얼마로 나와 있어?"


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Two notes on one thing: one for the staff, one for customers."""
    opened = Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)  # type: ignore[call-arg]
    folder = IndexFolder(opened.indexes, LocalEmbedder())
    for audience, price in (("staff", "21,000원"), ("customers", "34,900원")):
        note = tmp_path / f"{audience}.md"
        note.write_text(f"# 장화 시세\n\n국산 고무 장화의 평균 판매가는 {price}입니다.", encoding="utf-8")
        source = Source(str(note), fields={"audience": [audience]})
        await ingest(await folder.index("default"), [source], settings=opened)
    await folder.close()
    return opened


async def test_nothing_is_read_that_was_not_allowed(settings: Settings) -> None:
    async with open_assistant(settings) as assistant:
        for audience, price in (("staff", "21,000원"), ("customers", "34,900원")):
            reply = await ask(assistant, QUESTION, only={"audience": [audience]})
            assert price in reply.text
            assert {one["data"]["audience"][0] for one in reply.evidence} == {audience}
        reply = await ask(assistant, QUESTION, only={"audience": ["nobody"]}, effort="thorough")
        assert reply.evidence == []


@pytest.mark.parametrize("only", [["staff"], {"audience": "staff"}, {"audience": 1}])
def test_what_is_no_list_of_values_is_refused(only: object) -> None:
    with pytest.raises(InputError, match="only"):
        checked_only(only)  # type: ignore[arg-type]


def test_the_command_line_writes_it_as_field_and_value() -> None:
    given = ["audience=staff", "language=ko", "audience=men", "note=a=b"]
    assert conditions(given) == {"audience": ["staff", "men"], "language": ["ko"], "note": ["a=b"]}
    assert conditions(None) == {}
    for wrong in ("staff", "=staff"):
        with pytest.raises(InputError, match="FIELD=VALUE"):
            conditions([wrong])
