"""`stylegraph-bench`: sections by name, each as its own module would run."""

import sys

from typer.testing import CliRunner

from stylegraph.evals.bench import cli, search


def test_a_section_does_not_read_its_own_name_as_an_argument(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "argv", ["stylegraph-bench", "search"])
    monkeypatch.setattr(search, "main", lambda: seen.append(sys.argv[1:]))
    assert CliRunner().invoke(cli.app, ["search"]).exit_code == 0
    assert seen == [[]]
