"""What the layout promises: the core knows no domain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOMAIN = re.compile(r"\b(?:garment|wish|outfit|fashion)", re.IGNORECASE)
ALLOWED = {
    # fields of replies and words of prompts that are part of the contract with clients, and of recorded exchanges
    "agent/reply.py",
    "agent/local/items.py",
    "agent/llm/grader.py",
    "agent/llm/passages.py",
    "agent/llm/toolbox.py",
    "agent/extras.py",  # names the extras of pyproject.toml
    "graphs/build.py",  # opens the pack
    # what is the pack's own on the command line and on the server
    "graphs/cli/commands/catalogue.py",
    "graphs/cli/commands/checks.py",
    "graphs/cli/commands/look.py",
    "graphs/cli/commands/profile.py",
    "graphs/cli/commands/recommend.py",
    "graphs/server/deployed/indexing.py",
    "graphs/server/routes/photos.py",
}


def named(folder: str) -> dict[str, list[str]]:
    """Return the files of a folder that name the domain, with the lines that do."""
    lines = {
        path.relative_to(ROOT).as_posix(): [
            line for line in path.read_text("utf-8").splitlines() if DOMAIN.search(line)
        ]
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    return {path: found for path, found in lines.items() if found}


@pytest.mark.parametrize("folder", ["agent", "graphs"])
def test_the_core_names_no_domain(folder):
    assert {path: lines for path, lines in named(folder).items() if path not in ALLOWED} == {}


def test_no_file_is_allowed_to_that_does_not():
    assert ALLOWED - named("agent").keys() - named("graphs").keys() == set()


@pytest.mark.parametrize("folder", ["tools/retrieval", "tools/web", "tools/embeddings", "tools/net", "tools/adapted"])
def test_a_source_imports_nothing_of_the_fashion_pack(folder):
    importing = [
        path.as_posix()
        for path in (ROOT / folder).rglob("*.py")
        if "stylegraph.tools.fashion" in path.read_text("utf-8")
    ]
    assert importing == []
