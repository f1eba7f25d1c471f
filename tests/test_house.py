"""What the layout promises: the core knows no domain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stylegraph.agent.text.resources import parse_yaml

ROOT = Path(__file__).parents[1]
DOMAIN = re.compile(r"\b(?:garment|wish|outfit|fashion)", re.IGNORECASE)
IN_DATA = re.compile(rf"{DOMAIN.pattern}|옷|코디|패션", re.IGNORECASE)
ALLOWED = {
    # what recorded exchanges with chat models hold word for word
    "agent/llm/grader.py",
    "agent/llm/passages.py",
    "agent/llm/toolbox.py",
    # names of the pack that comes along
    "agent/extras.py",  # its extra in pyproject.toml
    "graphs/build.py",  # its name, as `builtin=` takes it
    "graphs/packs.py",  # where it is found
    # its own commands and routes
    "graphs/cli/commands/catalogue.py",
    "graphs/cli/commands/checks.py",
    "graphs/cli/commands/look.py",
    "graphs/cli/commands/profile.py",
    "graphs/cli/commands/recommend.py",
    "graphs/server/deployed/indexing.py",
    "graphs/server/routes/photos.py",
}
ALLOWED_DATA = {
    "agent/injection.yaml": "what attacks say, as they were seen",
    "agent/local/router/cases.yaml": "questions about clothes that go to documents: they teach what is not a pack's",
    "agent/local/router/examples.yaml": "the same",
    "agent/local/router/followup_model.yaml": "a learned weight a route",
    "agent/text/gazetteer.yaml": "features that the shipped router was learned with: one row for all of its questions",
    "agent/text/patterns.yaml": "how people point at things; a piece of clothing is one of the nouns",
    "agent/text/synonyms.yaml": "a lexicon of everyday words in two languages",
}


def named(folder: str, suffix: str = "py") -> dict[str, list[str]]:
    """Return the files of a folder that name the domain, with the lines that do."""
    words = DOMAIN if suffix == "py" else IN_DATA
    lines = {
        path.relative_to(ROOT).as_posix(): [line for line in path.read_text("utf-8").splitlines() if words.search(line)]
        for path in sorted((ROOT / folder).rglob(f"*.{suffix}"))
    }
    return {path: found for path, found in lines.items() if found}


@pytest.mark.parametrize("folder", ["agent", "graphs"])
def test_the_core_names_no_domain(folder):
    assert {path: lines for path, lines in named(folder).items() if path not in ALLOWED} == {}


def test_no_file_is_allowed_to_that_does_not():
    assert ALLOWED - named("agent").keys() - named("graphs").keys() == set()


@pytest.mark.parametrize("folder", ["agent", "graphs"])
def test_nor_does_its_data_but_where_a_reason_is_given(folder):
    assert {path: lines for path, lines in named(folder, "yaml").items() if path not in ALLOWED_DATA} == {}


def test_no_data_is_allowed_to_that_does_not():
    assert ALLOWED_DATA.keys() - named("agent", "yaml").keys() - named("graphs", "yaml").keys() == set()


def test_the_questions_of_a_packs_route_stand_with_the_pack():
    for name in ("examples.yaml", "cases.yaml"):
        data = parse_yaml((ROOT / "agent/local/router" / name).read_text("utf-8"))
        routes = {
            route for section in ("routes", "combined", "leaning") for key in data[section] for route in key.split("+")
        }
        assert routes <= {"documents", "web", "image", "chat", "same", "unclear"}


@pytest.mark.parametrize("folder", ["tools/retrieval", "tools/web", "tools/embeddings", "tools/net", "tools/adapted"])
def test_a_source_imports_nothing_of_the_fashion_pack(folder):
    importing = [
        path.as_posix()
        for path in (ROOT / folder).rglob("*.py")
        if "stylegraph.tools.fashion" in path.read_text("utf-8")
    ]
    assert importing == []
