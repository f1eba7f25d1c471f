"""What the READMEs show is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.graphs import assemble, door
from stylegraph.graphs.assistant import build_assistant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
async def test_the_diagram_is_the_one_that_the_code_draws(name, tmp_path):
    async with assemble.open_parts(Settings(_env_file=None, home=tmp_path, samples=False)) as parts:
        drawn = build_assistant(parts).compile().get_graph().draw_mermaid()
    shown = re.search(r"```mermaid\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    assert shown, f"{name} has no diagram"
    assert shown[1].strip() == drawn.strip(), "stale: paste what `stylegraph graph` prints"


async def test_a_source_of_ones_own_is_routed_to_and_cited_as_the_readme_says(tmp_path):
    example = re.search(
        r"```python\n(from stylegraph.agent.evidence.*?)\n\n\nasync with", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert example
    names: dict[str, type] = {}
    exec(example[1], names)
    settings = Settings(_env_file=None, home=tmp_path, samples=False)
    async with assemble.open_assistant(settings, sources=[names["Orders"]()]) as assistant:
        english = await door.ask(assistant, "Where is my parcel?")
        korean = await door.ask(assistant, "제 택배는 언제쯤 도착하나요?")
    assert english.routes == korean.routes == ["orders"]
    assert english.status is Status.ANSWERED
    assert "Wednesday" in english.text
    assert [citation.title for citation in english.citations] == ["Order 1042"]
