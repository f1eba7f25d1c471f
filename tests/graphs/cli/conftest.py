"""A home of its own for every test, and the command line in this process."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from stylegraph.graphs.cli.app import app


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Give an empty working folder with a home in it, and nothing of the machine's environment."""
    for name in ("STYLEGRAPH_DEBUG", "OPENAI_API_KEY", "TAVILY_API_KEY", "STYLEGRAPH_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STYLEGRAPH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cli(home):
    """Run a command line; with `--json`, `.records` are the objects on standard output."""

    def run(*args, stdin=None, env=None):
        result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin, env=env, prog_name="stylegraph")
        result.records = [json.loads(line) for line in result.stdout.splitlines()] if "--json" in args else None
        return result

    return run
