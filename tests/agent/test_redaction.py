"""Messages without the places of files."""

from __future__ import annotations

import pytest

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.redaction import without_places


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("/srv/data/indexes/main.sqlite is damaged.", "main.sqlite is damaged."),
        ("The catalogue '/srv/shop/옷.csv' can't be read: [Errno 13] '/srv/shop/옷.csv'", "The catalogue '옷.csv' can't be read: [Errno 13] '옷.csv'"),
        ("STYLEGRAPH_HOME (/srv/data/home) can't be made.", "STYLEGRAPH_HOME (home) can't be made."),
        ("https://example.com/a/b.html is 2 MB; see http://10.0.0.1:80/x/y", "https://example.com/a/b.html is 2 MB; see http://10.0.0.1:80/x/y"),
        ("Send it first: POST /documents.", "Send it first: POST /documents."),
        ("한국어/영어 24/7 and/or 1/2/3", "한국어/영어 24/7 and/or 1/2/3"),
        ("", ""),
    ],
)  # fmt: skip
def test_files_go_by_their_names(message, told):
    assert without_places(message) == told


def test_a_home_with_spaces_in_its_name_is_not_told_either(monkeypatch):
    monkeypatch.setenv("STYLEGRAPH_HOME", "/srv/kim's own data/home")
    assert without_places("/srv/kim's own data/home/a.sqlite is damaged.") == "a.sqlite is damaged."


def test_an_error_is_told_whole_here_and_without_places_by_a_server():
    error = IndexStoreError("/srv/data/main.sqlite is damaged.", "Move /srv/data/main.sqlite away.")
    assert "/srv/data/main.sqlite" in str(error)
    assert error.model_dump() == {
        "error": "IndexStoreError",
        "message": "main.sqlite is damaged. Move main.sqlite away.",
    }
